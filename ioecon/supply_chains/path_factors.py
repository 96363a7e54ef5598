"""The change of a product split over its factors. Arrays only.

Structural path decomposition: a path of order k is a product of k + 2 factors, its intensity, k
coefficients and final demand. Of the f! orders in which factors may change, the Shapley value is
the mean of all, two-polar the mean of the first to the last and the last to the first. LMDI weighs
the logarithmic change of each factor by the logarithmic mean of the path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import comb

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.logarithmic_mean import changes_sign, weighted_log_changes
from ioecon.errors import ArgumentError

__all__ = ["METHODS", "split_product_lmdi", "split_product_shapley", "split_product_two_polar"]


def split_product_shapley(first: Array, last: Array) -> Array:
    """Mean effect of each factor over all orders of change, shape (f,).

    Parameters
    ----------
    first, last : ndarray, shape (f,)
        Factors before and after.

    Notes
    -----
    Factor k changes after s others with the product of theirs, and all sets of s others weigh the
    same: their sum is a coefficient of Π_{i≠k} (first_i + last_i z). So f² products do for f!
    orders.

    Examples
    --------
    >>> split_product_shapley(np.array([2.0, 3.0]), np.array([4.0, 5.0]))  # of 20 − 6
    array([8., 6.])
    """
    f = len(first)
    effects = np.empty(f)
    weights = np.array([1 / (f * comb(f - 1, s)) for s in range(f)])
    for k in range(f):
        sums = np.zeros(f)
        sums[0] = 1.0
        for i in range(f):
            if i != k:
                shifted = np.concatenate([[0.0], sums[:-1]])
                sums = sums * first[i] + shifted * last[i]
        effects[k] = (last[k] - first[k]) * (weights @ sums)
    return effects


def split_product_two_polar(first: Array, last: Array) -> Array:
    """Mean effect of each factor over the two polar orders, as :func:`split_product_shapley`.

    Examples
    --------
    >>> split_product_two_polar(np.array([2.0, 3.0]), np.array([4.0, 5.0]))
    array([8., 6.])
    """
    step = last - first
    return np.asarray(0.5 * step * (_before(last) * _after(first) + _before(first) * _after(last)))


def split_product_lmdi(first: Array, last: Array) -> Array:
    """Effects L(p₁, p₀) ln(f₁ / f₀) of the factors of p, as :func:`split_product_shapley`.

    Raises
    ------
    ArgumentError
        If a factor changes its sign.

    Examples
    --------
    >>> split_product_lmdi(np.array([2.0, 3.0]), np.array([4.0, 5.0])).round(3)
    array([8.06, 5.94])
    >>> split_product_lmdi(np.array([2.0, 0.0]), np.array([4.0, 5.0]))  # what appears does it all
    array([ 0., 20.])
    """
    products = first.prod(), last.prod()
    if changes_sign(first, last, *products).any():
        raise ArgumentError(
            "a factor changes its sign, so its change has no logarithm: take method='shapley' or "
            "'two_polar'."
        )
    return weighted_log_changes(first, last, *products)


def _before(factors: Array) -> Array:
    """Product of all factors before each."""
    return np.concatenate([[1.0], np.cumprod(factors[:-1])])


def _after(factors: Array) -> Array:
    """Product of all factors after each."""
    return _before(factors[::-1])[::-1]


METHODS: Mapping[str, Callable[[Array, Array], Array]] = {
    "shapley": split_product_shapley,
    "two_polar": split_product_two_polar,
    "lmdi": split_product_lmdi,
}
