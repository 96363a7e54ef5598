"""Coefficients and covariances from the transformed data of an estimate, nothing estimated again.

The covariance estimators are those of linearmodels, but for the kernel sums: those count lags by
the calendar of the panel, where linearmodels counts observed periods or rows. All work on the
least-squares equation in orthogonal combinations of its regressors, so that no digit is lost in
``(x'x)^-1``, and the result is carried back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from regressions.calendar import find_calendar
from regressions.coordinates import badly_conditioned, near_origin, orthogonal
from regressions.covariance import CovarianceChoice
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.errors import SampleError
from regressions.kernels import default_bandwidth, kernel_sum, sum_by_period
from regressions.model import FittedModel


def covariance_of(model: FittedModel, choice: CovarianceChoice) -> pd.DataFrame:
    """Covariance of the coefficients of a fitted model.

    Parameters
    ----------
    model : FittedModel
        Of an estimator that keeps the rows, or first differences, each in the cluster of its
        later row; its clusters are those of `choice`.
    choice : CovarianceChoice
        One that linearmodels has, or a kernel sum; the latter also for unweighted first
        differences.

    Returns
    -------
    DataFrame, shape (k, k)
        Without :meth:`CovarianceChoice.effects_factor`.

    Raises
    ------
    ValueError
        If linearmodels refuses the options.
    SampleError
        If the bandwidth is as long as the panel, or the panel has no calendar.
    """
    equation = estimating_equation(model)
    x, back = orthogonal(equation.x)
    names = model.params.index
    if choice.sums_over_lags:
        values = _kernel_covariance(model, equation, x, choice)
        return pd.DataFrame(back @ values @ back.T, index=names, columns=names)
    options = choice.fit_options(absorbs=False)
    if choice.clusters:
        options["clusters"] = model.cluster_codes.loc[equation.rows].to_numpy()
    entities, periods = (
        pd.factorize(equation.rows.get_level_values(level), sort=level == 1)[0][:, None]
        for level in (0, 1)
    )
    estimator = _covariance_estimator(options.pop("cov_type"))
    found = estimator(
        equation.y[:, None],
        x,
        _coefficients(equation, x)[:, None],
        entities,
        periods,
        **options,
    )
    return pd.DataFrame(back @ found.cov @ back.T, index=names, columns=names)


def _covariance_estimator(name: str) -> Any:
    """Return the class of linearmodels for a name of its ``cov_type``."""
    from linearmodels.panel import covariance

    return {
        "unadjusted": covariance.HomoskedasticCovariance,
        "robust": covariance.HeteroskedasticCovariance,
        "clustered": covariance.ClusteredCovariance,
    }[name]


def _kernel_covariance(
    model: FittedModel, equation: EstimatingEquation, x: np.ndarray, choice: CovarianceChoice
) -> np.ndarray:
    """Sandwich of a kernel sum over the lags of the calendar, shape (k, k)."""
    groups, positions = calendar_codes(model, equation)
    n, k = x.shape
    scores = x * (equation.y - x @ _coefficients(equation, x))[:, None]
    bandwidth = bandwidth_of(choice.bandwidth, positions)
    if choice.name == "driscoll-kraay":
        span = int(np.ptp(positions)) + 1
        if bandwidth >= span:
            raise SampleError(
                f"the bandwidth of cov='driscoll-kraay', {bandwidth}, must be below the number of "
                f"periods, {span}: give a smaller bandwidth"
            )
        scores, positions = sum_by_period(scores, positions)
        groups = np.zeros(len(positions), dtype=np.intp)
    meat = kernel_sum(scores, groups, positions, choice.kernel, bandwidth)
    bread = np.linalg.inv(x.T @ x)
    covariance = bread @ meat @ bread * (n / (n - k if choice.is_debiased else n))
    return np.asarray((covariance + covariance.T) / 2)


def calendar_codes(
    model: FittedModel, equation: EstimatingEquation
) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the entities, and places in the calendar, of the rows of an equation.

    Raises
    ------
    SampleError
        If the panel has no calendar.
    """
    rows = equation.rows
    calendar = find_calendar(rows) if model.calendar is None else model.calendar
    return (
        pd.factorize(rows.get_level_values(0))[0],
        calendar.positions(rows.get_level_values(1)),
    )


def bandwidth_of(bandwidth: int | None, positions: np.ndarray) -> int:
    """Lags of the kernel; by default those for the number of periods that are observed."""
    return default_bandwidth(len(np.unique(positions))) if bandwidth is None else bandwidth


def refine_estimate(model: FittedModel) -> FittedModel:
    """Estimate a random-effects model again from its theta where its regressors lose digits.

    Parameters
    ----------
    model : FittedModel
        "random" or "mundlak".

    Returns
    -------
    FittedModel
        The same model if its quasi-demeaned regressors are well conditioned; otherwise one with
        other coefficients, residuals and fitted values. The covariance is left alone.
    """
    equation = estimating_equation(model)
    if not equation.x.any(axis=0).all() or not badly_conditioned(equation.x):
        return model  # an exact fit has theta one and takes the constant away
    near = near_origin(model.exog)
    equation = estimating_equation(replace(model, exog=near.exog))
    x, back = orthogonal(equation.x)
    coefficients = _coefficients(equation, x)
    params = pd.Series(
        near.back @ (back @ coefficients), index=model.params.index, name=model.params.name
    )
    resids = pd.Series(equation.y - x @ coefficients, index=equation.rows, name=model.resids.name)
    fitted = (model.exog @ params).rename(model.fitted.name)
    return replace(model, params=params, resids=resids, fitted=fitted)


def _coefficients(equation: EstimatingEquation, x: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(x, equation.y, rcond=None)[0]
