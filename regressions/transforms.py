"""Transforms a formula may use, beside formulaic's own: elementwise and along the panel.

Lags and differences follow the calendar of each entity, never the rows: a lag across a gap or
across the border between two entities is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Any

import numpy as np
import pandas as pd

from regressions.errors import FormulaError, SampleError

PANEL_TRANSFORMS = ("lag", "lead", "diff")


def signed_log(x: Any) -> Any:
    """Signed logarithm ``sign(x) ln|x|``, with zero staying zero.

    It jumps at zero: ``ln|x|`` changes sign at ``|x| = 1``, so 0.5 becomes -0.69 and -0.5 becomes
    +0.69. Where all ``|x| >= 1`` it keeps the order and can be undone.

    Parameters
    ----------
    x : array-like
        Values in any unit; the transform is not invariant to the unit.

    Returns
    -------
    array-like
        Of the same shape as `x`.

    Examples
    --------
    >>> import numpy as np
    >>> signed_log(np.array([-np.e, 0.0, np.e])).round(6).tolist()
    [-1.0, 0.0, 1.0]
    """
    size = np.abs(x)
    return np.sign(x) * np.log(size + (size == 0))


def asinh(x: Any) -> Any:
    """Inverse hyperbolic sine ``ln(x + sqrt(x^2 + 1))``.

    Parameters
    ----------
    x : array-like
        Values in any unit; the transform is not invariant to the unit.

    Returns
    -------
    array-like
        Of the same shape as `x`.

    Examples
    --------
    >>> float(asinh(0.0))
    0.0
    """
    return np.arcsinh(x)


def period_numbers(periods: pd.Index) -> np.ndarray:
    """Whole-number calendar of the periods, in steps of the panel's frequency.

    Parameters
    ----------
    periods : Index, shape (n,)
        Numeric or date-like periods, repeated over entities.

    Returns
    -------
    ndarray of int64, shape (n,)
        Consecutive periods differ by one; a gap by more. Numeric periods are counted in the
        largest step that all of them share (1 for years, 5 for five-year data); dates by the
        frequency pandas infers.

    Raises
    ------
    SampleError
        If dates have no regular frequency or numeric periods are not whole numbers.

    Examples
    --------
    >>> period_numbers(pd.Index([2000, 2005, 2015])).tolist()
    [0, 1, 3]
    """
    if isinstance(periods, pd.PeriodIndex):
        ordinals = periods.asi8
        return _in_common_steps(ordinals)
    if isinstance(periods, pd.DatetimeIndex):
        return _date_numbers(periods)
    values = np.asarray(periods, dtype=float)
    if not np.all(values == np.round(values)):
        raise SampleError(
            "lags and differences need whole-number or dated periods; the period index holds "
            "fractions: convert it to whole numbers first"
        )
    return _in_common_steps(values.astype(np.int64))


def _in_common_steps(numbers: np.ndarray) -> np.ndarray:
    start = numbers.min(initial=numbers[0] if len(numbers) else 0)
    step = 0
    for difference in np.diff(np.unique(numbers)):
        step = gcd(step, int(difference))
    return np.asarray((numbers - start) // max(step, 1), dtype=np.int64)


def _date_numbers(dates: pd.DatetimeIndex) -> np.ndarray:
    dates = dates.tz_localize(None)
    for code in ("Y", "Q", "M", "W", "D"):
        ordinals = dates.to_period(code)
        unique = pd.DatetimeIndex(dates.unique())
        if ordinals.nunique() == len(unique) and _same_place(unique, code):
            return _in_common_steps(ordinals.asi8)
    raise SampleError(
        "lags and differences need regular dates (yearly, quarterly, monthly, weekly or daily): "
        "convert the period index to whole numbers or to pandas periods first"
    )


def _same_place(dates: pd.DatetimeIndex, code: str) -> bool:
    """Whether every date is at the same place (start or end) of its period."""
    starts = dates.normalize() == dates.to_period(code).start_time
    ends = dates.normalize() == dates.to_period(code).end_time.normalize()
    return bool(starts.all() or ends.all())


class PanelCalendar:
    """Positions of the neighbours in time of each row of a panel.

    Parameters
    ----------
    index : MultiIndex, shape (n,)
        (entity, period), without duplicates.

    Attributes
    ----------
    lost : ndarray of bool, shape (n,)
        Rows for which some lag or lead asked for so far does not exist.
    """

    def __init__(self, index: pd.MultiIndex) -> None:
        self._index = index
        self._entities = pd.factorize(index.get_level_values(0))[0]
        self._numbers = period_numbers(index.get_level_values(1))
        self._rows = pd.MultiIndex.from_arrays([self._entities, self._numbers])
        self.lost = np.zeros(len(index), dtype=bool)

    def shift(self, x: pd.Series, periods: int) -> pd.Series:
        """Value of `x` for the same entity `periods` earlier; missing where there is none."""
        if not isinstance(periods, int | np.integer) or isinstance(periods, bool):
            raise FormulaError(f"lag and diff take a whole number of periods, not {periods!r}")
        wanted = pd.MultiIndex.from_arrays([self._entities, self._numbers - periods])
        place = self._rows.get_indexer(wanted)
        values = np.asarray(x, dtype=float)
        if len(values) != len(place):
            raise FormulaError("lag and diff must be applied to a column of the panel")
        shifted = np.where(place >= 0, values[place], np.nan)
        self.lost |= np.isnan(shifted)
        return pd.Series(shifted, index=self._index)

    def transforms(self) -> dict[str, Callable[..., pd.Series]]:
        """Give the functions ``lag``, ``lead`` and ``diff`` of this panel."""

        def lag(x: pd.Series, k: int = 1) -> pd.Series:
            return self.shift(x, k)

        def lead(x: pd.Series, k: int = 1) -> pd.Series:
            return self.shift(x, -k)

        def diff(x: pd.Series, k: int = 1) -> pd.Series:
            return pd.Series(np.asarray(x, dtype=float), index=self._index) - self.shift(x, k)

        return {"lag": lag, "lead": lead, "diff": diff}
