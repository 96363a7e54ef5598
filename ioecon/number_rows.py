"""Matrices in text files, a few rows at a time: numbers separated by a character, labels first.

Every refusal names file, row and column. Numbers are rounded correctly; nothing of the text but
one piece of it is held.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ioecon.delimited import parse_number, why_no_number
from ioecon.errors import ReadError
from ioecon.files.plain_text import decode

__all__ = ["RowsOfNumbers", "number_rows", "text_lines"]

_PIECE = 2**23  # bytes of text that are turned into numbers at once
_LONGEST = 2**28  # bytes of a line


@dataclass(frozen=True)
class RowsOfNumbers:
    """Consecutive rows of a matrix.

    Parameters
    ----------
    first : int
        Position of the first of them in the matrix.
    labels : list of tuple of str
        What stood before the numbers of each row.
    values : ndarray, shape (rows, columns)
    """

    first: int
    labels: list[tuple[str, ...]]
    values: NDArray[np.float64]


def text_lines(stream: BinaryIO, file: str) -> Iterator[bytes]:
    """Lines of a stream without their ends.

    Raises
    ------
    ReadError
        If a line is longer than any table's.
    """
    rest = b""
    while piece := stream.read(_PIECE):
        rest += piece
        lines = rest.split(b"\n")
        rest = lines.pop()
        if len(rest) > _LONGEST:
            raise ReadError(f"{file} has a line of more than {_LONGEST // 2**20} MiB.")
        for line in lines:
            yield line.removesuffix(b"\r")
    if rest:
        yield rest.removesuffix(b"\r")


def number_rows(
    lines: Iterator[bytes],
    *,
    file: str,
    columns: int,
    separator: str = ",",
    label_columns: int = 0,
    first_line: int = 1,
    empty: str = "error",
    column_name: Callable[[int], str] | None = None,
    rows_at_once: int = 64,
) -> Iterator[RowsOfNumbers]:
    r"""Rows of a matrix in text, some at a time.

    Parameters
    ----------
    lines : iterator of bytes
        Lines with the rows, as :func:`text_lines` gives them; those above were taken off.
    file : str
        Name for messages.
    columns : int
        Numbers in every row.
    separator : str
        Character between the cells.
    label_columns : int
        Cells before the numbers, taken as text.
    first_line : int
        Line of the file that the first row stands in, for messages.
    empty : {"error", "zero"}
        What an empty cell means.
    column_name : callable, optional
        Name of a column of numbers by its position, for messages.
    rows_at_once : int
        Rows of a piece.

    Yields
    ------
    RowsOfNumbers

    Raises
    ------
    ReadError
        If a row has more or fewer cells, or a cell is no finite number.

    Examples
    --------
    >>> lines = iter([b"AUS\tfarms\t1\t2.5", b"AUS\tmines\t0\t1e-3"])
    >>> for rows in number_rows(lines, file="Z", columns=2, separator="\t", label_columns=2):
    ...     print(rows.labels, rows.values.tolist())
    [('AUS', 'farms'), ('AUS', 'mines')] [[1.0, 2.5], [0.0, 0.001]]
    """
    mark = separator.encode()
    name = column_name or (lambda column: str(column + 1))
    first, labels, values = 0, [], np.empty((rows_at_once, columns))
    held = 0
    for count, line in enumerate(lines):
        if not line.strip():
            continue
        at = first_line + count
        cells = line.split(mark, label_columns)
        if len(cells) <= label_columns:
            raise ReadError(f"{file}, line {at} has no numbers: it should have {columns}.")
        numbers = _parse_row(cells[-1], mark, columns)
        if numbers is None:
            numbers = _parse_cells(cells[-1], separator, columns, f"{file}, line {at}", name, empty)
        values[held] = numbers
        told = [_read_label(cell, f"{file}, line {at}") for cell in cells[:label_columns]]
        labels.append(tuple(told))
        held += 1
        if held == rows_at_once:
            yield RowsOfNumbers(first, labels, values)
            first, labels, held = first + held, [], 0
            values = np.empty((rows_at_once, columns))
    if held:
        yield RowsOfNumbers(first, labels, values[:held])


def _parse_row(text: bytes, mark: bytes, columns: int) -> NDArray[np.float64] | None:
    """Numbers of a row that holds nothing else; None where it must be looked at cell by cell."""
    if text.count(mark) != columns - 1:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            numbers = np.fromstring(text, dtype=np.float64, sep=mark.decode())
        except (DeprecationWarning, ValueError):
            return None
    # A separator that is a blank swallows empty cells, and "nan" is read as a number.
    if numbers.size != columns or not np.isfinite(numbers).all():
        return None
    return np.asarray(numbers)


def _parse_cells(
    text: bytes,
    separator: str,
    columns: int,
    where: str,
    name: Callable[[int], str],
    empty: str,
) -> NDArray[np.float64]:
    cells = [cell.strip().strip('"') for cell in decode(text, where, None).split(separator)]
    if len(cells) != columns:
        raise ReadError(f"{where} has {len(cells)} numbers where there should be {columns}.")
    numbers = np.empty(columns)
    for k, cell in enumerate(cells):
        if not cell and empty == "zero":
            numbers[k] = 0.0
            continue
        number = parse_number(cell)
        if number is None or not np.isfinite(number):
            hint = " If the publisher leaves zeros empty, pass empty_cells='zero'."
            why = f"holds {cell[:40]!r}, which is no number{why_no_number(cell)}."
            raise ReadError(f"{where}, column {name(k)} {why if cell else f'is empty.{hint}'}")
        numbers[k] = number
    return numbers


def _read_label(cell: bytes, where: str) -> str:
    return decode(cell, where, None).strip().strip('"').strip()
