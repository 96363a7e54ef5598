"""Flows in a text matrix with labels such as ``AUS_C10T12`` above and to the left of it.

The layout of OECD ICIO and of Eurostat's FIGARO. Rows are taken one by one into the arrays of the
table, so that little more than the table is ever held; the sums that must agree are added up on
the way, before anything is rounded to float32.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import IoeconWarning, ReadError
from ioecon.files.plain_text import decode
from ioecon.number_rows import is_blank, number_rows
from ioecon.readers.labels import positions, unique
from ioecon.user_warnings import warn_user

__all__ = [
    "Matrix",
    "MatrixColumns",
    "gather",
    "require_one_output",
    "require_sums",
    "split_header",
]

Pair = tuple[str, str]

_ROUNDING = 0.001  # how far one printed number may be off: a unit of its third decimal
_DIGITS = 1e-6  # of what is added up: editions with eight digits, and the additions themselves
_MOST_BELOW = 1_000  # rows below the flows
_MOST_COLUMNS = 20_000  # four times those of the largest table in such a layout


def split_header(line: bytes, file: str) -> list[str]:
    """Cells of the first line of a file.

    Raises
    ------
    ReadError
        If it is no text, has no commas, or repeats a label.
    """
    text = decode(line, file, may_be_named=False)
    if not text.strip():
        raise ReadError(f"{file} is empty.")
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], strict=True))]
    except csv.Error as error:
        if text.count(",") > 1:
            raise ReadError(f"{file}, line 1 is no row of labels in CSV ({error}).") from error
        cells = []
    if len(cells) < 3:
        mark = next((mark for mark in (";", "\t") if text.count(mark) > 1), None)
        why = (
            f"its columns are separated by {mark!r}, as after saving it again with another "
            "program; get it as it was published"
            if mark
            else f"it begins with {text[:40]!r}"
        )
        raise ReadError(f"{file}, line 1 is no row of labels separated by commas: {why}.")
    twice = [label for label, count in Counter(cells[1:]).items() if count > 1]
    if twice:
        raise ReadError(f"{file}: column {twice[0]!r} is there {cells[1:].count(twice[0])} times.")
    return cells


@dataclass(frozen=True)
class MatrixColumns:
    """What the columns of numbers are.

    Parameters
    ----------
    file : str
        For messages.
    labels : tuple of str
        As the file has them.
    regions, sectors : tuple of str
        As the file has them; every region has every sector.
    categories : tuple of str
        Of final demand.
    with_demand : tuple of str
        Regions that have columns of final demand.
    flows, final : ndarray of int
        Columns of the pairs (region, sector) and (region, category), regions first.
    """

    file: str
    labels: tuple[str, ...]
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    with_demand: tuple[str, ...]
    flows: NDArray[np.intp]
    final: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        file: str,
        labels: Sequence[str],
        flows: Mapping[int, Pair],
        final: Mapping[int, Pair],
        *,
        last: Callable[[str], bool] = lambda region: False,
    ) -> MatrixColumns:
        """Put columns in order.

        Parameters
        ----------
        file, labels
            As above.
        flows, final : mapping of int to (str, str)
            Region and sector, or category, of columns by their position.
        last : callable
            Whether a region stands behind the others, wherever the file has it.

        Raises
        ------
        ReadError
            If a region lacks a sector or category that another has.
        """
        if len(labels) > _MOST_COLUMNS:
            raise ReadError(f"{file} has {len(labels):,} columns, which no table of its kind has.")
        for what, found in (("intermediate use", flows), ("final demand", final)):
            if not found:
                raise ReadError(f"{file}: the header names no column of {what}.")
        regions = sorted(unique(region for region, _ in flows.values()), key=last)
        sectors = unique(sector for _, sector in flows.values())
        using = set(region for region, _ in final.values())
        strangers = sorted(using.difference(regions))
        if strangers:
            raise ReadError(
                f"{file}: {strangers[0]} has columns of final demand and none of intermediate use."
            )
        with_demand = [region for region in regions if region in using]
        categories = unique(category for _, category in final.values())

        def place(
            found: Mapping[int, Pair], first: Sequence[str], second: Sequence[str], what: str
        ) -> NDArray[np.intp]:
            order = positions(list(found.values()), first, second, what=what, file=file)
            return np.fromiter(found, dtype=np.intp)[order]

        return cls(
            file=file,
            labels=tuple(labels),
            regions=tuple(regions),
            sectors=sectors,
            categories=categories,
            with_demand=tuple(with_demand),
            flows=place(flows, regions, sectors, "column of intermediate use"),
            final=place(final, with_demand, categories, "column of final demand"),
        )

    @property
    def rows(self) -> dict[str, int]:
        """Label of each row of flows and its place, regions first; rows are called as columns."""
        return {self.labels[column]: row for row, column in enumerate(self.flows)}


@dataclass(frozen=True)
class Matrix:
    """Flows of a table, and the sums of the file they come from.

    Parameters
    ----------
    Z, Y : ndarray
        In the order of the countries of the table.
    columns : MatrixColumns
    target, final_target : ndarray of int
        Row (column of Y) of the table that each row (column of final demand) of the file belongs
        to.
    beside : ndarray, shape (rows of the file, columns beside)
        Columns that are neither intermediate use nor final demand.
    row_sums, row_sizes : ndarray
        Sum of each row of the file, and of its absolute values.
    column_sums, column_sizes : ndarray
        The same of each column over the rows of flows.
    below : dict of str to ndarray
        Rows below the flows; NaN where a cell may be empty and is.
    """

    Z: NDArray[Any]
    Y: NDArray[Any]
    columns: MatrixColumns
    target: NDArray[np.intp]
    final_target: NDArray[np.intp]
    beside: Array
    row_sums: Array
    row_sizes: Array
    column_sums: Array
    column_sizes: Array
    below: dict[str, Array]

    @property
    def row_labels(self) -> list[str]:
        """Labels of the rows of flows, as the file has them."""
        return [self.columns.labels[column] for column in self.columns.flows]

    def sum_rows(self, values: Array) -> Array:
        """Values of the file's rows as those of the table's."""
        return _sum_at(self.target, values, len(self.Z))

    def inputs_below(self, labels: Sequence[str]) -> tuple[Array, Array]:
        """Rows below the flows, in the columns of the table's Z and in those of its Y."""
        columns = self.columns
        below = [np.nan_to_num(self.below[label]) for label in labels]
        inputs = [self.sum_rows(row[columns.flows]) for row in below]
        demand = [_sum_at(self.final_target, row[columns.final], self.Y.shape[1]) for row in below]
        return np.array(inputs), np.array(demand)


