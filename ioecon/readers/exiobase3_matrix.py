"""A matrix in EXIOBASE's text form: two lines of labels above, labels to the left, tabs between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from ioecon.errors import ReadError
from ioecon.files.plain_text import decode
from ioecon.number_rows import RowsOfNumbers, number_rows, text_lines

__all__ = ["LabelledMatrix", "require_once", "show_cells", "split_cells", "tidy"]

_HEAD = {"region", "sector", "category", "stressor", "unit", ""}


def tidy(label: str) -> str:
    """Label with single blanks."""
    return " ".join(label.split())


@dataclass(frozen=True)
class LabelledMatrix:
    """A matrix of numbers under two lines of labels, as far as its labels are read.

    Parameters
    ----------
    file : str
        Name for messages.
    columns : list of (str, str)
        Labels of the columns.
    label_columns : int
        Cells before the numbers of each row.
    lines : iterator of bytes
        Lines from the first row on.
    first_line : int
        Where in the file that stands.
    """

    file: str
    columns: list[tuple[str, str]]
    label_columns: int
    lines: Iterator[bytes]
    first_line: int

    @classmethod
    def read(cls, stream: BinaryIO, file: str, label_columns: int, second: str) -> LabelledMatrix:
        """Read the two lines of labels, and the one that names the labels to the left.

        Parameters
        ----------
        stream : binary stream
        file : str
            Its name, for messages.
        label_columns : int
            Cells before the numbers.
        second : str
            What the second line of labels is headed by: ``"sector"`` or ``"category"``.

        Raises
        ------
        ReadError
            If the file begins with other lines.
        """
        return _read_labels(stream, file, label_columns, second)

    def rows(self, empty: str = "error") -> Iterator[RowsOfNumbers]:
        """Rows in pieces; errors as of :func:`ioecon.number_rows.number_rows`."""
        return number_rows(
            self.lines,
            file=self.file,
            columns=len(self.columns),
            separator="\t",
            label_columns=self.label_columns,
            first_line=self.first_line,
            empty=empty,
            column_name=lambda k: " ".join(self.columns[k]),
        )

    @classmethod
    def of_vector(cls, stream: BinaryIO, file: str, labels: tuple[str, ...]) -> LabelledMatrix:
        """Read the one line of names above labels and a single column of numbers."""
        lines = text_lines(stream, file)
        head = split_cells(decode(next(lines, b""), file, may_be_named=False))
        if tuple(map(str.lower, head[:-1])) != labels or len(head) != len(labels) + 1:
            raise ReadError(
                f"{file}: line 1 should be {', '.join(labels)} and the name of the numbers, and is "
                f"{show_cells(head)}."
            )
        return cls(file, [(head[-1], "")], len(labels), lines, 2)

    def only(self, wanted: Container[str]) -> LabelledMatrix:
        """Matrix of the rows whose one label is wanted; the others are not parsed."""

        def blank_others() -> Iterator[bytes]:
            for line in self.lines:
                label, _, _ = line.partition(b"\t")
                text = decode(label, self.file, may_be_named=False)
                yield line if _tidy_cell(text) in wanted else b""

        return replace(self, lines=blank_others())


def _tidy_cell(cell: str) -> str:
    return tidy(cell.strip().strip('"'))


def split_cells(line: str) -> list[str]:
    """Cells of a line of labels, without quotation marks."""
    return [_tidy_cell(cell) for cell in line.split("\t")]


def _read_labels(stream: BinaryIO, file: str, label_columns: int, second: str) -> LabelledMatrix:
    lines = text_lines(stream, file)
    head = [_take_labels(lines, file, k, label_columns) for k in (1, 2)]
    for k, (cells, name) in enumerate(zip(head, ("region", second), strict=True), start=1):
        if cells[0].lower() != name or any(cells[1:label_columns]):
            raise ReadError(
                f"{file}: line {k} should hold the {name} of each column behind {name!r}"
                f"{' and a blank' if label_columns > 1 else ''}, and begins with "
                f"{show_cells(cells[: label_columns + 1])}."
            )
    first, other = ([tidy(cell) for cell in cells[label_columns:]] for cells in head)
    while first and other and not (first[-1] or other[-1]):  # a separator at the end of a line
        first.pop()
        other.pop()
    if len(first) != len(other):
        raise ReadError(
            f"{file}: line 1 names {len(first)} regions and line 2 {len(other)} {second} labels; "
            "they should be as many."
        )
    for k, pair in enumerate(zip(first, other, strict=True), start=1):
        if not all(pair):
            raise ReadError(f"{file}: column {k} of numbers has no region or no {second}.")
    line, at = next(lines, b""), 3
    names = split_cells(decode(line, file, may_be_named=False))
    if set(map(str.lower, names)) <= _HEAD:  # names of the labels
        line, at = next(lines, b""), 4
    return LabelledMatrix(
        file, list(zip(first, other, strict=True)), label_columns, _put_before(line, lines), at
    )


def _take_labels(lines: Iterator[bytes], file: str, line: int, label_columns: int) -> list[str]:
    cells = split_cells(decode(next(lines, b""), file, may_be_named=False))
    if len(cells) <= label_columns:
        raise ReadError(
            f"{file}: line {line} has no labels separated by tabs; it should name the region, or "
            "the sector, of each column."
        )
    return cells


def _put_before(line: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    yield line
    yield from lines


def show_cells(cells: Sequence[str]) -> str:
    """Cells for a message, each cut short."""
    return ", ".join(repr(cell if len(cell) <= 40 else f"{cell[:37]}...") for cell in cells)


def require_once(labels: Sequence[tuple[str, ...]], what: str, file: str) -> None:
    """Refuse labels that stand twice."""
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise ReadError(f"{file}: {what} {' '.join(twice[0])} stands there more than once.")
