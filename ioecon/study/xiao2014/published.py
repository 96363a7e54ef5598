"""What the paper prints: its tables 1 to 5, its leakages, and numbers of its text."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO

import pandas as pd

__all__ = ["number_in_text", "published"]

_TABLES = {
    "table1": "table1_transfer_by_sector.csv",
    "table2": "table2_emission_coefficients.csv",
    "table3": "table3_net_transfer.csv",
    "table4": "table4_inflow_shares_percent.csv",
    "table5": "table5_emissions_10kt.csv",
    "leakage": "leakage_10kt.csv",
    "text": "text.csv",
}


def published(name: str) -> pd.DataFrame:
    """Read one printed table: ``"table1"`` to ``"table5"``, ``"leakage"``, or ``"text"``.

    Examples
    --------
    >>> published("table3").loc["East Coast", "net_transfer"]
    np.float64(-17781.94)
    """
    text = (
        files("ioecon.study.xiao2014")
        .joinpath("published", _TABLES[name])
        .read_text(encoding="utf-8")
    )
    frame = pd.read_csv(StringIO(text), dtype={"sector_code": "string"})
    return frame.set_index("region") if name in ("table3", "table4", "table5") else frame


def number_in_text(what: str) -> float:
    """Return a number of the running text."""
    return float(published("text").set_index("what").loc[what, "value"])
