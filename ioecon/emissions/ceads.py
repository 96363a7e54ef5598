"""Emissions at the bottom of CEADs' tables of Chinese provinces: the row ``CO2 (Mt)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT
from ioecon.emissions.sheets import amount, files_named
from ioecon.errors import EmissionsError, ReadError
from ioecon.files.cells import is_empty
from ioecon.files.excel_columns import column_letters
from ioecon.readers.ceads import FILE_NAME, arrange, find_year
from ioecon.readers.ceads_sheet import SECTOR, CeadsSheet
from ioecon.readers.ceads_workbook import read_ceads_workbook
from ioecon.readers.labels import agreed_year
from ioecon.readers.options import ReadOptions
from ioecon.source import source_of_file
from ioecon.stressor import Stressor

__all__ = ["ACCOUNT_FORMAT"]

_NAMED = re.compile(r"(?P<name>[^(（]+?)\s*[(（](?P<unit>[^)）]+)[)）]")


def _read_workbooks(path: Path) -> list[tuple[Path, int, CeadsSheet]]:
    """Sheet and year of a workbook, or of every such workbook of a folder."""
    found = []
    for file in files_named(path, FILE_NAME, ACCOUNT_FORMAT.looks_like):
        told = FILE_NAME.fullmatch(file.name)
        by_name = int(told["year"]) if told else None
        sheet = read_ceads_workbook(file, file.name, "zero", by_name)
        year = agreed_year(find_year(sheet, file.name), by_name, file.name)
        found.append((file, year, sheet))
    return found


def _name_stressors(sheet: CeadsSheet, file: str) -> dict[Stressor, tuple[int, list[Any]]]:
    """Rows of emissions of a sheet, by what they count."""
    rows: dict[Stressor, tuple[int, list[Any]]] = {}
    for words, row in sheet.emissions.items():
        named = _NAMED.fullmatch(words)
        if named is None:
            raise ReadError(
                f"{file}: row {row[0] + 1} of sheet {sheet.name}, {words!r}, says no unit; CEADs "
                "writes 'CO2 (Mt)'."
            )
        rows[Stressor(named["name"], named["unit"])] = row
    return rows


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    """Stressors that every year has."""
    years = [_name_stressors(sheet, file.name) for file, _, sheet in _read_workbooks(path)]
    common = tuple(one for one in years[0] if all(one in rows for rows in years[1:]))
    if not common:
        raise EmissionsError(
            f"{path.name} has no row of emissions such as 'CO2 (Mt)' below its table; CEADs "
            "publishes the emissions of provinces apart."
        )
    return common


def _read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> Mapping[str, Account]:
    chosen = [one for one in _read_workbooks(path) if years is None or one[1] in years]
    if not chosen:
        raise ReadError(f"{path.name} has no emissions of {', '.join(map(str, years or ()))}.")
    source = source_of_file(chosen[0][0], ACCOUNT_FORMAT.name) if len(chosen) == 1 else None
    accounts: dict[str, Account] = {}
    for name in stressors:
        values: dict[tuple[str, str, int], float] = {}
        unit = ""
        for file, year, sheet in chosen:
            found = {one.name: (one, row) for one, row in _name_stressors(sheet, file.name).items()}
            if name not in found:
                raise EmissionsError(f"{file.name} has no {name} in {year}.")
            stressor, (at, cells) = found[name]
            if unit not in ("", stressor.unit):
                raise EmissionsError(
                    f"{file.name}: {name} is in {stressor.unit}, before in {unit}."
                )
            unit = stressor.unit
            values |= _read_row(sheet, at, cells, unit, year, file.name)
        index = pd.Series(values).rename_axis(list(ACCOUNT))
        accounts[name] = Account(index, None, unit, source, name=name)
    return accounts


def _read_row(
    sheet: CeadsSheet, at: int, cells: list[Any], unit: str, year: int, file: str
) -> dict[tuple[str, str, int], float]:
    """Amounts of a row by province and sector, in the order of the table."""
    users = [j for j, column in enumerate(sheet.columns) if column.kind == SECTOR]
    cell_of = dict(zip(users, cells, strict=True))
    found: dict[tuple[str, str, int], float] = {}
    for j in arrange(sheet, file).users:
        column, cell = sheet.columns[j], cell_of[j]
        where = f"{file}, cell {sheet.name}!{column_letters(column.at)}{at + 1}"
        if is_empty(cell):
            raise EmissionsError(
                f"{where} ({column.province}, sector {column.sector}) is empty: write 0 where "
                "nothing is emitted."
            )
        found[column.province, column.sector, year] = amount(
            cell, column.province, column.sector, year, where, unit
        )
    return found


ACCOUNT_FORMAT = AccountFormat(
    name="ceads-co2",
    description="Emissions in the last rows of CEADs' tables of Chinese provinces.",
    looks_like="MRIO YYYY.xlsx, or a folder of them",
    pattern=FILE_NAME,
    list_stressors=_list_stressors,
    read=_read,
    recognises=lambda path: bool(files_named(path, FILE_NAME)),
)
