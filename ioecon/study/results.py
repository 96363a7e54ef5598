"""A finished run, as far as every kind of study has the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ioecon.study.manifest import InputFile
from ioecon.study.settings import StudySettings
from regressions import Table

__all__ = ["StudyResults"]


@dataclass(frozen=True, eq=False, kw_only=True)
class StudyResults(ABC):
    """What a run left; the results of each kind have its findings beside it.

    Attributes
    ----------
    study : StudySettings
        Settings, of the kind's own type.
    residuals : mapping of str to mapping of str to float
        Relative misses of the identities that were checked: what, to year or driver, to miss.
    tables : mapping of str to Table
        Every table, by the name of its files.
    inputs : tuple of InputFile
        Every file that was read.
    warnings : tuple of str
        What was carried and should be known.
    folder : Path
        Where the results are.
    """

    study: StudySettings
    residuals: Mapping[str, Mapping[str, float]]
    tables: Mapping[str, Table]
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    folder: Path

    @property
    def counted(self) -> Mapping[str, str] | None:
        """Names of the stressor and unit that the study counts; None where it counts nothing."""
        return None

    @abstractmethod
    def headline(self) -> tuple[str, ...]:
        """Say what was computed, in a few lines."""
