"""Equivalent regressors whose cross-products keep the digits that an estimate needs.

Covariances come from ``(x'x)^-1``, which loses the square of the condition number of x: with a year
and its square, standard errors would be wrong in the third digit and the columns would be taken
for collinear. Where the regressors are badly conditioned they are replaced by combinations of
themselves that are orthogonal as the estimator sees them, and the estimate is carried back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular

from regressions.names import INTERCEPT

_CONDITION = 1e3
_FAR_APART = 1e6
_FAR_FROM_ZERO = 10.0
_BLOCK = 16_384  # rows at once


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Regressors as they are given to the estimator, and the way back.

    Attributes
    ----------
    exog : DataFrame, shape (n, k)
        Combinations of the regressors under the names of the regressors; the constant stays.
    back : ndarray, shape (k, k)
        Coefficients of the regressors are ``back @`` those of `exog`.
    """

    exog: pd.DataFrame
    back: np.ndarray

    def params(self, params: pd.Series) -> pd.Series:
        """Coefficients of the regressors."""
        return pd.Series(self.back @ params.to_numpy(), index=params.index, name="parameter")

    def covariance(self, covariance: pd.DataFrame) -> pd.DataFrame:
        """Covariance of the coefficients of the regressors."""
        values = self.back @ covariance.to_numpy() @ self.back.T
        return pd.DataFrame(values, index=covariance.index, columns=covariance.columns)


def coordinates(exog: pd.DataFrame, seen: np.ndarray, *, constant_free: bool) -> Coordinates:
    """Choose the regressors that the estimator is given.

    Parameters
    ----------
    exog : DataFrame, shape (n, k)
    seen : ndarray, shape (m, slopes)
        The regressors without the constant as the estimator transforms them.
    constant_free : bool
        Whether adding a number to a regressor leaves its coefficient alone, with or without a
        constant in `exog`: fixed effects and first differences.

    Returns
    -------
    Coordinates
        The regressors themselves where they are well conditioned.
    """
    names = exog.columns
    slopes = np.asarray(names != INTERCEPT)
    k = len(names)
    values = exog.to_numpy(dtype=float)
    # effects bring their own constant: far from it, demeaned columns are rounding alone
    beside = (
        np.column_stack([np.ones(len(values)), values])
        if constant_free and slopes.all()
        else values
    )
    if not slopes.any() or not (badly_conditioned(beside) or badly_conditioned(seen)):
        return Coordinates(exog, np.eye(k))
    values = values[:, slopes]
    centre = np.zeros(values.shape[1])
    if constant_free or not slopes.all():
        centre = values.mean(axis=0)
        seen = seen - seen.mean(axis=0)
    combine = orthogonal_combinations(seen)[1]
    fresh = np.ones((len(exog), k))
    fresh[:, slopes] = (values - centre) @ combine
    back = np.eye(k)
    back[np.ix_(slopes, slopes)] = combine
    if not slopes.all():
        back[np.ix_(~slopes, slopes)] = -(centre @ combine)
    return Coordinates(pd.DataFrame(fresh, index=exog.index, columns=names), back)


def near_origin(exog: pd.DataFrame) -> Coordinates:
    """Shift and rescale regressors so that no size hides another; no digit changes.

    For random effects, whose regression between groups must see columns without variation there
    as exactly that: orthogonal combinations would leave rounding in their place. Beside a
    constant, columns that lie far from zero are shifted by one of their own values, and columns of
    very different sizes are divided by powers of two, both exact in floating point.

    Parameters
    ----------
    exog : DataFrame, shape (n, k)

    Returns
    -------
    Coordinates
    """
    values = exog.to_numpy(dtype=float)
    slopes = np.asarray(exog.columns != INTERCEPT)
    shift = np.zeros(values.shape[1])
    if not slopes.all():
        far = np.abs(values.mean(axis=0)) > _FAR_FROM_ZERO * np.std(values, axis=0)
        middle = np.sort(values, axis=0)[len(values) // 2]
        shift = np.where(far & slopes, middle, 0.0)
    values = values - shift
    sizes = np.sqrt((values**2).mean(axis=0))
    units = np.ones(len(sizes))
    if sizes.max() > _FAR_APART * sizes.min() > 0.0:
        units = 2.0 ** np.round(np.log2(sizes))
    if not shift.any() and (units == 1.0).all():
        return Coordinates(exog, np.eye(len(sizes)))
    back = np.diag(1.0 / units)
    back[~slopes] -= shift / units
    return Coordinates(pd.DataFrame(values / units, exog.index, exog.columns), back)


def orthogonal(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Combine columns into orthogonal ones of unit mean square.

    Parameters
    ----------
    seen : ndarray, shape (n, k)
        Of full column rank.

    Returns
    -------
    fresh : ndarray, shape (n, k)
    combine : ndarray, shape (k, k)
        ``seen @ combine`` is `fresh`.

    Examples
    --------
    >>> fresh, combine = orthogonal(np.array([[1.0, 1.0], [1.0, 3.0]]))
    >>> np.round(fresh.T @ fresh / 2, 12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    basis, combine = orthogonal_combinations(seen)
    # turned twice, which keeps columns contiguous
    return ((combine.T @ seen.T).T if basis is None else basis), combine


def orthogonal_combinations(seen: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """Choose the combinations of :func:`orthogonal`, which may still have to be made.

    Returns
    -------
    fresh : ndarray, shape (n, k), or None
        None where ``seen @ combine`` has all digits.
    combine : ndarray, shape (k, k)
    """
    products = seen.T @ seen
    if not _badly_conditioned(products, len(seen)):
        return None, _combine_by_products(seen, products)
    size = np.sqrt((seen**2).mean(axis=0))
    basis, triangle = np.linalg.qr(seen / size)
    root = np.sqrt(len(seen))
    combine = solve_triangular(triangle / root, np.eye(len(size))) / size[:, None]
    return basis * root, combine


def _combine_by_products(seen: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Orthogonal combinations by Cholesky factors of cross-products, twice, shape (k, k).

    The first combinations are orthogonal up to the square of the condition number of the columns
    times the rounding unit; the second round takes the rest out (Yamamoto et al. 2015, CholeskyQR2,
    which is as exact as Householder's QR for condition numbers below 1e7).
    """
    first = _triangle(products / len(seen))
    products = np.zeros(products.shape)
    for start in range(0, len(seen), _BLOCK):
        block = seen[start : start + _BLOCK] @ first
        products += block.T @ block
    return first @ _triangle(products / len(seen))


def _triangle(products: np.ndarray) -> np.ndarray:
    """Choose combinations that make columns of these mean products orthogonal."""
    scale = np.sqrt(np.diag(products))
    lower = np.linalg.cholesky(products / np.outer(scale, scale))
    return np.asarray(solve_triangular(lower.T, np.eye(len(scale))) / scale[:, None])


def badly_conditioned(values: np.ndarray) -> bool:
    """Whether columns, shape (n, k), are too alike or too different in size for ``(x'x)^-1``."""
    return _badly_conditioned(values.T @ values, len(values))


def _badly_conditioned(products: np.ndarray, n: int) -> bool:
    sizes = np.sqrt(np.diag(products) / n)
    if sizes.max() > _FAR_APART * sizes.min():
        return True
    scaled = products / (n * np.outer(sizes, sizes))
    eigenvalues = np.linalg.eigvalsh(scaled)  # squares of the singular values
    return bool(eigenvalues[-1] > _CONDITION**2 * eigenvalues[0])
