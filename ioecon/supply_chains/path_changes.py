"""Structural path decomposition: which supply paths changed most between two years, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ioecon.arrays import TOLERANCE, Array
from ioecon.audit import ROUNDING
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import ArgumentError, IdentityError, LabelError, TableError
from ioecon.prices import require_same_prices
from ioecon.progress import report_progress
from ioecon.supply_chains.chain_year import ChainQuestion, Chains, measure_chains
from ioecon.supply_chains.change_result import PathChanges
from ioecon.supply_chains.choice import Choice, FinalUse
from ioecon.supply_chains.path_factors import METHODS
from ioecon.supply_chains.path_result import label_paths
from ioecon.supply_chains.paths import MOST_BRANCHES, make_limits, report_branches
from ioecon.supply_chains.search import ChainYear, find_paths
from ioecon.table import IOTable

__all__ = ["path_changes"]


def path_changes(
    base: IOTable,
    reporting: IOTable,
    account: Emissions | None = None,
    *,
    method: str = "shapley",
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
) -> PathChanges:
    """Find the supply paths that changed most, each change split over the path's own factors.

    Structural path decomposition (Wood and Lenzen 2009).

    Parameters
    ----------
    base, reporting : IOTable
        Of the whole world, with the same labels, in prices that may be compared: see
        :func:`ioecon.decompose`.
    account : Series or Account, optional
        Of both years; as for :func:`ioecon.structural_paths`.
    method : {"shapley", "two_polar", "lmdi"}
        Mean over all orders in which the factors of a path may change, over the first to the last
        and the last to the first, or logarithmic means (with exact limits at zero).
    destinations, categories, products, origins, origin_sectors
        As for :func:`ioecon.structural_paths`.
    largest : int, optional
        How many paths, by the absolute value of their change; 100 where neither this nor
        ``cutoff`` is given.
    cutoff : float, optional
        Smallest change, as a share of the sum of the absolute values of all paths of the year in
        which that is larger.
    max_order, most_branches, tolerance, without_output, progress
        As for :func:`ioecon.structural_paths`.

    Returns
    -------
    PathChanges

    Raises
    ------
    TableError, LabelError
        If a table delivers to places outside it, or the two differ in labels, unit or currency,
        or are in prices that cannot be compared.
    UnsoundTableError
        If the series E + A + A² + … of absolute values does not converge.
    ArgumentError
        If more branches than allowed may hold a change of the wanted size, or with ``lmdi`` a
        factor changes its sign.
    IdentityError
        If effects do not sum to the changes to 1e-10 of the largest path.

    Notes
    -----
    Both years are searched at once. A branch is given up when what it can carry in either year
    (in both together where paths may be negative) is below the smallest wanted change. The
    intensity of a sector without output in one year is that of the other, so that what appears
    or vanishes does so by deliveries.

    References
    ----------
    Wood and Lenzen (2009), Structural path decomposition, Energy Economics 31(3), 335-341.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> base, reporting = world.series[2003], world.series[2007]
    >>> changes = path_changes(base, reporting, world.emissions, largest=20).to_frame()
    >>> parts = changes["intensity"] + changes["inputs"] + changes["final_demand"]
    >>> bool(abs(parts - changes["change"]).max() < 1e-6)
    True
    """
    if method not in METHODS:
        raise ArgumentError(f"method is one of {', '.join(map(repr, METHODS))}, not {method!r}.")
    _require_comparable(base, reporting)
    use = FinalUse(destinations, categories, products)
    question = ChainQuestion(use, origins, origin_sectors, tolerance, without_output)
    with report_progress(progress, 3) as begin:
        both: list[Chains] = []
        for table in (base, reporting):
            begin(f"Solving for the multipliers of {table.year}")
            both.append(measure_chains(table, account, question))
        years = [chains.year for chains in both]
        gross = max(year.gross for year in years)
        limits = make_limits(largest, cutoff, max_order, most_branches, gross=gross)
        begin("Searching paths")
        signed = any(chains.signed for chains in both)
        found = find_paths(years, limits, signed=signed, report=report_branches(limits))
    rows = tuple(path.rows for path in found)
    factors = tuple(_read_factors(years, path) for path in rows)
    effects = tuple(
        _split(method, pair, path, reporting) for pair, path in zip(factors, rows, strict=True)
    )
    values = np.array([path.values for path in found]).reshape(-1, 2)
    _require_sums(values, effects)
    return PathChanges(
        countries=base.countries,
        sectors=base.sectors,
        years=(base.year, reporting.year),
        method=method,
        rows=rows,
        values=values,
        factors=factors,
        effects=effects,
        footprints=(both[0].footprint, both[1].footprint),
        consumed=use.phrase(),
        unit=both[0].stressor.unit,
        stressor=both[0].stressor.name,
    )


def _require_comparable(base: IOTable, reporting: IOTable) -> None:
    for kind in ("countries", "sectors", "categories"):
        if getattr(base, kind) != getattr(reporting, kind):
            raise LabelError(
                f"The tables of {base.year} and {reporting.year} do not have the same {kind} in "
                "the same order: aggregate both to common ones."
            )
    money = [f"{table.unit} {table.currency}" for table in (base, reporting)]
    if money[0] != money[1]:
        raise TableError(
            f"The table of {base.year} is in {money[0]}, that of {reporting.year} in {money[1]}: "
            "a change needs one unit."
        )
    require_same_prices(base, reporting)


def _read_factors(years: Sequence[ChainYear], rows: tuple[int, ...]) -> Array:
    """Factors of a path in both years, shape (2, k + 2): intensity, coefficients, final demand."""
    intensity = np.array([year.intensity[rows[0]] for year in years])
    idle = np.array([year.per_output[rows[0]] == 0 for year in years])
    if idle.any() and not idle.all():
        intensity[idle] = intensity[~idle]
    steps = [
        [year.Z[seller, buyer] * year.per_output[buyer] for seller, buyer in pairwise(rows)]
        for year in years
    ]
    demand = [[year.demand[rows[-1]]] for year in years]
    return np.hstack([intensity[:, None], np.asarray(steps, dtype=float).reshape(2, -1), demand])


def _split(method: str, factors: Array, rows: tuple[int, ...], table: IOTable) -> Array:
    try:
        return METHODS[method](*factors)
    except ArgumentError as error:
        path = label_paths([rows], table.countries, table.sectors)["path"].iloc[0]
        raise ArgumentError(f"Path {path}: {error}") from error


def _require_sums(values: Array, effects: Sequence[Array]) -> None:
    if not len(values):
        return
    sums = np.array([one.sum() for one in effects])
    miss = np.abs(sums - (values[:, 1] - values[:, 0])).max() / np.abs(values).max()
    if not miss <= TOLERANCE:
        raise IdentityError(
            f"The effects of some path miss its change by {miss:.1e} of the largest path; a sector "
            "without output in one of the years delivers nevertheless: audit both tables."
        )
