"""The space of the regressors and of the effects that cut across clusters, without its dummies.

Effects nested in the clusters drop out: demeaned columns are orthogonal to them cluster by cluster
(Pustejovsky and Tipton 2018, theorem 2). Those that cut across are projected on by sums over their
groups, so that neither rows nor clusters by groups are formed: with M the residuals on the nested
effects and D the dummies of the others, ``M D (D'M D)^-1 D'M`` takes one system of the groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from regressions.equation import EstimatingEquation
from regressions.errors import OptionError
from regressions.groupings import is_nested
from regressions.several_groupings import SeveralGroupings
from regressions.two_groupings import Table, TwoGroupings, count_cells
from regressions.within import remover_of_effects

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["ClusterLinks", "ColumnSpace", "CrossingEffects", "column_space"]

_LEFT = 1e-10
_FEW_CELLS = 1_000_000
_CELLS_AT_ONCE = 4_000_000
_MOST_CELLS = 40_000_000
_MOST_DENSE_CELLS = 60_000_000


class CrossingEffects:
    """Projection on the dummies of the effects that cut across clusters, beside nested effects.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)
        Codes 0..G-1. At least one cuts across.
    clusters : ndarray of int, shape (n,)
    weights : ndarray, shape (n,), or None
        All columns are those of the model times the roots of the weights.
    """

    def __init__(
        self,
        effects: Sequence[np.ndarray],
        clusters: np.ndarray,
        weights: np.ndarray | None,
    ) -> None:
        nested = [codes for codes in effects if is_nested(codes, clusters)]
        self.codes = [codes for codes in effects if not is_nested(codes, clusters)]
        self.root = np.ones(len(clusters)) if weights is None else np.sqrt(weights)
        everything = [*nested, *self.codes]
        self._all: TwoGroupings | SeveralGroupings | None = None
        if len(everything) == 2:
            self._all = TwoGroupings(everything[0], everything[1], weights)
        elif len(everything) > 2:
            self._all = SeveralGroupings(everything, weights)
        self._without_nested = remover_of_effects(nested, weights)
        self._nested = [_dummies(codes, self.root) for codes in nested]
        self._crossing = [_dummies(codes, self.root) for codes in self.codes]

    @property
    def sizes(self) -> list[int]:
        """Numbers of groups of the crossing effects."""
        return [matrix.shape[1] for matrix in self._crossing]

    @property
    def width(self) -> int:
        """Number of their groups together."""
        return sum(self.sizes)

    def within_nested(self, values: np.ndarray) -> np.ndarray:
        """Columns, shape (n, B), less their projection on the nested effects."""
        root = self.root[:, None]
        return self._without_nested(values / root) * root if self._nested else values

    def effects_of_sums(self, sums: np.ndarray, size: np.ndarray) -> list[np.ndarray]:
        """Coefficients of the dummies of all effects, nested ones first, one (G, B) each.

        Parameters
        ----------
        sums : ndarray, shape (width, B)
            By the groups of the crossing effects, of columns within the nested ones times the
            roots of the weights.
        size : ndarray, shape (B,)
            Of the absolute values that were added up in the largest group.
        """
        if self._all is None:
            return [sums / _squares(self._crossing[0])]
        nothing = [np.zeros((matrix.shape[1], sums.shape[1])) for matrix in self._nested]
        parts = [*nothing, *np.split(sums, np.cumsum(self.sizes)[:-1])]
        if isinstance(self._all, TwoGroupings):
            return list(self._all.effects_of_sums(parts[0], parts[1]))
        return self._all.effects_of_sums(parts, size)

    def project(self, values: np.ndarray) -> np.ndarray:
        """Projection of columns, shape (n, B), on the crossing effects within the nested ones."""
        inner = self.within_nested(values)
        sums = np.concatenate([matrix.T @ inner for matrix in self._crossing])
        absolute = [(matrix.T @ np.abs(inner)).max(axis=0) for matrix in self._crossing]
        effects = self.effects_of_sums(sums, np.max(absolute, axis=0))
        pairs = zip([*self._nested, *self._crossing], effects, strict=True)
        return np.asarray(sum(matrix @ coefficients for matrix, coefficients in pairs))

    def dummies(self) -> np.ndarray:
        """Dummies of the crossing effects within the nested ones, shape (n, width)."""
        columns = [matrix.toarray() for matrix in self._crossing]
        return self.within_nested(np.concatenate(columns, axis=1))


def _dummies(codes: np.ndarray, root: np.ndarray) -> sparse.csr_array:
    """Dummies times the roots of the weights, shape (n, G)."""
    n = len(codes)
    return sparse.csr_array((root, codes, np.arange(n + 1)), shape=(n, int(codes.max()) + 1))


def _squares(matrix: sparse.csr_array) -> np.ndarray:
    """Sum the squares of columns, shape (G, 1)."""
    return np.bincount(matrix.indices, matrix.data**2)[:, None]


@dataclass(frozen=True, eq=False)
class ClusterLinks:
    """Products ``a_g' P u_h`` of pairs of clusters, P the projection on a column space.

    Attributes
    ----------
    leak : ndarray, shape (G, q), or None
        None where the products themselves are held.
    directions : ndarray, shape (q, G, m) or (G, G, m)
        For m columns u.
    """

    leak: np.ndarray | None
    directions: np.ndarray

    def spread(self, directions: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Add up ``a_g' P u_h`` times weights over h, shape (G, B), for some directions."""
        moved = directions @ weights
        return moved if self.leak is None else self.leak @ moved


