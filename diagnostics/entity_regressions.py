"""One least-squares regression for each entity, entities of one length at a time. Arrays only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.transformation import Codes, Floats
from regressions.within import DEPENDENT

__all__ = ["EntityFits", "entities_of_one_length", "fit_entities"]

_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class EntityFits:
    """Fits of y (G, T) on X (G, T, k), entity by entity."""

    beta: Floats
    """Coefficients, shape (G, k)."""
    resid: Floats
    """Residuals, shape (G, T)."""
    first_bread: Floats
    """First element of each (X'X)^-1, shape (G,)."""
    sound: NDArray[np.bool_]
    """Where columns are independent, shape (G,); numbers of other entities mean nothing."""

    @property
    def rss(self) -> Floats:
        """Sums of squared residuals, shape (G,)."""
        return np.einsum("gt,gt->g", self.resid, self.resid)


def fit_entities(y: Floats, X: Floats) -> EntityFits:
    """Fit each entity as `least_squares.ols` does, through QR of columns of unit length.

    Examples
    --------
    >>> X = np.array([[[1.0], [2.0]], [[0.0], [0.0]]])
    >>> fits = fit_entities(np.array([[2.0, 4.0], [1.0, 1.0]]), X)
    >>> fits.beta[0].round(12), fits.sound
    (array([2.]), array([ True, False]))
    """
    G, T, k = X.shape
    if k == 0:
        return EntityFits(np.empty((G, 0)), y.copy(), np.empty(G), np.ones(G, dtype=bool))
    if k >= T:
        empty = np.full((G, k), np.nan)
        return EntityFits(empty, np.full_like(y, np.nan), empty[:, 0], np.zeros(G, dtype=bool))
    scale = np.sqrt(np.einsum("gtk,gtk->gk", X, X))
    scale = np.where(scale > 0, scale, 1.0)
    Q, R = np.linalg.qr(X / scale[:, None, :])
    sound = np.abs(np.diagonal(R, axis1=1, axis2=2)).min(axis=1) >= DEPENDENT
    R[~sound] = np.eye(k)
    inverse = np.linalg.inv(R) / scale[:, :, None]
    beta = (inverse @ (Q.transpose(0, 2, 1) @ y[:, :, None]))[:, :, 0]
    resid = y - (X @ beta[:, :, None])[:, :, 0]
    return EntityFits(beta, resid, np.einsum("gj,gj->g", inverse[:, 0], inverse[:, 0]), sound)


def entities_of_one_length(lengths: Codes, columns: int) -> Iterator[tuple[Codes, Codes]]:
    """Entities of the same number of rows, in blocks of bounded memory, with their rows.

    Parameters
    ----------
    lengths : ndarray of int (N,)
        Rows of each entity; the rows of an entity follow each other.
    columns : int
        Columns that will be held for each row.

    Yields
    ------
    entities : ndarray of int (G,)
    rows : ndarray of int (G, T)

    Examples
    --------
    >>> for entities, rows in entities_of_one_length(np.array([2, 1, 2]), 1):
    ...     print(entities, rows.tolist())
    [1] [[2]]
    [0 2] [[0, 1], [3, 4]]
    """
    starts = np.cumsum(lengths) - lengths
    for length in np.unique(lengths):
        entities = np.flatnonzero(lengths == length)
        step = max(1, _CELLS // max(1, int(length) * columns))
        for first in range(0, len(entities), step):
            block = entities[first : first + step]
            yield block, starts[block][:, None] + np.arange(length)
