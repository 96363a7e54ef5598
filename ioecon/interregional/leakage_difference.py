"""Weak leakage as the difference of two valuations of what moved.

Leakage (Xiao, Wan and Liu, section 3.5) values what moved at the coefficients of the region that
received it, less the same at the coefficients of the region that lost it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from ioecon.arrays import TOLERANCE, Array
from ioecon.column_labels import label_columns
from ioecon.errors import IdentityError
from ioecon.interregional.between import BetweenRegions, name_leakage
from ioecon.interregional.coefficients import Coefficients, check_coefficients
from ioecon.interregional.output_transfer import Transfers
from ioecon.interregional.weak_leakage import leakage
from ioecon.printout import Printout

__all__ = ["LeakageDifference", "leakage_as_difference"]


@dataclass(frozen=True, eq=False)
class LeakageDifference(BetweenRegions):
    """What moved between regions, valued twice; the difference is weak leakage.

    Made by :func:`leakage_as_difference`. R regions, S sectors; τ^{J→K}(s) is the net amount of
    sector s that moved from J to K, k the emission coefficients.

    Parameters
    ----------
    regions, sectors : tuple of str
    years : (int, int)
    driven_by, unit : str
    at_receiver : ndarray, shape (R, S, R)
        τ^{J→K}(s) k_K(s): production-based, what the moved output emits where it now is.
    at_sender : ndarray, shape (R, S, R)
        τ^{J→K}(s) k_J(s): technology-adjusted, what it would emit at the technology it left.
    production_based : ndarray, shape (R, S)
        k_K(s) N_K(s), N the net transfer into the region's sector.
    technology_adjusted : ndarray, shape (R, S)
        k̄(s) N_K(s), k̄ the average coefficient of all regions; sums to zero over regions.
    residual : float
        Largest relative miss of the identities that were checked.
    """

    at_receiver: Array
    at_sender: Array
    production_based: Array
    technology_adjusted: Array
    residual: float

    def matrix(self, valuation: str = "difference") -> pd.DataFrame:
        """Value what moved from the row region to the column region.

        Parameters
        ----------
        valuation : {"difference", "receiver", "sender"}
            ``difference`` is leakage, equal to ``ioecon.leakage(...).matrix()``.
        """
        values = {
            "receiver": self.at_receiver,
            "sender": self.at_sender,
            "difference": self.at_receiver - self.at_sender,
        }
        if valuation not in values:
            raise KeyError(f"valuation is one of {', '.join(values)}, not {valuation!r}.")
        return self._label_pairs(values[valuation].sum(axis=1), "from", "to")

    def by_region(self) -> pd.DataFrame:
        """Each region's net transfer at its own and at average coefficients.

        Returns
        -------
        DataFrame
            Index region; columns production_based, technology_adjusted, difference. The
            differences sum to the leakage over all pairs: regions that are dirtier than average
            and gained output, or cleaner and lost it, are where leakage comes from.
        """
        production = self.production_based.sum(axis=1)
        adjusted = self.technology_adjusted.sum(axis=1)
        frame = pd.DataFrame(
            {
                "production_based": production,
                "technology_adjusted": adjusted,
                "difference": production - adjusted,
            },
            index=pd.Index(self.regions, name="region"),
        )
        return self._state(frame)

    @property
    def total(self) -> float:
        """Leakage over all pairs, each counted once."""
        return float((self.at_receiver - self.at_sender).sum() / 2)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: columns from, to, sector, at_receiver, at_sender, difference."""
        index = pd.MultiIndex.from_product(
            [self.regions, self.sectors, self.regions], names=["from", "sector", "to"]
        )
        receiver, sender = self.at_receiver.ravel(), self.at_sender.ravel()
        values = {"at_receiver": receiver, "at_sender": sender, "difference": receiver - sender}
        frame = pd.DataFrame(values, index=index).reset_index()
        meanings = {
            "from": "Region that lost output of the sector",
            "to": "Region that gained it",
            "sector": "Sector",
            "at_receiver": "What moved, at the coefficient of the region that gained it",
            "at_sender": "What moved, at the coefficient of the region that lost it",
            "difference": "Weak leakage: at_receiver less at_sender",
        }
        return label_columns(
            self._state(frame[[*meanings]]),
            self._printout().title,
            meanings,
            units=dict.fromkeys(values, self.unit),
        )

    def _printout(self) -> Printout:
        first, last = self.years
        title = (
            f"Weak {name_leakage(self.stressor)} as a difference, driven by "
            f"{self.driven_by.replace('_', ' ')}, "
            f"{first}–{last}, {self.unit}; over all pairs {self.total:,.1f}"
        )
        note = f"Largest relative miss of the identities: {self.residual:.1e}"
        return Printout(title, {"": self.by_region()}, note)


