"""Carbon that moves with industries, and weak carbon leakage.

Equation 8 of Xiao, Wan and Liu and the leakage of their section 3.5. Input-output tables measure
the transfers that trade carries; a displacement that a policy caused cannot be told from any
other. What is measured here is therefore weak leakage.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.errors import EmissionsError, OptionError
from ioecon.interregional.coefficients import Coefficients, aligned, emission_unit
from ioecon.interregional.output_transfer import Transfers, zero_sum_miss
from ioecon.printout import Printout

__all__ = ["CarbonTransfers", "Leakage", "carbon_transfer", "leakage"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CarbonTransfers(Transfers):
    """Emissions that regions' demand drives in each other, and what moved.

    Made by :func:`carbon_transfer`. Everything that :class:`~ioecon.Transfers` has, in emissions:
    each inflow is valued at the coefficient of the region that receives it,
    M^{JK} = Σ_s [k_J(s) ΔT^{JK}(s) − k_K(s) ΔT^{KJ}(s)]; ``by_region`` gives each region's
    emissions by year (table 5 of the paper).

    Parameters
    ----------
    coefficients0, coefficients1 : ndarray, shape (R, S)
        Coefficients of the two years.
    """

    coefficients0: Array
    coefficients1: Array

    def _what(self) -> str:
        return "Transfer of carbon"


def carbon_transfer(
    transfers: Transfers, coefficients: Coefficients, *, unit: str | None = None
) -> CarbonTransfers:
    """Carbon that moves with the transfer of industries (X 5 and 8).

    Parameters
    ----------
    transfers : Transfers
        Output that moved; see :func:`ioecon.transfers`.
    coefficients : Series or DataFrame
        Emissions per unit of output. Indexed (region, sector): the same coefficients in both
        years, as in the paper, so that only the move counts; indexed (region, sector, year):
        each year's own.
    unit : str, optional
        Unit of the emissions that coefficient times output gives; by default what
        ``coefficients.attrs["unit"]`` ("kt per million USD", "吨/万元") says. Without either, kt is
        taken, with a warning.

    Returns
    -------
    CarbonTransfers

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
    >>> carbon = ioecon.carbon_transfer(moved, k)
    >>> bool(abs(carbon.net().sum()) < 1e-6)
    True
    """
    if isinstance(transfers, CarbonTransfers):
        raise EmissionsError("Coefficients value output: pass the Transfers of output.")
    k0, k1 = aligned(coefficients, transfers.regions, transfers.sectors, transfers.years)
    first, last = k0[:, :, None] * transfers.first, k1[:, :, None] * transfers.last
    return CarbonTransfers(
        regions=transfers.regions,
        sectors=transfers.sectors,
        years=transfers.years,
        driven_by=transfers.driven_by,
        unit=emission_unit(coefficients, transfers.unit, unit),
        first=first,
        last=last,
        residual=max(transfers.residual, zero_sum_miss(last - first)),
        coefficients0=k0,
        coefficients1=k1,
    )


@dataclass(frozen=True, eq=False)
class Leakage:
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

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    years: tuple[int, int]
    driven_by: str
    unit: str
    values: Array
    moved: Array

    def matrix(self, sector: str | None = None) -> pd.DataFrame:
        """Leakage from the row region to the column region; symmetric."""
        if sector is not None and sector not in self.sectors:
            raise KeyError(f"There is no sector {sector!r}.")
        chosen = slice(None) if sector is None else [self.sectors.index(sector)]
        return pd.DataFrame(
            self.values[:, chosen].sum(axis=1),
            index=pd.Index(self.regions, name="from"),
            columns=pd.Index(self.regions, name="to"),
        )

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
        return frame.sort_values("leakage", ascending=False, kind="stable", ignore_index=True)

    def by_region(self) -> pd.Series:
        """Leakage over all pairs that a region is part of."""
        return pd.Series(
            self.values.sum(axis=(1, 2)),
            index=pd.Index(self.regions, name="region"),
            name="leakage",
        )

    def by_sector(self) -> pd.Series:
        """Leakage of each sector over all pairs, each pair counted once."""
        return pd.Series(
            self.values.sum(axis=(0, 2)) / 2,
            index=pd.Index(self.sectors, name="sector"),
            name="leakage",
        )

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
        return frame[["from", "to", "sector", "leakage"]]

    def summary(self) -> str:
        """Text for people: the pairs that leak most."""
        return self._printout().text()

    def _printout(self) -> Printout:
        first, last = self.years
        title = (
            f"Weak carbon leakage driven by {self.driven_by.replace('_', ' ')}, {first}–{last}, "
            f"{self.unit}; over all pairs {self.total:,.1f}"
        )
        return Printout(title, {"": self.pairs().head(10)}, index=False)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()


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
    if isinstance(transfers, CarbonTransfers):
        raise EmissionsError("Leakage values output that moved: pass the Transfers of output.")
    if at not in ("last", "first"):
        raise OptionError(f"at is 'last' or 'first', not {at!r}.")
    k0, k1 = aligned(coefficients, transfers.regions, transfers.sectors, transfers.years)
    k = k1 if at == "last" else k0
    moved = -transfers.net_flows  # τ^{J→K}(s) = N^{KJ}(s) = −N^{JK}(s)
    difference = k.T[None, :, :] - k[:, :, None]  # (J, s, K): k_K(s) − k_J(s)
    return Leakage(
        regions=transfers.regions,
        sectors=transfers.sectors,
        years=transfers.years,
        driven_by=transfers.driven_by,
        unit=emission_unit(coefficients, transfers.unit, unit),
        values=moved * difference,
        moved=moved,
    )
