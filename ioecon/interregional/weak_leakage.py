"""Weak carbon leakage, section 3.5 of Xiao, Wan and Liu.

Input-output tables measure the transfers that trade carries; a displacement that a policy caused
cannot be told from any other. What is measured here is therefore weak leakage.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import pandas as pd

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.errors import ArgumentError, EmissionsError
from ioecon.interregional.between import BetweenRegions, name_leakage
from ioecon.interregional.coefficients import Coefficients, check_coefficients
from ioecon.interregional.output_transfer import Transfers
from ioecon.printout import Printout

__all__ = ["Leakage", "leakage"]


@dataclass(frozen=True, eq=False)
class Leakage(BetweenRegions):
    """Weak carbon leakage: emissions that arise because industries moved to other coefficients.

    Made by :func:`leakage`. Positive: the region that received an industry emits more per unit
    of its output than the region that lost it.

    Parameters
    ----------
    regions, sectors : tuple of str
    years : (int, int)
    driven_by, unit : str
    values : ndarray, shape (R, S, R)
        Λ^{J→K}(s) = τ^{J→K}(s) (k_K(s) − k_J(s)) from J (first axis) to K (last axis), with
        τ^{J→K} = N^{KJ} the net amount of sector s that moved from J to K. Λ^{J→K} and Λ^{K→J}
        are the same number: the same move seen from both ends.
    moved : ndarray, shape (R, S, R)
        τ^{J→K}(s), in the unit of output.
    """

    values: Array
    moved: Array

    def matrix(self, sector: str | None = None) -> pd.DataFrame:
        """Leakage from the row region to the column region; symmetric."""
        return self._label_pairs(self._sum_of_sectors(self.values, sector), "from", "to")

    def pairs(self) -> pd.DataFrame:
        """Each pair once, the largest leakage first.

        Returns
        -------
        DataFrame
            Columns from, to (the region that gained output on balance), moved (output), leakage.
        """
        matrix, moved = self.matrix().to_numpy(), self.moved.sum(axis=1)
        rows = []
        for j, k in combinations(range(len(self.regions)), 2):
            lost, gained = (j, k) if moved[j, k] >= 0 else (k, j)
            rows.append(
                (self.regions[lost], self.regions[gained], moved[lost, gained], matrix[j, k])
            )
        frame = pd.DataFrame(rows, columns=["from", "to", "moved", "leakage"])
        frame.attrs = {"stressor": self.stressor, "units": {"leakage": self.unit}}
        return frame.sort_values("leakage", ascending=False, kind="stable", ignore_index=True)

    def by_region(self) -> pd.Series:
        """Leakage over all pairs that a region is part of."""
        regions = pd.Index(self.regions, name="region")
        return self._state(pd.Series(self.values.sum(axis=(1, 2)), regions, name="leakage"))

    def by_sector(self) -> pd.Series:
        """Leakage of each sector over all pairs, each pair counted once."""
        sectors = pd.Index(self.sectors, name="sector")
        return self._state(pd.Series(self.values.sum(axis=(0, 2)) / 2, sectors, name="leakage"))

    @property
    def total(self) -> float:
        """Leakage over all pairs, each counted once."""
        return float(self.values.sum() / 2)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: columns from, to, sector, leakage."""
        index = pd.MultiIndex.from_product(
            [self.regions, self.sectors, self.regions], names=["from", "sector", "to"]
        )
        frame = pd.Series(self.values.ravel(), index=index, name="leakage").reset_index()
        meanings = {
            "from": "Region that lost output of the sector",
            "to": "Region that gained it",
            "sector": "Sector",
            "leakage": "Weak leakage; the same number in both directions of a pair",
        }
        return label_columns(
            self._state(frame[[*meanings]]),
            self._printout().title,
            meanings,
            units={"leakage": self.unit},
        )

    def _printout(self) -> Printout:
        first, last = self.years
        title = (
            f"Weak {name_leakage(self.stressor)} driven by {self.driven_by.replace('_', ' ')}, "
            f"{first}–{last}, {self.unit}; over all pairs {self.total:,.1f}"
        )
        return Printout(title, {"": self.pairs().head(10)}, index=False)


def leakage(
    transfers: Transfers,
    coefficients: Coefficients,
    *,
    at: Literal["last", "first"] = "last",
    unit: str | None = None,
) -> Leakage:
    """Weak carbon leakage of the transfer of industries (X, section 3.5).

    Λ^{J→K} = Σ_s τ^{J→K}(s) (k_K(s) − k_J(s)): what moved, times how much more the receiving
    region emits per unit. It is weak leakage: tables measure what trade carries, not why.

    Parameters
    ----------
    transfers : Transfers
        Output that moved.
    coefficients : Series or DataFrame
        As for :func:`carbon_transfer`.
    at : {"last", "first"}
        Whose year's coefficients value the move, when each year has its own.
    unit : str, optional
        Unit of the emissions that coefficient times output gives; by default what
        ``coefficients.attrs["unit"]`` ("kt per million USD", "吨/万元") says. Without either, kt is
        taken, with a warning.

    Returns
    -------
    Leakage

    Raises
    ------
    EmissionsError
        If a coefficient is missing, negative, not a number, or per another unit than the flows.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> moved = ioecon.transfers(world.series[2002], world.series[2007])
    >>> k = ioecon.emission_coefficients(world.series[2007], world.emissions)
    >>> leaked = ioecon.leakage(moved, k)
    >>> bool(abs(leaked.matrix() - leaked.matrix().T.to_numpy()).max().max() < 1e-6)
    True
    """
    if not isinstance(transfers, Transfers):
        raise EmissionsError("Leakage values output that moved: pass the Transfers of output.")
    if at not in ("last", "first"):
        raise ArgumentError(f"at is 'last' or 'first', not {at!r}.")
    known = check_coefficients(coefficients, transfers.regions, transfers.sectors, transfers.years)
    k = known.last if at == "last" else known.first
    moved = -transfers.net_flows  # τ^{J→K}(s) = N^{KJ}(s) = −N^{JK}(s)
    difference = k.T[None, :, :] - k[:, :, None]  # (J, s, K): k_K(s) − k_J(s)
    emitted = known.emitted(transfers.unit, unit)
    return Leakage(
        regions=transfers.regions,
        sectors=transfers.sectors,
        years=transfers.years,
        driven_by=transfers.driven_by,
        unit=emitted.unit,
        stressor=emitted.name,
        values=moved * difference,
        moved=moved,
    )
