"""Names that users write: columns, index levels and options, with what they may have meant.

Labels of columns are text here: a column labelled 2010 is the column "2010". The words "entity",
"time" and "period" and the names of the index levels mean the index. Where a column of that name
holds something else, the name is refused: nobody could see which of the two was meant.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from regressions.errors import OptionError, SampleError

__all__ = [
    "INTERCEPT",
    "as_spelled",
    "given_names",
    "grouping_values",
    "level_of",
    "nearest",
    "nearest_name",
    "nearest_term",
    "require_unambiguous",
    "shadowed_names",
    "suggestion",
    "with_text_labels",
]

INTERCEPT = "Intercept"
"""The constant of a regression, as formulaic names its column."""

_LONGEST = 60  # letters of a name that are compared; a long one would take seconds


def suggestion(meant: str) -> str:
    """Words to add to an error about an unknown name: the one that may have been meant.

    Examples
    --------
    >>> suggestion("value")
    "; did you mean 'value'?"
    """
    return f"; did you mean {meant!r}?"


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that is spelt most like a name; None if none is like it.

    Examples
    --------
    >>> nearest_name("valeu", ["value", "capital"])
    'value'
    """
    close = difflib.get_close_matches(str(name)[:_LONGEST], list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Words to add to an error about an unknown name: the nearest known one, if any.

    Examples
    --------
    >>> nearest("valeu", ["value", "capital"])
    "; did you mean 'value'?"
    """
    close = nearest_name(name, known)
    return "" if close is None else suggestion(close)


def as_spelled(name: str, known: Iterable[str]) -> str:
    """Give the known name that differs only in case, hyphens or underscores, or else the given one.

    Examples
    --------
    >>> as_spelled("Driscoll_Kraay", ["clustered", "driscoll-kraay"])
    'driscoll-kraay'
    """
    if isinstance(known, Collection) and name in known:
        return name
    plain = {re.sub(r"[\W_]", "", one).lower(): one for one in known}
    return plain.get(re.sub(r"[\W_]", "", str(name)).lower(), name)


def nearest_term(name: str, known: Iterable[str], elsewhere: Mapping[str, str]) -> str:
    """Suggest like :func:`nearest`, first the name for a term that other programs use.

    Examples
    --------
    >>> nearest_term("within", ["pooled", "fixed"], {"within": "fixed"})
    "; did you mean 'fixed'?"
    """
    term = elsewhere.get(as_spelled(name, elsewhere))
    return nearest(name, known) if term is None else suggestion(term)


def given_names(given: Any, what: str) -> tuple[str, ...]:
    """One or several names as text, whatever the type of the labels.

    Raises
    ------
    OptionError
        If data are given in place of names.

    Examples
    --------
    >>> given_names(2010, "effects"), given_names(["firm", 2010], "effects")
    (('2010',), ('firm', '2010'))
    """
    if isinstance(given, pd.Series | pd.DataFrame | pd.Index | np.ndarray | Mapping):
        raise OptionError(
            f"{what} takes the names of columns, not a {type(given).__name__}: put the values into "
            "a column of the data and give its name"
        )
    if isinstance(given, str) or not isinstance(given, Iterable):
        return (str(given),)
    return tuple(str(one) for one in given)


def with_text_labels(data: pd.DataFrame) -> pd.DataFrame:
    """Give the frame with its columns labelled by text.

    Raises
    ------
    SampleError
        If the columns have several levels, or two labels are the same as text.

    Examples
    --------
    >>> with_text_labels(pd.DataFrame({2010: [1.0]})).columns.tolist()
    ['2010']
    """
    if data.columns.nlevels > 1:
        raise SampleError(
            f"the columns have {data.columns.nlevels} levels of labels: join them into one, "
            "data.columns = ['_'.join(map(str, label)) for label in data.columns]"
        )
    labels = [str(label) for label in data.columns]
    if len(set(labels)) < len(labels):
        twice = dict.fromkeys(label for label in labels if labels.count(label) > 1)
        raise SampleError(f"columns occur twice in the data: {', '.join(twice)}; rename one")
    if all(isinstance(label, str) for label in data.columns):
        return data
    return data.set_axis(pd.Index(labels, dtype=object), axis=1)


def level_of(name: str, index: pd.Index) -> int | None:
    """Index level that a name means: 0 for the entity, 1 for the period, None for neither."""
    levels = [None if level is None else str(level) for level in index.names]
    if name in ("entity", levels[0]):
        return 0
    if name in ("time", "period", *levels[1:2]):
        return 1
    return None


def shadowed_names(data: pd.DataFrame) -> tuple[str, ...]:
    """Columns named like a level of the index, or like the words for one, that hold other values.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2001, 2002]], names=["firm", "year"])
    >>> data = pd.DataFrame({"time": 0, "firm": list("aabb")}, index=index)
    >>> shadowed_names(data)
    ('time',)
    """
    if data.index.nlevels != 2:
        return ()
    found = []
    for label in data.columns:
        level = level_of(str(label), data.index)
        if level is not None:
            column = data[label].to_numpy(dtype=object)
            same = column == data.index.get_level_values(level).to_numpy(dtype=object)
            if not np.all(np.asarray(same, dtype=bool)):
                found.append(str(label))
    return tuple(found)


def require_unambiguous(names: Iterable[str], shadowed: Sequence[str], index: pd.Index) -> None:
    """Refuse names that could mean a column or a level of the index.

    Parameters
    ----------
    names : iterable of str
        As the user wrote them.
    shadowed : sequence of str
        From :func:`shadowed_names`.
    index : Index
        (entity, period).

    Raises
    ------
    OptionError
    """
    for name in names:
        if name in shadowed:
            level = level_of(name, index)
            what = "entity" if level == 0 else "time"
            own = index.names[level or 0]
            rest = "" if own in (None, name) else f", or give {str(own)!r} for the index"
            raise OptionError(
                f"{name!r} is ambiguous: it means the {what} index, but the data also have a "
                f"column {name!r} with other values; rename the column{rest}"
            )


def grouping_values(name: str, data: pd.DataFrame, what: str) -> pd.Series:
    """Values of a column or of a level of the index, by name.

    Parameters
    ----------
    name : str
    data : DataFrame, shape (n, columns)
        With text labels, indexed by (entity, period).
    what : str
        For errors: "to split by".

    Returns
    -------
    Series, shape (n,)

    Raises
    ------
    OptionError
        If the name is unknown, or ambiguous.
    """
    level = level_of(name, data.index) if data.index.nlevels == 2 else None
    if level is not None:
        require_unambiguous([name], shadowed_names(data), data.index)
        return pd.Series(data.index.get_level_values(level), index=data.index, name=name)
    if name not in data.columns:
        known = [str(column) for column in data.columns]
        raise OptionError(f"unknown column {name!r} {what}{nearest(name, known)}")
    return data[name]
