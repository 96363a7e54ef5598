"""Structural path analysis: the largest supply chains behind a footprint."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real

import numpy as np

from ioecon.audit import ROUNDING
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import ArgumentError
from ioecon.progress import report_part, report_progress
from ioecon.supply_chains.chain_year import ChainQuestion, measure_chains
from ioecon.supply_chains.choice import Choice, FinalUse
from ioecon.supply_chains.path_result import SupplyPaths
from ioecon.supply_chains.search import SMALLEST_SHARE, Limits, find_paths
from ioecon.table import IOTable

__all__ = ["MOST_BRANCHES", "make_limits", "structural_paths"]

MOST_BRANCHES = 1_000_000
_TIERS = 10


def structural_paths(
    table: IOTable,
    account: Emissions | None = None,
    *,
    destinations: Choice = None,
    categories: Choice = None,
    products: Choice = None,
    origins: Choice = None,
    origin_sectors: Choice = None,
    largest: int | None = None,
    cutoff: float | None = None,
    max_order: int | None = None,
    most_branches: int = MOST_BRANCHES,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
    progress: bool = False,
) -> SupplyPaths:
    """Find the largest paths behind a footprint (structural path analysis).

    Parameters
    ----------
    table : IOTable
        Of the whole world.
    account : Series or Account, optional
        Emissions, jobs, a row of primary inputs (:func:`ioecon.account_of_inputs`); by default the
        table's value added: output less inputs, taxes included.
    destinations, categories, products : str or iterable of str, optional
        Countries that consume, categories of final demand, and sectors whose products are
        consumed; by default all.
    origins, origin_sectors : str or iterable of str, optional
        Countries and sectors where paths begin: where the stressor is; by default all.
    largest : int, optional
        How many paths; 100 where neither this nor ``cutoff`` is given.
    cutoff : float, optional
        Smallest size of a path, as a share of the sum of the absolute values of all paths, which
        is the footprint where nothing is negative.
    max_order : int, optional
        Most steps of inputs; by default any.
    most_branches : int
        Nodes of the chain after which the search is given up; a million take some 300 MB.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        See :func:`ioecon.decompose`.
    progress : bool
        Whether to show how far the search is, on a terminal.

    Returns
    -------
    SupplyPaths

    Raises
    ------
    TableError
        If the table delivers to places outside it.
    LabelError
        If a label is not in the table.
    UnsoundTableError
        If the series E + A + A² + … of absolute values does not converge.
    ArgumentError
        If more branches than allowed may hold a path of the wanted size.

    Notes
    -----
    A path of order k carries ``e[i_k] A[i_k, i_k−1] … A[i_1, i_0] y[i_0]``, a term of
    e (E + A + A² + …) y. A branch is given up when all that it can carry, the multiplier
    e L times the amount delivered, is below the smallest wanted size: no larger path is missed.
    Where something is negative the bound is of absolute values, which for negative inputs
    takes a second factorisation. Paths below 1e-10 of all are never listed.

    References
    ----------
    Defourny and Thorbecke (1984), The Economic Journal 94(373), 111-136. Lenzen (2003),
    Structural Change and Economic Dynamics 14(1), 1-34.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> table = world.series[2007]
    >>> paths = structural_paths(table, world.emissions, destinations="XAD", largest=5)
    >>> len(paths.to_frame()), bool(0 < paths.covered < 1)
    (5, True)
    """
    question = ChainQuestion(
        FinalUse(destinations, categories, products),
        origins,
        origin_sectors,
        tolerance,
        without_output,
    )
    with report_progress(progress, 2) as begin:
        begin("Solving for the multipliers")
        chains = measure_chains(table, account, question)
        limits = make_limits(largest, cutoff, max_order, most_branches, gross=chains.year.gross)
        begin("Searching paths")
        found = find_paths(
            [chains.year], limits, signed=chains.signed, report=report_branches(limits)
        )
    shown = _TIERS if max_order is None else min(max_order, _TIERS)
    orders = max([shown, *(len(path.rows) - 1 for path in found)])
    return SupplyPaths(
        countries=table.countries,
        sectors=table.sectors,
        year=table.year,
        rows=tuple(path.rows for path in found),
        values=np.array([path.values[0] for path in found]),
        footprint=chains.footprint,
        tiers=chains.sum_tiers(orders),
        consumed=question.use.phrase(),
        unit=chains.stressor.unit,
        stressor=chains.stressor.name,
    )


def make_limits(
    largest: int | None,
    cutoff: float | None,
    max_order: int | None,
    most_branches: int,
    *,
    gross: float,
) -> Limits:
    """Check which paths are wanted; ``gross`` is the sum of the sizes of all."""
    for name, number, least in (
        ("largest", largest, 1),
        ("max_order", max_order, 0),
        ("most_branches", most_branches, 1),
    ):
        whole = isinstance(number, Integral) and not isinstance(number, bool)
        if number is not None and not (whole and number >= least):
            raise ArgumentError(f"{name} is a whole number of {least} or more, not {number!r}.")
    if cutoff is not None and not (isinstance(cutoff, Real) and SMALLEST_SHARE <= cutoff <= 1):
        raise ArgumentError(
            f"cutoff is a share of all paths, from {SMALLEST_SHARE:g} to 1, not {cutoff!r}."
        )
    if largest is None and cutoff is None:
        largest = 100
    share = SMALLEST_SHARE if cutoff is None else float(cutoff)
    return Limits(largest, share * gross, max_order, most_branches)


def report_branches(limits: Limits) -> Callable[[int], None]:
    """Tell who looks how many branches of those allowed were opened."""
    return lambda opened: report_part(
        "branches", min(opened, limits.most_branches), limits.most_branches, "branches"
    )
