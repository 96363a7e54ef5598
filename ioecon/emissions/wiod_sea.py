"""Employment in WIOD's Socio-Economic Accounts, releases of July 2014 and of 2016, as published.

One workbook: the sheet DATA has a row for each country, variable and industry (columns Country,
Variable, Description, Code and the years ``_1995`` … or ``2000`` …); the sheet Notes says what the
variables are. Read are persons and hours. Money is in national currencies there, which cannot be
added up over countries; prices, volumes and shares cannot be added up at all. There is no ROW.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT
from ioecon.emissions.jrc import SECTORS as SECTORS_2016
from ioecon.emissions.sheets import amount
from ioecon.emissions.wiod2013 import ACCOUNT_CODES, TABLE_SECTORS
from ioecon.errors import EmissionsError, IoeconWarning, ReadError
from ioecon.files.cells import is_empty
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.options import ReadOptions
from ioecon.source import source_of_file
from ioecon.stressor import Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["ACCOUNT_FORMAT"]

#: What each variable counts, as the Notes say it, and its unit.
VARIABLES = {
    "EMP": Stressor("Persons engaged", "1000 persons"),
    "EMPE": Stressor("Employees", "1000 persons"),
    "H_EMP": Stressor("Hours worked by persons engaged", "million hours"),
    "H_EMPE": Stressor("Hours worked by employees", "million hours"),
}
_STATED = {"1000 persons": r"thousands?", "million hours": r"millions?"}
_HEADINGS = ("country", "variable", "description", "code")
_SECTORS_2013 = {code.removeprefix("sec"): TABLE_SECTORS[code] for code in ACCOUNT_CODES}
_ALL = "TOT"
_ROUNDING = 1e-6


@dataclass(frozen=True)
class _Sheet:
    """Rows of DATA of the variables that are read.

    Parameters
    ----------
    file : str
    years : mapping of int to int
        Year to its column.
    rows : mapping of str to mapping of (str, str) to (int, list)
        Variable to country and code to the row and its number.
    """

    file: str
    years: Mapping[int, int]
    rows: Mapping[str, Mapping[tuple[str, str], tuple[int, Sequence[Any]]]]

    @classmethod
    def read(cls, path: Path) -> _Sheet:
        if path.is_dir():
            raise ReadError(f"{path} is a folder; give the file, like WIOD_SEA_July14.xlsx.")
        with WorkbookReader() as reader:
            names = reader.open(path, path.name)
            if "DATA" not in names:
                raise ReadError(
                    f"{path.name} has no sheet DATA: it is not WIOD's Socio-Economic Accounts."
                )
            if "Notes" in names:
                _check_notes(list(reader.sheet("Notes").rows), path.name)
            data = list(reader.sheet("DATA").rows)
        years, columns = _find_columns(data[0] if data else [], path.name)
        width = max(years.values()) + 1
        rows: dict[str, dict[tuple[str, str], tuple[int, Sequence[Any]]]] = {}
        for number, row in enumerate(data[1:], start=2):
            cells = [*row, *[""] * (width - len(row))]
            country, variable, code = (
                str(cells[columns[name]]).strip() for name in ("country", "variable", "code")
            )
            if variable not in VARIABLES:
                continue
            key = country.upper().replace("ROM", "ROU"), code
            there = rows.setdefault(variable, {})
            if key in there:
                raise ReadError(
                    f"{path.name}: row {number} of DATA has {variable} of {key[0]} {code}, which "
                    f"row {there[key][0]} has too."
                )
            there[key] = number, cells
        if not rows:
            raise ReadError(f"{path.name}: DATA has none of {listed(VARIABLES)}.")
        return cls(path.name, years, rows)

    def account_values(
        self, variable: str, years: Sequence[int] | None
    ) -> dict[tuple[str, str, int], float]:
        """Amounts by country, sector of the tables and year; totals are checked.

        A country without a total in a year is not in that year's account.
        """
        rows = self.rows[variable]
        labels = self._label_sectors(rows)
        countries = dict.fromkeys(country for country, _ in rows)
        values: dict[tuple[str, str, int], float] = {}
        for year in self.years if years is None else [y for y in years if y in self.years]:
            for country in countries:
                found = self._read_country(variable, country, year, labels)
                values |= {(country, labels[code], year): one for code, one in found.items()}
        return values

    def _label_sectors(self, rows: Mapping[tuple[str, str], Any]) -> dict[str, str]:
        """Sectors of the tables by code; those of one country are those of all."""
        by_country: dict[str, set[str]] = {}
        for country, code in rows:
            by_country.setdefault(country, set()).add(code)
        codes = next(iter(by_country.values())) - {_ALL}
        for country, theirs in by_country.items():
            apart = (theirs - {_ALL}) ^ codes
            if apart:
                first = next(iter(by_country))
                raise ReadError(
                    f"{self.file}: {country} and {first} differ in industries: "
                    f"{listed(sorted(apart))}."
                )
        for known in (_SECTORS_2013, dict(zip(SECTORS_2016, SECTORS_2016, strict=True))):
            if codes <= known.keys():
                if len(codes) < len(known):
                    warn_user(
                        f"{self.file} is an excerpt: it has {len(codes)} of {len(known)} "
                        "industries; the totals of all of them are not checked.",
                        IoeconWarning,
                    )
                return {code: known[code] for code in known if code in codes}
        strange = sorted(codes - _SECTORS_2013.keys() - {*SECTORS_2016})
        raise ReadError(f"{self.file}: DATA has industries of no release: {listed(strange)}.")

    def _read_country(
        self, variable: str, country: str, year: int, labels: Mapping[str, str]
    ) -> dict[str, float]:
        rows, column = self.rows[variable], self.years[year]
        unit = VARIABLES[variable].unit
        found: dict[str, float] = {}
        empty = []
        for code in (*labels, *([_ALL] if (country, _ALL) in rows else [])):
            number, cells = rows[country, code]
            cell = f"{self.file}, cell DATA!{column_letters(column)}{number}"
            if is_empty(cells[column]):
                empty.append(code)
            found[code] = amount(cells[column], country, code, year, cell, unit)
        if len(empty) == len(found):
            return {}
        printed = found.pop(_ALL, None)
        total = sum(found.values())
        whole = len(labels) in (len(_SECTORS_2013), len(SECTORS_2016))
        known = printed is not None and _ALL not in empty and whole
        if known and not math.isclose(total, printed or 0.0, rel_tol=_ROUNDING, abs_tol=1e-6):
            lacking = f" (empty are {listed(empty)})" if empty else ""
            raise EmissionsError(
                f"{self.file}: {variable} of {country} {year} adds up to {total:,.3f} over "
                f"industries{lacking}, but {_ALL} prints {printed:,.3f}."
            )
        if empty and not known:
            raise EmissionsError(
                f"{self.file}: {variable} of {country} {year} is empty for {listed(empty)}, and no "
                "total tells whether that is nothing."
            )
        return found


def _find_columns(header: Sequence[Any], file: str) -> tuple[dict[int, int], dict[str, int]]:
    names = [str(int(c) if isinstance(c, float) else c).strip().lower() for c in header]
    absent = [name for name in _HEADINGS if name not in names]
    years = {
        int(name.removeprefix("_")): k
        for k, name in enumerate(names)
        if re.fullmatch(r"_?[0-9]{4}", name)
    }
    if absent or not years:
        what = f"columns {listed(absent)}" if absent else "columns headed by a year"
        raise ReadError(
            f"{file}: the sheet DATA lacks {what}: it is not in the layout of WIOD's "
            "Socio-Economic Accounts."
        )
    return years, {name: names.index(name) for name in _HEADINGS}


def _check_notes(rows: Sequence[Sequence[Any]], file: str) -> None:
    """Refuse notes that give a variable another unit."""
    for row in rows:
        texts = [str(cell).strip() for cell in row]
        for variable, description in pairwise(texts):
            stressor = VARIABLES.get(variable)
            stated = re.search(r"\(([^()]*)\)\s*$", description)
            if stressor is None or stated is None:
                continue
            if not re.fullmatch(rf"(?:in )?{_STATED[stressor.unit]}(?: of hours)?", stated[1]):
                raise ReadError(
                    f"{file}: its sheet Notes says that {variable} is in {stated[1]!r}; "
                    f"{stressor.unit} is expected."
                )


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    there = _Sheet.read(path).rows
    return tuple(stressor for variable, stressor in VARIABLES.items() if variable in there)


def _read(
    path: Path, names: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    sheet = _Sheet.read(path)
    source = source_of_file(path, ACCOUNT_FORMAT.name)
    accounts = {}
    for variable, stressor in VARIABLES.items():
        if stressor.name not in names:
            continue
        values = sheet.account_values(variable, years)
        if not values:
            raise ReadError(
                f"{path.name} has no {stressor.name} of {listed(years or sheet.years)}; its "
                f"columns are of {listed(sheet.years, 30)}."
            )
        series = pd.Series(values).rename_axis(list(ACCOUNT))
        accounts[stressor.name] = Account(
            series, unit=stressor.unit, source=source, name=stressor.name
        )
    return accounts


ACCOUNT_FORMAT = AccountFormat(
    name="wiod-sea",
    description="Persons and hours in WIOD's Socio-Economic Accounts, releases of 2014 and 2016.",
    looks_like="WIOD_SEA_July14.xlsx or Socio_Economic_Accounts.xlsx",
    pattern=re.compile(r"(WIOD_SEA_\w+|Socio_Economic_Accounts)\.xlsx", re.IGNORECASE),
    list_stressors=_list_stressors,
    read=_read,
)
