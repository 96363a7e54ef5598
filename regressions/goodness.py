"""Goodness of fit: definitions that a publication table may ask for.

Each is None where it has no accepted definition; with n the observations, r the residual degrees
of freedom (absorbed effects counted) and c = 1 with a constant.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from regressions.names import INTERCEPT

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = [
    "aic",
    "bic",
    "loglik",
    "rsquared_adj",
    "rsquared_inclusive",
    "rsquared_within_adj",
    "sigma",
]


def rsquared_of_equation(
    y: np.ndarray, residuals: np.ndarray, constant: np.ndarray | None, size: float
) -> float:
    """Share of the sum of squares of y that is explained.

    Parameters
    ----------
    y, residuals : ndarray, shape (n,)
        Of the estimating equation, weighted.
    constant : ndarray, shape (n,), or None
        Constant of the equation, weighted; None takes y about zero.
    size : float
        Sum of squares of the dependent variable before means are taken out: what rounding is
        held against.

    Returns
    -------
    float
        NaN if y does not vary.
    """
    if constant is not None:
        part = constant * (-(constant @ y) / (constant @ constant))
        y = np.add(part, y, out=part)
    total = float(y @ y)
    if total <= (max(len(y), 100) * np.finfo(float).eps) ** 2 * size:
        return math.nan
    return 1.0 - float(residuals @ residuals) / total


def squared_correlations(
    y: np.ndarray, prediction: np.ndarray, groups: np.ndarray
) -> tuple[float, float, float]:
    """Stata's R²: squared correlations of x b within and between groups, and overall.

    Parameters
    ----------
    y, prediction : ndarray, shape (n,)
    groups : ndarray of int, shape (n,)
        Codes 0..G-1, each of some row.

    Returns
    -------
    within, between, overall : float
    """
    both = np.stack([y, prediction])
    count = np.bincount(groups)
    means = np.stack([np.bincount(groups, column) / count for column in both])
    rounding = 1e-12 * np.abs(both).max(axis=1)
    return (
        _squared_correlation(both - means[:, groups], rounding),
        _squared_correlation(means, rounding),
        _squared_correlation(both, rounding),
    )


def _squared_correlation(both: np.ndarray, rounding: np.ndarray) -> float:
    """Of two rows: NaN if the first does not vary, zero if the second does not."""
    varies = np.ptp(both, axis=1) > rounding
    if not varies[0]:
        return math.nan
    return float(np.corrcoef(both)[0, 1] ** 2) if varies[1] else 0.0


def rsquared_adj(model: FittedModel) -> float:
    """``1 - (1 - R²) (n - c) / r``, of the estimating equation: Stata's ``e(r2_a)``."""
    constant = 1.0 if INTERCEPT in model.params.index else 0.0
    return 1.0 - (1.0 - model.rsquared) * (model.nobs - constant) / model.df_resid


def rsquared_within_adj(model: FittedModel) -> float | None:
    """``1 - (1 - R²) (r + k) / r`` with k slopes: effects count in both sums of squares.

    Fixed effects only; fixest's ``war2`` and reghdfe's ``e(r2_a_within)``.
    """
    if not model.kind.absorbs:
        return None
    total = model.df_resid + len(model.slopes)
    return 1.0 - (1.0 - model.rsquared) * total / model.df_resid


def rsquared_inclusive(model: FittedModel) -> float | None:
    """Share of the variance of y that regressors and absorbed effects explain together.

    Fixed effects only: the R² of least squares with dummies, of ``areg`` and of fixest's ``r2``.
    """
    if not model.kind.absorbs:
        return None
    y = model.endog.to_numpy(dtype=float)
    weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
    deviations = (y - np.average(y, weights=weights)) ** 2
    total = float(deviations.sum() if weights is None else weights @ deviations)
    return 1.0 - model.rss / total if total > 0 else None


def sigma(model: FittedModel) -> float:
    """``sqrt(RSS / r)``: Stata's root MSE."""
    return math.sqrt(model.rss / model.df_resid)


def loglik(model: FittedModel) -> float | None:
    """``-n/2 (ln 2π + 1 + ln(RSS/n))``, with weights plus half the sum of their logarithms.

    Of the estimating equation under normal errors; none for random effects, which are estimated
    by feasible least squares, nor for weighted means and differences.
    """
    weights = model.weights
    if not model.kind.has_likelihood(weighted=weights is not None) or model.rss <= 0:
        return None
    n = float(model.nobs)
    value = -0.5 * n * (math.log(2.0 * math.pi) + 1.0 + math.log(model.rss / n))
    return value if weights is None else value + 0.5 * float(np.log(weights).sum())


def aic(model: FittedModel) -> float | None:
    """``-2 loglik + 2 (n - r)``: absorbed effects count, the error variance does not.

    fixest and Stata's ``estat ic`` after ``regress`` count so; R's ``AIC()`` counts the variance
    too (2 more); ``estat ic`` after ``xtreg, fe`` leaves the effects out.
    """
    value = loglik(model)
    return None if value is None else -2.0 * value + 2.0 * (model.nobs - model.df_resid)


def bic(model: FittedModel) -> float | None:
    """``-2 loglik + ln(n) (n - r)``; parameters as in :func:`aic`."""
    value = loglik(model)
    if value is None:
        return None
    return -2.0 * value + math.log(model.nobs) * (model.nobs - model.df_resid)
