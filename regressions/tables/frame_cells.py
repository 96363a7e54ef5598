"""Cells and header rows from the values and labels of a data frame."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any

import numpy as np
import pandas as pd

from regressions.tables.cells import Cell, Head, HeaderRow, Label, latex_of, text_of
from regressions.tables.digits import format_number
from regressions.tables.words import Language, word

__all__ = ["CellFormat", "cell_of_value", "frame_header", "is_plain_index", "label_of_key"]

CellFormat = int | Callable[[Any], str]


def is_plain_index(index: pd.Index) -> bool:
    """Whether an index only counts rows: 0, 1, 2, … without a name."""
    return isinstance(index, pd.RangeIndex) and index.name is None


def label_of_key(key: Any, labels: Mapping[str, str | Label]) -> str | Label:
    """Return the printed name of a value of an index or of a column."""
    if key is None:
        return ""
    if isinstance(key, str):
        return labels.get(key, key)
    if isinstance(key, numbers.Real) and math.isnan(key):
        return ""
    if isinstance(key, pd.Timestamp) and key == key.normalize():
        return key.date().isoformat()
    return str(key)


def frame_header(
    columns: pd.Index, names: Sequence[str], labels: Mapping[str, str | Label]
) -> tuple[HeaderRow, ...]:
    """Return a header row per level of the columns, equal neighbours of upper levels joined."""
    keys = [column if isinstance(column, tuple) else (column,) for column in columns]
    header = []
    for level in range(columns.nlevels):
        last = level == columns.nlevels - 1
        starts = [key[: level + 1] for key in keys]
        runs = [1] * len(keys) if last else [len([*run]) for _, run in groupby(starts)]
        heads = []
        for end, span in zip(accumulate(runs), runs, strict=True):
            name = label_of_key(keys[end - 1][level], labels)
            heads.append(Head(text_of(name), span=span, latex=latex_of(name)))
        stub = tuple(names) if last else ("",) * len(names)
        header.append(HeaderRow(stub, tuple(heads), spanner=not last))
    return tuple(header)


def cell_of_value(value: Any, how: CellFormat | None, missing: str, language: Language) -> Cell:
    """Format one value of a data frame."""
    if isinstance(value, Cell):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return Cell(missing)
    if isinstance(value, numbers.Real) and math.isnan(value):
        return Cell(missing)
    if callable(how):
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return Cell(
            how(value),
            kind="statistic" if is_number else "text",
            value=float(value) if is_number else None,
        )
    if isinstance(value, bool | np.bool_):
        return Cell(word("yes" if value else "no", language))
    if isinstance(value, numbers.Integral):
        return Cell(str(int(value)), kind="count", value=float(value))
    if isinstance(value, numbers.Real):
        return Cell(format_number(float(value), how), kind="statistic", value=float(value))
    return Cell(text_of(label_of_key(value, {})))
