"""How sound the tables are: the audits of all years together."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ioecon.audit import Audit
from ioecon.series import IOSeries
from regressions import Table

__all__ = ["audit_series", "audit_table"]

_SEVERITIES = ("error", "warning", "note")


def audit_series(series: IOSeries) -> dict[int, Audit]:
    """Audit every table, by year."""
    return {year: series[year].audit() for year in series.years}


def audit_table(audits: Mapping[int, Audit]) -> Table:
    """One row per kind of finding: in which years, how many, and the largest."""
    rows = []
    every = [finding for audit in audits.values() for finding in audit.findings]
    severity = {
        check: min(
            (found.severity for found in every if found.check == check), key=_SEVERITIES.index
        )
        for check in dict.fromkeys(found.check for found in every)
    }
    for check in sorted(severity, key=lambda name: _SEVERITIES.index(severity[name])):
        found = {year: audit[check] for year, audit in audits.items() if check in audit}
        worst = max(found, key=lambda year: (abs(found[year].size), year))
        finding = found[worst]
        rows.append(
            {
                "Severity": severity[check],
                "Check": check.replace("_", " "),
                "Years": _format_years(sorted(found)),
                "Places a year": _format_range([each.count for each in found.values()]),
                "Largest": f"{finding.size:,.6g}",
                "Where": f"{finding.place}, {worst}",
            }
        )
    if not rows:
        nothing = dict.fromkeys(("Severity", "Places a year", "Largest", "Where"), "")
        rows = [
            {
                **nothing,
                "Check": "all checks",
                "Years": _format_years(list(audits)),
                "Severity": "ok",
            }
        ]
    notes = [
        "Nothing is repaired. error: refused; warning: carried and named; note: usual.",
        "Largest: in the unit of the table; for column sums, of coefficients.",
    ]
    return Table.from_frame(
        pd.DataFrame(rows),
        title="Audit of the tables",
        index=False,
        identifier="audit",
        notes=notes,
    )


def _format_years(years: list[int]) -> str:
    first, last = years[0], years[-1]
    if len(years) > 2 and last - first + 1 == len(years):
        return f"{first}–{last}"
    if len(years) > 4:
        return f"{len(years)} of {first}–{last}"
    return ", ".join(map(str, years))


def _format_range(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}–{high}"
