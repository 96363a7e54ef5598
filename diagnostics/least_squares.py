"""Ordinary least squares on arrays, as the tests need it. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from diagnostics.errors import DiagnosticError
from diagnostics.transformation import Floats
from regressions import OptionError
from regressions.wald import quadratic_form
from regressions.within import DEPENDENT, dependent_columns

__all__ = ["Fit", "independent_columns", "ols", "wald"]


@dataclass(frozen=True, eq=False)
class Fit:
    """Least-squares fit of y (n,) on X (n, k) of full column rank."""

    beta: Floats
    resid: Floats
    bread: Floats
    """(X'X)^-1, shape (k, k)."""

    @property
    def rss(self) -> float:
        """Sum of squared residuals."""
        return float(self.resid @ self.resid)

    @property
    def df_resid(self) -> int:
        """Observations minus columns."""
        return self.resid.size - self.beta.size


def ols(y: Floats, X: Floats, test: str) -> Fit:
    """Fit y on X through a QR factorisation of the columns scaled to unit length.

    Raises
    ------
    DiagnosticError
        If there are no more observations than columns, or the columns are collinear.
    """
    n, k = X.shape
    if n <= k:
        raise DiagnosticError(
            f"{test} has {n} usable observations for {k} coefficients; it needs a longer sample"
        )
    if k == 0:
        return Fit(beta=np.empty(0), resid=y.copy(), bread=np.empty((0, 0)))
    scale = np.linalg.norm(X, axis=0)
    if (scale == 0).any():
        raise DiagnosticError(f"{test} met a column of zeros; drop the regressor it stands for")
    Q, R = np.linalg.qr(X / scale)
    if np.min(np.abs(np.diag(R))) < DEPENDENT:
        raise DiagnosticError(f"{test} met collinear regressors; drop one of them")
    inverse = linalg.solve_triangular(R, np.eye(k)) / scale[:, None]
    beta = inverse @ (Q.T @ y)
    return Fit(beta=beta, resid=y - X @ beta, bread=inverse @ inverse.T)


def independent_columns(base: Floats, block: Floats) -> NDArray[np.bool_]:
    """Which columns of `block` (n, m) add to the span of `base` and of the columns before them.

    Examples
    --------
    >>> one = np.ones((3, 1))
    >>> independent_columns(one, np.array([[2.0, 1.0], [2.0, 0.0], [2.0, 0.0]]))
    array([False,  True])
    """
    redundant = dependent_columns(np.column_stack([base, block]))
    return np.array([base.shape[1] + j not in redundant for j in range(block.shape[1])], bool)


def wald(beta: Floats, V: Floats, test: str) -> float:
    """Wald statistic b' V^-1 b of the hypothesis that all of `beta` is zero."""
    try:
        return quadratic_form(beta, V)
    except OptionError as error:
        raise DiagnosticError(f"{test}: {error}") from error
