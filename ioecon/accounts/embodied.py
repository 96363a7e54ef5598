"""Output that trade carries, by two approaches. Arrays only.

MRIO follows a product to its final consumer through all countries, T = L F. EEBT follows it to
the border: the domestic system (E − A_rr) of each exporter, applied to all it delivers abroad.
Rows are ordered by country and then sector, n = I·S; D destinations are the I countries and,
for a regional table, one column of places outside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ioecon.arrays import Array
from ioecon.leontief import block_row_sums, solve_domestic

__all__ = ["DomesticSystems", "deliveries", "routes"]


def deliveries(Z: Array, demand: Array, countries: int) -> Array:
    """Sum what each row delivers to each destination, for intermediate and final use.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Intermediate flows.
    demand : ndarray, shape (n, D)
        Final demand by destination.
    countries : int
        I, the first I destinations.

    Returns
    -------
    ndarray, shape (n, D)
        Within a country only final demand, since its intermediate use is part of its domestic
        system.

    Examples
    --------
    >>> Z, F = np.full((2, 2), 10.0), np.array([[72.0, 8], [17, 63]])
    >>> deliveries(Z, F, 2)
    array([[72., 18.],
           [27., 63.]])
    """
    sold = block_row_sums(Z, np.ones(Z.shape[0]), countries)
    sectors = Z.shape[0] // countries
    own = np.repeat(np.arange(countries), sectors)
    sold[np.arange(Z.shape[0]), own] = 0.0
    total = demand.copy()
    total[:, :countries] += sold
    return total


@dataclass(frozen=True, eq=False)
class DomesticSystems:
    """(E − A_rr) of every country at once.

    Parameters
    ----------
    matrices : ndarray, shape (I, S, S)
    """

    matrices: Array

    @classmethod
    def of(cls, Z: Array, per_output: Array, countries: int) -> DomesticSystems:
        """Cut the diagonal blocks from Z (n, n); ``per_output`` (n,) is 1/x, 0 where x is."""
        sectors = Z.shape[0] // countries
        blocks = np.einsum("rirj->rij", Z.reshape(countries, sectors, countries, sectors))
        inputs = blocks * per_output.reshape(countries, 1, sectors)
        return cls(np.eye(sectors) - inputs)

    def solve(self, b: Array) -> Array:
        """L_rr b_r of each country: (n, D) to (n, D)."""
        countries, sectors, _ = self.matrices.shape
        return solve_domestic(self.matrices, b.reshape(countries, sectors, -1)).reshape(b.shape)

    def solve_transposed(self, b: Array) -> Array:
        """L_rr' b_r of each country: (n,) to (n,)."""
        countries, sectors, _ = self.matrices.shape
        transposed = self.matrices.transpose(0, 2, 1)
        return solve_domestic(transposed, b.reshape(countries, sectors, 1)).ravel()


def routes(
    Z: Array, per_output: Array, multipliers: Array, T: Array, demand: Array, countries: int
) -> Array:
    """Emissions of each country by who buys directly and who consumes in the end.

    W^{r,t,s} = m_r A_rt T_ts + [t = s] m_r F_rs with m_r = e_r' L_rr, for t ≠ r; and
    W^{r,r,r} = m_r F_rr for what never crosses a border. Summed over consumers s it is the EEBT
    account of r's deliveries to t, summed over buyers t the MRIO account of s's demand on r.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Intermediate flows.
    per_output : ndarray, shape (n,)
        1/x, 0 where x is.
    multipliers : ndarray, shape (n,)
        m: emissions per unit delivered, within the country of the row.
    T : ndarray, shape (n, D)
        Output by final destination.
    demand : ndarray, shape (n, D)
        Final demand by destination.
    countries : int
        I, the first I destinations.

    Returns
    -------
    ndarray, shape (I, D, D)
        Exporter, direct buyer, final consumer.

    Examples
    --------
    >>> Z, F = np.full((2, 2), 10.0), np.array([[72.0, 8], [17, 63]])
    >>> T = np.array([[83.125, 16.875], [28.125, 71.875]])
    >>> W = routes(Z, np.array([0.01, 0.01]), np.array([0.5, 2]) / 0.9, T, F, 2)
    >>> W.sum(axis=1).round(4)  # MRIO
    array([[ 41.5625,   8.4375],
           [ 56.25  , 143.75  ]])
    >>> W.sum(axis=2).round(4)  # EEBT
    array([[ 40.,  10.],
           [ 60., 140.]])
    """
    n, destinations = demand.shape
    sectors = n // countries
    m = multipliers.reshape(countries, 1, sectors)
    sent = np.empty((countries, n))  # m_r A_r·
    for r, rows in enumerate(Z.reshape(countries, sectors, n)):  # flows in float32 are widened here
        sent[r] = multipliers[r * sectors : (r + 1) * sectors] @ rows * per_output
    by_buyer = sent.reshape(countries, countries, sectors).transpose(1, 0, 2)
    W = np.zeros((countries, destinations, destinations))
    W[:, :countries] = (by_buyer @ T.reshape(countries, sectors, destinations)).transpose(1, 0, 2)
    own = np.arange(countries)
    W[own, own] = 0.0  # domestic intermediate use is inside m
    final = (m @ demand.reshape(countries, sectors, destinations))[:, 0]
    every = np.arange(destinations)
    W[:, every, every] += final
    return W
