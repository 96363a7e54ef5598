"""A year in current prices and the next in its prices: changes of volumes, to be chained.

Tables of year t stand twice in such a chain: in current prices as the base of t + 1, in prices of
t − 1 as what t − 1 is compared with. Intensities are emissions per unit of output of the table that
they stand beside, in its own prices, so that a change of prices alone changes neither them nor
volumes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ioecon.decomposition.periods import Pair, Question, SolvedPeriods, solve_periods
from ioecon.errors import TableError
from ioecon.prices import CURRENT, price_year
from ioecon.series import IOSeries, check_agreement
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["pair_years", "solve_in_previous_prices"]


def pair_years(
    series: IOSeries, prices: IOSeries, periods: Sequence[Pair] | None
) -> tuple[Pair, ...]:
    """Pairs of a year and the next, with a table of the next in prices of the year before.

    Parameters
    ----------
    series : IOSeries
        In current prices.
    prices : IOSeries
        In prices of the year before.
    periods : sequence of (int, int), optional
        By default all consecutive years of the series.

    Raises
    ------
    TableError
        If a period is longer than a year, or its table in prices of the year before is missing.
    """
    if not isinstance(prices, IOSeries):
        raise TableError(
            "prices is an IOSeries of tables in previous year's prices, as ioecon.read_series or "
            f"ioecon.deflate give it, not {type(prices).__name__}."
        )
    pairs = series.periods(periods)
    long = [(first, last) for first, last in pairs if last != first + 1]
    if long:
        raise TableError(
            f"The period {long[0][0]}–{long[0][1]} is longer than a year, and no table of "
            f"{long[0][1]} is in prices of {long[0][0]}: decompose the years between, and add "
            "them up with .chained(); or deflate both to constant prices (ioecon.deflate)."
        )
    missing = [last for _, last in pairs if last not in prices]
    if missing:
        raise TableError(
            f"prices has no tables of {listed(missing)}: give them, or leave those years out with "
            "periods."
        )
    return pairs


def solve_in_previous_prices(
    series: IOSeries,
    prices: IOSeries,
    pairs: Sequence[Pair],
    question: Question,
    solve: Callable[..., SolvedPeriods] = solve_periods,
) -> SolvedPeriods:
    """Solve each period with its own two tables.

    Parameters
    ----------
    series, prices : IOSeries
        As :func:`pair_years` has checked.
    pairs, question
        As for :func:`~ioecon.decomposition.periods.solve_periods`.
    solve : callable
        What solves one period.
    """
    size = len(series.countries), len(series.sectors)
    factors = len(question.plan.model.factors)
    solved = SolvedPeriods.empty(len(pairs), factors, size[0] * size[1], size[0])
    for at, (first, last) in enumerate(pairs):
        tables = _require_pair(series[first], prices[last])
        one = solve(tables, size, [(first, last)], question)
        for name in ("values", "states", "row_changes", "largest"):
            getattr(solved, name)[at] = np.asarray(getattr(one, name))[0]
        solved.residuals[at] = one.residuals[0]
    return solved


def _require_pair(first: IOTable, last: IOTable) -> Mapping[int, IOTable]:
    check_agreement(first, last)
    if first.price_basis != CURRENT or price_year(last) != first.year:
        raise TableError(
            f"The table of {first.year} is in {first.price_basis!r} prices and the one of "
            f"{last.year} under prices= in {last.price_basis!r}: the first is to be in current "
            f"prices, the other in those of {first.year} ('previous-year')."
        )
    return {first.year: first, last.year: last}
