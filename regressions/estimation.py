"""One estimation by linearmodels: its regressors, its order of rows, its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from regressions.coordinates import Coordinates
from regressions.covariances import Covariance
from regressions.covariances.clustered import count_clusters
from regressions.covariances.unadjusted import UNADJUSTED
from regressions.errors import AbsorbedError, CollinearityError, RegressionError, SampleError
from regressions.estimation_sample import EstimationSample
from regressions.estimators import Estimator
from regressions.fit_options import FitOptions
from regressions.groupings import describe_effects

__all__ = ["PreparedModel", "estimate", "needs_equation", "prepare_model", "translate_errors"]


@dataclass(frozen=True, eq=False)
class PreparedModel:
    """A model of linearmodels, with its regressors on the panel's own index.

    Attributes
    ----------
    model : linearmodels model
    exog : DataFrame, shape (n, k)
    coordinates : Coordinates
        The regressors as linearmodels has them.
    terms : mapping of str to tuple of str
    order : ndarray of int, shape (n,)
    place : MultiIndex, shape (n,)
        Order and index of the rows in linearmodels.
    """

    model: Any
    exog: pd.DataFrame
    coordinates: Coordinates
    terms: Mapping[str, tuple[str, ...]]
    order: np.ndarray
    place: pd.MultiIndex


def prepare_model(options: FitOptions, sample: EstimationSample) -> PreparedModel:
    """Make a model of linearmodels from a sample.

    Raises
    ------
    SampleError
        If the rows cannot identify the coefficients.
    CollinearityError, AbsorbedError
        If regressors are collinear, also with the estimator's own.
    """
    estimator, design = options.estimator, sample.design
    exog, terms = estimator.add_regressors(design.exog, design.terms)
    estimator.require_degrees_of_freedom(exog, sample)
    axes = estimator.linearmodels_index(exog.index, sample.effects, sample.calendar)
    order = np.lexsort((axes.codes[1], axes.codes[0]))
    place = axes[order]
    given = estimator.choose_coordinates(exog, sample)
    y = _reorder(design.endog.to_frame(), order, place)
    x = _reorder(given.exog, order, place)
    weights = None
    if sample.weights is not None:
        weights = _reorder(sample.weights.to_frame(), order, place)
    effect_codes = _reorder(sample.effect_codes, order, place)
    with translate_errors(estimator, sample.effects):
        model = estimator.linearmodels_model(y, x, weights, sample.effects, effect_codes)
    return PreparedModel(model, exog, given, terms, order, place)


def estimate(options: FitOptions, sample: EstimationSample, prepared: PreparedModel) -> Any:
    """Return the result of linearmodels."""
    count_clusters(sample.cluster_codes)
    choice: Covariance = options.covariance
    if needs_equation(options, sample):
        choice = replace(UNADJUSTED, debiased=choice.debiased)
    arguments = choice.fit_options(absorbs=options.estimator.absorbs)
    if choice.from_linearmodels and choice.clusters:
        arguments["clusters"] = _reorder(sample.cluster_codes, prepared.order, prepared.place)
    arguments |= options.estimator.fit_options(small_sample=options.small_sample)
    with translate_errors(options.estimator, sample.effects):
        return prepared.model.fit(**arguments)


def needs_equation(options: FitOptions, sample: EstimationSample) -> bool:
    """Whether a covariance comes from the estimating equation, not from linearmodels' result."""
    estimator, choice = options.estimator, options.covariance
    if choice.sums_over_lags and estimator.sums_over_calendar(sample, choice.name):
        return True
    return estimator.cuts_clusters(sample)


def _reorder(frame: pd.DataFrame, order: np.ndarray, place: pd.MultiIndex) -> pd.DataFrame:
    """Put rows in the order and on the index of linearmodels."""
    return frame.iloc[order].set_axis(place, axis=0)


@contextmanager
def translate_errors(estimator: Estimator, effects: tuple[str, ...]) -> Iterator[None]:
    """Say what linearmodels refuses in our words."""
    from linearmodels.panel.utility import AbsorbingEffectError

    try:
        yield
    except RegressionError:
        raise
    except np.linalg.LinAlgError as error:
        raise CollinearityError(
            f"the {estimator.name} model cannot be estimated: its transformed regressors are "
            "singular; leave out regressors that hardly vary"
        ) from error
    except ValueError as error:
        raise SampleError(f"the {estimator.name} model cannot be estimated: {error}") from error
    except AbsorbingEffectError as error:
        raise AbsorbedError(
            f"the {describe_effects(effects)} effects absorb regressors or leave them collinear; "
            "leave some of them out of the formula"
        ) from error
