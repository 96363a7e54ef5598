"""What a study of transfers can get wrong, found before a table is read or, for names, computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

from ioecon import datasets
from ioecon.errors import IoeconError, StudyError
from ioecon.readers import years_offered
from ioecon.series import IOSeries
from ioecon.study.checks import absent_files, content_problems, unit_problems
from ioecon.study.input_output.checks import (
    emission_file_problems,
    emission_problems,
    table_problems,
    year_problems,
)
from ioecon.study.input_output.settings import WORLD
from ioecon.study.inputs import text_options
from ioecon.study.problems import Check
from ioecon.study.sections import nearest
from ioecon.study.xiao2014.inputs import coefficients_of, read_regions
from ioecon.study.xiao2014.settings import EMBEDDED, REGIONS, Driver, Xiao2014Study
from ioecon.study.xiao2014.wording import TOTAL
from ioecon.table import IOTable
from ioecon.units import read_ratio

__all__ = ["FILE_CHECKS", "SETTINGS_CHECKS", "plan_of", "require_known_names"]

_MOST_SHOWN = 1000


@dataclass(frozen=True)
class _Names:
    """What the tables of a study call their parts."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    exports: tuple[str, ...]

    @classmethod
    def of(cls, table: IOTable) -> _Names:
        return cls(table.countries, table.sectors, table.categories, table.export_labels)


@cache
def _load_embedded(format: str) -> IOSeries:
    return datasets.load_regions().tables if format == REGIONS else datasets.load_world().series


def plan_of(study: Xiao2014Study) -> str:
    """Say in one line what a study would run."""
    between = f"{len(study.analysed)} regions" if study.analysed else "all regions"
    if study.coefficients.file is not None:
        source = study.coefficients.file.name
    elif study.emissions is not None and study.emissions.file is not None:
        source = study.emissions.file.name
    else:
        source = "embedded data"
    drivers = ", ".join(driver.name for driver in study.drivers) or "final demand and exports"
    return (
        f"{study.kind} on {study.tables.format}: transfers between {between} driven by {drivers}, "
        f"coefficients from {source}"
    )


def require_known_names(study: Xiao2014Study, table: IOTable) -> None:
    """Refuse labels that name neither a sector nor a region of the table; drivers likewise.

    Parameters
    ----------
    study : Xiao2014Study
    table : IOTable
        Grouped and cut.

    Raises
    ------
    StudyError
        All that is wrong, one sentence each.
    """
    names = _Names.of(table)
    found = [*_find_unknown_labels(study, names, ()), *_find_unknown_drivers(study, names)]
    if found:
        raise StudyError("\n  ".join(found))


def _table_problems(study: Xiao2014Study) -> Iterator[str | IoeconError]:
    yield from table_problems(study.tables, EMBEDDED)
    if study.tables.years and len(study.tables.years) != 2:
        yield f"tables.years names {len(study.tables.years)} years; transfers run between two."
    if study.tables.format == WORLD and not study.tables.years:
        yield "tables.years is missing: transfers run between two years of the embedded world."


def _region_problems(study: Xiao2014Study) -> Iterator[str]:
    regions = study.regions
    if regions is not None and bool(regions.file) == bool(regions.groups):
        yield "[regions] needs either file or groups: the countries of each region."
    if regions is not None and regions.groups:
        yield from _group_problems(regions.groups)
    if study.destinations and not study.analysed:
        yield "destinations go with analysed: name the regions between which transfers run."
    for name in dict.fromkeys(study.analysed):
        if study.analysed.count(name) > 1:
            yield f"analysed names {name!r} twice."
    seen: dict[str, str] = dict.fromkeys(study.analysed, "analysed")
    for label, members in study.destinations.items():
        if not members:
            yield f"destinations.{label} names no region."
        for member in members:
            if member in seen:
                yield f"destinations.{label} names {member!r}, which is in {seen[member]} too."
            seen[member] = f"destinations.{label}"


