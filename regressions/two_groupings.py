"""Least squares on the dummies of two groupings at once, from the table of their cells.

With D the dummies of the larger grouping and E those of the other, the coefficients of E solve
``(E'WE - S'(D'WD)^-1 S) g = E'W(y - means of D)``, S = D'WE the weight in each cell (Frisch and
Waugh). The matrix is the Laplacian of the graph whose nodes are groups; one group of each of its
connected components is the reference. Exact in unbalanced panels; neither dummies nor rows by
groups are ever formed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

__all__ = ["Table", "TwoGroupings", "count_cells", "find_references", "two_groupings"]

Table: TypeAlias = "np.ndarray | sparse.csr_array"

_SMALL_CELLS = 100_000
_FILLED = 0.05  # share of cells with rows from which on the table is held dense
_DENSE_GROUPS = 3_000  # of the smaller grouping, up to which its matrix is
_CELLS_AT_ONCE = 50_000  # of columns that are projected together
_LEFT = 1e-14  # of the sums of absolute values: what may be left of the sums of a group
_MOST_ROUNDS = 5
_KEPT_BYTES = 2**23  # of the codes of the last projection, which is kept for the next columns


class TwoGroupings:
    """Projection on the dummies of two groupings.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Codes 0..G-1 of each.
    weights : ndarray, shape (n,), optional

    Examples
    --------
    >>> both = TwoGroupings(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    >>> both.residuals(np.array([[1.0], [2.0], [3.0], [5.0]])).ravel().tolist()
    [0.25, -0.25, -0.25, 0.25]
    """

    def __init__(
        self, first: np.ndarray, second: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        self._turned = int(second.max()) > int(first.max())
        self._first, self._second = (second, first) if self._turned else (first, second)
        self._weights = weights
        G, H = int(self._first.max()) + 1, int(self._second.max()) + 1
        self._size = H
        self._total = np.bincount(self._first, weights=weights, minlength=G).astype(float)
        table = count_cells(self._first, self._second, weights)
        references = find_references(table)
        self._free = np.setdiff1d(np.arange(H), references, assume_unique=True)
        if isinstance(table, np.ndarray):
            self._shares: Table = table / self._total[:, None]
        else:
            self._shares = sparse.diags_array(1.0 / self._total) @ table
        self._counts = np.bincount(self._second, weights=weights, minlength=H).astype(float)
        self._solve = _factorise(table.T @ self._shares, self._counts, self._free)

    def is_of(self, first: np.ndarray, second: np.ndarray, weights: np.ndarray | None) -> bool:
        """Whether this is the projection for these codes and weights."""
        own = (self._second, self._first) if self._turned else (self._first, self._second)
        if weights is None or self._weights is None:
            alike = weights is None and self._weights is None
        else:
            alike = np.array_equal(self._weights, weights)
        return alike and np.array_equal(own[0], first) and np.array_equal(own[1], second)

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """Columns less their projection, shape (n, k)."""
        return self._project(values)[0]

    def effects(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients of the dummies of the two groupings, shapes (G, k) and (H, k).

        The reference of each component has the coefficient zero in the smaller grouping.
        """
        _, of_second = self._project(values)
        size = len(self._total)
        sums = np.concatenate(
            [self._sum(column[:, None], self._first, size) for column in values.T], axis=1
        )
        of_first = sums / self._total[:, None] - self._shares @ of_second
        return (of_second, of_first) if self._turned else (of_first, of_second)

    def effects_of_sums(
        self, of_first: np.ndarray, of_second: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients as :meth:`effects` gives them, from sums of columns by group.

        Parameters
        ----------
        of_first, of_second : ndarray, shapes (G, k) and (H, k)
            Sums of weighted values: only sums of the same rows have coefficients.
        """
        if self._turned:
            of_first, of_second = of_second, of_first
        means = of_first / self._total[:, None]
        size = np.abs(of_second) + self._shares.T @ np.abs(of_first)
        limit = _LEFT * size.max(axis=0)
        second = np.zeros_like(of_second)
        first = means
        for _ in range(_MOST_ROUNDS):
            left = of_second - self._counts[:, None] * second
            left -= self._shares.T @ (self._total[:, None] * first)
            if (np.abs(left) <= limit).all():
                break
            second[self._free] += self._solve(left[self._free])
            first = means - self._shares @ second
        return (second, first) if self._turned else (first, second)

    def _project(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        step = max(1, _CELLS_AT_ONCE // max(1, len(values)))
        if values.shape[1] <= step:
            return self._project_block(values)
        residual = np.empty(values.shape, order="F")
        effects = np.empty((self._size, values.shape[1]))
        for start in range(0, values.shape[1], step):
            block = slice(start, start + step)
            residual[:, block], effects[:, block] = self._project_block(values[:, block])
        return residual, effects

    def _project_block(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        limit = _LEFT * self._sum(np.abs(values), self._second, self._size)
        means = self._sum(values, self._first, len(self._total)) / self._total[:, None]
        residual = means[self._first]
        np.subtract(values, residual, out=residual)
        effects = np.zeros((self._size, values.shape[1]))
        for _ in range(_MOST_ROUNDS):
            left = self._sum(residual, self._second, self._size)
            unfinished = (np.abs(left) > limit).any(axis=0)
            if not unfinished.any():
                break
            step = np.zeros_like(effects)
            step[self._free] = self._solve(left[self._free] * unfinished)
            effects += step
            residual -= step[self._second]
            residual += (self._shares @ step)[self._first]
        return residual, effects

    def _sum(self, values: np.ndarray, groups: np.ndarray, size: int) -> np.ndarray:
        """Sum weighted columns, shape (n, k), by group, shape (size, k)."""
        weighted = values if self._weights is None else self._weights[:, None] * values
        k = weighted.shape[1]
        if k == 1:
            return np.bincount(groups, weights=weighted[:, 0], minlength=size)[:, None]
        cells = (groups[:, None] * k + np.arange(k)).ravel()
        return np.bincount(cells, weighted.ravel(), minlength=size * k).reshape(size, k)


def count_cells(first: np.ndarray, second: np.ndarray, weights: np.ndarray | None = None) -> Table:
    """Rows, or their weight, in each cell of two groupings, (G, H); sparse if most are empty."""
    G, H = int(first.max()) + 1, int(second.max()) + 1
    if max(_SMALL_CELLS, len(first) / _FILLED) >= G * H:
        cells = np.bincount(first * H + second, weights=weights, minlength=G * H)
        return cells.reshape(G, H).astype(float, copy=False)
    values = np.ones(len(first)) if weights is None else weights
    table = sparse.coo_array((values, (first, second)), shape=(G, H)).tocsr()
    table.sum_duplicates()
    return table


def find_references(table: Table) -> np.ndarray:
    """Choose one group of the second grouping in each component of those that share rows.

    Parameters
    ----------
    table : array or sparse array, shape (G, H)
        From :func:`count_cells`; each group has rows.
    """
    if isinstance(table, np.ndarray) and (table.all(axis=0).any() or table.all(axis=1).any()):
        return np.zeros(1, dtype=int)  # a group that meets all others joins them
    cells = sparse.csr_array(table)
    graph = sparse.block_array([[None, cells], [cells.T, None]], format="csr")
    component = connected_components(graph, directed=False)[1]
    return np.unique(component[cells.shape[0] :], return_index=True)[1]


def _factorise(
    within: Table, counts: np.ndarray, free: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Solver of ``diag(counts) - within`` without the references."""
    if not len(free):
        return lambda right: right
    if len(free) <= _DENSE_GROUPS:
        dense = within if isinstance(within, np.ndarray) else within.toarray()
        matrix = (np.diag(counts) - dense)[np.ix_(free, free)]
        factor = linalg.cho_factor(matrix, overwrite_a=True, check_finite=False)
        return lambda right: linalg.cho_solve(factor, right, check_finite=False)
    whole = (sparse.diags_array(counts) - within).tocsc()
    solver = splu(sparse.csc_matrix(whole[:, free].tocsr()[free].tocsc()))
    return lambda right: np.asarray(solver.solve(right))


_LAST: list[TwoGroupings] = []


def two_groupings(
    first: np.ndarray, second: np.ndarray, weights: np.ndarray | None = None
) -> TwoGroupings:
    """Projection on two groupings; the last one is kept, since a fit asks for it several times."""
    for known in _LAST[:1]:
        if known.is_of(first, second, weights):
            return known
    _LAST.clear()
    if first.nbytes + second.nbytes > _KEPT_BYTES:
        return TwoGroupings(first, second, weights)
    own = None if weights is None else weights.copy()
    made = TwoGroupings(first.copy(), second.copy(), own)
    _LAST.append(made)
    return made
