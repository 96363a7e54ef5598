"""Transfer of industries between regions: output that another region's demand drives.

Equations 1 to 7 of Xiao, Wan and Liu; see :func:`transfers`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ioecon.arrays import TOLERANCE, Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.errors import IdentityError, TableError
from ioecon.interregional.drivers import ALL, FINAL_DEMAND, driven_output, driver
from ioecon.interregional.flows import RegionFlows, zero_sum_miss
from ioecon.prices import require_same_prices
from ioecon.series import check_agreement
from ioecon.table import IOTable

__all__ = ["Transfers", "transfers"]


@dataclass(frozen=True, eq=False)
class Transfers(RegionFlows):
    """Output of regions' sectors that each region's demand drives, and what moved.

    Made by :func:`transfers`; the flows, their sums and views are those of
    :class:`~ioecon.interregional.flows.RegionFlows`.
    """

    @property
    def title(self) -> str:
        """What it is, for people."""
        return "Transfer of output"


def transfers(
    table0: IOTable,
    table1: IOTable,
    *,
    driven_by: str = FINAL_DEMAND,
    tolerance: float = ROUNDING,
) -> Transfers:
    """Transfer of industries between regions from one year to another (X 1–7).

    T(t) = L_t Ŷ_t is the output of each region's sectors that each region's demand drives;
    ΔT^{JK} (J ≠ K) is what moved into J because of K; the net transfer between two regions is
    N^{JK}(s) = ΔT^{JK}(s) − ΔT^{KJ}(s). Transfers are measured as trade carries them; why an
    industry moved, they do not tell.

    Parameters
    ----------
    table0, table1 : IOTable
        Base year and reporting year, with the same regions, sectors, unit and currency, in prices
        that can be compared: both current, both of one year, or the second in prices of the
        previous year, which is the first's. Only domestic flows drive output: competitive imports
        must be taken out first (``table.domestic()``).
    driven_by : str
        ``"final_demand"``, ``"exports"`` (or ``"exports:LABEL"`` for one destination), a
        category of final demand, or ``"all"``.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.

    Returns
    -------
    Transfers

    Raises
    ------
    LabelError, TableError
        If the tables cannot be compared, or have no such driver.
    IdentityError
        If the flows do not solve (E − A) T = Ŷ, net transfers do not sum to zero, or all drivers
        together do not explain all output.

    Examples
    --------
    Two regions with one sector each; North doubles what it buys from South. In 2002
    A = [[.2, .1], [.1, .2]] and T = L Ŷ with L = [[.8, .1], [.1, .8]] / .63, so South's output
    driven by North is (.1 · 60 + .8 · 30) / .63 = 47.62 and North's driven by South is
    (.8 · 10 + .1 · 40) / .63 = 19.05; in 2007 they are 80.69 and 17.24.

    >>> def table(year, north_buys):
    ...     return IOTable(Z=[[20, 10], [10, 20]], Y=[[60, 10], [north_buys, 40]],
    ...                    countries=["North", "South"], sectors=["all"],
    ...                    categories=["final"], year=year)
    >>> moved = transfers(table(2002, 30), table(2007, 60))
    >>> moved.net().round(2).to_dict()
    {'North': -34.88, 'South': 34.88}
    """
    check_agreement(table0, table1)
    if table0.year >= table1.year:
        raise TableError(
            f"The base year {table0.year} does not come before the reporting year {table1.year}."
        )
    require_same_prices(table0, table1)
    flows, misses = [], []
    for table in (table0, table1):
        _require_domestic(table)
        sound = sound_table(table, tolerance=tolerance)
        T, miss = driven_output(sound, driver(sound, driven_by))
        flows.append(T.reshape(len(table.countries), len(table.sectors), -1))
        misses += [miss, _unexplained_share(sound, driven_by, T)]
    result = Transfers(
        regions=table0.countries,
        sectors=table0.sectors,
        years=(table0.year, table1.year),
        driven_by=driven_by,
        unit=f"{table0.unit} {table0.currency}",
        stressor="output",
        first=flows[0],
        last=flows[1],
        residual=max(*misses, zero_sum_miss(flows[1] - flows[0])),
    )
    if not result.residual <= TOLERANCE:
        raise IdentityError(
            f"The transfers {table0.year}–{table1.year} break an identity by "
            f"{result.residual:.1e}: the rows of a table do not add up to its output."
        )
    return result


def _unexplained_share(table: IOTable, driven_by: str, T: Array) -> float:
    """Output that all drivers together leave unexplained, relative to the largest output."""
    everything = driven_by == ALL or (driven_by == FINAL_DEMAND and table.exports is None)
    if not everything:
        return 0.0
    return float(np.abs(T.sum(axis=1) - table.x).max() / np.abs(table.x).max())


def _require_domestic(table: IOTable) -> None:
    if table.imports is not None and np.any(table.imports):
        raise TableError(
            f"The flows of {table.year} contain competitive imports; take them out with "
            "table.domestic() so that only domestic flows drive output."
        )
