"""A fitted model as arrays: the estimation sample in panel order, with integer codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diagnostics.errors import DiagnosticError
from regressions import SampleError
from regressions.calendar import Calendar, find_calendar
from regressions.names import INTERCEPT

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = [
    "ROUNDING",
    "PanelSample",
    "calendar_positions",
    "is_weighted",
    "panel_sample",
    "require_model",
    "require_same_sample",
    "same_entity_as_previous",
]

ROUNDING = 1e-24
"""Residuals whose squares are this share of those of y, or less, are rounding alone."""

_NEEDED = ("estimator", "effects", "endog", "exog", "resids", "weights", "effect_codes", "calendar")


@dataclass(frozen=True, eq=False)
class PanelSample:
    """Estimation sample of a fitted model, rows sorted by entity, then period.

    Attributes
    ----------
    y : ndarray (n,)
        Dependent variable.
    X : ndarray (n, k)
        Regressors, the constant included.
    resid : ndarray (n,)
        Residuals as the model gives them.
    names : tuple of str
        Columns of `X`.
    entity, period : ndarray of int (n,)
        Codes into `entities` and `periods`.
    entities, periods : pandas.Index
        Labels, sorted where they can be.
    calendar : regressions.calendar.Calendar
        How periods follow each other, as found in the panel that was given to the model.
    effects : tuple of ndarray of int (n,)
        Codes of the effects the model absorbs; empty when it absorbs none.
    """

    y: NDArray[np.float64]
    X: NDArray[np.float64]
    resid: NDArray[np.float64]
    names: tuple[str, ...]
    entity: NDArray[np.intp]
    period: NDArray[np.intp]
    entities: pd.Index
    periods: pd.Index
    calendar: Calendar
    effects: tuple[NDArray[np.intp], ...] = ()

    @property
    def n(self) -> int:
        """Number of observations."""
        return self.y.size

    @property
    def n_entities(self) -> int:
        """Number of entities."""
        return len(self.entities)

    @property
    def n_periods(self) -> int:
        """Number of distinct periods."""
        return len(self.periods)

    @property
    def lengths(self) -> NDArray[np.intp]:
        """Observations per entity, T_i, shape (N,)."""
        return np.bincount(self.entity, minlength=self.n_entities)

    @property
    def balanced(self) -> bool:
        """Whether every entity is observed in every period."""
        return self.n == self.n_entities * self.n_periods

    @cached_property
    def position(self) -> NDArray[np.int64]:
        """Place of each row in the calendar: the next period is one further, shape (n,).

        Raises
        ------
        DiagnosticError
            If the periods cannot be understood as a calendar.
        """
        return calendar_positions(self.calendar, self.periods)[self.period]

    @property
    def gaps(self) -> int:
        """Number of places where an entity skips at least one period."""
        return int(np.sum(same_entity_as_previous(self.entity) & (np.diff(self.position) != 1)))

    @property
    def slopes(self) -> list[int]:
        """Columns of `X` that are not the constant."""
        return [j for j, name in enumerate(self.names) if name != INTERCEPT]


def same_entity_as_previous(entity: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether row i + 1 belongs to the entity of row i, shape (n - 1,)."""
    return entity[1:] == entity[:-1]


