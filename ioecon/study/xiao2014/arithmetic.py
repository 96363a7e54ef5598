"""The second paper's own arithmetic: its printed numbers checked against each other.

Nothing here needs the paper's tables of flows. Every number is read from the printed ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ioecon.study.xiao2014.arithmetic_words import COLUMNS, format_number, statements_on
from ioecon.study.xiao2014.bounds import HALF, table1_bounds
from ioecon.study.xiao2014.published import number_in_text, published
from regressions import Table

__all__ = ["Arithmetic", "check_arithmetic"]


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """Printed numbers, what follows from others, and whether they agree.

    Attributes
    ----------
    checks : DataFrame
        where, check, printed, recomputed, difference, allowed (rounding of the printed digits)
        and holds.
    bounds : DataFrame
        Table 1 against its own ordering and table 3: about, listed (sum of the sectors printed),
        expected, least and most that the sectors not printed can add, holds.
    statements : tuple of str
        In words: what agrees, what does not.
    """

    checks: pd.DataFrame
    bounds: pd.DataFrame
    statements: tuple[str, ...]

    def tables(self) -> dict[str, Table]:
        """Tables of the checks: one by subject, all that fail, and the bounds of table 1."""
        failed = self.checks.loc[~self.checks["holds"]]
        found = {
            "published_summary": self._summary_table(),
            "published_breaks": _checks_table(
                failed, "published_breaks", "Printed numbers that other printed numbers contradict"
            ),
            "published_bounds": self._bounds_table(),
        }
        for where, rows in self.checks.groupby("where", sort=False):
            key = f"published_{str(where).lower().replace(' ', '')}"
            found[key] = _checks_table(rows, key, f"{where}: printed and recomputed")
        return found

    def _summary_table(self) -> Table:
        grouped = self.checks.groupby("where", sort=False)["holds"]
        frame = pd.DataFrame({"Checks": grouped.size(), "Hold": grouped.sum().astype(int)})
        frame.loc["Table 1"] = [len(self.bounds), int(self.bounds["holds"].sum())]
        frame.index.name = "Printed in"
        return Table.from_frame(
            frame.sort_index(),
            title="The paper's own arithmetic",
            index=True,
            identifier="published_summary",
            notes=[
                "A sum holds if it agrees within the rounding of all numbers in it, half a unit "
                "of the last printed digit each.",
            ],
        )

    def _bounds_table(self) -> Table:
        frame = self.bounds.rename(
            columns={
                "about": "About",
                "listed": "Sectors printed",
                "expected": "Should be",
                "least": "Others at least",
                "most": "Others at most",
                "holds": "Possible",
            }
        )
        numbers = ["Sectors printed", "Should be", "Others at least", "Others at most"]
        return Table.from_frame(
            frame.set_index("About"),
            title="Table 1 against table 3 and against its own sums",
            index=True,
            formats=dict.fromkeys(numbers, format_number),
            identifier="published_bounds",
            notes=[
                "Table 1 prints the sectors that moved most. A sector that is not printed moved "
                "no more than the least one printed for that region and direction; where one "
                "cannot be read, all others are still bounded, and it itself is not.",
                "By region the printed sectors and the others add up to the net transfer of "
                "table 3; by sector all regions add up to zero.",
            ],
        )

    def to_markdown(self) -> str:
        """Write all checks as one document."""
        lists = "\n".join(f"- {statement}" for statement in self.statements)
        parts = [
            "# The paper's own arithmetic: Xiao, Wan and Liu (2014)",
            "Everything here is computed from the paper's printed numbers: 100 million yuan of "
            "output, 10,000 t of CO2. The computed tables of this study have other data and are "
            "not set against them.",
            lists,
            *(table.to_markdown() for table in self.tables().values()),
        ]
        return "\n\n".join(parts) + "\n"


def _checks_table(checks: pd.DataFrame, key: str, title: str) -> Table:
    frame = checks.rename(
        columns={
            "where": "Where",
            "check": "Check",
            "printed": "Printed",
            "recomputed": "From other numbers",
            "difference": "Difference",
            "holds": "Holds",
        }
    )[["Where", "Check", "Printed", "From other numbers", "Difference", "Holds"]]
    numbers = ["Printed", "From other numbers", "Difference"]
    return Table.from_frame(
        frame.set_index(["Where", "Check"]),
        title=title,
        index=True,
        formats=dict.fromkeys(numbers, format_number),
        identifier=key,
    )


def check_arithmetic() -> Arithmetic:
    """Check the printed numbers against each other.

    Examples
    --------
    >>> found = check_arithmetic()
    >>> found.checks.query("check == 'sum of carbon, exports'")["recomputed"].round(2).tolist()
    [-1435.6]
    """
    rows = [*_check_table3(), *_check_table4(), *_check_table5(), *_check_leakage()]
    checks = pd.DataFrame(rows)
    checks.insert(4, "difference", checks["recomputed"] - checks["printed"])
    # Printed decimals are not exact in binary: a hair more than the rounding is allowed.
    checks["holds"] = checks["difference"].abs() <= checks["allowed"] + 1e-9
    bounds = table1_bounds(published("table1"))
    return Arithmetic(checks, bounds, tuple(statements_on(checks, bounds)))


def _build_check(where: str, check: str, printed: float, recomputed: float, terms: int) -> dict:
    """One check; every one of the ``terms`` printed numbers in it is rounded."""
    return {
        "where": where,
        "check": check,
        "printed": printed,
        "recomputed": recomputed,
        "allowed": terms * HALF,
    }


def _check_table3() -> list[dict]:
    table = published("table3")
    rows = [
        _build_check("Table 3", f"sum of {words}", 0.0, table[column].sum(), len(table))
        for column, words in COLUMNS.items()
    ]
    for kind, words in (("transfer", "output"), ("carbon", "carbon")):
        parts = table[f"consumption_{kind}"] + table[f"export_{kind}"]
        rows += [
            _build_check("Table 3", f"{region}, total {words}", total, parts[region], 3)
            for region, total in table[f"net_{kind}"].items()
        ]
    coast = table["net_transfer"][["East Coast", "South Coast"]]
    share = 100 * coast["East Coast"] / coast.sum()
    printed = number_in_text("east_coast_share_of_coastal_outflow")
    rows.append(_build_check("Table 3", "East Coast in the coasts' outflow, %", printed, share, 1))
    return rows


def _check_table4() -> list[dict]:
    table = published("table4")
    words = {c: c.replace("_", ", ") for c in table.columns}
    return [
        _build_check(
            "Table 4", f"sum of {words[column]}, %", 100.0, table[column].sum(), len(table)
        )
        for column in table.columns
    ]


def _check_table5() -> list[dict]:
    table = published("table5")
    regions = table.drop("Total")
    rows = [
        _build_check(
            "Table 5",
            f"sum of {column.replace('_', ', ')}",
            table.loc["Total", column],
            regions[column].sum(),
            len(table),
        )
        for column in table.columns
    ]
    for year in (2002, 2007):
        parts = table[f"consumption_{year}"] + table[f"export_{year}"]
        rows += [
            _build_check("Table 5", f"{region}, total {year}", total, parts[region], 3)
            for region, total in table[f"total_{year}"].items()
        ]
    northwest = table.loc["Northwest"]
    rise = northwest["total_2007"] - northwest["total_2002"]
    printed = number_in_text("northwest_rise_of_emissions")
    rows.append(_build_check("Table 5", "Northwest, rise 2002 to 2007", printed, rise, 3))
    return rows


def _check_leakage() -> list[dict]:
    table = published("leakage")
    rows = [
        _build_check(
            "Leakage",
            f"{line['from']} to {line['to']}, consumption + exports",
            line["total"],
            line["consumption"] + line["export"],
            3,
        )
        for _, line in table.iterrows()
    ]
    totals = {
        "East Coast": number_in_text("leakage_from_east_coast"),
        "Central": number_in_text("leakage_from_central"),
    }
    for region, total in totals.items():
        lines = table.loc[table["from"] == region, "total"]
        rows.append(
            _build_check(
                "Leakage", f"{region} to all its partners", total, lines.sum(), len(lines) + 1
            )
        )
    return rows
