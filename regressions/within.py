"""Removing effects from columns, and naming regressors that effects or others make redundant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from regressions.errors import AbsorbedError, CollinearityError
from regressions.names import INTERCEPT
from regressions.several_groupings import several_groupings
from regressions.two_groupings import two_groupings

ABSORBED = 1e-9
"""A column is absorbed when this share of its variation, or less, is left."""

DEPENDENT = 1e-10
"""A column depends on others when this share of its norm, or less, is left unexplained."""

_CLEARLY_INDEPENDENT = 1e-8
_ROUNDING = 1e-14


def group_means(
    values: np.ndarray, groups: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Weighted mean of each column within each group, repeated on the rows of the group.

    Parameters
    ----------
    values : ndarray, shape (n, k)
    groups : ndarray of int, shape (n,)
        Codes 0..G-1.
    weights : ndarray, shape (n,), optional

    Returns
    -------
    ndarray, shape (n, k)

    Examples
    --------
    >>> group_means(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1])).ravel().tolist()
    [2.0, 2.0, 5.0]
    """
    total = np.bincount(groups, weights=weights).astype(float)
    means = np.empty(values.shape, order="F")
    for j, column in enumerate(values.T):
        sums = np.bincount(groups, weights=column if weights is None else weights * column)
        np.take(sums / total, groups, out=means[:, j], mode="clip")  # else it is buffered
    return means


