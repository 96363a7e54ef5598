"""What every result between regions has: regions, sectors, years, a driver and a unit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.printout import Printout
from ioecon.stressor import CO2, Labelled, state_stressor

__all__ = ["BetweenRegions", "name_leakage"]


@dataclass(frozen=True, eq=False)
class BetweenRegions(ABC):
    """A result between regions, from one year to another.

    Parameters
    ----------
    regions, sectors : tuple of str
        R regions, S sectors.
    years : (int, int)
        Base year and reporting year.
    driven_by : str
        What drives the flows.
    unit : str
    stressor : str
        What moves: ``"CO2"``, the name of another account, or ``"output"``.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    years: tuple[int, int]
    driven_by: str
    unit: str
    stressor: str = field(default="CO2", kw_only=True)

    def summary(self) -> str:
        """Text for people."""
        return self._printout().text()

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    @abstractmethod
    def _printout(self) -> Printout:
        """Make what :meth:`summary` prints and a notebook shows."""

    def _sum_of_sectors(self, values: Array, sector: str | None) -> Array:
        """Sum an array (R, S, R) over its sectors, or take one of them: (R, R)."""
        if sector is None:
            return np.asarray(values.sum(axis=1))
        if sector not in self.sectors:
            raise KeyError(f"There is no sector {sector!r}.")
        return values[:, self.sectors.index(sector)]

    def _label_pairs(self, values: Array, rows: str, columns: str) -> pd.DataFrame:
        """Label an array (R, R) by region on both axes."""
        frame = pd.DataFrame(
            values,
            index=pd.Index(self.regions, name=rows),
            columns=pd.Index(self.regions, name=columns),
        )
        return self._state(frame)

    def _state(self, values: Labelled) -> Labelled:
        return state_stressor(values, self.stressor, self.unit)


def name_leakage(stressor: str) -> str:
    """Name the leakage of a stressor, for people.

    Examples
    --------
    >>> name_leakage("CO2"), name_leakage("CH4")
    ('carbon leakage', 'leakage of CH4')
    """
    return "carbon leakage" if stressor == CO2 else f"leakage of {stressor}"
