"""What tests for heteroskedasticity share: squared residuals, and regressors for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diagnostics.errors import DiagnosticError
from diagnostics.sample import PanelSample
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import transform_like_estimator, transformed_equation
from regressions.names import INTERCEPT

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = [
    "ROUNDING_SHARE",
    "SQUARES_KEPT",
    "SQUARES_REJECTED",
    "regressors_and_residuals",
    "require_related",
]

SQUARES_REJECTED = (
    "error variances differ, so conventional standard errors are wrong; use robust ones"
)
SQUARES_KEPT = "no heteroskedasticity is detected"

ROUNDING_SHARE = 1e-13
"""A share of the variation of the squared residuals of this size, or less, is rounding."""


def regressors_and_residuals(
    model: FittedModel, sample: PanelSample, test: str
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Constant and regressors of the estimating equation, its residuals, and warnings."""
    equation = transformed_equation(model, sample, test)
    slopes = [j for j, name in enumerate(equation.names) if name != INTERCEPT]
    if not slopes:
        raise DiagnosticError(f"{test} needs at least one regressor")
    warnings: tuple[str, ...] = ()
    if model.kind.absorbs or model.kind.is_gls:
        warnings = (
            f"{model.estimator}-effects residuals mix the errors of an entity, so the test is "
            "exact only as T grows",
        )
    raw = sample.X[:, [sample.names.index(equation.names[j]) for j in slopes]]
    # means are taken out first: θ of unequal groups would carry the origin into the regressors
    X = transform_like_estimator(model, sample, raw - raw.mean(axis=0), test)
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    u = equation.fit.resid
    if np.ptp(u**2) <= ROUNDING_SHARE * float(np.mean(u**2)):
        raise DiagnosticError(f"{test}: all residuals are of one size, so nothing is tested")
    return np.column_stack([np.ones(sample.n), X]), u, warnings


def require_related(statistic: float, n: int, test: str) -> None:
    """Refuse a statistic that is rounding alone."""
    if not statistic > ROUNDING_SHARE * n:
        raise DiagnosticError(
            f"{test}: the squared residuals are unrelated to the regressors by construction, as "
            "with effects and two entities or two periods, so they tell nothing"
        )
