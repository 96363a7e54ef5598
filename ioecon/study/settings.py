"""What a study consists of: one frozen dataclass per section of a study file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ioecon.audit import ROUNDING
from ioecon.study.sections import describe, refuse_hidden_signs

__all__ = [
    "WORLD",
    "Choice",
    "Controls",
    "Descriptives",
    "EmissionData",
    "Emissions",
    "Figures",
    "Fill",
    "Groups",
    "Panel",
    "Regression",
    "RestOfWorld",
    "Specifications",
    "Study",
    "Tables",
    "TextFile",
    "parse_notes",
    "parse_separator",
    "parse_years",
]

WORLD = "world"  # format of the embedded, fictional world
_LAST_YEAR = 9999
Accounting = Literal["carbon_table", "satellite"]


def parse_years(value: object) -> tuple[int, ...]:
    """Years from ``"2000-2009"`` (a range, both ends in), one year or a list of years.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> parse_years("2000-2003")
    (2000, 2001, 2002, 2003)
    >>> parse_years([2000, 2005])
    (2000, 2005)
    """
    if type(value) is int:
        value = [value]
    if isinstance(value, str) and (
        match := re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4}))?\s*", value)
    ):
        first, last = int(match[1]), int(match[2] or match[1])
        if first <= last:
            return tuple(range(first, last + 1))
    if isinstance(value, list) and value and all(type(year) is int for year in value):
        if wrong := [year for year in value if not 1 <= year <= _LAST_YEAR]:
            raise ValueError(f"names the year {describe(wrong[0])}; years are from 1 to 9999.")
        if len(set(value)) == len(value):
            return tuple(sorted(value))
        raise ValueError("names a year twice.")
    raise ValueError(
        f'must be a range such as "2000-2009" or a list of years, not {describe(value)}.'
    )


def parse_notes(value: object) -> tuple[str, ...]:
    """Remarks, each on one line whatever lines it has in the file.

    Raises
    ------
    ValueError
        If it is no list of texts.
    """
    if not isinstance(value, list):
        raise ValueError(f"must be a list in brackets, not {describe(value)}.")
    notes = []
    for note in value:
        if not isinstance(note, str):
            raise ValueError(f"must be a list of texts, not of {describe(note)}.")
        notes.append(" ".join(note.split()))
        refuse_hidden_signs(notes[-1], "a note")
    return tuple(notes)


def _parse_columns(value: object) -> tuple[str, ...]:
    """Right-hand sides of a table's columns: lists of regressors, or formulas as text."""
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list with one entry per column of the table.")
    sides = []
    for number, column in enumerate(value, start=1):
        for text in column if isinstance(column, list) else [column]:
            if isinstance(text, str):
                refuse_hidden_signs(text, f"entry {number} of columns")
        if isinstance(column, list) and column and all(isinstance(name, str) for name in column):
            sides.append(" + ".join(column))
        elif isinstance(column, str) and column.strip() and "~" not in column:
            sides.append(column)
        else:
            raise ValueError(
                f"entry {number} must be a list of regressors or the right-hand side of a formula "
                f"(without '~'), not {describe(column)}."
            )
    return tuple(sides)


def parse_separator(value: object) -> str:
    """Separator of columns: one character.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not isinstance(value, str) or len(value) != 1:
        raise ValueError(
            f'must be one character, such as ",", ";" or "\\t" (a tab), not {describe(value)}.'
        )
    return value


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """How a CSV file is written, where not in UTF-8 with commas between columns.

    Attributes
    ----------
    encoding : str, optional
        For example ``"gbk"``; UTF-8 without it.
    separator : str, optional
        Character between columns.
    decimal : {".", ","}
        Decimal mark of its numbers.
    """

    encoding: str | None = None
    separator: str | None = field(default=",", metadata={"parse": parse_separator})
    decimal: Literal[".", ","] = "."


@dataclass(frozen=True)
class Tables:
    """The input-output tables.

    Attributes
    ----------
    format : str
        A format of :func:`ioecon.read_series`, or ``"world"`` for the embedded world, which
        brings its own emissions, controls and groups.
    path : Path, optional
        Folder or file.
    years : tuple of int
        Years to read; empty for all.
    output : {"row_sums", "printed"}
        Which output the equations use.
    tolerance : float
        Breaks of an accounting identity to carry, as a share of world output.
    """

    format: str = WORLD
    path: Path | None = None
    years: tuple[int, ...] = field(default=(), metadata={"parse": parse_years})
    output: Literal["row_sums", "printed"] = "row_sums"
    tolerance: float = ROUNDING


@dataclass(frozen=True)
class Fill:
    """Countries to complete from another selection of the same file, or from another file."""

    countries: tuple[str, ...]
    where: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None


@dataclass(frozen=True)
class RestOfWorld:
    """The rest of the world by difference: ``world`` is the label of the world's total."""

    world: str = "WLD"


@dataclass(frozen=True)
class EmissionData(TextFile):
    """CO2 emissions: which file, and how to read it.

    Attributes
    ----------
    file : Path, optional
        None only where embedded data bring their own.
    format : str
        ``"csv"``: national totals or a sector account; or an account as published, one of
        :func:`ioecon.emissions.account_formats`.
    country, year, value, sector : str
        Columns of the CSV; with ``sector`` it is an account by sector.
    where : mapping
        Rows of the CSV to keep, column to value.
    unit : str
        Unit of the file.
    fill : tuple of Fill
    rest_of_world : RestOfWorld, optional
    without_output : {"raise", "leave_out"}
        What to do with emissions of a sector without output.
    """

    file: Path | None = None
    format: str = "csv"
    country: str = "iso3"
    year: str = "year"
    value: str = "co2_kt"
    sector: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    unit: str = "kt"
    fill: tuple[Fill, ...] = ()
    rest_of_world: RestOfWorld | None = None
    without_output: Literal["raise", "leave_out"] = "raise"


