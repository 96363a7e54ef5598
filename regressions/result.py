"""From an estimation, here or by linearmodels, to a fitted model with its covariance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from regressions import goodness
from regressions.coordinates import Coordinates
from regressions.covariances.clustered import count_clusters
from regressions.degenerate import judge_covariance
from regressions.equation import (
    EquationData,
    EstimatingEquation,
    equation_kept,
    estimating_equation,
)
from regressions.estimation import PreparedModel, estimate, needs_equation, translate_errors
from regressions.estimation_sample import EstimationSample
from regressions.estimators.estimator import count_slopes
from regressions.fit_options import FitOptions
from regressions.groupings import count_labels, describe_effects, grouping_codes, same_rows
from regressions.model import DesignSpec, FittedModel
from regressions.names import INTERCEPT

__all__ = ["change_covariance", "fit_prepared"]


@dataclass(frozen=True, eq=False)
class _Estimate:
    """What an estimation gives, by least squares here or by linearmodels.

    Attributes
    ----------
    params : Series, shape (k,)
        Coefficients of the regressors.
    resids : Series
    used, kept : MultiIndex
        Rows of the sample that have a residual, and rows that are needed for it.
    rsquared, df_resid : float
    covariance : DataFrame, shape (k, k)
        NaN where it is still to be computed.
    components : mapping
        Fields theta, sigma_u, sigma_e and rho of random effects.
    result : object or None
        Of linearmodels.
    """

    params: pd.Series
    resids: pd.Series
    used: pd.MultiIndex
    kept: pd.MultiIndex
    rsquared: float
    df_resid: float
    covariance: pd.DataFrame
    components: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None


def fit_prepared(
    formula: str, options: FitOptions, sample: EstimationSample, prepared: PreparedModel
) -> FittedModel:
    """Estimate a prepared model and put its covariance on it."""
    estimator, choice = options.estimator, options.covariance
    count_clusters(sample.cluster_codes)
    with equation_kept():
        if estimator.solves_equation:
            estimate = _solve_equation(options, sample, prepared)
            model = _assemble_model(formula, options, sample, prepared, estimate)
            return _cover_from_equation(options, sample, model, prepared.coordinates)
        estimate = _take_from_linearmodels(options, sample, prepared)
        model = _assemble_model(formula, options, sample, prepared, estimate)
        if needs_equation(options, sample) or not choice.from_linearmodels:
            return _cover_from_equation(options, sample, model)
        return judge_covariance(model, choice)


def _solve_equation(
    options: FitOptions, sample: EstimationSample, prepared: PreparedModel
) -> _Estimate:
    """Estimate by least squares on the equation of the estimator."""
    exog, given, weights = prepared.exog, prepared.coordinates, sample.weights
    known = sample.removed if given.exog is exog else None
    estimator = options.estimator
    with translate_errors(estimator):
        components = estimator.variance_components(
            sample, given.exog, small_sample=options.small_sample
        )
        equation = estimating_equation(
            EquationData(
                estimator, sample.design.endog, given.exog, weights, sample.effect_codes,
                describe_effects(sample.effects), components.get("theta"), known,
            )
        )  # fmt: skip
        coefficients, residuals = equation.solution
    if sample.removed is not None:
        sample.removed.forget()
    rsquared = _rsquared(options, sample, given.exog.to_numpy(), equation, residuals)
    names = exog.columns
    params = pd.Series(given.back @ equation.back @ coefficients, names, name="parameter")
    if weights is not None:
        residuals = residuals / np.sqrt(weights.to_numpy(dtype=float))
    df_resid = len(exog) - len(names)
    if not sample.effect_codes.empty:
        df_resid = len(exog) - count_slopes(names) - sample.effects_rank
    none = np.full((len(names), len(names)), np.nan)
    return _Estimate(
        params=params,
        resids=pd.Series(residuals, index=exog.index, name="residual", copy=False),
        used=exog.index,
        kept=exog.index,
        rsquared=rsquared,
        df_resid=float(df_resid),
        covariance=pd.DataFrame(none, index=names, columns=names),
        components=components,
    )


def _rsquared(
    options: FitOptions,
    sample: EstimationSample,
    exog: np.ndarray,
    equation: EstimatingEquation,
    residuals: np.ndarray,
) -> float:
    """R² of an equation: about the mean if the regressors contain a constant."""
    weights = sample.weights
    endog = sample.design.endog.to_numpy(dtype=float)
    if weights is None:
        root, size = np.ones(len(endog)), float(endog @ endog)
    else:
        root = np.sqrt(weights.to_numpy(dtype=float))
        size = float(((endog * root) ** 2).sum())
    constant: np.ndarray | None = root
    if INTERCEPT not in sample.design.exog.columns:
        beside = equation.project(root)[1]
        if options.estimator.is_gls:  # the constant, too, is less theta of itself
            beside = root - exog @ np.linalg.lstsq(exog, root, rcond=None)[0]
        constant = root if beside @ beside < 1e-18 * (root @ root) else None
    return goodness.rsquared_of_equation(equation.y, residuals, constant, size)


def _take_from_linearmodels(
    options: FitOptions, sample: EstimationSample, prepared: PreparedModel
) -> _Estimate:
    """Estimate by linearmodels."""
    estimator, index = options.estimator, prepared.exog.index
    result = estimate(options, sample, prepared.coordinates.exog)
    rows = estimator.rows_used(result, index, sample.effects, sample.calendar)
    used = index if rows is None else rows
    kept = index if estimator.differences else used
    count_clusters(sample.cluster_codes.loc[used])
    params = prepared.coordinates.params(result.params)
    factor = _effects_factor(options, sample, kept, int(result.nobs), params)
    return _Estimate(
        params=params,
        resids=pd.Series(
            result.resids.to_numpy(),
            name="residual",
            index=result.resids.index if rows is None else rows,
        ),
        used=used,
        kept=kept,
        rsquared=float(result.rsquared),
        df_resid=float(result.df_resid),
        covariance=prepared.coordinates.covariance(result.cov * factor),
        result=result,
    )


def change_covariance(
    options: FitOptions, sample: EstimationSample, estimated: FittedModel
) -> FittedModel:
    """Put another covariance on an estimated model."""
    rows = estimated.exog.index
    model = replace(
        estimated,
        cov=options.covariance.name,
        label=options.label,
        covariance_words=options.covariance.describe(),
        settings=options.words,
        **_clustering_fields(options, sample, rows, rows, estimated.df_resid),
        df_by_param=None,
        missing_inference={},
    )
    return _cover_from_equation(options, sample, model)


def _cover_from_equation(
    options: FitOptions,
    sample: EstimationSample,
    model: FittedModel,
    given: Coordinates | None = None,
) -> FittedModel:
    """Compute the covariance of a model from its equation, in given coordinates if it can be."""
    choice = options.covariance
    turned = given is not None and given.exog is not model.exog and choice.from_linearmodels
    with translate_errors(options.estimator):
        if given is not None and turned:
            covariance, df = choice.compute(replace(model, exog=given.exog))
            covariance = given.covariance(covariance)
        else:
            covariance, df = choice.compute(model)
    covariance *= _effects_factor(options, sample, model.exog.index, model.nobs, model.params)
    return judge_covariance(replace(model, covariance=covariance, df_by_param=df), choice)


def _assemble_model(
    formula: str,
    options: FitOptions,
    sample: EstimationSample,
    prepared: PreparedModel,
    estimate: _Estimate,
) -> FittedModel:
    estimator, kept = options.estimator, estimate.kept
    exog, endog, weights = prepared.exog, sample.design.endog, sample.weights
    codes = sample.effect_codes
    if not same_rows(kept, exog.index):
        exog, endog = exog.loc[kept], endog.loc[kept]
        weights = None if weights is None else weights.loc[kept]
        codes = grouping_codes(codes.columns, codes.loc[kept])
    clustering = _clustering_fields(options, sample, estimate.used, kept, estimate.df_resid)
    params, nobs = estimate.params, len(estimate.resids)
    prediction = exog.to_numpy() @ params.to_numpy()
    fitted = pd.Series(prediction, index=exog.index, name="fitted", copy=False)
    return FittedModel(
        formula=formula,
        dependent=sample.design.dependent,
        estimator=estimator.name,
        effects=describe_effects(sample.effects),
        cov=options.covariance.name,
        label=options.label,
        params=params,
        covariance=estimate.covariance,
        df_resid=estimate.df_resid,
        df_model=nobs - estimate.df_resid,
        nobs=nobs,
        n_entities=count_labels(kept, 0),
        n_periods=count_labels(kept, 1),
        rsquared=estimate.rsquared,
        resids=estimate.resids,
        fitted=fitted,
        endog=endog,
        exog=exog,
        estimated=estimate.result,
        weights=weights,
        **estimate.components,
        covariance_words=options.covariance.describe(),
        **clustering,
        effect_codes=codes,
        effect_groups=sample.groups_on(kept),
        dropped=sample.dropped,
        lost_to_lags=sample.lost_to_lags,
        dropped_regressors=sample.dropped_regressors,
        singletons=sample.singletons,
        terms=prepared.terms,
        calendar=sample.calendar,
        settings=options.words,
        design_spec=DesignSpec(sample.design.spec, sample.left_columns, sample.shadowed),
    )


def _clustering_fields(
    options: FitOptions,
    sample: EstimationSample,
    used: pd.MultiIndex,
    kept: pd.MultiIndex,
    df_resid: float,
) -> dict[str, Any]:
    """Clusters of the rows that are used and kept, and the degrees of freedom of t."""
    choice = options.covariance
    codes = sample.cluster_codes
    clusters = count_clusters(codes if same_rows(used, codes.index) else codes.loc[used])
    choice.warn(clusters, sample)
    periods = count_labels(used, 1)
    return {
        "clusters": clusters,
        "cluster_codes": codes if same_rows(kept, codes.index) else codes.loc[kept],
        "df_inference": choice.inference_df(df_resid, clusters, periods),
    }


def _effects_factor(
    options: FitOptions,
    sample: EstimationSample,
    kept: pd.MultiIndex,
    nobs: int,
    params: pd.Series,
) -> float:
    if not options.covariance.from_linearmodels or sample.effect_codes.empty:
        return 1.0
    clusters = sample.cluster_codes
    if not same_rows(kept, clusters.index):
        clusters = clusters.loc[kept]
    counted = options.covariance.counted_effects(
        sample.effect_codes.to_numpy().T, clusters.to_numpy().T, sample.effects_rank
    )
    return options.covariance.counted_factor(counted, nobs, len(params), INTERCEPT in params.index)
