"""Panels in Excel workbooks: one sheet, the names of its columns in the first row with any cell."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.delimited import MISSING
from ioecon.errors import ReadError
from ioecon.files.cells import DateCell, FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import SheetRows, WorkbookReader
from ioecon.study.panel.sources.source import (
    FileColumns,
    PanelSource,
    ReadOptions,
    require_columns_once,
    require_few_cells,
    require_readable,
)
from ioecon.wording import listed

__all__ = ["WORKBOOK"]


@contextmanager
def _sheet(path: Path, wanted: str | None) -> Iterator[SheetRows]:
    require_readable(path)
    with WorkbookReader() as reader:
        names = reader.open(path.read_bytes(), path.name)
        if wanted is None and len(names) != 1:
            raise ReadError(
                f"{path.name} has {len(names)} sheets ({listed(names)}): name the one with the "
                "panel in data.sheet."
            )
        if wanted is not None and wanted not in names:
            raise ReadError(
                f"{path.name} has no sheet {wanted!r}, which data.sheet names; its sheets are "
                f"{listed(names)}."
            )
        yield reader.sheet(wanted or names[0])


def _head(sheet: SheetRows, file: str) -> tuple[int, dict[str, int]]:
    """Find the row of names: its number, and the column of each name."""
    for number, cells in enumerate(sheet.rows, start=1):
        if all(is_empty(cell) for cell in cells):
            continue
        names: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if is_empty(cell):
                continue
            if isinstance(cell, FaultyCell):
                raise ReadError(
                    f"{file}: cell {sheet.name}!{column_letters(place)}{number} holds {cell} "
                    f"instead of the name of a column. {cell.advice}"
                )
            whole = isinstance(cell, float) and cell.is_integer()
            name = " ".join(str(int(cell) if whole else cell).split())
            require_columns_once([*names, name], file)
            names[name] = place
        return number, names
    raise ReadError(f"{file}: the sheet {sheet.name!r} is empty.")


def _names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    with _sheet(path, options.sheet) as sheet:
        return tuple(_head(sheet, path.name)[1])


def _read(path: Path, options: ReadOptions, wanted: Collection[str] | None) -> FileColumns:
    with _sheet(path, options.sheet) as sheet:
        first, places = _head(sheet, path.name)
        chosen = {n: place for n, place in places.items() if wanted is None or n in wanted}
        require_few_cells(sheet.height - first, len(chosen), path.name)
        cells: dict[str, list[Any]] = {name: [] for name in chosen}
        rows = []
        for number, row in enumerate(sheet.rows, start=first + 1):
            if all(is_empty(cell) for cell in row):
                continue
            rows.append(number)
            for name, place in chosen.items():
                cells[name].append(row[place] if place < len(row) else "")
    columns, faults = {}, {}
    index = pd.Index(rows, name="row")
    for name, place in chosen.items():
        where = f"{path.name}: cell {sheet.name}!{column_letters(place)}"
        column, fault = _typed(cells[name], rows, where)
        columns[name] = pd.Series(column, index=index, name=name)
        if fault:
            faults[name] = fault
    return FileColumns(pd.DataFrame(columns, index=index), "row", faults=faults)


def _typed(cells: list[Any], rows: list[int], where: str) -> tuple[Any, str]:
    """Values of a column, and why it is no number where it has numbers beside something else."""
    for cell, row in zip(cells, rows, strict=True):
        if isinstance(cell, FaultyCell):
            raise ReadError(
                f"{where}{row} holds {cell}. {cell.advice} Or leave the column out of data.columns."
            )
    filled = [cell for cell in cells if not is_empty(cell)]
    kinds = {type(cell) for cell in filled}
    if kinds <= {bool} and kinds:
        return pd.array([None if is_empty(cell) else cell for cell in cells], dtype="boolean"), ""
    if kinds == {DateCell}:
        texts = [None if is_empty(cell) else cell.text for cell in cells]
        dates = pd.to_datetime(pd.Series(texts, dtype=object), errors="coerce", format="ISO8601")
        if dates.notna().sum() == len(filled):
            return dates.to_numpy(), ""
    numeric = {int, float} & kinds
    others = [cell for cell in filled if type(cell) not in (int, float)]
    if all(isinstance(cell, str) and cell in MISSING for cell in others) and (
        numeric or not filled
    ):
        return [float(c) if type(c) in (int, float) else None for c in cells], ""
    fault = ""
    stored = any(isinstance(c, str) and "stored as text" in (misfit(c) or "") for c in others)
    if numeric or stored:
        at = next(row for cell, row in zip(cells, rows, strict=True) if cell is others[0])
        fault = f"{where}{at} {misfit(others[0])}"
    return [None if is_empty(cell) else _as_text(cell) for cell in cells], fault


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


WORKBOOK = PanelSource(
    title="Excel", suffixes=(".xlsx", ".xlsb", ".xls"), options=("sheet",), names=_names, read=_read
)
