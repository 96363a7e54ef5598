"""Places, lists, years and what may have been meant, as phrases for messages."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

__all__ = [
    "did_you_mean",
    "invisible_character",
    "listed",
    "near_words",
    "places",
    "spans",
    "suggest",
]

# Control characters but tabs and line ends, those that change the direction of text, and others
# without a width; joiners are left out, which some scripts need.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff]"
)

_LONGEST = 60  # letters of a word that are compared; a long one would take seconds


def near_words(
    word: object, known: Iterable[str], *, count: int = 1, cutoff: float = 0.6
) -> list[str]:
    """Find the known words that are spelt most like a word.

    Examples
    --------
    >>> near_words("tabels", ["tables", "panel"])
    ['tables']
    """
    return difflib.get_close_matches(str(word)[:_LONGEST], list(known), n=count, cutoff=cutoff)


def did_you_mean(meant: Sequence[str]) -> str:
    """Ask whether one of these was meant; empty where there is none.

    Examples
    --------
    >>> did_you_mean(["xlsx", "xlsb"])
    "did you mean 'xlsx' or 'xlsb'?"
    """
    return f"did you mean {' or '.join(map(repr, meant))}?" if meant else ""


def suggest(word: object, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant, or list the known ones: end of a sentence.

    Examples
    --------
    >>> suggest("tabels", ["tables", "panel"])
    "did you mean 'tables'?"
    >>> suggest("x", ["tables", "panel"])
    'known are panel, tables.'
    """
    names = sorted(map(str, known))
    return did_you_mean(near_words(word, names)) or f"known are {', '.join(names)}."


def invisible_character(text: str) -> tuple[int, str] | None:
    r"""Find the first character of a text that cannot be seen: its place and what it is, or None.

    Labels with such a character look equal to others and are not, or turn a page around.

    Examples
    --------
    >>> invisible_character("A\u202eB")
    (1, 'the character U+202E (right-to-left override)')
    >>> invisible_character("Côte d'Ivoire\t")
    """
    found = _INVISIBLE.search(text)
    if found is None:
        return None
    sign = found.group()
    name = unicodedata.name(sign, "control character").lower()
    return found.start(), f"the character U+{ord(sign):04X} ({name})"


def listed(items: Iterable[Any], limit: int = 12) -> str:
    """Items as one phrase; a long list says how many more there are.

    Examples
    --------
    >>> listed(["AUS", "USA"])
    'AUS, USA'
    >>> listed(range(5), limit=2)
    '0, 1 and 3 more'
    """
    names = [str(item) for item in items]
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def places(index: pd.Index, limit: int = 12) -> str:
    """Entries of an index as one phrase.

    Examples
    --------
    >>> places(pd.MultiIndex.from_tuples([("AUS", 2000), ("USA", 2001)]))
    'AUS 2000, USA 2001'
    """
    keys = index if isinstance(index, pd.MultiIndex) else ((key,) for key in index)
    return listed((" ".join(str(part) for part in key) for key in keys), limit)


def spans(years: Iterable[int]) -> str:
    """Years as one phrase, runs of years joined.

    Examples
    --------
    >>> spans([2005, 2000, 2001, 2002])
    '2000-2002, 2005'
    """
    runs: list[list[int]] = []
    for year in sorted({int(year) for year in years}):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
