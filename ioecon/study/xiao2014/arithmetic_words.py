"""What agrees and what does not among the paper's printed numbers, in plain words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ioecon.study.xiao2014.bounds import HALF, table1_bounds
from ioecon.study.xiao2014.published import published
from regressions.typography import true_minus

__all__ = ["COLUMNS", "format_number", "statements_on"]

COLUMNS = {
    "consumption_transfer": "output, consumption",
    "export_transfer": "output, exports",
    "net_transfer": "output, total",
    "consumption_carbon": "carbon, consumption",
    "export_carbon": "carbon, exports",
    "net_carbon": "carbon, total",
}


def format_number(value: float) -> str:
    """Print a number with two decimals and a true minus; infinity as no bound."""
    if not np.isfinite(value):
        return "" if np.isnan(value) else "no bound"
    return true_minus(f"{value + 0.0 if abs(value) >= HALF else 0.0:,.2f}")


def statements_on(checks: pd.DataFrame, bounds: pd.DataFrame) -> list[str]:
    """Say how far the printed numbers agree with one another.

    Parameters
    ----------
    checks, bounds : DataFrame
        As in :class:`ioecon.study.xiao2014.arithmetic.Arithmetic`.
    """
    find = checks.set_index(["where", "check"])
    statements = [
        f"{int(checks['holds'].sum())} of {len(checks)} sums, totals and shares of tables 3 to 5 "
        f"and of the leakages agree within rounding; {int((~checks['holds']).sum())} do not. Table "
        f"1 is possible in {int(bounds['holds'].sum())} of {len(bounds)} respects."
    ]
    broken = bounds.loc[~bounds["holds"]]
    return [
        *statements,
        *_on_zero_sums(find),
        *_on_totals(checks),
        *_on_leakage(find),
        *_on_growth(),
        *([_on_table1(broken)] if len(broken) else []),
        "The paper's leakage is weak leakage: what trade carried between regions with other "
        "coefficients, whatever moved it.",
    ]


def _on_zero_sums(find: pd.DataFrame) -> list[str]:
    """Net transfers sum to zero over the regions; what breaks it, and the row that mends it."""
    zero = {column: find.loc[("Table 3", f"sum of {words}")] for column, words in COLUMNS.items()}
    held = [words for column, words in COLUMNS.items() if zero[column]["holds"]]
    broken = [
        f"{words} ({format_number(zero[column]['recomputed'])})"
        for column, words in COLUMNS.items()
        if not zero[column]["holds"]
    ]
    statements = [
        "Net transfers of all regions must sum to zero. In table 3 they do for "
        f"{'; '.join(held)}; they do not for {'; '.join(broken)}."
    ]
    table = published("table3")
    gap = table["net_transfer"] - table["consumption_transfer"] - table["export_transfer"]
    region = str(gap.abs().idxmax())
    shift = {kind: -zero[f"{kind}_transfer"]["recomputed"] for kind in ("consumption", "export")}
    if abs(sum(shift.values()) - gap[region]) <= len(table) * 2 * HALF:
        mended = [table.loc[region, f"{kind}_transfer"] + by for kind, by in shift.items()]
        statements.append(
            f"One row would mend the sums of output: with {format_number(mended[0])} for "
            f"consumption and {format_number(mended[1])} for exports in place of "
            f"{format_number(table.loc[region, 'consumption_transfer'])} and "
            f"{format_number(table.loc[region, 'export_transfer'])}, both columns sum to zero and "
            f"{region}'s parts give its printed total, which misses them by "
            f"{format_number(gap[region])} as printed."
        )
    return statements


def _on_totals(checks: pd.DataFrame) -> list[str]:
    """Rows of table 3 whose total is not the sum of its parts."""
    statements = []
    for kind in ("output", "carbon"):
        rows = checks.loc[checks["check"].str.endswith(f", total {kind}")]
        broken = rows.loc[~rows["holds"]]
        listed = ", ".join(
            f"{check.partition(',')[0]} ({format_number(-difference)})"
            for check, difference in zip(broken["check"], broken["difference"], strict=True)
        )
        statements.append(
            f"Total {kind} of table 3 is the sum of consumption and exports in "
            f"{len(rows) - len(broken)} of {len(rows)} rows"
            + (f"; printed less sum: {listed}." if listed else ".")
        )
    return statements


def _on_leakage(find: pd.DataFrame) -> list[str]:
    east = find.loc[("Leakage", "East Coast to all its partners")]
    central = find.loc[("Leakage", "Central to all its partners")]
    share = find.loc[("Table 3", "East Coast in the coasts' outflow, %")]
    statements = [
        f"Leakage from the East Coast adds up to {format_number(east['recomputed'])} and from "
        f"Central to {format_number(central['recomputed'])}, as printed"
        if east["holds"] and central["holds"]
        else f"Leakage adds up to {format_number(east['recomputed'])} (East Coast) and "
        f"{format_number(central['recomputed'])} (Central), not as printed"
    ]
    statements[0] += (
        f"; the East Coast has {share['recomputed']:.2f} % of the outflow of both coasts that lose."
    )
    table = published("leakage")
    swapped = table.loc[table["note"].fillna("").str.contains("swapped|as above")]
    first, second = (line for _, line in swapped.iterrows())
    statements.append(
        f"The text gives the consumption and export parts of leakage from {first['from']} to "
        f"{first['to']} and to {second['to']} the other way round: "
        f"{format_number(second['consumption'])} + {format_number(second['export'])} make the "
        f"total printed for {second['to']}. They stand here where they fit."
    )
    odd = find.loc["Leakage"].loc[lambda rows: ~rows["holds"]]
    statements += [
        f"Leakage from {check.partition(',')[0]} is printed as {format_number(line['printed'])}, "
        f"its parts sum to {format_number(line['recomputed'])}."
        for check, line in odd.iterrows()
    ]
    return statements


def _on_growth() -> list[str]:
    table = published("table5")
    growth = table["total_2007"] / table["total_2002"]
    regions = growth.drop("Total")
    return [
        f"Emissions of table 5 grew {growth['Total']:.2f}-fold in five years (the text says nearly "
        f"threefold), from {regions.min():.2f}-fold in {regions.idxmin()} to {regions.max():.2f}-"
        f"fold in {regions.idxmax()}."
    ]


def _on_table1(broken: pd.DataFrame) -> str:
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
    bounds = table1_bounds(moved).set_index("about")["holds"]
    mended = [about for about in broken["about"] if bounds[about]]
    if not mended:
        return ""
    return (
        f" With {format_number(largest[column] / 10)} in place of its largest number, "
        f"{format_number(largest[column])} for {largest['sector'].lower()} into "
        f"{largest['region']}, these become possible: {', '.join(mended)}."
    )
