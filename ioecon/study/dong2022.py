"""The first paper's kind of study: decomposition, transfer index, panel and regressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from diagnostics import battery
from ioecon.decomposition import Effects, decompose
from ioecon.industrial_transfer import TransferIndex, transfer_index
from ioecon.panel import build_panel
from ioecon.study.comparison import compare_with_published
from ioecon.study.estimation import EstimatorChoice, estimate, weigh_estimators
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
from ioecon.study.sections import nearest
from ioecon.study.settings import WORLD, Study
from ioecon.study.specifications import battery_table, curve_of, curve_tables
from ioecon.study.steps import Steps

if TYPE_CHECKING:
    from regressions import FittedModel, Table

__all__ = ["compute", "problems"]


def problems(study: Study) -> Iterator[str]:
    """Say what the parts of a study get wrong about each other."""
    embedded = study.tables.format == WORLD
    if embedded and study.tables.path is not None:
        yield 'tables.path goes with a format; name it (format = "world" is the embedded world).'
    if embedded and study.tables.output == "printed":
        yield "tables.output: the embedded world has row sums only, no printed output."
    if not embedded and study.tables.path is None:
        yield f"tables.format = {study.tables.format!r} needs tables.path, the folder of its files."
    if not embedded and study.emissions.file is None:
        yield "emissions.file is missing: only the embedded world brings its own emissions."
    if not embedded and study.controls is not None and study.controls.file is None:
        yield "controls.file is missing: only the embedded world brings its own controls."
    if study.tables.tolerance < 0:
        yield f"tables.tolerance is a share of world output, not {study.tables.tolerance:g}."
    if study.emissions.format != "csv" and (study.emissions.fill or study.emissions.rest_of_world):
        yield "emissions.fill and emissions.rest_of_world go with national totals from CSV only."
    if len(study.figures.scatter) != 2:
        yield "figures.scatter names two variables of the panel: horizontal, then vertical."
    keys = [regression.key for regression in study.regressions]
    for regression in study.regressions:
        if not regression.key.replace("_", "").replace("-", "").isalnum():
            yield f"the key {regression.key!r} names files: use letters, digits, '-' and '_' only."
        if keys.count(regression.key) > 1:
            yield f"two regression tables have the key {regression.key!r}."
        if regression.sample is not None:
            yield from _unknown_group(study, regression.key, regression.sample)
    if study.specifications is not None:
        for label, sample in study.specifications.samples.items():
            if sample:
                yield from _unknown_group(study, f"specifications.samples.{label}", sample)
        if study.specifications.inference != "none" and study.specifications.draws < 99:
            yield "specifications.draws: a p-value needs at least 99 draws."
    if study.figures.mark is not None:
        yield from _unknown_group(study, "figures.mark", study.figures.mark)


def _unknown_group(study: Study, where: str, sample: str) -> Iterator[str]:
    group = sample.removeprefix("not ")
    known = study.groups.columns if study.groups is not None else {}
    if group not in known:
        hint = nearest(group, known) if known else "there is no section [groups]."
        yield f"{where} uses the group {group!r}, which [groups] does not have; {hint}"


def compute(
    study: Study, study_files: tuple[InputFile, ...], steps: Steps, out: Path
) -> StudyResults:
    """Compute everything that the study asks for."""
    inputs = read_inputs(study, steps)
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
