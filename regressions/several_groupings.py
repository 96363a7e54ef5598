"""Least squares on the dummies of any number of groupings, from the tables of their cells.

With D the dummies of the largest grouping and E those of all others, the coefficients of E solve
``(E'WE - S'(D'WD)^-1 S) g = E'W(y - means of D)``, S = D'WE (Frisch and Waugh), as in
:mod:`regressions.two_groupings`. With three groupings or more, components of a graph no longer say
which dummies repeat others: a Cholesky factorisation with pivots finds them, as long as the matrix
is small enough to hold; larger ones are solved by conjugate gradients, which need no rank and are
alternating projections accelerated (Gaure 2013; Correia 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import linalg, sparse

from regressions.errors import CollinearityError, OptionError

__all__ = ["DENSE_GROUPS", "SeveralGroupings", "several_groupings"]

DENSE_GROUPS = 3_000
"""Groups beside the largest grouping up to which their matrix is held and its rank is known."""

_REPEATED = 1e-10  # share of a dummy's own that is left when others repeat it
_LEFT = 1e-14  # of the sums of absolute values: what should be left of the sums of a group
_MOST_LEFT = 1e-12  # what may be, or the effects are not removed
_MOST_ROUNDS = 8
_EACH_ROUND = 1e-7  # what a round of conjugate gradients leaves
_MOST_STEPS = 2_000
_NOTHING = 1e-12  # curvature in a direction that the dummies repeat
_CELLS_AT_ONCE = 4_000_000
_KEPT_BYTES = 2**23

Solver = Callable[[np.ndarray], np.ndarray]


class SeveralGroupings:
    """Projection on the dummies of two or more groupings.

    Parameters
    ----------
    groupings : sequence of ndarray of int, each shape (n,)
        Codes 0..G-1, each of some row.
    weights : ndarray, shape (n,), optional

    Examples
    --------
    >>> codes = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0])]
    >>> SeveralGroupings(codes).rank
    4
    >>> SeveralGroupings(codes[:2]).residuals(np.array([[1.0], [2.0], [3.0], [5.0]])).ravel()
    array([ 0.25, -0.25, -0.25,  0.25])
    """

    def __init__(self, groupings: Sequence[np.ndarray], weights: np.ndarray | None = None) -> None:
        self._given = list(groupings)
        self._weights = weights
        sizes = [int(codes.max()) + 1 for codes in groupings]
        self._order = sorted(range(len(sizes)), key=lambda j: -sizes[j])
        self._sizes = [sizes[j] for j in self._order]
        self._first, *self._others = [groupings[j] for j in self._order]
        self._starts = np.cumsum([0, *self._sizes[1:]])
        n, several = len(self._first), len(self._others)
        w = np.ones(n) if weights is None else weights
        cells = np.stack(self._others, axis=1) + self._starts[:-1]
        each_row = np.arange(0, n * several + 1, several)
        dummies = sparse.csr_array(
            (np.repeat(w, several), cells.ravel(), each_row), shape=(n, self.width)
        )
        own = sparse.csr_array((np.ones(n), self._first, np.arange(n + 1)), (n, self._sizes[0]))
        self._total = np.bincount(self._first, weights=w)
        self._shares = sparse.csr_array(
            sparse.diags_array(1.0 / self._total) @ (own.T @ dummies).tocsr()
        )
        ones = sparse.csr_array((np.ones(n * several), cells.ravel(), each_row), dummies.shape)
        gram = sparse.csr_array(ones.T @ dummies)
        self._counts = gram.diagonal()
        self._gram = gram
        self._free: np.ndarray | None = None
        if self.width <= DENSE_GROUPS:
            self._factorise()

    @property
    def width(self) -> int:
        """Number of groups beside those of the largest grouping."""
        return int(self._starts[-1])

    @property
    def rank(self) -> int | None:
        """Rank of all dummies; None where there are too many groups to know it."""
        return None if self._free is None else self._sizes[0] + len(self._free)

    @property
    def are_identified(self) -> bool:
        """Whether the dummies repeat nothing but one constant for each grouping after the first."""
        return self.rank is not None and self.rank == sum(self._sizes) - len(self._others)

    def is_of(self, groupings: Sequence[np.ndarray], weights: np.ndarray | None) -> bool:
        """Whether this is the projection for these codes and weights."""
        if weights is None or self._weights is None:
            alike = weights is None and self._weights is None
        else:
            alike = np.array_equal(weights, self._weights)
        return (
            alike
            and len(groupings) == len(self._given)
            and all(
                np.array_equal(one, other)
                for one, other in zip(groupings, self._given, strict=True)
            )
        )

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """Columns less their projection, shape (n, k).

        Raises
        ------
        CollinearityError
            If the sums of the groups do not come down to 1e-12 of what was added up.
        """
        return self._project(values)[0]

    def effects(self, values: np.ndarray) -> list[np.ndarray]:
        """Coefficients of the dummies of each grouping, shapes (G, k).

        Of those that are not unique, one solution.
        """
        step = self._project(values)[1]
        first = self._sums(values, self._first, self._sizes[0]) / self._total[:, None]
        return self._in_given_order(first - self._shares @ step, step)

    def effects_of_sums(self, sums: Sequence[np.ndarray], size: np.ndarray) -> list[np.ndarray]:
        """Coefficients as :meth:`effects` gives them, from weighted sums of columns by group.

        Parameters
        ----------
        sums : sequence of ndarray, each shape (G, k)
            One for each grouping: only sums of the same rows have coefficients.
        size : ndarray, shape (k,)
            Of the absolute values that were added up in the largest group: what rounding is held
            against.
        """
        of_first = sums[self._order[0]]
        of_others = np.concatenate([sums[j] for j in self._order[1:]])

        def left_by(step: np.ndarray) -> np.ndarray:
            first = of_first - self._total[:, None] * (self._shares @ step)
            return np.asarray(of_others - self._gram @ step - self._shares.T @ first)

        step = self._refine(left_by, np.broadcast_to(size, of_others.shape))
        return self._in_given_order(of_first / self._total[:, None] - self._shares @ step, step)

    def leverage(self) -> np.ndarray:
        """Diagonal of the projection on the dummies times the roots of the weights, shape (n,).

        Raises
        ------
        OptionError
            If there are too many groups.
        """
        G, H = self._sizes[0], self.width
        if self._free is None:
            raise OptionError(
                f"the leverage of each row needs the inverse of a matrix of {H:,} groups beside "
                f"the {G:,} of the largest grouping, which is too large (at most "
                f"{DENSE_GROUPS:,}): take a covariance without leverages, such as cov='HC1' or "
                "cov='clustered'"
            )
        inverse = np.zeros((H, H))
        inverse[np.ix_(self._free, self._free)] = self._solve_free(np.eye(len(self._free)))
        form = np.zeros(len(self._first))
        codes = [code + start for code, start in zip(self._others, self._starts, strict=False)]
        for one in codes:
            for other in codes:
                form += inverse[one, other]
        step = max(1, _CELLS_AT_ONCE // max(1, H))
        rows = np.argsort(self._first, kind="stable")
        ends = np.cumsum(np.bincount(self._first))
        for start in range(0, G, step):
            stop = min(G, start + step)
            shares = self._shares[start:stop].toarray()
            across = shares @ inverse
            mine = rows[(ends[start - 1] if start else 0) : ends[stop - 1]]
            group = self._first[mine] - start
            form[mine] += np.einsum("ij,ij->i", across, shares)[group]
            for code in codes:
                form[mine] -= 2.0 * across[group, code[mine]]
        w = np.ones(len(form)) if self._weights is None else self._weights
        return np.asarray(w / self._total[self._first] + w * form)

    def _factorise(self) -> None:
        """Find the dummies that repeat none before them, and factorise their matrix."""
        within = self._shares.T @ (sparse.diags_array(self._total) @ self._shares)
        matrix = self._gram.toarray() - within.toarray()
        self._scale = 1.0 / np.sqrt(self._counts)
        matrix *= self._scale[:, None]
        matrix *= self._scale
        factor, pivots, rank, _ = linalg.lapack.dpstrf(matrix, tol=_REPEATED, lower=1)
        self._free = pivots[:rank] - 1
        self._factor = factor[:rank, :rank]

    def _solve_free(self, right: np.ndarray) -> np.ndarray:
        scale = self._scale[self._free][:, None]
        return np.asarray(
            scale * linalg.cho_solve((self._factor, True), scale * right, check_finite=False)
        )

    def _solve(self, right: np.ndarray) -> np.ndarray:
        """Solve the system of the other groupings, shape (H, k), once: not to the last digit."""
        if self._free is None:
            return self._solve_by_gradients(right)
        solution = np.zeros_like(right)
        if len(self._free):
            solution[self._free] = self._solve_free(right[self._free])
        return solution

    def _solve_by_gradients(self, right: np.ndarray) -> np.ndarray:
        """Conjugate gradients, each column on its own, on the scaled system."""
        scale = 1.0 / np.sqrt(self._counts)[:, None]
        solution = np.zeros_like(right)
        residual = self._without_constants(scale * right)
        direction = residual.copy()
        square = (residual**2).sum(axis=0)
        wanted = _EACH_ROUND**2 * square
        for _ in range(_MOST_STEPS):
            if (square <= wanted).all():
                break
            turned = scale * self._system_times(scale * direction)
            size = (direction * turned).sum(axis=0)
            going = (square > wanted) & (size > _NOTHING * square)
            if not going.any():
                break
            length = np.divide(square, size, out=np.zeros_like(square), where=going)
            solution += length * direction
            residual = self._without_constants(residual - length * turned)
            before, square = square, (residual**2).sum(axis=0)
            share = np.divide(square, before, out=np.zeros_like(square), where=before > 0)
            direction = residual + share * direction
        return solution * scale

    def _without_constants(self, scaled: np.ndarray) -> np.ndarray:
        """Columns, shape (H, k), without what rounding adds to the sum over each grouping."""
        root = np.sqrt(self._counts)[:, None]
        sums = np.add.reduceat(root * scaled, self._starts[:-1]) / self._total.sum()
        return np.asarray(scaled - root * np.repeat(sums, self._sizes[1:], axis=0))

    def _system_times(self, values: np.ndarray) -> np.ndarray:
        inner = self._total[:, None] * (self._shares @ values)
        return np.asarray(self._gram @ values - self._shares.T @ inner)

    def _refine(self, left_by: Solver, size: np.ndarray) -> np.ndarray:
        """Solve again for what is left while that makes it smaller; coefficients, shape (H, k)."""
        solution = np.zeros_like(size)
        left = left_by(solution)
        for _ in range(_MOST_ROUNDS):
            unfinished = (np.abs(left) > _LEFT * size).any(axis=0)
            if not unfinished.any():
                return solution
            further = solution + self._solve(left * unfinished)
            then = left_by(further)
            if not _largest_share(then, size) < 0.5 * _largest_share(left, size):
                break
            solution, left = further, then
        worst = _largest_share(left, size)
        if worst > _MOST_LEFT:
            raise CollinearityError(
                f"the effects could not be removed: {worst:.0e} of the sums of groups is left, and "
                f"{_MOST_LEFT:.0e} is allowed; the groupings hang together by too few rows: use "
                "fewer of them, or drop_singletons=True"
            )
        return solution

    def _project(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residuals, shape (n, k), and coefficients of the other groupings, shape (H, k)."""
        means = self._sums(values, self._first, self._sizes[0]) / self._total[:, None]
        without_first = values - means[self._first]
        residual = without_first

        def left_by(step: np.ndarray) -> np.ndarray:
            nonlocal residual
            residual = without_first + (self._shares @ step)[self._first]
            for codes, start in zip(self._others, self._starts, strict=False):
                residual -= step[start + codes]
            return self._sums_of_others(residual)

        absolute = np.abs(values) + np.abs(means)[self._first]
        absolute += absolute.mean(axis=0)  # groups of zeros get effects, and rounding, of others
        step = self._refine(left_by, self._sums_of_others(absolute))
        left_by(step)
        return residual, step

    def _sums_of_others(self, values: np.ndarray) -> np.ndarray:
        pairs = zip(self._others, self._sizes[1:], strict=True)
        return np.concatenate([self._sums(values, codes, size) for codes, size in pairs])

    def _sums(self, values: np.ndarray, codes: np.ndarray, size: int) -> np.ndarray:
        """Sum weighted columns, shape (n, k), by group, shape (size, k)."""
        w = self._weights
        sums = np.empty((size, values.shape[1]))
        for j, column in enumerate(values.T):
            sums[:, j] = np.bincount(codes, column if w is None else w * column, minlength=size)
        return sums

    def _in_given_order(self, first: np.ndarray, others: np.ndarray) -> list[np.ndarray]:
        parts = [first, *np.split(others, self._starts[1:-1])]
        return [parts[self._order.index(j)] for j in range(len(parts))]


def _largest_share(left: np.ndarray, size: np.ndarray) -> float:
    """Largest part of sums that is left of them."""
    return float(np.max(np.abs(left) / np.maximum(size, np.finfo(float).tiny), initial=0.0))


_LAST: list[SeveralGroupings] = []


def several_groupings(
    groupings: Sequence[np.ndarray], weights: np.ndarray | None = None
) -> SeveralGroupings:
    """Projection on several groupings; the last one is kept, since a fit asks for it often."""
    for known in _LAST[:1]:
        if known.is_of(groupings, weights):
            return known
    _LAST.clear()
    if sum(codes.nbytes for codes in groupings) > _KEPT_BYTES:
        return SeveralGroupings(groupings, weights)
    own = None if weights is None else weights.copy()
    made = SeveralGroupings([codes.copy() for codes in groupings], own)
    _LAST.append(made)
    return made
