"""Output, value added, final demand and trade of a table's rows and countries."""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.table import IOTable

__all__ = ["sums_of_countries", "sums_of_rows", "trade_between"]


def sums_of_rows(table: IOTable) -> dict[str, Array]:
    """Output, value added (output less inputs) and final demand of each row."""
    x = np.asarray(table.x, dtype=float)
    return {
        "output": x,
        "value_added": x - table.Z.sum(axis=0, dtype=float),
        "final_demand": table.F.sum(axis=1, dtype=float),
    }


def trade_between(table: IOTable, at_home: float = 0.0) -> Array:
    """Deliveries of the row country to the column country, all products."""
    countries, sectors = len(table.countries), len(table.sectors)
    inputs = table.Z.reshape(countries, sectors, countries, sectors).sum(axis=(1, 3), dtype=float)
    trade = inputs + table.F.reshape(countries, sectors, countries).sum(axis=1, dtype=float)
    np.fill_diagonal(trade, at_home)
    return trade


def sums_of_countries(table: IOTable) -> dict[str, Array]:
    """Output, value added, final demand, exports and imports of each country."""
    rows, trade = sums_of_rows(table), trade_between(table)
    figures = {
        name: rows[name].reshape(len(table.countries), -1).sum(axis=1)
        for name in ("output", "value_added")
    }
    return figures | {
        "final_demand": table.F.sum(axis=0, dtype=float),
        "exports": trade.sum(axis=1),
        "imports": trade.sum(axis=0),
    }
