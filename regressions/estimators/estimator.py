"""What an estimator knows and does: the value that all others ask instead of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.coordinates import Coordinates, coordinates
from regressions.equation import EstimatingEquation
from regressions.errors import InferenceWarning, OptionError, SampleError
from regressions.groupings import describe_effects, effect_level, means_by_level
from regressions.names import INTERCEPT, given_names
from regressions.user_warnings import warn_user
from regressions.within import WithoutEffects, dependent_columns

if TYPE_CHECKING:
    from regressions.calendar import Calendar
    from regressions.estimation_sample import EstimationSample
    from regressions.model import FittedModel

__all__ = ["TWO_WAY", "Estimator", "Terms", "count_slopes"]

TWO_WAY = ("twoway", "two-way")
"""Spellings of entity and time effects."""

Terms = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Estimator:
    """An estimator of panel models; subclasses say how theirs differs from least squares.

    Attributes
    ----------
    name : str
        As users write it.
    title : str
        Head of a summary.
    other_words : tuple of str
        Names in other programs, which errors translate.
    linearmodels_class : str
        Its model in linearmodels' ``panel``.
    default_effects, allowed_effects : tuple of str
    takes_small_sample, takes_drop_singletons : bool
        Options that go with it.
    why_no_weights : str
        Why it takes no weights; empty if it takes them.
    absorbs : bool
        Whether effects are swept out of the regressors and count as parameters.
    is_gls : bool
        Whether a first stage estimates the weight of the effects (theta).
    averages : bool
        Whether its equation has one row per group.
    differences : bool
        Whether its equation has differences between periods.
    constant_free : bool
        Whether adding a number to a regressor leaves its coefficient alone.
    """

    name: str
    title: str
    other_words: tuple[str, ...] = ()
    linearmodels_class: str = ""
    default_effects: tuple[str, ...] = ()
    allowed_effects: tuple[str, ...] = ()
    takes_small_sample: bool = False
    takes_drop_singletons: bool = False
    why_no_weights: str = ""
    absorbs: bool = False
    is_gls: bool = False
    averages: bool = False
    differences: bool = False
    constant_free: bool = False

    @property
    def keeps_rows(self) -> bool:
        """Whether the rows of its equation are those of the sample."""
        return not (self.averages or self.differences)

    @property
    def solves_equation(self) -> bool:
        """Whether least squares on its equation is the estimate; else linearmodels estimates."""
        return self.keeps_rows

    # options

    def check_effects(self, effects: str | Sequence[str] | None) -> tuple[str, ...]:
        """Read the option `effects`.

        Raises
        ------
        OptionError
            If the estimator does not take them.
        """
        if effects is None:
            return self.default_effects
        names = given_names(effects, "effects")
        if any(name.lower() in TWO_WAY for name in names):
            both = [("entity", "time") if n.lower() in TWO_WAY else (n,) for n in names]
            names = tuple(name for part in both for name in part)
        self.require_effects(names, effects)
        return names

    def require_effects(self, names: tuple[str, ...], given: object) -> None:
        """Refuse effects that the estimator does not take."""
        if not self.allowed_effects:
            raise OptionError(f"estimator={self.name!r} takes no effects: leave effects out")
        if len(names) != 1 or names[0] not in self.allowed_effects:
            two = " (two-way random effects have no estimator here)" if len(names) == 2 else ""
            raise OptionError(
                f"effects of estimator={self.name!r} are "
                f"{' or '.join(map(repr, self.allowed_effects))}, not {given!r}{two}"
            )

    def require_options(
        self, *, weights: str | None, small_sample: bool, drop_singletons: bool
    ) -> None:
        """Refuse options that do not go with the estimator."""
        if weights is not None and self.why_no_weights:
            raise OptionError(
                f"weights cannot be used with estimator={self.name!r}: {self.why_no_weights}"
            )
        if small_sample and not self.takes_small_sample:
            raise OptionError(f"small_sample goes with random effects, not {self.name!r}")
        if drop_singletons and not self.takes_drop_singletons:
            raise OptionError(f"drop_singletons goes with fixed effects, not {self.name!r}")

    # sample

    def needs_two_periods(self, effects: tuple[str, ...]) -> bool:
        """Whether some entity must be observed twice."""
        return False

    def removed_groups(
        self, index: pd.MultiIndex, effect_codes: pd.DataFrame, calendar: Calendar
    ) -> pd.DataFrame:
        """Codes of the groups whose means the estimator removes; no column if it removes none."""
        return effect_codes

    def require_outcome_left(
        self, endog: pd.Series, effects: tuple[str, ...], removed: WithoutEffects
    ) -> None:
        """Refuse a dependent variable of which the estimator leaves nothing."""
        return None

    def redundant_regressors(
        self,
        exog: pd.DataFrame,
        effects: tuple[str, ...],
        removed: WithoutEffects,
    ) -> tuple[list[str], str]:
        """Name regressors that effects or means make redundant, and what takes them."""
        return [], ""

    def drop_constant(self, exog: pd.DataFrame) -> pd.DataFrame:
        """Leave out the constant if the estimator removes it."""
        return exog

    def add_regressors(self, exog: pd.DataFrame, terms: Terms) -> tuple[pd.DataFrame, Terms]:
        """Add regressors of the estimator's own to those of the formula."""
        return exog, terms

    def add_known_regressors(self, model: FittedModel, exog: pd.DataFrame) -> pd.DataFrame:
        """Add the estimator's own regressors to new rows, from what a model knows."""
        return exog

    def require_degrees_of_freedom(self, exog: pd.DataFrame, sample: EstimationSample) -> None:
        """Refuse more coefficients and effects than rows can identify; warn of a bound on these."""
        self._require_groups(exog, sample.effects)
        codes = sample.effect_codes
        if not codes.empty and not sample.counted_parameters[1]:
            warn_user(
                f"too many groups to count exactly what the effects of "
                f"{describe_effects(sample.effects)} use up: the bound of reghdfe counts "
                f"{sample.effects_rank:,} parameters, never fewer than there are, so standard "
                "errors may be slightly too large",
                InferenceWarning,
            )
        beside = 0 if codes.empty else sample.effects_rank - 1
        k = exog.shape[1]
        if len(exog) <= (count_slopes(exog.columns) + 1 + beside if beside else k):
            raise SampleError(
                f"{len(exog)} rows cannot identify {k} coefficients"
                f"{f' and {beside} effects' if beside else ''}: widen the sample or use fewer "
                "regressors"
            )

    def _require_groups(self, exog: pd.DataFrame, effects: tuple[str, ...]) -> None:
        """Refuse a between regression with as many coefficients as groups."""
        if not (self.averages or self.is_gls):
            return
        means = means_by_level(exog, effect_level(effects))
        rank = means.shape[1] - len(dependent_columns(means))
        if len(means) <= rank:
            what = "periods" if effects == ("time",) else "entities"
            raise SampleError(
                f"estimator={self.name!r} needs more {what} ({len(means)}) than coefficients "
                f"of its between regression ({rank}): use fewer regressors"
            )

    # estimation by linearmodels

    def choose_coordinates(self, exog: pd.DataFrame, sample: EstimationSample) -> Coordinates:
        """Choose the regressors that are estimated on."""
        slopes = exog.drop(columns=INTERCEPT, errors="ignore")
        seen = slopes.to_numpy(dtype=float)
        if not slopes.empty:
            seen = self.transform_slopes(slopes, sample)
        return coordinates(exog, seen, constant_free=self.constant_free)

    def transform_slopes(self, slopes: pd.DataFrame, sample: EstimationSample) -> np.ndarray:
        """Transform regressors other than the constant as the estimator does, up to a scale."""
        return slopes.to_numpy(dtype=float)

    def linearmodels_index(
        self, index: pd.MultiIndex, effects: tuple[str, ...], calendar: Calendar
    ) -> pd.MultiIndex:
        """Index that linearmodels takes, with periods as numbers or dates."""
        entities, periods = index.get_level_values(0), index.get_level_values(1)
        if isinstance(periods, pd.PeriodIndex):
            periods = periods.to_timestamp()
        if effects == ("time",) and not self.absorbs:
            # linearmodels knows entities alone as the groups of these estimators
            codes = pd.factorize(entities, sort=True)[0]
            names = [index.names[1], index.names[0]]
            return pd.MultiIndex.from_arrays([periods, codes], names=names)
        return pd.MultiIndex.from_arrays([entities, periods], names=index.names)

    def linearmodels_model(
        self,
        y: pd.DataFrame,
        x: pd.DataFrame,
        weights: pd.DataFrame | None,
        effects: tuple[str, ...],
        effect_codes: pd.DataFrame,
    ) -> Any:
        """Model of linearmodels, not yet estimated."""
        from linearmodels import panel

        return getattr(panel, self.linearmodels_class)(y, x, weights=weights)

    def fit_options(self, *, small_sample: bool) -> dict[str, Any]:
        """Keyword arguments of linearmodels' ``fit`` beside those of the covariance."""
        return {}

    def cuts_clusters(self, sample: EstimationSample) -> bool:
        """Whether a row of the equation can lie in two clusters, which linearmodels refuses."""
        return False

    def sums_over_calendar(self, sample: EstimationSample, cov: str) -> bool:
        """Whether kernel covariances count lags by the calendar.

        linearmodels counts observed periods and rows, across gaps.
        """
        return not self.averages

    # result

    def rows_used(
        self, result: Any, index: pd.MultiIndex, effects: tuple[str, ...], calendar: Calendar
    ) -> pd.MultiIndex | None:
        """Rows of the sample in the order of linearmodels' residuals; None if they are groups."""
        axes = self.linearmodels_index(index, effects, calendar)
        return index[axes.get_indexer(result.resids.index)]

    def variance_components(
        self, sample: EstimationSample, exog: pd.DataFrame, *, small_sample: bool
    ) -> dict[str, Any]:
        """Estimate the fields theta, sigma_u, sigma_e and rho of a model, if there are any.

        Parameters
        ----------
        sample : EstimationSample
        exog : DataFrame, shape (n, k)
            Regressors in the estimator's coordinates.
        small_sample : bool
        """
        return {}

    def equation(self, model: FittedModel) -> EstimatingEquation:
        """Return data whose least-squares solution is the estimate, before weighting."""
        return EstimatingEquation(
            model.endog.to_numpy(dtype=float),
            model.exog.to_numpy(dtype=float),
            np.ones(model.exog.shape[1], dtype=bool),
            model.exog.index,
        )

    def has_likelihood(self, *, weighted: bool) -> bool:
        """Whether normal errors give the equation a likelihood."""
        return not self.is_gls and (self.keeps_rows or not weighted)

    def estimate_effects(self, model: FittedModel) -> dict[str, pd.Series]:
        """Estimate effects by group; see :func:`regressions.prediction.estimated_effects`.

        Raises
        ------
        OptionError
            If the estimator has none.
        """
        raise OptionError(f"a {self.name} model has no effects")


def count_slopes(names: pd.Index) -> int:
    """Count the coefficients without the constant."""
    return len(names) - int(INTERCEPT in names)
