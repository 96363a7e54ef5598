"""The largest paths behind a footprint, with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.printout import Printout
from ioecon.stressor import state_stressor

__all__ = ["PATH_MEANINGS", "SupplyPaths", "label_paths"]


@dataclass(frozen=True, eq=False)
class SupplyPaths:
    """The largest paths from a stressor to final demand.

    Made by :func:`ioecon.structural_paths`.

    Parameters
    ----------
    countries, sectors : tuple of str
        Labels of the rows.
    year : int
    rows : tuple of tuple of int
        Rows of each path, from where the stressor is to the product that is consumed; the largest
        path first.
    values : ndarray, shape (p,)
        What each path carries, in ``unit``.
    footprint : float
        Sum of all paths, listed or not.
    tiers : ndarray, shape (orders,)
        Sums of all paths of order 0, 1, ….
    consumed : str
        The part of final demand that paths end in.
    unit, stressor : str
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    year: int
    rows: tuple[tuple[int, ...], ...]
    values: Array
    footprint: float
    tiers: Array
    consumed: str
    unit: str
    stressor: str

    def __post_init__(self) -> None:
        for array in (self.values, self.tiers):
            array.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come back from a pickle writeable

    @property
    def covered(self) -> float:
        """Share of the footprint that the listed paths sum to; NaN of none."""
        return float(self.values.sum() / self.footprint) if self.footprint else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """One row per path, the largest first.

        Returns
        -------
        DataFrame
            Index rank; columns path, order (steps of inputs), origin_country, origin_sector,
            product_country, product_sector, value (in ``unit``), share of the footprint and
            cumulative_share.
        """
        frame = label_paths(self.rows, self.countries, self.sectors)
        frame["value"] = self.values
        share = self.values / self.footprint if self.footprint else np.nan * self.values
        frame["share"], frame["cumulative_share"] = share, np.cumsum(share)
        meanings = {
            **PATH_MEANINGS,
            "value": f"{self.stressor} that the path carries",
            "share": "Share of the footprint",
            "cumulative_share": "Share of the footprint of this path and all larger ones",
        }
        units = {"value": self.unit}
        frame = state_stressor(frame, self.stressor, self.unit)
        return label_columns(frame, self._title(), meanings, units=units)

    def by_tier(self) -> pd.DataFrame:
        """Sum the paths of each order, listed ones and all.

        Returns
        -------
        DataFrame
            Index tier ("0", "1", …, and "beyond"); columns footprint (of all paths; they sum to
            the footprint), listed (of listed ones), in ``unit``, and paths, how many are listed.
        """
        orders = np.array([len(rows) - 1 for rows in self.rows], dtype=np.intp)
        size = len(self.tiers)
        listed = np.bincount(orders, weights=self.values, minlength=size)
        frame = pd.DataFrame(
            {
                "footprint": [*self.tiers, self.footprint - self.tiers.sum()],
                "listed": [*listed, 0.0],
                "paths": [*np.bincount(orders, minlength=size), 0],
            },
            index=pd.Index([*map(str, range(size)), "beyond"], name="tier"),
        )
        meanings = {
            "footprint": "All paths of the order",
            "listed": "Listed paths of the order",
            "paths": "How many paths are listed",
        }
        units = {"footprint": self.unit, "listed": self.unit}
        frame = state_stressor(frame, self.stressor, self.unit)
        return label_columns(frame, f"{self._title()}, by order", meanings, units=units)

    def summary(self) -> str:
        """Text for people: the ten largest paths."""
        return self._printout().text()

    def _printout(self) -> Printout:
        frame = self.to_frame().head(10)[["path", "value"]]
        share = 100 * self.covered
        note = f"{len(self.rows)} paths carry {share:.1f} % of {self.footprint:,.1f} {self.unit}."
        return Printout(f"{self._title()}, {self.unit}", {"": frame}, note)

    def _title(self) -> str:
        return f"Largest supply paths of {self.stressor} to {self.consumed} in {self.year}"

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()


PATH_MEANINGS = {
    "path": "From the sector where the stressor is to the product that is consumed",
    "order": "Steps of inputs",
    "origin_country": "Country where the stressor is",
    "origin_sector": "Sector where the stressor is",
    "product_country": "Country that makes the product that is consumed",
    "product_sector": "Sector that makes the product that is consumed",
}


def label_paths(
    paths: Sequence[Sequence[int]], countries: Sequence[str], sectors: Sequence[str]
) -> pd.DataFrame:
    """Labels of paths, one row each: index rank; path, order, origin and product.

    Examples
    --------
    >>> label_paths([[2, 1]], ["AUS", "CHN"], ["s1", "s2"])["path"].iloc[0]
    'CHN s1 → AUS s2'
    """
    size = len(sectors)

    def place(row: int) -> tuple[str, str]:
        return countries[row // size], sectors[row % size]

    records = [
        (
            " → ".join(" ".join(place(row)) for row in rows),
            len(rows) - 1,
            *place(rows[0]),
            *place(rows[-1]),
        )
        for rows in paths
    ]
    frame = pd.DataFrame(records, columns=list(PATH_MEANINGS))
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="rank"))
