"""Matrices in text files, a few rows at a time: numbers separated by a character, labels first.

Every refusal names file, row and column. Numbers are rounded correctly; nothing of the text but
one piece of it is held.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.delimited import parse_number, why_no_number
from ioecon.errors import ReadError
from ioecon.files.plain_text import decode
from ioecon.files.web_page import require_no_web_page

__all__ = ["EXACT", "RowsOfNumbers", "chosen_rows", "is_blank", "number_rows", "text_lines"]

_PIECE = 2**18  # bytes of text that are read, and parsed, at once; it takes 13 times the memory
_LONGEST = 2**28  # bytes of a line
_OF_NUMBERS = b"0123456789+-.eE"
_GROUPED = re.compile(rb'"\s*[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\s*"')
_AS_PUBLISHED = "take the file as it was published"
#: Options with which pandas rounds correctly; it does so by itself from 3.1 on, and warns of them.
EXACT: dict[str, str] = (
    {"float_precision": "round_trip"}
    if tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1)
    else {}
)


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
        If a line is longer than any table's, or the file is a web page.
    """
    piece = stream.read(_PIECE)
    require_no_web_page(piece, file)
    begun: list[bytes] = []  # of a line that goes on; joined once, however long it is
    size = 0
    while piece:
        end, *lines = piece.split(b"\n")
        begun.append(end)
        size += len(end)
        if size > _LONGEST:
            raise ReadError(f"{file} has a line of more than {_LONGEST // 2**20} MiB.")
        if lines:
            yield b"".join(begun).removesuffix(b"\r")
            begun = [lines.pop()]
            size = len(begun[0])
            for line in lines:
                yield line.removesuffix(b"\r")
        piece = stream.read(_PIECE)
    rest = b"".join(begun)
    if rest:
        yield rest.removesuffix(b"\r")


def is_blank(line: bytes, mark: bytes = b",") -> bool:
    """Whether a line of labels and numbers has nothing, or nothing but separators.

    Spreadsheets save such lines below a table. In a matrix without labels one may be a row of
    empty cells; then there is no ``mark``.

    Examples
    --------
    >>> is_blank(b",,,"), is_blank(b""), is_blank(b",,0"), is_blank(b",,,", b"")
    (True, True, False, False)
    """
    return not line.strip(mark + b' \t\r"')


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
        Rows of a piece; the last may have fewer.

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
    first = filled = held = 0
    labels: list[tuple[str, ...]] = []
    texts: list[bytes] = []
    places: list[str] = []
    values = np.empty((rows_at_once, columns))

    def parse() -> int:
        """Fill in what is waiting; return how many rows are filled now."""
        numbers = _parse_plain(texts, mark, columns)
        end = filled + len(texts)
        if numbers is not None:
            values[filled:end] = numbers
        else:
            for k, (text, where) in enumerate(zip(texts, places, strict=True), start=filled):
                values[k] = _parse_row(text, separator, columns, where, name, empty)
        texts.clear()
        places.clear()
        return end

    for count, line in enumerate(lines, start=first_line):
        if is_blank(line, mark if label_columns else b""):
            continue
        where = f"{file}, line {count}"
        *told, numbers = line.split(mark, label_columns)
        if len(told) < label_columns:
            raise ReadError(f"{where} has no numbers: it should have {columns}.")
        labels.append(tuple(_read_label(cell, where) for cell in told))
        texts.append(numbers)
        places.append(where)
        held += len(numbers)
        if held > _PIECE or len(labels) == rows_at_once:
            filled, held = parse(), 0
        if filled == rows_at_once:
            yield RowsOfNumbers(first, labels, values)
            first, labels, filled = first + filled, [], 0
            values = np.empty((rows_at_once, columns))
    if labels:
        filled = parse()
        yield RowsOfNumbers(first, labels, values[:filled])


