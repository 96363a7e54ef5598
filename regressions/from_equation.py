"""Coefficients and covariances from the transformed data of an estimate, nothing estimated again.

The covariance estimators are those of linearmodels. They are given the least-squares equation in
orthogonal combinations of its regressors, so that no digit is lost in ``(x'x)^-1``, and the result
is carried back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel.covariance import (
    ACCovariance,
    ClusteredCovariance,
    DriscollKraay,
    HeteroskedasticCovariance,
    HomoskedasticCovariance,
)

from regressions.coordinates import badly_conditioned, orthogonal
from regressions.covariance import CovarianceChoice
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.model import FittedModel

EQUATIONS = ("pooled", "fixed", "random", "mundlak")
"""Estimators whose rows are those of the sample."""

_ESTIMATORS: dict[str, Any] = {
    "unadjusted": HomoskedasticCovariance,
    "robust": HeteroskedasticCovariance,
    "clustered": ClusteredCovariance,
    "driscoll-kraay": DriscollKraay,
    "ac": ACCovariance,
}


def covariance_of(model: FittedModel, choice: CovarianceChoice) -> pd.DataFrame:
    """Covariance of the coefficients of a fitted model.

    Parameters
    ----------
    model : FittedModel
        Of an estimator among :data:`EQUATIONS`; its clusters are those of `choice`.
    choice : CovarianceChoice
        One that linearmodels has.

    Returns
    -------
    DataFrame, shape (k, k)
        Without :meth:`CovarianceChoice.effects_factor`.

    Raises
    ------
    ValueError
        If linearmodels refuses the options, such as a bandwidth as long as the sample.
    """
    equation = estimating_equation(model)
    x, back = orthogonal(equation.x)
    options = choice.fit_options(absorbs=False)
    if choice.clusters:
        options["clusters"] = model.cluster_codes.loc[equation.rows].to_numpy()
    entities, periods = (
        pd.factorize(equation.rows.get_level_values(level), sort=level == 1)[0][:, None]
        for level in (0, 1)
    )
    found = _ESTIMATORS[options.pop("cov_type")](
        equation.y[:, None],
        x,
        _coefficients(equation, x)[:, None],
        entities,
        periods,
        **options,
    )
    names = model.params.index
    return pd.DataFrame(back @ found.cov @ back.T, index=names, columns=names)


def refined(model: FittedModel) -> FittedModel:
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
    x, back = orthogonal(equation.x)
    coefficients = _coefficients(equation, x)
    params = pd.Series(back @ coefficients, index=model.params.index, name=model.params.name)
    resids = pd.Series(equation.y - x @ coefficients, index=equation.rows, name=model.resids.name)
    fitted = (model.exog @ params).rename(model.fitted.name)
    return replace(model, params=params, resids=resids, fitted=fitted)


def _coefficients(equation: EstimatingEquation, x: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(x, equation.y, rcond=None)[0]
