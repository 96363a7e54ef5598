"""Changes of supply paths and what they are due to, with labels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.printout import Printout
from ioecon.stressor import state_stressor
from ioecon.supply_chains.path_result import PATH_MEANINGS, label_paths

__all__ = ["PathChanges"]


@dataclass(frozen=True, eq=False)
class PathChanges:
    """The supply paths that changed most between two years.

    Made by :func:`ioecon.path_changes`.

    Parameters
    ----------
    countries, sectors : tuple of str
        Labels of the rows.
    years : tuple of int
        Base and reporting year.
    method : str
        How changes are split over factors.
    rows : tuple of tuple of int
        Rows of each path, from where the stressor is to the product that is consumed; the largest
        change first.
    values : ndarray, shape (p, 2)
        What each path carries in either year, in ``unit``.
    factors : tuple of ndarray, each of shape (2, k + 2)
        Factors of each path in either year: intensity, its k coefficients from the origin on, and
        final demand.
    effects : tuple of ndarray, each of shape (k + 2,)
        Effects of those factors, which sum to the change of the path.
    footprints : tuple of float
        Sum of all paths of either year, listed or not.
    consumed : str
        The part of final demand that paths end in.
    unit, stressor : str
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    years: tuple[int, int]
    method: str
    rows: tuple[tuple[int, ...], ...]
    values: Array
    factors: tuple[Array, ...]
    effects: tuple[Array, ...]
    footprints: tuple[float, float]
    consumed: str
    unit: str
    stressor: str

    def __post_init__(self) -> None:
        for array in (self.values, *self.factors, *self.effects):
            array.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come back from a pickle writeable

    def to_frame(self) -> pd.DataFrame:
        """One row per path, the largest change first.

        Returns
        -------
        DataFrame
            Index rank; columns path, order, origin_country, origin_sector, product_country,
            product_sector, base, reporting, change, and the effects intensity, inputs (all
            coefficients) and final_demand, which sum to the change, in ``unit``; and status:
            "appears", "vanishes" or "stays".
        """
        frame = label_paths(self.rows, self.countries, self.sectors)
        frame["base"], frame["reporting"] = self.values[:, 0], self.values[:, 1]
        frame["change"] = self.values[:, 1] - self.values[:, 0]
        frame["intensity"] = [float(effects[0]) for effects in self.effects]
        frame["inputs"] = [float(effects[1:-1].sum()) for effects in self.effects]
        frame["final_demand"] = [float(effects[-1]) for effects in self.effects]
        there = self.values != 0
        frame["status"] = np.select([~there[:, 0], ~there[:, 1]], ["appears", "vanishes"], "stays")
        amounts = {
            "base": f"{self.stressor} that the path carries in {self.years[0]}",
            "reporting": f"{self.stressor} that the path carries in {self.years[1]}",
            "change": "Change of the path",
            "intensity": "Effect of the intensity at the origin",
            "inputs": "Effect of all coefficients of the path",
            "final_demand": "Effect of final demand",
        }
        meanings = {
            **PATH_MEANINGS,
            **amounts,
            "status": "Whether the path appears, vanishes or stays",
        }
        return self._label(frame, meanings, dict.fromkeys(amounts, self.unit), "")

    def by_factor(self) -> pd.DataFrame:
        """One row per path and factor, from the origin to final demand.

        Returns
        -------
        DataFrame
            Index rank of the path and position of the factor; columns path, factor ("intensity",
            "input" or "final demand"), seller and buyer of an input, base and reporting (the
            factor itself) and effect, in ``unit``; the effects of a path sum to its change.
        """
        names = [f"{country} {sector}" for country in self.countries for sector in self.sectors]
        records = []
        for rank, (rows, factors, effects) in enumerate(
            zip(self.rows, self.factors, self.effects, strict=True), start=1
        ):
            path = " → ".join(names[row] for row in rows)
            steps = [("input", names[seller], names[buyer]) for seller, buyer in pairwise(rows)]
            kinds = [
                ("intensity", names[rows[0]], ""),
                *steps,
                ("final demand", names[rows[-1]], ""),
            ]
            for position, kind in enumerate(kinds):
                both = (float(factors[0, position]), float(factors[1, position]))
                records.append((rank, position, path, *kind, *both, float(effects[position])))
        meanings = {
            "path": PATH_MEANINGS["path"],
            "factor": "Which factor of the path",
            "seller": "Who delivers, or has the intensity",
            "buyer": "Who uses the input",
            "base": f"The factor in {self.years[0]}",
            "reporting": f"The factor in {self.years[1]}",
            "effect": "Effect of the factor's change",
        }
        frame = pd.DataFrame(records, columns=["rank", "position", *meanings])
        frame = frame.set_index(["rank", "position"])
        return self._label(frame, meanings, {"effect": self.unit}, ", by factor")

    def summary(self) -> str:
        """Text for people: the ten largest changes."""
        return self._printout().text()

    def _printout(self) -> Printout:
        columns = ["path", "change", "intensity", "inputs", "final_demand"]
        listed = float((self.values[:, 1] - self.values[:, 0]).sum())
        note = (
            f"{len(self.rows)} paths changed by {listed:,.1f} in all, the footprint by "
            f"{self.footprints[1] - self.footprints[0]:,.1f} {self.unit}; effects: {self.method}."
        )
        return Printout(
            f"{self._title()}, {self.unit}", {"": self.to_frame()[columns].head(10)}, note
        )

    def _title(self) -> str:
        return (
            f"Largest changes of supply paths of {self.stressor} to {self.consumed}, "
            f"{self.years[0]} to {self.years[1]}"
        )

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _label(
        self, frame: pd.DataFrame, meanings: dict[str, str], units: dict[str, str], part: str
    ) -> pd.DataFrame:
        frame = state_stressor(frame, self.stressor, self.unit)
        return label_columns(frame, self._title() + part, meanings, units=units)
