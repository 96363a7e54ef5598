"""Kernel sums over lags that follow the calendar, for Driscoll-Kraay and AC covariances.

Two periods are j lags apart if the calendar says so, however many rows lie between: a gap of one
entity, or of all, makes lags longer and never shorter. Without gaps the sums are those of
linearmodels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

KERNELS = ("bartlett", "parzen", "quadratic-spectral")

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


def default_bandwidth(periods: int) -> int:
    """Lags ``floor(4 (T/100)^(2/9))`` for T observed periods (xtscc, linearmodels).

    Examples
    --------
    >>> default_bandwidth(10), default_bandwidth(100)
    (2, 4)
    """
    return int(np.floor(4.0 * (periods / 100.0) ** (2 / 9)))


def kernel_weights(kernel: str, bandwidth: int, distances: NDArray[np.int64]) -> Floats:
    """Weights of lags.

    Parameters
    ----------
    kernel : {"bartlett", "parzen", "quadratic-spectral"}
        The first two are zero beyond the bandwidth.
    bandwidth : int
    distances : ndarray of int, shape (m,)
        Lags, from one up.

    Returns
    -------
    ndarray, shape (m,)

    Examples
    --------
    >>> kernel_weights("bartlett", 3, np.array([1, 3, 4])).tolist()
    [0.75, 0.25, 0.0]
    """
    if kernel == "quadratic-spectral":
        if bandwidth == 0:
            return np.zeros(len(distances))
        z = 6.0 * np.pi * distances / bandwidth / 5.0
        return np.asarray(3.0 * (np.sin(z) / z - np.cos(z)) / z**2)
    z = np.minimum(distances / (bandwidth + 1.0), 1.0)
    if kernel == "bartlett":
        return 1.0 - z
    return np.where(z <= 0.5, 1.0 - 6.0 * z**2 + 6.0 * z**3, 2.0 * (1.0 - z) ** 3)


def lagged_pairs(
    groups: Codes, positions: NDArray[np.int64], kernel: str, bandwidth: int
) -> Iterator[tuple[Codes, Codes, Floats]]:
    """Rows of one group with an earlier row of it, and the weight of the lag between them.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
    positions : ndarray of int, shape (n,)
        Places in the calendar, different within a group.
    kernel : str
    bandwidth : int

    Yields
    ------
    now, before : ndarray of int, shape (m,)
    weights : ndarray, shape (m,)
    """
    order = np.lexsort((positions, groups))
    sorted_groups, sorted_positions = groups[order], positions[order]
    for apart in range(1, len(order)):
        near = sorted_groups[apart:] == sorted_groups[:-apart]
        if not near.any() or (kernel != "quadratic-spectral" and apart > bandwidth):
            return
        distances = (sorted_positions[apart:] - sorted_positions[:-apart])[near]
        yield (
            order[apart:][near],
            order[:-apart][near],
            kernel_weights(kernel, bandwidth, distances),
        )


def kernel_sum(
    scores: Floats, groups: Codes, positions: NDArray[np.int64], kernel: str, bandwidth: int
) -> Floats:
    """Sum of weighted products of the scores of each group, shape (k, k).

    Parameters
    ----------
    scores : ndarray, shape (n, k)
    groups, positions, kernel, bandwidth
        As in :func:`lagged_pairs`.
    """
    total = scores.T @ scores
    for now, before, weights in lagged_pairs(groups, positions, kernel, bandwidth):
        products = (scores[now] * weights[:, None]).T @ scores[before]
        total = total + products + products.T
    return np.asarray(total)


def sum_by_period(values: Floats, positions: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Sum the rows of each period, shape (T, m); give the places of the periods too, shape (T,)."""
    places, codes = np.unique(positions, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(places)))
    return np.add.reduceat(values[order], starts, axis=0), places
