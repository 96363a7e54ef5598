"""The kinds of study: which settings a file may hold, what is computed, what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ioecon.study import dong2022, xiao2014
from ioecon.study.manifest import InputFile
from ioecon.study.results import StudyResults
from ioecon.study.results_files import write_results
from ioecon.study.settings import Study
from ioecon.study.steps import Steps
from ioecon.study.xiao2014 import TransferResults, TransferStudy

__all__ = ["DEFAULT_KIND", "KINDS", "AnyResults", "AnyStudy", "Kind", "kind_of"]

AnyStudy: TypeAlias = Study | TransferStudy
AnyResults: TypeAlias = StudyResults | TransferResults


@dataclass(frozen=True)
class Kind:
    """One kind of study.

    Attributes
    ----------
    settings : type
        Dataclass of its study files; see :func:`ioecon.study.sections.read_section`.
    problems : callable
        Settings to sentences on what their parts get wrong about each other.
    compute : callable
        Settings, files read so far, steps and the results folder's place to results.
    write : callable
        Results into an empty folder.
    required : mapping
        Empty values of the keys that a section must have and a preset may bring.
    """

    settings: type
    problems: Callable[[Any], Iterator[str]]
    compute: Callable[[Any, tuple[InputFile, ...], Steps, Path], Any]
    write: Callable[[Any, Path], None]
    required: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


DEFAULT_KIND = "dong2022"
KINDS: Mapping[str, Kind] = {
    DEFAULT_KIND: Kind(
        settings=Study,
        problems=dong2022.problems,
        compute=dong2022.compute,
        write=write_results,
        required={
            "controls": {"columns": {}},
            "groups": {"columns": {}},
            "descriptives": {"variables": []},
            "choice": {"dependent": "", "regressors": []},
            "specifications": {"dependents": {}, "interest": {}, "control_sets": {}},
        },
    ),
    "xiao2014": Kind(
        settings=TransferStudy,
        problems=xiao2014.problems,
        compute=xiao2014.compute,
        write=xiao2014.write_results,
    ),
}


def kind_of(study: AnyStudy) -> Kind:
    """Kind of a study, from its settings."""
    return KINDS[study.kind]
