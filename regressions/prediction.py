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
from regressions.equation import group_level
from regressions.errors import OptionError, SampleError
from regressions.formula import parse_formula
from regressions.names import INTERCEPT, require_unambiguous, shadowed_names
from regressions.sample import (
    check_panel,
    incomplete_cells,
    require_complete,
    shown,
    without_unused_categories,
)
from regressions.within import group_means

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
    if model.estimator == "mundlak":
        exog = _add_sample_means(model, exog)
    return exog[list(model.params.index)]


def _add_sample_means(model: FittedModel, exog: pd.DataFrame) -> pd.DataFrame:
    means = [name for name in model.params.index if str(name).startswith("mean(")]
    known = model.exog[means].groupby(level=0).first()
    entities = exog.index.get_level_values(0)
    unknown = entities[~entities.isin(known.index)]
    if len(unknown):
        raise SampleError(
            f"the entity {shown(unknown[0])} is not in the sample: its means are unknown"
        )
    return exog.join(known.loc[entities].set_axis(exog.index, axis=0))


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
    index = model.endog.index
    rest = (model.endog - model.fitted).to_numpy(dtype=float)
    if model.estimator in ("random", "mundlak") and model.theta is not None:
        level = group_level(model)
        mean = pd.Series(rest, index=index).groupby(level=level).mean()
        shrink = 1.0 - (1.0 - model.theta.reindex(mean.index)) ** 2
        return {"time" if level else "entity": (shrink * mean).rename("effect")}
    if model.estimator != "fixed":
        raise OptionError(f"a {model.estimator} model has no effects")
    names = [str(name) for name in model.effect_codes.columns]
    codes = [model.effect_codes[name].to_numpy() for name in names]
    weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
    solved = _solve_effects(rest, codes, weights, INTERCEPT in model.params.index)
    return {
        name: _effects_by_group(values, model.effect_groups[name], group)
        for name, values, group in zip(names, solved, codes, strict=True)
    }


def _solve_effects(
    rest: np.ndarray, codes: list[np.ndarray], weights: np.ndarray | None, centred: bool
) -> list[np.ndarray]:
    """Estimate effects on the rows, one array of shape (n,) per grouping."""
    column = rest[:, None]
    if len(codes) == 1:
        return [group_means(column, codes[0], weights)[:, 0]]
    first, second = codes
    dummies = np.eye(int(second.max()) + 1)[second]
    inner = dummies - group_means(dummies, first, weights)
    target = column - group_means(column, first, weights)
    root = np.ones((len(rest), 1)) if weights is None else np.sqrt(weights)[:, None]
    solution = np.linalg.lstsq(inner * root, target * root, rcond=None)[0]
    of_second = (dummies @ solution)[:, 0]
    of_second = of_second - np.average(of_second, weights=weights)
    of_first = group_means(column - of_second[:, None], first, weights)[:, 0]
    if centred:
        of_first = of_first - np.average(of_first, weights=weights)
    return [of_first, of_second]


def _effects_by_group(values: np.ndarray, groups: pd.Index, codes: np.ndarray) -> pd.Series:
    """Return one value per group, in the order of the groups' names."""
    first = np.unique(codes, return_index=True)[1]
    effects = pd.Series(values[first], index=groups, name="effect")
    try:
        return effects.sort_index()
    except TypeError:  # numbers beside texts have no order
        return effects
