"""What a kind of study is: the value that its folder exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ioecon.study.drawing import Drawing
from ioecon.study.page import Body
from ioecon.study.problems import Check
from ioecon.study.results import StudyResults
from ioecon.study.steps import Steps
from regressions import Table

__all__ = ["Kind"]


@dataclass(frozen=True)
class Kind:
    """One kind of study.

    Attributes
    ----------
    name : str
        As study files give it.
    package : str
        The folder that holds it, with ``template.toml`` and ``presets/``.
    settings : type
        Dataclass of its study files; see :func:`ioecon.study.sections.read_section`.
    checks : tuple of Check
        What the parts of the settings get wrong by themselves and about each other.
    file_checks : tuple of Check
        The same about the files that they name: places, years, columns.
    plan : callable
        Settings to one line on what would be computed.
    read : callable
        Settings and steps to the inputs, which have ``files``.
    compute : callable
        Settings, inputs and steps to the findings.
    tables : callable
        Findings to every table, by the name of its files.
    results : type
        A :class:`ioecon.study.results.StudyResults` that has the findings' fields too.
    write_data : callable
        Writes what is neither table nor figure into the folder: panels, flows, a codebook.
    drawings : callable
        Results to the figures.
    body : callable
        Results to what the page says of them.
    required : mapping
        Empty values of the keys that a section must have and a preset may bring.
    whole : tuple of str
        Keys of subsections that a study file replaces as a whole where a preset has them too.
    """

    name: str
    package: str
    settings: type
    checks: tuple[Check, ...]
    file_checks: tuple[Check, ...]
    plan: Callable[[Any], str]
    read: Callable[[Any, Steps], Any]
    compute: Callable[[Any, Any, Steps], Any]
    tables: Callable[[Any], Mapping[str, Table]]
    results: type[StudyResults]
    write_data: Callable[[Any, Path], None]
    drawings: Callable[[Any], tuple[Drawing, ...]]
    body: Callable[[Any], Body]
    required: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
