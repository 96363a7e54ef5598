"""Least squares on differences between one period and the next, none across a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.calendar import spells
from regressions.equation import EstimatingEquation
from regressions.errors import AbsorbedError, OptionError, SampleError
from regressions.estimators.estimator import Estimator
from regressions.groupings import is_nested, level_codes
from regressions.names import INTERCEPT
from regressions.within import WithoutEffects, remove_effects

if TYPE_CHECKING:
    from regressions.calendar import Calendar
    from regressions.estimation_sample import EstimationSample
    from regressions.model import FittedModel

__all__ = ["FIRST_DIFFERENCE"]


class FirstDifference(Estimator):
    """Least squares on first differences, which take no constant."""

    def needs_two_periods(self, effects: tuple[str, ...]) -> bool:
        """Ask for them always: a difference has two periods."""
        return True

    def removed_groups(
        self, index: pd.MultiIndex, effect_codes: pd.DataFrame, calendar: Calendar
    ) -> pd.DataFrame:
        """Return unbroken runs of periods: differences remove what is constant in them.

        Raises
        ------
        SampleError
            If no entity is observed in two consecutive periods.
        """
        codes = spells(index, calendar)
        if codes.max() + 1 == len(index):
            raise SampleError(
                "no entity is observed in two consecutive periods: there is no first difference "
                f"(the periods are counted in steps of {calendar.describe_step()}; see the option "
                "step)"
            )
        return pd.DataFrame({"spell": codes}, index=index)

    def require_outcome_left(
        self, endog: pd.Series, effects: tuple[str, ...], removed: WithoutEffects
    ) -> None:
        """Refuse a dependent variable that differences remove."""
        if removed.absorbed(endog.to_frame()):
            raise AbsorbedError(
                f"the differences remove the dependent variable {endog.name!r}: nothing is left "
                "of it to explain"
            )

    def redundant_regressors(
        self,
        exog: pd.DataFrame,
        effects: tuple[str, ...],
        removed: WithoutEffects,
    ) -> tuple[list[str], str]:
        """Name regressors that differences remove."""
        return removed.absorbed(exog), "differences remove"

    def drop_constant(self, exog: pd.DataFrame) -> pd.DataFrame:
        """Leave out the constant, whose differences are zero."""
        return exog.drop(columns=INTERCEPT, errors="ignore")

    def require_degrees_of_freedom(self, exog: pd.DataFrame, sample: EstimationSample) -> None:
        """Refuse more coefficients than differences."""
        runs = spells(exog.index, sample.calendar)
        rows = len(runs) - int(runs.max()) - 1
        if rows <= exog.shape[1]:
            raise SampleError(
                f"{rows} first differences cannot identify {exog.shape[1]} coefficients: widen the "
                "sample or use fewer regressors (no difference is taken across a gap)"
            )
        super().require_degrees_of_freedom(exog, sample)

    def transform_slopes(self, slopes: pd.DataFrame, sample: EstimationSample) -> np.ndarray:
        """Take deviations from the means of the runs, which are conditioned as differences are."""
        values = slopes.to_numpy(dtype=float)
        runs = spells(slopes.index, sample.calendar)
        return remove_effects(values - values.mean(axis=0), [runs])

    def linearmodels_index(
        self, index: pd.MultiIndex, effects: tuple[str, ...], calendar: Calendar
    ) -> pd.MultiIndex:
        """Take runs for entities: linearmodels differences across periods that no entity has."""
        positions = calendar.positions(index.get_level_values(1))
        return pd.MultiIndex.from_arrays([spells(index, calendar), positions], names=index.names)

    def cuts_clusters(self, sample: EstimationSample) -> bool:
        """Whether the rows of a difference can lie in different clusters.

        A difference then belongs to the cluster of its later row, which means something for the
        period and for groups of periods only.
        """
        codes = sample.cluster_codes
        if codes.empty:
            return False
        entity, period = (level_codes(codes.index, level) for level in (0, 1))
        cut = [name for name in codes.columns if not is_nested(entity, codes[name].to_numpy())]
        for name in cut:
            if not is_nested(period, codes[name].to_numpy()):
                raise OptionError(
                    f"clusters={name!r} change within entities: a first difference would lie in "
                    "two of them; cluster by 'entity', 'time', or a column constant within "
                    "entities or periods"
                )
        if cut and sample.weights is not None:
            raise OptionError(
                f"weighted first differences cannot be clustered by {cut[0]!r}; cluster by "
                "'entity', or leave the weights out"
            )
        return bool(cut)

    def sums_over_calendar(self, sample: EstimationSample, cov: str) -> bool:
        """Leave weighted differences, whose equation has no agreed form, to linearmodels."""
        if sample.weights is None:
            return True
        if sample.count_gaps():
            raise OptionError(
                f"cov={cov!r} of weighted first differences is not available for panels with "
                "gaps: leave weights out, or cluster by entity"
            )
        return False

    def equation(self, model: FittedModel) -> EstimatingEquation:
        """Take differences, each on the row of its later period."""
        plain = super().equation(model)
        rows = model.resids.index
        places = plain.rows.get_indexer(rows)
        y = plain.y[places] - plain.y[places - 1]
        x = plain.x[places] - plain.x[places - 1]
        return EstimatingEquation(y, x, plain.slopes, rows)


FIRST_DIFFERENCE = FirstDifference(
    name="first-difference",
    title="First-difference regression",
    linearmodels_class="FirstDifferenceOLS",
    other_words=("fd",),
    differences=True,
    constant_free=True,
)
