"""The largest paths of a supply chain, found by branch and bound. Arrays only.

A path of order k is one term of Waugh's series e (E + A + A² + …) y::

    e[i_k] A[i_k, i_k−1] … A[i_1, i_0] y[i_0]

All that paths through a node can carry beyond it is at most ``(m[i] − |e[i]|) |t|``, with t the
amount that the node delivers and ``m = |e| (E − |A|)⁻¹`` from one transposed solve. Nodes are
opened in the order of that bound, until no open one can hold a path that is large enough: none is
missed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import ArgumentError

__all__ = ["SMALLEST_SHARE", "ChainYear", "FoundPath", "Limits", "find_paths"]

SMALLEST_SHARE = 1e-10
"""Share of all below which a path is rounding, and not looked for."""

_SLACK = 1e-12  # what rounding of the multipliers may hide
_KEPT_COEFFICIENTS = 5_000_000

Node: TypeAlias = "tuple[int, Node | None]"


@dataclass(frozen=True, eq=False)
class ChainYear:
    """One year's flows as a search sees them.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
    per_output : ndarray, shape (n,)
        1/x, 0 where x is.
    intensity : ndarray, shape (n,)
        e, zero where paths may not begin.
    demand : ndarray, shape (n,)
        y, zero where paths may not end.
    multipliers : ndarray, shape (n,)
        ``m = |e| (E − |A|)⁻¹``.
    delivered : ndarray, shape (n,)
        ``(E − |A|)⁻¹ |y|``: more than any path takes from a row.
    """

    Z: Array
    per_output: Array
    intensity: Array
    demand: Array
    multipliers: Array
    delivered: Array

    @property
    def gross(self) -> float:
        """Sum of the absolute values of all paths."""
        return float(self.multipliers @ np.abs(self.demand))

    def read_column(self, row: int) -> Array:
        """Coefficients of one column, shape (n,)."""
        return np.asarray(self.Z[:, row], dtype=float) * self.per_output[row]


@dataclass(frozen=True)
class Limits:
    """Which paths are wanted, and how long they are looked for.

    Parameters
    ----------
    largest : int or None
        How many; None is all above the cutoff.
    cutoff : float
        Smallest size.
    max_order : int or None
        Most steps of a path.
    most_branches : int
        Opened or listed nodes after which the search is given up.
    """

    largest: int | None
    cutoff: float
    max_order: int | None
    most_branches: int


@dataclass(frozen=True)
class FoundPath:
    """One path.

    Parameters
    ----------
    rows : tuple of int
        From the row where the stressor is to the product that is consumed.
    values : tuple of float
        One for each year.
    """

    rows: tuple[int, ...]
    values: tuple[float, ...]


def find_paths(
    years: Sequence[ChainYear],
    limits: Limits,
    *,
    signed: bool,
    report: Callable[[int], None] = lambda branches: None,
) -> list[FoundPath]:
    """Find the paths of one year with the largest values, or of two with the largest changes.

    Parameters
    ----------
    years : sequence of ChainYear
        One, or two of the same rows.
    limits : Limits
    signed : bool
        Whether a path's value may be negative: the change of one is then bounded by the sum of
        both years' values, else by the larger.
    report : callable, optional
        Is told, now and then, how many branches were opened.

    Returns
    -------
    list of FoundPath
        Largest first.

    Raises
    ------
    ArgumentError
        If there are too many branches.
    """
    return _Search(years, limits, signed, report).run()


class _Search:
    def __init__(
        self,
        years: Sequence[ChainYear],
        limits: Limits,
        signed: bool,
        report: Callable[[int], None],
    ) -> None:
        self._years, self._limits, self._signed, self._report = years, limits, signed, report
        self._intensity = np.stack([year.intensity for year in years])
        self._multipliers = np.stack([year.multipliers for year in years])
        beyond = self._multipliers - np.abs(self._intensity)
        self._beyond = np.maximum(beyond, 0.0) + _SLACK * self._multipliers
        self._threshold = limits.cutoff
        self._found: list[tuple[float, int, Node, Array]] = []
        self._open: list[tuple[float, int, Node, Array, int]] = []
        self._columns: dict[int, tuple[NDArray[np.intp], Array]] = {}
        self._kept = self._count = 0

    def run(self) -> list[FoundPath]:
        demand = np.stack([year.demand for year in self._years])
        rows = np.flatnonzero(demand.any(axis=0))
        self._take(None, rows, demand[:, rows], 0)
        opened = 0
        while self._open:
            bound, _, node, amounts, order = heapq.heappop(self._open)
            if -bound < self._threshold:
                break
            rows, coefficients = self._inputs_of(node[0])
            self._take(node, rows, coefficients * amounts[:, None], order + 1)
            opened += 1
            if opened % 1000 == 0:
                self._report(opened)
        found = [
            FoundPath(_trace(node), tuple(float(value) for value in values))
            for _, _, node, values in sorted(self._found, key=lambda one: (-one[0], -one[1]))
        ]
        return found

    def _take(
        self, parent: Node | None, rows: NDArray[np.intp], amounts: Array, order: int
    ) -> None:
        """List the paths that begin at these rows, and open what lies beyond them."""
        values = self._intensity[:, rows] * amounts
        sizes = np.abs(values[-1] - values[0]) if len(values) > 1 else np.abs(values[0])
        large = np.flatnonzero((sizes >= self._threshold) & (sizes > 0))
        for k in large[np.argsort(-sizes[large], kind="stable")]:
            if sizes[k] < self._threshold:
                break
            self._list(float(sizes[k]), (int(rows[k]), parent), values[:, k].copy())
        if order == self._limits.max_order:
            return
        bounds = self._combine(self._beyond[:, rows] * np.abs(amounts))
        opened = np.flatnonzero(bounds >= max(self._threshold, np.finfo(float).tiny))
        # A copy of what is kept: a view would hold all amounts in memory.
        kept = amounts[:, opened].T.copy()
        for k, delivered in zip(opened, kept, strict=True):
            self._count_branch()
            node = (int(rows[k]), parent)
            heapq.heappush(self._open, (-float(bounds[k]), self._count, node, delivered, order))

    def _list(self, size: float, node: Node, values: Array) -> None:
        self._count_branch()
        entry = (size, -self._count, node, values)
        if self._limits.largest is None:
            self._found.append(entry)
            return
        if len(self._found) < self._limits.largest:
            heapq.heappush(self._found, entry)
        else:
            heapq.heappushpop(self._found, entry)
        if len(self._found) == self._limits.largest:
            self._threshold = max(self._threshold, self._found[0][0])

    def _count_branch(self) -> None:
        self._count += 1
        if self._count > self._limits.most_branches:
            raise ArgumentError(
                f"More than {self._limits.most_branches:,} branches of the supply chain may hold a "
                "path of the size that is asked for: ask for fewer paths, a larger cutoff, a "
                "max_order or a part of final demand, or raise most_branches."
            )

    def _inputs_of(self, row: int) -> tuple[NDArray[np.intp], Array]:
        """Rows that deliver to a row and may be on a large path, with their coefficients."""
        if row not in self._columns:
            columns = np.stack([year.read_column(row) for year in self._years])
            reach = np.array([[year.delivered[row]] for year in self._years])
            # The threshold only grows: what is left out now is never needed.
            most = self._combine(self._multipliers * np.abs(columns) * reach) * (1 + 1e-9)
            rows = np.flatnonzero((most >= self._threshold) & columns.any(axis=0))
            if self._kept > _KEPT_COEFFICIENTS:
                self._columns.clear()
                self._kept = 0
            self._kept += rows.size
            self._columns[row] = rows, columns[:, rows]
        return self._columns[row]

    def _combine(self, bounds: Array) -> Array:
        return np.asarray(bounds.sum(axis=0) if self._signed else bounds.max(axis=0))


def _trace(node: Node) -> tuple[int, ...]:
    rows: list[int] = []
    at: Node | None = node
    while at is not None:
        rows.append(at[0])
        at = at[1]
    return tuple(rows)
