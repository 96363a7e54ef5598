"""Pooled least squares."""

from __future__ import annotations

from regressions.estimators.estimator import Estimator

__all__ = ["POOLED"]

POOLED = Estimator(
    name="pooled",
    title="Pooled OLS regression",
    other_words=("ols", "pooling"),
    linearmodels_class="PooledOLS",
)
