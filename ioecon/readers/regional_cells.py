"""Cells of the sheets of a workbook, or of a CSV file, with their places for messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.delimited import parse_number, rows_of, why_no_number
from ioecon.errors import ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.plain_text import decode
from ioecon.files.web_page import require_content
from ioecon.files.workbook import WorkbookReader, is_workbook

__all__ = ["Sheet", "cell_at", "described", "label", "label_at", "numbers", "sheets_of"]

_SEPARATORS = (",", ";", "\t")
_SEARCHED = 100  # rows in which a table must begin


@dataclass(frozen=True)
class Sheet:
    """Cells of one sheet from A1 on; a CSV file is one sheet without a name.

    Parameters
    ----------
    file, name : str
        For messages.
    rows : list of lists
        Cells; the empty string is an empty cell.
    decimal : {".", ","}
        Decimal mark of the numbers of a CSV file.
    """

    file: str
    name: str
    rows: list[list[Any]]
    decimal: str = "."

    @property
    def called(self) -> str:
        """Name for messages."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    def place(self, row: int, column: int) -> str:
        """Cell in the words of the program that shows it."""
        if self.name:
            return f"cell {column_letters(column)}{row + 1}"
        return f"line {row + 1}, field {column + 1}"

    def top(self) -> list[list[Any]]:
        """Rows in which a table must begin."""
        return self.rows[:_SEARCHED]


def label(cell: Any) -> str:
    r"""Text of a label: runs of spaces and line breaks are one space, whole numbers have no point.

    Examples
    --------
    >>> label(" Food and\n tobacco "), label(7.0)
    ('Food and tobacco', '7')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else " ".join(str(cell).split())


def sheets_of(
    data: bytes,
    file: str,
    known: Callable[[Sheet], bool],
    *,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
) -> list[Sheet]:
    """Sheets of a file that hold what is looked for.

    Parameters
    ----------
    data : bytes
        Content of the file: Excel, or CSV (commas, semicolons or tabs).
    file : str
        Its name, for messages.
    known : callable
        Whether a sheet holds what is looked for.
    encoding, separator, decimal : str, optional
        Of a CSV file; see :func:`ioecon.delimited.read_delimited`.

    Raises
    ------
    ReadError
        If the file is neither, or damaged.
    """
    if is_workbook(data):
        return [sheet for sheet in _read_workbook(data, file) if known(sheet)]
    require_content(data, file)
    text = decode(data, file, encoding)
    damage: ReadError | None = None
    for character in _SEPARATORS if separator is None else (separator, *_SEPARATORS):
        try:
            rows = [cells for _, cells in rows_of(text, file, character)]
        except ReadError as error:  # with another separator the quotation marks may be right
            damage = damage or error
            continue
        sheet = Sheet(file, "", rows, decimal)
        if known(sheet):
            if separator not in (None, character):
                raise ReadError(
                    f"{file} has {character!r} between columns, not {separator!r}: pass "
                    f"separator={character!r}, or leave separator out."
                )
            return [sheet]
    if damage is not None:
        raise damage
    return []


def _read_workbook(data: bytes, file: str) -> list[Sheet]:
    with WorkbookReader() as reader:
        names = reader.open(data, file)
        return [Sheet(file, name, list(reader.sheet(name).rows)) for name in names]


def described(sheet: Sheet, end: int) -> dict[str, str]:
    """Key and value, as labels, of the lines above a table.

    Lines whose first cell begins with ``#`` are comments.

    Raises
    ------
    ReadError
        If one key has two values.
    """
    said: dict[str, str] = {}
    for i, row in enumerate(sheet.rows[:end]):
        key = label(row[0]).lower() if len(row) > 1 else ""
        if not key or key.startswith("#"):
            continue
        value = label_at(sheet, i, 1)
        if said.setdefault(key, value) != value:
            raise ReadError(
                f"{sheet.called}: {key} is {said[key]!r} in one line above the table and "
                f"{value!r} in another."
            )
    return said


def numbers(
    sheet: Sheet,
    rows: Sequence[int],
    columns: Sequence[int],
    named: Callable[[int, int], str],
    *,
    empty: float | None = None,
    advice: str = "",
) -> NDArray[np.float64]:
    """Numbers in some rows and columns of a sheet.

    Parameters
    ----------
    sheet : Sheet
    rows, columns : sequence of int
        Where they stand.
    named : callable
        Name of the row and the column at a position, for messages.
    empty : float, optional
        What an empty cell means; an error by default.
    advice : str
        What to do about an empty cell.

    Returns
    -------
    ndarray, shape (len(rows), len(columns))

    Raises
    ------
    ReadError
        If a cell is empty, or is not a finite number: named by row and column.
    """
    values = np.empty((len(rows), len(columns)))
    for i, row in enumerate(rows):
        cells = [_number_cell_at(sheet, row, column) for column in columns]
        if {*map(type, cells)} <= {float, int}:
            values[i] = cells
            continue
        for j, cell in enumerate(cells):
            number = empty if is_empty(cell) else _parse_number(cell, sheet)
            if number is None:
                hint = f" {advice}" if is_empty(cell) and advice else ""
                raise ReadError(
                    f"{sheet.called}: {named(row, columns[j])} ({sheet.place(row, columns[j])}) "
                    f"{_describe_problem(cell, sheet)}{hint}"
                )
            values[i, j] = number
    bad = ~np.isfinite(values)
    if bad.any():
        i, j = np.argwhere(bad)[0]
        raise ReadError(
            f"{sheet.called}: {named(rows[i], columns[j])} ({sheet.place(rows[i], columns[j])}) "
            f"holds {values[i, j]} instead of a number."
        )
    return values


def cell_at(sheet: Sheet, row: int, column: int) -> Any:
    """Cell at a position; blank text and what lies beyond the end of a row are empty."""
    cells = sheet.rows[row]
    cell = cells[column] if column < len(cells) else ""
    return "" if isinstance(cell, str) and not cell.strip() else cell


def label_at(sheet: Sheet, row: int, column: int) -> str:
    """Text of the label at a position.

    Raises
    ------
    ReadError
        If the cell is an error, or a formula without a value.
    """
    cell = cell_at(sheet, row, column)
    if isinstance(cell, FaultyCell):
        raise ReadError(
            f"{sheet.called}: {sheet.place(row, column)} holds {cell.holds} instead of a label. "
            f"{cell.advice}"
        )
    return label(cell)


def _number_cell_at(sheet: Sheet, row: int, column: int) -> Any:
    """Cell at a position; blanks in a workbook are text, for nothing but emptiness is empty."""
    cells = sheet.rows[row]
    return cells[column] if sheet.name and column < len(cells) else cell_at(sheet, row, column)


def _describe_problem(cell: Any, sheet: Sheet) -> str:
    if not sheet.name and not is_empty(cell):
        return f"holds {cell!r} instead of a number{why_no_number(str(cell), sheet.decimal)}."
    return misfit(cell) or "holds no number."


def _parse_number(cell: Any, sheet: Sheet) -> float | None:
    if misfit(cell) is None:
        return float(cell)
    if not sheet.name and isinstance(cell, str):
        if cell.strip().lower().lstrip("+-") in ("nan", "inf", "infinity"):
            return float(cell)  # refused with all that is not finite
        return parse_number(cell, sheet.decimal)
    return None
