"""White's test for heteroskedasticity of unknown form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.least_squares import independent_columns, ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.squared_residuals import (
    SQUARES_KEPT,
    SQUARES_REJECTED,
    regressors_and_residuals,
    require_related,
)

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
    products = slopes[:, rows] * slopes[:, columns]
    candidates = np.column_stack([slopes, products])
    constant = np.ones((sample.n, 1))
    keep = independent_columns(constant, candidates)
    X = np.column_stack([constant, candidates[:, keep]])
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
        details={"products_left_out": int(np.sum(~keep))},
        warnings=warnings,
        reference="White (1980), Econometrica 48",
    )
