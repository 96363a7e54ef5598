"""Pooled least squares."""

from __future__ import annotations

from typing import Any

import pandas as pd

from regressions.estimators.estimator import Estimator

__all__ = ["POOLED"]


class Pooled(Estimator):
    """Least squares on all rows."""

    def linearmodels_model(
        self,
        y: pd.DataFrame,
        x: pd.DataFrame,
        weights: pd.DataFrame | None,
        effects: tuple[str, ...],
        effect_codes: pd.DataFrame,
    ) -> Any:
        """Return linearmodels' PooledOLS."""
        from linearmodels.panel import PooledOLS

        return PooledOLS(y, x, weights=weights)


POOLED = Pooled(name="pooled", title="Pooled OLS regression", other_words=("ols", "pooling"))
