"""Weights of logarithmic mean Divisia decompositions, with their exact limits at zero. Arrays only.

The logarithmic mean L(a, b) = (a − b) / ln(a / b) turns a difference into a logarithmic change: for
a product w = x¹ x² …, L(w₁, w₀) ln(x¹₁ / x¹₀) + L(w₁, w₀) ln(x²₁ / x²₀) + … = w₁ − w₀.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array

__all__ = ["changes_sign", "log_ratio", "logarithmic_mean", "weighted_log_changes"]


def log_ratio(a: Array, b: Array) -> Array:
    """ln(a / b) of numbers of one sign, exact to the last bits also where they hardly differ.

    Parameters
    ----------
    a, b : ndarray
        Of one shape; where one is zero, or their signs differ, the answer is zero.

    Examples
    --------
    >>> log_ratio(np.array([1.0, -2.0, 0.0]), np.array([1.0, -1.0, 3.0])).round(3)
    array([0.   , 0.693, 0.   ])
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    defined = np.sign(a) * np.sign(b) > 0
    one, other = np.where(defined, a, 1.0), np.where(defined, b, 1.0)
    with np.errstate(over="ignore"):
        relative = (one - other) / other
    near = np.abs(relative) < 0.5
    far = np.log(np.abs(one)) - np.log(np.abs(other))
    return np.asarray(np.where(near, np.log1p(np.where(near, relative, 0.0)), far))


def logarithmic_mean(a: Array, b: Array) -> Array:
    """L(a, b) = (a − b) / ln(a / b), a where both are equal.

    Parameters
    ----------
    a, b : ndarray
        Of one shape. Of two negative numbers the mean is negative; where one is zero, or their
        signs differ, it is zero, the limit of L(a, b) for b → 0.

    Examples
    --------
    >>> logarithmic_mean(np.array([1.0, np.e, 5.0]), np.array([1.0, 1.0, 0.0])).round(3)
    array([1.   , 1.718, 0.   ])
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    logs = log_ratio(a, b)
    mean = np.divide(a - b, logs, out=np.array(a), where=logs != 0)
    return np.where(np.sign(a) * np.sign(b) > 0, mean, 0.0)


def changes_sign(x0: Array, x1: Array, w0: Array, w1: Array) -> NDArray[np.bool_]:
    """Whether a factor changes its sign in a term that is not zero in both years.

    Parameters
    ----------
    x0, x1 : ndarray, shape (…, k)
        Factors of each term.
    w0, w1 : ndarray, shape (…)
        The terms.

    Returns
    -------
    ndarray of bool, shape (…, k)
        There no logarithmic mean exists.
    """
    counts = ((w0 != 0) | (w1 != 0))[..., None]
    return np.asarray(counts & (np.sign(x0) * np.sign(x1) < 0))


def weighted_log_changes(x0: Array, x1: Array, w0: Array, w1: Array) -> Array:
    """L(w1, w0) ln(x1 / x0) of each factor, with its limit where a factor is zero.

    Parameters
    ----------
    x0, x1 : ndarray, shape (…, k)
        Factors in base and reporting year; none changes its sign (:func:`changes_sign`).
    w0, w1 : ndarray, shape (…)
        What weighs: the product of the factors, or a share that is zero where the product is.

    Returns
    -------
    ndarray, shape (…, k)
        Where w is the product, the sum over factors is w1 − w0.

    Notes
    -----
    Ang and Liu (2007): put one small δ in the place of every zero and let it go to zero. A term
    that appears (w0 = 0) is then the effect of the factor that was zero, in equal parts of all
    that were; a term that vanishes likewise; a term that is zero in both years has no effect.

    References
    ----------
    Ang, B. W. and Liu, N. (2007). Handling zero values in the logarithmic mean Divisia index
    decomposition approach. Energy Policy 35, 238–246.

    Examples
    --------
    >>> x0, x1 = np.array([0.0, 2.0]), np.array([3.0, 4.0])
    >>> weighted_log_changes(x0, x1, x0.prod(), x1.prod())
    array([12.,  0.])
    """
    w0, w1 = np.asarray(w0, dtype=float), np.asarray(w1, dtype=float)
    kept = (w0 != 0) & (w1 != 0)
    changes: Array = logarithmic_mean(w1, w0)[..., None] * log_ratio(x1, x0)
    changes = np.where(kept[..., None], changes, 0.0)
    for x, here, there, sign in ((x0, w0, w1, 1.0), (x1, w1, w0, -1.0)):
        moved: Any = np.where((here == 0) & (there != 0), sign * there, 0.0)
        zero = (x == 0) & (moved != 0)[..., None]
        count = zero.sum(axis=-1)
        changes += zero * (moved / np.where(count > 0, count, 1))[..., None]
    return changes
