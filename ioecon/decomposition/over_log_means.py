"""Solve the periods of a series by logarithmic means, with the inverses of two years at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ioecon.audit import sound_table
from ioecon.decomposition.log_means import SignChange, YearOfLogs, decompose_by_log_means
from ioecon.decomposition.periods import (
    Pair,
    Question,
    SolvedPeriods,
    economy_of,
    sum_sectors,
)
from ioecon.errors import ArgumentError
from ioecon.leontief import technical_coefficients
from ioecon.prices import require_same_prices
from ioecon.table import IOTable

__all__ = ["solve_by_log_means"]

_ZERO = 16 * np.finfo(float).eps


def solve_by_log_means(
    tables: Mapping[int, IOTable],
    size: tuple[int, int],
    pairs: Sequence[Pair],
    question: Question,
) -> SolvedPeriods:
    """Solve periods one after the other; a year that two of them border is inverted once.

    Parameters
    ----------
    tables, size, pairs, question
        As for :func:`~ioecon.decomposition.periods.solve_periods`.

    Returns
    -------
    SolvedPeriods
        States are not filled in.

    Raises
    ------
    ArgumentError
        Where a factor changes its sign, and has no logarithmic change.
    """
    factors, n = len(question.plan.model.factors), size[0] * size[1]
    solved = SolvedPeriods.empty(len(pairs), factors, n, size[0])
    years: dict[int, YearOfLogs] = {}
    reached: dict[int, float | None] = {}
    for at in sorted(range(len(pairs)), key=lambda at: pairs[at]):
        pair = pairs[at]
        require_same_prices(tables[pair[0]], tables[pair[1]])
        years = {year: years[year] for year in pair if year in years}
        for year in pair:
            if year not in years:
                table = sound_table(tables[year], tolerance=question.tolerance)
                years[year] = _invert(table, question)
                reached[year] = table.leontief().residual
        first, last = (years[year] for year in pair)
        try:
            decompose_by_log_means(first, last, question.plan, solved.values[at])
        except SignChange as found:
            raise _explain_sign(found, tables[pair[0]], pair) from None
        emitted = np.stack([each.economy.emissions for each in (first, last)])
        solved.row_changes[at] = emitted[1] - emitted[0]
        solved.largest[at] = np.abs(sum_sectors(emitted, size[0])).max()
        known = [found for found in (reached[year] for year in pair) if found is not None]
        solved.residuals[at] = max(known, default=None)
    return solved


def _invert(table: IOTable, question: Question) -> YearOfLogs:
    L = table.leontief().solve(np.eye(table.n))
    if table.Z.min() >= 0:
        # L ≥ 0 where A ≥ 0: what is below is a zero with rounding, which has no logarithm.
        np.putmask(L, L < _ZERO, 0.0)
    return YearOfLogs(economy_of(table, question), technical_coefficients(table.Z, table.x), L)


def _explain_sign(found: SignChange, table: IOTable, pair: Pair) -> ArgumentError:
    row = table.place(found.place["row"])
    where = f" of {row}"
    if "column" in found.place:
        where = f" from {row} to {table.place(found.place['column'])}"
    elif "country" in found.place:
        where = f" of final demand of {table.countries[found.place['country']]} for {row}"
        if "category" in found.place:
            where += f" ({table.categories[found.place['category']]})"
    return ArgumentError(
        f"{found.factor}{where} changes its sign from {pair[0]} ({found.before:.3g}) to {pair[1]} "
        f"({found.after:.3g}), and has no logarithmic change, as inventories often have none: take "
        "method='shapley', which needs no logarithms, or correct the table."
    )
