"""What a study of any panel consists of: one frozen dataclass per section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ioecon.study.models.settings import Choice, Descriptives, Regression, Specifications
from ioecon.study.sections import describe, refuse_hidden_signs
from ioecon.study.settings import TextFile, parse_notes, parse_separator

__all__ = ["CorrelationSettings", "Data", "PanelFigures", "PanelStudy", "parse_samples"]

Rule = Mapping[str, tuple[Any, ...]]


def parse_samples(value: object) -> Mapping[str, Rule]:
    """Parse samples: a column of truth values, or columns and the values of their rows.

    Returns
    -------
    mapping of str to mapping
        Column to values; no values for a column of truth values.

    Raises
    ------
    ValueError
        If a sample is neither.

    Examples
    --------
    >>> parse_samples({"coast": "coastal", "south": {"region": ["Plain", "Hills"]}})["south"]
    {'region': ('Plain', 'Hills')}
    """
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a section of names and samples, not {describe(value)}.")
    samples: dict[str, Rule] = {}
    for name, rule in value.items():
        refuse_hidden_signs(name, "a name in samples")
        if isinstance(rule, str):
            refuse_hidden_signs(rule, f"samples.{name}")
            samples[name] = {rule: ()}
        elif isinstance(rule, Mapping) and rule:
            samples[name] = {column: _values(value, name) for column, value in rule.items()}
        else:
            raise ValueError(
                f"has {name!r} as {describe(rule)}; a sample is the name of a column of true and "
                'false, or columns and values, { region = "South" }.'
            )
    return samples


def _values(value: object, name: str) -> tuple[Any, ...]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str | int | float) for item in values):
        raise ValueError(f"has {name!r} with {describe(value)}; give a value or a list of them.")
    for item in values:
        if isinstance(item, str):
            refuse_hidden_signs(item, f"samples.{name}")
    return tuple(values)


@dataclass(frozen=True)
class Data(TextFile):
    """The file with the panel; without one, the embedded example.

    Attributes
    ----------
    file : Path, optional
        Its ending tells the format; see :data:`ioecon.study.panel.sources.SOURCES`.
    entity, period : str, optional
        Names of the columns that tell rows apart, as in the file or as in ``rename``.
    entities : str, optional
        What the entities are called together, for example ``"firms"``.
    columns : tuple of str
        Columns of the file to read; empty for all.
    rename : mapping of str to str
        Name in the panel to name in the file.
    separator : str, optional
        Of a text file; without it a tab in ``.tsv`` and a comma elsewhere.
    sheet : str, optional
        Sheet of a workbook that has more than one.
    period_format : str, optional
        How periods in text are written, as in Python's ``strptime``: ``"%d/%m/%Y"``.
    value_labels : bool
        Whether values that Stata's file labels become those labels.
    missing : {"raise", "drop"}
        What to do where a model needs a value that is missing.
    """

    file: Path | None = None
    entity: str | None = None
    period: str | None = None
    entities: str | None = None
    columns: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = field(default=None, metadata={"parse": parse_separator})
    sheet: str | None = None
    period_format: str | None = None
    value_labels: bool = True
    missing: Literal["raise", "drop"] = "raise"


@dataclass(frozen=True)
class CorrelationSettings:
    """The table of correlations, and the figure of the same."""

    variables: tuple[str, ...]
    method: Literal["pearson", "spearman"] = "pearson"
    title: str = "Correlations"


@dataclass(frozen=True)
class PanelFigures:
    """What the figures show.

    Attributes
    ----------
    distribution : tuple of str
        Variables whose distribution is drawn; the dependent variable of the first table without.
    scatter : tuple of str, optional
        Horizontal and vertical variable.
    mark : str, optional
        Sample whose rows are told apart.
    """

    distribution: tuple[str, ...] = ()
    scatter: tuple[str, ...] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class PanelStudy:
    """A study of any panel: from a file to regression tables.

    Attributes
    ----------
    title : str
    kind : str
        ``"panel"``.
    data : Data
    variables : mapping of str to str
        Name of a new column to the expression that it is computed by, as in a formula.
    samples : mapping of str to mapping
        Name to the rows that belong; see :func:`parse_samples`.
    regressions : tuple of Regression
    descriptives, correlations, choice, specifications : optional
    figures : PanelFigures
    labels : mapping
        Printed names of variables.
    notes : tuple of str
        Remarks for the results page.
    """

    title: str = "Untitled study"
    kind: Literal["panel"] = "panel"
    data: Data = field(default_factory=Data)
    variables: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, Rule] = field(default_factory=dict, metadata={"parse": parse_samples})
    regressions: tuple[Regression, ...] = ()
    descriptives: Descriptives | None = None
    correlations: CorrelationSettings | None = None
    choice: Choice | None = None
    specifications: Specifications | None = None
    figures: PanelFigures = field(default_factory=PanelFigures)
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=(), metadata={"parse": parse_notes})
