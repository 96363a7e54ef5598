"""Covariances of independent errors with variances of their own: HC0 to HC3.

HC2 and HC3 (MacKinnon and White 1985) divide residuals by ``(1 - h)^(1/2)`` and ``1 - h``. The
leverage h is that of regressors and absorbed effects together, as in a regression with all dummies
(``sandwich::vcovHC`` of ``lm``); plm's ``vcovHC`` leaves the effects out of h, and its HC2 and HC3
can then be below HC1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.covariances.covariance import Covariance, RowGroups, ScoreForm, Variance
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.errors import InferenceWarning, OptionError
from regressions.sample import listed, shown
from regressions.user_warnings import warn_user
from regressions.within import dummy_leverage, remover_of_effects

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["FULL_LEVERAGE", "HC0", "HC1", "HC2", "HC3", "ROBUST", "leverages"]

FULL_LEVERAGE = 1e-10
"""A leverage this near to one, or nearer, is one."""


_NO_RESIDUAL = 1e-7


class Heteroskedastic(Covariance):
    """Sandwich with squared residuals."""

    def score_forms(self, groups: RowGroups) -> Sequence[ScoreForm]:
        """Return the sum of squares."""
        return [(1.0, lambda scores: np.asarray((scores**2).sum(axis=0)))]

    def compute_orthogonal(self, model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
        """Compute the sandwich, shape (k, k)."""
        x = equation.orthogonal()
        n, k = x.shape
        scores = x * equation.solution[1][:, None]
        return np.asarray(scores.T @ scores * (self.sample_factor(n, k) / n**2))

    def warn_of_rows(self, model: FittedModel) -> None:
        """Name rows that a regressor of their own fits exactly: their error is in no variance.

        Warns
        -----
        InferenceWarning
        """
        try:
            equation = estimating_equation(model)
        except OptionError:  # weighted means and differences: their equation has no agreed form
            return
        try:
            effects = _effects_leverage(model, equation)
        except OptionError:  # too many groups
            effects = _leverage_of_zeros(model, equation)
        leverage = _projection_diagonal(equation, effects)
        singletons = np.zeros(len(leverage)) if effects is None else effects
        full = (1.0 - leverage < FULL_LEVERAGE) & (1.0 - singletons >= FULL_LEVERAGE)
        if not full.any():
            return
        influence = equation.x @ equation.bread
        shares = (influence[full] ** 2).sum(axis=0) / (influence**2).sum(axis=0)
        touched = [
            str(name)
            for name, share in zip(model.params.index, shares, strict=True)
            if share > 1e-12
        ]
        rows = listed(f"({_row_name(row)})" for row in equation.rows[full])
        warn_user(
            f"leverage of one in {rows}: a regressor of its own fits the row exactly, its residual "
            f"is zero, and cov={self.name!r} leaves its error out, so that the standard errors of "
            f"{listed(touched)} are too small; leave such rows out, or use cov='unadjusted' for "
            "these coefficients",
            InferenceWarning,
        )


@dataclass(frozen=True)
class LeverageCorrected(Covariance):
    """Sandwich with residuals over ``(1 - h)^power``, and no further factor."""

    power: float = 1.0

    def compute(self, model: FittedModel) -> tuple[pd.DataFrame, pd.Series | None]:
        """Compute the sandwich.

        Raises
        ------
        OptionError
            If a row has leverage one.
        """
        equation = estimating_equation(model)
        residuals = equation.residuals(model.params.to_numpy())
        leverage = leverages(equation, _effects_leverage(model, equation))
        values = _sandwich(equation, residuals, leverage, power=self.power)
        names = model.params.index
        return pd.DataFrame(values, index=names, columns=names), None

    def variance_function(
        self, model: FittedModel, equation: EstimatingEquation, influence: np.ndarray, j: int
    ) -> Variance:
        """Return the sum of squared residuals with the leverage of the regressors alone."""
        weights = influence**2 / (1.0 - leverages(equation)) ** (2.0 * self.power)
        return lambda e: np.asarray(weights @ e**2)


def _sandwich(
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


def _effects_leverage(model: FittedModel, equation: EstimatingEquation) -> np.ndarray | None:
    """Leverage of each row on the absorbed effects, shape (n,); None without effects."""
    if not model.kind.absorbs:
        return None
    weights = None if model.weights is None else model.weights.loc[equation.rows].to_numpy()
    return dummy_leverage(list(model.effect_codes.to_numpy().T), weights)


def _leverage_of_zeros(model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
    """Leverage on the effects of rows without residual, and zero for others, shape (n,).

    A row that is fitted exactly has no residual, so only those rows are asked, one by one.
    """
    residuals = np.abs(equation.solution[1])
    limit = _NO_RESIDUAL * np.sqrt((residuals**2).mean())
    weights = None if model.weights is None else model.weights.loc[equation.rows].to_numpy()
    remove = remover_of_effects(list(model.effect_codes.to_numpy().T), weights)
    leverage = np.zeros(len(residuals))
    for row in np.flatnonzero(residuals <= limit):
        unit = np.zeros((len(residuals), 1))
        unit[row] = 1.0
        leverage[row] = 1.0 - remove(unit)[row, 0]
    return leverage


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
    leverage = _projection_diagonal(equation, effects)
    if np.any(1.0 - leverage < FULL_LEVERAGE):
        row = _row_name(equation.rows[int(np.argmax(leverage))])
        raise OptionError(
            f"the row ({row}) has leverage one (a regressor or an effect of its own, which fits "
            "it exactly): HC2 and HC3 do not exist; leave such rows out (drop_singletons=True does "
            "so where effects fit them), or use cov='HC1'"
        )
    return leverage


def _row_name(row: object) -> str:
    """Labels of a row of the equation, as a reader would write them."""
    return ", ".join(shown(label) for label in (row if isinstance(row, tuple) else (row,)))


def _projection_diagonal(
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


ROBUST = Heteroskedastic(
    name="robust",
    other_words=("white", "hetero", "heteroskedastic"),
    linearmodels_name="robust",
)
HC0 = replace(ROBUST, name="HC0", other_words=(), debiased_default=False, counts_effects=False)
HC1 = replace(ROBUST, name="HC1", other_words=())
HC2 = LeverageCorrected(name="HC2", power=0.5)
HC3 = LeverageCorrected(name="HC3", power=1.0)