def quasi_demean(values: np.ndarray, groups: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Take theta times the mean of its group from each row, as random effects do.

    Parameters
    ----------
    values : ndarray, shape (n, k)
    groups : ndarray of int, shape (n,)
    theta : ndarray, shape (G,)

    Returns
    -------
    ndarray, shape (n, k)

    Examples
    --------
    >>> x = np.array([[1.0], [3.0], [5.0]])
    >>> quasi_demean(x, np.array([0, 0, 1]), np.array([0.5, 0.0])).ravel().tolist()
    [0.0, 2.0, 5.0]
    """
    return values - theta[groups][:, None] * group_means(values, groups)


def remove_effects(
    values: np.ndarray, effects: Sequence[np.ndarray], weights: np.ndarray | None = None
) -> np.ndarray:
    """Residuals of columns on the dummies of one or more groupings.

    Parameters
    ----------
    values : ndarray, shape (n, k)
    effects : sequence of ndarray of int, each shape (n,)
        Group codes of each effect. One is removed by demeaning, two by
        :class:`~regressions.two_groupings.TwoGroupings`, more by
        :class:`~regressions.several_groupings.SeveralGroupings`.
    weights : ndarray, shape (n,), optional
        Weights of the least-squares projection.

    Returns
    -------
    ndarray, shape (n, k)
        Without the mean: not re-centred.
    """
    return remover_of_effects(effects, weights)(np.asarray(values, dtype=float))


def remover_of_effects(
    effects: Sequence[np.ndarray], weights: np.ndarray | None = None
) -> Callable[[np.ndarray], np.ndarray]:
    """Projection of :func:`remove_effects`, made once for several sets of columns."""
    if not effects:
        return np.copy
    if len(effects) == 1:
        return lambda values: _deviations(values, effects[0], weights)
    if len(effects) == 2:
        return two_groupings(effects[0], effects[1], weights).residuals
    return several_groupings(effects, weights).residuals


def _deviations(values: np.ndarray, groups: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    means = group_means(values, groups, weights)
    return np.subtract(values, means, out=means)


def dummy_leverage(effects: Sequence[np.ndarray], weights: np.ndarray | None = None) -> np.ndarray:
    """Diagonal of the projection on the dummies of one or more groupings.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)
    weights : ndarray, shape (n,), optional
        The projection is that of dummies times the roots of the weights.

    Returns
    -------
    ndarray, shape (n,)
        With one grouping, the share of each row in the weight of its group. Others add their
        dummies, demeaned within the first: a quadratic form in the inverse of their products.

    Raises
    ------
    OptionError
        If there are too many groups.

    Examples
    --------
    >>> dummy_leverage([np.array([0, 0, 1])]).tolist()
    [0.5, 0.5, 1.0]
    """
    if len(effects) > 1:
        return several_groupings(effects, weights).leverage()
    (codes,) = effects
    own = np.ones(len(codes)) if weights is None else weights
    return np.asarray(own / np.bincount(codes, weights=weights)[codes])


def dependent_columns(matrix: np.ndarray) -> dict[int, list[int]]:
    """Columns that are exact linear combinations of earlier ones.

    Parameters
    ----------
    matrix : ndarray, shape (n, k)

    Returns
    -------
    dict of int to list of int
        Redundant column -> the earlier columns that make it up (empty for a column of zeros).

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 4.0])
    >>> dependent_columns(np.column_stack([np.ones(3), x, 3 * x - 1]))
    {2: [0, 1]}
    """
    products = matrix.T @ matrix
    norms = np.sqrt(np.diag(products))
    if _independent(products, norms):
        return {}
    kept: list[int] = []
    basis = np.empty((len(matrix), 0))
    redundant: dict[int, list[int]] = {}
    for j in range(matrix.shape[1]):
        if norms[j] == 0.0:
            redundant[j] = []
            continue
        column = matrix[:, j] / norms[j]
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        size = float(np.sqrt(rest @ rest))
        if size < DEPENDENT:
            scaled = matrix[:, kept] / norms[kept]
            weights = np.linalg.lstsq(scaled, column, rcond=None)[0]
            redundant[j] = [k for k, w in zip(kept, weights, strict=True) if abs(w) > 1e-7]
        else:
            kept.append(j)
            basis = np.column_stack([basis, rest / size])
    return redundant


def _independent(products: np.ndarray, norms: np.ndarray) -> bool:
    """Whether cross-products rule dependence out: the least eigenvalue bounds what is left."""
    if not (np.isfinite(norms) & (norms > 0)).all():
        return False
    eigenvalues = np.linalg.eigvalsh(products / np.outer(norms, norms))
    return bool(len(norms) == 0 or eigenvalues[0] > _CLEARLY_INDEPENDENT)


def constant_columns(frame: pd.DataFrame) -> list[str]:
    """Columns that do not vary over the rows, but for rounding.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)

    Returns
    -------
    list of str

    Examples
    --------
    >>> constant_columns(pd.DataFrame({"a": [1.0, 1.0], "b": [1.0, 2.0]}))
    ['a']
    """
    values = frame.to_numpy(dtype=float)
    if not len(values):
        return []
    low, high = values.min(axis=0), values.max(axis=0)
    size = np.maximum(np.abs(low), np.abs(high))
    return [str(name) for name in frame.columns[high - low <= 1e-13 * size]]


def require_independent(exog: pd.DataFrame) -> None:
    """Refuse constant and perfectly collinear regressors, by name.

    Parameters
    ----------
    exog : DataFrame, shape (n, k)

    Raises
    ------
    CollinearityError
        Naming each redundant regressor and what it repeats.
    """
    values = exog.to_numpy(dtype=float)
    names = [str(name) for name in exog.columns]
    constants = [name for name in constant_columns(exog) if name != INTERCEPT]
    if constants and (INTERCEPT in names or len(constants) > 1):
        raise CollinearityError(
            f"constant regressors: {', '.join(constants)} do not vary in the sample and cannot "
            "stand beside the constant; leave them out"
        )
    redundant = dependent_columns(values)
    if redundant:
        sentences = [
            f"{names[j]!r} is zero in every row"
            if not parts
            else f"{names[j]!r} is an exact linear combination of "
            + ", ".join(repr(names[k]) for k in parts)
            for j, parts in redundant.items()
        ]
        raise CollinearityError(
            f"perfectly collinear regressors: {'; '.join(sentences)}; leave one of them out"
        )


class WithoutEffects:
    """Columns less their projection on effects, each computed once.

    Parameters
    ----------
    effects : sequence of ndarray of int, each shape (n,)
        Group codes of each effect.
    weights : ndarray, shape (n,), optional
    """

    def __init__(self, effects: Sequence[np.ndarray], weights: np.ndarray | None = None) -> None:
        self._effects, self._weights = effects, weights
        self._known: dict[tuple[str, ...], np.ndarray] = {}

    def residuals(self, columns: pd.DataFrame) -> np.ndarray:
        """Columns, known by their names, without the effects, shape (n, k)."""
        names = tuple(map(str, columns.columns))
        free = int(len(names) > 1)  # a single column is the outcome, as a rule
        if names in self._known:
            return self._known[names][:, free:]
        for others, block in self._known.items():
            if set(names) <= set(others):
                start = int(len(others) > 1)
                places = [start + others.index(name) for name in names]
                return np.asfortranarray(block[:, places])
        block = self._known[names] = np.empty((len(columns), free + len(names)), order="F")
        remove = self._remove
        for j in range(len(names)):
            column = columns.iloc[:, j].to_numpy(dtype=float)
            block[:, j + free] = remove((column - column.mean())[:, None])[:, 0]
        return block[:, free:]

    def take(self, columns: pd.DataFrame) -> np.ndarray:
        """Columns as from :meth:`residuals`, which are the caller's to change, and forgotten."""
        known = self.residuals(columns)
        names = tuple(map(str, columns.columns))
        return known if self._known.pop(names, None) is not None else known.copy(order="F")

    def take_beside_constant(self, columns: pd.DataFrame) -> np.ndarray:
        """Columns as from :meth:`take` after one that is free, shape (n, 1 + k)."""
        names = tuple(map(str, columns.columns))
        known = self.residuals(columns)
        if len(names) > 1 and names in self._known:
            return self._known.pop(names)
        self._known.pop(names, None)
        whole = np.empty((len(known), 1 + len(names)), order="F")
        whole[:, 1:] = known
        return whole

    @cached_property
    def _remove(self) -> Callable[[np.ndarray], np.ndarray]:
        return remover_of_effects(self._effects, self._weights)

    def forget(self) -> None:
        """Let go of the columns that are known."""
        self._known.clear()
        self.__dict__.pop("_remove", None)

    def absorbed(self, exog: pd.DataFrame) -> list[str]:
        """Name columns without variation of their own once the effects are removed.

        Parameters
        ----------
        exog : DataFrame, shape (n, k)

        Returns
        -------
        list of str
            Absorbed columns, and those that the effects make collinear with earlier ones.
        """
        slopes = exog.drop(columns=INTERCEPT, errors="ignore")
        if slopes.empty:
            return []
        residual = self.residuals(slopes)
        gone = absorbed(slopes.to_numpy(dtype=float), residual)
        if gone.any():
            residual = np.where(gone, 0.0, residual)
        return [str(slopes.columns[j]) for j in dependent_columns(residual)]


