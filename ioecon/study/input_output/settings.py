"""Sections of a study file on input-output tables and emissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ioecon.audit import ROUNDING
from ioecon.study.sections import describe, refuse_hidden_signs
from ioecon.study.settings import TextFile, parse_separator, parse_years

__all__ = ["WORLD", "EmissionData", "Fill", "RestOfWorld", "Tables"]

WORLD = "world"  # format of the embedded, fictional world


def _parse_stressors(value: object) -> dict[str, float]:
    """One name, several that are added up, or names with factors."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        if len(set(value)) < len(value):
            raise ValueError("names a stressor twice.")
        value = dict.fromkeys(value, 1.0)
    if not isinstance(value, dict) or not value:
        raise ValueError(
            'must be a name such as "CO2", a list of names, or a table of names and factors such '
            f"as {{ CO2 = 1, CH4 = 28 }}, not {describe(value)}."
        )
    for name, factor in value.items():
        refuse_hidden_signs(name, "stressor")
        if isinstance(factor, bool) or not isinstance(factor, int | float):
            raise ValueError(f"gives {name!r} the factor {describe(factor)}.")
    return {name: float(factor) for name, factor in value.items()}


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
    """CO2 emissions or another stressor: which file, and how to read it.

    Attributes
    ----------
    file : Path, optional
        None only where embedded data bring their own, or with ``inputs``; a folder where the
        account is one.
    format : str
        ``"csv"``: national totals or a sector account; or an account as published, one of
        :func:`ioecon.emissions.account_formats` or ``"auto"``.
    country, year, value, sector : str
        Columns of the CSV; with ``sector`` it is an account by sector.
    where : mapping
        Rows of the CSV to keep, column to value.
    unit : str, optional
        Unit of a CSV file, kt of CO2 without it; of ``inputs``, that of the tables without it.
    name : str, optional
        What the values of a CSV file are, if not CO2; what a sum is called.
    stressor : mapping of str to float
        Stressors of an account as published that are read, each with its factor in the sum.
    gwp : {"SAR", "AR4", "AR5", "AR6"}, optional
        Sum gases of an account to CO2 equivalents.
    options : mapping of str to str
        Options of the one account format.
    inputs : tuple of str
        Primary inputs of the tables that are the account, in place of a file.
    aggregate, split : Path, optional
        CSV concordance (label, group) from the account's sectors to coarser ones, or from the
        tables' sectors to the account's, by which it is split in proportion to output.
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
    unit: str | None = None
    name: str | None = None
    stressor: Mapping[str, float] = field(
        default_factory=dict, metadata={"parse": _parse_stressors}
    )
    gwp: Literal["SAR", "AR4", "AR5", "AR6"] | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    aggregate: Path | None = None
    split: Path | None = None
    fill: tuple[Fill, ...] = ()
    rest_of_world: RestOfWorld | None = None
    without_output: Literal["raise", "leave_out"] = "raise"

    @property
    def may_be_folder(self) -> bool:
        """Whether the file may be a folder, as that of a published account of several years."""
        return self.format != "csv"
