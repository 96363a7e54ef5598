"""Sections of a study file on input-output tables and emissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ioecon.audit import ROUNDING
from ioecon.study.settings import TextFile, parse_separator, parse_years

__all__ = ["WORLD", "EmissionData", "Fill", "RestOfWorld", "Tables"]

WORLD = "world"  # format of the embedded, fictional world


@dataclass(frozen=True)
class Tables(TextFile):
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
    empty_cells : {"error", "zero"}
        What an empty cell among the flows means.
    dtype : {"float64", "float32"}
        Of the flows that are kept.
    options : mapping of str to str
        Options of the one format, such as ``{ system = "pxp" }`` of ``"exiobase3"``.
    separator : str, optional
        Of tables in CSV, to which ``encoding`` and ``decimal`` belong too; found without it.
    """

    format: str = WORLD
    path: Path | None = None
    years: tuple[int, ...] = field(default=(), metadata={"parse": parse_years})
    output: Literal["row_sums", "printed"] = "row_sums"
    tolerance: float = ROUNDING
    empty_cells: Literal["error", "zero"] = "error"
    dtype: Literal["float64", "float32"] = "float64"
    options: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = field(default=None, metadata={"parse": parse_separator}, kw_only=True)


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
        None only where embedded data bring their own; a folder where the account is one.
    format : str
        ``"csv"``: national totals or a sector account; or an account as published, one of
        :func:`ioecon.emissions.account_formats`.
    stressor : str, optional
        Which account of a published file that has several.
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
    stressor: str | None = None

    @property
    def may_be_folder(self) -> bool:
        """Whether the file may be a folder, as that of a published account of several years."""
        return self.format != "csv"
