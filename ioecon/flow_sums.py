"""Sums of a table's flows over rows and columns, made in one pass and shared by its checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ioecon.arrays import Array

__all__ = ["FlowSums", "MarginalSums"]

_STRIP = 2**19  # bytes of rows that are summed both ways while they are in the processor's cache


@dataclass(frozen=True, eq=False)
class MarginalSums:
    """Sums over the rows and the columns of one array.

    Parameters
    ----------
    rows, columns : ndarray
        Sums, in float64.
    row_sizes, column_sizes : ndarray
        The same, signs aside.
    least : float
        Smallest value; NaN if there is one.
    """

    rows: Array
    columns: Array
    row_sizes: Array
    column_sizes: Array
    least: float

    @classmethod
    def of(cls, values: Array) -> MarginalSums:
        """Sum one array.

        Examples
        --------
        >>> sums = MarginalSums.of(np.array([[1.0, -2.0], [3.0, 4.0]]))
        >>> sums.columns, sums.column_sizes, sums.least
        (array([4., 2.]), array([4., 6.]), -2.0)
        """
        with np.errstate(invalid="ignore"):  # the audit names what is not finite
            return cls._sum_strips(values)

    @classmethod
    def _sum_strips(cls, values: Array) -> MarginalSums:
        count, width = values.shape
        rows, row_sizes = np.empty(count), np.empty(count)
        columns, column_sizes = np.zeros(width), np.zeros(width)
        least = np.inf
        step = max(1, _STRIP // (8 * width))
        for start in range(0, count, step):
            at = slice(start, min(start + step, count))
            strip = np.asarray(values[at], dtype=float)
            smallest = float(strip.min())
            least = float(np.minimum(least, smallest))  # NaN stays
            rows[at] = strip.sum(axis=1)
            columns += (added := strip.sum(axis=0))
            if smallest >= 0:
                row_sizes[at] = rows[at]
                column_sizes += added
            else:
                strip = np.abs(strip)
                row_sizes[at] = strip.sum(axis=1)
                column_sizes += strip.sum(axis=0)
        return cls(rows, columns, row_sizes, column_sizes, least)


@dataclass(frozen=True, eq=False)
class FlowSums:
    """Sums of Z and Y.

    Parameters
    ----------
    Z, Y : MarginalSums
    """

    Z: MarginalSums
    Y: MarginalSums

    @classmethod
    def of(cls, Z: Array, Y: Array) -> FlowSums:
        """Sum the flows of one table."""
        return cls(MarginalSums.of(Z), MarginalSums.of(Y))
