"""The first paper's kind of study: decomposition, transfer index, panel and regressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from diagnostics import battery
from ioecon.decomposition import Effects, decompose
from ioecon.errors import StudyError
from ioecon.industrial_transfer import TransferIndex, transfer_index
from ioecon.panel.build import build_panel, panel_rows
from ioecon.study.comparison import compare_with_published
from ioecon.study.dong2022_checks import unknown_countries
from ioecon.study.estimation import EstimatorChoice, estimate, sample_of, weigh_estimators
from ioecon.study.inputs import Inputs, read_inputs
from ioecon.study.manifest import InputFile
from ioecon.study.output_tables import (
    accountings_table,
    choice_tables,
    descriptives_table,
    regression_table,
)
from ioecon.study.quality import audit_table, audits_of, residual_table
from ioecon.study.results import StudyResults
from ioecon.study.settings import WORLD, Study
from ioecon.study.specifications import battery_table, curve_of, curve_tables
from ioecon.study.steps import Steps

if TYPE_CHECKING:
    from regressions import FittedModel, Table

__all__ = ["compute"]


def compute(
    study: Study, study_files: tuple[InputFile, ...], steps: Steps, out: Path
) -> StudyResults:
    """Compute everything that the study asks for."""
    inputs = read_inputs(study, steps)
    with steps("Checking the names"):
        _require_sound(study, inputs)
    with steps("Auditing the tables", study.tables.path):
        audits = audits_of(inputs.series)
    names = [study.emissions.accounting, *study.emissions.compare]
    accountings: dict[str, None] = dict.fromkeys(names)
    effects = {name: _effects(name, study, inputs, steps) for name in accountings}
    with steps("Transfer indices"):
        tolerance = study.tables.tolerance
        index = transfer_index(inputs.series, tolerance=tolerance)
        foreign = transfer_index(inputs.series, of="foreign_input", tolerance=tolerance)
    with steps("Building the panel", study.controls.file if study.controls else None):
        panels = {
            name: _panel(study, inputs, found, index, foreign) for name, found in effects.items()
        }
    panel = panels[study.emissions.accounting]
    models = {}
    for table in study.regressions:
        with steps(f"Estimating {table.key}"):
            models[table.key] = estimate(table, panel)
    with steps("Choosing the estimator"):
        choice = weigh_estimators(study.choice, panel) if study.choice else None
        tests = battery(choice.pooled) if choice else None
    with steps("Estimating the specification curve"):
        curve = curve_of(study.specifications, panels) if study.specifications else None
    with steps("Making the tables"):
        tables = _tables(study, panels, models, choice)
        if study.specifications and curve:
            tables |= curve_tables(study.specifications, curve)
        if study.choice and tests:
            tables["battery"] = battery_table(study.choice.title, tests)
        tables |= {"audit": audit_table(audits), "identity": residual_table(effects)}
        comparison = None
        if study.published:
            fictional = study.tables.format == WORLD
            comparison = compare_with_published(panel, models, choice, fictional=fictional)
    return StudyResults(
        study=study,
        panel=panel,
        panels=panels,
        effects=effects,
        index=index,
        index_foreign=foreign,
        models=models,
        choice=choice,
        battery=tests,
        curve=curve,
        tables=tables,
        comparison=comparison,
        audits=audits,
        inputs=(*study_files, *inputs.files),
        warnings=(),
        folder=out,
    )


def _require_sound(study: Study, inputs: Inputs) -> None:
    """Refuse, before anything is computed, what the panel and the samples would refuse after it."""
    found = [*unknown_countries(study, inputs.series.countries)]
    if found:
        raise StudyError("\n  ".join(found))
    rows = panel_rows(
        inputs.series,
        inputs.controls,
        groups=inputs.groups,
        exclude=study.panel.exclude,
        missing=study.panel.missing,
    )
    for table in study.regressions:
        sample_of(rows, table.sample, table.key)


def _effects(accounting: str, study: Study, inputs: Inputs, steps: Steps) -> Effects:
    with steps(f"Decomposing emissions ({accounting})", study.emissions.file):
        return decompose(
            inputs.series,
            inputs.emissions,
            accounting=accounting,
            tolerance=study.tables.tolerance,
            without_output=study.emissions.without_output,
        )


def _panel(
    study: Study, inputs: Inputs, effects: Effects, index: TransferIndex, foreign: TransferIndex
) -> pd.DataFrame:
    return build_panel(
        inputs.series,
        inputs.emissions,
        inputs.controls,
        accounting=effects.accounting,
        effects=effects,
        index=index,
        index_foreign=foreign,
        groups=inputs.groups,
        exclude=study.panel.exclude,
        missing=study.panel.missing,
        tolerance=study.tables.tolerance,
    )


def _tables(
    study: Study,
    panels: Mapping[str, pd.DataFrame],
    models: Mapping[str, tuple[FittedModel, ...]],
    choice: EstimatorChoice | None,
) -> dict[str, Table]:
    panel, labels = panels[study.emissions.accounting], study.labels
    tables: dict[str, Table] = {}
    if study.descriptives:
        tables["descriptives"] = descriptives_table(study.descriptives, panel, labels)
    for settings in study.regressions:
        tables[settings.key] = regression_table(settings, models[settings.key], labels)
    if study.choice and choice:
        tables |= choice_tables(study.choice.title, choice, labels)
    tables["accountings"] = accountings_table(panels, labels)
    if study.regressions:
        base = study.regressions[0]
        for name, other in panels.items():
            if name == study.emissions.accounting:
                continue
            key = f"{base.key}_{name}"
            again = replace(base, key=key, title=f"{base.title} ({name} accounting)")
            tables[key] = regression_table(again, estimate(again, other), labels)
    return tables