def panel_sample(
    model: FittedModel,
    test: str,
    *,
    estimators: tuple[str, ...] = ("pooled", "fixed", "random"),
    weighted: bool = False,
    exact: bool = False,
) -> PanelSample:
    """Arrays of a fitted model, after checking that the test can take that model.

    Parameters
    ----------
    model : regressions.FittedModel
        The model to be tested.
    test : str
        Name of the test, for messages.
    estimators : tuple of str
        Estimators the test is defined for.
    weighted : bool
        Whether the test is defined for weighted models.
    exact : bool
        Whether a model that fits exactly will do, because residuals are not looked at.

    Raises
    ------
    DiagnosticError
        If `model` is not a fitted model, is of another estimator, is weighted where the test is
        not defined for weights, has values that are not finite, or fits exactly.
    """
    require_model(model, test, estimators)
    if not weighted and is_weighted(model):
        raise DiagnosticError(
            f"{test} has no accepted definition for a weighted model; "
            "fit the model without weights to use it"
        )
    index = model.endog.index
    if not isinstance(index, pd.MultiIndex) or index.nlevels != 2:
        raise DiagnosticError(f"{test} needs a sample indexed by (entity, period)")
    entity, entities = _number_labels(index.get_level_values(0))
    period, periods = _number_labels(index.get_level_values(1))
    order = np.lexsort((period, entity))
    y = np.asarray(model.endog, dtype=float)[order]
    X = np.asarray(model.exog, dtype=float)[order]
    resid = np.asarray(model.resids.reindex(index), dtype=float)[order]
    of_rows = model.resids.index.nlevels == 2  # those of a between model belong to groups
    seen = [y, X, resid] if of_rows or not exact else [y, X]
    if not all(np.isfinite(values).all() for values in seen):
        raise DiagnosticError(
            f"{test} met values that are not finite in the estimation sample; "
            "drop those rows before fitting"
        )
    if not exact and resid @ resid <= ROUNDING * (y @ y):
        raise DiagnosticError(f"{test} needs residuals; the model fits exactly")
    return PanelSample(
        y=y,
        X=X,
        resid=resid,
        names=tuple(str(c) for c in model.exog.columns),
        entity=entity[order],
        period=period[order],
        entities=entities,
        periods=periods,
        calendar=find_calendar(index) if model.calendar is None else model.calendar,
        effects=tuple(codes[order] for codes in model.effect_codes.to_numpy(dtype=np.intp).T),
    )


def require_model(model: Any, test: str, estimators: tuple[str, ...]) -> None:
    """Raise unless `model` is a fitted model of one of the given estimators."""
    if not all(hasattr(model, name) for name in _NEEDED):
        raise DiagnosticError(
            f"{test} takes a model fitted by regressions.fit, not {type(model).__name__}"
        )
    if model.estimator not in estimators:
        raise DiagnosticError(
            f"{test} is defined for a {' or '.join(estimators)} model; "
            f"this one is {model.estimator!r}"
        )


def require_same_sample(models: Sequence[FittedModel], test: str) -> None:
    """Raise unless all models were fitted on the same rows of the same dependent variable."""
    first = models[0]
    for other in models[1:]:
        a, b = first.endog.index, other.endog.index
        only_a, only_b = len(a.difference(b)), len(b.difference(a))
        if only_a or only_b:
            raise DiagnosticError(
                f"{test} needs equal samples: the {first.estimator} model has {len(a)} "
                f"observations, the {other.estimator} model {len(b)}; {only_a} are only in the "
                f"first and {only_b} only in the second. Fit both on the same rows"
            )
        if not np.allclose(first.endog, other.endog.reindex(a), rtol=1e-12, atol=0):
            raise DiagnosticError(
                f"{test} needs the same dependent variable: the values of "
                f"{first.dependent!r} and {other.dependent!r} differ"
            )


def is_weighted(model: FittedModel) -> bool:
    """Whether the model was fitted with weights that differ between observations."""
    if model.weights is None:
        return False
    weights = np.asarray(model.weights, dtype=float)
    return bool(weights.size) and not np.allclose(weights, weights.flat[0], rtol=1e-12, atol=0)


def calendar_positions(calendar: Calendar, periods: pd.Index) -> NDArray[np.int64]:
    """Place of each period in a calendar, shape (T,).

    Raises
    ------
    DiagnosticError
        If the periods cannot be understood as a calendar.
    """
    try:
        return calendar.positions(periods)
    except SampleError as error:
        raise DiagnosticError(str(error)) from error


def _number_labels(labels: pd.Index) -> tuple[NDArray[np.intp], pd.Index]:
    try:
        codes, uniques = pd.factorize(labels, sort=True)
    except TypeError:  # labels of mixed kinds have no order
        codes, uniques = pd.factorize(labels)
    return codes, pd.Index(uniques)
