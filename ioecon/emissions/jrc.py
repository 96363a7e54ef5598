"""The CO2 accounts of the European Commission's JRC that match WIOD's 2016 release, as published.

One workbook: a sheet per country (56 sectors of the tables and households in rows, the years
2000-2016 in columns), beside sheets of notes and sector names.
"""

import re
from os import PathLike
from pathlib import Path

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.sheets import (
    Row,
    Rows,
    amount,
    header_of,
    require_co2_in_kt,
    rows_by_code,
    sheets_by_name,
)
from ioecon.errors import EmissionsError, ReadError
from ioecon.files.excel_columns import column_letters
from ioecon.files.source_file import SourceFile
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.options import ReadOptions
from ioecon.source import source_of_file
from ioecon.stressor import CO2, Stressor
from ioecon.wording import listed

__all__ = ["ACCOUNT_FORMAT", "SECTORS", "read_jrc_co2"]

# Sectors of WIOD's 2016 tables, in their order.
# fmt: off
SECTORS = (
    "A01", "A02", "A03", "B", "C10-C12", "C13-C15", "C16", "C17", "C18", "C19", "C20", "C21", "C22",
    "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31_C32", "C33", "D35", "E36",
    "E37-E39", "F", "G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_J60",
    "J61", "J62_J63", "K64", "K65", "K66", "L68", "M69_M70", "M71", "M72", "M73", "M74_M75", "N",
    "O84", "P85", "Q", "R_S", "T", "U",
)
# fmt: on
HOUSEHOLDS = "FC_HH"
COUNTRY_SHEET = re.compile(r"[A-Z]{3}|RoW")


def read_jrc_co2(path: str | PathLike[str]) -> Account:
    """Read the JRC's CO2 accounts (``CO2 emissions.xlsx``, release of July 2019).

    Parameters
    ----------
    path : path
        The workbook: 43 countries and the rest of the world (sheet ``RoW``), 2000-2016.

    Returns
    -------
    Account
        kt by country, sector of the 2016 tables (``A01`` … ``U``) and year; households apart.

    Raises
    ------
    ReadError
        When the file is missing, not a workbook, or not in the known layout.
    EmissionsError
        When a cell is text, not finite or negative: country, sector and year are named.

    Examples
    --------
    >>> account = read_jrc_co2("CO2 emissions.xlsx")  # doctest: +SKIP
    >>> account.totals()["NOR", 2014]  # doctest: +SKIP
    """
    path = Path(path)
    records: dict[tuple[str, str, int], float] = {}
    direct: dict[tuple[str, int], float] = {}
    for country, rows in _read_country_sheets(path).items():
        years, coded = _find_layout(rows, country, path.name)
        for code, (number, row) in coded.items():
            for column, year in years.items():
                cell = f"{path.name}, cell {country}!{column_letters(column)}{number}"
                kilotonnes = amount(row[column], country, code, year, cell)
                if code == HOUSEHOLDS:
                    direct[country, year] = kilotonnes
                else:
                    records[country, code, year] = kilotonnes
    return Account(
        pd.Series(records).rename_axis(list(ACCOUNT)),
        pd.Series(direct).rename_axis(list(TOTALS)),
        source=source_of_file(path, ACCOUNT_FORMAT.name),
    )


def _read_country_sheets(path: Path) -> dict[str, Rows]:
    if not path.is_file():
        raise ReadError(f"There is no file {path} to read emissions from.")
    with WorkbookReader() as reader:
        sheets = sheets_by_name(
            reader, SourceFile(path).read(), path.name, COUNTRY_SHEET, require_co2_in_kt
        )
    if not sheets:
        raise ReadError(
            f"{path.name} has no sheet named by a country (AUT … RoW): it is not the workbook of "
            "the JRC's CO2 accounts."
        )
    return {name.upper(): rows for name, rows in sheets.items()}


def _find_layout(
    rows: Rows, country: str, file: str
) -> tuple[dict[int, int], dict[str, tuple[int, Row]]]:
    """Years by column and rows by sector code of one country's sheet."""
    header = header_of(rows, country, file)
    years = {k: int(cell) for k, cell in enumerate(header) if re.fullmatch(r"\d{4}", cell)}
    coded = rows_by_code(rows, 0, country, file)
    absent = [code for code in (*SECTORS, HOUSEHOLDS) if code not in coded]
    strange = [code for code in coded if code not in (*SECTORS, HOUSEHOLDS)]
    if not years or absent or strange:
        raise ReadError(
            f"Sheet {country} of {file} is not in the known layout"
            + ("; no column is headed by a year" if not years else "")
            + (f"; missing rows: {listed(absent)}" if absent else "")
            + (f"; unknown rows: {listed(strange)}" if strange else "")
            + "."
        )
    return years, coded


def _read_years(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    account = read_jrc_co2(path)
    return {CO2: account if years is None else account.within_years(years)}


def _has_country_sheets(path: Path) -> bool:
    """Whether a workbook has sheets named by countries, with the sectors of the account."""
    if not path.is_file() or path.suffix.lower() not in (".xlsx", ".xls", ".xlsb"):
        return False
    try:
        sheets = _read_country_sheets(path)
        country, rows = next(iter(sheets.items()))
        _find_layout(rows, country, path.name)
    except (ReadError, EmissionsError):
        return False
    return True


ACCOUNT_FORMAT = AccountFormat(
    name="jrc-co2-xlsx",
    description="CO2 accounts of the European Commission's JRC for WIOD's 2016 release, 2000-2016.",
    looks_like="CO2 emissions.xlsx",
    pattern=re.compile(r"CO2[ _]emissions.*\.xls[xb]?", re.IGNORECASE),
    list_stressors=lambda path, options: (Stressor(),),
    read=_read_years,
    recognises=_has_country_sheets,
)