def gather(
    lines: Iterator[bytes],
    columns: MatrixColumns,
    countries: Sequence[str],
    *,
    country_of: Mapping[str, int],
    beside: Sequence[int] = (),
    is_below: Callable[[str], bool],
    empty: str,
    dtype: str,
) -> Matrix:
    """Take the rows of a matrix.

    Parameters
    ----------
    lines : iterator of bytes
        Lines below the header.
    columns : MatrixColumns
    countries : sequence of str
        Countries of the table.
    country_of : mapping of str to int
        Which of them each region of the file is, or is a part of.
    beside : sequence of int
        Columns that are neither intermediate use nor final demand.
    is_below : callable
        Whether a label is that of a row below the flows.
    empty : {"error", "zero"}
        What an empty cell among the flows means.
    dtype : {"float64", "float32"}

    Raises
    ------
    ReadError
        If a row is unknown, missing, or there twice, or a cell is no number.
    """
    filler = _Filler(columns, countries, country_of, beside, dtype)
    below = _RowsBelow(columns, is_below, empty)
    flows = number_rows(
        below.take_out(lines, filler.place),
        file=columns.file,
        columns=len(columns.labels),
        label_columns=1,
        first_line=2,
        empty=empty,
        column_name=lambda column: columns.labels[column],
    )
    for some in flows:
        for (label,), row in zip(some.labels, some.values, strict=True):
            filler.add(label, row)
    return filler.finish(below.rows)


