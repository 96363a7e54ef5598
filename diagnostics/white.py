"""White's test for heteroskedasticity of unknown form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.least_squares import ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.squared_residuals import (
    SQUARES_KEPT,
    SQUARES_REJECTED,
    regressors_and_residuals,
    require_related,
)
from regressions.within import dependent_columns

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["white"]


@specification_test(BatteryPlace("Heteroskedasticity", "White", 30))
def white(model: FittedModel, *, interactions: bool = True) -> TestResult:
    """White test for heteroskedasticity of unknown form.

    Squared residuals are regressed on the regressors of the estimating equation, their squares
    and cross products; n R² is chi-square. Products that repeat others (squares of dummies) are
    left out and not counted.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    interactions : bool
        Whether to include the cross products.

    Returns
    -------
    TestResult

    Raises
    ------
    DiagnosticError
        If the model is of another estimator, is weighted, has no regressors, or has too few
        observations for the products.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> white(fit("y ~ x + z", data, estimator="pooled")).df
    (5,)
    """
    test = "the White test"
    sample = panel_sample(model, test)
    Z, u, warnings = regressors_and_residuals(model, sample, test)
    slopes = Z[:, 1:]
    k = slopes.shape[1]
    rows, columns = np.triu_indices(k) if interactions else (np.arange(k), np.arange(k))
    X = np.column_stack([Z, slopes[:, rows] * slopes[:, columns]])
    del Z, slopes
    redundant = sorted(dependent_columns(X))
    if redundant:
        X = np.delete(X, redundant, axis=1)
    u2 = u**2
    rss = ols(u2, X, test).rss
    df = X.shape[1] - 1
    statistic = sample.n * (1 - rss / float(np.sum((u2 - u2.mean()) ** 2)))
    require_related(statistic, sample.n, test)
    pvalue = float(scipy.stats.chi2.sf(statistic, df))
    if df > sample.n / 5:
        warnings += (f"{df} products for {sample.n} observations: the test has little power",)
    return TestResult(
        name="White test for heteroskedasticity",
        statistic=statistic,
        distribution="chi2",
        df=(df,),
        pvalue=pvalue,
        null="the error variance does not depend on the regressors, their squares and products",
        alternative="the error variance depends on them",
        variant=("squares and cross products" if interactions else "squares")
        + f", {model.estimator} residuals",
        verdict=decide(pvalue, SQUARES_REJECTED, SQUARES_KEPT),
        details={"products_left_out": len(redundant)},
        warnings=warnings,
        reference="White (1980), Econometrica 48",
    )