def leakage_as_difference(
    transfers: Transfers,
    coefficients: Coefficients,
    *,
    at: Literal["last", "first"] = "last",
    unit: str | None = None,
) -> LeakageDifference:
    """Weak leakage, written as production-based less technology-adjusted emissions of a transfer.

    Pair by pair: Λ^{J→K} = Σ_s τ^{J→K}(s) k_K(s) − Σ_s τ^{J→K}(s) k_J(s). Region by region: a net
    transfer valued at one coefficient everywhere emits nothing on balance, since what one region
    gains another loses, so that Σ_K Σ_s [k_K(s) − k̄(s)] N_K(s) is the leakage over all pairs
    whatever k̄ is; here the average of k weighted by the output that all regions drive.

    Parameters
    ----------
    transfers : Transfers
        Output that moved; see :func:`ioecon.transfers`.
    coefficients, at, unit
        See :func:`ioecon.leakage`.

    Returns
    -------
    LeakageDifference

    Raises
    ------
    EmissionsError
        If a coefficient is missing, negative or not a number.
    IdentityError
        If the differences are not the leakage to 1e-10.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> moved = ioecon.transfers(world.series[2002], world.series[2007])
    >>> k = ioecon.emission_coefficients(world.series[2007], world.emissions)
    >>> difference = ioecon.leakage_as_difference(moved, k)
    >>> leaked = ioecon.leakage(moved, k)
    >>> bool(np.allclose(difference.matrix(), leaked.matrix()))
    True
    >>> bool(np.isclose(difference.by_region()["difference"].sum(), leaked.total))
    True
    """
    leaked = leakage(transfers, coefficients, at=at, unit=unit)
    known = check_coefficients(coefficients, transfers.regions, transfers.sectors, transfers.years)
    k, output = (known.last, transfers.last) if at == "last" else (known.first, transfers.first)
    moved = -transfers.net_flows
    into = transfers.net_flows.sum(axis=2)
    result = LeakageDifference(
        regions=transfers.regions,
        sectors=transfers.sectors,
        years=transfers.years,
        driven_by=transfers.driven_by,
        unit=leaked.unit,
        stressor=leaked.stressor,
        at_receiver=moved * k.T[None, :, :],
        at_sender=moved * k[:, :, None],
        production_based=k * into,
        technology_adjusted=_average_over_regions(k, output.sum(axis=2)) * into,
        residual=0.0,
    )
    residual = _largest_miss(result, leaked.values)
    if not residual <= TOLERANCE:
        raise IdentityError(
            f"The two valuations of the transfer {transfers.years[0]}–{transfers.years[1]} differ "
            f"from its leakage by {residual:.1e} where {TOLERANCE:.0e} is allowed."
        )
    return replace(result, residual=residual)


def _average_over_regions(k: Array, weights: Array) -> Array:
    """Average of k over regions, (S,); the plain mean where nothing weighs."""
    total = weights.sum(axis=0)
    weighted = (k * weights).sum(axis=0)
    return np.divide(weighted, total, out=k.mean(axis=0), where=total != 0)


def _largest_miss(result: LeakageDifference, leaked: Array) -> float:
    """Miss of the pairs, of the regions' total and of Σ k̄ N = 0, relative to what was valued."""
    scale = float(np.abs(result.at_receiver).sum() + np.abs(result.at_sender).sum()) or 1.0
    pairs = np.abs(result.at_receiver - result.at_sender - leaked).sum()
    regions = result.by_region()
    whole = abs(regions["difference"].sum() - leaked.sum() / 2)
    adjusted = abs(regions["technology_adjusted"].sum())
    return float(max(pairs, whole, adjusted) / scale)
