"""Least-squares systems of specifications on one sample, solved together from cross-products.

With S the products of the regressors of one, ``b = S^-1 x'y``; the scores ``x S^-1 e`` of all its
coefficients give robust, clustered and kernel variances. What comes near a limit at which
:func:`regressions.fit` warns or refuses is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from regressions.column_space import ColumnSpace
from regressions.covariances.covariance import Variance, add_forms
from regressions.covariances.heteroskedastic import Heteroskedastic
from regressions.degenerate import CANCELLED, DIGITS_LOST
from regressions.groupings import level_codes
from regressions.specifications.joint import BLOCKS, NullRegression, Resampling
from regressions.specifications.shared_samples import (
    CovarianceOnSample,
    SharedSample,
)
from regressions.user_warnings import WarningText

__all__ = ["SharedEstimate", "Solution", "Systems", "solve", "solve_systems", "swept_systems"]

_CONDITION = 1e4
_EXACT = 1e-9
_NEAR_EXACT = 1e-2
_SUMS_LEFT = 1e-2

Covariances = Mapping[str, CovarianceOnSample]


@dataclass(frozen=True, eq=False)
class Systems:
    """Systems of s specifications with k regressors each, without their constant.

    The regressors and the dependent variable of one are columns of the sample, transformed as the
    estimator does, less a multiple of the transformed constant that makes them orthogonal to it.

    Attributes
    ----------
    sample : SharedSample
    places : ndarray of int, shape (s, k)
        Columns of the regressors, the one of interest first.
    targets : ndarray of int, shape (s,)
        Columns of the dependent variables.
    products : ndarray, shape (s, k, k)
    known : ndarray, shape (s, k)
        Products of regressors and dependent variable.
    total : ndarray, shape (s,)
        Squares of the dependent variable.
    constant : ndarray, shape (s,)
        Squares of the constant.
    multiples : ndarray, shape (s, k + 1)
        Of the constant, in the regressors and the dependent variable.
    spread : ndarray, shape (s, k)
        Standard deviations of the regressors, or less.
    good : ndarray of bool, shape (s,)
        False where the plain path must estimate.
    """

    sample: SharedSample
    places: np.ndarray
    targets: np.ndarray
    products: np.ndarray
    known: np.ndarray
    total: np.ndarray
    constant: np.ndarray
    multiples: np.ndarray
    spread: np.ndarray
    good: np.ndarray

    def combine(self, weights: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Combine transformed columns of some systems.

        Parameters
        ----------
        weights : ndarray, shape (columns of the sample, c systems, m)
        chosen : ndarray of int, shape (c,)

        Returns
        -------
        ndarray, shape (n, c, m)
        """
        values = self.sample.values
        return (values @ weights.reshape(len(weights), -1)).reshape(len(values), *weights.shape[1:])

    def lone_rows(self, inverse: np.ndarray) -> np.ndarray:
        """Which systems fit a row exactly, or nearly so, where the sample as a whole does not."""
        return np.zeros(len(self.places), dtype=bool)

    def equation(self, i: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Regressors (n, k), dependent variable (n,) and constant (n, 1) of one system."""
        k = self.places.shape[1]
        weights = np.zeros((self.sample.values.shape[1], 1, k + 2))
        weights[self.places[i], 0, np.arange(k)] = 1.0
        weights[self.targets[i], 0, k] = 1.0
        weights[0, 0, : k + 1] = -self.multiples[i]
        weights[0, 0, k + 1] = 1.0
        columns = self.combine(weights, np.array([i]))[:, 0]
        return columns[:, :k], columns[:, k], columns[:, k + 1 :]

    def space_beside(self, i: int, blocks: np.ndarray, name: str) -> ColumnSpace:
        """Space of what a system has beside its regressors that cuts across blocks."""
        return self.sample.space_beside(blocks, name)


def swept_systems(sample: SharedSample, places: np.ndarray, targets: np.ndarray) -> Systems:
    """Make the systems of pooled least squares and fixed effects."""
    products = sample.products
    s, k = places.shape
    squares = np.diag(products)
    return Systems(
        sample=sample,
        places=places,
        targets=targets,
        products=products[places[:, :, None], places[:, None, :]],
        known=products[places, targets[:, None]],
        total=squares[targets],
        constant=np.full(s, products[0, 0]),
        multiples=np.zeros((s, k + 1)),
        spread=np.sqrt(squares / sample.nobs)[places],
        good=np.ones(s, dtype=bool),
    )


@dataclass(frozen=True, eq=False)
class Solution:
    """Solutions of s systems with k unknowns.

    Attributes
    ----------
    inverse : ndarray, shape (s, k, k)
    coefficients : ndarray, shape (s, k)
    rss : ndarray, shape (s,)
        Squared residuals, from products: they lose digits where little is left of `total`.
    near_exact : ndarray of bool, shape (s,)
        Where they do.
    good : ndarray of bool, shape (s,)
        Whether a system is well conditioned.
    roots : ndarray, shape (s,)
        Smallest eigenvalues of the products in units of their diagonal.
    """

    inverse: np.ndarray
    coefficients: np.ndarray
    rss: np.ndarray
    near_exact: np.ndarray
    good: np.ndarray
    roots: np.ndarray


def solve(products: np.ndarray, known: np.ndarray, total: np.ndarray) -> Solution:
    """Solve systems with products (s, k, k), right-hand sides (s, k) and squares of them (s,)."""
    k = products.shape[1]
    own = np.sqrt(np.diagonal(products, axis1=1, axis2=2))
    system = products / (own[:, :, None] * own[:, None, :])
    roots = np.linalg.eigvalsh(system)
    good = roots[:, 0] * _CONDITION > roots[:, -1]
    system[~good] = np.eye(k)
    inverse = np.linalg.inv(system) / (own[:, :, None] * own[:, None, :])
    b = np.linalg.solve(system, (known / own)[:, :, None])[:, :, 0] / own
    rss = np.asarray(total - (known * b).sum(axis=1))
    return Solution(inverse, b, rss, rss < _NEAR_EXACT * total, good, roots[:, 0])


@dataclass(frozen=True, eq=False)
class SharedEstimate:
    """One estimate under all its covariances.

    Attributes
    ----------
    systems : Systems
    place : int
        Of its system.
    inverse : ndarray, shape (k, k)
    estimate : float
        Coefficient of interest.
    variances, factors, dfs : mapping of str to float
        By covariance: of the coefficient of interest; its factor; degrees of freedom of t.
    covariances : mapping of str to CovarianceOnSample
    """

    systems: Systems
    place: int
    inverse: np.ndarray
    estimate: float
    variances: Mapping[str, float]
    factors: Mapping[str, float]
    dfs: Mapping[str, float]
    covariances: Covariances

    @property
    def nobs(self) -> int:
        """Number of rows."""
        return self.systems.sample.nobs

    @property
    def warnings(self) -> tuple[WarningText, ...]:
        """What the covariances warn of, in their order."""
        return tuple(text for one in self.covariances.values() for text in one.warnings)

    def null_regression(self, resampling: Resampling) -> NullRegression:
        """Return what curves under the null need of the estimate."""
        sample = self.systems.sample
        x, y, _ = self.systems.equation(self.place)
        others = x[:, 1:]
        restricted = y
        if others.shape[1]:
            size = np.sqrt((others**2).sum(axis=0))
            others = others / size
            restricted = y - others @ np.linalg.solve(others.T @ others, others.T @ y)
        influence = x @ self.inverse[:, 0]
        blocks = level_codes(sample.index, BLOCKS.index(resampling.blocks))
        beside = self.systems.space_beside(self.place, blocks, resampling.blocks)
        variances: dict[str, tuple[Variance, float]] = {}
        for label, one in self.covariances.items():
            scale = self.factors[label] * (
                float(self.inverse[0, 0]) / self.nobs if one.forms is None else 1.0
            )
            variances[label] = _variance(one, influence, scale), self.dfs[label]
        space = replace(beside, regressors=np.column_stack([beside.regressors, np.linalg.qr(x)[0]]))
        return NullRegression(
            sample.index, influence, restricted, space, variances, sample.weights is not None
        )


def _variance(one: CovarianceOnSample, influence: np.ndarray, scale: float) -> Variance:
    """Variance of the coefficient of interest as a function of residuals."""
    forms = one.forms
    if forms is None:
        return lambda e: np.asarray(scale * (e**2).sum(axis=0))
    return lambda e: scale * add_forms(forms, influence[:, None] * e)


def solve_systems(
    systems: Systems, covariances: Covariances
) -> Iterator[tuple[int, SharedEstimate]]:
    """Solve systems, with the variances of all their coefficients.

    Parameters
    ----------
    systems : Systems
    covariances : mapping of str to CovarianceOnSample

    Yields
    ------
    int, SharedEstimate
        Place of the system; those that do not come are left to :func:`regressions.fit`.
    """
    sample, places, targets = systems.sample, systems.places, systems.targets
    n, k = sample.nobs, places.shape[1]
    found = solve(systems.products, systems.known, systems.total)
    b, rss, good = found.coefficients, found.rss, found.good & systems.good
    for i in np.flatnonzero(found.near_exact & good).tolist():
        x, y, _ = systems.equation(i)
        rss[i] = ((y - x @ b[i]) ** 2).sum()
    heaviest = 1.0 if sample.weights is None else float(sample.weights.max())
    parts = np.abs(b) * sample.sizes[places]
    scale = np.maximum(parts.max(axis=1), sample.sizes[targets])
    good &= rss > _EXACT * systems.total
    good &= rss > n * heaviest * (_EXACT * scale) ** 2
    if any(isinstance(one.choice, Heteroskedastic) for one in covariances.values()):
        good &= ~systems.lone_rows(found.inverse)
    sums = _score_sums(systems, covariances, found)
    variances, factors, dfs = {}, {}, {}
    for label, one in covariances.items():
        factor = one.choice.sample_factor(n, k + 1) * one.choice.counted_factor(
            one.counted, n, k + 1, True
        )
        df = one.choice.inference_df(float(n - k - sample.rank), one.clusters, sample.n_periods)
        if one.forms is None:
            values = factor * rss / n * found.inverse[:, 0, 0]
        else:
            total, sound = sums[label]
            values, good = factor * total, good & sound
        good = good & np.isfinite(values) & (values > 0.0)
        variances[label], factors[label], dfs[label] = values, factor, df
    for i in np.flatnonzero(good).tolist():
        own = {label: float(values[i]) for label, values in variances.items()}
        yield (
            i,
            SharedEstimate(
                systems, i, found.inverse[i], float(b[i, 0]), own, factors, dfs, covariances
            ),
        )


def _score_sums(
    systems: Systems, covariances: Covariances, found: Solution
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Sandwiches of the coefficient of interest, and whether those of all coefficients are sound.

    Returns
    -------
    dict of str to (ndarray, shape (s,), ndarray of bool, shape (s,))
        By covariance; empty where none needs scores. A sandwich is sound if nothing of it cancels:
        the plain path tells rounding from certainty.
    """
    if all(one.forms is None for one in covariances.values()):
        return {}
    sample, places, inverse = systems.sample, systems.places, found.inverse
    (s, k), width = places.shape, sample.values.shape[1]
    each = np.arange(s)
    # the last column makes residuals, those before it the influence of each coefficient
    weights = np.zeros((width, s, k + 2))
    multiples = systems.multiples[:, :k]
    away = -np.einsum("sij,sj->si", inverse, sample.means[places] + multiples)
    weights[places.T, each, 0] = away.T
    weights[0, :, 0] = 1.0 / systems.constant - (multiples * away).sum(axis=1)
    weights[places.T, each, 1 : k + 1] = inverse.transpose(1, 0, 2)
    weights[0, :, 1 : k + 1] = -np.einsum("si,sij->sj", multiples, inverse)
    weights[systems.targets, each, k + 1] = 1.0
    weights[places.T, each, k + 1] -= found.coefficients.T
    weights[0, :, k + 1] = (multiples * found.coefficients).sum(axis=1) - systems.multiples[:, k]
    columns = systems.combine(weights, each)
    e = columns[:, :, k + 1]
    flat = (columns[:, :, : k + 1] * e[:, :, None]).reshape(sample.nobs, -1)
    squares = (flat**2).sum(axis=0)
    least = np.repeat(_share_to_be_left(systems, e)[:, None], k + 1, axis=1)
    least[:, 1] = _SUMS_LEFT**2
    least = least.ravel()
    sums = {}
    for label, one in covariances.items():
        if one.forms is None:
            continue
        parts = [(factor, form(flat)) for factor, form in one.forms]
        total = sum(factor * part for factor, part in parts)
        sound = np.asarray(total) > least * squares
        for factor, part in parts:
            sound &= (part > least * squares) | (factor < 0.0)
        by_coefficient = np.asarray(total).reshape(s, k + 1)
        sums[label] = by_coefficient[:, 1], sound.reshape(s, k + 1).all(axis=1)
    return sums


def _share_to_be_left(systems: Systems, residuals: np.ndarray) -> np.ndarray:
    """Share of its squares that a sum of squared sums of scores must have to be no rounding, (s,).

    Ten times what :mod:`regressions.degenerate` asks for, so that it has the last word.
    """
    sample = systems.sample
    with np.errstate(divide="ignore", invalid="ignore"):
        outcome = sample.largest[systems.targets] / np.sqrt((residuals**2).mean(axis=0))
        before = (sample.largest[systems.places] / systems.spread).max(axis=1)
    risk = np.maximum(outcome, before) * sample.spread_of_weights
    share = 10.0 * np.maximum(CANCELLED, DIGITS_LOST * risk)
    return np.asarray(np.minimum(share, _SUMS_LEFT) ** 2)
