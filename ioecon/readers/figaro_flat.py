"""FIGARO's flat files: a line for each cell, read some at a time into the arrays of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.delimited import parse_number, why_no_number
from ioecon.errors import ReadError
from ioecon.files.archives import reason_of
from ioecon.files.file_set import FileSet
from ioecon.number_rows import EXACT, text_lines
from ioecon.readers.labelled_matrix import Matrix, MatrixColumns

__all__ = ["gather_cells"]

_LINES = 50_000  # of a piece
_MOST_LABELS = 20_000  # five times those of the largest table
_VALUE = "obsValue"


def gather_cells(
    files: FileSet,
    header: Sequence[str],
    arrange: Callable[[Sequence[str], str], MatrixColumns],
    is_below: Callable[[str], bool],
    *,
    dtype: str,
) -> Matrix:
    """Take the cells of a flat file; one that is not there is zero.

    The file is read twice, for the labels first: without them nobody knows how large the table is.

    Parameters
    ----------
    files : FileSet
        One CSV.
    header : sequence of str
        Its names of columns: label of the row, label of the column, the parts of both, value.
    arrange : callable
        ``arrange(labels, file)`` puts labels of columns in order.
    is_below : callable
        Whether the label of a row is one below the flows.
    dtype : {"float64", "float32"}

    Raises
    ------
    ReadError
        If a cell is there twice, is no number, or its labels contradict each other.
    """
    file = files.name
    if len(header) != 7 or header[-1] != _VALUE:
        raise ReadError(
            f"{file} has the columns {', '.join(header)[:200]}; a flat file of FIGARO has seven, "
            f"the last of them {_VALUE}."
        )
    rows, cols = _find_labels(files, header)
    below = [label for label in rows if is_below(label)]
    flows = [label for label in rows if not is_below(label)]
    columns = arrange(_complete({*flows, *cols}, file), file)
    row_of = columns.rows
    strangers = [label for label in flows if label not in row_of]
    if strangers:
        raise ReadError(f"{file}: the row {strangers[0]!r} is called as a use of final demand.")
    return _fill(files, header, columns, row_of, below, dtype)


def _complete(found: set[str], file: str) -> list[str]:
    """Labels of every region with every code, in the order of the alphabet as in a matrix.

    Where zeros are left out, an industry may be missing in some regions; one that is there in a
    single region is misspelled.
    """
    regions = sorted({label.partition("_")[0] for label in found})
    codes = sorted({label.partition("_")[2] for label in found})
    for code in codes if len(regions) > 2 else ():
        where = [region for region in regions if f"{region}_{code}" in found]
        if len(where) == 1:
            raise ReadError(
                f"{file}: {code} is there for the region {where[0]} alone, of {len(regions)}; "
                "regions should have the same industries (or products) and uses."
            )
    if len(regions) * len(codes) > _MOST_LABELS:
        raise ReadError(
            f"{file} has {len(regions):,} regions and {len(codes):,} industries and uses, which no "
            "table of FIGARO has."
        )
    return [f"{region}_{code}" for region in regions for code in codes]


def _find_labels(files: FileSet, header: Sequence[str]) -> tuple[list[str], list[str]]:
    """Labels of rows and of columns, which their parts must agree with."""
    row, column, region, code, to_region, to_code, _ = header
    seen: dict[tuple[str, str, str], None] = {}
    seen_columns: dict[tuple[str, str, str], None] = {}
    for piece, _ in _read_pieces(files, header, None):
        for names, into in (
            ((row, region, code), seen),
            ((column, to_region, to_code), seen_columns),
        ):
            into |= dict.fromkeys(_unique_triples(piece, names))
    for label, region, code in (*seen, *seen_columns):
        if label != f"{region}_{code}":
            fault = _find_fault(files, len(header))
            raise ReadError(
                f"{files.name}{fault}"
                if fault
                else f"{files.name}: a line is labelled {label} and says region {region}, code "
                f"{code}."
            )
    return [label for label, _, _ in seen], [label for label, _, _ in seen_columns]


def _unique_triples(piece: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, str, str]]:
    codes = np.zeros(len(piece), dtype=np.int64)
    for name in names:
        column = piece[name].cat
        codes = codes * len(column.categories) + column.codes.to_numpy()
    some = piece.iloc[np.sort(np.unique(codes, return_index=True)[1])]
    return list(zip(*(some[name].astype(str) for name in names), strict=True))


def _fill(
    files: FileSet,
    header: Sequence[str],
    columns: MatrixColumns,
    row_of: dict[str, int],
    below: list[str],
    dtype: str,
) -> Matrix:
    n, m = len(columns.flows), len(columns.final)
    # NaN where no cell was found yet: that tells those which are there twice from zeros.
    Z: NDArray[Any] = np.full((n, n), np.nan, dtype=dtype)
    Y: NDArray[Any] = np.full((n, m), np.nan, dtype=dtype)
    under = np.full((len(below), n + m), np.nan)
    places = {columns.labels[column]: k for k, column in enumerate(columns.flows)}
    places |= {columns.labels[column]: n + k for k, column in enumerate(columns.final)}
    lines = row_of | {label: n + k for k, label in enumerate(below)}
    for piece, first in _read_pieces(files, header, [header[0], header[1], _VALUE]):
        at = _positions(piece[header[0]], lines)
        to = _positions(piece[header[1]], places)
        value = piece[_VALUE].to_numpy()
        twice = piece.duplicated([header[0], header[1]]).to_numpy(copy=True)
        for target, row, column, some in (
            (Z, 0, 0, (at < n) & (to < n)),
            (Y, 0, n, (at < n) & (to >= n)),
            (under, n, 0, at >= n),
        ):
            where = at[some] - row, to[some] - column
            twice[some] |= ~np.isnan(target[where])
            target[where] = value[some]
        if twice.any():
            line = int(np.flatnonzero(twice)[0])
            names = [piece[name].iloc[line] for name in header[:2]]
            raise ReadError(
                f"{files.name}, line {first + line}: the cell {names[0]} → {names[1]} is there "
                "more than once."
            )
    for array in (Z, Y, under):
        for rows in np.array_split(array, 64):
            rows[np.isnan(rows)] = 0.0
        array.setflags(write=False)
    order = np.concatenate([columns.flows, columns.final])

    def by_label(values: NDArray[np.float64]) -> NDArray[np.float64]:
        spread = np.empty_like(values)
        spread[order] = values
        return spread

    sums = [array.sum(axis=0, dtype=float) for array in (Z, Y)]
    sizes = [_absolute(array, 0) for array in (Z, Y)]
    return Matrix(
        Z, Y, columns, np.arange(n), np.arange(m), np.zeros((n, 0)),
        Z.sum(axis=1, dtype=float) + Y.sum(axis=1, dtype=float),
        _absolute(Z, 1) + _absolute(Y, 1),
        by_label(np.concatenate(sums)), by_label(np.concatenate(sizes)),
        {label: by_label(row) for label, row in zip(below, under, strict=True)},
    )  # fmt: skip


def _absolute(array: NDArray[Any], axis: int) -> NDArray[np.float64]:
    """Sum absolute values along an axis, without a second array of them."""
    sums = [np.abs(some).sum(axis=axis, dtype=float) for some in np.array_split(array, 64)]
    return np.sum(sums, axis=0) if axis == 0 else np.concatenate(sums)


def _positions(labels: pd.Series, places: dict[str, int]) -> NDArray[np.intp]:
    found = np.array([places[str(label)] for label in labels.cat.categories], dtype=np.intp)
    return np.asarray(found[labels.cat.codes.to_numpy()])


def _read_pieces(
    files: FileSet, header: Sequence[str], some: list[str] | None
) -> Iterator[tuple[pd.DataFrame, int]]:
    """Read a number of lines at a time, and tell the first of these lines.

    Lines with too many cells are noticed only where all columns are read (``some`` is None).
    """
    kinds = {name: "float64" if name == _VALUE else "category" for name in header}
    first = 2
    with files.open(files.names[0]) as stream:
        try:
            pieces = pd.read_csv(
                stream, chunksize=_LINES, header=0, names=list(header), usecols=some, dtype=kinds,
                na_filter=False, encoding="utf-8-sig", **EXACT,
            )  # fmt: skip
            for piece in pieces:
                # A line with a cell too many makes an index of the first.
                if not isinstance(piece.index, pd.RangeIndex):
                    raise ValueError("lines have more cells than the header")
                if not np.isfinite(piece[_VALUE].to_numpy()).all():
                    raise ValueError("a value is no number")
                yield piece, first
                first += len(piece)
        except ReadError:
            raise
        except (ValueError, pd.errors.ParserError) as error:
            problem = _find_fault(files, len(header)) or f": {reason_of(error)}"
            raise ReadError(f"{files.name}{problem}") from error


def _find_fault(files: FileSet, columns: int) -> str:
    """Tell what is wrong with the first faulty line, as the end of a sentence."""
    with files.open(files.names[0]) as stream:
        for count, line in enumerate(text_lines(stream, files.name), start=1):
            cells = line.decode("utf-8", errors="replace").split(",")
            if len(cells) != columns and line.strip():
                return f", line {count} has {len(cells)} cells where there should be {columns}."
            value = cells[-1].strip().strip('"')
            number = parse_number(value) if count > 1 and line.strip() else 0.0
            if number is None or not np.isfinite(number):
                what = f"holds {value[:40]!r}, which is no number{why_no_number(value)}."
                return (
                    f", line {count} ({cells[0]} → {cells[1]}), column {_VALUE} "
                    f"{what if value else 'is empty.'}"
                )
    return ""
