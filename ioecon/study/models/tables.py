"""The tables of a panel: descriptives, regressions, choice of estimator, robustness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from diagnostics import Battery
from ioecon.errors import StudyError
from ioecon.study.models.estimation import EffectsComparison, ModelFindings, other_panel_table
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
    if settings.choice and found.choice:
        tables |= _choice_tables(settings.choice.title, found.choice, settings.labels)
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
    if settings.choice and found.battery:
        tables["battery"] = _battery_table(settings.choice.title, found.battery)
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


def _choice_tables(
    title: str, choice: EffectsComparison, labels: Mapping[str, str]
) -> dict[str, Table]:
    """Tables of the three models, of the tests between them, and of the VIF."""
    models = [choice.pooled, choice.fixed, choice.random]
    names = [test.name for test in choice.tests]
    named = {
        f"{test.name} ({test.variant})" if names.count(test.name) > 1 else test.name: test
        for test in choice.tests
    }
    tests = pd.DataFrame(
        {
            "Distribution": [test.distribution_text for test in named.values()],
            "Statistic": [test.statistic for test in named.values()],
            "p-value": [test.pvalue for test in named.values()],
        },
        index=pd.Index(named, name="Test"),
    )
    notes = [
        "No test decides alone: each has its own null.",
        *(f"{name}. Null: {test.null}. {test.verdict}" for name, test in named.items()),
        *(f"{name}. Warning: {text}." for name, test in named.items() for text in test.warnings),
    ]
    factors = choice.vif.values.to_frame("VIF")
    factors.loc["Mean"] = factors["VIF"].mean()
    return {
        "choice_tests": Table.from_frame(
            tests, title=f"{title}: tests", identifier="choice_tests", index=True,
            notes=notes, formats={"Statistic": 3, "p-value": _probability_text},
        ),
        "choice_models": regression_table(
            models, labels=labels,
            titles=["Pooled", "Fixed", "Random"], title=f"{title}: the three models",
            identifier="choice_models", estimators=False, statistics=("nobs", "rsquared"),
        ),
        "vif": Table.from_frame(
            factors, title=f"{title}: VIF", labels=labels, digits=2, index=True, identifier="vif",
            notes=["Variance inflation factors of the pooled model's regressors."],
        ),
    }  # fmt: skip


def _battery_table(title: str, battery: Battery) -> Table:
    """Table of the usual specification tests of the base model, for an appendix."""
    found = battery.to_frame()
    applies = found["statistic"].notna()
    frame = found.loc[applies, ["distribution", "statistic", "pvalue", "holm"]]
    frame.index = pd.Index([f"{q}: {test}" for q, test in frame.index], name="Test")
    left_out = [
        f"{test} does not apply: {verdict}" for (_, test), verdict in
        found.loc[~applies, "verdict"].items()
    ]  # fmt: skip
    return Table.from_frame(
        frame, title=f"{title}: specification tests of the pooled model", index=True,
        labels={"distribution": "Distribution", "statistic": "Statistic", "pvalue": "p-value",
                "holm": "Holm"},
        formats={"statistic": 3, "pvalue": _probability_text, "holm": _probability_text},
        identifier="battery", notes=[battery.note, *left_out],
    )  # fmt: skip


def _probability_text(pvalue: float) -> str:
    if pd.isna(pvalue):
        return ""
    return "<0.0001" if pvalue < 1e-4 else f"{pvalue:.4f}"
