"""Output once part of the flows is taken out, from the factorisation at hand. Arrays only.

With the coefficients of rows R and columns C taken out, the inverse of (E − A) changes by a matrix
of the smaller rank of the two, so a few solves against the present factorisation do (Woodbury
1950)::

    (E − A + E_R A_RC E_C')⁻¹ y = L y − L E_R (E + A_RC L_CR)⁻¹ A_RC [L y]_C
                                = L y − K (E + K_C)⁻¹ [L y]_C,  K = L E_R A_RC.

Without rows and columns R altogether, the rest S produces::

    (E − A_SS)⁻¹ y_S = [L ŷ]_S − L_SR (L_RR)⁻¹ [L ŷ]_R,  ŷ = (0, y_S).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import UnsoundTableError
from ioecon.leontief import Leontief
from ioecon.supply_chains.flows import Flows

__all__ = ["solve_without_block", "solve_without_sectors"]

_LARGEST_SHARE = 0.25  # of n; beyond it a new factorisation is cheaper than the solves


def solve_without_block(
    flows: Flows, rows: NDArray[np.intp], columns: NDArray[np.intp], demand: Array
) -> Array:
    """Output for a final demand, without the coefficients of a block, shape (n,).

    Parameters
    ----------
    flows : Flows
    rows, columns : ndarray of int
        The block.
    demand : ndarray, shape (n,)

    Examples
    --------
    >>> Z, x = np.array([[150.0, 500], [200, 100]]), np.array([1000.0, 2000])
    >>> flows = Flows(Z, x, 1 / x, Leontief(Z, x))
    >>> solve_without_block(flows, np.array([0]), np.array([1]), np.array([350.0, 1700])).round(2)
    array([ 411.76, 1876.16])
    """
    n = len(flows.x)
    if min(len(rows), len(columns)) > _LARGEST_SHARE * n:
        return _factorise_without(flows, [(rows, columns)]).solve(demand)
    before = flows.system.solve(demand)
    block = flows.coefficients(rows, columns)
    if len(rows) <= len(columns):
        spread = flows.columns_of_inverse(rows)
        small = block @ spread[columns]
        moved = block @ before[columns]
    else:
        sides = np.zeros((n, len(columns)), order="F")
        sides[rows] = block
        spread = flows.system.solve(sides, overwrite_b=True)
        small, moved = spread[columns], before[columns]
    np.einsum("ii->i", small)[:] += 1.0
    return np.asarray(before - spread @ _solve_small(small, moved))


def solve_without_sectors(flows: Flows, rows: NDArray[np.intp], demand: Array) -> Array:
    """Output for a final demand, without all that these rows buy and sell, shape (n,).

    What is left of their own output is their final demand.

    Examples
    --------
    >>> Z, x = np.array([[150.0, 500], [200, 100]]), np.array([1000.0, 2000])
    >>> flows = Flows(Z, x, 1 / x, Leontief(Z, x))
    >>> solve_without_sectors(flows, np.array([0]), np.array([0.0, 1700])).round(2)
    array([   0.  , 1789.47])
    """
    if len(rows) > _LARGEST_SHARE * len(flows.x):
        every = np.arange(len(flows.x))
        return _factorise_without(flows, [(rows, every), (every, rows)]).solve(demand)
    others = demand.copy()
    others[rows] = 0.0
    before, spread = flows.system.solve(others), flows.columns_of_inverse(rows)
    output = before - spread @ _solve_small(spread[rows], before[rows])
    output[rows] = demand[rows]
    return np.asarray(output)


def _factorise_without(
    flows: Flows, blocks: list[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> Leontief:
    Z = flows.Z.copy()
    for rows, columns in blocks:
        Z[np.ix_(rows, columns)] = 0.0
    return Leontief(Z, flows.x)


def _solve_small(matrix: Array, b: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrix, b))
    except np.linalg.LinAlgError as error:
        raise UnsoundTableError(
            "(E − A) is singular once these flows are taken out: audit the table for columns of A "
            "that sum to one or more, and for negative flows."
        ) from error
