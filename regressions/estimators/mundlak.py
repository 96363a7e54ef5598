"""Random effects with the entity means of the regressors (Mundlak 1978)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from regressions.errors import SampleError
from regressions.estimators.estimator import Terms
from regressions.estimators.random import NO_WEIGHTS, Random
from regressions.groupings import level_codes
from regressions.names import INTERCEPT
from regressions.sample import shown
from regressions.within import (
    WithoutEffects,
    constant_columns,
    group_means,
    require_independent,
)

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["MUNDLAK"]


class Mundlak(Random):
    """Correlated random effects."""

    def needs_two_periods(self, effects: tuple[str, ...]) -> bool:
        """Ask for them: means differ from values only if entities are observed twice."""
        return True

    def add_regressors(self, exog: pd.DataFrame, terms: Terms) -> tuple[pd.DataFrame, Terms]:
        """Add the entity means of the regressors that vary within entities.

        Means that are the same for all entities (of period dummies and trends in a balanced panel)
        are the constant's.
        """
        entities = level_codes(exog.index, 0)
        constant_within = {*WithoutEffects([entities]).absorbed(exog), INTERCEPT}
        varying = [name for name in exog.columns if name not in constant_within]
        if not varying:
            raise SampleError("no regressor varies within entities: the Mundlak terms do not exist")
        means = pd.DataFrame(
            group_means(exog[varying].to_numpy(), entities),
            index=exog.index,
            columns=[f"mean({name})" for name in varying],
        )
        if INTERCEPT in exog.columns:
            means = means.drop(columns=constant_columns(means))
        both = pd.concat([exog, means], axis=1)
        require_independent(both)
        return both, {**terms, "entity means": tuple(means.columns)}

    def add_known_regressors(self, model: FittedModel, exog: pd.DataFrame) -> pd.DataFrame:
        """Add the entity means of the sample.

        Raises
        ------
        SampleError
            If an entity is not in the sample.
        """
        means = [name for name in model.params.index if str(name).startswith("mean(")]
        known = model.exog[means].groupby(level=0).first()
        entities = exog.index.get_level_values(0)
        unknown = entities[~entities.isin(known.index)]
        if len(unknown):
            raise SampleError(
                f"the entity {shown(unknown[0])} is not in the sample: its means are unknown"
            )
        return exog.join(known.loc[entities].set_axis(exog.index, axis=0))


MUNDLAK = Mundlak(
    name="mundlak",
    title="Correlated random-effects (Mundlak) GLS regression",
    linearmodels_class="RandomEffects",
    other_words=("cre",),
    default_effects=("entity",),
    allowed_effects=("entity",),
    why_no_weights=NO_WEIGHTS,
    takes_small_sample=True,
    is_gls=True,
)
