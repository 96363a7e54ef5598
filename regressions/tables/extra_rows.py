"""Rows of a regression table from values of any kind: texts, numbers, ranges and tests."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from regressions.tables.cells import Cell, Label, Row, latex_of, text_of
from regressions.tables.digits import format_fixed, format_number
from regressions.tables.errors import TableContentError
from regressions.tables.words import Language, word

__all__ = ["SHARE_DIGITS", "ExtraRow", "extra_rows", "value_cell"]

ExtraRow = Sequence[Any] | Mapping[int, Any]
SHARE_DIGITS = 3  # decimals of R-squared, shares and p-values


def value_cell(value: Any, digits: int | None, language: Language) -> Cell:
    """Print one value of a row."""
    if value is None or isinstance(value, str | Label):
        return Cell(text_of(value or ""), latex=latex_of(value or ""))
    if isinstance(value, bool | np.bool_):
        return Cell(word("yes" if value else "no", language))
    if isinstance(value, numbers.Integral):
        return Cell(f"{int(value):,}", "count", value=float(value))
    if isinstance(value, numbers.Real):
        return Cell(format_number(float(value), digits), "statistic", value=float(value))
    if isinstance(value, pd.Series | np.ndarray | tuple | list):
        return _range_cell(np.asarray(value, dtype=float), digits)
    raise TableContentError(
        f"A cell cannot print {value!r} of type {type(value).__name__}; give a text, a number, "
        "a pair of numbers, or a test result with statistic and pvalue."
    )


def _range_cell(values: np.ndarray, digits: int | None) -> Cell:
    values = values[np.isfinite(values)]
    if not values.size:
        return Cell()
    low, high = (format_number(float(bound), digits) for bound in (values.min(), values.max()))
    return Cell(low if low == high else f"{low}–{high}", "statistic")


def extra_rows(
    label: str, values: ExtraRow, n_columns: int, digits: int | None, language: Language
) -> Iterator[Row]:
    """Print one value per column; a test also has its p-value beneath."""
    if isinstance(values, Mapping):
        outside = [number for number in values if number not in range(1, n_columns + 1)]
        if outside:
            raise TableContentError(
                f"The row {label!r} names column {outside[0]!r}; columns are 1 to {n_columns}."
            )
        values = [values.get(number) for number in range(1, n_columns + 1)]
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) != n_columns:
        raise TableContentError(
            f"The row {label!r} needs one value for each of the {n_columns} columns, or a mapping "
            f"from column number to value; it has {values!r}."
        )
    is_test = [hasattr(value, "statistic") and hasattr(value, "pvalue") for value in values]
    cells = [
        value_cell(float(value.statistic) if test else value, digits, language)
        for value, test in zip(values, is_test, strict=True)
    ]
    yield Row((Cell.label(label),), tuple(cells))
    if any(test and not math.isnan(v.pvalue) for v, test in zip(values, is_test, strict=True)):
        pvalues = (
            _pvalue_cell(float(value.pvalue), digits) if test else Cell()
            for value, test in zip(values, is_test, strict=True)
        )
        yield Row((Cell(kind="label"),), tuple(pvalues), continues=True)


def _pvalue_cell(pvalue: float, digits: int | None) -> Cell:
    if math.isnan(pvalue):
        return Cell()
    text = format_fixed(pvalue, SHARE_DIGITS if digits is None else digits)
    return Cell(f"[{text}]", "error", value=pvalue)