def absorbed(values: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Which columns have nothing left of their variation but rounding.

    Parameters
    ----------
    values, residual : ndarray, shape (n, k)
        Columns, and what is left of them.

    Returns
    -------
    ndarray of bool, shape (k,)

    Examples
    --------
    >>> x = np.array([[1.0, 1.0], [1.0, 2.0], [4.0, 4.0]])
    >>> absorbed(x, remove_effects(x, [np.array([0, 0, 1])]))
    array([ True, False])
    """
    limit = [  # column by column, which takes no memory for all of them
        max(ABSORBED * np.std(column) * np.sqrt(len(column)), _ROUNDING * np.linalg.norm(column))
        for column in values.T
    ]
    return np.array([np.linalg.norm(column) for column in residual.T]) <= limit


def require_not_absorbed(absorbed: list[str], taker: str) -> None:
    """Refuse absorbed regressors, by name.

    Parameters
    ----------
    absorbed : list of str
    taker : str
        What takes them, with its verb: "entity effects absorb".

    Raises
    ------
    AbsorbedError
        Naming them and the option that leaves them out.
    """
    if absorbed:
        raise AbsorbedError(
            f"the {taker} {', '.join(absorbed)}: nothing is left of them to estimate from; "
            "leave them out of the formula or pass drop_absorbed=True"
        )
