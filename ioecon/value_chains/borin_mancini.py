"""Exports by origin and final use of their content, after Borin and Mancini (2019). Arrays only.

E_sr are exports of s to r, v the factor per unit of output, L the world's inverse, L_ss that of the
domestic system, and B∖s the inverse of a world in which s exports no inputs (the perimeter is the
exporting country). Content that crosses the border of s more than once is counted when it first
leaves s (source) or when it last does (sink):

=====  ==========================================  ===============================================
term   source                                      sink
=====  ==========================================  ===============================================
DVA    v_s L_ss E_sr                               v_s L_ss* (E_sr − A_sr B∖s_rs E_s)
REF    v_s L_ss A_sr Σ_j L_rj F_js                 v_s L_ss* A_sr Σ_j B∖s_rj F_js
DDC    v_s (L_ss* − L_ss) E_sr                     v_s L_ss* A_sr B∖s_rs E_s
FVA    Σ_t v_t B∖s_ts E_sr                         Σ_t v_t L_ts (E_sr − A_sr B∖s_rs E_s)
FDC    Σ_t v_t (L_ts − B∖s_ts) E_sr                Σ_t v_t L_ts A_sr B∖s_rs E_s
=====  ==========================================  ===============================================

with L_ss* the block of L, E_s all exports of s and t ≠ s; VAX = DVA − REF, DC = DVA + DDC,
FC = FVA + FDC. Directly absorbed: DAVAX = v_s L_ss (F_sr + A_sr L_rr F_rr).
"""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.leontief import Leontief, solve_domestic
from ioecon.value_chains.trade import Trade

__all__ = ["measure_sink", "measure_source"]

Terms = dict[str, Array]


def measure_source(trade: Trade, system: Leontief, v: Array, multipliers: Array) -> Terms:
    """Terms that count content when it first leaves its country.

    Parameters
    ----------
    trade : Trade
    system : Leontief
        (E − A) of the world.
    v : ndarray, shape (n,)
        Factor per unit of output.
    multipliers : ndarray, shape (n, G)
        Content per unit of each product by exporter of origin: Σ_i∈g v_i L_ij.

    Returns
    -------
    dict of str to ndarray, shape (n, G)
        DVA, REF, DDC, FVA, FDC, DAVAX by exporting sector and destination.
    """
    exports, own = trade.exports, trade.at_home(multipliers)
    foreign = multipliers.sum(axis=1) - own
    first = trade.solve_domestic(v, transposed=True)
    single = np.empty_like(foreign)
    for exporter in range(trade.exporters):
        rows = trade.rows_of(exporter)
        single[rows] = solve_domestic(trade.returning(system, exporter).T, foreign[rows])
    home_use = trade.solve_domestic(trade.at_home(trade.demand))
    direct = trade.abroad(trade.demand + trade.send(home_use))
    return {
        "DVA": first[:, None] * exports,
        "REF": first[:, None] * trade.abroad(trade.send(system.solve(trade.demand))),
        "DDC": (own - first)[:, None] * exports,
        "FVA": single[:, None] * exports,
        "FDC": (foreign - single)[:, None] * exports,
        "DAVAX": first[:, None] * direct,
    }


def measure_sink(trade: Trade, system: Leontief, v: Array, multipliers: Array) -> Terms:
    """Terms that count content when it last leaves its country; as :func:`measure_source`.

    Returns
    -------
    dict of str to ndarray, shape (n, G)
        DVA, REF, DDC, FVA, FDC by exporting sector and destination.
    """
    exports, own = trade.exports, trade.at_home(multipliers)
    foreign = multipliers.sum(axis=1) - own
    driven = system.solve(trade.demand)
    coming_home = trade.abroad(trade.send(driven)).sum(axis=1)
    last, back = np.empty(len(v)), np.empty(len(v))
    for exporter in range(trade.exporters):
        rows = trade.rows_of(exporter)
        sides = np.column_stack([exports[rows].sum(axis=1), coming_home[rows]])
        taken_out = solve_domestic(trade.returning(system, exporter), sides)
        last[rows], back[rows] = taken_out.T
    # Column s: output for s's exports, and for its final demand, were s to export no inputs.
    for_exports = system.solve(trade.spread(last), overwrite_b=True)
    at_home = driven - system.solve(trade.spread(back), overwrite_b=True)
    again = trade.abroad(trade.send(for_exports))
    return {
        "DVA": own[:, None] * (exports - again),
        "REF": own[:, None] * trade.abroad(trade.send(at_home)),
        "DDC": own[:, None] * again,
        "FVA": foreign[:, None] * (exports - again),
        "FDC": foreign[:, None] * again,
    }
