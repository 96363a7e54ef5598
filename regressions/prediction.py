"""Predictions and estimated effects of a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.design import (
    categorical_columns,
    formula_columns,
    materialise_regressors,
)
from regressions.errors import OptionError, SampleError
from regressions.formula import parse_formula
from regressions.names import require_unambiguous, shadowed_names
from regressions.sample import (
    check_panel,
    incomplete_cells,
    require_complete,
    shown,
    without_unused_categories,
)

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["estimated_effects", "predict"]


def predict(
    model: FittedModel, data: pd.DataFrame | None = None, *, effects: bool = False
) -> pd.Series:
    """Predict x b, on the scale of the dependent variable of the formula.

    Parameters
    ----------
    model : FittedModel
    data : DataFrame, optional
        Indexed by (entity, period), with the columns of the right-hand side; by default the
        estimation sample. Rows without their lags are left out. Categories, means and scales are
        those of the estimation sample.
    effects : bool
        Add the estimated effects; entities and periods must be in the sample.

    Returns
    -------
    Series

    Raises
    ------
    SampleError
        If cells are missing, or an entity, period or category is not in the sample.
    OptionError
        If the model has no effects to add.
    """
    exog = model.exog if data is None else _make_regressors(model, data)
    prediction = (exog[model.params.index] @ model.params).rename("prediction")
    if not effects:
        return prediction
    for name, values in estimated_effects(model).items():
        if name not in ("entity", "time"):
            raise OptionError(
                f"effects of the column {name!r} cannot be added: predict without effects and add "
                "estimated_effects() by hand"
            )
        labels = exog.index.get_level_values(0 if name == "entity" else 1)
        unknown = labels[~labels.isin(values.index)]
        if len(unknown):
            raise SampleError(f"no {name} effect was estimated for {shown(unknown[0])}")
        prediction = prediction + values.reindex(labels).to_numpy()
    return prediction


def _make_regressors(model: FittedModel, data: pd.DataFrame) -> pd.DataFrame:
    panel = check_panel(data)
    shadowed = shadowed_names(panel)
    levels = [str(name) for name in panel.index.names if name and name not in panel.columns]
    panel = panel.assign(**{name: panel.index.get_level_values(name) for name in levels})
    spec = model.design_spec
    if spec is None:
        raise OptionError("the model does not know how its regressors were made: fit it again")
    parsed = parse_formula(
        model.formula, dict.fromkeys([*map(str, panel.columns), *spec.left_columns])
    )
    both = [n for n in parsed.right_columns if n in map(str, panel.index.names)]
    require_unambiguous(both, shadowed, panel.index)
    absent = [name for name in parsed.right_columns if name not in panel.columns]
    if absent:
        raise SampleError(f"the data lack the column {absent[0]!r} that the formula uses")
    categories = categorical_columns(spec.regressors)
    used = formula_columns(parsed, panel, parsed.right_columns, categories)
    require_complete(incomplete_cells(used, used.columns), len(panel), "raise")
    used = without_unused_categories(used, used.columns, np.ones(len(used), dtype=bool))
    exog = materialise_regressors(spec.regressors, parsed, used, model.calendar)
    exog = model.kind.add_known_regressors(model, exog)
    return exog[list(model.params.index)]


def estimated_effects(model: FittedModel) -> dict[str, pd.Series]:
    """Return effects by group: deviations from the constant.

    Fixed effects are least-squares estimates, normalised to mean zero over the rows, so that
    ``y = x b + effects + e`` with the constant in x b. Random effects are best linear unbiased
    predictions ``(1 - (1 - theta_i)^2)`` times the mean residual.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    dict of str to Series
        "entity", "time" or the absorbed column -> effect of each group, indexed by the groups'
        names: entities, periods, values of the column.

    Raises
    ------
    OptionError
        If the model has no effects.
    """
    return model.kind.estimate_effects(model)
