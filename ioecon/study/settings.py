"""What the settings of every kind are made of: titles, notes, years, how a text file is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ioecon.study.sections import describe, refuse_hidden_signs

__all__ = ["StudySettings", "TextFile", "parse_notes", "parse_separator", "parse_years"]

_LAST_YEAR = 9999


def parse_years(value: object) -> tuple[int, ...]:
    """Years from ``"2000-2009"`` (a range, both ends in), one year or a list of years.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> parse_years("2000-2003")
    (2000, 2001, 2002, 2003)
    >>> parse_years([2000, 2005])
    (2000, 2005)
    """
    if type(value) is int:
        value = [value]
    if isinstance(value, str) and (
        match := re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4}))?\s*", value)
    ):
        first, last = int(match[1]), int(match[2] or match[1])
        if first <= last:
            return tuple(range(first, last + 1))
    if isinstance(value, list) and value and all(type(year) is int for year in value):
        if wrong := [year for year in value if not 1 <= year <= _LAST_YEAR]:
            raise ValueError(f"names the year {describe(wrong[0])}; years are from 1 to 9999.")
        if len(set(value)) == len(value):
            return tuple(sorted(value))
        raise ValueError("names a year twice.")
    raise ValueError(
        f'must be a range such as "2000-2009" or a list of years, not {describe(value)}.'
    )


def parse_notes(value: object) -> tuple[str, ...]:
    """Remarks, each on one line whatever lines it has in the file.

    Raises
    ------
    ValueError
        If it is no list of texts.
    """
    if not isinstance(value, list):
        raise ValueError(f"must be a list in brackets, not {describe(value)}.")
    notes = []
    for note in value:
        if not isinstance(note, str):
            raise ValueError(f"must be a list of texts, not of {describe(note)}.")
        notes.append(" ".join(note.split()))
        refuse_hidden_signs(notes[-1], "a note")
    return tuple(notes)


def parse_separator(value: object) -> str:
    """Separator of columns: one character.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not isinstance(value, str) or len(value) != 1:
        raise ValueError(
            f'must be one character, such as ",", ";" or "\\t" (a tab), not {describe(value)}.'
        )
    return value


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """How a CSV file is written, where not in UTF-8 with commas between columns.

    Attributes
    ----------
    encoding : str, optional
        For example ``"gbk"``; UTF-8 without it.
    separator : str, optional
        Character between columns.
    decimal : {".", ","}
        Decimal mark of its numbers.
    """

    encoding: str | None = None
    separator: str | None = field(default=",", metadata={"parse": parse_separator})
    decimal: Literal[".", ","] = "."


class StudySettings(Protocol):
    """What the settings of every kind have."""

    @property
    def title(self) -> str:
        """Heading of the results."""

    @property
    def kind(self) -> str:
        """Name of the kind, as in :data:`ioecon.study.kinds.KINDS`."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for the results page."""
