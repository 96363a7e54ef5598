"""Estimate what a study asks for on its panels: tables, comparison of effects, specifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

import regressions
from diagnostics import Battery, TestResult
from ioecon.errors import PanelError
from ioecon.study.models.choosing import ChoiceOfEstimator, EffectsComparison, print_choice
from ioecon.study.models.settings import Choice, ModelSettings, Regression
from ioecon.study.models.specifications import estimate_curve
from ioecon.study.models.words import PanelWords
from ioecon.study.steps import Steps
from regressions import FittedModel, SpecificationCurve

__all__ = [
    "ModelFindings",
    "estimate_models",
    "estimate_table",
    "first_regressor",
    "other_panel_table",
    "rows_of_sample",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelFindings:
    """What was estimated on the panels of a study.

    Attributes
    ----------
    models : mapping of str to tuple of FittedModel
        Columns of each regression table.
    choosing : ChoiceOfEstimator or None
        What is printed of the choice between estimators; see also `choice` and `battery`.
    curve : SpecificationCurve or None
    elsewhere : mapping of str to tuple of FittedModel
        The first regression table on every other panel of the study.
    """

    models: Mapping[str, tuple[FittedModel, ...]]
    choosing: ChoiceOfEstimator | None
    curve: SpecificationCurve | None
    elsewhere: Mapping[str, tuple[FittedModel, ...]]

    @property
    def choice(self) -> EffectsComparison | None:
        """Models and tests of the choice between estimators, estimated when first asked for."""
        return None if self.choosing is None else self.choosing.comparison

    @property
    def battery(self) -> Battery | None:
        """Specification tests of the pooled model of the choice, made when first asked for."""
        return None if self.choosing is None else self.choosing.battery

    @property
    def tests(self) -> tuple[TestResult, ...]:
        """Tests between the estimators; empty when the study asks for none."""
        return () if self.choice is None else self.choice.tests


def estimate_models(
    settings: ModelSettings,
    panels: Mapping[str, pd.DataFrame],
    steps: Steps,
    words: PanelWords,
    *,
    missing: str = "raise",
) -> ModelFindings:
    """Estimate everything that a study asks for.

    Parameters
    ----------
    settings : ModelSettings
    panels : mapping of str to DataFrame
        Indexed by entity and period. The first is the study's; on the others the specification
        curve and the first regression table are estimated too.
    steps : Steps
    words : PanelWords
    missing : {"raise", "drop"}
        What to do with rows in which a model lacks a value; each model for itself.

    Raises
    ------
    PanelError
        If a sample has fewer than two entities.
    RegressionError, DiagnosticError
        If a model cannot be estimated or a test does not apply to it.
    """
    main, *others = panels
    panel = panels[main]
    models = {}
    for table in settings.regressions:
        with steps(f"Estimating {table.key}"):
            models[table.key] = estimate_table(table, panel, words, missing)
    with steps("Choosing the estimator"):
        choosing = _choose_estimator(settings.choice, panel, settings, missing, steps)
    with steps("Estimating the specification curve"):
        wanted = settings.specifications
        curve = steps.take(partial(estimate_curve, wanted, panels, missing)) if wanted else None
    elsewhere = {}
    for name in others if settings.regressions else ():
        table = other_panel_table(settings, name, words)
        with steps(f"Estimating {table.key}"):
            elsewhere[name] = estimate_table(table, panels[name], words, missing)
    return ModelFindings(models=models, choosing=choosing, curve=curve, elsewhere=elsewhere)


def _choose_estimator(
    choice: Choice | None,
    panel: pd.DataFrame,
    settings: ModelSettings,
    missing: str,
    steps: Steps,
) -> ChoiceOfEstimator | None:
    if choice is None:
        return None
    printed = steps.take(partial(print_choice, choice, panel, settings.labels, missing))
    return ChoiceOfEstimator(printed, choice, panel, missing)


def other_panel_table(settings: ModelSettings, panel: str, words: PanelWords) -> Regression:
    """First regression table of a study, for another of its panels."""
    base = settings.regressions[0]
    title = f"{base.title} ({panel} {words.data})"
    return replace(base, key=f"{base.key}_{panel}", title=title)


def rows_of_sample(
    panel: pd.DataFrame, sample: str | None, where: str, words: PanelWords
) -> pd.DataFrame:
    """Rows of a group (``"developed"``), of its complement (``"not developed"``), or all rows.

    Entities of which the grouping does not speak belong to neither.

    Raises
    ------
    PanelError
        If fewer than two entities are left.
    """
    panel = _without_attrs(panel)
    if sample is None:
        return panel
    group = sample.removeprefix("not ")
    member = panel[group].astype("boolean").fillna(sample.startswith("not ")).astype(bool)
    rows = panel.loc[~member if sample.startswith("not ") else member]
    entities = rows.index.get_level_values(0).unique()
    if len(entities) < 2:
        found = f"only {entities[0]}" if len(entities) else f"no {words.entity}"
        raise PanelError(
            f"{where}: the sample {sample!r} has {found}; a panel model needs two {words.entities} "
            "or more. Change the group, or the table's sample."
        )
    return rows


def _without_attrs(panel: pd.DataFrame) -> pd.DataFrame:
    """Copy a panel without its attributes, which pandas copies deeply at every step."""
    panel = panel.copy()
    panel.attrs = {}
    return panel


def estimate_table(
    table: Regression, panel: pd.DataFrame, words: PanelWords, missing: str = "raise"
) -> tuple[FittedModel, ...]:
    """Estimate the columns of one regression table.

    Raises
    ------
    PanelError
        If its sample has fewer than two entities.
    RegressionError
        If a formula or its data cannot be used; see :func:`regressions.fit`.
    """
    rows = rows_of_sample(panel, table.sample, table.key, words)
    return tuple(
        regressions.fit(
            f"{table.dependent} ~ {columns}",
            rows,
            estimator=table.estimator,
            effects=table.effects,
            cov=table.cov,
            clusters=table.clusters,
            missing=missing,
            label=f"{table.key} ({number})",
        )
        for number, columns in enumerate(table.columns, start=1)
    )


def first_regressor(models: Sequence[FittedModel]) -> tuple[str, dict[int, FittedModel]]:
    """Name the first regressor of a table, and pick the columns that have it, by their numbers.

    Returns
    -------
    name : str
        Empty if no column has a regressor.
    columns : dict of int to FittedModel
        Counted from 1.
    """
    name = next((model.slopes[0] for model in models if model.slopes), "")
    columns = {
        number: model
        for number, model in enumerate(models, start=1)
        if name and name in model.params.index
    }
    return name, columns
