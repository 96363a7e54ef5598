"""Who trades with whom: exporters of one country or several, what they sell, and to whom. Arrays.

Rows are ordered by country and then sector, n = I·S. Every country belongs to one of G exporters;
trade among the countries of one exporter is domestic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.leontief import Leontief, block_row_sums, solve_domestic

__all__ = ["Trade"]

_COLUMNS = 512  # of L that are held at once


@dataclass(frozen=True, eq=False)
class Trade:
    """Flows of one world table seen by exporters.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Intermediate flows.
    x : ndarray, shape (n,)
        Gross output.
    F : ndarray, shape (n, I)
        Final demand by destination country.
    members : ndarray of int, shape (I,)
        Which of the G exporters each country belongs to.
    """

    Z: Array
    x: Array
    F: Array
    members: NDArray[np.intp]

    @property
    def exporters(self) -> int:
        """G, the number of exporters."""
        return int(self.members.max()) + 1

    @cached_property
    def home(self) -> NDArray[np.intp]:
        """Exporter of each row, shape (n,)."""
        return np.repeat(self.members, len(self.x) // len(self.members))

    @cached_property
    def per_output(self) -> Array:
        """1/x, 0 where x is."""
        return np.divide(1.0, self.x, out=np.zeros_like(self.x), where=self.x != 0)

    @cached_property
    def demand(self) -> Array:
        """Final demand by destination, shape (n, G)."""
        return self._sum_destinations(self.F)

    @cached_property
    def exports(self) -> Array:
        """Exports by destination, intermediate and final; zero to the own country, (n, G)."""
        return self.abroad(self.demand + self.send(self.x))

    def rows_of(self, exporter: int) -> NDArray[np.intp]:
        """Rows of one exporter."""
        return np.flatnonzero(self.home == exporter)

    def spread(self, values: Array) -> Array:
        """Put a vector (n,) in the column of each row's exporter, (n, G)."""
        out = np.zeros((len(values), self.exporters), order="F")
        out[np.arange(len(values)), self.home] = values
        return out

    def at_home(self, values: Array) -> Array:
        """Each row's entry in the column of its own exporter: (n, G) to (n,)."""
        return np.asarray(values[np.arange(len(values)), self.home])

    def abroad(self, values: Array) -> Array:
        """Set each row's own column to zero, (n, G)."""
        return np.asarray(values - self.spread(self.at_home(values)))

    def sum_rows(self, values: Array) -> Array:
        """Sum the rows of each exporter: (n, ...) to (G, ...)."""
        sums = np.zeros((self.exporters, *values.shape[1:]))
        np.add.at(sums, self.home, values)
        return sums

    def send(self, output: Array) -> Array:
        """Sum the inputs that each row sends to each destination's ``output``: (n, G).

        Output is (n,) or (n, G); of the latter, rows of exporter s serve column s: Σ_j A_ij x_js.
        """
        countries = len(self.members)
        if output.ndim == 1:
            sent = block_row_sums(self.Z, self.per_output * output, countries)
        else:
            sectors = len(self.x) // countries
            sent = np.empty((len(self.x), countries))
            for country, exporter in enumerate(self.members):
                rows = slice(country * sectors, (country + 1) * sectors)
                weights = self.per_output * output[:, exporter]
                sent[rows] = block_row_sums(self.Z[rows], weights, countries)
        return self._sum_destinations(sent)

    def _sum_destinations(self, values: Array) -> Array:
        sums = np.zeros((len(values), self.exporters))
        np.add.at(sums.T, self.members, values.T)
        return sums

    def domestic_system(self, exporter: int) -> Array:
        """(E − A_ss) of one exporter."""
        rows = self.rows_of(exporter)
        inputs = np.asarray(self.Z[np.ix_(rows, rows)], dtype=float) * self.per_output[rows]
        return np.asarray(np.eye(len(rows)) - inputs)

    def solve_domestic(self, b: Array, *, transposed: bool = False) -> Array:
        """L_ss b_s, or L_ss' b_s, of every exporter; (n,) or (n, m)."""
        solved = np.empty(b.shape)
        for exporter in range(self.exporters):
            rows, system = self.rows_of(exporter), self.domestic_system(exporter)
            solved[rows] = solve_domestic(system.T if transposed else system, b[rows])
        return solved

    def returning(self, system: Leontief, exporter: int) -> Array:
        """E + Q_s = (E − A_ss) L_ss*, with L_ss* the exporter's block of the world's L.

        Q_s = Σ_r A_sr L_rs* are the exports of inputs that one unit of exports of the exporter
        calls for all around the world; its inverse takes them out: B∖s = L (E + Q_s)⁻¹ in the
        columns of s is the inverse of a world in which s exports no inputs.
        """
        rows, n = self.rows_of(exporter), len(self.x)
        block = np.empty((len(rows), len(rows)))
        for start in range(0, len(rows), _COLUMNS):
            some = rows[start : start + _COLUMNS]
            units = np.zeros((n, len(some)), order="F")
            units[some, np.arange(len(some))] = 1.0
            solved = system.solve(units, overwrite_b=True)
            block[:, start : start + len(some)] = solved[rows]
        return np.asarray(self.domestic_system(exporter) @ block)