def _group_problems(groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for region, countries in groups.items():
        if not countries:
            yield f"regions.groups names no country for {region!r}."
        for country in countries:
            if country in seen:
                yield f"regions.groups puts {country} into {seen[country]!r} and {region!r}."
            seen[country] = region


def _coefficient_problems(study: Xiao2014Study) -> Iterator[str | IoeconError]:
    embedded = study.tables.format in EMBEDDED
    coefficients, emissions = study.coefficients, study.emissions
    if coefficients.file is not None and emissions is not None:
        yield "coefficients.file and [emissions] both give coefficients; keep one of them."
    if coefficients.file is None and emissions is None and not embedded:
        yield "coefficients are missing: give coefficients.file, or [emissions] to compute them."
    if emissions is not None and emissions.file is None and not emissions.inputs:
        yield "emissions.file is missing; without [emissions] embedded tables bring their own."
    if coefficients.file is not None and study.regions is not None:
        yield (
            "coefficients.file is by region and sector of the grouped table, which has no "
            "emissions by country to compare with; give [emissions] with a concordance."
        )
    if coefficients.file is None and (coefficients.unit or coefficients.ignore):
        yield "coefficients.unit and coefficients.ignore go with coefficients.file."
    yield from unit_problems("coefficients.unit", coefficients.unit, read_ratio)
    if emissions is not None:
        yield from emission_problems(emissions)


def _driver_problems(study: Xiao2014Study) -> Iterator[str]:
    names = [driver.name for driver in study.drivers]
    for name in dict.fromkeys(names):
        if names.count(name) > 1 or name == TOTAL:
            yield f"two drivers have the name {name!r}; {TOTAL!r} is the sum of all."
        if not name.strip():
            yield "a driver has an empty name."


def _count_problems(study: Xiao2014Study) -> Iterator[str]:
    for key, count in (
        ("top", study.top),
        ("figures.flows", study.figures.flows),
        ("figures.pairs", study.figures.pairs),
    ):
        if not 1 <= count <= _MOST_SHOWN:
            yield f"{key} is {count}; give 1 or more, up to {_MOST_SHOWN}."


def _name_problems(study: Xiao2014Study) -> Iterator[str]:
    """Names of regions, drivers and labels, where embedded tables tell them."""
    if study.tables.format not in EMBEDDED:
        return
    series = _load_embedded(study.tables.format)
    table = series[series.years[0]]
    groups = study.regions.groups if study.regions is not None else {}
    yield from _find_unknown_countries(groups, table.countries)
    known: tuple[str, ...] = tuple(groups)
    if study.regions is None:
        known = table.countries
    if known:
        for key, regions in (("analysed", study.analysed), *(
            (f"destinations.{label}", members) for label, members in study.destinations.items()
        )):  # fmt: skip
            for name in regions:
                if name not in known:
                    yield f"{key} names {name!r}, which is no region; {nearest(name, known)}"
    names = _Names.of(table)
    if study.regions is None or groups:
        yield from _find_unknown_labels(study, names, known)
    yield from _find_unknown_drivers(study, names)


def _find_unknown_countries(
    groups: Mapping[str, tuple[str, ...]], countries: tuple[str, ...]
) -> Iterator[str]:
    placed = {country for members in groups.values() for country in members}
    for region, members in groups.items():
        for country in members:
            if country not in countries:
                yield (
                    f"regions.groups.{region} names {country!r}, which the tables do not have; "
                    f"{nearest(country, countries)}"
                )
    left = [country for country in countries if country not in placed]
    if groups and left:
        yield f"regions.groups does not place {', '.join(left)}; put every country into a region."


def _find_unknown_labels(
    study: Xiao2014Study, names: _Names, regions: Iterable[str]
) -> Iterator[str]:
    outside = (*study.destinations, "outside", *(driver.name for driver in study.drivers))
    members = (member for group in study.destinations.values() for member in group)
    known = {*names.countries, *names.sectors, *names.categories, *names.exports, *regions,
             *outside, *members, *study.analysed}  # fmt: skip
    for name in study.labels:
        if name not in known:
            yield (
                f"labels names {name!r}, which is neither a sector nor a region; "
                f"{nearest(name, known)}"
            )


def _find_unknown_drivers(study: Xiao2014Study, names: _Names) -> Iterator[str]:
    """Drivers that the tables do not have; exports to cut-off regions are known once cut."""
    known = {"all", "final_demand", *names.categories}
    exports = [*names.exports, *study.destinations, *(["outside"] if study.analysed else [])]
    if exports:
        known |= {"exports", *(f"exports:{label}" for label in exports)}
    for number, driver in enumerate(study.drivers, start=1):
        for name in driver.driven_by:
            if name.startswith("exports") and not exports:
                yield f"drivers[{number}].driven_by: the tables have no column of exports."
            elif name not in known:
                yield f"drivers[{number}].driven_by names {name!r}; {nearest(name, known)}"
    yield from _find_counted_twice(study.drivers, names)


def _find_counted_twice(drivers: Iterable[Driver], names: _Names) -> Iterator[str]:
    """Drivers that contain one another: their sum would count demand twice."""
    exports = tuple(f"exports:{label}" for label in names.exports)
    whole = {
        "final_demand": names.categories,
        "exports": exports,
        "all": (*names.categories, *exports),
    }
    owner: dict[str, str] = {}
    for driver in drivers:
        for part in (part for name in driver.driven_by for part in whole.get(name, (name,))):
            if part in owner:
                yield (
                    f"The drivers {owner[part]!r} and {driver.name!r} both contain {part}; the "
                    "total would count it twice."
                )
                break
            owner[part] = driver.name


def _year_problems(study: Xiao2014Study) -> Iterator[str | IoeconError]:
    tables = study.tables
    embedded = (
        {tables.format: _load_embedded(tables.format).years} if tables.format in EMBEDDED else {}
    )
    found = [*year_problems(tables, embedded)]
    yield from found
    if found or tables.years or embedded or tables.path is None:
        return
    try:
        options = text_options(tables) | dict(tables.options)
        there = years_offered(tables.path, format=tables.format, **options)
    except IoeconError:
        return
    if there and len(there) != 2:
        yield (
            f"tables.years is missing: transfers run between two years, and the tables have "
            f"{', '.join(map(str, there))}; name two, such as years = [2002, 2007]."
        )


def _content_problems(study: Xiao2014Study) -> Iterator[IoeconError]:
    yield from emission_file_problems(study.emissions)
    regions, coefficients = study.regions, study.coefficients
    if regions is not None and regions.file is not None:
        read = partial(read_regions, regions)
        yield from content_problems("regions", regions, regions.file, read)
    if coefficients.file is not None:
        get = partial(coefficients_of, coefficients)
        yield from content_problems("coefficients", coefficients, coefficients.file, get)


SETTINGS_CHECKS = (
    Check(_table_problems, needs=("tables",)),
    Check(_region_problems, needs=("regions", "analysed", "destinations")),
    Check(_coefficient_problems, needs=("tables", "coefficients", "emissions", "regions")),
    Check(_driver_problems, needs=("drivers",)),
    Check(_count_problems, needs=("top", "figures")),
    Check(
        _name_problems, needs=("tables", "regions", "analysed", "destinations", "drivers", "labels")
    ),
)
FILE_CHECKS = (
    Check(absent_files, needs=()),
    Check(_year_problems, needs=("tables",)),
    Check(_content_problems, needs=("emissions", "regions", "coefficients")),
)
