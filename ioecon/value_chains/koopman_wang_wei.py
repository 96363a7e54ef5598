"""Gross exports in nine terms, after Koopman, Wang and Wei (2014), equation 36. Arrays only."""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.value_chains.trade import Trade

__all__ = ["NINE_TERMS", "measure_nine_terms"]

NINE_TERMS = {
    "DVA_FIN": "1: domestic, in final goods",
    "DVA_INT": "2: domestic, in inputs for what the country of their use consumes",
    "DVA_INTREX": "3: domestic, in inputs for what others consume",
    "RDV_FIN": "4: domestic, returning in final goods",
    "RDV_INT": "5: domestic, returning in inputs for final goods consumed at home",
    "DDC_KWW": "6: domestic, returning in inputs for exports (double counted)",
    "FVA_FIN": "7: foreign, in final goods",
    "FVA_INT": "8: foreign, in inputs for what the importer consumes",
    "FDC_KWW": "9: foreign, in inputs for the importer's exports (double counted)",
}
"""Terms by the names of this package, in the order of the paper."""


def measure_nine_terms(trade: Trade, multipliers: Array) -> Array:
    """All nine terms of every exporter.

    Parameters
    ----------
    trade : Trade
    multipliers : ndarray, shape (n, G)
        Content per unit of each product by exporter of origin.

    Returns
    -------
    ndarray, shape (G, 9)
    """
    own = trade.at_home(multipliers)
    foreign = multipliers.sum(axis=1) - own
    elsewhere = trade.abroad(multipliers)  # content of s in what others make
    demand = trade.demand
    final = trade.at_home(demand)
    sold = trade.abroad(demand).sum(axis=1)
    # L_rr F_rr and L_rr E_r: output for demand at home, and for exports.
    outputs = np.column_stack([final, trade.exports.sum(axis=1)])
    for_home, for_exports = trade.solve_domestic(outputs).T
    consumed, exported = trade.send(for_home), trade.send(for_exports)

    returned = np.einsum("jg,jg->g", elsewhere, demand)
    terms = [
        trade.sum_rows(own * sold),
        elsewhere.T @ final,
        elsewhere.T @ sold - returned,
        returned,
        np.einsum("jg,jg->g", elsewhere, consumed),
        np.einsum("jg,jg->g", elsewhere, exported),
        trade.sum_rows(foreign * sold),
        trade.sum_rows(foreign * trade.abroad(consumed).sum(axis=1)),
        trade.sum_rows(foreign * trade.abroad(exported).sum(axis=1)),
    ]
    return np.column_stack(terms)
