"""Blocks of the numbers of a sheet, as arrays that a table may keep as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["copy_block", "take_block"]


def take_block(
    values: NDArray[np.float64], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Take some rows and columns of an array, in its own memory where they come first in it.

    The array holds garbage afterwards. This spares the largest tables a second copy.
    """
    n, m = rows.size, columns.size
    first = np.array_equal(rows, np.arange(n)) and np.array_equal(columns, np.arange(m))
    if not (first and values.flags.c_contiguous and values.flags.writeable):
        return copy_block(values, rows, columns)
    flat = values.reshape(-1)
    for i in range(1, n):
        flat[i * m : (i + 1) * m] = values[i, :m]
    owner = values if values.base is None else values.base
    block = flat[: n * m].reshape(n, m)
    for part in (owner, values, flat, block):
        part.setflags(write=False)
    return block


def copy_block(
    values: NDArray[np.float64], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Copy some rows and columns of the numbers of a sheet, read-only."""
    block = values[np.ix_(rows, columns)]
    block.setflags(write=False)
    return block
