"""The tables of a panel: descriptives, regressions, choice of estimator, robustness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ioecon.errors import StudyError
from ioecon.study.models.estimation import ModelFindings, other_panel_table
from ioecon.study.models.settings import Descriptives, ModelSettings, Regression
from ioecon.study.models.specifications import curve_tables
from ioecon.study.models.words import PanelWords
from ioecon.study.sections import nearest
from regressions import FittedModel, Table, regression_table

__all__ = [
    "MOMENTS",
    "model_tables",
    "moments",
    "order_regressors",
    "other_panel_tables",
    "robustness_tables",
]

MOMENTS = {"obs": "Obs", "mean": "Mean", "sd": "Std. dev.", "min": "Min", "max": "Max"}

_CONSTANT = "Intercept"


def model_tables(
    settings: ModelSettings,
    panel: pd.DataFrame,
    found: ModelFindings,
    words: PanelWords,
    *,
    notes: Sequence[str] = (),
) -> dict[str, Table]:
    """Descriptives, regression tables, and those of the choice between estimators.

    Parameters
    ----------
    settings : ModelSettings
    panel : DataFrame
    found : ModelFindings
    words : PanelWords
    notes : sequence of str
        Beneath the descriptive statistics.

    Returns
    -------
    dict of str to Table
        By the name of their files.
    """
    tables: dict[str, Table] = {}
    if settings.descriptives:
        described = _descriptives_table(settings.descriptives, panel, settings.labels, notes)
        tables["descriptives"] = described
    for table in settings.regressions:
        tables[table.key] = _regression_table(
            table, found.models[table.key], settings.labels, words
        )
    if found.choosing:
        tables |= found.choosing.printed.tables
    return tables


def other_panel_tables(
    settings: ModelSettings, found: ModelFindings, words: PanelWords
) -> dict[str, Table]:
    """First regression table on every other panel of the study."""
    tables: dict[str, Table] = {}
    for name, models in found.elsewhere.items():
        table = other_panel_table(settings, name, words)
        tables[table.key] = _regression_table(table, models, settings.labels, words)
    return tables


def robustness_tables(
    settings: ModelSettings, found: ModelFindings, words: PanelWords
) -> dict[str, Table]:
    """Specification curve and the battery of specification tests."""
    tables: dict[str, Table] = {}
    if settings.specifications and found.curve:
        tables |= curve_tables(settings.specifications, found.curve, words)
    if found.choosing:
        tables["battery"] = found.choosing.printed.battery
    return tables


def moments(panel: pd.DataFrame, variables: Sequence[str]) -> pd.DataFrame:
    """Observations, mean, standard deviation, minimum and maximum, one row per variable.

    Raises
    ------
    StudyError
        If the panel has no such column.
    """
    for name in variables:
        if name not in panel.columns:
            raise StudyError(
                f"descriptives.variables names {name!r}, which the panel does not have; "
                f"{nearest(name, panel.columns)}"
            )
    chosen = panel[list(variables)]
    return pd.DataFrame(
        {
            "obs": chosen.notna().sum(),
            "mean": chosen.mean(),
            "sd": chosen.std(),
            "min": chosen.min(),
            "max": chosen.max(),
        }
    )


def _descriptives_table(
    settings: Descriptives, panel: pd.DataFrame, labels: Mapping[str, str], notes: Sequence[str]
) -> Table:
    """Table of descriptive statistics."""
    return Table.from_frame(
        moments(panel, settings.variables),
        title=settings.title,
        labels={**MOMENTS, **labels},
        digits=3,
        index=True,
        identifier="descriptives",
        notes=list(notes),
    )


def _regression_table(
    settings: Regression,
    models: Sequence[FittedModel],
    labels: Mapping[str, str],
    words: PanelWords,
) -> Table:
    """One regression table, regressors in its order, the constant last."""
    return regression_table(
        models,
        coef_map=order_regressors(settings.order, models),
        labels={words.entity: words.entities, **labels},
        title=settings.title,
        notes=settings.notes,
        identifier=settings.key,
    )


def order_regressors(order: Sequence[str], models: Sequence[FittedModel]) -> list[str]:
    """All regressors of models: those of an order, others as they come, the constant last."""
    found = [str(name) for model in models for name in model.params.index]
    chosen = [
        name
        for wanted in order
        for name in (wanted, *(level for level in found if level.startswith(f"{wanted}[")))
    ]
    return [*chosen, *(name for name in found if name != _CONSTANT), _CONSTANT]
