"""Decompose the difference between two databases of one year instead of a change over time."""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.decomposition.economy import make_economy
from ioecon.decomposition.effects import Effects
from ioecon.decomposition.identity import join_residuals, measure_residuals
from ioecon.decomposition.models import dong2022
from ioecon.decomposition.one_period import Economy, Period, solve_year
from ioecon.decomposition.periods import sum_sectors
from ioecon.decomposition.plan import Plan, make_plan
from ioecon.emissions.by_sector import (
    CheckedEmissions,
    Emissions,
    WithoutOutput,
    check_emissions,
    lay_out,
)
from ioecon.errors import ArgumentError
from ioecon.matching import ForTwo, Matched, match_tables
from ioecon.stressor import require_same
from ioecon.table import IOTable

__all__ = ["decompose_between"]


def decompose_between(
    first: IOTable,
    second: IOTable,
    first_emissions: Emissions,
    second_emissions: Emissions,
    *,
    concordance: ForTwo = None,
    regions: ForTwo = None,
    accounting: str = "satellite",
    names: tuple[str, str] = ("first", "second"),
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> Effects:
    """Two-polar structural decomposition of the difference between two databases.

    What would the first database's emissions of each country have been with the second one's
    intensities, technology, or level, mix and distribution of final demand? The effects are those
    of :func:`ioecon.decompose`, from the first to the second database instead of from a year to a
    later one (Owen et al. 2014), and sum to the difference exactly.

    Parameters
    ----------
    first, second : IOTable
        Tables of one year in the same unit, currency and prices.
    first_emissions, second_emissions : Series or Account
        Of each table, labelled as it is: CO2 in kt, or any stressor in one unit.
    concordance, regions
        To common sectors and countries; see :func:`ioecon.compare_tables`. Emissions are laid onto
        the tables first and then summed.
    accounting : {"satellite", "carbon_table"}
        As for :func:`ioecon.decompose`. Databases differ in their intensities first of all, so
        here they have an effect of their own by default.
    names : tuple of two str
        What the databases are called in print.
    tolerance, without_output
        As for :func:`ioecon.decompose`.

    Returns
    -------
    Effects
        Second less first, with :attr:`~ioecon.Effects.databases`; its one period is the year.

    Raises
    ------
    TableError, LabelError
        If the tables are of different years, units, currencies or prices, or cannot be brought to
        the same labels.
    EmissionsError
        As :func:`ioecon.decompose`, or if the emissions are of two stressors or in two units.
    UnsoundTableError, IdentityError
        As :func:`ioecon.decompose`.

    Notes
    -----
    Neither database comes before the other. The effects are therefore the mean of both orders,
    ½ [effects(first → second) − effects(second → first)]: exchanging the databases changes all
    signs and nothing else. The two orders share the factorisations where both are kept
    (:func:`ioecon.leontief.set_factorisation_memory`); they differ only in whose
    technology it is that changed, ½ (L₁ ΔA L₀ + L₀ ΔA L₁) for L₁ ΔA L₀.

    References
    ----------
    Owen, A., Steen-Olsen, K., Barrett, J., Wiedmann, T. and Lenzen, M. (2014). A structural
    decomposition approach to comparing MRIO databases. Economic Systems Research 26, 262–283.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> table = world.series[2005]
    >>> other = table.replace(Z=table.Z * 1.1)
    >>> effects = ioecon.decompose_between(table, other, world.emissions, world.emissions)
    >>> bool(abs(effects.change()).max() < 1e-6)
    True
    >>> bool(effects.by_country().sum()["technology"].sum() > 0)
    True
    """
    plan = make_plan(dong2022, accounting, None, None)
    if len(names) != 2 or names[0] == names[1]:
        raise ArgumentError(f"names are two names that differ, not {names!r}.")
    checked = tuple(check_emissions(given) for given in (first_emissions, second_emissions))
    require_same(checked[0].stressor, checked[1].stressor, "What the second table emits")
    sound = tuple(sound_table(table, tolerance=tolerance) for table in (first, second))
    matched = match_tables(*sound, concordance=concordance, regions=regions)
    one, other = (
        _make_common_economy(item, emissions, without_output, plan)
        for item, emissions in zip(matched, checked, strict=True)
    )
    factors = plan.model.names
    both = np.empty((2, len(factors), *one.demand.shape[1:]))
    states = np.empty((2, 2 ** len(factors), both.shape[3]))
    there = Period(one, other, plan, both[0], states[0])
    back = Period(other, one, plan, both[1], states[1])
    for item, economy, ending, starting in (
        (matched[0], one, [], [there]),
        (matched[1], other, [there], [back]),
        (matched[0], one, [back], []),
    ):
        grouped = item.grouped
        solve_year(grouped.Z, economy, grouped.leontief(), ending, starting)
    values = (both[0] - both[1])[None] / 2
    changes = (other.emissions - one.emissions)[None]
    table = matched[0].grouped
    periods = ((table.year, table.year),)
    size = np.abs(sum_sectors(np.stack([one.emissions, other.emissions]), len(table.countries)))
    stressor = checked[0].stressor
    return Effects(
        accounting=accounting,
        factors=factors,
        countries=table.countries,
        sectors=table.sectors,
        periods=periods,
        values=values,
        row_changes=changes,
        residuals=measure_residuals(
            values, changes, np.array([size.max()]), table.countries, periods, stressor
        ),
        unit=stressor.unit,
        stressor=stressor.name,
        databases=(str(names[0]), str(names[1])),
        solve_residuals=join_residuals([back.residual]),
        plan=plan,
        states=states[:1],
    )


def _make_common_economy(
    matched: Matched,
    emissions: CheckedEmissions,
    without_output: WithoutOutput,
    plan: Plan,
) -> Economy:
    emissions.require_coverage(matched.table.countries, [matched.table.year])
    detailed: Array = lay_out(emissions, matched.table, without_output)
    c = np.asarray(matched.by_row @ detailed)
    return make_economy(matched.grouped, c, emissions, plan)
