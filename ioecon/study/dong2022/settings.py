"""What a study of the first paper's kind consists of: one frozen dataclass per section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ioecon.errors import PanelError
from ioecon.panel.outcomes import PAPER_OUTCOMES, Outcome, read_outcomes
from ioecon.study.input_output.settings import EmissionData, Tables
from ioecon.study.models.settings import Choice, Descriptives, Regression, Specifications
from ioecon.study.settings import TextFile, parse_notes

__all__ = ["Controls", "Decomposition", "Dong2022Study", "Emissions", "Figures", "Groups", "Panel"]

Accounting = Literal["carbon_table", "satellite"]


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
class Decomposition:
    """How effects are told apart; see :func:`ioecon.decompose`.

    Attributes
    ----------
    model : str
    method : {"two_polar", "mirror_pairs", "shapley", "sequence"}, optional
    sequence : tuple of str
        All factors in the order in which they change.
    variables : mapping of str to str
        What the model needs beside tables and emissions, such as population, to the control that
        is it, which every country of the tables must have.
    """

    model: str = "dong2022"
    method: Literal["two_polar", "mirror_pairs", "shapley", "sequence"] | None = None
    sequence: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


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


def _parse_outcomes(value: object) -> Mapping[str, Outcome]:
    """Outcomes as :func:`ioecon.build_panel` takes them."""
    try:
        return read_outcomes(value)
    except PanelError as error:
        # The key stands before what is wrong with its value.
        raise ValueError(str(error).removeprefix("outcomes ")) from None


@dataclass(frozen=True)
class Figures:
    """What the figures show.

    Attributes
    ----------
    countries : tuple of str
        Shown over time; by default those that changed most.
    scatter : tuple of str, optional
        Horizontal and vertical variable; by default the transfer index and the first outcome.
    mark : str, optional
        Group that is told apart.
    """

    countries: tuple[str, ...] = ()
    scatter: tuple[str, ...] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class Dong2022Study:
    """A study of the first paper's kind: from tables to regression tables.

    Attributes
    ----------
    title : str
    kind : str
        ``"dong2022"``, the kind of a study file that names none.
    tables : Tables
    emissions : Emissions
    panel : Panel
    decomposition : Decomposition
    outcomes : mapping of str to tuple of EffectSum
        Name in the panel to the effects that are added up: the paper's three by default.
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
    decomposition: Decomposition = field(default_factory=Decomposition)
    outcomes: Mapping[str, Outcome] = field(
        default_factory=lambda: PAPER_OUTCOMES, metadata={"parse": _parse_outcomes}
    )
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

    def __post_init__(self) -> None:
        if self.figures.scatter is None:
            axes = ("ln_iti", f"ln_{next(iter(self.outcomes))}")
            object.__setattr__(self, "figures", replace(self.figures, scatter=axes))
