"""The least-squares equation behind each estimator: transformed data whose OLS is the estimate.

Leverages, bias-reduced covariances and bootstraps need these arrays. Each estimator transforms in
its own way (:mod:`regressions.estimators`); weights enter by their square roots.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from regressions.coordinates import orthogonal_combinations
from regressions.errors import OptionError
from regressions.within import WithoutEffects

if TYPE_CHECKING:
    from regressions.estimators import Estimator
    from regressions.model import FittedModel


@dataclass(frozen=True, eq=False)
class EquationData:
    """What the equation of an estimator that solves it is made of, before there is a model.

    Attributes
    ----------
    kind : Estimator
    endog : Series, shape (n,)
    exog : DataFrame, shape (n, k)
    weights : Series, shape (n,), or None
    effect_codes : DataFrame of int, shape (n, ...)
    effects : str or None
        As in :class:`regressions.model.FittedModel`.
    theta : Series or None
        Share of the group means that random effects take out.
    removed : WithoutEffects, optional
        Columns whose effects are removed already.
    """

    kind: Estimator
    endog: pd.Series
    exog: pd.DataFrame
    weights: pd.Series | None
    effect_codes: pd.DataFrame
    effects: str | None
    theta: pd.Series | None
    removed: WithoutEffects | None = None


@dataclass(frozen=True, eq=False)
class EstimatingEquation:
    """Arrays whose least-squares solution is the estimate.

    Attributes
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, k)
        In the order of the coefficients.
    slopes : ndarray of bool, shape (k,)
        False for the constant of fixed effects, which the demeaned slopes are orthogonal to.
    rows : Index, shape (n,)
        (entity, period) of each row; entities (or periods) for the between estimator.
    """

    y: np.ndarray
    x: np.ndarray
    slopes: np.ndarray
    rows: pd.Index

    @cached_property
    def _combinations(self) -> tuple[np.ndarray | None, np.ndarray]:
        return orthogonal_combinations(self.x)

    @property
    def back(self) -> np.ndarray:
        """Combinations of the regressors that are orthogonal, of mean square one, shape (k, k)."""
        return self._combinations[1]

    def orthogonal(self) -> np.ndarray:
        """Make the orthogonal combinations of the regressors, shape (n, k)."""
        basis, back = self._combinations
        # turned twice, which keeps columns contiguous
        return (back.T @ self.x.T).T if basis is None else basis

    def project(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients of the orthogonal combinations, shape (k,), and residuals, shape (n,)."""
        basis, back = self._combinations
        x, back = (self.x, back) if basis is None else (basis, np.eye(len(back)))
        coefficients = back.T @ (x.T @ y) / len(x)
        residuals = y - x @ (back @ coefficients)
        rest = back.T @ (x.T @ residuals) / len(x)
        residuals -= x @ (back @ rest)
        return coefficients + rest, residuals

    @cached_property
    def solution(self) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients and residuals of y, as from :meth:`project`."""
        return self.project(self.y)

    @property
    def bread(self) -> np.ndarray:
        """``(x'x)^-1``, shape (k, k)."""
        return np.asarray(self.back @ self.back.T / len(self.x))

    def residuals(self, params: np.ndarray) -> np.ndarray:
        """``y - x b``, shape (n,)."""
        return self.y - self.x @ params


_KEPT: ContextVar[list[tuple[tuple[Any, ...], EstimatingEquation]] | None] = ContextVar(
    "kept equation", default=None
)


@contextmanager
def equation_kept() -> Iterator[None]:
    """Keep the last estimating equation, which a fit and its covariance ask for several times."""
    token = _KEPT.set([])
    try:
        yield
    finally:
        _KEPT.reset(token)


def estimating_equation(model: FittedModel | EquationData) -> EstimatingEquation:
    """Rebuild the transformed data of a fitted model.

    Parameters
    ----------
    model : FittedModel or EquationData

    Returns
    -------
    EstimatingEquation

    Raises
    ------
    OptionError
        For weighted between and first-difference models, whose weights linearmodels transforms in
        its own way.
    """
    kind = model.kind
    if model.weights is not None and not kind.keeps_rows:
        raise OptionError(
            f"this needs the {kind.name} model without weights: its weighted equation has no "
            "agreed form"
        )
    parts = (kind, model.endog, model.exog, model.weights, model.effect_codes, model.theta)
    kept = _KEPT.get()
    if kept and all(one is other for one, other in zip(kept[0][0], parts, strict=True)):
        return kept[0][1]
    equation = kind.equation(cast("FittedModel", model))
    if model.weights is not None:
        root = np.sqrt(model.weights.to_numpy(dtype=float))
        equation = replace(equation, y=equation.y * root, x=equation.x * root[:, None])
    if kept is not None:
        kept[:] = [(parts, equation)]
    return equation