class _Filler:
    """Arrays of a table that is being read."""

    def __init__(
        self,
        columns: MatrixColumns,
        countries: Sequence[str],
        country_of: Mapping[str, int],
        beside: Sequence[int],
        dtype: str,
    ) -> None:
        sectors, categories = len(columns.sectors), len(columns.categories)
        n, rows = len(countries) * sectors, len(columns.flows)
        self.columns, self.place = columns, columns.rows
        self.Z = np.zeros((n, n), dtype=dtype)
        self.Y = np.zeros((n, len(countries) * categories), dtype=dtype)
        self.target = _spread([country_of[r] for r in columns.regions], sectors)
        self.final_target = _spread([country_of[r] for r in columns.with_demand], categories)
        self._merges = n < rows or bool((self.target[:n] != np.arange(n)).any())
        self._beside = list(beside)
        self._seen = np.zeros(rows, dtype=bool)
        self.beside = np.zeros((rows, len(self._beside)))
        self.row_sums, self.row_sizes = np.zeros(rows), np.zeros(rows)
        self.column_sums = np.zeros(len(columns.labels))
        self.column_sizes = np.zeros(len(columns.labels))

    def add(self, label: str, row: Array) -> None:
        """Take one row of flows."""
        at = self.place[label]
        if self._seen[at]:
            raise ReadError(f"{self.columns.file}: row {label} is there more than once.")
        self._seen[at] = True
        flows, final = row[self.columns.flows], row[self.columns.final]
        size = np.abs(row)
        self.row_sums[at] = flows.sum() + final.sum()
        self.row_sizes[at] = size[self.columns.flows].sum() + size[self.columns.final].sum()
        self.column_sums += row
        self.column_sizes += size
        self.beside[at] = row[self._beside]
        if self._merges:
            flows = _sum_at(self.target, flows, len(self.Z))
        to = self.target[at]
        self.Z[to] += flows
        self.Y[to, self.final_target] += final

    def finish(self, below: dict[str, Array]) -> Matrix:
        """Hand the arrays over once every row was taken."""
        missing = [label for label, at in self.place.items() if not self._seen[at]]
        if missing:
            raise ReadError(
                f"{self.columns.file}: there is no row {missing[0]} ({len(missing)} of "
                f"{len(self._seen)} rows are missing), although there is such a column; the file "
                "may be cut off: get it again."
            )
        for array in (self.Z, self.Y):
            array.setflags(write=False)
        return Matrix(
            self.Z, self.Y, self.columns, self.target, self.final_target, self.beside,
            self.row_sums, self.row_sizes, self.column_sums, self.column_sizes, below,
        )  # fmt: skip


def _sum_at(places: NDArray[np.intp], values: Array, size: int) -> Array:
    """Sum values at the places that they go to."""
    return np.asarray(np.bincount(places, weights=values, minlength=size), dtype=np.float64)


def _spread(countries: Sequence[int], each: int) -> NDArray[np.intp]:
    """Positions of the labels of some countries, each with so many."""
    first = np.asarray(countries, dtype=np.intp)[:, None] * each
    return (first + np.arange(each, dtype=np.intp)).ravel()


