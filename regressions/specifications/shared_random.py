"""Random effects from shared cross-products: within groups, and of group means by group size.

With W the products of deviations from group means and ``B_t`` those of the means of the groups of t
rows, columns less theta of their group means have the products
``W + sum_t t (1 - theta_t)^2 B_t``. Residual variances of the regressions within and between groups
give theta (Swamy and Arora 1972; with `small_sample`, Baltagi and Chang 1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regressions.column_space import ColumnSpace
from regressions.specifications.shared_columns import SharedColumns
from regressions.specifications.shared_samples import (
    LEFT,
    LEVERAGE_LEFT,
    SharedSample,
    compact_codes,
)
from regressions.specifications.shared_systems import Solution, Systems, solve

__all__ = ["RandomSample", "split_sample"]

_EPS = float(np.finfo(float).eps)
_ROUNDING = 4 * _EPS
_EXACT = 1e-9
_SHARE_LEFT = 1e-3
_RANK_LEFT = 1e3
_TRACE_LEFT = 0.05
"""The plain path inverts raw products for Baltagi and Chang's trace: beyond, to fewer digits."""


@dataclass(frozen=True, eq=False)
class RandomSample:
    """Columns of a sample split into group means and deviations from them.

    Attributes
    ----------
    sample : SharedSample
        Of pooled least squares: the columns less their means.
    codes : ndarray of int, shape (n,)
        Of the N groups.
    sizes : ndarray of int, shape (D,)
        Numbers of rows that groups have.
    size_of : ndarray of int, shape (N,)
        Place of each group in `sizes`.
    means : ndarray, shape (N, 1 + m)
    deviations : ndarray, shape (n, 1 + m)
    within : ndarray, shape (1 + m, 1 + m)
        Products of deviations.
    between : ndarray, shape (D, 1 + m, 1 + m)
        Products of group means, by group size.
    small_sample : bool
        Whether unbalanced panels have the components of Baltagi and Chang.
    """

    sample: SharedSample
    codes: np.ndarray
    sizes: np.ndarray
    size_of: np.ndarray
    means: np.ndarray
    deviations: np.ndarray
    within: np.ndarray
    between: np.ndarray
    small_sample: bool

    def systems(
        self, sample: SharedSample, places: np.ndarray, targets: np.ndarray
    ) -> RandomSystems:
        """Make the systems of random effects, with the theta of each."""
        s, k = places.shape
        error, effect, good = self._components(places, targets)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.sqrt(error[:, None] / (self.sizes * effect[:, None] + error[:, None]))
        good &= (share > _SHARE_LEFT).all(axis=1)
        share = np.where(good[:, None], share, 1.0)
        every = np.column_stack([np.zeros(s, dtype=int), places, targets])
        rows, columns = every[:, :, None], every[:, None, :]
        full = self.within[rows, columns] + np.einsum(
            "sd,dsij->sij", share**2 * self.sizes, self.between[:, rows, columns]
        )
        constant = full[:, 0, 0]
        multiples = full[:, 0, 1:] / constant[:, None]
        inner = full[:, 1:, 1:] - multiples[:, :, None] * full[:, :1, 1:]
        return RandomSystems(
            sample=sample,
            places=places,
            targets=targets,
            products=inner[:, :k, :k],
            known=inner[:, :k, k],
            total=inner[:, k, k],
            constant=constant,
            multiples=multiples,
            spread=np.sqrt(np.diag(self.within) / sample.nobs)[places],
            good=good,
            split=self,
            shares=share[:, self.size_of].T,
        )

    def _components(
        self, places: np.ndarray, targets: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Variances of errors and effects, each (s,), and whether they keep their digits."""
        n, groups, k = self.sample.nobs, len(self.means), places.shape[1]
        inner, varies, good = self._solve_within(places, targets)
        left = n - groups - varies.sum(axis=1)
        good &= (left > 0) & (groups > k + 1)
        error = inner.rss / np.maximum(left, 1)
        good &= inner.rss > _EXACT * np.diag(self.within)[targets]
        parts = (np.abs(inner.coefficients) * self.sample.sizes[places]).max(axis=1)
        scale = np.maximum(parts, self.sample.sizes[targets])
        good &= inner.rss > n * (_EXACT * scale) ** 2
        centred = self.means - self.means.mean(axis=0)
        outer = self._solve_between(centred, places, targets)
        good &= outer.good & self._has_full_rank(centred, places, outer)
        if self.small_sample and len(self.sizes) > 1:
            ssr, trace, sound = self._weigh_by_size(places, targets)
            effect = (ssr - (groups - k - 1) * error) / (n - trace)
            good &= sound
        else:
            mean_size = groups / (1.0 / self.sizes[self.size_of]).sum()
            effect = outer.rss / max(groups - k - 1, 1) - error / mean_size
        return error, np.maximum(effect, 0.0), good

    def _solve_within(
        self, places: np.ndarray, targets: np.ndarray
    ) -> tuple[Solution, np.ndarray, np.ndarray]:
        """Regress deviations; say which regressors have some, (s, k), and what is sound, (s,)."""
        left = np.sqrt(np.diag(self.within) / self.sample.nobs) / self.sample.sizes
        own = left[places]
        varies = own > LEFT
        # the rank there is judged beside the regressor that varies most
        constant = (own <= _ROUNDING) & (
            self.sample.nobs * own.max(axis=1, keepdims=True) > 4 * _ROUNDING / _EPS
        )
        good = (varies | constant).all(axis=1) & (left[targets] > LEFT)
        both = varies[:, :, None] & varies[:, None, :]
        products = np.where(both, self.within[places[:, :, None], places[:, None, :]], 0.0)
        products += ~varies[:, :, None] * np.eye(places.shape[1])
        known = np.where(varies, self.within[places, targets[:, None]], 0.0)
        found = solve(products, known, np.diag(self.within)[targets])
        _sum_residuals(found, self.deviations, places, targets)
        return found, varies, good & found.good

    def _solve_between(
        self, means: np.ndarray, places: np.ndarray, targets: np.ndarray
    ) -> Solution:
        """Regress group means, shape (N, 1 + m), that are orthogonal to the constant."""
        products = means.T @ means
        squares = np.diag(products)
        enough = squares > len(means) * (LEFT * self.sample.sizes) ** 2
        sound = enough[places].all(axis=1)
        system = products[places[:, :, None], places[:, None, :]]
        system[~sound] = np.eye(places.shape[1])
        found = solve(system, products[places, targets[:, None]], squares[targets])
        found.good[~sound] = False
        _sum_residuals(found, means, places, targets)
        return found

    def _has_full_rank(
        self, centred: np.ndarray, places: np.ndarray, outer: Solution
    ) -> np.ndarray:
        """Whether raw group means and their constant are far from any judgement of rank, (s,)."""
        size = np.sqrt((centred**2).sum(axis=0))[places].min(axis=1)
        largest = np.sqrt(len(centred)) * np.maximum(self.sample.sizes[places].max(axis=1), 1.0)
        ratio = np.sqrt(np.maximum(outer.roots, 0.0)) * size / largest
        limit = _RANK_LEFT * _EPS * max(len(centred), places.shape[1] + 1)
        if self.small_sample and len(self.sizes) > 1:
            limit = max(limit, _TRACE_LEFT)
        return np.asarray(ratio > limit)

    def _weigh_by_size(
        self, places: np.ndarray, targets: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Squared residuals between groups weighted by size, a trace, and whether they are sound.

        The trace is that of ``(sum t x x')^-1 sum t^2 x x'`` over group means x with the constant.
        """
        size = self.sizes[self.size_of].astype(float)
        average = (size @ self.means) / size.sum()
        means = self.means - average
        means[:, 0] = 1.0
        rooted = means * np.sqrt(size)[:, None]
        slopes = rooted.copy()
        slopes[:, 0] = 0.0
        found = self._solve_between(slopes, places, targets)
        every = np.column_stack([np.zeros(len(places), dtype=int), places])
        rows, columns = every[:, :, None], every[:, None, :]
        once = (rooted.T @ rooted)[rows, columns]
        once[~found.good] = np.eye(every.shape[1])
        scaled = rooted * np.sqrt(size)[:, None]
        twice = (scaled.T @ scaled)[rows, columns]
        trace = np.trace(np.linalg.solve(once, twice), axis1=1, axis2=2)
        return found.rss, trace, found.good


@dataclass(frozen=True, eq=False)
class RandomSystems(Systems):
    """Systems of columns less theta of their group means.

    Attributes
    ----------
    split : RandomSample
    shares : ndarray, shape (N, s)
        One less theta, by group.
    """

    split: RandomSample
    shares: np.ndarray

    def combine(self, weights: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Combine quasi-demeaned columns, as :meth:`Systems.combine`."""
        split, flat = self.split, weights.reshape(len(weights), -1)
        means = (split.means @ flat).reshape(-1, *weights.shape[1:])
        means *= self.shares[:, chosen, None]
        inner = (split.deviations @ flat).reshape(-1, *weights.shape[1:])
        return np.asarray(inner + means[split.codes])

    def lone_rows(self, inverse: np.ndarray) -> np.ndarray:
        """Which systems fit a row exactly, or nearly so."""
        s, k = self.places.shape
        each = np.arange(s)
        root = np.linalg.cholesky(inverse)
        weights = np.zeros((self.sample.values.shape[1], s, k + 1))
        weights[self.places.T, each, :k] = root.transpose(1, 0, 2)
        weights[0, :, :k] = -np.einsum("si,sij->sj", self.multiples[:, :k], root)
        weights[0, :, k] = 1.0 / np.sqrt(self.constant)
        leverage = (self.combine(weights, each) ** 2).sum(axis=2)
        return np.asarray((1.0 - leverage < LEVERAGE_LEFT).any(axis=0))

    def space_beside(self, i: int, blocks: np.ndarray, name: str) -> ColumnSpace:
        """Return the space of the quasi-demeaned constant."""
        return ColumnSpace(self.equation(i)[2] / np.sqrt(self.constant[i]), None)


def _sum_residuals(
    found: Solution, columns: np.ndarray, places: np.ndarray, targets: np.ndarray
) -> None:
    """Sum squared residuals from columns where products lose digits."""
    for i in np.flatnonzero(found.near_exact & found.good).tolist():
        left = columns[:, targets[i]] - columns[:, places[i]] @ found.coefficients[i]
        found.rss[i] = left @ left


def split_sample(
    sample: SharedSample, columns: SharedColumns, effects: Sequence[str], small_sample: bool
) -> RandomSample:
    """Split the columns of a pooled sample into group means and deviations.

    Parameters
    ----------
    sample : SharedSample
    columns : SharedColumns
    effects : sequence of one str
        "entity" or "time".
    small_sample : bool
    """
    codes = compact_codes(columns.codes(effects[0])[sample.rows])
    counts = np.bincount(codes)
    sums = np.stack([np.bincount(codes, column) for column in sample.values.T], axis=1)
    means = sums / counts[:, None]
    means[:, 0] = 1.0
    deviations = sample.values - means[codes]
    sizes, size_of = np.unique(counts, return_inverse=True)
    between = np.stack([means[size_of == d].T @ means[size_of == d] for d in range(len(sizes))])
    return RandomSample(
        sample, codes, sizes, size_of.ravel(), means, deviations, deviations.T @ deviations,
        between, small_sample,
    )  # fmt: skip
