"""The kinds of study: which settings a file may hold, what is computed, what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ioecon.study import dong2022, dong2022_checks, xiao2014
from ioecon.study.manifest import InputFile
from ioecon.study.problems import Check
from ioecon.study.results import StudyResults
from ioecon.study.results_files import write_results
from ioecon.study.settings import Study
from ioecon.study.steps import Steps
from ioecon.study.xiao2014 import TransferResults, TransferStudy
from ioecon.study.xiao2014 import checks as xiao2014_checks

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
    checks : tuple of Check
        What the parts of the settings get wrong by themselves and about each other.
    file_checks : tuple of Check
        The same about the files that they name: places, years, columns.
    plan : callable
        Settings to one line on what would be computed.
    compute : callable
        Settings, files read so far, steps and the results folder's place to results.
    write : callable
        Results into an empty folder.
    required : mapping
        Empty values of the keys that a section must have and a preset may bring.
    """

    settings: type
    checks: tuple[Check, ...]
    file_checks: tuple[Check, ...]
    plan: Callable[[Any], str]
    compute: Callable[[Any, tuple[InputFile, ...], Steps, Path], Any]
    write: Callable[[Any, Path], None]
    required: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


DEFAULT_KIND = "dong2022"
KINDS: Mapping[str, Kind] = {
    DEFAULT_KIND: Kind(
        settings=Study,
        checks=dong2022_checks.SETTINGS_CHECKS,
        file_checks=dong2022_checks.FILE_CHECKS,
        plan=dong2022_checks.plan_of,
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
        checks=xiao2014_checks.SETTINGS_CHECKS,
        file_checks=xiao2014_checks.FILE_CHECKS,
        plan=xiao2014_checks.plan_of,
        compute=xiao2014.compute,
        write=xiao2014.write_results,
    ),
}


def kind_of(study: AnyStudy) -> Kind:
    """Kind of a study, from its settings."""
    return KINDS[study.kind]
