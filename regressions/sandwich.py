"""Covariances linearmodels does not have: HC2, HC3, and bias-reduced CR2 and CR3.

HC2 and HC3 (MacKinnon and White 1985) divide residuals by ``(1 - h)^(1/2)`` and ``1 - h``. The
leverage h is that of regressors and absorbed effects together, as in a regression with all dummies
(``sandwich::vcovHC`` of ``lm``); plm's ``vcovHC`` leaves the effects out of h, and its HC2 and HC3
can then be below HC1.

CR2 (Bell and McCaffrey 2002) and CR3 multiply the residuals of a cluster by ``(I - H_gg)^(-1/2)``
and ``(I - H_gg)^(-1)``, H the projection on regressors and effects; no further factor, as in
clubSandwich. CR2 takes Satterthwaite degrees of freedom for each coefficient under independent,
homoskedastic errors (Pustejovsky and Tipton 2018).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.equation import EstimatingEquation, column_space, estimating_equation
from regressions.errors import OptionError
from regressions.groupings import effect_level
from regressions.sample import shown
from regressions.within import dummy_leverage

if TYPE_CHECKING:
    from regressions.model import FittedModel

FULL_LEVERAGE = 1e-10
"""A leverage this near to one, or nearer, is one."""


def with_sandwich(model: FittedModel) -> FittedModel:
    """Put the covariance that `model.cov` names in place of the unadjusted one.

    Parameters
    ----------
    model : FittedModel
        With ``cov`` one of "HC2", "HC3", "CR2", "CR3".

    Returns
    -------
    FittedModel

    Raises
    ------
    OptionError
        If a row has leverage one (HC2, HC3), or the model is weighted (CR2, CR3).
    """
    equation = estimating_equation(model)
    residuals = equation.residuals(model.params.to_numpy())
    df = None
    if model.cov in ("HC2", "HC3"):
        leverage = leverages(equation, effects_leverage(model, equation))
        power = 0.5 if model.cov == "HC2" else 1.0
        values = heteroskedastic(equation, residuals, leverage, power=power)
    else:
        if model.weights is not None:
            raise OptionError(f"cov={model.cov!r} has no accepted form with weights")
        codes = cluster_codes(model, equation)
        basis = column_space(model, equation, codes)
        adjusted = adjusted_scores(equation, basis, codes, 0.5 if model.cov == "CR2" else 1.0)
        scores = np.stack([np.bincount(codes, residuals * column) for column in adjusted.T])
        values = scores @ scores.T
        if model.cov == "CR2":
            df = pd.Series(satterthwaite(adjusted, basis, codes), index=model.params.index)
    covariance = pd.DataFrame(values, index=model.params.index, columns=model.params.index)
    return replace(
        model, covariance=covariance, df_by_param=None if df is None else df.rename("df")
    )


def cluster_codes(model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
    """Codes of the only cluster variable on the rows of the equation, shape (n,).

    Raises
    ------
    OptionError
        If a group of a between model lies in several clusters.
    """
    codes = model.cluster_codes.iloc[:, 0]
    if not model.kind.averages:
        return pd.factorize(codes.loc[equation.rows])[0]
    level = codes.index.get_level_values(effect_level(model.effects))
    if (codes.groupby(level).transform("first") != codes).any():
        raise OptionError("the clusters of a between model must be constant within its groups")
    return pd.factorize(codes.groupby(level).first().loc[equation.rows])[0]


def heteroskedastic(
    equation: EstimatingEquation, residuals: np.ndarray, leverage: np.ndarray, *, power: float
) -> np.ndarray:
    """Sandwich with residuals over ``(1 - h)^power``.

    Parameters
    ----------
    equation : EstimatingEquation
        n rows, k regressors.
    residuals, leverage : ndarray, shape (n,)
    power : float
        0.5 for HC2, 1 for HC3.

    Returns
    -------
    ndarray, shape (k, k)
    """
    adjusted = residuals / (1.0 - leverage) ** power
    influence = (equation.x @ equation.bread) * adjusted[:, None]
    return influence.T @ influence


def effects_leverage(model: FittedModel, equation: EstimatingEquation) -> np.ndarray | None:
    """Leverage of each row on the absorbed effects, shape (n,); None without effects."""
    if not model.kind.absorbs:
        return None
    weights = None if model.weights is None else model.weights.loc[equation.rows].to_numpy()
    return dummy_leverage(list(model.effect_codes.to_numpy().T), weights)


def leverages(equation: EstimatingEquation, effects: np.ndarray | None = None) -> np.ndarray:
    """Leverage of each row on the regressors and the absorbed effects, shape (n,).

    Parameters
    ----------
    equation : EstimatingEquation
    effects : ndarray, shape (n,), optional
        Leverage on the effects, which the demeaned slopes are orthogonal to.

    Raises
    ------
    OptionError
        If a row has leverage one.
    """
    leverage = projection_diagonal(equation, effects)
    if np.any(1.0 - leverage < FULL_LEVERAGE):
        row = row_name(equation.rows[int(np.argmax(leverage))])
        raise OptionError(
            f"the row ({row}) has leverage one (a regressor or an effect of its own, which fits "
            "it exactly): HC2 and HC3 do not exist; leave such rows out (drop_singletons=True does "
            "so where effects fit them), or use cov='HC1'"
        )
    return leverage


def row_name(row: object) -> str:
    """Labels of a row of the equation, as a reader would write them."""
    return ", ".join(shown(label) for label in (row if isinstance(row, tuple) else (row,)))


def projection_diagonal(
    equation: EstimatingEquation, effects: np.ndarray | None = None
) -> np.ndarray:
    """Leverage of each row as `leverages` has it, one included, shape (n,)."""
    columns = equation.x
    if effects is not None:
        columns = columns[:, equation.slopes]
        if not equation.slopes.all():
            columns = columns - _overall_part(equation)
    leverage = np.zeros(len(columns)) if effects is None else effects.copy()
    if columns.shape[1]:
        u, _, _ = np.linalg.svd(columns / np.sqrt((columns**2).sum(axis=0)), full_matrices=False)
        leverage += (u**2).sum(axis=1)
    return leverage


def _overall_part(equation: EstimatingEquation) -> np.ndarray:
    """Share of the demeaned slopes that the constant carries: the mean that was added back."""
    constant = equation.x[:, ~equation.slopes]
    slopes = equation.x[:, equation.slopes]
    return constant @ (constant.T @ slopes) / (constant**2).sum()


def adjusted_scores(
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
    for group in range(int(codes.max()) + 1):
        rows = codes == group
        u, s, _ = np.linalg.svd(basis[rows], full_matrices=False)
        rest = 1.0 - s**2
        perfect = rest < FULL_LEVERAGE
        factor = np.where(perfect, 0.0, np.where(perfect, 1.0, rest) ** -power) - 1.0
        adjusted[rows] += u @ (factor[:, None] * (u.T @ influence[rows]))
    return adjusted


def satterthwaite(adjusted: np.ndarray, basis: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Degrees of freedom ``(sum P_gg)^2 / sum P_gh^2`` of each coefficient.

    ``P_gh = a_g' (I - H)_gh a_h`` is the working covariance of the cluster scores.

    Parameters
    ----------
    adjusted : ndarray, shape (n, k)
        From :func:`adjusted_scores`.
    basis : ndarray, shape (n, q)
    codes : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (k,)
    """
    degrees = np.empty(adjusted.shape[1])
    for j, column in enumerate(adjusted.T):
        own = np.bincount(codes, column**2)
        shared = np.stack([np.bincount(codes, column * direction) for direction in basis.T], axis=1)
        p = np.diag(own) - shared @ shared.T
        degrees[j] = np.trace(p) ** 2 / (p**2).sum()
    return degrees
