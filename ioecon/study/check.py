"""Check a study as far as it can be checked before a table is read."""

from __future__ import annotations

from pathlib import Path

from ioecon.study.kinds import kind_of
from ioecon.study.problems import Problem, as_error, problems_found
from ioecon.study.settings import StudySettings
from ioecon.study.study_file import examine_settings

__all__ = ["check_study", "examine_study"]


def examine_study(
    study: StudySettings | str | Path,
) -> tuple[StudySettings | None, tuple[Problem, ...]]:
    """Find everything that a study gets wrong before a table is read.

    Parameters
    ----------
    study : StudySettings or path
        Settings, or the study file.

    Returns
    -------
    study : StudySettings or None
        What can be used of the file; None if nothing can.
    problems : tuple of Problem
        Keys, values, names, formulas, options; files that are not there, years and columns that
        they lack. Empty if there is nothing.

    Examples
    --------
    >>> from ioecon.study import embedded_study, examine_study
    >>> examine_study(embedded_study())[1]
    ()
    """
    if isinstance(study, str | Path):
        name = Path(study).name
        settings, found = examine_settings(study)
    else:
        name, settings = "the study", study
        found = [*problems_found(kind_of(study).checks, study, name)]
    if settings is not None:
        broken = {problem.part for problem in found}
        found += problems_found(kind_of(settings).file_checks, settings, name, broken)
    return settings, tuple(dict.fromkeys(found))


def check_study(study: StudySettings | str | Path) -> StudySettings:
    """Read a study and refuse it if anything is wrong that can be known before a table is read.

    Parameters
    ----------
    study : StudySettings or path
        Settings, or the study file.

    Returns
    -------
    StudySettings

    Raises
    ------
    StudyError
        If the study file is wrong: all problems, one sentence each.
    ReadError, PanelError
        If nothing is wrong but files that it names.
    """
    settings, found = examine_study(study)
    if settings is None or found:
        raise as_error(found)
    return settings
