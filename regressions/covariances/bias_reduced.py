"""Clustered covariances for few clusters: CR2 and CR3.

CR2 (Bell and McCaffrey 2002) and CR3 multiply the residuals of a cluster by ``(I - H_gg)^(-1/2)``
and ``(I - H_gg)^(-1)``, H the projection on regressors and effects; no further factor, as in
clubSandwich. CR2 takes Satterthwaite degrees of freedom for each coefficient under independent,
homoskedastic errors (Pustejovsky and Tipton 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.column_space import column_space
from regressions.covariances.clustered import Clustered, cluster_codes, sum_by_group
from regressions.covariances.covariance import RowGroups, Variance
from regressions.covariances.heteroskedastic import FULL_LEVERAGE
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.errors import OptionError

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["CR2", "CR3"]


@dataclass(frozen=True)
class BiasReduced(Clustered):
    """Sandwich of sums by cluster, of residuals times ``(I - H_gg)^(-power)``."""

    power: float = 0.5
    has_own_df: bool = False

    @property
    def _kind(self) -> str:
        return f"clustered ({self.name})"

    @property
    def _advice(self) -> str:
        return f"{self.name} corrects for much of it; compare wild_cluster_bootstrap"

    def compute(self, model: FittedModel) -> tuple[pd.DataFrame, pd.Series | None]:
        """Compute the sandwich, and Satterthwaite degrees of freedom if it has them.

        Raises
        ------
        OptionError
            If the model is weighted, or effects with too many groups cut across the clusters.
        """
        equation = estimating_equation(model)
        residuals = equation.residuals(model.params.to_numpy())
        if model.weights is not None:
            raise OptionError(f"cov={self.name!r} has no accepted form with weights")
        (codes,) = cluster_codes(model, equation)
        basis = column_space(model, equation, codes).basis(f"cov={self.name!r}")
        adjusted = _adjusted_scores(equation, basis, codes, self.power)
        scores = np.stack([np.bincount(codes, residuals * column) for column in adjusted.T])
        names = model.params.index
        covariance = pd.DataFrame(scores @ scores.T, index=names, columns=names)
        if not self.has_own_df:
            return covariance, None
        return covariance, pd.Series(_satterthwaite(adjusted, basis, codes), names, name="df")

    def score_sums(
        self,
        model: FittedModel,
        equation: EstimatingEquation,
        scores: np.ndarray,
        variances: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the variances, which are sums over clusters."""
        return self._whole_sums(variances)

    def score_forms(self, groups: RowGroups) -> None:
        """Return nothing: each cluster adjusts its scores in its own way."""

    def variance_function(
        self, model: FittedModel, equation: EstimatingEquation, influence: np.ndarray, j: int
    ) -> Variance:
        """Return the sum of squares by cluster of adjusted scores."""
        (codes,) = cluster_codes(model, equation)
        basis = column_space(model, equation, codes).basis(f"cov={self.name!r}")
        adjusted = _adjusted_scores(equation, basis, codes, self.power)[:, j]
        return lambda e: np.asarray((sum_by_group(adjusted[:, None] * e, codes) ** 2).sum(axis=0))


def _adjusted_scores(
    equation: EstimatingEquation, basis: np.ndarray, codes: np.ndarray, power: float
) -> np.ndarray:
    """Rows ``A_g x_g (x'x)^-1`` with ``A_g = (I - H_gg)^(-power)``.

    ``H_gg = Q_g Q_g'`` has the rank of the basis, so a thin singular value decomposition of Q_g
    gives its power; directions that the cluster fits perfectly are left out (generalised inverse).

    Parameters
    ----------
    equation : EstimatingEquation
    basis : ndarray, shape (n, q)
        Orthonormal.
    codes : ndarray of int, shape (n,)
    power : float

    Returns
    -------
    ndarray, shape (n, k)
    """
    influence = equation.x @ equation.bread
    adjusted = influence.copy()
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        u, s, _ = np.linalg.svd(basis[rows], full_matrices=False)
        rest = 1.0 - s**2
        perfect = rest < FULL_LEVERAGE
        factor = np.where(perfect, 0.0, np.where(perfect, 1.0, rest) ** -power) - 1.0
        adjusted[rows] += u @ (factor[:, None] * (u.T @ influence[rows]))
    return adjusted


def _satterthwaite(adjusted: np.ndarray, basis: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Degrees of freedom ``(sum P_gg)^2 / sum P_gh^2`` of each coefficient.

    ``P_gh = a_g' (I - H)_gh a_h`` is the working covariance of the cluster scores. With s_g the
    sums of ``a_g`` times the basis, ``P_gg = a_g'a_g - s_g's_g`` and ``P_gh = -s_g's_h``: the
    squares of the latter add up to ``||S'S||^2 - sum (s_g's_g)^2``, without a matrix of clusters.

    Parameters
    ----------
    adjusted : ndarray, shape (n, k)
        From :func:`_adjusted_scores`.
    basis : ndarray, shape (n, q)
    codes : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (k,)
    """
    degrees = np.empty(adjusted.shape[1])
    for j, column in enumerate(adjusted.T):
        shared = np.stack([np.bincount(codes, column * direction) for direction in basis.T], axis=1)
        squares = (shared**2).sum(axis=1)
        own = np.bincount(codes, column**2) - squares
        across = max(0.0, ((shared.T @ shared) ** 2).sum() - (squares**2).sum())
        degrees[j] = own.sum() ** 2 / ((own**2).sum() + across)
    return degrees


CR2 = BiasReduced(name="CR2", is_clustered=True, most_clusters=1, power=0.5, has_own_df=True)
CR3 = BiasReduced(name="CR3", other_words=("CRV3",), is_clustered=True, most_clusters=1, power=1.0)
