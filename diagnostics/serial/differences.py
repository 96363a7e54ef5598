"""Residuals of the first-differenced equation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.sample import ROUNDING, PanelSample
from diagnostics.serial.lags import rows_of_lags, rows_with_lag
from diagnostics.transformation import Floats

__all__ = ["difference_residuals", "residuals_with_lag"]


def difference_residuals(
    sample: PanelSample, lags: str, test: str, *, constant: bool
) -> tuple[Floats, NDArray[np.intp]]:
    """Residuals of the first-differenced equation on the rows of `sample` (NaN without one)."""
    now, before = rows_with_lag(sample, lags)
    if now.size == 0:
        raise DiagnosticError(f"{test} needs entities observed in consecutive periods")
    raw = sample.X[:, sample.slopes]
    dX = raw[now] - raw[before]
    base = np.ones((now.size, 1 if constant else 0))
    dX = np.where(np.abs(dX) <= 1e-13 * np.abs(raw).max(axis=0, initial=0.0), 0.0, dX)
    X = np.column_stack([base, dX[:, independent_columns(base, dX)]])
    dy = sample.y[now] - sample.y[before]
    resid = np.full(sample.n, np.nan)
    resid[now] = ols(dy, X, test).resid
    if resid[now] @ resid[now] <= ROUNDING * float(sample.y[now] @ sample.y[now]):
        raise DiagnosticError(f"{test} needs residuals; the differenced equation fits exactly")
    return resid, now


def residuals_with_lag(
    sample: PanelSample, resid: Floats, rows: NDArray[np.intp], lags: str
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows whose residual and the residual of their lag exist, and the rows of those lags."""
    index = rows_of_lags(sample, 1, lags)
    now = rows[~np.isnan(resid[index[rows]])]
    return now, index[now]
