"""Means and ranges over orderings of the factors, from the emissions in all states."""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.weights import shapley_weights

__all__ = ["STATISTICS", "mean_steps", "spread_of"]

STATISTICS = ("mean", "min", "max", "sd")


def mean_steps(states: Array, weights: Array) -> Array:
    """Weighted mean of each factor's steps, shape (periods, factors, I).

    Parameters
    ----------
    states : ndarray, shape (periods, 2**factors, I)
        A value in every state.
    weights : ndarray, shape (factors, 2**factors)
        See :mod:`ioecon.decomposition.weights`.
    """
    found = [
        np.einsum("s,psi->pi", own[before], steps)
        for own, (before, steps) in zip(weights, _all_steps(states), strict=True)
    ]
    return np.stack(found, axis=1)


def spread_of(states: Array) -> Array:
    """Mean, minimum, maximum and standard deviation of each factor's step over all orderings.

    In an ordering, the step of a factor is that from the state of those before it: every state is
    met, so the extremes are those over states, and its share of orderings is its Shapley weight.

    Parameters
    ----------
    states : ndarray, shape (periods, 2**factors, I)

    Returns
    -------
    ndarray, shape (periods, factors, 4, I)

    Examples
    --------
    Two factors, 2 · 3 before and 5 · 7 after: the first adds 9 or 21, the second 8 or 20.

    >>> spread_of(np.array([[[6.0], [15.0], [14.0], [35.0]]]))[0, :, :, 0]
    array([[15.,  9., 21.,  6.],
           [14.,  8., 20.,  6.]])
    """
    weights = shapley_weights(int(states.shape[1]).bit_length() - 1)
    found = []
    for own, (before, steps) in zip(weights, _all_steps(states), strict=True):
        mean = np.einsum("s,psi->pi", own[before], steps)
        variance = np.einsum("s,psi->pi", own[before], (steps - mean[:, None]) ** 2)
        found.append(np.stack([mean, steps.min(axis=1), steps.max(axis=1), np.sqrt(variance)], 1))
    return np.stack(found, axis=1)


def _all_steps(states: Array) -> list[tuple[Array, Array]]:
    """States in which each factor has not changed, and what its change then does."""
    every = np.arange(states.shape[1])
    found = []
    for factor in range(int(states.shape[1]).bit_length() - 1):
        before = every[(every >> factor & 1) == 0]
        found.append((before, states[:, before | 1 << factor] - states[:, before]))
    return found
