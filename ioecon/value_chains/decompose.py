"""Decompose the exports of one table; the border between labels and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.concordance import ConcordanceLike, read_concordance
from ioecon.decomposition.economy import require_whole_world
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import ArgumentError, LabelError
from ioecon.factor_use import FactorUse
from ioecon.identities import require_identities
from ioecon.table import IOTable
from ioecon.value_chains.borin_mancini import measure_sink, measure_source
from ioecon.value_chains.koopman_wang_wei import measure_nine_terms
from ioecon.value_chains.result import ExportContent, complete_terms
from ioecon.value_chains.trade import Trade

__all__ = ["decompose_exports"]

Approach: TypeAlias = Literal["source", "sink"]


def decompose_exports(
    table: IOTable,
    account: Emissions | None = None,
    *,
    approach: Approach = "source",
    groups: ConcordanceLike | None = None,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> ExportContent:
    """Domestic and foreign value added, or any account, in exports.

    Borin and Mancini (2019), from the exporting country's perspective, by exporter, exporting
    sector and destination; and the nine terms of Koopman, Wang and Wei (2014). Equations:
    :mod:`ioecon.value_chains.borin_mancini`.

    Parameters
    ----------
    table : IOTable
        Of the whole world.
    account : Series or Account, optional
        What to follow: emissions, jobs, a row of primary inputs
        (:func:`ioecon.account_of_inputs`). By default the table's value added, output less
        inputs with all taxes: then EXGR is gross exports, otherwise all that they embody.
    approach : {"source", "sink"}
        Whether content that leaves its country several times is counted the first time or the
        last. Totals of a country are the same, those of its destinations and sectors are not.
    groups : mapping or other concordance, optional
        Country to the group that counts as one exporter, such as China and its processing zone:
        trade within a group is domestic. Countries that are not named stay on their own. In any
        form that :func:`ioecon.read_concordance` takes. Coefficients stay those of the countries,
        unlike in an aggregated table.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        See :func:`ioecon.decompose`.

    Returns
    -------
    ExportContent

    Raises
    ------
    TableError
        If the table delivers to places outside it.
    LabelError
        If a group is named as a country that is not in it.
    IdentityError
        If the content of exports does not add up to 1e-10 of the largest.

    Notes
    -----
    The table's factorisation is used, with n right-hand sides in all, some hundreds at a time:
    about three times the work of factorising. Memory beyond it: (rows of the largest exporter)².

    References
    ----------
    Borin and Mancini (2019), Measuring what matters in global value chains and value-added trade,
    World Bank WPS 8804. Koopman, Wang and Wei (2014), American Economic Review 104(2), 459–494.

    Examples
    --------
    >>> import ioecon
    >>> table = ioecon.datasets.load_world().series[2007]
    >>> content = decompose_exports(table)
    >>> terms = content.by_exporter()
    >>> bool(abs(terms["DC"] + terms["FC"] - terms["EXGR"]).max() < 1e-6)
    True
    """
    if approach not in ("source", "sink"):
        raise ArgumentError(f"approach is 'source' or 'sink', not {approach!r}.")
    require_whole_world(table)
    exporters, members = _find_exporters(table.countries, groups)
    sound = sound_table(table, tolerance=tolerance)
    factor = FactorUse.of(sound, account, without_output)
    trade = Trade(sound.Z, sound.x, sound.F, members)
    v, system = factor.per_output(sound.x), sound.leontief()
    multipliers = system.solve_transposed(trade.spread(v), overwrite_b=True)
    measure = measure_source if approach == "source" else measure_sink
    terms = complete_terms(measure(trade, system, v, multipliers))
    nine = measure_nine_terms(trade, multipliers)
    misses = _measure_misses(trade, terms, nine, v * system.solve(trade.demand).T)
    if factor.covers_output:
        sold = trade.exports.sum()
        misses["EXGR = exports"] = float(
            np.abs(terms["EXGR"] - trade.exports).sum() / (sold if sold > 0 else 1.0)
        )
    require_identities(table, misses, f"The content of exports of {table.year} breaks")
    return ExportContent(
        countries=table.countries,
        sectors=table.sectors,
        exporters=exporters,
        home=tuple(exporters[k] for k in members),
        year=table.year,
        approach=approach,
        terms=terms,
        nine_terms=nine,
        exports=trade.exports,
        currency=f"{table.unit} {table.currency}",
        misses=misses,
        unit=factor.stressor.unit,
        stressor=factor.stressor.name,
    )


def _find_exporters(
    countries: tuple[str, ...], groups: ConcordanceLike | None
) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Find exporters, in the order of their first country, and the position of each country's."""
    own = {country: country for country in countries}
    if groups is None:
        named: dict[str, str] = {}
    else:
        given = read_concordance(groups, countries, "countries", complete=False)
        given.require_many_to_one("a country exports as one")
        named = given.group_of()
    for group in set(named.values()):
        if group in own and named.get(group) != group:
            raise LabelError(
                f"A group is called {group}, as a country that is not in it: put {group} into "
                "the group, or give it another name."
            )
    home = [named.get(country, country) for country in countries]
    exporters = tuple(dict.fromkeys(home))
    return exporters, np.array([exporters.index(name) for name in home], dtype=np.intp)


def _measure_misses(
    trade: Trade, terms: Mapping[str, Array], nine: Array, use: Any
) -> dict[str, float]:
    """Relative miss of each identity, against the largest content of any country's exports.

    ``use`` (G, n) is the factor in each row that each destination's final demand calls for.
    """
    totals = {name: trade.sum_rows(values.sum(axis=1)) for name, values in terms.items()}
    scale = float(np.abs(nine).sum(axis=1).max(initial=0.0)) or 1.0
    consumed_abroad = trade.sum_rows(trade.abroad(np.asarray(use).T).sum(axis=1))

    def miss(left: Array, right: Array) -> float:
        return float(np.abs(left - right).max(initial=0.0) / scale)

    return {
        "EXGR = nine terms": miss(totals["EXGR"], nine.sum(axis=1)),
        "DC = terms 1 to 6": miss(totals["DC"], nine[:, :6].sum(axis=1)),
        "VAX = content of consumption abroad": miss(totals["VAX"], consumed_abroad),
    }
