"""Columns of files that know their types (Stata, Parquet), as a panel has them."""

from __future__ import annotations

import pandas as pd

from ioecon.errors import ReadError
from regressions import SampleError
from regressions.columns import as_numbers, kind_of

__all__ = ["settle"]


def settle(column: pd.Series, file: str) -> pd.Series:
    """Numbers as float64, truth values as they are; text, categories and dates too.

    Small whole numbers (Stata's ``byte``, int8) would overflow in arithmetic; whole numbers that
    float64 cannot hold are codes and keep their digits.

    Raises
    ------
    ReadError
        If the column holds anything else: lists, bytes, durations.

    Examples
    --------
    >>> settle(pd.Series([100, None], dtype="Int8"), "a.dta").tolist()
    [100.0, nan]
    """
    kind = kind_of(column)
    if kind == "numbers":
        if pd.api.types.is_bool_dtype(column.dtype):
            return column.astype("boolean")
        try:
            return as_numbers(column)
        except SampleError:
            return column
    if kind == "dates":
        dates = column if column.dtype != object else pd.to_datetime(column, errors="coerce")
        if getattr(dates.dt, "tz", None) is not None:
            dates = dates.dt.tz_localize(None)
        return dates
    if kind == "text":
        return column.astype(object).where(column.notna() & (column.astype(object) != ""), None)
    if kind == "categories":
        return column
    raise ReadError(
        f"{file}, column {str(column.name)!r} holds {kind}, which no regression can use: leave it "
        "out of data.columns."
    )
