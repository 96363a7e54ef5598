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

from regressions.covariance import CLUSTERED_COVARIANCES, CovarianceChoice
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.errors import InferenceWarning, OptionError
from regressions.names import INTERCEPT
from regressions.sample import listed
from regressions.sandwich import FULL_LEVERAGE, effects_leverage, projection_diagonal, row_name
from regressions.user_warnings import warn_user

if TYPE_CHECKING:
    from regressions.model import FittedModel

EXACT_FIT = 1e-13
"""Residuals of this share of the dependent variable, or less, are rounding alone."""

CANCELLED = 1e-7
"""Sums of scores of this share of their norm, or less, are rounding alone."""

_MOST_CANCELLED = 1e-2
_DIGITS_LOST = 64 * np.finfo(float).eps


def judge_covariance(model: FittedModel, choice: CovarianceChoice) -> FittedModel:
    """Leave out variances that are rounding, and say why they are missing.

    Parameters
    ----------
    model : FittedModel
    choice : CovarianceChoice
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
    if choice.name in ("robust", "HC0", "HC1") and not reasons:
        _warn_of_full_leverage(model, choice)
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


def _reasons(model: FittedModel, choice: CovarianceChoice) -> dict[str, str]:
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
            reasons[name] = _negative(choice)
        elif model.df_by_param is not None and not model.df_t[name] > 0:
            reasons[name] = "no degrees of freedom are left for it"
    return reasons


def _warn_of_full_leverage(model: FittedModel, choice: CovarianceChoice) -> None:
    """Name rows that a regressor of their own fits exactly: their error is in no variance."""
    try:
        equation = estimating_equation(model)
    except OptionError:  # weighted means and differences: their equation has no agreed form
        return
    effects = effects_leverage(model, equation)
    leverage = projection_diagonal(equation, effects)
    singletons = np.zeros(len(leverage)) if effects is None else effects
    full = (1.0 - leverage < FULL_LEVERAGE) & (1.0 - singletons >= FULL_LEVERAGE)
    if not full.any():
        return
    influence = equation.x @ equation.bread
    shares = (influence[full] ** 2).sum(axis=0) / (influence**2).sum(axis=0)
    touched = [str(n) for n, share in zip(model.params.index, shares, strict=True) if share > 1e-12]
    rows = listed(f"({row_name(row)})" for row in equation.rows[full])
    warn_user(
        f"leverage of one in {rows}: a regressor of its own fits the row exactly, its residual is "
        f"zero, and cov={choice.name!r} leaves its error out, so that the standard errors of "
        f"{listed(touched)} are too small; leave such rows out, or use cov='unadjusted' for these "
        "coefficients",
        InferenceWarning,
    )


def fits_exactly(model: FittedModel) -> bool:
    """Whether the residuals of a model are rounding alone."""
    residual = np.sqrt(np.mean(model.resids.to_numpy(dtype=float) ** 2))
    parts = model.exog.to_numpy(dtype=float) * model.params.to_numpy(dtype=float)
    sizes = [np.sqrt(np.mean(model.endog.to_numpy(dtype=float) ** 2))]
    sizes += list(np.sqrt((parts**2).mean(axis=0)))
    return bool(residual <= EXACT_FIT * max(sizes))


def _cancelled(model: FittedModel, choice: CovarianceChoice, variances: np.ndarray) -> list[str]:
    """Name, for each coefficient, the groups in which its scores cancel; empty if none."""
    none = [""] * len(variances)
    if not choice.clusters and not choice.sums_over_lags:
        return none
    try:
        equation = estimating_equation(model)
    except OptionError:  # weighted means and differences: their equation has no agreed form
        return none
    residuals = equation.residuals(model.params.to_numpy(dtype=float))
    scores = (equation.x @ equation.bread) * residuals[:, None]
    share = max(CANCELLED, _DIGITS_LOST * _digits_at_risk(model, equation, residuals))
    floor = min(share, _MOST_CANCELLED) ** 2 * (scores**2).sum(axis=0)
    sums = {_sum_of(choice): variances}
    if choice.name == "clustered" and not model.kind.averages:
        codes = model.cluster_codes.loc[equation.rows]
        sums = {
            f"cluster of {name!r}": (
                pd.DataFrame(scores).groupby(codes[name].to_numpy()).sum() ** 2
            )
            .sum()
            .to_numpy()
            for name in codes.columns
        }
    return [
        " and ".join(what for what, sizes in sums.items() if abs(sizes[j]) <= floor[j])
        for j in range(len(variances))
    ]


def _digits_at_risk(
    model: FittedModel, equation: EstimatingEquation, residuals: np.ndarray
) -> float:
    """Size of the data before means were taken out of them, over their size after."""
    slopes = np.asarray(model.exog.columns != INTERCEPT)
    before = np.abs(model.exog.to_numpy(dtype=float)[:, slopes]).max(axis=0)
    seen = equation.x[:, slopes]
    after = np.sqrt(((seen - seen.mean(axis=0)) ** 2).mean(axis=0)) if seen.size else before
    outcome = np.abs(model.endog.to_numpy(dtype=float)).max() / np.sqrt(np.mean(residuals**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.nanmax([outcome, *(before / after)]))


def _sum_of(choice: CovarianceChoice) -> str:
    if choice.sums_over_lags:
        return "period" if choice.name == "driscoll-kraay" else "entity"
    return "cluster of " + " and ".join(repr(name) for name in choice.clusters)


def _why(model: FittedModel, groups: str) -> str:
    by_time = groups == "period" or "'time'" in groups or f"{model.exog.index.names[1]!r}" in groups
    if by_time and model.n_periods == 2 and model.effects is not None:
        return ", as they do with effects and two periods"
    return ", so nothing is left to estimate its variance from"


def _negative(choice: CovarianceChoice) -> str:
    if len(choice.clusters) > 1:
        return "a two-way clustered covariance need not be positive"
    if choice.sums_over_lags:
        return f"a {choice.kernel} sum over lags need not be positive in a finite sample"
    return "the regressors are so nearly collinear that rounding decides what should be positive"


def rank_limit(model: FittedModel) -> int | None:
    """Largest number of restrictions that the covariance of a model can test at once.

    Scores add up to zero over the sample, so sums over G clusters or T periods have a rank of at
    most G - 1 or T - 1; under two-way clustering the limits add up.

    Returns
    -------
    int or None
        None where clusters and periods set no limit.
    """
    if model.cov in CLUSTERED_COVARIANCES:
        return sum(count - 1 for count in model.clusters.values())
    if model.cov == "driscoll-kraay":
        return int(model.df_inference)
    return None


def no_covariance(model: FittedModel, names: pd.Index) -> str:
    """Say which of some coefficients have no standard error, and why; empty if all have one."""
    missing = [str(name) for name in names if str(name) in model.missing_inference]
    if not missing:
        return ""
    return f"no test: {', '.join(missing)} without standard error, since " + (
        "; ".join(dict.fromkeys(model.missing_inference[name] for name in missing))
    )