@dataclass(frozen=True, eq=False)
class ColumnSpace:
    """Space of the regressors and of the effects that cut across clusters.

    Attributes
    ----------
    regressors : ndarray, shape (n, q)
        Orthonormal, and orthogonal to the effects.
    effects : CrossingEffects or None
    """

    regressors: np.ndarray
    effects: CrossingEffects | None

    @classmethod
    def of_columns(
        cls,
        x: np.ndarray,
        effects: Sequence[np.ndarray],
        clusters: np.ndarray,
        weights: np.ndarray | None,
    ) -> ColumnSpace:
        """Make the space of columns, shape (n, k), times the roots of the weights, and effects."""
        size = np.sqrt((x**2).sum(axis=0))
        if all(is_nested(codes, clusters) for codes in effects):
            return cls(_orthonormal(x, size), None)
        crossing = CrossingEffects(effects, clusters, weights)
        space = cls(_orthonormal(x - crossing.project(x), size), crossing)
        if len(x) * crossing.width <= _FEW_CELLS:  # then products with dummies are faster
            return cls(space.basis(), None)
        return space

    def project(self, values: np.ndarray) -> np.ndarray:
        """Projection of columns, shape (n, B)."""
        projection = self.regressors @ (self.regressors.T @ values)
        if self.effects is not None:
            projection += self.effects.project(values)
        return projection

    def basis(self, purpose: str = "this") -> np.ndarray:
        """Orthonormal basis, shape (n, q).

        Raises
        ------
        OptionError
            If it would not fit into memory: the crossing effects have too many groups.
        """
        if self.effects is None:
            return self.regressors
        n, width = len(self.regressors), self.effects.width
        if n * width > _MOST_DENSE_CELLS:
            raise OptionError(
                f"{purpose} needs a matrix of {n:,} rows by the {width:,} groups of the effects "
                "that cut across the clusters, which is too large: cluster so that the effects "
                "with most groups lie within clusters, or use cov='clustered' or "
                "wild_cluster_bootstrap"
            )
        dummies = self.effects.dummies()
        own = _orthonormal(dummies, np.sqrt((dummies**2).sum(axis=0)))
        return np.concatenate([self.regressors, own], axis=1)

    def links(self, influence: np.ndarray, columns: np.ndarray, codes: np.ndarray) -> ClusterLinks:
        """Products ``a_g' P u_h`` of all pairs of clusters.

        Parameters
        ----------
        influence : ndarray, shape (n,)
            a.
        columns : ndarray, shape (n, m)
            u.
        codes : ndarray of int, shape (n,)
            Clusters 0..G-1.

        Raises
        ------
        OptionError
            If there are too many clusters and too many groups of crossing effects.
        """
        groups = int(codes.max()) + 1
        leak = _sum_groups(self.regressors * influence[:, None], codes)
        directions = np.stack(
            [_sum_groups(self.regressors * u[:, None], codes).T for u in columns.T], axis=2
        )
        if self.effects is None:
            return ClusterLinks(leak, directions)
        width = self.effects.width
        if groups * min(groups, width) > _MOST_CELLS:
            raise OptionError(
                f"the wild cluster bootstrap of {groups:,} clusters that effects with {width:,} "
                "groups cut across needs a matrix of both, which is too large: use fewer clusters, "
                "cluster so that the effects lie within clusters, or use cov='clustered'"
            )
        own = _link_effects(self.effects, influence, columns, codes)
        if own.leak is None:
            own.directions[...] += np.einsum("gq,qhm->ghm", leak, directions)
            return own
        return ClusterLinks(
            np.concatenate([leak, own.leak], axis=1),
            np.concatenate([directions, own.directions]),
        )


