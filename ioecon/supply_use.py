"""From supply and use tables to input-output tables: the shares that the constructs stand on.

V is the supply of one region, industries × products; q its column sums (supply of each product),
g its row sums (output of each industry). U are uses, products × industries, Y final demand, W
primary inputs. In the words and letters of Eurostat's manual (2008, chapter 11; Miller and Blair
2009, chapter 5):

* model D, fixed product sales structure, industry × industry: every product is sold by the
  industries that make it in the same proportions to all users,
  D = V q̂⁻¹, Z = D U, demand D Y, primary inputs W;
* model B, industry technology, product × product: every product of an industry is made with the
  same inputs, C = ĝ⁻¹ V, Z = U C, demand Y, primary inputs W C.

Neither can make a flow negative that was not, and neither needs as many products as industries.
Every use is kept: the columns of D and the rows of C sum to one. Where V is diagonal both are
the identity, and Z = U.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import TableError

__all__ = ["market_shares", "product_mix"]


def market_shares(supply: Array) -> tuple[Array, NDArray[np.intp]]:
    """Share of every industry in the supply of every product: D = V q̂⁻¹.

    Parameters
    ----------
    supply : ndarray, shape (s, s)
        V of one region, industries × products.

    Returns
    -------
    shares : ndarray, shape (s, s)
        Its columns sum to one. A product that nobody supplies is its own industry's: the one at
        the same place.
    without : ndarray of int
        Places of the products that nobody supplies.

    Raises
    ------
    TableError
        If the supplies of a product are not all zero and sum to zero.

    Notes
    -----
    Eurostat (2008), Manual of Supply, Use and Input-Output Tables, chapter 11, model D.

    Examples
    --------
    >>> market_shares(np.array([[90.0, 0.0], [10.0, 0.0]]))
    (array([[0.9, 0. ],
           [0.1, 1. ]]), array([1]))
    """
    return _share_of_columns(
        supply,
        "The supplies of product {} sum to zero although they are not all zero, so that no "
        "industry has a share in them.",
    )


def product_mix(supply: Array) -> tuple[Array, NDArray[np.intp]]:
    """Share of every product in the output of every industry: C = ĝ⁻¹ V.

    Parameters
    ----------
    supply : ndarray, shape (s, s)
        V of one region, industries × products.

    Returns
    -------
    shares : ndarray, shape (s, s)
        Industries × products; rows sum to one. An industry without output makes its own product:
        the one at the same place.
    without : ndarray of int
        Places of the industries without output.

    Raises
    ------
    TableError
        If the products of an industry are not all zero and sum to zero.

    Notes
    -----
    Eurostat (2008), Manual of Supply, Use and Input-Output Tables, chapter 11, model B.

    Examples
    --------
    >>> product_mix(np.array([[90.0, 10.0], [0.0, 0.0]]))
    (array([[0.9, 0.1],
           [0. , 1. ]]), array([1]))
    """
    shares, without = _share_of_columns(
        supply.T,
        "The products of industry {} sum to zero although they are not all zero, so that none "
        "has a share in its output.",
    )
    return np.ascontiguousarray(shares.T), without


def _share_of_columns(values: Array, cancelled: str) -> tuple[Array, NDArray[np.intp]]:
    """Share of each cell in its column, an empty one being its own; and which are empty."""
    totals = values.sum(axis=0)
    without = np.flatnonzero(~values.any(axis=0))
    without_sum = np.setdiff1d(np.flatnonzero(totals == 0), without)
    if without_sum.size:
        raise TableError(cancelled.format(int(without_sum[0]) + 1))
    shares = values / np.where(totals == 0, 1.0, totals)
    shares[without, without] = 1.0
    return shares, without
