"""The covariance of independent errors with one variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regressions.covariances.covariance import Covariance, Variance
from regressions.equation import EstimatingEquation

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["UNADJUSTED"]


class Unadjusted(Covariance):
    """``s^2 (x'x)^-1``."""

    def compute_orthogonal(self, model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
        """Compute the residual variance over n, shape (k, k)."""
        n, k = equation.x.shape
        residuals = equation.solution[1]
        return np.eye(k) * (self.sample_factor(n, k) * float(residuals @ residuals) / n**2)

    def variance_function(
        self, model: FittedModel, equation: EstimatingEquation, influence: np.ndarray, j: int
    ) -> Variance:
        """Return the sum of squared residuals."""
        return lambda e: np.asarray((e**2).sum(axis=0))


UNADJUSTED = Unadjusted(
    name="unadjusted",
    other_words=("iid", "homoskedastic", "conventional"),
    linearmodels_name="unadjusted",
)
