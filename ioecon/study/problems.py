"""What is wrong with a study: every problem is kept, so that all are told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ioecon.errors import IoeconError, ReadError, StudyError

__all__ = ["Check", "Problem", "about", "as_error", "problems_found"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    file : str
        Name of the study file; empty where the message names it.
    section, key : str
        Where in it, for example ``"emissions.fill[1]"`` and ``"countries"``; empty at the top.
    message : str
        What is wrong and what to do.
    error : type
        What is raised for it: :class:`ioecon.StudyError` for the study file itself, another error
        of ioecon for the files that it names.

    Examples
    --------
    >>> print(Problem("study.toml", "panel", "exclude", "exclude must be a list."))
    study.toml, section [panel]: exclude must be a list.
    """

    file: str
    section: str
    key: str
    message: str
    error: type[IoeconError] = StudyError

    def __str__(self) -> str:
        where = f", section [{self.section}]" if self.section else ""
        return f"{self.file}{where}: {self.message}" if self.file else self.message

    @property
    def part(self) -> str:
        """Key at the top of the file beneath which the problem is."""
        return (self.section or self.key).split(".")[0].split("[")[0]


@dataclass(frozen=True)
class Check:
    """One look at the settings of a study.

    Attributes
    ----------
    find : callable
        Settings to what is wrong: sentences that begin with the key, or errors of ioecon about a
        file that the key names (see :func:`about`).
    needs : tuple of str
        Keys at the top of the file that must be sound for the check to make sense.
    """

    find: Callable[[Any], Iterator[str | IoeconError]]
    needs: tuple[str, ...]


def about(key: str, error: IoeconError) -> IoeconError:
    """Put the key that an error is about in front of its sentence."""
    return type(error)(f"{key}: {error}")


def problems_found(
    checks: Iterable[Check], settings: object, file: str, broken: Iterable[str] = ()
) -> Iterator[Problem]:
    """Run the checks whose parts are sound.

    Parameters
    ----------
    checks : iterable of Check
    settings : object
        Settings of a kind of study.
    file : str
        Name of the study file.
    broken : iterable of str
        Keys at the top of the file that are known to be wrong.
    """
    unsound = {*broken}
    for check in checks:
        if unsound & {*check.needs}:
            continue
        for found in check.find(settings):
            kind = type(found) if isinstance(found, IoeconError) else StudyError
            yield Problem(file, "", "", str(found), kind)


def as_error(problems: Iterable[Problem]) -> IoeconError:
    """One error for all problems, of their common type.

    Where they differ, a problem of the study file makes it a StudyError, else it is a ReadError.

    Examples
    --------
    >>> wrong = [Problem("a.toml", "", "titel", "there is no key 'titel'."),
    ...          Problem("a.toml", "tables", "path", "path is missing.")]
    >>> print(as_error(wrong))
    a.toml has 2 problems:
      a.toml: there is no key 'titel'.
      a.toml, section [tables]: path is missing.
    """
    every = [*dict.fromkeys(problems)]
    kinds = {problem.error for problem in every}
    kind = kinds.pop() if len(kinds) == 1 else StudyError if StudyError in kinds else ReadError
    if len(every) == 1:
        return kind(str(every[0]))
    lines = "".join(f"\n  {problem}" for problem in every)
    return kind(f"{every[0].file} has {len(every)} problems:{lines}")
