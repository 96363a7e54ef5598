"""What all specifications on one frame share: its sorted rows, columns and groupings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any

import numpy as np
import pandas as pd
from formulaic.transforms import TRANSFORMS

from regressions.columns import as_numbers
from regressions.design import materialise
from regressions.errors import RegressionError
from regressions.estimators.estimator import TWO_WAY
from regressions.foreign_spellings import refuse_foreign_spelling
from regressions.formula import parse_formula
from regressions.names import INTERCEPT, level_of, shadowed_names
from regressions.sample import order_rows

__all__ = ["SharedColumns", "share_columns"]

_TERM = re.compile(r"(?:[^\W\d]\w*\((?P<inside>[^\W\d]\w*)\)|(?P<alone>[^\W\d]\w*))")
_FUNCTIONS = frozenset(
    ["log", "log10", "log2", "log1p", "exp", "exp2", "sqrt", "abs", "signed_log", "asinh"]
)
"""Functions of formulas whose value in a row needs no other row."""


@dataclass(frozen=True, eq=False)
class SharedColumns:
    """Columns of a frame in the order of a sorted panel, by term.

    Attributes
    ----------
    frame : DataFrame, shape (n, columns)
        In the order of the panel, with numbers for its index.
    order : ndarray of int, shape (n,), or None
        Rows as they were given, in the order of the panel; None if that is the same.
    index : MultiIndex, shape (n,)
        Sorted by entity and period.
    terms : mapping of str to (ndarray, shape (n,))
        Values of the terms that are one number per row, computed from that row alone.
    column_of : mapping of str to str
        The column that each of these terms is computed from.
    """

    frame: pd.DataFrame
    order: np.ndarray | None
    index: pd.MultiIndex
    terms: Mapping[str, np.ndarray]
    column_of: Mapping[str, str]
    _codes: dict[str, np.ndarray] = field(default_factory=dict)
    _present: dict[str, np.ndarray] = field(default_factory=dict)

    def in_order(self, values: np.ndarray) -> np.ndarray:
        """Values of the rows as they were given, in the order of the panel, shape (n,)."""
        return values if self.order is None else values[self.order]

    def knows_grouping(self, name: str) -> bool:
        """Whether a name means a level of the index or a column."""
        return level_of(name, self.index) is not None or name in self.frame.columns

    def codes(self, name: str) -> np.ndarray:
        """Codes of a grouping on the n rows; -1 where it is missing."""
        if name not in self._codes:
            level = level_of(name, self.index)
            if level is None:
                self._codes[name] = pd.factorize(self.frame[name])[0]
            else:
                self._codes[name] = np.asarray(self.index.codes[level], dtype=np.intp)
        return self._codes[name]

    def present(self, column: str) -> np.ndarray:
        """Rows where a column is neither missing nor infinite, shape (n,)."""
        if column not in self._present:
            values = self.frame[column]
            found = values.notna().to_numpy()
            if pd.api.types.is_numeric_dtype(values.dtype):
                found = found & np.isfinite(values.to_numpy(dtype=float, na_value=np.nan))
            self._present[column] = found
        return self._present[column]

    def numbers(self, column: str) -> np.ndarray:
        """Column as float64, shape (n,)."""
        return as_numbers(self.frame[column]).to_numpy()


def share_columns(frame: pd.DataFrame, terms: Iterable[str]) -> SharedColumns | None:
    """Evaluate the terms of a frame that need their own row alone.

    Parameters
    ----------
    frame : DataFrame, shape (n, columns)
        With text labels.
    terms : iterable of str

    Returns
    -------
    SharedColumns or None
        Without terms that need other rows or several columns, such as lags and ``C()``; None where
        the index or a term would be refused, which is left to :func:`regressions.fit`.
    """
    try:
        index, order = order_rows(frame.index)
        if shadowed_names(frame) or any(name.lower() in TWO_WAY for name in frame.columns):
            return None
        dtypes = dict(zip(frame.columns, frame.dtypes, strict=True))
        column_of = {
            term: column
            for term in dict.fromkeys(terms)
            if (column := _single_column(term, dtypes, index))
        }
        if not column_of:
            return None
        if order is not None:
            frame = frame.iloc[order]
        # labels of rows take longer to pass on than a small column to read
        frame = frame.set_axis(range(len(frame)), axis=0)
        numbers = {
            name: as_numbers(frame[name]).to_numpy() for name in dict.fromkeys(column_of.values())
        }
        finite = {name: np.isfinite(values) for name, values in numbers.items()}
        terms = _evaluate(column_of, numbers, finite, index)
        return SharedColumns(frame, order, index, terms, column_of, _present=finite)
    except (RegressionError, TypeError):
        return None


def _single_column(term: str, dtypes: Mapping[str, Any], index: pd.MultiIndex) -> str:
    """Column of a term that is a column or a function of one row of it; empty if it is neither."""
    match = _TERM.fullmatch(term)
    if match is None:
        return ""
    name = match["alone"] or match["inside"]
    if match["inside"] and term[: -len(name) - 2] not in _FUNCTIONS:
        return ""
    if name == INTERCEPT or name in TRANSFORMS or name not in dtypes or iskeyword(name):
        return ""
    if level_of(name, index) is not None or not isinstance(dtypes[name], np.dtype):
        return ""
    return name if dtypes[name].kind in "fiu" else ""


def _evaluate(
    column_of: Mapping[str, str],
    numbers: Mapping[str, np.ndarray],
    finite: Mapping[str, np.ndarray],
    index: pd.MultiIndex,
) -> dict[str, np.ndarray]:
    """Evaluate terms on the rows where their columns are finite; missing elsewhere."""
    refuse_foreign_spelling(_formula(list(column_of)), list(numbers))
    values = {term: numbers[name] for term, name in column_of.items() if term == name}
    groups: dict[bytes, list[str]] = {}
    for term, name in column_of.items():
        if term != name:
            groups.setdefault(np.packbits(finite[name]).tobytes(), []).append(term)
    for members in groups.values():
        keep = finite[column_of[members[0]]]
        names = list(dict.fromkeys(column_of[term] for term in members))
        data = pd.DataFrame({name: numbers[name] for name in names}, index=index)
        with np.errstate(all="ignore"):
            exog = materialise(parse_formula(_formula(members), names), data, keep).exog
        for term in members:
            values[term] = np.full(len(data), np.nan)
            values[term][keep] = exog[term].to_numpy()
    return values


def _formula(terms: Sequence[str]) -> str:
    return f"{terms[0]} ~ {' + '.join(terms)}"
