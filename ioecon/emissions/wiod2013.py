"""The environmental accounts of WIOD's 2013 release: CO2_may12.zip, as published.

One xls per country, one sheet per year, rows by sector in the codes of NACE 1, columns by energy
carrier; the column TOTAL is read. The zip is read in memory: nothing is unpacked to disk.
"""

import re
from os import PathLike
from pathlib import Path

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.sheets import Rows, amount, header_of, rows_by_code, sheets_by_name
from ioecon.errors import EmissionsError, ReadError
from ioecon.files.archives import Archive
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.options import ReadOptions
from ioecon.source import source_of_file
from ioecon.stressor import CO2, Stressor
from ioecon.wording import listed

__all__ = ["ACCOUNT_CODES", "ACCOUNT_FORMAT", "TABLE_SECTORS", "read_wiod_co2"]

# Account codes in the order of the world tables' sectors c1 … c35.
# fmt: off
ACCOUNT_CODES = (
    "secAtB", "secC", "sec15t16", "sec17t18", "sec19", "sec20", "sec21t22", "sec23", "sec24",
    "sec25", "sec26", "sec27t28", "sec29", "sec30t33", "sec34t35", "sec36t37", "secE", "secF",
    "sec50", "sec51", "sec52", "secH", "sec60", "sec61", "sec62", "sec63", "sec64", "secJ", "sec70",
    "sec71t74", "secL", "secM", "secN", "secO", "secP",
)
# fmt: on
TABLE_SECTORS = {code: f"c{number}" for number, code in enumerate(ACCOUNT_CODES, start=1)}
EXTRATERRITORIAL, ALL_SECTORS, HOUSEHOLDS, EVERYTHING = "secQ", "secTOT", "FC_HH", "total"

WORKBOOK = re.compile(r"([A-Za-z]{3})_CO2_[^/\\]*\.xls", re.IGNORECASE)
YEAR_SHEET = re.compile(r"[0-9]{4}")
LARGEST_MEMBER = 64 * 2**20
ROUNDING = 1e-9


def read_wiod_co2(path: str | PathLike[str]) -> Account:
    """Read the CO2 accounts of WIOD's 2013 release from the published zip.

    Parameters
    ----------
    path : path
        ``CO2_may12.zip``: 40 countries and ROW, 1995-2009.

    Returns
    -------
    Account
        kt by country, sector ``c1`` … ``c35`` of the tables, and year; households apart.

    Raises
    ------
    ReadError
        When the file is missing or not such a zip, or a workbook is not in the known layout.
    EmissionsError
        When a cell is text, not finite or negative, the sectors do not add up to ``secTOT``, or
        these and the households not to ``total``: country, sector and year are named.

    Examples
    --------
    >>> account = read_wiod_co2("CO2_may12.zip")  # doctest: +SKIP
    >>> account.totals(households=True)["DEU", 2005]  # doctest: +SKIP
    """
    path = Path(path)
    records: dict[tuple[str, str, int], float] = {}
    direct: dict[tuple[str, int], float] = {}
    with WorkbookReader() as reader:
        for country, content in _read_workbooks(path).items():
            for year, rows in _read_year_sheets(reader, content, country, path.name).items():
                sectors, households = _read_sheet(rows, country, year, path.name)
                direct[country, year] = households
                for code, kilotonnes in sectors.items():
                    records[country, TABLE_SECTORS[code], year] = kilotonnes
    return Account(
        pd.Series(records).rename_axis(list(ACCOUNT)),
        pd.Series(direct).rename_axis(list(TOTALS)),
        source=source_of_file(path, ACCOUNT_FORMAT.name),
    )


def _read_workbooks(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        raise ReadError(f"There is no file {path} to read emissions from.")
    found: dict[str, bytes] = {}
    try:
        with Archive(path, path.name) as archive:
            for member in archive.names:
                match = WORKBOOK.fullmatch(member.rsplit("/", 1)[-1])
                if match is None:
                    continue
                if archive.size(member) > LARGEST_MEMBER:
                    raise ReadError(
                        f"{member} in {path.name} would take "
                        f"{archive.size(member) / 2**20:,.0f} MB: that is no account of one "
                        "country."
                    )
                country = match[1].upper().replace("ROM", "ROU")
                if country in found:
                    raise ReadError(f"{path.name} has more than one workbook of {country}.")
                found[country] = archive.read(member)
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not found:
        raise ReadError(
            f"{path.name} has no workbook named like AUS_CO2_May12.xls: it is not the zip of "
            "WIOD's CO2 accounts."
        )
    return dict(sorted(found.items()))


def _read_year_sheets(
    reader: WorkbookReader, content: bytes, country: str, file: str
) -> dict[int, Rows]:
    called = f"The workbook of {country} in {file}"
    sheets = sheets_by_name(reader, content, called, YEAR_SHEET)
    if not sheets:
        raise ReadError(f"{called} has no sheet named by a year.")
    return {int(name): sheets[name] for name in sorted(sheets)}


def _read_sheet(rows: Rows, country: str, year: int, file: str) -> tuple[dict[str, float], float]:
    """Emissions by account code, and of households, from one sheet; its own totals are checked."""
    header = header_of(rows, str(year), f"{country} in {file}")
    if "TOTAL" not in header:
        raise ReadError(f"{country} {year} in {file}: the sheet has no column TOTAL.")
    column = header.index("TOTAL")
    coded = rows_by_code(rows, 1, str(year), f"{country} in {file}")
    wanted = [*ACCOUNT_CODES, ALL_SECTORS, HOUSEHOLDS, EVERYTHING]
    absent = [code for code in wanted if code not in coded]
    strange = [code for code in coded if code not in (*wanted, EXTRATERRITORIAL)]
    if absent or strange:
        raise ReadError(
            f"{country} {year} in {file}: the sheet's rows are not those of the accounts"
            + (f"; missing: {listed(absent)}" if absent else "")
            + (f"; unknown: {listed(strange)}" if strange else "")
            + "."
        )
    letters = column_letters(column)
    read = {
        code: amount(row[column], country, code, year, f"{file}, cell {year}!{letters}{number}")
        for code, (number, row) in coded.items()
    }
    if read.get(EXTRATERRITORIAL, 0.0) > 0:
        raise EmissionsError(
            f"{country} {year} in {file}: {read[EXTRATERRITORIAL]:,.1f} kt are in secQ "
            "(extra-territorial organisations), a sector that the tables do not have."
        )
    sectors = {code: read[code] for code in ACCOUNT_CODES}
    produced = sum(sectors.values())
    _check_sum(produced, read[ALL_SECTORS], ALL_SECTORS, country, year, file)
    _check_sum(produced + read[HOUSEHOLDS], read[EVERYTHING], EVERYTHING, country, year, file)
    return sectors, read[HOUSEHOLDS]


def _check_sum(found: float, printed: float, name: str, country: str, year: int, file: str) -> None:
    if abs(found - printed) > ROUNDING * max(found, printed):
        raise EmissionsError(
            f"{country} {year} in {file}: the rows add up to {found:,.3f} kt, but {name} prints "
            f"{printed:,.3f} kt: the file is damaged or edited."
        )


def _read_years(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    account = read_wiod_co2(path)
    return {CO2: account if years is None else account.within_years(years)}


ACCOUNT_FORMAT = AccountFormat(
    name="wiod2013-co2-zip",
    description="CO2 accounts of WIOD's 2013 release as published, 1995-2009.",
    looks_like="CO2_may12.zip",
    pattern=re.compile(r".*\.zip", re.IGNORECASE),
    list_stressors=lambda path, options: (Stressor(),),
    read=_read_years,
)
