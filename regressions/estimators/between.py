"""Least squares on the means of entities or periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.equation import EstimatingEquation
from regressions.estimators.estimator import Estimator
from regressions.groupings import effect_level, level_codes, means_by_level
from regressions.within import WithoutEffects, dependent_columns, group_means

if TYPE_CHECKING:
    from regressions.calendar import Calendar
    from regressions.estimation_sample import EstimationSample
    from regressions.model import FittedModel

__all__ = ["BETWEEN"]


class Between(Estimator):
    """Least squares with one row per group."""

    def redundant_regressors(
        self,
        exog: pd.DataFrame,
        effects: tuple[str, ...],
        removed: WithoutEffects,
    ) -> tuple[list[str], str]:
        """Name regressors whose means are collinear with those of others."""
        redundant = dependent_columns(means_by_level(exog, effect_level(effects)))
        what = "period" if effects == ("time",) else "entity"
        return [str(exog.columns[j]) for j in redundant], f"{what} means do not distinguish"

    def transform_slopes(self, slopes: pd.DataFrame, sample: EstimationSample) -> np.ndarray:
        """Take means of the groups."""
        return means_by_level(slopes, effect_level(sample.effects))

    def rows_used(
        self, result: Any, index: pd.MultiIndex, effects: tuple[str, ...], calendar: Calendar
    ) -> pd.MultiIndex | None:
        """Return None: residuals are of groups."""
        return None

    def equation(self, model: FittedModel) -> EstimatingEquation:
        """Take means of the groups."""
        plain = super().equation(model)
        level = effect_level(model.effects)
        codes = level_codes(model.exog.index, level)
        first = np.unique(codes, return_index=True)[1]
        means = group_means(np.column_stack([plain.y, plain.x]), codes)[first]
        rows = model.exog.index.get_level_values(level)[first]
        return EstimatingEquation(means[:, 0], means[:, 1:], plain.slopes, rows)


BETWEEN = Between(
    name="between",
    title="Between regression (regression on group means)",
    linearmodels_class="BetweenOLS",
    other_words=("be",),
    default_effects=("entity",),
    allowed_effects=("entity", "time"),
    averages=True,
)
