"""The Breusch-Pagan test for an error variance that depends on the regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

__all__ = ["breusch_pagan"]


@specification_test(BatteryPlace("Heteroskedasticity", "Breusch-Pagan", 20))
def breusch_pagan(model: FittedModel, *, studentized: bool = True) -> TestResult:
    """Breusch-Pagan test that the error variance does not depend on the regressors.

    Squared residuals of the estimating equation are regressed on its regressors (raw for pooled,
    demeaned for fixed, quasi-demeaned for random effects) and a constant.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    studentized : bool
        Koenker's form n R², which does not need normal errors; False for the original form,
        half the explained sum of squares of u²/s².

    Returns
    -------
    TestResult
        chi2 with as many degrees of freedom as regressors.

    Raises
    ------
    DiagnosticError
        If the model is of another estimator, is weighted, has no regressors, or has squared
        residuals that cannot depend on them.

    Notes
    -----
    Same as lmtest::bptest in R for the pooled model. Under random effects the regressors are taken
    as deviations from their means before they are quasi-demeaned, so that their origin changes
    nothing where θ differs between groups.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> breusch_pagan(fit("y ~ x", data, estimator="pooled")).df
    (1,)
    """
    from statsmodels.stats.diagnostic import het_breuschpagan

    test = "the Breusch-Pagan test for heteroskedasticity"
    sample = panel_sample(model, test)
    Z, u, warnings = regressors_and_residuals(model, sample, test)
    statistic, pvalue, *_ = het_breuschpagan(u, Z, robust=studentized)
    require_related(statistic, sample.n, test)
    return TestResult(
        name="Breusch-Pagan test for heteroskedasticity",
        statistic=statistic,
        distribution="chi2",
        df=(Z.shape[1] - 1,),
        pvalue=pvalue,
        null="the error variance does not depend on the regressors",
        alternative="the error variance is a function of the regressors",
        variant=("studentized (Koenker)" if studentized else "original, for normal errors")
        + f", {model.estimator} residuals",
        verdict=decide(pvalue, SQUARES_REJECTED, SQUARES_KEPT),
        warnings=warnings,
        reference="Breusch and Pagan (1979), Econometrica 47; Koenker (1981), J. Econometrics 17",
    )
