"""Final demand of two years in every state between them.

Its columns are profiles times scales: profiles have a number for each row and are what (E − A) is
solved for, scales multiply whole columns and cost nothing. The profile of a year is its final
demand as it stands, so that one solve serves all periods that the year borders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.decomposition.models import Factor
from ioecon.decomposition.plan import Plan

__all__ = [
    "CANCELLING",
    "DemandOfYear",
    "DemandStates",
    "by_row",
    "fill_from",
    "find_cancelling",
    "ratios_by_row",
    "ratios_of",
]

CANCELLING = 0.01
"""A sum smaller than this share of its entries, taken without signs, has no shares of use."""


@dataclass(frozen=True, eq=False)
class DemandOfYear:
    """Final demand of one year, and its totals.

    Parameters
    ----------
    values : ndarray, shape (K, n, I)
        By category (one, where they are not told apart), row and country of destination.
    variables : mapping of str to ndarray, shape (I,)
    """

    values: Array
    variables: dict[str, Array]

    def total(self, name: str) -> Array:
        """Total of :class:`~ioecon.decomposition.models.Factor`, shape (K or 1, rows or 1, I or 1).

        Rows are n, or S for products.
        """
        if name in self.variables:
            return self.variables[name][None, None, :]
        if name == "world":
            return self.values.sum(keepdims=True)
        if name in ("country", "category"):
            totals = self.values.sum(axis=1, keepdims=True)
            return totals if name == "category" else totals.sum(axis=0, keepdims=True)
        kind, _, categories = name.partition(" of ")
        values = self.values if categories else self.values.sum(axis=0, keepdims=True)
        if kind == "row":
            return values
        categories_, n, countries = values.shape
        return values.reshape(categories_, countries, n // countries, countries).sum(axis=1)


class DemandStates:
    """Profiles and scales of two years, in all states.

    Parameters
    ----------
    plan : Plan
    first, last : DemandOfYear

    Attributes
    ----------
    scales : ndarray, shape (2**scales, K, I)
    profiles : list of ndarray, shape (K, n, I)
        By state; those of the two years as they stand, others per unit of the scales.
    level : float
        World total of the base year.
    change_of_level : ndarray, shape (I,)
        Change of each country's final demand, whose sum is that of the world.
    """

    def __init__(self, plan: Plan, first: DemandOfYear, last: DemandOfYear) -> None:
        both = first, last
        ratios = [ratios_of(each, both) for each in plan.scales]
        wide = (first.values.shape[0], 1, first.values.shape[2])
        self.scales = np.stack(
            [
                np.broadcast_to(product, wide)[:, 0]
                for product in _multiply_states(ratios, np.ones(wide))
            ]
        )
        self._per_scale = [
            np.broadcast_to(each.total(plan.scales[-1].totals[0]), wide)[:, 0]
            if plan.scales
            else np.ones((wide[0], wide[2]))
            for each in both
        ]
        states = plan.shape[2]
        self.profiles = [first.values] * (states - 1) + [last.values]
        if states > 2:
            n = first.values.shape[1]
            told = ratios_by_row(plan, both, n)
            between = _multiply_states(told, np.ones(first.values.shape))
            self.profiles[1:-1] = between[1:-1]
        self.level = first.values.sum()
        self.change_of_level = (last.total("country") - first.total("country"))[0, 0]

    def scale_solved(self, solved: list[Array]) -> list[Array]:
        """L applied to the profiles, per unit of the scales.

        A column without a total in one year has the profile of the other.

        Parameters
        ----------
        solved : list of ndarray, shape (K, n, I)
            By state.
        """
        found = list(solved)
        ends = (0, len(solved) - 1)
        for at, per in zip(ends, self._per_scale, strict=True):
            found[at] = np.divide(
                solved[at], per[:, None], out=np.zeros_like(solved[at]), where=per[:, None] != 0
            )
        for at, other, per in zip(ends, ends[::-1], self._per_scale, strict=True):
            for category, country in np.argwhere(per == 0):
                found[at][category, :, country] = found[other][category, :, country]
        return found


def ratios_by_row(plan: Plan, both: Sequence[DemandOfYear], n: int) -> list[list[Array]]:
    """Ratios of profiles for every row; what cancels out is not divided any further.

    Its change, as it stands, is an effect of the factor that leads to it.
    """
    told = [[by_row(each, n) for each in ratios_of(f, both)] for f in plan.profiles]
    finest = plan.profiles[-1].totals[0]
    for place in range(len(told) - 2, -1, -1):
        above, below = plan.profiles[place].totals
        cancels = np.logical_or(*(find_cancelling(each, above) for each in both))
        if cancels.any():
            ratio = finest if below is None else f"{finest} / {below}"
            whole = ratios_of(Factor("undivided", "demand", ratio), both)
            where = by_row(cancels, n)
            for year in (0, 1):
                told[place][year] = np.where(where, whole[year], told[place][year])
                for finer in told[place + 1 :]:
                    finer[year] = np.where(where, 1.0, finer[year])
    return told


def ratios_of(factor: Factor, both: Sequence[DemandOfYear]) -> tuple[Array, Array]:
    """Ratio of a factor in both years; where it has none in one, that of the other."""
    numerator, denominator = factor.totals
    found = []
    for each in both:
        above = each.total(numerator)
        if denominator is None:
            found.append(above)
            continue
        below = each.total(denominator)
        if above.shape[1] > 1 and 1 < below.shape[1] < above.shape[1]:
            below = by_row(below, above.shape[1])
        shape = np.broadcast_shapes(above.shape, below.shape)
        found.append(np.divide(above, below, out=np.full(shape, np.nan), where=below != 0))
    return fill_from(found[0], found[1], 0.0)


def find_cancelling(demand: DemandOfYear, total: str) -> NDArray[np.bool_]:
    """Where entries of a total nearly cancel out, so that shares of it say nothing."""
    if demand.values.min() >= 0:
        return np.zeros(demand.total(total).shape, dtype=bool)
    size = DemandOfYear(np.abs(demand.values), demand.variables).total(total)
    return np.asarray((np.abs(demand.total(total)) <= CANCELLING * size) & (size > 0))


def fill_from(first: Array, last: Array, neither: float) -> tuple[Array, Array]:
    """Both arrays, where one has no number (NaN) that of the other; ``neither`` where none has."""
    one = np.where(np.isnan(first), last, first)
    other = np.where(np.isnan(last), first, last)
    return np.nan_to_num(one, nan=neither), np.nan_to_num(other, nan=neither)


def _multiply_states(ratios: Sequence[Sequence[Array]], one: Array) -> list[Array]:
    """Products of ratios in all states; bit j of a state is set where ratio j is the later one."""
    found = [one]
    for pair in ratios:
        found = [product * each for each in pair for product in found]
    return found


def by_row(values: NDArray[Any], n: int) -> NDArray[Any]:
    """Numbers by product (or one for all) for every row, countries being the outer level."""
    rows = values.shape[1]
    return values if rows in (1, n) else np.tile(values, (1, n // rows, 1))
