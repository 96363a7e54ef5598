"""Solve the periods of a series: the arrays of a decomposition, without labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np

from ioecon.arrays import Array
from ioecon.audit import sound_table
from ioecon.decomposition.economy import make_economy, require_whole_world
from ioecon.decomposition.mixed_inputs import mixed_systems
from ioecon.decomposition.one_period import Economy, Period, solve_year
from ioecon.decomposition.plan import Plan
from ioecon.decomposition.variables import Variables
from ioecon.emissions.by_sector import CheckedEmissions, WithoutOutput, lay_out
from ioecon.prices import require_same_prices
from ioecon.table import IOTable

__all__ = ["Question", "SolvedPeriods", "Step", "economy_of", "solve_periods", "sum_sectors"]

Pair = tuple[int, int]

Step = Callable[[int, str, int], AbstractContextManager[object]]
"""Is entered for what is done: the year at which the work is, what is done, and to which year."""


@dataclass(frozen=True)
class Question:
    """What is asked of every period; see :func:`ioecon.decompose`."""

    emissions: CheckedEmissions
    plan: Plan
    tolerance: float
    without_output: WithoutOutput
    variables: Variables | None = None


@dataclass(frozen=True)
class SolvedPeriods:
    """Arrays of some periods, in their order.

    Parameters
    ----------
    values : ndarray, shape (periods, factors, n, I)
        Effects, as :class:`ioecon.Effects` has them.
    states : ndarray, shape (periods, 2**factors, I)
        Emissions of each country in every state.
    row_changes : ndarray, shape (periods, n)
    largest : ndarray, shape (periods,)
        Largest emissions of a country in either year.
    residuals : list of float or None
        What solves were refined to, where flows are in float32.
    """

    values: Array
    states: Array
    row_changes: Array
    largest: Array
    residuals: list[float | None]

    @classmethod
    def empty(cls, periods: int, factors: int, n: int, countries: int) -> SolvedPeriods:
        """Arrays to fill in."""
        return cls(
            np.empty((periods, factors, n, countries)),
            np.empty((periods, 2**factors, countries)),
            np.empty((periods, n)),
            np.empty(periods),
            [None] * periods,
        )


def solve_periods(
    tables: Mapping[int, IOTable],
    size: tuple[int, int],
    pairs: Sequence[Pair],
    question: Question,
    *,
    all_pairs: Sequence[Pair] | None = None,
    step: Step = lambda at, what, year: nullcontext(),
) -> SolvedPeriods:
    """Solve periods year after year, with one factorisation at a time.

    Parameters
    ----------
    tables : mapping of int to IOTable
        Read when they are needed.
    size : tuple of int
        Number of countries and of sectors.
    pairs : sequence of (int, int)
        Base and reporting years; no two have the same reporting year.
    question : Question
    all_pairs : sequence of (int, int), optional
        All periods of the decomposition, where ``pairs`` are some of them.
    step : callable, optional
        Watches what is done.
    """
    countries, n = size[0], size[0] * size[1]
    solved = SolvedPeriods.empty(len(pairs), len(question.plan.model.factors), n, countries)
    ends, starts = _count_elsewhere(pairs, pairs if all_pairs is None else all_pairs)
    economies: dict[int, Economy] = {}
    begun: dict[int, tuple[int, Period]] = {}  # by reporting year

    def open_table(at: int, year: int) -> IOTable:
        with step(at, "read", year):
            return tables[year]

    def make_missing_economy(at: int, year: int) -> None:
        if year not in economies:
            with step(at, "audit", year):
                table = sound_table(tables[year], tolerance=question.tolerance)
            with step(at, "lay out", year):
                economies[year] = economy_of(table, question)

    for year in sorted({year for pair in pairs for year in pair}):
        # One factorisation is needed at a time, with the final demand of years to come.
        starting: dict[int, tuple[int, Period]] = {}
        for position, (first, last) in enumerate(pairs):
            if first != year:
                continue
            both = [open_table(year, each) for each in (first, last)]
            with step(year, "compare prices", last):
                require_same_prices(*both)
            both.clear()  # no table is kept in memory here
            make_missing_economy(year, first)
            make_missing_economy(year, last)
            pair = economies[first], economies[last]
            starting[last] = (
                position,
                Period(*pair, question.plan, solved.values[position], solved.states[position]),
            )
            emitted = np.stack([economy.emissions for economy in pair])
            solved.row_changes[position] = emitted[1] - emitted[0]
            solved.largest[position] = np.abs(sum_sectors(emitted, countries)).max()
        ending = {year: begun.pop(year)} if year in begun else {}
        with step(year, "solve", year):
            table = sound_table(tables[year], tolerance=question.tolerance)
            for position, period in ending.values():
                _pass_between(period, tables, pairs[position][0], table, question)
            solve_year(
                table.flows_to_scale,
                economies.pop(year),
                table.leontief(),
                [period for _, period in ending.values()],
                [period for _, period in starting.values()],
                (ends[year], starts[year]),
            )
        begun |= starting
        for position, period in ending.values():
            solved.residuals[position] = period.residual
    return solved


def _pass_between(
    period: Period,
    tables: Mapping[int, IOTable],
    base: int,
    last: IOTable,
    question: Question,
) -> None:
    """Solve the states of A between two years, where a model has any; only then is a table read."""
    if len(question.plan.inputs) > 1:
        first = sound_table(tables[base], tolerance=question.tolerance)
        for state, coefficients, system in mixed_systems(first, last):
            period.pass_between(state, coefficients, system)


def _count_elsewhere(
    pairs: Sequence[Pair], all_pairs: Sequence[Pair]
) -> tuple[Counter[int], Counter[int]]:
    """Count by year the periods that end and that start there and are not among the pairs."""
    others = [pair for pair in all_pairs if pair not in set(pairs)]
    return Counter(last for _, last in others), Counter(first for first, _ in others)


def economy_of(table: IOTable, question: Question) -> Economy:
    """Arrays of a sound table and its emissions."""
    require_whole_world(table)
    c = lay_out(question.emissions, table, question.without_output)
    return make_economy(table, c, question.emissions, question.plan, question.variables)


def sum_sectors(rows: Array, countries: int) -> Array:
    """Add up the sectors of each country: (…, n) to (…, I)."""
    return np.asarray(rows.reshape(*rows.shape[:-1], countries, -1).sum(axis=-1))
