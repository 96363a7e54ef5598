"""The second paper's own arithmetic: its printed numbers checked against each other.

Nothing here needs the paper's tables of flows. Every number is read from the printed ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from io import StringIO

import numpy as np
import pandas as pd

from regressions import Table

__all__ = ["Arithmetic", "check_arithmetic", "published"]

_TABLES = {
    "table1": "xiao2014_table1_transfer_by_sector.csv",
    "table2": "xiao2014_table2_emission_coefficients.csv",
    "table3": "xiao2014_table3_net_transfer.csv",
    "table4": "xiao2014_table4_inflow_shares_percent.csv",
    "table5": "xiao2014_table5_emissions_10kt.csv",
    "leakage": "xiao2014_leakage_10kt.csv",
    "text": "xiao2014_text.csv",
}
_HALF = 0.005  # two decimals are printed
_SECTORS = 17
_WORDS = {
    "consumption_transfer": "output, consumption",
    "export_transfer": "output, exports",
    "net_transfer": "output, total",
    "consumption_carbon": "carbon, consumption",
    "export_carbon": "carbon, exports",
    "net_carbon": "carbon, total",
}


def published(name: str) -> pd.DataFrame:
    """Read one printed table: ``"table1"`` to ``"table5"``, ``"leakage"``, or ``"text"``.

    Examples
    --------
    >>> published("table3").loc["East Coast", "net_transfer"]
    np.float64(-17781.94)
    """
    text = files("ioecon.study").joinpath("published", _TABLES[name]).read_text(encoding="utf-8")
    frame = pd.read_csv(StringIO(text), dtype={"sector_code": "string"})
    return frame.set_index("region") if name in ("table3", "table4", "table5") else frame


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
            "published_summary": self._summary(),
            "published_breaks": _checks_table(
                failed, "published_breaks", "Printed numbers that other printed numbers contradict"
            ),
            "published_bounds": self._bounds_table(),
        }
        for where, rows in self.checks.groupby("where", sort=False):
            key = f"published_{str(where).lower().replace(' ', '')}"
            found[key] = _checks_table(rows, key, f"{where}: printed and recomputed")
        return found

    def _summary(self) -> Table:
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
            formats=dict.fromkeys(numbers, _number),
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
        formats=dict.fromkeys(numbers, _number),
        identifier=key,
    )


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "" if np.isnan(value) else "no bound"
    return f"{value + 0.0 if abs(value) >= _HALF else 0.0:,.2f}".replace("-", "−")


def check_arithmetic() -> Arithmetic:
    """Check the printed numbers against each other.

    Examples
    --------
    >>> found = check_arithmetic()
    >>> found.checks.query("check == 'sum of carbon, exports'")["recomputed"].round(2).tolist()
    [-1435.6]
    """
    rows = [*_table3(), *_table4(), *_table5(), *_leakage()]
    checks = pd.DataFrame(rows)
    checks.insert(4, "difference", checks["recomputed"] - checks["printed"])
    # Printed decimals are not exact in binary: a hair more than the rounding is allowed.
    checks["holds"] = checks["difference"].abs() <= checks["allowed"] + 1e-9
    bounds = _table1_bounds(published("table1"))
    return Arithmetic(checks, bounds, tuple(_statements(checks, bounds)))


def _check(where: str, check: str, printed: float, recomputed: float, terms: int) -> dict:
    """One check; every one of the ``terms`` printed numbers in it is rounded."""
    return {
        "where": where,
        "check": check,
        "printed": printed,
        "recomputed": recomputed,
        "allowed": terms * _HALF,
    }


def _said(what: str) -> float:
    """Give a number from the running text."""
    return float(published("text").set_index("what").loc[what, "value"])


def _table3() -> list[dict]:
    table = published("table3")
    rows = [
        _check("Table 3", f"sum of {words}", 0.0, table[column].sum(), len(table))
        for column, words in _WORDS.items()
    ]
    for kind, words in (("transfer", "output"), ("carbon", "carbon")):
        parts = table[f"consumption_{kind}"] + table[f"export_{kind}"]
        rows += [
            _check("Table 3", f"{region}, total {words}", total, parts[region], 3)
            for region, total in table[f"net_{kind}"].items()
        ]
    coast = table["net_transfer"][["East Coast", "South Coast"]]
    share = 100 * coast["East Coast"] / coast.sum()
    said = _said("east_coast_share_of_coastal_outflow")
    rows.append(_check("Table 3", "East Coast in the coasts' outflow, %", said, share, 1))
    return rows


def _table4() -> list[dict]:
    table = published("table4")
    words = {c: c.replace("_", ", ") for c in table.columns}
    return [
        _check("Table 4", f"sum of {words[column]}, %", 100.0, table[column].sum(), len(table))
        for column in table.columns
    ]


def _table5() -> list[dict]:
    table = published("table5")
    regions = table.drop("Total")
    rows = [
        _check(
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
            _check("Table 5", f"{region}, total {year}", total, parts[region], 3)
            for region, total in table[f"total_{year}"].items()
        ]
    northwest = table.loc["Northwest"]
    rise = northwest["total_2007"] - northwest["total_2002"]
    said = _said("northwest_rise_of_emissions")
    rows.append(_check("Table 5", "Northwest, rise 2002 to 2007", said, rise, 3))
    return rows


def _leakage() -> list[dict]:
    table = published("leakage")
    rows = [
        _check(
            "Leakage",
            f"{line['from']} to {line['to']}, consumption + exports",
            line["total"],
            line["consumption"] + line["export"],
            3,
        )
        for _, line in table.iterrows()
    ]
    totals = {
        "East Coast": _said("leakage_from_east_coast"),
        "Central": _said("leakage_from_central"),
    }
    for region, total in totals.items():
        lines = table.loc[table["from"] == region, "total"]
        rows.append(
            _check("Leakage", f"{region} to all its partners", total, lines.sum(), len(lines) + 1)
        )
    return rows


def _table1_bounds(printed: pd.DataFrame) -> pd.DataFrame:
    """Find what table 1 leaves room for, by region (table 3) and by sector (zero)."""
    column = "transfer_100m_yuan"
    signed = printed[column].where(printed["direction"] == "in", -printed[column])
    listed = printed.assign(signed=signed)
    least = printed.pivot_table(index="region", columns="direction", values=column, aggfunc="min")
    unread = listed.loc[listed[column].isna()]
    net = published("table3")["net_transfer"]
    rows = []
    for region, lines in listed.groupby("region", sort=False):
        others = _SECTORS - len(lines)
        low, high = -others * least.loc[region, "out"], others * least.loc[region, "in"]
        low, high = _unbounded(low, high, unread.loc[unread["region"] == region])
        rows.append((f"{region}", lines["signed"].sum(), net[region], low, high, len(lines)))
    for sector, lines in listed.groupby("sector_code", sort=True):
        absent = least.drop(index=list(lines["region"]))
        low, high = -absent["out"].sum(), absent["in"].sum()
        low, high = _unbounded(low, high, unread.loc[unread["sector_code"] == sector])
        name = f"{sector} {lines['sector'].iloc[0]}"
        rows.append((name, lines["signed"].sum(), 0.0, low, high, len(lines)))
    frame = pd.DataFrame(rows, columns=["about", "listed", "expected", "least", "most", "lines"])
    gap = frame["expected"] - frame["listed"]
    slack = _HALF * (frame["lines"] + 1)
    frame["holds"] = (gap >= frame["least"] - slack) & (gap <= frame["most"] + slack)
    return frame.drop(columns="lines")


def _unbounded(low: float, high: float, unread: pd.DataFrame) -> tuple[float, float]:
    """Bounds with a number that cannot be read: at least zero in its direction, no upper bound."""
    if (unread["direction"] == "in").any():
        high = np.inf
    if (unread["direction"] == "out").any():
        low = -np.inf
    return low, high


def _statements(checks: pd.DataFrame, bounds: pd.DataFrame) -> list[str]:
    find = checks.set_index(["where", "check"])
    said = [
        f"{int(checks['holds'].sum())} of {len(checks)} sums, totals and shares of tables 3 to 5 "
        f"and of the leakages agree within rounding; {int((~checks['holds']).sum())} do not. Table "
        f"1 is possible in {int(bounds['holds'].sum())} of {len(bounds)} respects."
    ]
    broken = bounds.loc[~bounds["holds"]]
    return [
        *said,
        *_zero_sums(find),
        *_totals(checks),
        *_leakage_statements(find),
        *_growth(),
        *([_table1_statement(broken)] if len(broken) else []),
        "The paper's leakage is weak leakage: what trade carried between regions with other "
        "coefficients, whatever moved it.",
    ]


def _zero_sums(find: pd.DataFrame) -> list[str]:
    """Net transfers sum to zero over the regions; what breaks it, and the row that mends it."""
    zero = {column: find.loc[("Table 3", f"sum of {words}")] for column, words in _WORDS.items()}
    held = [words for column, words in _WORDS.items() if zero[column]["holds"]]
    broken = [
        f"{words} ({_number(zero[column]['recomputed'])})"
        for column, words in _WORDS.items()
        if not zero[column]["holds"]
    ]
    said = [
        "Net transfers of all regions must sum to zero. In table 3 they do for "
        f"{'; '.join(held)}; they do not for {'; '.join(broken)}."
    ]
    table = published("table3")
    gap = table["net_transfer"] - table["consumption_transfer"] - table["export_transfer"]
    region = str(gap.abs().idxmax())
    shift = {kind: -zero[f"{kind}_transfer"]["recomputed"] for kind in ("consumption", "export")}
    if abs(sum(shift.values()) - gap[region]) <= len(table) * 2 * _HALF:
        mended = [table.loc[region, f"{kind}_transfer"] + by for kind, by in shift.items()]
        said.append(
            f"One row would mend the sums of output: with {_number(mended[0])} for consumption and "
            f"{_number(mended[1])} for exports in place of "
            f"{_number(table.loc[region, 'consumption_transfer'])} and "
            f"{_number(table.loc[region, 'export_transfer'])}, both columns sum to zero and "
            f"{region}'s parts give its printed total, which misses them by "
            f"{_number(gap[region])} as printed."
        )
    return said


def _totals(checks: pd.DataFrame) -> list[str]:
    """Rows of table 3 whose total is not the sum of its parts."""
    said = []
    for kind in ("output", "carbon"):
        rows = checks.loc[checks["check"].str.endswith(f", total {kind}")]
        broken = rows.loc[~rows["holds"]]
        listed = ", ".join(
            f"{check.partition(',')[0]} ({_number(-difference)})"
            for check, difference in zip(broken["check"], broken["difference"], strict=True)
        )
        said.append(
            f"Total {kind} of table 3 is the sum of consumption and exports in "
            f"{len(rows) - len(broken)} of {len(rows)} rows"
            + (f"; printed less sum: {listed}." if listed else ".")
        )
    return said


def _leakage_statements(find: pd.DataFrame) -> list[str]:
    east = find.loc[("Leakage", "East Coast to all its partners")]
    central = find.loc[("Leakage", "Central to all its partners")]
    share = find.loc[("Table 3", "East Coast in the coasts' outflow, %")]
    said = [
        f"Leakage from the East Coast adds up to {_number(east['recomputed'])} and from Central to "
        f"{_number(central['recomputed'])}, as printed"
        if east["holds"] and central["holds"]
        else f"Leakage adds up to {_number(east['recomputed'])} (East Coast) and "
        f"{_number(central['recomputed'])} (Central), not as printed"
    ]
    said[0] += (
        f"; the East Coast has {share['recomputed']:.2f} % of the outflow of both coasts that lose."
    )
    table = published("leakage")
    swapped = table.loc[table["note"].fillna("").str.contains("swapped|as above")]
    first, second = (line for _, line in swapped.iterrows())
    said.append(
        f"The text gives the consumption and export parts of leakage from {first['from']} to "
        f"{first['to']} and to {second['to']} the other way round: "
        f"{_number(second['consumption'])} + {_number(second['export'])} make the total printed "
        f"for {second['to']}. They stand here where they fit."
    )
    odd = find.loc["Leakage"].loc[lambda rows: ~rows["holds"]]
    said += [
        f"Leakage from {check.partition(',')[0]} is printed as {_number(line['printed'])}, its "
        f"parts sum to {_number(line['recomputed'])}."
        for check, line in odd.iterrows()
    ]
    return said


def _growth() -> list[str]:
    table = published("table5")
    growth = table["total_2007"] / table["total_2002"]
    regions = growth.drop("Total")
    return [
        f"Emissions of table 5 grew {growth['Total']:.2f}-fold in five years (the text says nearly "
        f"threefold), from {regions.min():.2f}-fold in {regions.idxmin()} to {regions.max():.2f}-"
        f"fold in {regions.idxmax()}."
    ]


def _table1_statement(broken: pd.DataFrame) -> str:
    printed = published("table1")
    column = "transfer_100m_yuan"
    unread = printed.loc[printed[column].isna()]
    names = ", ".join(
        f"{line.region} {line.sector_code} {line.direction}"
        for line in unread.itertuples(index=False)
    )
    return (
        "Table 1 cannot be right as printed if it lists the sectors that moved most: the sectors "
        f"not printed cannot make up what lacks for {'; '.join(broken['about'])}."
        f"{_slipped_point(printed, column, broken)} Numbers that the scan does not show: {names}."
    )


def _slipped_point(printed: pd.DataFrame, column: str, broken: pd.DataFrame) -> str:
    """Try the largest number with its decimal point one place to the left."""
    row = printed[column].idxmax()
    largest = printed.loc[row]
    moved = printed.copy()
    moved.loc[row, column] = largest[column] / 10
    bounds = _table1_bounds(moved).set_index("about")["holds"]
    mended = [about for about in broken["about"] if bounds[about]]
    if not mended:
        return ""
    return (
        f" With {_number(largest[column] / 10)} in place of its largest number, "
        f"{_number(largest[column])} for {largest['sector'].lower()} into {largest['region']}, "
        f"these become possible: {', '.join(mended)}."
    )
