"""The tables of a study of any panel."""

from __future__ import annotations

import pandas as pd

from ioecon.study.models.tables import model_tables, robustness_tables
from ioecon.study.panel.results import Findings
from ioecon.study.panel.wording import words_of
from regressions import Table, correlation_table

__all__ = ["tables_of"]


def tables_of(findings: Findings) -> dict[str, Table]:
    """Every table of the study, by the name of its files."""
    study, words = findings.study, words_of(findings.study)
    tables = model_tables(study, findings.panel, findings, words)
    if study.correlations is not None:
        correlations = correlation_table(
            findings.panel,
            list(study.correlations.variables),
            method=study.correlations.method,
            labels=study.labels,
            title=study.correlations.title,
        )
        described = {key: tables.pop(key) for key in ("descriptives",) if key in tables}
        tables = {**described, "correlations": correlations, **tables}
    return {
        **tables,
        **robustness_tables(study, findings, words),
        "sample": _sample_table(findings),
    }


def _sample_table(findings: Findings) -> Table:
    """Rows, entities and periods of the panel and of every sample."""
    panel = findings.panel
    samples = {"all rows": panel}
    for name in findings.study.samples:
        samples[name] = panel[panel[name].fillna(False).astype(bool)]
    rows = {}
    for name, part in samples.items():
        entities, periods = (part.index.get_level_values(level) for level in (0, 1))
        counts = entities.value_counts()
        rows[name] = {
            "Rows": len(part),
            "Entities": entities.nunique(),
            "Periods": periods.nunique(),
            "First": str(periods.min()) if len(part) else "",
            "Last": str(periods.max()) if len(part) else "",
            "Fewest rows of one": int(counts.min()) if len(part) else 0,
        }
    return Table.from_frame(
        pd.DataFrame.from_dict(rows, orient="index"),
        title="The panel and its samples",
        index=True,
        identifier="sample",
        labels=findings.study.labels,
    )
