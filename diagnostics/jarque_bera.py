"""Normality of the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.transformed_equation import transformed_equation

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["jarque_bera"]


@specification_test(BatteryPlace("Normality", "Jarque-Bera", 10))
def jarque_bera(model: FittedModel) -> TestResult:
    r"""Jarque-Bera test that the errors are normal.

    :math:`n (S^2 / 6 + (K - 3)^2 / 24)` with skewness S and kurtosis K of the residuals of the
    estimating equation.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.

    Returns
    -------
    TestResult
        chi2(2); `details` holds skewness and kurtosis.

    Raises
    ------
    DiagnosticError
        If the model is of another estimator, is weighted, or fits exactly.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> jarque_bera(fit("y ~ x", data, estimator="pooled")).pvalue > 0.05
    True
    """
    test = "the Jarque-Bera test"
    sample = panel_sample(model, test)
    u = transformed_equation(model, sample, test).fit.resid
    centred = u - u.mean()
    variance = np.mean(centred**2)
    skewness = float(np.mean(centred**3) / variance**1.5)
    kurtosis = float(np.mean(centred**4) / variance**2)
    statistic = sample.n * (skewness**2 / 6 + (kurtosis - 3) ** 2 / 24)
    pvalue = float(scipy.stats.chi2.sf(statistic, 2))
    warnings: tuple[str, ...] = ()
    if sample.n < 100:
        warnings = (
            f"{sample.n} observations: the chi-square distribution is reached slowly, and the "
            "test rejects too seldom",
        )
    return TestResult(
        name="Jarque-Bera test",
        statistic=statistic,
        distribution="chi2",
        df=(2,),
        pvalue=pvalue,
        null="the errors are normal",
        alternative="the errors are skewed or have other tails than the normal distribution",
        variant=f"{model.estimator} residuals",
        verdict=decide(
            pvalue,
            "the errors are not normal; inference rests on a large sample, not on normality",
            "no departure from normality is detected",
        ),
        details={"skewness": skewness, "kurtosis": kurtosis},
        warnings=warnings,
        reference="Jarque and Bera (1987), Int. Statistical Review 55",
    )
