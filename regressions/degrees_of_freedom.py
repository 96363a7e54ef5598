"""Parameters that absorbed effects use up: the rank of their dummies, and the rows they fit alone.

One grouping has as many parameters as groups. Two have ``G1 + G2 - C``, with C the connected
components of the graph that joins two groups where they share a row (Abowd, Creecy and Kramarz
2002): C is 1 in most panels, and larger where cohorts share no period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from regressions.several_groupings import DENSE_GROUPS, several_groupings
from regressions.two_groupings import count_cells, find_references

_EXACT_WIDTH = DENSE_GROUPS


def effects_rank(effects: Sequence[np.ndarray]) -> int:
    """Rank of the dummies of groupings, the constant included.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)
        Group codes of each effect.

    Returns
    -------
    int
        Exact for one and two groupings. For more, exact while all groupings but the largest have
        no more than 3,000 groups together; beyond, the bound of reghdfe: each further grouping
        loses as many parameters as it has components with the earlier one that joins it least.
        The bound is never below the rank, so standard errors are never too small by it.

    Examples
    --------
    >>> effects_rank([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])])
    3
    >>> effects_rank([np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3])])
    4
    """
    codes = [_without_gaps(effect) for effect in effects]
    codes.sort(key=lambda c: -int(c.max(initial=-1)))
    sizes = [int(c.max(initial=-1)) + 1 for c in codes]
    if len(codes) > 2 and rank_is_exact(codes):
        exact = several_groupings(codes).rank
        if exact is not None:
            return exact
    rank = sum(sizes)
    for j in range(1, len(codes)):
        rank -= max(count_components(codes[i], codes[j]) for i in range(j))
    return rank


def rank_is_exact(effects: Sequence[np.ndarray]) -> bool:
    """Whether :func:`effects_rank` is the rank, not a bound above it."""
    sizes = sorted(int(codes.max(initial=-1)) + 1 for codes in effects)
    return len(sizes) <= 2 or sum(sizes[:-1]) <= _EXACT_WIDTH


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
