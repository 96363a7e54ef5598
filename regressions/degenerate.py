"""Standard errors that do not exist: what is left of a variance when rounding is taken away.

The robust variance of coefficient j sums products of its scores ``a_ij e_i``, with
``a = x (x'x)^-1``. Where the scores of every cluster or period cancel (entity effects with two
periods, clustered by period: the two sums are equal and add up to zero), or the residuals are zero,
the formula gives rounding, which looks like certainty. Each variance is therefore held against the
sum of squared scores, the variance of HC0, times the share that rounding can reach.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.covariances import Covariance
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.errors import InferenceWarning, OptionError
from regressions.names import INTERCEPT
from regressions.user_warnings import warn_user

if TYPE_CHECKING:
    from regressions.model import FittedModel

EXACT_FIT = 1e-13
"""Residuals of this share of the dependent variable, or less, are rounding alone."""

CANCELLED = 1e-7
"""Sums of scores of this share of their norm, or less, are rounding alone."""

_MOST_CANCELLED = 1e-2
DIGITS_LOST = 64 * np.finfo(float).eps
"""What the arithmetic of a score can lose, times the digits at risk."""


def judge_covariance(model: FittedModel, choice: Covariance) -> FittedModel:
    """Leave out variances that are rounding, and say why they are missing.

    Parameters
    ----------
    model : FittedModel
    choice : Covariance
        The covariance that the model has.

    Returns
    -------
    FittedModel
        The same model, or one whose covariance is NaN in the rows and columns of coefficients
        without standard error; `missing_inference` has the reason of each missing standard error.

    Warns
    -----
    InferenceWarning
        Naming the coefficients and the reason.
    """
    reasons = _reasons(model, choice)
    if not reasons:
        choice.warn_of_rows(model)
    if not reasons:
        return replace(model, missing_inference={}) if model.missing_inference else model
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        what = "negative variances of" if "be positive" in reason else "no standard errors of"
        warn_user(
            f"{what} {', '.join(names)} under {choice.describe()}: {reason}; their standard errors "
            "are left missing",
            InferenceWarning,
        )
    covariance = model.covariance.copy()
    none = [name for name in covariance.index if not covariance.loc[name, name] < 0]
    none = [name for name in none if str(name) in reasons]
    covariance.loc[none, :] = np.nan
    covariance.loc[:, none] = np.nan
    return replace(model, covariance=covariance, missing_inference=reasons)


def _reasons(model: FittedModel, choice: Covariance) -> dict[str, str]:
    """Say why each standard error that is missing, or must be, does not exist."""
    names = [str(name) for name in model.params.index]
    if fits_exactly(model):
        return dict.fromkeys(
            names, "the model fits exactly, so the residuals are rounding and tell no variance"
        )
    variances = np.diag(model.covariance.to_numpy())
    cancelled = _cancelled(model, choice, variances)
    reasons = {}
    for name, variance, groups in zip(names, variances, cancelled, strict=True):
        if not np.isfinite(variance):
            reasons[name] = "its computation met a division by zero"
        elif groups:
            reasons[name] = f"scores add up to zero within every {groups}" + _why(model, groups)
        elif variance < 0:
            reasons[name] = choice.negative_reason
        elif model.df_by_param is not None and not model.df_t[name] > 0:
            reasons[name] = "no degrees of freedom are left for it"
    return reasons


def fits_exactly(model: FittedModel) -> bool:
    """Whether the residuals of a model are rounding alone."""
    coefficients = np.abs(model.params.to_numpy(dtype=float))
    sizes = coefficients * [_root_mean_square(x) for x in model.exog.to_numpy(dtype=float).T]
    largest = max(_root_mean_square(model.endog.to_numpy(dtype=float)), *sizes)
    return bool(_root_mean_square(model.resids.to_numpy(dtype=float)) <= EXACT_FIT * largest)


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(values @ values / len(values)))


def _cancelled(model: FittedModel, choice: Covariance, variances: np.ndarray) -> list[str]:
    """Name, for each coefficient, the groups in which its scores cancel; empty if none."""
    none = [""] * len(variances)
    if not choice.is_clustered and not choice.sums_over_lags:
        return none
    try:
        equation = estimating_equation(model)
    except OptionError:  # weighted means and differences: their equation has no agreed form
        return none
    residuals = equation.residuals(model.params.to_numpy(dtype=float))
    scores = (equation.x @ equation.bread) * residuals[:, None]
    share = max(CANCELLED, DIGITS_LOST * _digits_at_risk(model, equation, residuals))
    floor = min(share, _MOST_CANCELLED) ** 2 * (scores**2).sum(axis=0)
    sums = choice.score_sums(model, equation, scores, variances)
    return [
        " and ".join(what for what, sizes in sums.items() if abs(sizes[j]) <= floor[j])
        for j in range(len(variances))
    ]


def _digits_at_risk(
    model: FittedModel, equation: EstimatingEquation, residuals: np.ndarray
) -> float:
    """Size of the data before means were taken out of them, over their size after."""
    slopes = np.asarray(model.exog.columns != INTERCEPT)
    values = model.exog.to_numpy(dtype=float)
    places = np.flatnonzero(slopes)  # column by column, which takes no memory for all of them
    before = np.array([np.abs(values[:, j]).max() for j in places])
    after = np.array([np.std(equation.x[:, j]) for j in places])
    outcome = np.abs(model.endog.to_numpy(dtype=float)).max() / np.sqrt(np.mean(residuals**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.nanmax([outcome, *(before / after)]))


def _why(model: FittedModel, groups: str) -> str:
    by_time = groups == "period" or "'time'" in groups or f"{model.exog.index.names[1]!r}" in groups
    if by_time and model.n_periods == 2 and model.effects is not None:
        return ", as they do with effects and two periods"
    return ", so nothing is left to estimate its variance from"


def no_covariance(model: FittedModel, names: pd.Index) -> str:
    """Say which of some coefficients have no standard error, and why; empty if all have one."""
    missing = [str(name) for name in names if str(name) in model.missing_inference]
    if not missing:
        return ""
    return f"no test: {', '.join(missing)} without standard error, since " + (
        "; ".join(dict.fromkeys(model.missing_inference[name] for name in missing))
    )
