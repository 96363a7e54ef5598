"""What table 1, which prints the largest sectors only, leaves room for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ioecon.study.xiao2014.published import published

__all__ = ["HALF", "table1_bounds"]

HALF = 0.005  # of a unit of the last of the two decimals that are printed
_SECTORS = 17


def table1_bounds(printed: pd.DataFrame) -> pd.DataFrame:
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
        low, high = _without_bound(low, high, unread.loc[unread["region"] == region])
        rows.append((f"{region}", lines["signed"].sum(), net[region], low, high, len(lines)))
    for sector, lines in listed.groupby("sector_code", sort=True):
        absent = least.drop(index=list(lines["region"]))
        low, high = -absent["out"].sum(), absent["in"].sum()
        low, high = _without_bound(low, high, unread.loc[unread["sector_code"] == sector])
        name = f"{sector} {lines['sector'].iloc[0]}"
        rows.append((name, lines["signed"].sum(), 0.0, low, high, len(lines)))
    frame = pd.DataFrame(rows, columns=["about", "listed", "expected", "least", "most", "lines"])
    gap = frame["expected"] - frame["listed"]
    slack = HALF * (frame["lines"] + 1)
    frame["holds"] = (gap >= frame["least"] - slack) & (gap <= frame["most"] + slack)
    return frame.drop(columns="lines")


def _without_bound(low: float, high: float, unread: pd.DataFrame) -> tuple[float, float]:
    """Bounds with a number that cannot be read: at least zero in its direction, no upper bound."""
    if (unread["direction"] == "in").any():
        high = np.inf
    if (unread["direction"] == "out").any():
        low = -np.inf
    return low, high
