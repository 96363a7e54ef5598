"""Flows of one table and their factorisation. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.leontief import Leontief
from ioecon.table import IOTable

__all__ = ["Flows"]


@dataclass(frozen=True, eq=False)
class Flows:
    """Flows of a table and their factorisation.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
    x : ndarray, shape (n,)
    per_output : ndarray, shape (n,)
        1/x, 0 where x is.
    system : Leontief
        (E − A).
    """

    Z: Array
    x: Array
    per_output: Array
    system: Leontief

    @classmethod
    def of(cls, table: IOTable) -> Flows:
        """Take a sound table's.

        Examples
        --------
        >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[350], [1700]], year=2005,
        ...                 countries=["AUS"], sectors=["s1", "s2"], categories=["final"])
        >>> Flows.of(table).coefficients(np.array([0]), np.array([0, 1]))
        array([[0.15, 0.25]])
        """
        per_output = np.divide(1.0, table.x, out=np.zeros_like(table.x), where=table.x != 0)
        return cls(table.Z, table.x, per_output, table.leontief())

    def coefficients(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Array:
        """A_RC, in float64."""
        block = np.asarray(self.Z[np.ix_(rows, columns)], dtype=float)
        return np.asarray(block * self.per_output[columns])

    def columns_of_inverse(self, rows: NDArray[np.intp]) -> Array:
        """L E_R, shape (n, r)."""
        units = np.zeros((len(self.x), len(rows)), order="F")
        units[rows, np.arange(len(rows))] = 1.0
        return self.system.solve(units, overwrite_b=True)
