"""Sections of a study file that say what is estimated on a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ioecon.study.sections import describe, refuse_hidden_signs
from ioecon.study.settings import parse_notes

__all__ = [
    "REQUIRED",
    "WHOLE",
    "Choice",
    "Descriptives",
    "ModelSettings",
    "Regression",
    "ScatterSettings",
    "Specifications",
]

# Empty values of the keys that a section must have and a preset may bring.
REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "descriptives": {"variables": []},
    "choice": {"dependent": "", "regressors": []},
    "specifications": {"dependents": {}, "interest": {}, "control_sets": {}},
}
# Replaced as a whole where a preset lies beneath: choices belong to one another.
WHOLE = ("dependents", "interest", "control_sets", "samples", "estimators", "covariances")


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


def _parse_order(value: object) -> tuple[str, ...]:
    """Regressors in the order of a table's rows, each once."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"must be a list of regressors in brackets, not {describe(value)}.")
    for name in value:
        refuse_hidden_signs(name, "order")
    if twice := [name for number, name in enumerate(value) if name in value[:number]]:
        raise ValueError(f"names {twice[0]!r} twice.")
    return tuple(value)


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
    order : tuple of str
        Regressors in the order of the table's rows; others follow as they come in the columns. A
        factor stands for its levels.
    sample : str, optional
        A group, or ``"not "`` and a group; all rows without it.
    estimator, effects, cov, clusters : str
        As in :func:`regressions.fit`.
    notes : tuple of str
    """

    key: str
    title: str
    dependent: str
    columns: tuple[str, ...] = field(metadata={"parse": _parse_columns})
    order: tuple[str, ...] = field(default=(), metadata={"parse": _parse_order})
    sample: str | None = None
    estimator: str = "pooled"
    effects: str | None = None
    cov: str = "unadjusted"
    clusters: str | None = None
    notes: tuple[str, ...] = field(default=(), metadata={"parse": parse_notes})


@dataclass(frozen=True)
class Specifications:
    """The choices of the specification curve; every combination is estimated.

    Where a study has several panels, they are a choice of their own.

    Attributes
    ----------
    dependents, interest : mapping of str to str
        Label to variable: what is explained, and whose coefficient is followed.
    control_sets : mapping of str to tuple of str
        Label to controls.
    samples : mapping of str to str
        Label to a group, to ``"not "`` and a group, or to nothing for all rows.
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


class ScatterSettings(Protocol):
    """What the scatter shows."""

    @property
    def scatter(self) -> tuple[str, ...] | None:
        """Two variables, horizontal and vertical; None for no such figure."""

    @property
    def mark(self) -> str | None:
        """Group whose rows are told apart."""


class ModelSettings(Protocol):
    """What a kind's settings need for its models; the keys of a study file have these names."""

    @property
    def descriptives(self) -> Descriptives | None:
        """Table of descriptive statistics."""

    @property
    def regressions(self) -> tuple[Regression, ...]:
        """Regression tables."""

    @property
    def choice(self) -> Choice | None:
        """Model on which estimators are compared."""

    @property
    def specifications(self) -> Specifications | None:
        """Specification curve."""

    @property
    def figures(self) -> ScatterSettings:
        """What the figures show."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Printed names of variables."""