def column_space(
    model: FittedModel, equation: EstimatingEquation, clusters: np.ndarray
) -> ColumnSpace:
    """Space of the regressors and of the effects that cut across the clusters.

    Parameters
    ----------
    model : FittedModel
    equation : EstimatingEquation
        n rows.
    clusters : ndarray of int, shape (n,)

    Returns
    -------
    ColumnSpace
    """
    effects = list(model.effect_codes.to_numpy().T) if model.kind.absorbs else []
    weights = None if model.weights is None else model.weights.to_numpy(dtype=float)
    return ColumnSpace.of_columns(equation.x, effects, clusters, weights)


def _orthonormal(matrix: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Orthonormal basis of columns that had this size before others were taken out of them."""
    norms = np.sqrt((matrix**2).sum(axis=0))
    kept = norms > _LEFT * size
    if not kept.any():
        return np.empty((len(matrix), 0))
    u, s, _ = np.linalg.svd(matrix[:, kept] / norms[kept], full_matrices=False)
    return u[:, s > _LEFT * s.max()]


def _link_effects(
    effects: CrossingEffects, influence: np.ndarray, columns: np.ndarray, codes: np.ndarray
) -> ClusterLinks:
    """Products by way of the crossing effects: factors, or themselves if clusters are fewer."""
    groups, width = int(codes.max()) + 1, effects.width

    def within(column: np.ndarray) -> np.ndarray:
        return effects.within_nested(column[:, None])[:, 0] * effects.root

    def cells(inner: np.ndarray) -> list[Table]:
        return [count_cells(codes, own, inner) for own in effects.codes]

    inner = [within(u) for u in columns.T]
    left, right = cells(within(influence)), [cells(u) for u in inner]
    sizes = [np.bincount(codes, np.abs(u)) for u in inner]
    factors = width <= groups
    directions = np.empty((width if factors else groups, groups, len(right)))
    step = max(1, _CELLS_AT_ONCE // max(width, groups))
    for start in range(0, groups, step):
        block = slice(start, start + step)
        for i, tables in enumerate(right):
            sums = np.concatenate([_as_dense(table[block]) for table in tables], axis=1).T
            coefficients = effects.effects_of_sums(sums, sizes[i][block])[-len(tables) :]
            directions[:, block, i] = (
                np.concatenate(coefficients)
                if factors
                else sum(table @ own for table, own in zip(left, coefficients, strict=True))
            )
    if not factors:
        return ClusterLinks(None, directions)
    return ClusterLinks(np.concatenate([_as_dense(table) for table in left], axis=1), directions)


def _sum_groups(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sum columns, shape (n, B), by group, shape (G, B)."""
    sums = np.empty((int(codes.max()) + 1, values.shape[1]))
    for j, column in enumerate(values.T):
        sums[:, j] = np.bincount(codes, column)
    return sums


def _as_dense(table: Table) -> np.ndarray:
    return table if isinstance(table, np.ndarray) else table.toarray()
