"""Accounts in a plain table: a row per country, sector and year, in CSV, Excel or Parquet.

Columns, in any order and in letters of any case: ``country`` (or ``iso3``, ``region``), ``sector``
(or ``industry``, ``product``), ``year``, ``value``, and as needed ``stressor`` and ``unit``; others
are left alone. Without ``stressor`` it is CO2, without ``unit`` kt of CO2; a column ``co2_kt`` may
stand for ``value``. The sector ``FC_HH`` is households.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.alignment import level_kind
from ioecon.alignment import numbers as number_array
from ioecon.delimited import labels, numbers, read_delimited, years
from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT
from ioecon.emissions.labels import country_codes
from ioecon.errors import EmissionsError, ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.parquet import open_parquet
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.options import ReadOptions
from ioecon.source import source_of_file
from ioecon.stressor import CO2, Stressor
from ioecon.units import kilotonnes_per, spell_substance
from ioecon.wording import listed, places

__all__ = ["ACCOUNT_FORMAT"]

HOUSEHOLDS = "FC_HH"

_VALUES = ("value", "values", "amount", "co2_kt")
_LARGEST = 2**31  # bytes
_EXCEL = (".xlsx", ".xls", ".xlsb")


@dataclass(frozen=True)
class _LongTable:
    """Rows of a table under the names that they have here.

    Parameters
    ----------
    file : str
        For messages.
    frame : DataFrame
        Columns country, sector, stressor, unit (text), year (int), value (float). The index is
        where a row stands.
    """

    file: str
    frame: pd.DataFrame

    @classmethod
    def read(cls, path: Path, options: ReadOptions) -> _LongTable:
        suffix = path.suffix.lower()
        if path.stat().st_size > _LARGEST:
            raise ReadError(f"{path.name} is larger than 2 GiB: keep the rows that are needed.")
        if suffix == ".parquet" or suffix in _EXCEL:
            given = options.given_for_text()
            if given:
                raise ReadError(f"{listed(given)} goes with CSV, not with {path.name}.")
            raw = _read_parquet(path) if suffix == ".parquet" else _read_workbook(path)
        else:
            raw = read_delimited(
                path,
                "an account",
                encoding=options.encoding,
                separator=options.separator,
                decimal=options.decimal,
            )
        frame = _name_columns(raw, path.name)
        if frame.empty:
            raise EmissionsError(f"{path.name} has no rows below its header.")
        columns = {
            name: labels(_as_text(frame[name]), path.name)
            for name in ("country", "sector", "stressor", "unit")
            if name in frame
        }
        columns["year"] = years(_as_text(frame["year"]), path.name)
        where = pd.MultiIndex.from_frame(pd.DataFrame(columns)[list(ACCOUNT)])
        if suffix == ".parquet" or suffix in _EXCEL:
            columns["value"] = _typed_numbers(frame["value"], where, path.name)
        else:
            value = numbers(frame["value"], path.name, decimal=options.decimal, rows=where)
            columns["value"] = value
        return cls(path.name, pd.DataFrame(columns, index=frame.index))

    def stressors(self) -> dict[Stressor, pd.DataFrame]:
        """Rows of each stressor, amounts in its unit."""
        frame = self.frame
        if "stressor" not in frame:
            frame = frame.assign(stressor=CO2)
        if "unit" not in frame:
            strange = sorted({name for name in frame["stressor"] if spell_substance(name) != CO2})
            if strange:
                raise EmissionsError(
                    f"{self.file} has {listed(strange)} and no column unit: add one."
                )
            frame = frame.assign(unit="kt")
        found: dict[Stressor, list[pd.DataFrame]] = {}
        for (name, unit), rows in frame.groupby(["stressor", "unit"], sort=False):
            co2 = spell_substance(name) == CO2
            stressor = Stressor() if co2 else Stressor(name, unit)
            factor = kilotonnes_per(unit) if co2 else 1.0
            found.setdefault(stressor, []).append(rows.assign(value=rows["value"] * factor))
        names = [stressor.name for stressor in found]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            units = [one.unit for one in found if one.name == twice[0]]
            raise EmissionsError(
                f"{self.file} has {twice[0]} in {listed(units)}: give each stressor one unit."
            )
        return {stressor: pd.concat(parts) for stressor, parts in found.items()}


def _name_columns(raw: pd.DataFrame, file: str) -> pd.DataFrame:
    """Columns under the names that they have here."""
    found: dict[str, str] = {}
    for column in raw.columns:
        text = str(column).strip().lower()
        name = level_kind(text)
        if name not in ACCOUNT:
            name = "value" if text in _VALUES else text if text in ("stressor", "unit") else None
        if name is None:
            continue
        if name in found:
            raise EmissionsError(
                f"{file} has two columns for the {name}, {found[name]!r} and {column!r}: keep one."
            )
        found[name] = column
    absent = [name for name in (*ACCOUNT, "value") if name not in found]
    if absent:
        raise EmissionsError(
            f"{file} has no column {listed(absent)}; it has {listed(raw.columns, 20)}. A table of "
            "accounts has the columns country, sector, year, value, and stressor and unit where "
            "it is not CO2 in kt. Another layout in CSV is read by ioecon.read_emissions, which "
            "takes the names of columns."
        )
    if found["value"].strip().lower() == "co2_kt" and "stressor" in found:
        raise EmissionsError(
            f"{file} has the column co2_kt beside a column of stressors: call it value."
        )
    return raw[list(found.values())].set_axis(list(found), axis=1)


def _typed_numbers(column: pd.Series, where: pd.Index, file: str) -> pd.Series:
    """Numbers of a column whose cells have types; NaN where one is empty."""
    cells = [math.nan if is_empty(cell) else cell for cell in column.astype(object)]
    for cell, row, place in zip(cells, column.index, range(len(cells)), strict=True):
        if isinstance(cell, str | bool):
            raise ReadError(
                f"{file}, row {row} ({places(where[place : place + 1])}) holds {cell!r} instead of "
                "a number in the column of values."
            )
    return pd.Series(number_array(pd.Series(cells, dtype=object), f"{file}: values"), column.index)


def _as_text(column: pd.Series) -> pd.Series:
    """Cells as text: whole numbers without a point, empty ones as the empty text."""
    return column.map(_cell_text).astype(object)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None or cell is pd.NA or cell != cell else str(cell)


def _read_workbook(path: Path) -> pd.DataFrame:
    """Cells of the one sheet of a workbook below its first row."""
    with WorkbookReader() as reader:
        names = reader.open(path, path.name)
        if len(names) != 1:
            raise ReadError(
                f"{path.name} has {len(names)} sheets ({listed(names)}): keep the one with the "
                "account."
            )
        sheet = reader.sheet(names[0])
        rows = [row for row in enumerate(sheet.rows, start=1) if not all(map(is_empty, row[1]))]
    if not rows:
        raise ReadError(f"{path.name} is empty.")
    header = [" ".join(str(cell).split()) for cell in rows[0][1]]
    width = len(header)
    cells = []
    for number, row in rows[1:]:
        for column, cell in enumerate(row[:width]):
            if isinstance(cell, FaultyCell):
                raise ReadError(
                    f"{path.name}: cell {names[0]}!{column_letters(column)}{number} {misfit(cell)}"
                )
        cells.append([*row[:width], *[""] * (width - len(row))])
    return pd.DataFrame(cells, columns=header, index=[number for number, _ in rows[1:]])


def _read_parquet(path: Path) -> pd.DataFrame:
    with open_parquet(path) as file:
        table = file.read()
        table.validate(full=True)
        frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame.set_axis(range(1, len(frame) + 1))


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    return tuple(_LongTable.read(path, options).stressors())


def _read(
    path: Path, names: tuple[str, ...], wanted: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    table = _LongTable.read(path, options)
    found = {one.name: (one, rows) for one, rows in table.stressors().items()}
    source = source_of_file(path, ACCOUNT_FORMAT.name)
    accounts = {}
    for name in names:
        stressor, rows = found[name]
        if wanted is not None:
            rows = rows[rows["year"].isin(wanted)]
        kept = options.own["labels"] == "kept"
        country = rows["country"] if kept else country_codes(rows["country"])
        index = pd.MultiIndex.from_arrays([country, rows["sector"], rows["year"]], names=ACCOUNT)
        if index.has_duplicates:
            twice = index[index.duplicated()].unique()
            raise EmissionsError(f"{path.name} has several rows of {name} for {places(twice, 4)}.")
        values = pd.Series(rows["value"].to_numpy(), index=index)
        of_households = index.get_level_values("sector") == HOUSEHOLDS
        direct = values[of_households].droplevel("sector") if of_households.any() else None
        if of_households.all():
            raise EmissionsError(f"{path.name} has no row of a producing sector for {name}.")
        signed = options.own["signed"] == "yes"
        accounts[name] = Account(
            values[~of_households], direct, stressor.unit, source, name=name, signed=signed
        )
    return accounts


def _has_columns(path: Path) -> bool:
    """Whether a file is a table with the columns of an account."""
    if not path.is_file():
        return False
    try:
        options = ReadOptions(own={"labels": "kept", "signed": "yes"})
        return bool(_LongTable.read(path, options).stressors())
    except (ReadError, EmissionsError):
        return False


ACCOUNT_FORMAT = AccountFormat(
    name="long-table",
    description="Accounts in a table of your own, a row per country, sector and year (CSV, Excel, "
    "Parquet).",
    looks_like="NAME.csv, NAME.xlsx or NAME.parquet",
    pattern=re.compile(r".*\.(csv|tsv|csv\.gz|xls[xb]?|parquet)", re.IGNORECASE),
    list_stressors=_list_stressors,
    read=_read,
    recognises=_has_columns,
    options={"labels": ("iso3", "kept"), "signed": ("no", "yes")},
    fallback=True,
)
