"""Fixed effects of one or more groupings, swept out of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.equation import EstimatingEquation
from regressions.errors import AbsorbedError, OptionError
from regressions.estimators.estimator import Estimator
from regressions.groupings import describe_effects
from regressions.names import INTERCEPT
from regressions.several_groupings import DENSE_GROUPS, SeveralGroupings, several_groupings
from regressions.two_groupings import two_groupings
from regressions.within import WithoutEffects, group_means

if TYPE_CHECKING:
    from regressions.estimation_sample import EstimationSample
    from regressions.model import FittedModel

__all__ = ["FIXED"]


class Fixed(Estimator):
    """Least squares on deviations from the means of groups."""

    def require_effects(self, names: tuple[str, ...], given: object) -> None:
        """Take different groupings, of any name."""
        if not names or len(set(names)) < len(names):
            raise OptionError(
                "fixed effects are one or more different groupings ('entity', 'time', 'twoway' or "
                f"columns), not {given!r}"
            )

    def needs_two_periods(self, effects: tuple[str, ...]) -> bool:
        """Ask for them under entity effects, which leave nothing of entities observed once."""
        return describe_effects(effects) in ("entity", "twoway")

    def require_outcome_left(
        self, endog: pd.Series, effects: tuple[str, ...], removed: WithoutEffects
    ) -> None:
        """Refuse a dependent variable that the effects absorb."""
        if removed.absorbed(endog.to_frame()):
            raise AbsorbedError(
                f"the {describe_effects(effects)} effects absorb the dependent variable "
                f"{endog.name!r}: nothing is left of it to explain"
            )

    def redundant_regressors(
        self,
        exog: pd.DataFrame,
        effects: tuple[str, ...],
        removed: WithoutEffects,
    ) -> tuple[list[str], str]:
        """Name regressors that the effects absorb."""
        return removed.absorbed(exog), f"{describe_effects(effects)} effects absorb"

    def transform_slopes(self, slopes: pd.DataFrame, sample: EstimationSample) -> np.ndarray:
        """Take deviations from the means of the groups."""
        return _without_effects(sample).residuals(slopes)

    def linearmodels_model(
        self,
        y: pd.DataFrame,
        x: pd.DataFrame,
        weights: pd.DataFrame | None,
        effects: tuple[str, ...],
        effect_codes: pd.DataFrame,
    ) -> Any:
        """Return linearmodels' PanelOLS."""
        from linearmodels.panel import PanelOLS

        others = [name for name in effects if name not in ("entity", "time")]
        if len(effects) > 2:
            raise OptionError(
                "linearmodels takes at most two effects, so the model with the effects of "
                f"{describe_effects(effects)} has no result of linearmodels' own"
            )
        return PanelOLS(
            y,
            x,
            weights=weights,
            entity_effects="entity" in effects,
            time_effects="time" in effects,
            other_effects=effect_codes[others] if others else None,
            singletons=True,
        )

    def equation(self, model: FittedModel) -> EstimatingEquation:
        """Take deviations from the means of the groups; a constant adds the overall mean back."""
        removed = _without_effects(model)
        names = np.asarray(model.exog.columns)
        slopes = names != INTERCEPT
        y = removed.take(model.endog.to_frame())[:, 0]
        x = removed.take_beside_constant(model.exog.loc[:, slopes])
        if slopes.all():
            return EstimatingEquation(y, x[:, 1:], slopes, model.exog.index)
        weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
        y += np.average(model.endog.to_numpy(dtype=float), weights=weights)
        values = model.exog.to_numpy(dtype=float)
        x[:, 0] = 1.0
        for j, place in enumerate(np.flatnonzero(slopes)):
            x[:, 1 + j] += np.average(values[:, place], weights=weights)
        if slopes[0]:  # the constant is not the first regressor
            x = x[:, np.argsort([*np.flatnonzero(~slopes), *np.flatnonzero(slopes)])]
        return EstimatingEquation(y, x, slopes, model.exog.index)

    def estimate_effects(self, model: FittedModel) -> dict[str, pd.Series]:
        """Least-squares estimates, normalised to mean zero over the rows."""
        rest = (model.endog - model.fitted).to_numpy(dtype=float)
        names = [str(name) for name in model.effect_codes.columns]
        codes = [model.effect_codes[name].to_numpy() for name in names]
        weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
        solved = _solve_effects(rest, codes, weights, INTERCEPT in model.params.index)
        return {
            name: _effects_by_group(values, model.effect_groups[name], group)
            for name, values, group in zip(names, solved, codes, strict=True)
        }


def _without_effects(known: FittedModel | EstimationSample) -> WithoutEffects:
    """Columns without the effects of a model or sample, some of them known already."""
    removed = getattr(known, "removed", None)
    if isinstance(removed, WithoutEffects):
        return removed
    weights = None if known.weights is None else known.weights.to_numpy(dtype=float)
    return WithoutEffects(list(known.effect_codes.to_numpy().T), weights)


def _solve_effects(
    rest: np.ndarray, codes: list[np.ndarray], weights: np.ndarray | None, centred: bool
) -> list[np.ndarray]:
    """Estimate effects on the rows, one array of shape (n,) per grouping."""
    column = rest[:, None]
    if len(codes) == 1:
        return [group_means(column, codes[0], weights)[:, 0]]
    first, *others = codes
    solutions: list[np.ndarray]
    if len(others) == 1:
        solutions = [two_groupings(first, others[0], weights).effects(column)[1]]
    else:
        solutions = _identified(codes, weights).effects(column)[1:]
    of_others = [solved[own, 0] for solved, own in zip(solutions, others, strict=True)]
    of_others = [own - np.average(own, weights=weights) for own in of_others]
    of_first = group_means(column - sum(of_others)[:, None], first, weights)[:, 0]
    if centred:
        of_first = of_first - np.average(of_first, weights=weights)
    return [of_first, *of_others]


def _identified(codes: list[np.ndarray], weights: np.ndarray | None) -> SeveralGroupings:
    """Projection on three groupings or more whose effects are unique but for their means."""
    groupings = several_groupings(codes, weights)
    if groupings.rank is None:
        raise OptionError(
            f"whether the effects of {len(codes)} groupings are identified is known up to "
            f"{DENSE_GROUPS:,} groups beside the largest grouping; these have {groupings.width:,}, "
            "so no effects by group are given: absorb fewer groupings, or two"
        )
    if not groupings.are_identified:
        raise OptionError(
            f"the effects of these {len(codes)} groupings are not identified: dummies of one "
            "repeat sums of dummies of the others beyond the constant, so many values fit alike; "
            "absorb fewer groupings"
        )
    return groupings


def _effects_by_group(values: np.ndarray, groups: pd.Index, codes: np.ndarray) -> pd.Series:
    """Return one value per group, in the order of the groups' names."""
    first = np.unique(codes, return_index=True)[1]
    effects = pd.Series(values[first], index=groups, name="effect")
    try:
        return effects.sort_index()
    except TypeError:  # numbers beside texts have no order
        return effects


FIXED = Fixed(
    name="fixed",
    title="Fixed-effects (within) regression",
    other_words=("fe", "within"),
    default_effects=("entity",),
    takes_drop_singletons=True,
    absorbs=True,
    constant_free=True,
)
