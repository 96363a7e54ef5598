"""From an estimation by linearmodels to a fitted model with the covariance that was asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from regressions.covariances.clustered import count_clusters
from regressions.degenerate import judge_covariance
from regressions.degrees_of_freedom import effects_rank
from regressions.estimation import PreparedModel, estimate, needs_equation, translate_errors
from regressions.estimation_sample import EstimationSample
from regressions.estimators.estimator import count_slopes
from regressions.fit_options import FitOptions
from regressions.groupings import describe_effects, grouping_codes
from regressions.model import DesignSpec, FittedModel
from regressions.names import INTERCEPT

__all__ = ["change_covariance", "fit_prepared"]


def fit_prepared(
    formula: str, options: FitOptions, sample: EstimationSample, prepared: PreparedModel
) -> FittedModel:
    """Estimate a prepared model and put its covariance on it."""
    result = estimate(options, sample, prepared)
    model = _assemble_model(formula, options, sample, prepared, result)
    choice = options.covariance
    refined = options.estimator.refine(model)
    # linearmodels takes entities for periods under time effects
    turned = options.estimator.is_gls and sample.effects == ("time",) and choice.sums_over_lags
    own = refined is not model or turned or needs_equation(options, sample)
    if own or not choice.from_linearmodels:
        return _cover_from_equation(options, sample, refined)
    return judge_covariance(model, choice)


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
    options: FitOptions, sample: EstimationSample, model: FittedModel
) -> FittedModel:
    """Compute the covariance of a model from its equation."""
    choice = options.covariance
    with translate_errors(options.estimator, sample.effects):
        covariance, df = choice.compute(model)
    covariance *= _effects_factor(options, sample, model.exog.index, model.nobs, model.params)
    return judge_covariance(replace(model, covariance=covariance, df_by_param=df), choice)


def _assemble_model(
    formula: str,
    options: FitOptions,
    sample: EstimationSample,
    prepared: PreparedModel,
    result: Any,
) -> FittedModel:
    estimator, exog = options.estimator, prepared.exog
    rows = estimator.rows_used(result, exog.index, sample.effects, sample.calendar)
    used = exog.index if rows is None else rows
    kept = exog.index if estimator.differences else used
    exog, endog = exog.loc[kept], sample.design.endog.loc[kept]
    df_resid = _residual_df(result, sample.effect_codes.loc[kept], exog.columns)
    clustering = _clustering_fields(options, sample, used, kept, df_resid)
    params = prepared.coordinates.params(result.params)
    resids = pd.Series(
        result.resids.to_numpy(),
        name="residual",
        index=result.resids.index if rows is None else rows,
    )
    factor = _effects_factor(options, sample, kept, int(result.nobs), params)
    within, between = estimator.rsquared_by_entity(result, endog, exog @ params)
    return FittedModel(
        formula=formula,
        dependent=sample.design.dependent,
        estimator=estimator.name,
        effects=describe_effects(sample.effects),
        cov=options.covariance.name,
        label=options.label,
        params=params,
        covariance=prepared.coordinates.covariance(result.cov * factor),
        df_resid=df_resid,
        df_model=float(result.nobs) - df_resid,
        nobs=int(result.nobs),
        n_entities=int(kept.get_level_values(0).nunique()),
        n_periods=int(kept.get_level_values(1).nunique()),
        rsquared=float(result.rsquared),
        rsquared_within=within,
        rsquared_between=between,
        rsquared_overall=float(result.corr_squared_overall),
        resids=resids,
        fitted=(exog @ params).rename("fitted"),
        endog=endog,
        exog=exog,
        result=result,
        weights=None if sample.weights is None else sample.weights.loc[kept],
        **estimator.variance_components(result),
        covariance_words=options.covariance.describe(),
        **clustering,
        effect_codes=grouping_codes(sample.effect_codes.columns, sample.effect_codes.loc[kept]),
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
    clusters = count_clusters(sample.cluster_codes.loc[used])
    choice.warn(clusters, sample)
    periods = int(used.get_level_values(1).nunique())
    return {
        "clusters": clusters,
        "cluster_codes": sample.cluster_codes.loc[kept],
        "df_inference": choice.inference_df(df_resid, clusters, periods),
    }


def _residual_df(result: Any, effects: pd.DataFrame, names: pd.Index) -> float:
    """Rows less slopes and less the rank of the effects, which linearmodels takes for N + T - 1."""
    if effects.empty:
        return float(result.df_resid)
    return float(result.nobs - count_slopes(names) - effects_rank(effects.to_numpy().T))


def _effects_factor(
    options: FitOptions,
    sample: EstimationSample,
    kept: pd.MultiIndex,
    nobs: int,
    params: pd.Series,
) -> float:
    if not options.covariance.from_linearmodels:
        return 1.0
    return options.covariance.effects_factor(
        sample.effect_codes.loc[kept],
        sample.cluster_codes.loc[kept],
        nobs,
        len(params),
        INTERCEPT in params.index,
    )
