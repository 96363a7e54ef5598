"""Restrictions on estimated coefficients: linear ones, and others by the delta method."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy
from formulaic.errors import FormulaicError
from formulaic.utils.constraints import LinearConstraints

from regressions.delta_method import value_and_gradient
from regressions.errors import OptionError
from regressions.names import nearest

_SINGULAR = 1e-12
"""Eigenvalues of a correlation of this share of the largest, or less, are rounding."""


@dataclass(frozen=True)
class WaldTest:
    """Result of a Wald test of ``R b = q``.

    Attributes
    ----------
    statistic : float
        F form ``W / r`` when `df_denom` is finite, chi-squared form ``W`` otherwise.
    df : int
        Number of restrictions r.
    df_denom : float
        Denominator degrees of freedom; infinite for the chi-squared form.
    pvalue : float
        Upper tail.
    null : str
        The restrictions in words.
    """

    statistic: float
    df: int
    df_denom: float
    pvalue: float
    null: str

    @property
    def distribution(self) -> str:
        """Name of the reference distribution: F or chi2."""
        return "F" if np.isfinite(self.df_denom) else "chi2"

    def summary(self) -> str:
        """One line: statistic, degrees of freedom, p-value and null."""
        df = f"{self.df}, {self.df_denom:g}" if np.isfinite(self.df_denom) else f"{self.df}"
        name = "F" if np.isfinite(self.df_denom) else "chi2"
        return f"{name}({df}) = {self.statistic:.4g}, p = {self.pvalue:.4g}; H0: {self.null}"

    def __str__(self) -> str:
        return self.summary()


def wald(
    params: np.ndarray,
    covariance: np.ndarray,
    restriction: np.ndarray,
    value: np.ndarray,
    *,
    df_denom: float,
    null: str,
) -> WaldTest:
    """Wald test of ``R b = q``: ``W = (Rb - q)' (R V R')^-1 (Rb - q)``.

    Parameters
    ----------
    params : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    restriction : ndarray, shape (r, k)
    value : ndarray, shape (r,)
    df_denom : float
        Degrees of freedom of the t statistics; infinite for chi-squared.
    null : str
        Words for the restrictions.

    Returns
    -------
    WaldTest

    Raises
    ------
    OptionError
        If the covariance of the restrictions is not positive definite: restrictions repeat each
        other, clusters are too few for so many, or a two-way clustered covariance is not positive.

    Examples
    --------
    >>> print(wald(np.array([2.0]), np.array([[1.0]]), np.eye(1), np.zeros(1),
    ...            df_denom=np.inf, null="x = 0"))
    chi2(1) = 4, p = 0.0455; H0: x = 0
    """
    distance = restriction @ params - value
    r = len(distance)
    w = quadratic_form(distance, restriction @ covariance @ restriction.T)
    if np.isfinite(df_denom):
        return WaldTest(w / r, r, df_denom, float(scipy.stats.f.sf(w / r, r, df_denom)), null)
    return WaldTest(w, r, np.inf, float(scipy.stats.chi2.sf(w, r)), null)


def quadratic_form(distance: np.ndarray, spread: np.ndarray) -> float:
    """Give ``d' S^-1 d``, which is positive because S must be positive definite.

    Parameters
    ----------
    distance : ndarray, shape (r,)
    spread : ndarray, shape (r, r)
        Its covariance.

    Returns
    -------
    float

    Raises
    ------
    OptionError
        If the covariance is missing, singular or not positive definite.
    """
    r = len(distance)
    variances = np.diag(spread)
    if not np.isfinite(spread).all() or not (variances > 0).all():
        raise OptionError(
            f"the {r} restrictions cannot be tested: a variance is missing, zero or negative"
        )
    scale = np.sqrt(variances)
    eigenvalues, vectors = np.linalg.eigh(spread / np.outer(scale, scale))
    if eigenvalues[0] <= _SINGULAR * eigenvalues[-1]:
        raise OptionError(
            f"the {r} restrictions cannot be tested together: their covariance is "
            f"{'not positive definite' if eigenvalues[0] < -_SINGULAR else 'singular'} "
            "(restrictions repeat each other, there are too few clusters or periods for so many, "
            "or a two-way clustered covariance is not positive)"
        )
    return float(((vectors.T @ (distance / scale)) ** 2 / eigenvalues).sum())


def joint_restriction(names: list[str], params: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Restrictions "each of these coefficients is zero"."""
    places = [params.index.get_loc(name) for name in names]
    return np.eye(len(params))[places], np.zeros(len(places))


def read_restrictions(
    restrictions: str | Sequence[str] | Mapping[str, float], params: pd.Series
) -> tuple[np.ndarray, np.ndarray, str]:
    """Read restrictions on named coefficients.

    Parameters
    ----------
    restrictions : str, sequence of str, or mapping of name to value
    params : Series, shape (k,)
        All estimated coefficients; nonlinear restrictions are linearised there.

    Returns
    -------
    ndarray, shape (r, k)
        R, or the gradient of a nonlinear restriction.
    ndarray, shape (r,)
        q, so that ``R b - q`` is the distance from the null.
    str
        The null in words.

    Raises
    ------
    OptionError
        If a restriction cannot be read or names an unknown coefficient.

    Examples
    --------
    >>> estimates = pd.Series({"Intercept": 0.0, "x": 2.0, "z": 3.0})
    >>> read_restrictions("x + 2 * z = 1", estimates)[:2]
    (array([[0., 1., 2.]]), array([1.]))
    >>> read_restrictions("x * z = 1", estimates)[:2]
    (array([[0., 3., 2.]]), array([7.]))
    """
    names = [str(name) for name in params.index]
    if isinstance(restrictions, Mapping):
        unknown = [name for name in restrictions if name not in names]
        if unknown:
            raise OptionError(f"unknown coefficient {unknown[0]!r}{nearest(unknown[0], names)}")
        rows = [np.eye(len(names))[names.index(name)] for name in restrictions]
        words = ", ".join(f"{name} = {value:g}" for name, value in restrictions.items())
        return np.array(rows), np.array(list(restrictions.values()), dtype=float), words
    given = [restrictions] if isinstance(restrictions, str) else list(restrictions)
    texts = [text.strip() for entry in given for text in _split_outside_names(entry)]
    read = [_one_restriction(text, names, params) for text in texts]
    return (
        np.array([row for row, _ in read]),
        np.array([value for _, value in read]),
        ", ".join(texts),
    )


def _split_outside_names(text: str) -> list[str]:
    """Split at commas that are not inside backticks or brackets."""
    return re.findall(r"(?:`[^`]*`|\([^()]*\)|\[[^\[\]]*\]|[^,`])+", text)


def _one_restriction(
    text: str, names: Sequence[str], params: pd.Series
) -> tuple[np.ndarray, float]:
    sides = text.replace("==", "=").split("=")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise OptionError(f"the restriction {text!r} must have one '=': 'x + z = 1'")
    try:
        parsed = LinearConstraints.from_spec(f"({sides[0]}) - ({sides[1]}) = 0", list(names))
    except (KeyError, FormulaicError, ValueError, TypeError, RuntimeError):
        distance, row = value_and_gradient(text, params)  # not linear, or a name is unknown
        value = float(row @ params.to_numpy() - distance)
    else:
        row = np.asarray(parsed.constraint_matrix, dtype=float)[0]
        value = float(np.asarray(parsed.constraint_values, dtype=float)[0])
    if not row.any():
        raise OptionError(f"the restriction {text!r} does not involve a coefficient")
    return row, value
