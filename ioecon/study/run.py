"""Run a study: from its inputs to a complete results folder."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ioecon.decomposition import Effects, decompose
from ioecon.errors import IoeconWarning
from ioecon.industrial_transfer import TransferIndex, transfer_index
from ioecon.panel import build_panel
from ioecon.study.comparison import compare_with_published
from ioecon.study.estimation import EstimatorChoice, estimate, weigh_estimators
from ioecon.study.inputs import Inputs, read_inputs
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.study.output_tables import (
    accountings_table,
    choice_tables,
    descriptives_table,
    regression_table,
)
from ioecon.study.quality import audit_table, audits_of, residual_table
from ioecon.study.results import StudyResults
from ioecon.study.results_files import write_results
from ioecon.study.results_folder import results_folder
from ioecon.study.settings import WORLD, Study
from ioecon.study.steps import Steps
from ioecon.study.study_file import load_study
from regressions import RegressionWarning

if TYPE_CHECKING:
    from regressions import FittedModel, Table

__all__ = ["StudyResults", "run_study"]


def run_study(
    study: Study | str | Path,
    out: str | Path,
    *,
    overwrite: bool = False,
    report: Callable[[str], None] | None = None,
) -> StudyResults:
    """Run a study and write its results folder.

    Parameters
    ----------
    study : Study or path
        Settings, or the study file.
    out : path
        Results folder. It appears when it is complete; a failure leaves nothing behind.
    overwrite : bool
        Whether earlier results in ``out`` may be replaced.
    report : callable, optional
        Called with the name of each step as it begins.

    Returns
    -------
    StudyResults

    Raises
    ------
    StudyError
        If the study file is wrong.
    OutputError
        If ``out`` is there already, or cannot be written; known before anything is computed.
    IoeconError, RegressionError, DiagnosticError
        If a step fails; the error carries the step's name as a note.

    Examples
    --------
    >>> import tempfile
    >>> from ioecon.study import embedded_study, run_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run_study(embedded_study(), f"{folder}/results")
    ...     (results.folder / "index.html").is_file()
    True
    """
    steps = Steps(report)
    with steps("Reading the study file", None if isinstance(study, Study) else Path(study)):
        settings, study_files = _loaded(study)
    with ExitStack() as stack:
        with steps("Opening the results folder"):
            folder = stack.enter_context(results_folder(Path(out), overwrite=overwrite))
        with _gathered_warnings() as gathered:
            results = _compute(settings, study_files, steps, Path(out).expanduser().resolve())
        results = replace(results, warnings=tuple(gathered))
        with steps("Drawing and writing"):
            write_results(results, folder)
    return results


def _loaded(study: Study | str | Path) -> tuple[Study, tuple[InputFile, ...]]:
    if isinstance(study, Study):
        return study, ()
    path = Path(study)
    return load_study(path), (InputFile("study", path.name, sha256_of(path)),)


@contextmanager
def _gathered_warnings() -> Iterator[list[str]]:
    """Warnings of ioecon and regressions, each once; those of other libraries go their way."""
    gathered: dict[str, None] = {}
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        for category in (IoeconWarning, RegressionWarning):
            warnings.simplefilter("always", category)
        yield found
    for warning in caught:
        if issubclass(warning.category, IoeconWarning | RegressionWarning):
            gathered[str(warning.message)] = None
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    found.extend(gathered)


def _compute(
    study: Study, study_files: tuple[InputFile, ...], steps: Steps, out: Path
) -> StudyResults:
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
    with steps("Making the tables"):
        tables = _tables(study, panels, models, choice)
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
