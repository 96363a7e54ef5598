"""How sound the inputs and results are: the audit of all years together, identity residuals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ioecon.audit import Audit
from ioecon.decomposition import Effects
from ioecon.series import IOSeries
from regressions import Table

__all__ = ["audit_table", "audits_of", "identity_residuals", "residual_table"]


def audits_of(series: IOSeries) -> dict[int, Audit]:
    """Audit of every table."""
    return {year: series[year].audit() for year in series.years}


def audit_table(audits: Mapping[int, Audit]) -> Table:
    """One row per kind of finding: in which years, how many, and the largest."""
    rows = []
    checks = dict.fromkeys(
        (finding.severity, finding.check) for audit in audits.values() for finding in audit.findings
    )
    for severity, check in sorted(
        checks, key=lambda pair: ("error", "warning", "note").index(pair[0])
    ):
        found = {
            year: finding
            for year, audit in audits.items()
            for finding in audit.findings
            if (finding.severity, finding.check) == (severity, check)
        }
        worst = max(found, key=lambda year: (abs(found[year].size), year))
        counts = [finding.count for finding in found.values()]
        rows.append(
            {
                "Severity": severity,
                "Check": check.replace("_", " "),
                "Years": _years(sorted(found)),
                "Places a year": _range(counts),
                "Largest": f"{worst}: {found[worst].message}",
            }
        )
    if not rows:
        nothing = {"Places a year": "0", "Largest": "Nothing to report."}
        rows = [{"Severity": "", "Check": "all", "Years": _years(list(audits)), **nothing}]
    return Table.from_frame(
        pd.DataFrame(rows), title="Audit of the tables", index=False, identifier="audit",
        notes=["Nothing is repaired. error: refused; warning: carried and named; note: usual."],
    )  # fmt: skip


def _years(years: list[int]) -> str:
    first, last = years[0], years[-1]
    if len(years) > 2 and last - first + 1 == len(years):
        return f"{first}–{last}"
    return ", ".join(map(str, years))


def _range(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}–{high}"


def identity_residuals(effects: Mapping[str, Effects]) -> dict[str, dict[str, float]]:
    """Relative miss of the identity by accounting and reporting year."""
    return {
        accounting: {
            str(year): float(value)
            for year, value in zip(found.years, found.residuals, strict=True)
        }
        for accounting, found in effects.items()
    }


def residual_table(effects: Mapping[str, Effects]) -> Table:
    """Largest relative miss of the identity in each period, by accounting."""
    frame = pd.DataFrame(identity_residuals(effects)).map(lambda value: f"{value:.1e}")
    frame.index.name = "Period to"
    return Table.from_frame(
        frame, title="Sum of effects against the change in emissions", index=True,
        identifier="identity",
        notes=["Largest miss of any country, relative to the largest change; refused above 1e-10."],
    )  # fmt: skip
