"""Residuals regressed on their lag, with a variance clustered by entity."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from diagnostics.auxiliary_regression import FEW_GROUPS
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import ols
from diagnostics.result import TestResult, decide
from diagnostics.serial.wording import SERIAL_ALTERNATIVE, SERIAL_KEPT, SERIAL_REJECTED
from diagnostics.transformation import Floats

__all__ = ["EXACT", "clustered_slope", "regress_on_lag", "require_entities", "warn_of_few_entities"]

EXACT = 1e-16
"""Sums of squares that are this share of what they come from, or less, are rounding alone."""


def regress_on_lag(
    now: Floats,
    before: Floats,
    entity: NDArray[np.intp],
    null_rho: float,
    test: str,
    *,
    name: str,
    variant: str,
    null: str,
    warnings: tuple[str, ...],
    reference: str,
) -> TestResult:
    """Test the slope of residuals on a constant and their lag against `null_rho`."""
    require_entities(entity, test)
    rho, variance = clustered_slope(now, np.column_stack([np.ones(now.size), before]), entity, test)
    statistic = (rho - null_rho) ** 2 / variance
    df = now.size - 2
    pvalue = float(scipy.stats.f.sf(statistic, 1, df))
    return TestResult(
        name=name,
        statistic=statistic,
        distribution="F",
        df=(1, df),
        pvalue=pvalue,
        null=null,
        alternative=SERIAL_ALTERNATIVE,
        variant=variant,
        verdict=decide(pvalue, SERIAL_REJECTED, SERIAL_KEPT),
        details={"rho": rho, "null_rho": null_rho, "std_error": np.sqrt(variance)},
        warnings=warnings + warn_of_few_entities(entity),
        reference=reference,
    )


def clustered_slope(
    y: Floats, X: Floats, entity: NDArray[np.intp], test: str
) -> tuple[float, float]:
    """Last coefficient of y on X and its variance clustered by entity (CR0)."""
    fit = ols(y, X, test)
    if fit.rss <= EXACT * float(y @ y):
        raise DiagnosticError(
            f"{test} found residuals that are an exact function of their lag, as the demeaned ones "
            "of two periods are: nothing is left to test; it needs a longer panel"
        )
    scores = X * fit.resid[:, None]
    codes = np.unique(entity, return_inverse=True)[1]
    sums = np.column_stack([np.bincount(codes, weights=s) for s in scores.T])
    meat = sums.T @ sums
    variance = float((fit.bread @ meat @ fit.bread)[-1, -1])
    if variance <= EXACT * fit.rss * fit.bread[-1, -1]:
        raise DiagnosticError(
            f"{test} has a variance of zero: the scores of each entity cancel, as with few "
            "differences or entities; it needs a longer panel"
        )
    return float(fit.beta[-1]), variance


def require_entities(entity: NDArray[np.intp], test: str) -> None:
    """Raise unless rows of two entities or more are left."""
    if np.unique(entity).size < 2:
        raise DiagnosticError(
            f"{test} needs at least two entities long enough to have lags; "
            f"there are {np.unique(entity).size}"
        )


def warn_of_few_entities(entity: NDArray[np.intp]) -> tuple[str, ...]:
    """Say that a variance clustered on few entities is too small."""
    groups = np.unique(entity).size
    if groups >= FEW_GROUPS:
        return ()
    return (f"few entities ({groups}): the clustered variance of the slope is unreliable",)
