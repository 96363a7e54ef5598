"""Transfer of industries between regions: output that another region's demand drives.

Equations 1 to 7 of Xiao, Wan and Liu; see :func:`transfers`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.audit import ROUNDING, sound_table
from ioecon.errors import IdentityError, OptionError, TableError
from ioecon.interregional.drivers import ALL, FINAL_DEMAND, driven_output, driver
from ioecon.prices import require_same_prices
from ioecon.printout import Printout
from ioecon.series import check_agreement
from ioecon.table import IOTable

__all__ = ["Transfers", "transfers"]

Array = NDArray[np.float64]

TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Transfers:
    """Flows between regions in two years and what moved between them.

    Made by :func:`transfers` (output) and :func:`~ioecon.carbon_transfer` (emissions).

    Parameters
    ----------
    regions, sectors : tuple of str
        R regions, S sectors.
    years : (int, int)
        Base year and reporting year.
    driven_by : str
        What drives the flows.
    unit : str
    first, last : ndarray, shape (R, S, R)
        Flow of region J's sector s driven by region K, in each year.
    residual : float
        Largest relative miss of the identities that were checked.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    years: tuple[int, int]
    driven_by: str
    unit: str
    first: Array
    last: Array
    residual: float

    @property
    def change(self) -> Array:
        """ΔT, shape (R, S, R): what moved into region J's sector s because of region K."""
        return self.last - self.first

    @property
    def net_flows(self) -> Array:
        """N^{JK}(s) = ΔT^{JK}(s) − ΔT^{KJ}(s), shape (R, S, R); antisymmetric in J and K."""
        change = self.change
        return change - change.transpose(2, 1, 0)

    def matrix(self, sector: str | None = None) -> pd.DataFrame:
        """Change of the row region's flow driven by the column region.

        Parameters
        ----------
        sector : str, optional
            One sector; all of them summed by default.

        Returns
        -------
        DataFrame, shape (R, R)
            The diagonal is what each region's own demand drives.
        """
        return self._matrix(self._one_or_all(self.change, sector))

    def net_matrix(self, sector: str | None = None) -> pd.DataFrame:
        """Net transfer into the row region from the column region; antisymmetric.

        Parameters
        ----------
        sector : str, optional
            One sector; all of them summed by default.
        """
        return self._matrix(self._one_or_all(self.net_flows, sector))

    def net(self) -> pd.Series:
        """Net transfer into each region, N_J = Σ_K Σ_s N^{JK}(s); sums to zero."""
        return pd.Series(self.net_flows.sum(axis=(1, 2)), index=self._region_index(), name="net")

    def by_sector(self) -> pd.DataFrame:
        """Net transfer into each region's sectors, Σ_K N^{JK}(s): regions × sectors."""
        return pd.DataFrame(
            self.net_flows.sum(axis=2),
            index=self._region_index(),
            columns=pd.Index(self.sectors, name="sector"),
        )

    def by_region(self) -> pd.DataFrame:
        """Sum what moved in, out and on balance, pair by pair, beside the flows of each year.

        Returns
        -------
        DataFrame
            Index region. ``inflow`` sums the net transfers from the regions that lost to this
            one, ``outflow`` those to the regions that gained from it, ``net`` is their
            difference; ``inflow_share`` and ``outflow_share`` are per cent of all regions'
            flows; ``total_YEAR`` is the whole flow of that year, own demand included.
        """
        pairs = self.net_matrix().to_numpy()
        inflow, outflow = pairs.clip(min=0).sum(axis=1), (-pairs).clip(min=0).sum(axis=1)
        frame = pd.DataFrame(
            {"inflow": inflow, "outflow": outflow, "net": inflow - outflow},
            index=self._region_index(),
        )
        for name in ("inflow", "outflow"):
            total = frame[name].sum()
            frame[f"{name}_share"] = 100 * frame[name] / total if total else 0.0
        for year, flows in zip(self.years, (self.first, self.last), strict=True):
            frame[f"total_{year}"] = flows.sum(axis=(1, 2))
        return frame

    def top_sectors(self, count: int = 5) -> pd.DataFrame:
        """Sectors that moved most into and out of each region (table 1 of the paper).

        Parameters
        ----------
        count : int
            How many in each direction.

        Returns
        -------
        DataFrame
            Columns region, direction (``in`` or ``out``), rank, sector, amount (positive).
        """
        if count < 1:
            raise OptionError(f"count is {count}; give 1 or more sectors.")
        net = self.by_sector()
        rows = []
        for region in self.regions:
            for direction, sign in (("in", 1), ("out", -1)):
                moved = (sign * net.loc[region]).sort_values(ascending=False, kind="stable")
                for rank, (sector, amount) in enumerate(moved.head(count).items(), start=1):
                    if amount > 0:
                        rows.append((region, direction, rank, sector, amount))
        return pd.DataFrame(rows, columns=["region", "direction", "rank", "sector", "amount"])

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: one row per region, driving region and sector.

        Returns
        -------
        DataFrame
            Columns region, driver, sector, first, last, change, net.
        """
        index = pd.MultiIndex.from_product(
            [self.regions, self.sectors, self.regions], names=["region", "sector", "driver"]
        )
        values = {"first": self.first, "last": self.last, "change": self.change}
        values["net"] = self.net_flows
        frame = pd.DataFrame({name: array.ravel() for name, array in values.items()}, index=index)
        return frame.reset_index()[["region", "driver", "sector", *values]]

    def summary(self) -> str:
        """Text for people: what moved in and out of each region."""
        return self._printout().text()

    def _printout(self) -> Printout:
        first, last = self.years
        title = (
            f"{self._what()} between {len(self.regions)} regions driven by "
            f"{self.driven_by.replace('_', ' ')}, {first}–{last}, {self.unit}"
        )
        body = self.by_region()[["inflow", "outflow", "net"]]
        note = f"Largest relative miss of the identities: {self.residual:.1e}"
        return Printout(title, {"": body}, note)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _what(self) -> str:
        return "Transfer of output"

    def _one_or_all(self, flows: Array, sector: str | None) -> Array:
        if sector is None:
            return flows.sum(axis=1)
        if sector not in self.sectors:
            raise KeyError(f"There is no sector {sector!r}.")
        return flows[:, self.sectors.index(sector)]

    def _matrix(self, values: Array) -> pd.DataFrame:
        columns = pd.Index(self.regions, name="driver")
        return pd.DataFrame(values, index=self._region_index(), columns=columns)

    def _region_index(self) -> pd.Index:
        return pd.Index(self.regions, name="region")


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
        misses += [miss, _unexplained(sound, driven_by, T)]
    result = Transfers(
        regions=table0.countries,
        sectors=table0.sectors,
        years=(table0.year, table1.year),
        driven_by=driven_by,
        unit=f"{table0.unit} {table0.currency}",
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


def zero_sum_miss(change: Array) -> float:
    """Miss of Σ_J N_J = 0, relative to all that moved; N is antisymmetric by construction."""
    net = change - change.transpose(2, 1, 0)
    scale = float(np.abs(net).sum())
    return abs(float(net.sum())) / scale if scale else 0.0


def _unexplained(table: IOTable, driven_by: str, T: Array) -> float:
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
