"""Places, lists and years as phrases, for messages that name what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

__all__ = ["listed", "places", "spans"]


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
