"""Groupings of the rows: effects and clusters by name, as codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from regressions.errors import OptionError
from regressions.names import level_of, nearest
from regressions.within import group_means

__all__ = [
    "count_labels",
    "describe_effects",
    "effect_level",
    "group_names",
    "grouping_codes",
    "grouping_columns",
    "is_nested",
    "level_codes",
    "means_by_level",
    "nested_effects",
    "same_rows",
]


def grouping_columns(names: Sequence[str], data: pd.DataFrame, what: str) -> list[str]:
    """Names that must be columns of the data, because they are not levels of its index.

    Raises
    ------
    OptionError
        If a name is neither.
    """
    columns = []
    for name in names:
        if level_of(name, data.index) is not None:
            continue
        if name not in data.columns:
            known = [str(column) for column in data.columns]
            raise OptionError(
                f"unknown {what} {name!r}{nearest(name, known)}: give 'entity', 'time' or a column"
            )
        columns.append(name)
    return columns


def grouping_codes(names: Sequence[str], data: pd.DataFrame) -> pd.DataFrame:
    """Whole-number codes 0..G-1 of groupings, in order of appearance.

    Parameters
    ----------
    names : sequence of str
        "entity", "time", names of index levels, or columns.
    data : DataFrame, shape (n, columns)
        The estimation sample.

    Returns
    -------
    DataFrame of int, shape (n, len(names))
    """
    codes: dict[str, np.ndarray] = {}
    for name in names:
        level = level_of(name, data.index)
        if level is not None and isinstance(data.index, pd.MultiIndex):
            codes[name] = level_codes(data.index, level)
        else:
            codes[name] = pd.factorize(_grouping(name, data))[0]
    return pd.DataFrame(codes, index=data.index, columns=list(names))


def group_names(name: str, data: pd.DataFrame) -> pd.Index:
    """Names of the groups of a grouping, in the order of their codes, shape (G,)."""
    level = level_of(name, data.index)
    if level is not None and isinstance(data.index, pd.MultiIndex):
        present = pd.unique(data.index.codes[level])
        return data.index.levels[level].take(present).rename(data.index.names[level])
    grouping = _grouping(name, data)
    return pd.Index(pd.factorize(grouping)[1], name=grouping.name)


def _grouping(name: str, data: pd.DataFrame) -> pd.Series | pd.Index:
    level = level_of(name, data.index)
    return data[name] if level is None else data.index.get_level_values(level)


def is_nested(inner: np.ndarray, outer: np.ndarray) -> bool:
    """Whether each group of `inner` lies in one group of `outer`.

    Examples
    --------
    >>> is_nested(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1]))
    True
    """
    last = np.full(int(inner.max(initial=-1)) + 1, -1, dtype=outer.dtype)
    last[inner] = outer  # some row of each group; the others must agree with it
    return bool((last[inner] == outer).all())


def nested_effects(effects: Sequence[np.ndarray]) -> dict[int, int]:
    """Effects that another absorbs, each group of which lies in one of theirs.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)

    Returns
    -------
    dict of int to int
        Place of an effect -> place of one that is kept and absorbs it. Of two with the same groups
        the earlier is kept.

    Examples
    --------
    >>> firm, sector = np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1])
    >>> nested_effects([sector, firm]), nested_effects([firm, firm])
    ({0: 1}, {1: 0})
    """
    places = range(len(effects))
    inside = {
        (i, j) for i in places for j in places if i != j and is_nested(effects[i], effects[j])
    }
    gone = {j for i, j in inside if (j, i) not in inside or i < j}
    return {j: next(i for i in places if (i, j) in inside and i not in gone) for j in sorted(gone)}


def level_codes(index: pd.MultiIndex, level: int) -> np.ndarray:
    """Codes of the entities (level 0) or periods (level 1) of rows, in order of appearance."""
    return pd.factorize(index.codes[level])[0]


def count_labels(index: pd.MultiIndex, level: int) -> int:
    """Count the entities (level 0) or periods (level 1) that have rows."""
    return int(np.count_nonzero(np.bincount(index.codes[level])))


def same_rows(index: pd.MultiIndex, other: pd.MultiIndex) -> bool:
    """Whether two indexes have the same labels in the same order, quickly where they are one."""
    return index.is_(other) or index.equals(other)


def means_by_level(values: pd.DataFrame, level: int) -> np.ndarray:
    """Means of columns by entity (level 0) or period (level 1), one row per group."""
    codes = level_codes(values.index, level)
    means = group_means(values.to_numpy(dtype=float), codes)
    return means[np.unique(codes, return_index=True)[1]]


def describe_effects(effects: tuple[str, ...]) -> str | None:
    """Return effects as a model reports them.

    Examples
    --------
    >>> describe_effects(("time", "entity")), describe_effects(("entity", "sector"))
    ('twoway', 'entity + sector')
    """
    if not effects:
        return None
    return "twoway" if set(effects) == {"entity", "time"} else " + ".join(effects)


def effect_level(effects: tuple[str, ...] | str | None) -> int:
    """Return the index level of the effects of a random or between model: 0 entity, 1 period."""
    return 1 if effects in (("time",), "time") else 0