def chosen_rows(
    lines: Iterable[bytes],
    rows: Container[int],
    *,
    file: str,
    columns: int,
    separator: str = ",",
    column_name: Callable[[int], str] | None = None,
    check_first: Callable[[bytes], None] | None = None,
) -> tuple[dict[int, NDArray[np.float64]], int]:
    """Parse some rows of a matrix without labels, and count all.

    Parameters
    ----------
    lines, file, columns, separator, column_name
        As for :func:`number_rows`.
    rows : container of int
        Positions of the rows that are wanted.
    check_first : callable, optional
        What is asked of the first row, whether it is wanted or not.

    Returns
    -------
    dict of int to ndarray, shape (columns,)
    int

    Raises
    ------
    ReadError
        As :func:`number_rows`.

    Examples
    --------
    >>> chosen_rows([b"1,2", b"", b"3,4"], {1}, file="Q", columns=2)
    ({1: array([3., 4.])}, 2)
    """
    found: dict[int, NDArray[np.float64]] = {}
    count = 0
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        if count == 0 and check_first is not None:
            check_first(text)
        if count in rows:
            (piece,) = number_rows(
                iter([text]),
                file=file,
                columns=columns,
                separator=separator,
                first_line=line,
                column_name=column_name,
                rows_at_once=1,
            )
            found[count] = piece.values[0]
        count += 1
    return found, count


def _parse_plain(texts: Sequence[bytes], mark: bytes, columns: int) -> NDArray[np.float64] | None:
    """Numbers of rows that hold nothing else; None where they must be looked at one by one.

    As one long column they are parsed several times faster than as a matrix.
    """
    for text in texts:
        if (
            text.count(mark) != columns - 1
            or text.translate(None, _OF_NUMBERS + mark)
            or text.startswith(mark)
            or text.endswith(mark)
            or mark + mark in text
        ):
            return None
    column = io.BytesIO(b"\n".join(texts).replace(mark, b"\n"))
    try:
        frame = pd.read_csv(column, header=None, dtype=np.float64, na_filter=False, **EXACT)
    except ValueError:
        return None
    numbers = frame[0].to_numpy()
    if numbers.size != len(texts) * columns or not np.isfinite(numbers).all():
        return None
    return numbers.reshape(len(texts), columns)


def _parse_row(
    text: bytes,
    separator: str,
    columns: int,
    where: str,
    name: Callable[[int], str],
    empty: str,
) -> NDArray[np.float64]:
    """Numbers of a row that may hold empty cells, blanks, quotation marks and what is no number."""
    mark = separator.encode()
    filled = text
    if empty == "zero":  # empty cells side by side take two turns
        filled = (mark + text + mark).replace(mark * 2, mark + b"0" + mark)
        filled = filled.replace(mark * 2, mark + b"0" + mark)[1:-1]
    numbers = _parse_plain([filled], mark, columns)
    return (
        _parse_cells(text, separator, columns, where, name, empty)
        if numbers is None
        else numbers[0]
    )


def _parse_cells(
    text: bytes,
    separator: str,
    columns: int,
    where: str,
    name: Callable[[int], str],
    empty: str,
) -> NDArray[np.float64]:
    cells = [cell.strip().strip('"') for cell in _decode(text, where).split(separator)]
    if len(cells) != columns:
        raise ReadError(
            f"{where} has {len(cells)} numbers where there should be {columns}."
            f"{_explain_count(text, columns)}"
        )
    numbers = np.empty(columns)
    for k, cell in enumerate(cells):
        if not cell and empty == "zero":
            numbers[k] = 0.0
            continue
        number = parse_number(cell)
        if number is None or not np.isfinite(number):
            hint = " If the publisher leaves zeros empty, pass empty_cells='zero'."
            why = f"holds {cell[:40]!r}, which is no number{_explain_no_number(cell)}."
            raise ReadError(f"{where}, column {name(k)} {why if cell else f'is empty.{hint}'}")
        numbers[k] = number
    return numbers


def _explain_count(text: bytes, columns: int) -> str:
    """Say why a row may have more or fewer cells than it should."""
    grouped = _GROUPED.search(text)
    if grouped is not None:
        number = grouped[0].decode().strip('"')
        return f" {number!r} has a thousands separator, as after saving it again: {_AS_PUBLISHED}"
    others = [mark for mark in ",;\t" if text.count(mark.encode()) == columns - 1]
    return f" There are as many between {others[0]!r}." if others else ""


def _explain_no_number(cell: str) -> str:
    """Say what is wrong, without options: the publishers of these matrices write points."""
    if parse_number(cell) is None and parse_number(cell, decimal=",") is not None:
        return f"; it has a decimal comma, as after saving it again: {_AS_PUBLISHED}"
    return why_no_number(cell) or f"; {_AS_PUBLISHED}"


def _decode(text: bytes, where: str) -> str:
    return decode(text, where, may_be_named=False)


def _read_label(cell: bytes, where: str) -> str:
    return _decode(cell, where).strip().strip('"').strip()
