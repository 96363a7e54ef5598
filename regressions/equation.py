"""The least-squares equation behind each estimator: transformed data whose OLS is the estimate.

Leverages, bias-reduced covariances and bootstraps need these arrays. Fixed effects are demeaned,
random effects quasi-demeaned by the estimated theta, weights enter by their square roots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular

from regressions.errors import OptionError
from regressions.names import INTERCEPT
from regressions.within import group_means, quasi_demean, remove_effects

if TYPE_CHECKING:
    from regressions.model import FittedModel


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

    @property
    def bread(self) -> np.ndarray:
        """``(x'x)^-1``, shape (k, k)."""
        scale = np.sqrt((self.x**2).sum(axis=0))
        triangle = np.linalg.qr(self.x / scale, mode="r")
        root = solve_triangular(triangle, np.eye(len(scale))) / scale[:, None]
        return root @ root.T

    def residuals(self, params: np.ndarray) -> np.ndarray:
        """``y - x b``, shape (n,)."""
        return self.y - self.x @ params


def estimating_equation(model: FittedModel) -> EstimatingEquation:
    """Rebuild the transformed data of a fitted model.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    EstimatingEquation

    Raises
    ------
    OptionError
        For weighted between and first-difference models, whose weights linearmodels transforms in
        its own way.
    """
    y = model.endog.to_numpy(dtype=float)
    x = model.exog.to_numpy(dtype=float)
    names = np.asarray(model.exog.columns)
    slopes = np.ones(len(names), dtype=bool)
    rows: pd.Index = model.exog.index
    if model.weights is not None and model.estimator in ("between", "first-difference"):
        raise OptionError(
            f"this needs the {model.estimator} model without weights: its weighted equation has no "
            "agreed form"
        )
    match model.estimator:
        case "fixed":
            slopes = names != INTERCEPT
            y, x = _demeaned(model, y, x)
        case "random" | "mundlak":
            y, x = _quasi_demeaned(model, y, x)
        case "first-difference":
            places = rows.get_indexer(model.resids.index)
            y, x = y[places] - y[places - 1], x[places] - x[places - 1]
            rows = model.resids.index
        case "between":
            codes = pd.factorize(rows.get_level_values(group_level(model)))[0]
            first = np.unique(codes, return_index=True)[1]
            means = group_means(np.column_stack([y, x]), codes)[first]
            y, x = means[:, 0], means[:, 1:]
            rows = rows.get_level_values(group_level(model))[first]
    if model.weights is not None:
        root = np.sqrt(model.weights.to_numpy(dtype=float))
        y, x = y * root, x * root[:, None]
    return EstimatingEquation(y, x, slopes, rows)


def group_level(model: FittedModel) -> int:
    """Index level of the effects of a random or between model: 0 entity, 1 period."""
    return 1 if model.effects == "time" else 0


def _demeaned(model: FittedModel, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
    both = np.column_stack([y, x])
    effects = list(model.effect_codes.to_numpy().T)
    inner = remove_effects(both, effects, weights)
    if INTERCEPT in model.exog.columns:
        inner = inner + np.average(both, axis=0, weights=weights)
    return inner[:, 0], inner[:, 1:]


def _quasi_demeaned(
    model: FittedModel, y: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    if model.theta is None:
        raise OptionError("a random-effects model must have its theta")
    codes, labels = pd.factorize(model.exog.index.get_level_values(group_level(model)))
    theta = model.theta.reindex(labels).to_numpy(dtype=float)
    inner = quasi_demean(np.column_stack([y, x]), codes, theta)
    return inner[:, 0], inner[:, 1:]


def is_nested(inner: np.ndarray, outer: np.ndarray) -> bool:
    """Whether each group of `inner` lies in one group of `outer`.

    Examples
    --------
    >>> is_nested(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1]))
    True
    """
    pairs = np.unique(np.column_stack([inner, outer]), axis=0)
    return len(pairs) == len(np.unique(inner))


def column_space(
    model: FittedModel, equation: EstimatingEquation, clusters: np.ndarray
) -> np.ndarray:
    """Orthonormal basis of the regressors and of the effects that cut across the clusters.

    Effects nested in the clusters drop out: demeaned columns are orthogonal to them cluster by
    cluster (Pustejovsky and Tipton 2018, theorem 2).

    Parameters
    ----------
    model : FittedModel
    equation : EstimatingEquation
        n rows.
    clusters : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (n, q)
    """
    columns = [equation.x]
    if model.estimator == "fixed":
        effects = list(model.effect_codes.to_numpy().T)
        nested = [codes for codes in effects if is_nested(codes, clusters)]
        crossing = [codes for codes in effects if not is_nested(codes, clusters)]
        columns += [_dummies(model, codes, nested) for codes in crossing]
    matrix = np.concatenate(columns, axis=1)
    size = np.sqrt((matrix**2).sum(axis=0))
    matrix = matrix[:, size > 0] / size[size > 0]
    u, s, _ = np.linalg.svd(matrix, full_matrices=False)
    return u[:, s > 1e-10 * s.max()]


def _dummies(model: FittedModel, codes: np.ndarray, nested: Sequence[np.ndarray]) -> np.ndarray:
    weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
    dummies = np.eye(int(codes.max()) + 1)[codes]
    if nested:
        dummies = remove_effects(dummies, nested, weights)
    return dummies if weights is None else dummies * np.sqrt(weights)[:, None]
