"""Regressors prepared for an estimator, and one estimation by linearmodels in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.calendar import find_calendar
from regressions.coordinates import Coordinates
from regressions.covariances.unadjusted import UNADJUSTED
from regressions.design import Design
from regressions.errors import AbsorbedError, CollinearityError, RegressionError, SampleError
from regressions.estimation_sample import EstimationSample
from regressions.estimators import Estimator
from regressions.fit_options import FitOptions
from regressions.groupings import describe_effects

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = [
    "PreparedModel",
    "estimate",
    "linearmodels_result",
    "needs_equation",
    "prepare_model",
    "translate_errors",
]


@dataclass(frozen=True, eq=False)
class PreparedModel:
    """The regressors of an estimator, checked and in coordinates that keep their digits.

    Attributes
    ----------
    exog : DataFrame, shape (n, k)
    coordinates : Coordinates
        The regressors as they are estimated on.
    terms : mapping of str to tuple of str
    """

    exog: pd.DataFrame
    coordinates: Coordinates
    terms: Mapping[str, tuple[str, ...]]


def prepare_model(options: FitOptions, sample: EstimationSample) -> PreparedModel:
    """Prepare the regressors of a sample for the estimator.

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
    return PreparedModel(exog, estimator.choose_coordinates(exog, sample), terms)


def estimate(options: FitOptions, sample: EstimationSample, exog: pd.DataFrame) -> Any:
    """Return the result of linearmodels.

    Parameters
    ----------
    options : FitOptions
    sample : EstimationSample
    exog : DataFrame, shape (n, k)
        Regressors in the estimator's coordinates.
    """
    estimator, choice = options.estimator, options.covariance
    axes = estimator.linearmodels_index(exog.index, sample.effects, sample.calendar)
    order = np.lexsort((axes.codes[1], axes.codes[0]))
    place = axes[order]
    weights = None
    if sample.weights is not None:
        weights = _reorder(sample.weights.to_frame(), order, place)
    if needs_equation(options, sample):
        choice = replace(UNADJUSTED, debiased=choice.debiased)
    arguments = choice.fit_options(absorbs=estimator.absorbs)
    if choice.from_linearmodels and choice.clusters:
        arguments["clusters"] = _reorder(sample.cluster_codes, order, place)
    arguments |= estimator.fit_options(small_sample=options.small_sample)
    from linearmodels.panel.utility import AbsorbingEffectError

    with translate_errors(estimator):
        try:
            model = estimator.linearmodels_model(
                _reorder(sample.design.endog.to_frame(), order, place),
                _reorder(exog, order, place),
                weights,
                sample.effects,
                _reorder(sample.effect_codes, order, place),
            )
            return model.fit(**arguments)
        except AbsorbingEffectError as error:
            raise AbsorbedError(
                f"the {describe_effects(sample.effects)} effects absorb regressors or leave them "
                "collinear; leave some of them out of the formula"
            ) from error


def linearmodels_result(model: FittedModel) -> Any:
    """Estimate a model again by linearmodels, whose result has methods of its own."""
    from regressions.fit_options import read_options

    options = read_options(model.settings)
    design = Design(
        model.dependent, model.endog, model.exog, np.zeros(0, dtype=bool), dict(model.terms), None
    )
    sample = EstimationSample(
        design=design,
        calendar=find_calendar(model.exog.index) if model.calendar is None else model.calendar,
        weights=model.weights,
        effects=tuple(map(str, model.effect_codes.columns)) or options.effects,
        cluster_codes=model.cluster_codes,
        effect_codes=model.effect_codes,
        effect_groups=model.effect_groups,
        dropped=model.dropped,
        lost_to_lags=model.lost_to_lags,
        dropped_regressors=model.dropped_regressors,
        singletons=model.singletons,
        left_columns=(),
        shadowed=(),
    )
    exog = model.kind.choose_coordinates(model.exog, sample).exog
    return estimate(options, sample, exog)


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
def translate_errors(estimator: Estimator) -> Iterator[None]:
    """Say what numpy and linearmodels refuse in our words."""
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
