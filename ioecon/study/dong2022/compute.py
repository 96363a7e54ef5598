"""From tables to decomposition, transfer indices, panel and models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from ioecon.decomposition import Effects, decompose
from ioecon.errors import IoeconWarning
from ioecon.industrial_transfer import TransferIndex, transfer_index
from ioecon.panel.build import build_panel
from ioecon.panel.controls import index_by_place
from ioecon.stressor import CO2
from ioecon.study.dong2022.checks import require_known_names
from ioecon.study.dong2022.comparison import compare_with_published
from ioecon.study.dong2022.inputs import Inputs
from ioecon.study.dong2022.readings import (
    FACTORS,
    Readings,
    compare_readings,
    is_near_the_paper,
)
from ioecon.study.dong2022.results import Findings
from ioecon.study.dong2022.settings import Dong2022Study
from ioecon.study.dong2022.wording import WORDS
from ioecon.study.input_output.audits import audit_series
from ioecon.study.input_output.settings import WORLD
from ioecon.study.models.estimation import ModelFindings, estimate_models
from ioecon.study.steps import Steps
from ioecon.user_warnings import warn_user

__all__ = ["compute"]


def compute(study: Dong2022Study, inputs: Inputs, steps: Steps) -> Findings:
    """Compute everything that the study asks for."""
    with steps("Checking the names"):
        require_known_names(study, inputs)
    with steps("Auditing the tables", study.tables.path):
        audits = steps.take(partial(audit_series, inputs.series))
    names = dict.fromkeys([study.emissions.accounting, *study.emissions.compare])
    effects: dict[str, Effects] = {name: _decompose(name, study, inputs, steps) for name in names}
    with steps("Transfer indices"):
        tolerance = study.tables.tolerance
        of_tables = partial(transfer_index, inputs.series, tolerance=tolerance)
        index = steps.take(of_tables)
        foreign = steps.take(partial(of_tables, of="foreign_input"))
    with steps("Building the panel", study.controls.file if study.controls else None):
        panels: dict[str, pd.DataFrame] = {
            name: steps.take(_call_for_panel(study, inputs, found, index, foreign))
            for name, found in effects.items()
        }
    panel = panels[study.emissions.accounting]
    estimated = estimate_models(study, panels, steps, WORDS)
    comparison = readings = None
    stressor = effects[study.emissions.accounting].stressor
    if study.published and stressor != CO2:
        warn_user(
            f"The published numbers are of CO2 and this study counts {stressor}: they are not "
            "compared. Leave published out of the study file.",
            IoeconWarning,
        )
    elif study.published:
        with steps("Comparing with the published numbers"):
            fictional = study.tables.format == WORLD
            printed = estimated.choosing.printed if estimated.choosing else None
            comparison = compare_with_published(
                panel, estimated.models, printed, study.outcomes, fictional=fictional
            )
            readings = _read_outcome(study, panel, effects, estimated)
    return Findings(
        **vars(estimated),
        study=study,
        panel=panel,
        panels=panels,
        effects=effects,
        residuals=_residuals_by_year(effects),
        index=index,
        index_foreign=foreign,
        comparison=comparison,
        readings=readings,
        audits=audits,
    )


def _read_outcome(
    study: Dong2022Study,
    panel: pd.DataFrame,
    effects: Mapping[str, Effects],
    estimated: ModelFindings,
) -> Readings | None:
    """Rank the readings of the published outcome, where the panel is the paper's or near it."""
    found = effects[study.emissions.accounting]
    near = study.tables.format != WORLD and is_near_the_paper(panel)
    if not near or not {*FACTORS} <= {*found.factors}:
        return None
    return compare_readings(found.by_country(), panel, estimated.models)


def _decompose(accounting: str, study: Dong2022Study, inputs: Inputs, steps: Steps) -> Effects:
    with steps(f"Decomposing emissions ({accounting})", study.emissions.file):
        found: Effects = steps.take(
            partial(
                decompose,
                inputs.series,
                inputs.emissions,
                model=study.decomposition.model,
                method=study.decomposition.method,
                sequence=study.decomposition.sequence or None,
                variables=_variables_of(study, inputs),
                accounting=accounting,
                tolerance=study.tables.tolerance,
                without_output=study.emissions.without_output,
            )
        )
        return found


def _variables_of(study: Dong2022Study, inputs: Inputs) -> dict[str, pd.Series] | None:
    """Take what the model needs beside tables and emissions from the controls."""
    wanted = study.decomposition.variables
    if not wanted or inputs.controls is None:
        return None
    controls = index_by_place(inputs.controls)
    return {name: controls[control].dropna() for name, control in wanted.items()}


def _residuals_by_year(effects: Mapping[str, Effects]) -> dict[str, dict[str, float]]:
    """Misses of the identity and, for tables in float32, what solves were refined to."""
    residuals = {}
    for name, found in effects.items():
        residuals[name] = dict(zip(map(str, found.years), found.residuals.tolist(), strict=True))
    for name, found in effects.items():
        if found.solve_residuals is not None:
            residuals[f"{name}, solves in float32"] = dict(
                zip(map(str, found.years), found.solve_residuals.tolist(), strict=True)
            )
    return residuals


def _call_for_panel(
    study: Dong2022Study,
    inputs: Inputs,
    effects: Effects,
    index: TransferIndex,
    foreign: TransferIndex,
) -> partial[pd.DataFrame]:
    return partial(
        build_panel,
        inputs.series,
        inputs.emissions,
        inputs.controls,
        accounting=effects.accounting,
        outcomes=study.outcomes,
        effects=effects,
        index=index,
        index_foreign=foreign,
        groups=inputs.groups,
        exclude=study.panel.exclude,
        missing=study.panel.missing,
        tolerance=study.tables.tolerance,
    )
