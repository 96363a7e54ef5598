"""Text in CSV files that a spreadsheet could take for a formula, made harmless and back.

A spreadsheet computes a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@``, whoever
wrote it. Where such a cell is a label, an apostrophe is put before it, which spreadsheets know as
"this is text"; numbers, also negative ones, stay as they are. Reading takes one apostrophe away
from such a cell, so that every label comes back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["as_given", "csv_bytes", "harmless", "write_csv"]

_DIGITS = 12  # more than the data have, fewer than rounding can reach
# Full-width signs count in some languages; blanks before a sign do not protect.
_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\n]")
_WRITTEN = re.compile(r"'+\s*[=+\-@＝＋－＠\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def harmless(text: str) -> str:
    """Text as it is written to a cell of a CSV file.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-2.5"), harmless("Other"), harmless("'=")
    ("'=1+1", '-2.5', 'Other', "''=")
    """
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_given(cell: str) -> str:
    """Text that :func:`harmless` wrote.

    Examples
    --------
    >>> [as_given(harmless(text)) for text in ("=1+1", "-2.5", "'=", "'s-Hertogenbosch")]
    ['=1+1', '-2.5', "'=", "'s-Hertogenbosch"]
    """
    return cell[1:] if _WRITTEN.match(cell) else cell


def write_csv(frame: pd.DataFrame, path: Path, *, index: bool = True) -> None:
    """Write a frame with 12 digits; no label of it is a formula to a spreadsheet.

    Parameters
    ----------
    frame : DataFrame
    path : Path
    index : bool
        Whether the index is written too.
    """
    path.write_bytes(csv_bytes(frame, index=index, digits=_DIGITS))


def csv_bytes(frame: pd.DataFrame, *, index: bool, digits: int | None = None) -> bytes:
    """Content of a CSV file in UTF-8, in which no label is a formula to a spreadsheet.

    Parameters
    ----------
    frame : DataFrame
    index : bool
        Whether the index is written too.
    digits : int, optional
        Of every number; by default as many as tell it from every other.
    """
    columns = [_make_safe(frame.iloc[:, k]) for k in range(frame.shape[1])]
    safe = pd.concat(columns, axis=1) if columns else frame.copy()
    safe.columns = _make_index_safe(frame.columns)
    safe.index = _make_index_safe(frame.index)
    form = None if digits is None else f"%.{digits}g"
    text = safe.to_csv(index=index, float_format=form, lineterminator="\n")
    return text.encode("utf-8")


def _make_safe(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    return column.astype(object).map(_make_cell_safe)


def _make_index_safe(index: pd.Index) -> pd.Index:
    names = [_make_cell_safe(name) for name in index.names]
    if isinstance(index, pd.MultiIndex):
        levels = [index.get_level_values(k).map(_make_cell_safe) for k in range(index.nlevels)]
        return pd.MultiIndex.from_arrays(levels, names=names)
    if pd.api.types.is_numeric_dtype(index.dtype):
        return index.set_names(names)
    return pd.Index([_make_cell_safe(label) for label in index], name=names[0])


def _make_cell_safe(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
