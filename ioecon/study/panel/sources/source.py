"""What every format of panel files does: name its columns, and read them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ioecon.errors import ReadError

__all__ = ["FileColumns", "PanelSource", "ReadOptions", "require_columns_once", "require_readable"]

_LARGEST = 2**29  # bytes
_MOST_CELLS = 50_000_000


@dataclass(frozen=True)
class ReadOptions:
    """How a file is written, where its format leaves that open.

    Attributes
    ----------
    encoding : str, optional
        Of text, UTF-8 without it; of a file of Stata 13 or earlier.
    separator : str, optional
        Of text; without it a tab in ``.tsv`` and a comma elsewhere.
    decimal : {".", ","}
        Of text.
    sheet : str, optional
        Of a workbook.
    value_labels : bool
        Of Stata: whether labelled values become categories.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str = "."
    sheet: str | None = None
    value_labels: bool = True


@dataclass(frozen=True, eq=False)
class FileColumns:
    """Columns of a file.

    Attributes
    ----------
    frame : DataFrame
        Numbers as float64 (whole ones that do not fit into it stay as they are), truth values,
        dates, text and categories. Indexed by where a row stands in the file.
    row : str
        What the index counts: ``"line"`` or ``"row"``.
    labels : mapping of str to str
        What the file calls a column in words.
    faults : mapping of str to str
        Columns that look like numbers and are none: why, as a sentence. It is told when such a
        column is computed with.
    """

    frame: pd.DataFrame
    row: str = "row"
    labels: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PanelSource:
    """One format of panel files.

    Attributes
    ----------
    title : str
    suffixes : tuple of str
    options : tuple of str
        Fields of :class:`ReadOptions` that mean something to it.
    names : callable
        File and options to the names of its columns, without reading the rest.
    read : callable
        File, options and the columns wanted (None: all) to :class:`FileColumns`.
    """

    title: str
    suffixes: tuple[str, ...]
    options: tuple[str, ...]
    names: Callable[[Path, ReadOptions], tuple[str, ...]]
    read: Callable[[Path, ReadOptions, Collection[str] | None], FileColumns]


def require_readable(path: Path) -> None:
    """Refuse a file that is not there or too large.

    Raises
    ------
    ReadError
    """
    if not path.is_file():
        raise ReadError(f"There is no file {path} to read the panel from.")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ReadError(f"{path} could not be read: {error.strerror or error}.") from error
    if size > _LARGEST:
        raise ReadError(
            f"{path.name} has {size / 2**20:,.0f} MiB, more than the {_LARGEST / 2**20:,.0f} MiB "
            "that are read of a panel: leave out columns and rows that are not needed."
        )


def require_few_cells(rows: int, columns: int, file: str) -> None:
    """Refuse a file that says it holds more than any memory.

    Raises
    ------
    ReadError
    """
    if rows * columns > _MOST_CELLS:
        raise ReadError(
            f"{file} has {rows:,} rows and {columns:,} columns; at most {_MOST_CELLS:,} cells are "
            "read: name the columns that are needed in data.columns, or save fewer rows."
        )


def require_columns_once(names: Collection[str], file: str) -> None:
    """Refuse names of columns that are given twice.

    Raises
    ------
    ReadError
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ReadError(f"{file} has the column {name!r} more than once: rename or remove one.")
        seen.add(name)
