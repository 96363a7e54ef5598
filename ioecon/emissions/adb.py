"""Air emissions of ADB's environmentally extended tables, as published in Excel.

``YYYY EE-MRIOT (Air Emissions).xlsx``: a sheet named by the year, of which titles say year and
unit ("Gigagrams of CO2 equivalent"). Rows are IPCC sectors by gas and the totals by gas, columns
the economies and industries of the tables, then final demand F1 … F5: what households and other
final users emit directly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.sheets import Row, Rows, amount, files_named, read_full_rows
from ioecon.errors import EmissionsError, ReadError
from ioecon.files.cells import is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.adb import country_codes
from ioecon.readers.labels import positions, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.regional_cells import label
from ioecon.source import source_of_file
from ioecon.stressor import Stressor
from ioecon.units import read_amount

__all__ = ["ACCOUNT_FORMAT"]

_NAME = re.compile(r"(?P<year>(19|20)\d{2})[ _-]*EE-?MRIOT?\b.*air.*\.xls[xmb]?", re.IGNORECASE)
_INDUSTRY, _FINAL = re.compile(r"c\d+", re.IGNORECASE), re.compile(r"F\d+", re.IGNORECASE)
_GAS = re.compile(
    r"CO2|CH4|N2O|F-?gas(?:es)?|HFCs?|PFCs?|SF6|NF3|GHGs?|all (?:gases|GHGs?)", re.IGNORECASE
)
_ALL_GASES = re.compile(r"GHGs?|all .*|total.*", re.IGNORECASE)
_TOTAL = re.compile(r"(?:grand )?total\b.*|all (?:sectors|sources)", re.IGNORECASE)
_UNITS = {1e3: "kg", 1e6: "t", 1e9: "kt", 1e12: "Mt"}
_ROUNDING = 1e-6
_SEARCHED = 30  # rows in which the headings must be


@dataclass(frozen=True)
class _Sheet:
    """Rows of one year by stressor, and where its columns are."""

    file: str
    name: str
    year: int
    rows: dict[Stressor, tuple[int, Row]]
    industries: tuple[tuple[str, str, int], ...]  # country, sector, column
    final: tuple[tuple[str, int], ...]  # country, column
    total: int | None

    def values(
        self, row: Row, number: int, places: Iterable[tuple[str, str, int]], unit: str
    ) -> list[float]:
        """Amounts of a row in some columns; an empty cell is nothing emitted."""
        return [
            amount(
                row[column], country, sector, self.year,
                f"{self.file}, cell {self.name}!{column_letters(column)}{number}", unit,
            )
            for country, sector, column in places
        ]  # fmt: skip


def _read_sheets(path: Path, years: tuple[int, ...] | None = None) -> list[tuple[Path, _Sheet]]:
    """Sheets of the years of a workbook, or of every such workbook of a folder."""
    sheets: list[tuple[Path, _Sheet]] = []
    for file in files_named(path, _NAME, ACCOUNT_FORMAT.looks_like):
        with WorkbookReader() as reader:
            names = reader.open(file, file.name)
            dated = [name for name in names if re.fullmatch(r"(?:19|20)\d{2}", name.strip())]
            if not dated:
                raise ReadError(
                    f"{file.name} has no sheet named by a year, only {', '.join(names)}: it is not "
                    "the workbook of ADB's air emissions."
                )
            for name in dated:
                if years is None or int(name) in years:
                    sheet = _read_sheet(read_full_rows(reader, name), name.strip(), file.name)
                    sheets.append((file, sheet))
    return sheets


def _read_sheet(rows: Rows, name: str, file: str) -> _Sheet:
    head = next(
        (i for i, row in enumerate(rows[:_SEARCHED]) if _find_first(row) is not None and i >= 2),
        None,
    )
    if head is None:
        raise ReadError(
            f"{file}: sheet {name} has no row of headings c1, c2 … F5: it is not laid out as ADB's "
            "air emissions."
        )
    first = _find_first(rows[head])
    assert first is not None
    codes, regions, words = rows[head], rows[head - 1], rows[head - 2]
    unit = _read_titles(rows[: head - 2], name, file)
    industries, final, total = [], [], None
    for column in range(first, len(codes)):
        code, region = label(codes[column]), label(regions[column])
        if _INDUSTRY.fullmatch(code) and region:
            industries.append((region, code.lower(), column))
        elif _FINAL.fullmatch(code) and region:
            final.append((region, column))
        elif label(words[column]).lower() == "total":
            total = column
        elif code or region:
            raise ReadError(
                f"{file}: column {column_letters(column)} of sheet {name} is headed "
                f"{' '.join(filter(None, (region, code)))!r}, not by an economy and c1 … or F1 …."
            )
    regions_named = [region for region, _, _ in industries] + [region for region, _ in final]
    iso3 = country_codes(regions_named, file)
    coded = [(iso3[region], sector, column) for region, sector, column in industries]
    _require_all(coded, f"{file}, sheet {name}")
    stressors = _read_row_labels(rows[head + 1 :], first, head + 2, unit, name, file)
    direct = tuple((iso3[region], column) for region, column in final)
    return _Sheet(file, name, int(name), stressors, tuple(coded), direct, total)


def _find_first(row: Row) -> int | None:
    """First column of industries, if a row holds their codes."""
    return next((k for k, cell in enumerate(row) if re.fullmatch(r"c1", label(cell), re.I)), None)


def _require_all(industries: Sequence[tuple[str, str, int]], file: str) -> None:
    """Refuse economies with other industries than the rest."""
    pairs = [(country, sector) for country, sector, _ in industries]
    countries, sectors = unique(c for c, _ in pairs), unique(s for _, s in pairs)
    positions(pairs, countries, sectors, what="column", file=file)


def _read_titles(above: Rows, name: str, file: str) -> str:
    """Check year and unit above the headings; the unit of mass."""
    said = {
        label(row[0]).rstrip(":").lower(): next(
            (label(cell) for cell in row[1:] if label(cell)), ""
        )
        for row in above
        if row and label(row[0])
    }
    year = said.get("year", name)
    if year != name:
        raise ReadError(f"{file}: sheet {name} says that its year is {year}.")
    text = re.sub("carbon dioxide", "CO2", said.get("unit", ""), flags=re.IGNORECASE)
    found = {}
    for part in (text, re.sub(r"\(.*\)", "", text).strip(), *re.findall(r"\((.*)\)", text)):
        try:
            unit = read_amount(part)
        except EmissionsError:
            continue
        found[unit.size, unit.of] = unit
    known = [_UNITS[size] for size, of in found if of == "CO2e" and size in _UNITS]
    if len(found) != 1 or not known:
        raise ReadError(
            f"{file}: the unit of sheet {name} is {said.get('unit', '')!r}; ADB's air emissions "
            "are in gigagrams of CO2 equivalent."
        )
    return known[0]


def _read_row_labels(
    rows: Rows, labels: int, number: int, unit: str, name: str, file: str
) -> dict[Stressor, tuple[int, Row]]:
    """Stressor of every row that has one, with its row number on the sheet."""
    found: dict[Stressor, tuple[int, Row]] = {}
    sector = ""
    for at, row in enumerate(rows, start=number):
        texts = [unicodedata.normalize("NFKC", label(cell)) for cell in row[:labels]]
        gas = next((text for text in texts if _GAS.fullmatch(text)), "")
        own = next((text for text in texts if text and text != gas), "")
        sector = own or sector
        if not gas and not _TOTAL.fullmatch(own):
            if any(isinstance(cell, float | int) for cell in row[labels:]):
                raise ReadError(
                    f"{file}: row {at} of sheet {name} ({own or 'without a label'}) has numbers, "
                    "but names no gas."
                )
            continue
        stressor = _make_stressor(sector, gas or "GHG", unit)
        if stressor in found:
            raise ReadError(
                f"{file}: rows {found[stressor][0]} and {at} of sheet {name} are both "
                f"{stressor.name}."
            )
        found[stressor] = (at, row)
    if not found:
        raise ReadError(f"{file}: sheet {name} has no row of emissions.")
    return found


def _make_stressor(sector: str, gas: str, unit: str) -> Stressor:
    """Stressor of a row: a gas as a whole, or ``"CH4 - Agriculture"``."""
    of_all = _ALL_GASES.fullmatch(gas) is not None
    substance = "CO2e" if of_all else gas.upper() if re.fullmatch(r"\w+\d\w*", gas) else gas
    # A kilotonne of CO2 is one of CO2 equivalents; other gases are in equivalents.
    mass = unit if substance in ("CO2", "CO2e") else f"{unit} CO2e"
    if _TOTAL.fullmatch(sector):
        return Stressor(substance, mass, "Total", is_total=of_all)
    return Stressor(f"{substance} - {sector}", mass, sector)


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    """Stressors that every year has."""
    sheets = _read_sheets(path)
    common = [set(sheet.rows) for _, sheet in sheets[1:]]
    return tuple(one for one in sheets[0][1].rows if all(one in rows for rows in common))


def _read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    sheets = _read_sheets(path, years)
    if not sheets:
        raise ReadError(f"{path.name} has no emissions of {', '.join(map(str, years or ()))}.")
    known = {one.name: one for one in sheets[0][1].rows}
    return {name: _make_account(sheets, known[name]) for name in stressors}


def _make_account(sheets: Sequence[tuple[Path, _Sheet]], stressor: Stressor) -> Account:
    produced: dict[tuple[str, str, int], float] = {}
    direct: dict[tuple[str, int], float] = {}
    for _, sheet in sheets:
        if sheet.year in {year for *_, year in produced}:
            raise ReadError(f"{sheet.file}: the emissions of {sheet.year} are there twice.")
        if stressor not in sheet.rows:
            raise EmissionsError(f"{sheet.file} has no {stressor} in {sheet.year}.")
        number, row = sheet.rows[stressor]
        of_production = sheet.values(row, number, sheet.industries, stressor.unit)
        final = [(country, "final demand", column) for country, column in sheet.final]
        of_final = sheet.values(row, number, final, stressor.unit)
        _check_total(sheet, row, number, sum(of_production) + sum(of_final))
        for (country, sector, _), value in zip(sheet.industries, of_production, strict=True):
            produced[country, sector, sheet.year] = value
        for (country, _), value in zip(sheet.final, of_final, strict=True):
            place = country, sheet.year
            direct[place] = direct.get(place, 0.0) + value
    return Account(
        pd.Series(produced).rename_axis(list(ACCOUNT)),
        pd.Series(direct).rename_axis(list(TOTALS)) if direct else None,
        stressor.unit,
        source_of_file(sheets[0][0], ACCOUNT_FORMAT.name) if len(sheets) == 1 else None,
        name=stressor.name,
    )


def _check_total(sheet: _Sheet, row: Row, number: int, found: float) -> None:
    """Compare a row with its column TOTAL, where there is one."""
    printed: Any = "" if sheet.total is None else row[sheet.total]
    if is_empty(printed):
        return
    problem = misfit(printed)
    if problem is not None:
        raise EmissionsError(
            f"{sheet.file}: the column TOTAL of row {number} of sheet {sheet.name} {problem}"
        )
    if not abs(found - printed) <= _ROUNDING * abs(printed):
        raise EmissionsError(
            f"{sheet.file}: row {number} of sheet {sheet.name} adds up to {found:,.6g}, but its "
            f"column TOTAL prints {printed:,.6g}: the file is damaged or edited."
        )


ACCOUNT_FORMAT = AccountFormat(
    name="adb-air-emissions",
    description="Air emissions of ADB's multiregional tables by IPCC sector and gas, 2017 on.",
    looks_like="YYYY EE-MRIOT (Air Emissions).xlsx, or a folder of them",
    pattern=_NAME,
    list_stressors=_list_stressors,
    read=_read,
    recognises=lambda path: bool(files_named(path, _NAME)),
)
