"""Completing national totals, each time on request and on record: other sources, rest of world.

Every step is written to ``attrs["completed"]``, a list of what was added from where.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd

from ioecon.emissions.checks import TOTALS, canonical_emissions
from ioecon.emissions.labels import WORLD
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError
from ioecon.stressor import Stressor
from ioecon.wording import listed, places

__all__ = ["fill_emissions", "rest_of_world"]


def fill_emissions(
    emissions: pd.Series,
    other: pd.Series,
    *,
    countries: Iterable[str],
    years: Iterable[int] | None = None,
) -> pd.Series:
    """Add countries from another source of national totals.

    Values already in ``emissions`` are never replaced.

    Parameters
    ----------
    emissions, other : pandas.Series
        National totals of the same stressor in the same unit, indexed (country, year); CO2 in kt
        unless ``attrs`` say otherwise.
    countries : iterable of str
        Countries to complete from ``other``, e.g. ``["TWN"]``.
    years : iterable of int, optional
        Years to complete; by default those of ``emissions``.

    Returns
    -------
    pandas.Series
        Totals; ``attrs["completed"]`` says what came from where.

    Raises
    ------
    EmissionsError
        When ``other`` lacks a country or year that is to be filled, nothing is missing, or the
        two are of different stressors or units.

    Examples
    --------
    >>> def totals(country, value):
    ...     index = pd.MultiIndex.from_tuples([(country, 2000)], names=["country", "year"])
    ...     return pd.Series([value], index=index)
    >>> fill_emissions(totals("CHN", 9.0), totals("TWN", 2.0), countries=["TWN"]).to_dict()
    {('CHN', 2000): 9.0, ('TWN', 2000): 2.0}
    """
    stressor = _stressor_of_both(emissions, other, "The other source")
    ours, theirs = _check_totals(emissions, stressor), _check_totals(other, stressor)
    names = [countries] if isinstance(countries, str) else list(dict.fromkeys(countries))
    span = _find_years(ours) if years is None else sorted({int(year) for year in years})
    wanted = pd.MultiIndex.from_product([names, span], names=list(TOTALS))
    gaps = wanted[~wanted.isin(ours.index)]
    if not len(gaps):
        raise EmissionsError(
            f"Nothing is missing for {listed(names)} in {span[0]}-{span[-1]}: there is nothing to "
            "fill, and values that are there are never replaced."
        )
    absent = gaps[~gaps.isin(theirs.index)]
    if len(absent):
        raise EmissionsError(
            f"The other source has no {stressor.phrase} for {places(absent)} either: name another "
            "source, or the years to fill with years=..."
        )
    added = theirs.reindex(gaps)
    return _record_step(
        pd.concat([ours, added]),
        emissions,
        {
            "step": "filled",
            "countries": sorted(set(gaps.get_level_values("country"))),
            "years": _find_years(added),
            "source": Provenance.of(other).name_source(),
        },
    )


def rest_of_world(
    emissions: pd.Series,
    world: str | pd.Series = WORLD,
    *,
    countries: Iterable[str] | None = None,
    years: Iterable[int] | None = None,
    label: str = "ROW",
) -> pd.Series:
    """Emissions of the rest of the world: the world's total less all listed countries.

    Parameters
    ----------
    emissions : pandas.Series
        National totals indexed (country, year); CO2 in kt unless ``attrs`` say otherwise.
    world : str or pandas.Series
        Label of the world's total in ``emissions``, or the totals, of the same stressor in the
        same unit, indexed by year (or by (country, year) with one country).
    countries : iterable of str, optional
        The countries that are listed, i.e. not part of the rest; by default all in ``emissions``.
        Others in ``emissions`` become part of the rest and are left out of the result, so that
        the result covers the world exactly once.
    years : iterable of int, optional
        Years wanted; by default those of the world's total.
    label : str
        Label of the rest.

    Returns
    -------
    pandas.Series
        The listed countries and the rest, without the world's total.

    Raises
    ------
    EmissionsError
        When a listed country or the world lacks a year, the rest is already there, or comes out
        negative.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["AUS", "WLD"], [2000]], names=["country", "year"])
    >>> rest_of_world(pd.Series([3.0, 10.0], index=index)).to_dict()
    {('AUS', 2000): 3.0, ('ROW', 2000): 7.0}
    """
    stressor = Provenance.of(emissions).read_stressor()
    totals = _check_totals(emissions, stressor)
    whole, world_name = _find_world(totals, emissions, world)
    total_label = world if isinstance(world, str) else ""
    there = [str(name) for name in totals.index.unique("country") if name != total_label]
    if label in there:
        raise EmissionsError(
            f"The {stressor.phrase} already have {label}: it cannot be formed once more by "
            "difference."
        )
    if isinstance(countries, str):
        countries = [countries]
    listed_countries = there if countries is None else [str(name) for name in countries]
    listed_countries = [name for name in listed_countries if name not in (label, total_label)]
    twice = [name for name, count in Counter(listed_countries).items() if count > 1]
    if twice:
        raise EmissionsError(f"countries names {listed(twice)} more than once.")
    span = sorted({int(year) for year in (whole.index if years is None else years)})
    absent = [year for year in span if year not in whole.index]
    if absent:
        raise EmissionsError(f"The world's total ({world_name}) lacks {listed(absent)}.")
    wanted = pd.MultiIndex.from_product([listed_countries, span], names=list(TOTALS))
    missing = wanted[~wanted.isin(totals.index)]
    if len(missing):
        raise EmissionsError(
            f"{stressor.subject} are missing for {places(missing)}: the rest of the world cannot "
            "be told from them; add them first with ioecon.fill_emissions, or name the listed "
            "countries and years with countries= and years=."
        )
    countries_part = totals.reindex(wanted)
    rest = whole.reindex(span) - countries_part.groupby(level="year").sum().reindex(span)
    signed = Provenance.of(emissions).signed is True
    if not signed and (rest < 0).any():
        worst = [
            f"{year} ({amount:,.0f} {stressor.unit})" for year, amount in rest[rest < 0].items()
        ]
        raise EmissionsError(
            f"The listed countries have more {stressor.phrase} than the world ({world_name}): the "
            "rest would be "
            f"negative in {listed(worst)}. "
            "The two sources do not fit together."
        )
    rest.index = pd.MultiIndex.from_product([[label], span], names=list(TOTALS))
    return _record_step(
        pd.concat([countries_part, rest]),
        emissions,
        {
            "step": "rest of world by difference",
            "countries": [label],
            "years": span,
            "source": world_name,
            "listed": listed_countries,
        },
    )


def _check_totals(emissions: pd.Series, stressor: Stressor) -> pd.Series:
    signed = Provenance.of(emissions).signed is True
    return canonical_emissions(emissions, TOTALS, stressor, signed=signed)


def _stressor_of_both(emissions: pd.Series, other: pd.Series, what: str) -> Stressor:
    """Stressor of the first, which that of the other must be."""
    stressor = Provenance.of(emissions).read_stressor()
    Provenance.of(other).require_stressor(stressor, what)
    return stressor


def _find_world(
    totals: pd.Series, emissions: pd.Series, world: str | pd.Series
) -> tuple[pd.Series, str]:
    if isinstance(world, str):
        if world not in totals.index.unique("country"):
            raise EmissionsError(
                f"The emissions have no '{world}' (the world's total); give it as world=..., a "
                "label in the emissions or a Series by year."
            )
        name = Provenance.of(emissions).name_source()
        return totals.xs(world, level="country"), f"{world} of {name}" if name else world
    stressor = _stressor_of_both(emissions, world, "The world's total")
    signed = Provenance.of(world).signed is True
    if isinstance(world.index, pd.MultiIndex):
        series = canonical_emissions(world, TOTALS, stressor, signed=signed)
        if series.index.unique("country").size != 1:
            raise EmissionsError("The world's total must be one series, not several countries.")
        series = series.droplevel("country")
    else:
        keyed = pd.concat({WORLD: world}, names=list(TOTALS))
        checked = canonical_emissions(keyed, TOTALS, stressor, signed=signed)
        series = checked.droplevel("country")
    return series, Provenance.of(world).name_source() or "the series given"


def _find_years(totals: pd.Series) -> list[int]:
    return sorted(int(year) for year in totals.index.unique("year"))


def _record_step(totals: pd.Series, before: pd.Series, step: dict[str, Any]) -> pd.Series:
    known = Provenance.of(before)
    stressor = known.read_stressor()
    known = known.of_stressor(stressor, signed=known.signed is True).add_step(step)
    return known.write_on(totals.rename(stressor.column))
