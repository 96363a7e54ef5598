"""Transformations of panel columns for the tests: means, within, quasi-demeaning. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regressions import within as columns

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

__all__ = ["Codes", "Floats", "group_means", "quasi_demean", "remove_effects"]


def group_means(values: Floats, codes: Codes) -> Floats:
    """Mean of each group, repeated on its rows; `values` (n,) or (n, k).

    Examples
    --------
    >>> group_means(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]))
    array([2., 2., 5.])
    """
    if values.size == 0:
        return values.copy()
    means = columns.group_means(values.reshape(values.shape[0], -1), codes)
    return means.reshape(values.shape)


def remove_effects(values: Floats, effects: Sequence[Codes]) -> Floats:
    """Residuals of columns (n,) or (n, k) on the dummies of the effects, balanced or not.

    Examples
    --------
    >>> remove_effects(np.array([1.0, 3.0, 5.0, 9.0]), [np.array([0, 0, 1, 1])])
    array([-1.,  1., -2.,  2.])
    """
    if values.size == 0:
        return values.copy()
    left = columns.remove_effects(values.reshape(values.shape[0], -1), effects)
    return left.reshape(values.shape)


def quasi_demean(values: Floats, codes: Codes, theta: Floats) -> Floats:
    """Rows (n,) or (n, k) minus theta (groups,) times the mean of their group."""
    if values.size == 0:
        return values.copy()
    left = columns.quasi_demean(values.reshape(values.shape[0], -1), codes, theta)
    return left.reshape(values.shape)
