"""Products of flows, read in strips of rows: in float64, whatever type the flows have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ioecon.arrays import Array

__all__ = ["multiply", "multiply_transposed", "read_strips"]


def read_strips(Z: Array) -> Iterator[tuple[slice, Array]]:
    """Rows of Z, some at a time, in float64; each strip is overwritten by the next.

    Parameters
    ----------
    Z : ndarray, shape (n, m)
        In float32 or float64; a memory map is read once.

    Yields
    ------
    rows : slice
    values : ndarray, shape (some, m)
        Not a copy where Z is in float64.

    Examples
    --------
    >>> sum(float(values.sum()) for _, values in read_strips(np.ones((40, 3), dtype="float32")))
    120.0
    """
    height = min(max(Z.shape[0] // 16, 16), 256)  # enough for the product of a strip to be fast
    wide = Z.dtype == np.float64
    strip = np.empty((0 if wide else height, Z.shape[1]))
    for start in range(0, Z.shape[0], height):
        rows = slice(start, min(start + height, Z.shape[0]))
        if wide:
            yield rows, Z[rows]
        else:
            values = strip[: rows.stop - start]
            np.copyto(values, Z[rows])
            yield rows, values


def multiply(Z: Array, B: Array) -> Array:
    """Z B in float64, without a copy of flows that are in float32.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
    B : ndarray, shape (n, m)

    Returns
    -------
    ndarray, shape (n, m)

    Examples
    --------
    >>> multiply(np.ones((2, 2), dtype="float32"), np.array([[1.0], [0.5]]))
    array([[1.5],
           [1.5]])
    """
    product = np.empty((Z.shape[0], B.shape[1]), order="F")
    for rows, values in read_strips(Z):
        np.matmul(values, B, out=product[rows])
    return product


def multiply_transposed(Z: Array, B: Array) -> Array:
    """Z' B, as :func:`multiply`.

    Examples
    --------
    >>> multiply_transposed(np.array([[1, 2], [0, 3]], dtype="float32"), np.array([[1.0], [0.5]]))
    array([[1. ],
           [3.5]])
    """
    product = np.zeros((Z.shape[1], B.shape[1]), order="F")
    for rows, values in read_strips(Z):
        product += values.T @ B[rows]
    return product
