"""What a study of transfers between regions consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ioecon.study.input_output.settings import WORLD, EmissionData, Tables
from ioecon.study.sections import describe, refuse_hidden_signs
from ioecon.study.settings import TextFile, parse_notes, parse_separator

__all__ = [
    "EMBEDDED",
    "REGIONS",
    "CoefficientData",
    "Driver",
    "FlowFigures",
    "RegionTables",
    "Regions",
    "Xiao2014Study",
]

REGIONS = "regions"  # format of the embedded, fictional regions
EMBEDDED = (REGIONS, WORLD)


def _parse_drivers(value: object) -> tuple[str, ...]:
    """One driver, or a list of drivers that are added up."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ValueError(
            'must be "final_demand", "exports", "exports:DESTINATION", a category of final demand, '
            f"or a list of these, not {describe(value)}."
        )
    for name in names:
        refuse_hidden_signs(name, "driven_by")
    if len(set(names)) < len(names):
        raise ValueError("names a driver twice.")
    return tuple(names)


@dataclass(frozen=True)
class RegionTables(Tables):
    """The input-output tables of two years; ``"regions"`` are the embedded, fictional ones."""

    format: str = REGIONS


@dataclass(frozen=True)
class Regions(TextFile):
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
class CoefficientData(TextFile):
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
    # Found in the file itself where it is not named.
    separator: str | None = field(default=None, metadata={"parse": parse_separator}, kw_only=True)


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
class Xiao2014Study:
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
    notes: tuple[str, ...] = field(default=(), metadata={"parse": parse_notes})
