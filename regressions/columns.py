"""How columns of data become numbers: one rule for formulas, weights and tables.

Numbers are float64, whatever their storage: integers of any width, floats of any precision,
pandas' nullable and Arrow types, and Python numbers, fractions and decimals kept as objects. Truth
values are 0 and 1; ``pd.NA``, ``None`` and ``NaT`` are missing. Whole numbers that float64 cannot
hold exactly (above 2^53) are refused, because digits would be lost in silence. Text is never a
number, and neither are dates, durations, complex numbers and categories: they are refused with
what to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from regressions.errors import SampleError

__all__ = ["as_numbers", "kind_of", "labels_of", "unusable"]

_LIKE_A_NUMBER = re.compile(r"\s*[-+(]?[$€£¥]?\s*\d[\d\s,.'’]*(?:[eE][-+]?\d+)?\s*[%)]?\s*")
_EXACT = 2**53


def kind_of(column: pd.Series) -> str:
    """Name what a column holds: "numbers", "text", "categories", "dates", or other words.

    Examples
    --------
    >>> kind_of(pd.Series([1, 2], dtype="Int8")), kind_of(pd.Series([True, None], dtype=object))
    ('numbers', 'numbers')
    >>> kind_of(pd.Series(["a", None])), kind_of(pd.Series([1 + 2j]))
    ('text', 'complex numbers')
    """
    dtype = column.dtype
    types = pd.api.types
    if isinstance(dtype, pd.CategoricalDtype):
        return "categories"
    if isinstance(dtype, pd.PeriodDtype) or types.is_datetime64_any_dtype(dtype):
        return "dates"
    if types.is_complex_dtype(dtype):
        return "complex numbers"
    if types.is_bool_dtype(dtype) or types.is_numeric_dtype(dtype):
        return "numbers"
    if types.is_timedelta64_dtype(dtype):
        return "durations"
    if types.is_object_dtype(dtype) or isinstance(dtype, pd.ArrowDtype):
        return _kind_of_objects(column)
    return "text" if types.is_string_dtype(dtype) else f"{dtype} values"


def _kind_of_objects(column: pd.Series) -> str:
    """Name what the values are, all of one kind or mixed with others."""
    kinds = {_kind_of_value(value) for value in column[column.notna()]}
    if not kinds:
        return "numbers"
    if len(kinds) == 1:
        return kinds.pop()
    return "numbers and text" if kinds == {"numbers", "text"} else "values of several kinds"


def _kind_of_value(value: object) -> str:
    if isinstance(value, Real | Decimal | np.bool_):
        return "numbers"
    if isinstance(value, str):
        return "text"
    if isinstance(value, complex | np.complexfloating):
        return "complex numbers"
    name = type(value).__name__
    if name in ("timedelta", "timedelta64", "Timedelta"):
        return "durations"
    if name in ("date", "datetime", "Timestamp", "Period", "datetime64"):
        return "dates"
    return f"{name} objects"


def as_numbers(column: pd.Series, what: str | None = None) -> pd.Series:
    """Column as float64.

    Parameters
    ----------
    column : Series, shape (n,)
    what : str, optional
        What the column is for, in errors: "weights"; by default "the column".

    Returns
    -------
    Series of float64, shape (n,)

    Raises
    ------
    SampleError
        If the column does not hold numbers, or whole numbers that float64 cannot hold.

    Examples
    --------
    >>> as_numbers(pd.Series([1, None, True], dtype=object)).tolist()
    [1.0, nan, 1.0]
    >>> as_numbers(pd.Series([100, -100], dtype="int8")).mul(100).tolist()
    [10000.0, -10000.0]
    """
    named = f"the column {str(column.name)!r}" if what is None else f"the {what}"
    kind = kind_of(column)
    if kind != "numbers":
        raise SampleError(f"{named} {_words_for(kind, column)}")
    if column.dtype == object or isinstance(column.dtype, pd.ArrowDtype):
        missing = column.isna().to_numpy()
        _require_exact(
            [v for v in column[~missing] if isinstance(v, Integral | Fraction | Decimal)], named
        )
        values = [np.nan if gone else float(v) for v, gone in zip(column, missing, strict=True)]
        return pd.Series(values, index=column.index, name=column.name, dtype="float64")
    if pd.api.types.is_integer_dtype(column.dtype):
        present = column.dropna()
        far = present[(present > _EXACT) | (present < -_EXACT)]
        _require_exact([int(value) for value in far], named)
    if column.dtype == np.dtype("float64"):
        return column
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(values, index=column.index, name=column.name)


def labels_of(column: pd.Series) -> pd.Series:
    """Column as labels of groups: whole numbers keep all digits, missing values are NaN.

    Parameters
    ----------
    column : Series, shape (n,)

    Returns
    -------
    Series, shape (n,)
        Categorical, integer, bool or float64 where the values are; otherwise objects.

    Examples
    --------
    >>> labels_of(pd.Series([1, 2], dtype="Int8")).tolist()
    [1, 2]
    """
    kind, types = kind_of(column), pd.api.types
    if kind == "categories":
        return column
    if kind != "numbers":
        if kind.endswith("objects"):
            raise SampleError(f"the column {str(column.name)!r} {_words_for(kind, column)}")
        return column.astype(object).where(column.notna(), np.nan)
    missing = column.isna().any()
    if types.is_bool_dtype(column.dtype):
        return as_numbers(column) if missing else column.astype(bool)
    if types.is_integer_dtype(column.dtype):
        if missing:
            return column.astype(object).where(column.notna(), np.nan)
        return column.astype("uint64" if (column > 2**63 - 1).any() else "int64")
    if types.is_float_dtype(column.dtype):
        return as_numbers(column)
    far = any(isinstance(v, Integral) and abs(int(v)) > _EXACT for v in column[column.notna()])
    return column if far else as_numbers(column)


def unusable(column: pd.Series) -> pd.Series:
    """Whether each value is missing or infinite.

    Examples
    --------
    >>> unusable(pd.Series([1.0, np.inf, None])).tolist()
    [False, True, True]
    """
    missing = column.isna()
    return missing | np.isinf(column) if column.dtype == float else missing


def _require_exact(values: Sequence[Any], named: str) -> None:
    """Refuse whole numbers that would lose digits; decimals and fractions are rounded anyway."""
    for value in values:
        if abs(value) > 2**1023:
            raise SampleError(f"{named} holds a number too large for float64")
        if abs(value) > _EXACT and value == int(value) and int(float(int(value))) != int(value):
            raise SampleError(
                f"{named} holds whole numbers that lose digits as float64, such as {value}: "
                "subtract a constant or divide before using it as a number; for labels write "
                "C(...) in a formula"
            )


def _words_for(kind: str, column: pd.Series) -> str:
    present = column.dropna()
    example = repr(present.iloc[0]) if len(present) else "nothing"
    match kind:
        case "text" | "numbers and text":
            return _words_for_text(kind, present)
        case "categories":
            return (
                "is categorical: its values are labels, not numbers; to compute with numbers "
                "convert it, data[...] = data[...].astype(float)"
            )
        case "dates":
            return (
                f"holds dates, such as {example}: they are not numbers; take their year, "
                "data[...].dt.year, or write C(...) in a formula for categories"
            )
        case "durations":
            return (
                f"holds durations, such as {example}: convert them to numbers of a unit, "
                "data[...].dt.total_seconds() / 86400 for days"
            )
        case "complex numbers":
            return f"holds complex numbers, such as {example}: take the real part first"
    return f"holds {kind}, such as {example}: convert them to numbers first"


def _words_for_text(kind: str, present: pd.Series) -> str:
    texts = [value for value in present if isinstance(value, str)]
    like = [value for value in texts if _LIKE_A_NUMBER.fullmatch(value)]
    if kind == "numbers and text":
        return (
            f"holds numbers and text, such as {texts[0]!r}: replace the text by missing values and "
            "convert, pd.to_numeric(data[...])"
        )
    if len(like) * 2 > len(texts):
        other = next((value for value in texts if not _LIKE_A_NUMBER.fullmatch(value)), None)
        beside = "" if other is None else f" (and {other!r})"
        return (
            f"is text that looks like numbers, such as {like[0]!r}{beside}: convert it to numbers, "
            "pd.to_numeric(data[...].str.replace(',', '')), after looking which signs it holds; "
            "for categories write C(...) in a formula"
        )
    return (
        f"is text, such as {texts[0]!r}, and text is never a number: for categories write C(...) "
        "in a formula, or convert it to a categorical dtype"
    )
