"""What a study of transfers between regions consists of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ioecon.study.settings import WORLD, EmissionData, Tables

__all__ = [
    "EMBEDDED",
    "REGIONS",
    "CoefficientData",
    "Driver",
    "FlowFigures",
    "RegionTables",
    "Regions",
    "TransferStudy",
    "problems",
]

REGIONS = "regions"  # format of the embedded, fictional regions
EMBEDDED = (REGIONS, WORLD)


def _parse_drivers(value: object) -> tuple[str, ...]:
    """One driver, or a list of drivers that are added up."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ValueError(
            'must be "final_demand", "exports", "exports:DESTINATION", a category of final demand, '
            f"or a list of these, not {value!r}."
        )
    if len(set(names)) < len(names):
        raise ValueError("names a driver twice.")
    return tuple(names)


@dataclass(frozen=True)
class RegionTables(Tables):
    """The input-output tables of two years; ``"regions"`` are the embedded, fictional ones."""

    format: str = REGIONS


@dataclass(frozen=True)
class Regions:
    """Concordance that groups the countries of a table into regions.

    Attributes
    ----------
    file : Path, optional
        CSV file with a row per country.
    country, region : str
        Its columns.
    groups : mapping of str to tuple of str
        Region to its countries, in place of a file.
    """

    file: Path | None = None
    country: str = "iso3"
    region: str = "region"
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CoefficientData:
    """Emissions per unit of output.

    Attributes
    ----------
    file : Path, optional
        CSV or workbook that :func:`ioecon.read_coefficients` reads, such as the one that
        ``ioecon template`` writes. Without it they come from the emissions.
    unit : str, optional
        Unit of the coefficients, for example ``"kt per million USD"``, where the file does not
        say it.
    ignore : tuple of str
        Columns of the file that are not to be read.
    at : {"last", "each"}
        The reporting year's coefficients in both years, as in the paper, so that only the move
        counts; or each year's own.
    """

    file: Path | None = None
    unit: str | None = None
    ignore: tuple[str, ...] = ()
    at: Literal["last", "each"] = "last"


@dataclass(frozen=True)
class Driver:
    """What drives output: a name to print, and drivers of :func:`ioecon.transfers` to add up."""

    name: str
    driven_by: tuple[str, ...] = field(metadata={"parse": _parse_drivers})


@dataclass(frozen=True)
class FlowFigures:
    """How many net flows the picture draws and how many pairs the figure of leakage names."""

    flows: int = 20
    pairs: int = 15


@dataclass(frozen=True)
class TransferStudy:
    """A study of the second paper's kind: what moved between regions, and its carbon.

    Attributes
    ----------
    title : str
    kind : str
        ``"xiao2014"``.
    tables : RegionTables
    regions : Regions, optional
        Groups the tables' countries.
    analysed : tuple of str
        Regions between which transfers are measured; deliveries to the others become exports.
        All by default.
    destinations : mapping of str to tuple of str
        Names of destinations of exports to regions that are not analysed.
    coefficients : CoefficientData
    emissions : EmissionData, optional
        National totals or an account by sector, from which coefficients are computed.
    drivers : tuple of Driver
        Final demand and, where the tables have them, exports by default.
    top : int
        How many sectors table 1 names in each direction.
    published : str, optional
        ``"xiao2014"``: check the paper's printed numbers against each other.
    figures : FlowFigures
    labels : mapping
        Printed names of sectors and regions.
    notes : tuple of str
        Remarks for the results page.
    """

    title: str = "Untitled study"
    kind: Literal["xiao2014"] = "xiao2014"
    tables: RegionTables = field(default_factory=RegionTables)
    regions: Regions | None = None
    analysed: tuple[str, ...] = ()
    destinations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    coefficients: CoefficientData = field(default_factory=CoefficientData)
    emissions: EmissionData | None = None
    drivers: tuple[Driver, ...] = ()
    top: int = 5
    published: Literal["xiao2014"] | None = None
    figures: FlowFigures = field(default_factory=FlowFigures)
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def problems(study: TransferStudy) -> Iterator[str]:
    """Say what the parts of a study get wrong about each other."""
    tables, regions = study.tables, study.regions
    embedded = tables.format in EMBEDDED
    if embedded and tables.path is not None:
        yield f"tables.path goes with a format other than the embedded {tables.format!r}; name it."
    if not embedded and tables.path is None:
        yield f"tables.format = {tables.format!r} needs tables.path, the folder of its files."
    if tables.years and len(tables.years) != 2:
        yield f"tables.years names {len(tables.years)} years; transfers run between two."
    if tables.tolerance < 0:
        yield f"tables.tolerance is a share of output, not {tables.tolerance:g}."
    if regions is not None and bool(regions.file) == bool(regions.groups):
        yield "[regions] needs either file or groups: the countries of each region."
    if regions is not None and regions.groups:
        yield from _in_two_groups(regions.groups)
    if study.destinations and not study.analysed:
        yield "destinations go with analysed: name the regions between which transfers run."
    yield from _coefficient_problems(study, embedded)
    names = [driver.name for driver in study.drivers]
    for name in names:
        if names.count(name) > 1 or name == "Total":
            yield f"two drivers have the name {name!r}; 'Total' is the sum of all."
    for key, count in (
        ("top", study.top),
        ("figures.flows", study.figures.flows),
        ("figures.pairs", study.figures.pairs),
    ):
        if count < 1:
            yield f"{key} is {count}; give 1 or more."


def _in_two_groups(groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for region, countries in groups.items():
        if not countries:
            yield f"regions.groups names no country for {region!r}."
        for country in countries:
            if country in seen:
                yield f"regions.groups puts {country} into {seen[country]!r} and {region!r}."
            seen[country] = region


def _coefficient_problems(study: TransferStudy, embedded: bool) -> Iterator[str]:
    coefficients, emissions = study.coefficients, study.emissions
    if coefficients.file is not None and emissions is not None:
        yield "coefficients.file and [emissions] both give coefficients; keep one of them."
    if coefficients.file is None and emissions is None and not embedded:
        yield "coefficients are missing: give coefficients.file, or [emissions] to compute them."
    if emissions is not None and emissions.file is None:
        yield "emissions.file is missing; without [emissions] embedded tables bring their own."
    if coefficients.file is not None and study.regions is not None:
        yield (
            "coefficients.file is by region and sector of the grouped table, which has no "
            "emissions by country to compare with; give [emissions] with a concordance."
        )
    if coefficients.file is None and (coefficients.unit or coefficients.ignore):
        yield "coefficients.unit and coefficients.ignore go with coefficients.file."
    if (
        emissions is not None
        and emissions.format != "csv"
        and (emissions.fill or emissions.rest_of_world)
    ):
        yield "emissions.fill and emissions.rest_of_world go with national totals from CSV only."
