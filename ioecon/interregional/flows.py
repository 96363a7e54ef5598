"""Flows between regions in two years, and what moved: gross, net, by region and by sector."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.errors import ArgumentError
from ioecon.interregional.between import BetweenRegions
from ioecon.printout import Printout

__all__ = ["RegionFlows", "zero_sum_miss"]


@dataclass(frozen=True, eq=False)
class RegionFlows(BetweenRegions):
    """Flows between regions in two years and what moved between them.

    Of output (:class:`~ioecon.Transfers`) or of emissions (:class:`~ioecon.CarbonTransfers`).

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

    first: Array
    last: Array
    residual: float

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is, for people."""

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
        return self._label_pairs(self._sum_of_sectors(self.change, sector), "region", "driver")

    def net_matrix(self, sector: str | None = None) -> pd.DataFrame:
        """Net transfer into the row region from the column region; antisymmetric.

        Parameters
        ----------
        sector : str, optional
            One sector; all of them summed by default.
        """
        return self._label_pairs(self._sum_of_sectors(self.net_flows, sector), "region", "driver")

    def net(self) -> pd.Series:
        """Net transfer into each region, N_J = Σ_K Σ_s N^{JK}(s); sums to zero."""
        net = self.net_flows.sum(axis=(1, 2))
        return self._state(pd.Series(net, index=self._region_index(), name="net"))

    def by_sector(self) -> pd.DataFrame:
        """Net transfer into each region's sectors, Σ_K N^{JK}(s): regions × sectors."""
        frame = pd.DataFrame(
            self.net_flows.sum(axis=2),
            index=self._region_index(),
            columns=pd.Index(self.sectors, name="sector"),
        )
        return self._state(frame)

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
            raise ArgumentError(f"count is {count}; give 1 or more sectors.")
        net = self.by_sector()
        rows = []
        for region in self.regions:
            for direction, sign in (("in", 1), ("out", -1)):
                moved = (sign * net.loc[region]).sort_values(ascending=False, kind="stable")
                for rank, (sector, amount) in enumerate(moved.head(count).items(), start=1):
                    if amount > 0:
                        rows.append((region, direction, rank, sector, amount))
        columns = ["region", "direction", "rank", "sector", "amount"]
        return self._state(pd.DataFrame(rows, columns=columns))

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
        first, last = self.years
        meanings = {
            "region": "Region where the sector is",
            "driver": "Region whose demand drives it",
            "sector": "Sector",
            "first": f"Driven in {first}",
            "last": f"Driven in {last}",
            "change": f"Change from {first} to {last}",
            "net": "Net transfer into the region from the driver",
        }
        return label_columns(
            self._state(frame.reset_index()[[*meanings]]),
            self._printout().title,
            meanings,
            units=dict.fromkeys(values, self.unit),
        )

    def _printout(self) -> Printout:
        first, last = self.years
        title = (
            f"{self.title} between {len(self.regions)} regions driven by "
            f"{self.driven_by.replace('_', ' ')}, {first}–{last}, {self.unit}"
        )
        body = self.by_region()[["inflow", "outflow", "net"]]
        note = f"Largest relative miss of the identities: {self.residual:.1e}"
        return Printout(title, {"": body}, note)

    def _region_index(self) -> pd.Index:
        return pd.Index(self.regions, name="region")


def zero_sum_miss(change: Array) -> float:
    """Miss of Σ_J N_J = 0, relative to all that moved; N is antisymmetric by construction."""
    net = change - change.transpose(2, 1, 0)
    scale = float(np.abs(net).sum())
    return abs(float(net.sum())) / scale if scale else 0.0
