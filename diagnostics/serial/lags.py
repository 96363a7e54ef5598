"""Lags of rows within entities, by the calendar or by rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.errors import DiagnosticError
from diagnostics.sample import PanelSample

__all__ = ["NO_LAG", "rows_of_lags", "rows_with_lag", "warn_of_gaps"]

NO_LAG = -1
"""In place of a row: it has no lag."""


def rows_of_lags(sample: PanelSample, k: int, lags: str) -> NDArray[np.intp]:
    """Row of the same entity k periods (or rows) before each row, -1 where there is none."""
    if lags not in ("calendar", "row"):
        raise DiagnosticError(f"lags must be 'calendar' or 'row', not {lags!r}")
    n = sample.n
    if lags == "row":
        found = np.arange(n) - k
        ok = (found >= 0) & (sample.entity[np.maximum(found, 0)] == sample.entity)
        return np.where(ok, found, NO_LAG)
    span = int(sample.position.max()) + k + 1
    keys = sample.entity.astype(np.int64) * span + sample.position
    wanted = keys - k
    found = np.minimum(np.searchsorted(keys, wanted), n - 1)
    ok = (keys[found] == wanted) & (sample.position >= k)
    return np.where(ok, found, NO_LAG)


def rows_with_lag(sample: PanelSample, lags: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that have a lag, and the rows of those lags."""
    index = rows_of_lags(sample, 1, lags)
    now = np.flatnonzero(index != NO_LAG)
    return now, index[now]


def warn_of_gaps(sample: PanelSample, lags: str) -> tuple[str, ...]:
    """Say what the lags do at gaps, and what is doubtful about the calendar."""
    if lags == "row":
        if sample.calendar.problem:
            return (f"rows are taken for periods: {sample.calendar.problem}",)
        if sample.gaps:
            return (f"{sample.gaps} lags or differences reach across gaps in the panel",)
        return ()
    gaps = sample.gaps
    words = (f"the panel has {gaps} gaps; no lag or difference is taken across them",)
    return (*(words if gaps else ()), *sample.calendar.doubts)