class _RowsBelow:
    """Rows below the flows: beside the industries they may have nothing at all."""

    def __init__(self, columns: MatrixColumns, is_below: Callable[[str], bool], empty: str) -> None:
        self._columns, self._is_below, self._empty_cells = columns, is_below, empty
        self._final = np.zeros(len(columns.labels), dtype=bool)
        self._final[columns.final] = True
        self._beside = ~self._final
        self._beside[columns.flows] = False
        self.rows: dict[str, Array] = {}

    def take_out(self, lines: Iterator[bytes], flows: Mapping[str, int]) -> Iterator[bytes]:
        """Yield the lines of flows and keep the rows below."""
        for count, line in enumerate(lines, start=2):
            if is_blank(line):
                continue
            text = decode(line.partition(b",")[0], self._columns.file, may_be_named=False)
            label = text.strip().strip('"').strip()
            if label in flows:
                yield line
                continue
            file = self._columns.file
            if not self._is_below(label) or len(self.rows) > _MOST_BELOW:
                raise ReadError(
                    f"{file}, line {count}: row {label[:40]!r} is unknown; there is no such column "
                    "of intermediate use, and no such row stands below them."
                )
            if label in self.rows:
                raise ReadError(f"{file}, line {count}: row {label} is there more than once.")
            self.rows[label] = self._read(line, count)

    def _read(self, line: bytes, count: int) -> Array:
        labels = self._columns.labels
        cells = line.split(b",")
        blank = np.zeros(len(labels), dtype=bool)
        if len(cells) == len(labels) + 1:  # otherwise refused by number_rows, in its words
            empty = np.array([not cell.strip(b' "') for cell in cells[1:]])
            blank = empty & self._beside
            if empty[self._final].all():
                blank |= self._final
        for column in np.flatnonzero(blank):
            cells[column + 1] = b"0"
        (row,) = number_rows(
            iter([b",".join(cells)]),
            file=self._columns.file,
            columns=len(labels),
            label_columns=1,
            first_line=count,
            empty=self._empty_cells,
            column_name=lambda column: labels[column],
        )
        return np.where(blank, np.nan, row.values[0])


def tolerance(sizes: Array, count: int) -> Array:
    """How far a sum of ``count`` numbers may be from the one that is printed."""
    return _ROUNDING * count + _DIGITS * sizes


def require_sums(
    file: str,
    what: str,
    labels: Sequence[str],
    sums: Array,
    printed: Array,
    slack: Array,
    *,
    against: str,
) -> None:
    """Refuse sums that are not those which the file prints.

    Parameters
    ----------
    file, what : str
        File, and ``"row"`` or ``"column"``, for messages.
    labels : sequence of str
        Labels of the sums.
    sums, printed, slack : ndarray
        What they are, what they should be, and how far they may be off.
    against : str
        Name of what prints them.

    Raises
    ------
    ReadError
        That names the first sum that does not fit.
    """
    bad = np.flatnonzero(np.abs(sums - printed) > slack)
    if bad.size:
        at = int(bad[0])
        raise ReadError(
            f"{file}: {against} does not match: {what} {labels[at]} sums to {sums[at]:,.3f}, and "
            f"{against} says {printed[at]:,.3f} ({bad.size} of {len(labels)} {what}s do not fit). "
            "Numbers were changed or lost, as in copies without decimal points: get the file again."
        )


def require_one_output(
    file: str,
    labels: Sequence[str],
    rows: Array,
    columns: Array,
    slack: Array,
    *,
    what: Pair,
    always: bool,
) -> None:
    """Refuse outputs by rows and by columns that are not the same.

    Parameters
    ----------
    file : str
    labels : sequence of str
    rows, columns, slack : ndarray
        Output by rows and by columns, and how far they may be apart.
    what : (str, str)
        What the two are called.
    always : bool
        Whether they are also refused where hardly any agree. Otherwise that is a warning: one that
        differs in a few places has a fault there, one that differs nearly everywhere was never
        balanced, which the audit shows, too.

    Raises
    ------
    ReadError
        That names the first place at which they differ.
    """
    bad = np.flatnonzero(np.abs(rows - columns) > slack)
    if not bad.size:
        return
    at = int(bad[0])
    message = (
        f"{file}: output does not match in {bad.size} of {len(labels)} rows: at {labels[at]} "
        f"{what[0]} is {rows[at]:,.3f} and {what[1]} {columns[at]:,.3f}"
    )
    in_use = np.count_nonzero((rows != 0) | (columns != 0))
    if always or bad.size <= in_use / 2:
        raise ReadError(f"{message}. Numbers were changed or lost: get the file again.")
    warn_user(f"{message}; this table is not balanced.", IoeconWarning)
