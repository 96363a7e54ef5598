"""Index decomposition of a sum of products, by several methods. Arrays only.

V = Σᵢ xᵢ¹ xᵢ² …, i the groups. With V(S) the sum in which the factors of S have their values of
the reporting year and the others those of the base year, most methods are weights: the effect of
a factor k is Σ_S w(S) [V(S + k) − V(S)], in the multiplicative form exp Σ_S w(S) ln V(S + k)/V(S).
The logarithmic mean Divisia methods are none; see :mod:`ioecon.decomposition.logarithmic_mean`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.logarithmic_mean import logarithmic_mean, weighted_log_changes
from ioecon.decomposition.weights import shapley_weights, weigh_orderings

__all__ = ["EXACT", "METHODS", "OTHER_NAMES", "effects_of_groups", "ratio_effects"]

Steps = Mapping[frozenset[int], float]

METHODS = {
    "lmdi": "logarithmic mean Divisia index, method I",
    "lmdi2": "logarithmic mean Divisia index, method II (Sato-Vartia)",
    "shapley": "mean of all orderings of the factors (Sun)",
    "two_polar": "mean of the order of the factors and its reverse",
    "laspeyres": "each factor alone, the others as in the base year",
    "paasche": "each factor alone, the others as in the reporting year",
    "marshall_edgeworth": "each factor alone, the others as in both years",
}
"""Methods by name, each in words."""

EXACT = ("lmdi", "lmdi2", "shapley", "two_polar")
"""Those that leave no residual."""

OTHER_NAMES = {
    "lmdi1": "lmdi", "lmdi_i": "lmdi", "vartia": "lmdi", "montgomery": "lmdi",
    "lmdi_ii": "lmdi2", "sato_vartia": "lmdi2",
    "sun": "shapley", "refined_laspeyres": "shapley", "jcim": "shapley",
    "dietzenbacher_los": "shapley", "generalized_fisher": "shapley", "fisher": "shapley",
    "polar": "two_polar",
}  # fmt: skip
"""What the literature calls some of them."""


@cache
def _steps(method: str, factors: int, k: int) -> Steps:
    """States from which the step of factor k is taken, with their weights."""
    others = [j for j in range(factors) if j != k]
    all_others = frozenset(others)
    if method == "laspeyres":
        return {frozenset(): 1.0}
    if method == "paasche":
        return {all_others: 1.0}
    if method == "marshall_edgeworth":
        return {frozenset(): 0.5, all_others: 0.5} if others else {frozenset(): 1.0}
    return {
        frozenset(j for j in others if state >> j & 1): float(weight)
        for state, weight in enumerate(_mean_weights(method, factors)[k])
        if weight
    }


@cache
def _mean_weights(method: str, factors: int) -> Array:
    """Weights of a mean over orderings of the factors; see :mod:`ioecon.decomposition.weights`."""
    if method == "shapley":
        return shapley_weights(factors)
    order = list(range(factors))
    return weigh_orderings([order, order[::-1]])


def effects_of_groups(x0: Array, x1: Array, method: str) -> Array:
    """Additive effects of each factor on each group's product.

    Parameters
    ----------
    x0, x1 : ndarray, shape (groups, factors)
        Base and reporting year.
    method : str
        One of :data:`METHODS`.

    Returns
    -------
    ndarray, shape (groups, factors)
        In the unit of the product.

    Examples
    --------
    >>> effects_of_groups(np.array([[1.0, 10.0]]), np.array([[2.0, 12.0]]), "shapley")
    array([[11.,  3.]])
    """
    V0, V1 = x0.prod(axis=1), x1.prod(axis=1)
    if method == "lmdi":
        return weighted_log_changes(x0, x1, V0, V1)
    if method == "lmdi2":
        total = _mean_of_totals(V0, V1)
        return total * _sato_vartia_changes(x0, x1, V0, V1)
    factors = x0.shape[1]
    products: dict[frozenset[int], Array] = {}

    def product(state: frozenset[int]) -> Array:
        if state not in products:
            products[state] = np.where([k in state for k in range(factors)], x1, x0).prod(axis=1)
        return products[state]

    effects = np.zeros_like(x0)
    for k in range(factors):
        for state, weight in _steps(method, factors, k).items():
            effects[:, k] += weight * (product(state | {k}) - product(state))
    return effects


def ratio_effects(x0: Array, x1: Array, method: str) -> Array:
    """Multiplicative effects of each factor on the sum over groups.

    Parameters
    ----------
    x0, x1, method
        As for :func:`effects_of_groups`; the sum over groups is positive, also in every mixture of
        the two years that the method takes: ``nan`` where it is not.

    Returns
    -------
    ndarray, shape (factors,)
        Without unit. Those of methods in :data:`EXACT` multiply to V1 / V0.

    Examples
    --------
    >>> ratio_effects(np.array([[1.0, 10.0]]), np.array([[2.0, 12.0]]), "shapley")
    array([2. , 1.2])
    """
    V0, V1 = x0.prod(axis=1), x1.prod(axis=1)
    if method == "lmdi":
        return np.exp(weighted_log_changes(x0, x1, V0, V1).sum(axis=0) / _mean_of_totals(V0, V1))
    if method == "lmdi2":
        return np.exp(_sato_vartia_changes(x0, x1, V0, V1).sum(axis=0))
    factors = x0.shape[1]
    totals: dict[frozenset[int], float] = {}

    def total(state: frozenset[int]) -> float:
        if state not in totals:
            mixed = np.where([k in state for k in range(factors)], x1, x0)
            totals[state] = float(mixed.prod(axis=1).sum())
        return totals[state]

    ratios = np.empty(factors)
    with np.errstate(invalid="ignore", divide="ignore"):
        for k in range(factors):
            steps = _steps(method, factors, k)
            later = np.array([total(state | {k}) for state in steps])
            before = np.array([total(state) for state in steps])
            if method == "marshall_edgeworth":  # an index of sums, as it is used for prices
                ratios[k] = later.sum() / before.sum()
            else:
                logs = np.where((later > 0) & (before > 0), np.log(later / before), np.nan)
                ratios[k] = np.exp(np.array(list(steps.values())) @ logs)
    return ratios


def _mean_of_totals(V0: Array, V1: Array) -> float:
    return float(logarithmic_mean(V1.sum(), V0.sum()))


def _sato_vartia_changes(x0: Array, x1: Array, V0: Array, V1: Array) -> Array:
    """ln(x1 / x0) weighted by logarithmic means of shares that are scaled to a sum of one."""
    s0, s1 = V0 / V0.sum(), V1 / V1.sum()
    return weighted_log_changes(x0, x1, s0, s1) / logarithmic_mean(s1, s0).sum()