@dataclass(frozen=True)
class Emissions(EmissionData):
    """CO2 emissions and how they are accounted for.

    Attributes
    ----------
    accounting : {"carbon_table", "satellite"}
        The accounting behind the panel.
    compare : tuple of str
        Other accountings to show beside it.
    """

    accounting: Accounting = "carbon_table"
    compare: tuple[Accounting, ...] = ()


@dataclass(frozen=True)
class Controls(TextFile):
    """Control variables from a CSV file: ``columns`` maps the name in the panel to the file's.

    ``units`` (name to unit) goes into the codebook.
    """

    columns: Mapping[str, str]
    file: Path | None = None
    country: str = "iso3"
    year: str = "year"
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups(TextFile):
    """Groups of countries: ``columns`` maps the name to a column of true or false.

    Without ``file`` the columns are those of :func:`ioecon.datasets.groups`.
    """

    columns: Mapping[str, str]
    file: Path | None = None
    country: str = "iso3"


@dataclass(frozen=True)
class Panel:
    """Rows of the panel: countries left out, and what to do where a control is missing."""

    exclude: tuple[str, ...] = ("ROW",)
    missing: Literal["raise", "drop"] = "raise"


@dataclass(frozen=True)
class Descriptives:
    """The table of descriptive statistics."""

    variables: tuple[str, ...]
    title: str = "Descriptive statistics"


@dataclass(frozen=True)
class Choice:
    """The model on which pooled, fixed and random effects are compared, and the VIF computed."""

    dependent: str
    regressors: tuple[str, ...]
    title: str = "Choice of estimator"


@dataclass(frozen=True)
class Regression:
    """One regression table.

    Attributes
    ----------
    key : str
        Name of its files, for example ``"table3"``.
    title : str
    dependent : str
        Dependent variable of all its columns.
    columns : tuple of str
        Right-hand side of each column.
    sample : str, optional
        A group, or ``"not "`` and a group; all countries without it.
    estimator, effects, cov, clusters : str
        As in :func:`regressions.fit`.
    notes : tuple of str
    """

    key: str
    title: str
    dependent: str
    columns: tuple[str, ...] = field(metadata={"parse": _parse_columns})
    sample: str | None = None
    estimator: str = "pooled"
    effects: str | None = None
    cov: str = "unadjusted"
    clusters: str | None = None
    notes: tuple[str, ...] = field(default=(), metadata={"parse": parse_notes})


@dataclass(frozen=True)
class Specifications:
    """The choices of the specification curve; every combination is estimated.

    The accountings of the study are a choice of their own.

    Attributes
    ----------
    dependents, interest : mapping of str to str
        Label to variable: what is explained, and the index whose coefficient is followed.
    control_sets : mapping of str to tuple of str
        Label to controls.
    samples : mapping of str to str
        Label to a group, to ``"not "`` and a group, or to nothing for all countries.
    estimators, covariances : mapping of str to mapping
        Label to options of :func:`regressions.fit`.
    inference : {"bootstrap", "permutation", "none"}
        Joint tests of the curve; see :func:`regressions.specification_curve`.
    draws, seed : int
    title : str
    """

    dependents: Mapping[str, str]
    interest: Mapping[str, str]
    control_sets: Mapping[str, tuple[str, ...]]
    samples: Mapping[str, str] = field(default_factory=lambda: {"all": ""})
    estimators: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"pooled": {}})
    covariances: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"unadjusted": {}})
    inference: Literal["bootstrap", "permutation", "none"] = "bootstrap"
    draws: int = 499
    seed: int = 0
    title: str = "Specification curve"


@dataclass(frozen=True)
class Figures:
    """What the figures show: countries over time (the largest changes by default), scatter axes."""

    countries: tuple[str, ...] = ()
    scatter: tuple[str, ...] = ("ln_iti", "ln_ddfc")
    mark: str | None = None


@dataclass(frozen=True)
class Study:
    """A study of the first paper's kind: from tables to regression tables.

    Attributes
    ----------
    title : str
    kind : str
        ``"dong2022"``, the kind of a study file that names none.
    tables : Tables
    emissions : Emissions
    panel : Panel
    regressions : tuple of Regression
    preset : str, optional
        Preset whose settings the study starts from.
    published : str, optional
        Published results to set the computed ones against: ``"dong2022"``.
    controls, groups, descriptives, choice, specifications : optional
    figures : Figures
    labels : mapping
        Printed names of variables.
    notes : tuple of str
        Remarks for the results page.
    """

    title: str = "Untitled study"
    kind: Literal["dong2022"] = "dong2022"
    tables: Tables = field(default_factory=Tables)
    emissions: Emissions = field(default_factory=Emissions)
    panel: Panel = field(default_factory=Panel)
    regressions: tuple[Regression, ...] = ()
    preset: str | None = None
    published: Literal["dong2022"] | None = None
    controls: Controls | None = None
    groups: Groups | None = None
    descriptives: Descriptives | None = None
    choice: Choice | None = None
    specifications: Specifications | None = None
    figures: Figures = field(default_factory=Figures)
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=(), metadata={"parse": parse_notes})
