"""A balanced table of random numbers, one row at a time, so that it may be of any size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class BalancedTable:
    """Flows whose rows and columns add up to the same output.

    Of the output x, a flow is x_i x_j / Σx times a number below one, so that intermediate uses
    never exceed output, and final demand and value added are what is left.

    Parameters
    ----------
    n : int
        Rows and columns of intermediate flows.
    shares : array, shape (m,)
        How final demand is spread over its m columns, on average; a share of zero is no demand.
    seed : int
    zeros : float
        Part of the flows that are zero.
    year : int
        Output grows by some three per cent a year, and more or less by sector.
    """

    def __init__(
        self, n: int, shares: Array, *, seed: int = 0, zeros: float = 0.5, year: int = 2000
    ) -> None:
        rng = np.random.default_rng(seed)
        growth = rng.normal(0.03, 0.01, n)
        self.target: Array = rng.lognormal(5.0, 1.0, n) * np.exp(growth * (year - 2000))
        self.output: Array = np.zeros(n)
        self.inputs: Array = np.zeros(n)
        self._shares, self._seed, self._zeros, self._year = shares, seed, zeros, year

    def rows(self) -> Iterator[tuple[Array, Array]]:
        """Yield intermediate flows and final demand of each row; sums are told afterwards."""
        n, total = self.target.size, self.target.sum()
        for i in range(n):
            rng = np.random.default_rng([self._seed, i])
            part = rng.random(n)
            part[rng.random(n) < self._zeros] = 0.0
            drift = np.random.default_rng([self._seed, i, self._year]).uniform(0.9, 1.0, n)
            flows = self.target[i] * self.target / total * part * drift
            weights = self._shares * rng.uniform(0.5, 1.5, self._shares.size)
            demand = (self.target[i] - flows.sum()) * weights / weights.sum()
            self.output[i] = flows.sum() + demand.sum()
            self.inputs += flows
            yield flows, demand

    @property
    def value_added(self) -> Array:
        """What output exceeds intermediate inputs by, once every row was taken."""
        return self.output - self.inputs
