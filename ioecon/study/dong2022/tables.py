"""The tables of a study of the first paper's kind."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ioecon.decomposition import Effects
from ioecon.study.dong2022.readings_tables import readings_tables
from ioecon.study.dong2022.results import Findings
from ioecon.study.dong2022.wording import WORDS
from ioecon.study.input_output.audits import audit_table
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.models.tables import (
    MOMENTS,
    model_tables,
    moments,
    other_panel_tables,
    robustness_tables,
)
from regressions import Table

__all__ = ["tables_of"]

_INDICES = ("ln_iti", "ln_iti_foreign")
_LOGARITHMS = "ln(v) of a variable that can be negative is sign(v)·ln|v|; ITI is times 10,000."


def tables_of(findings: Findings) -> dict[str, Table]:
    """Every table of the study, by the name of its files."""
    study = findings.study
    return {
        **model_tables(study, findings.panel, findings, WORDS, notes=[_LOGARITHMS]),
        **(readings_tables(findings.readings, study.labels) if findings.readings else {}),
        "accountings": _accountings_table(findings),
        **other_panel_tables(study, findings, WORDS),
        **robustness_tables(study, findings, WORDS),
        "audit": audit_table(findings.audits),
        "identity": _identity_table(findings.residuals, findings.effects),
    }


def _accountings_table(findings: Findings) -> Table:
    """Moments of the outcomes under each accounting, and of the indices, which have none."""
    labels, panels = findings.study.labels, findings.panels
    words = StressorWords.of(next(iter(findings.effects.values())))
    main = next(iter(panels.values()))
    outcomes = [f"ln_{name}" for name in findings.study.outcomes]
    rows = {labels.get(name, name): row for name, row in moments(main, _INDICES).iterrows()}
    for accounting, panel in panels.items():
        for name, row in moments(panel, outcomes).iterrows():
            rows[f"{labels.get(name, name)}, {accounting}"] = row
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return Table.from_frame(
        frame.astype({"obs": int}),
        title="Outcomes and indices under each accounting",
        labels=MOMENTS,
        digits=3,
        index=True,
        identifier="accountings",
        notes=[
            f"carbon_table: each year's table times its {words.intensities} (the paper's). "
            "satellite: intensity is a factor of its own, ½(ê0 + ê1) times the output effects.",
        ],
    )


def _identity_table(
    residuals: Mapping[str, Mapping[str, float]], effects: Mapping[str, Effects]
) -> Table:
    """Largest relative miss of the identity in each period, by accounting."""
    frame = pd.DataFrame(residuals)
    frame.index.name = "Period to"
    what = StressorWords.of(next(iter(effects.values()))).totals
    return Table.from_frame(
        frame, formats=dict.fromkeys(residuals, "{:.1e}".format),
        title=f"Sum of effects against the change in {what}", index=True,
        identifier="identity",
        notes=[
            "Largest miss of any country, relative to the largest change; refused above 1e-10."
            + (
                " Solves in float32: the residual that they were refined to, relative to the "
                "largest number."
                if len(residuals) > len(effects)
                else ""
            )
        ],
    )  # fmt: skip
