"""What drives output: final demand, one category of it, or exports, by region.

Equations 3 and 6 of Xiao, Wan and Liu: T = L Ŷ with one column per region that drives.
"""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ArgumentError, TableError
from ioecon.flow_products import multiply
from ioecon.table import IOTable

__all__ = ["driven_output", "driver"]


FINAL_DEMAND, EXPORTS, ALL = "final_demand", "exports", "all"


def driver(table: IOTable, driven_by: str) -> Array:
    """Demand for each row's output by the region whose demand it is.

    Parameters
    ----------
    table : IOTable
        Domestic flows only; n rows, K regions.
    driven_by : str
        ``"final_demand"``: all final demand of each region; ``"exports"``: exports of each
        region, all destinations, or ``"exports:LABEL"`` one of them; a category of final demand
        by its name; ``"all"``: final demand and exports.

    Returns
    -------
    ndarray, shape (n, K)
        In the unit of the table. Exports of a region are deliveries of its own sectors, so their
        column has entries in that region's rows only.

    Raises
    ------
    ArgumentError, TableError
        If ``driven_by`` is not a name, or the table has no such driver.
    """
    if not isinstance(driven_by, str):
        raise ArgumentError(f"driven_by is the name of a driver, not {driven_by!r}.")
    regions = len(table.countries)
    if driven_by == FINAL_DEMAND:
        return table.F
    if driven_by == ALL:
        return table.F + _exports_by_region(table, None) if table.exports is not None else table.F
    if driven_by == EXPORTS:
        return _exports_by_region(table, None)
    if driven_by.startswith(f"{EXPORTS}:"):
        return _exports_by_region(table, driven_by.partition(":")[2])
    if driven_by in table.categories:
        categories = table.Y.reshape(table.n, regions, len(table.categories))
        return categories[:, :, table.categories.index(driven_by)]
    known = [FINAL_DEMAND, EXPORTS, ALL, *table.categories]
    raise TableError(
        f"Nothing in the table of {table.year} is called {driven_by!r}; output can be driven by "
        f"{', '.join(known)}."
    )


def _exports_by_region(table: IOTable, label: str | None) -> Array:
    if table.exports is None:
        raise TableError(
            f"The table of {table.year} has no column of exports. A regional table needs one "
            "(see 'ioecon template'); from a world table take the analysed group with "
            "table.within(countries)."
        )
    if label is not None and label not in table.export_labels:
        raise TableError(
            f"The table of {table.year} has no exports to {label!r}, only to "
            f"{', '.join(table.export_labels)}."
        )
    chosen = slice(None) if label is None else [table.export_labels.index(label)]
    regions = len(table.countries)
    own = np.zeros((table.n, regions))
    home = np.repeat(np.arange(regions), len(table.sectors))
    own[np.arange(table.n), home] = table.exports[:, chosen].sum(axis=1)
    return own


def driven_output(table: IOTable, demand: Array) -> tuple[Array, float]:
    """Output of each row that each region's demand calls for, T = L Ŷ, by one solve.

    Parameters
    ----------
    table : IOTable
    demand : ndarray, shape (n, K)

    Returns
    -------
    T : ndarray, shape (n, K)
    residual : float
        Largest miss of (E − A) T = Ŷ, relative to the largest demand.
    """
    T = table.leontief().solve(demand)
    per_output = np.divide(1.0, table.x, out=np.zeros_like(table.x), where=table.x != 0)
    miss = T - multiply(table.Z, per_output[:, None] * T) - demand
    scale = float(np.abs(demand).max()) or 1.0
    return T, float(np.abs(miss).max()) / scale
