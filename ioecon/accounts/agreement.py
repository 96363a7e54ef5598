"""How alike two arrays of the same shape are, number by number, a few rows at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array

__all__ = ["largest_cells", "measure_agreement"]

_ROWS = 512  # rows at a time, so that no copy of a large matrix is made


def measure_agreement(first: Array, second: Array) -> dict[str, float]:
    """Correlations of two arrays and the distance between them; NaN pairs are left out.

    Returns
    -------
    dict
        ``pairs``, ``both_positive``, ``correlation``, ``log_correlation`` (of the pairs that are
        positive in both) and ``distance`` = Σ|b − a| / ½(Σ|a| + Σ|b|). NaN where nothing varies.

    Examples
    --------
    >>> found = measure_agreement(np.array([1.0, 2.0, 0.0]), np.array([2.0, 4.0, 0.0]))
    >>> found["both_positive"], round(found["log_correlation"], 9), round(found["distance"], 9)
    (2, 1.0, 0.666666667)
    """
    plain, logs = _Moments(), _Moments()
    apart = size = 0.0
    for k in range(0, len(first), _ROWS):
        a = np.asarray(first[k : k + _ROWS], dtype=float).ravel()
        b = np.asarray(second[k : k + _ROWS], dtype=float).ravel()
        known = np.isfinite(a) & np.isfinite(b)
        a, b = a[known], b[known]
        plain.add(a, b)
        positive = (a > 0) & (b > 0)
        logs.add(np.log(a[positive]), np.log(b[positive]))
        apart += float(np.abs(b - a).sum())
        size += float(np.abs(a).sum() + np.abs(b).sum()) / 2
    return {
        "pairs": plain.count,
        "both_positive": logs.count,
        "correlation": plain.correlation(),
        "log_correlation": logs.correlation(),
        "distance": apart / size if size else 0.0,
    }


class _Moments:
    """Means and centred moments of pairs, joined piece by piece (Chan et al. 1983)."""

    def __init__(self) -> None:
        self.count = 0
        self._mean = np.zeros(2)
        self._moments = np.zeros((2, 2))

    def add(self, a: Array, b: Array) -> None:
        """Take some more pairs."""
        new = len(a)
        if not new:
            return
        pair = np.stack([a, b])
        mean = pair.mean(axis=1)
        apart = mean - self._mean
        centred = pair - mean[:, None]
        both = self.count + new
        self._moments += centred @ centred.T + np.outer(apart, apart) * self.count * new / both
        self._mean += apart * new / both
        self.count = both

    def correlation(self) -> float:
        """Pearson's coefficient; NaN where one side does not vary."""
        variances = self._moments[0, 0] * self._moments[1, 1]
        if self.count < 2 or not variances > 0:
            return float("nan")
        return float(np.clip(self._moments[0, 1] / np.sqrt(variances), -1.0, 1.0))


def largest_cells(
    first: Array, second: Array, count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the largest absolute differences, largest first.

    A vector is one column; cells where one of the two has no number, or that are equal, are left
    out.

    Examples
    --------
    >>> largest_cells(np.array([1.0, 2.0, 3.0]), np.array([1.0, 9.0, 4.0]), 2)
    (array([1, 2]), array([0, 0]))
    """
    width = 1 if first.ndim == 1 else first.shape[1]
    places, sizes = np.empty(0, dtype=np.intp), np.empty(0)
    for k in range(0, len(first), _ROWS):
        a = np.asarray(first[k : k + _ROWS], dtype=float).ravel()
        b = np.asarray(second[k : k + _ROWS], dtype=float).ravel()
        apart = np.nan_to_num(np.abs(b - a), nan=0.0)
        best = np.argsort(-apart, kind="stable")[:count]
        places = np.concatenate([places, best + k * width])
        sizes = np.concatenate([sizes, apart[best]])
        keep = np.argsort(-sizes, kind="stable")[:count]
        places, sizes = places[keep], sizes[keep]
    places = places[sizes > 0]
    return places // width, places % width
