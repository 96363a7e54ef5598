"""Methods of decomposition as weights: how much the step of a factor counts in each state.

A state says which factors have changed already; bit k of its number is set where factor k has. The
effect of factor k is Σ_S w_k(S) Δ_k(S), over all states S in which it has not changed yet, with
Δ_k(S) what its change then does. Every method here is a mean over orderings of the factors, and
w_k(S) the share of orderings in which those before k are S: so effects sum to the change exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import comb
from typing import Any

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.models import Model
from ioecon.errors import ArgumentError

LMDI = "lmdi"
"""Means of logarithms: no weights, see :mod:`ioecon.decomposition.log_means`."""

__all__ = ["LMDI", "METHODS", "shapley_weights", "weigh_orderings", "weights_of"]

METHODS = ("two_polar", "mirror_pairs", "shapley", "sequence", LMDI)


def weights_of(
    model: Model, method: str | None, sequence: Sequence[str] | None
) -> tuple[str, Array]:
    """Name of the method and its weights.

    Parameters
    ----------
    model : Model
    method : {"two_polar", "mirror_pairs", "shapley"}, optional
        By default ``two_polar``, or the sequence where one is given.
    sequence : sequence of str, optional
        Names of all factors in the order in which they change.

    Returns
    -------
    str
    ndarray, shape (factors, 2**factors)
        Zero where the factor has changed already.

    Examples
    --------
    >>> from ioecon.decomposition.models import intensity_structure
    >>> weights_of(intensity_structure, "shapley", None)[1][0].round(3).tolist()
    [0.333, 0.0, 0.167, 0.0, 0.167, 0.0, 0.333, 0.0]
    """
    names = model.names
    order = _read_sequence(names, sequence)
    if method is None:
        method = "two_polar" if sequence is None else "sequence"
    if method == "sequence" and sequence is not None:
        return method, weigh_orderings([order])
    if method == "shapley":
        if sequence is not None:
            raise ArgumentError("The Shapley mean is over all orders: give method or sequence.")
        return method, shapley_weights(len(names))
    if method == LMDI:
        if sequence is not None:
            raise ArgumentError("LMDI knows no order of the factors: give method or sequence.")
        return method, np.zeros((len(names), 2 ** len(names)))
    if method == "mirror_pairs":
        turned = [order[k:] + order[:k] for k in range(len(order))]
        return method, weigh_orderings(turned + [each[::-1] for each in turned])
    if method == "two_polar":
        if sequence is None and model.nesting:
            return method, weigh_orderings(_order_nested(names, model.nesting))
        return method, weigh_orderings([order, order[::-1]])
    raise ArgumentError(
        "method is 'two_polar', 'mirror_pairs', 'shapley' or 'lmdi', or sequence names all "
        f"factors in order; not {method!r}."
    )


def shapley_weights(factors: int) -> Array:
    """Weights of the mean over all orderings, |S|! (n − 1 − |S|)! / n!.

    Parameters
    ----------
    factors : int

    Returns
    -------
    ndarray, shape (factors, 2**factors)
    """
    states = np.arange(2**factors)
    changed = (states[None, :] >> np.arange(factors)[:, None]) & 1
    of_size = np.array([1 / (factors * comb(factors - 1, size)) for size in range(factors)] + [0.0])
    return np.where(changed == 1, 0.0, of_size[changed.sum(axis=0)])


def _read_sequence(names: tuple[str, ...], sequence: Sequence[str] | None) -> list[int]:
    given = names if sequence is None else tuple(sequence)
    if sorted(given) != sorted(names) or isinstance(sequence, str):
        raise ArgumentError(
            f"sequence names every factor once, {', '.join(map(repr, names))}; not {sequence!r}."
        )
    return [names.index(name) for name in given]


def weigh_orderings(orderings: Sequence[Sequence[int]]) -> Array:
    """Weights of the mean over some orderings: the share in which the factors before k are S.

    Parameters
    ----------
    orderings : sequence of sequences of int
        Positions of all factors in the order in which they change.

    Returns
    -------
    ndarray, shape (factors, 2**factors)
    """
    n = len(orderings[0])
    weights = np.zeros((n, 2**n))
    for ordering in orderings:
        state = 0
        for factor in ordering:
            weights[factor, state] += 1
            state |= 1 << factor
    return weights / len(orderings)


def _order_nested(names: tuple[str, ...], nesting: Any) -> list[list[int]]:
    """Orderings in which each group follows its own order or the reverse, as a block."""
    if isinstance(nesting, str):
        return [[names.index(nesting)]]
    inside = [_order_nested(names, part) for part in nesting]
    found = []
    for parts in product(*inside):
        found += [_join(parts), _join(parts[::-1])]
    return found


def _join(parts: Iterable[list[int]]) -> list[int]:
    return [factor for part in parts for factor in part]
