"""Parameters that absorbed effects use up: the rank of their dummies, and the rows they fit alone.

One grouping has as many parameters as groups. Two have ``G1 + G2 - C``, with C the connected
components of the graph that joins two groups where they share a row (Abowd, Creecy and Kramarz
2002): C is 1 in most panels, and larger where cohorts share no period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from regressions.errors import CollinearityError
from regressions.several_groupings import DENSE_GROUPS, several_groupings
from regressions.two_groupings import count_cells, find_references

_EXACT_WIDTH = DENSE_GROUPS
_FEW_GROUPS = 200
_MOST_CELLS = 20_000_000
_CLEARLY_REPEATED = 1e-9  # share of a combination of dummies that is left by the two largest
_CLEARLY_OWN = 1e-6


def effects_rank(effects: Sequence[np.ndarray]) -> int:
    """Rank of the dummies of groupings, the constant included, or a bound that is not below it.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)
        Group codes of each effect.

    Returns
    -------
    int
        The first value of :func:`count_parameters`.

    Examples
    --------
    >>> effects_rank([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])])
    3
    >>> effects_rank([np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3])])
    4
    """
    return count_parameters(effects)[0]


def count_parameters(effects: Sequence[np.ndarray]) -> tuple[int, bool]:
    """Rank of the dummies of groupings, the constant included, and whether it is exact.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)
        Group codes of each effect.

    Returns
    -------
    rank : int
        Exact for one and two groupings; for more, while all but the largest have no more than 3,000
        groups together, or all but the two largest no more than 200. Beyond, the bound of reghdfe:
        each further grouping loses as many parameters as it has components with the earlier one
        that joins it least. The bound is never below the rank, so standard errors are never too
        small by it.
    exact : bool
    """
    codes = [_without_gaps(effect) for effect in effects]
    codes.sort(key=lambda c: -int(c.max(initial=-1)))
    sizes = [int(c.max(initial=-1)) + 1 for c in codes]
    if len(codes) > 2 and sum(sizes[1:]) <= _EXACT_WIDTH:
        exact = several_groupings(codes).rank
        if exact is not None:
            return exact, True
    few = sum(sizes[2:])
    if len(codes) > 2 and few <= _FEW_GROUPS and sizes[0] * few <= _MOST_CELLS:
        exact = _rank_beside_two(codes)
        if exact is not None:
            return exact, True
    rank = sum(sizes)
    for j in range(1, len(codes)):
        rank -= max(count_components(codes[i], codes[j]) for i in range(j))
    return rank, len(codes) <= 2


def _rank_beside_two(codes: Sequence[np.ndarray]) -> int | None:
    """Rank where few groups stand beside two large groupings; None if it cannot be told.

    The products of their dummies, once the two are taken out, are a small matrix.
    """
    first, second, *others = codes
    starts = np.cumsum([0, *(int(c.max()) + 1 for c in others)])
    width = int(starts[-1])
    columns = [c + start for c, start in zip(others, starts, strict=False)]

    def cells(own: np.ndarray) -> np.ndarray:
        size = int(own.max()) + 1
        counts = sum(np.bincount(own * width + c, minlength=size * width) for c in columns)
        return np.asarray(counts, dtype=float).reshape(size, width)

    tables = [cells(first), cells(second)]
    size = np.max([table.max(axis=0) for table in tables], axis=0)
    try:
        effects = several_groupings([first, second]).effects_of_sums(tables, size)
    except CollinearityError:
        return None
    products = np.concatenate([cells(c) for c in others])
    for table, effect in zip(tables, effects, strict=True):
        products -= table.T @ effect
    scale = np.sqrt(np.concatenate([np.bincount(c) for c in others]))
    left = np.linalg.eigvalsh(products / np.outer(scale, scale))
    if ((left > _CLEARLY_REPEATED) & (left < _CLEARLY_OWN)).any():
        return None
    two = int(first.max()) + int(second.max()) + 2 - count_components(first, second)
    return two + int(np.sum(left > _CLEARLY_OWN))


def _without_gaps(codes: np.ndarray) -> np.ndarray:
    """Codes 0..G-1 of the groups that have rows."""
    present = np.bincount(codes) > 0
    return codes if present.all() else (np.cumsum(present) - 1)[codes]


def count_components(first: np.ndarray, second: np.ndarray) -> int:
    """Count the connected components of two groupings: sets of groups that share no rows.

    Examples
    --------
    >>> count_components(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]))
    2
    """
    return len(find_references(count_cells(first, second)))


def lone_rows(effects: pd.DataFrame) -> np.ndarray:
    """Rows that are alone in a group, again and again until none is (Correia 2015).

    Parameters
    ----------
    effects : DataFrame of int, shape (n, groupings)
        Codes of the effects.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> lone_rows(pd.DataFrame({"entity": [0, 0, 1, 1, 1], "time": [0, 1, 0, 1, 2]}))
    array([False, False, False, False,  True])
    """
    codes = effects.to_numpy().T
    lone = np.zeros(len(effects), dtype=bool)
    while True:
        found = lone.copy()
        for effect in codes:
            counts = np.bincount(effect[~lone], minlength=int(effect.max(initial=0)) + 1)
            found |= ~lone & (counts[effect] == 1)
        if (found == lone).all():
            return lone
        lone = found


def groups_lost(
    effects: pd.DataFrame, groups: Mapping[str, pd.Index], lone: np.ndarray
) -> dict[str, list[object]]:
    """List the groups of each effect that have no row but lone ones.

    Parameters
    ----------
    effects : DataFrame of int, shape (n, groupings)
        Codes of the effects.
    groups : mapping of str to Index
        Names of the groups of each effect, in the order of their codes.
    lone : ndarray of bool, shape (n,)
        From :func:`lone_rows`.

    Returns
    -------
    dict of str to list of names
        Effects that lose none are left out.
    """
    lost = {}
    for name in effects.columns:
        codes = effects[name].to_numpy()
        gone = np.setdiff1d(codes[lone], codes[~lone])
        if len(gone):
            lost[str(name)] = groups[name][gone].tolist()
    return lost
