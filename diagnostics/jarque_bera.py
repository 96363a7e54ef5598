"""Normality of the errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.transformed_equation import estimating_equation
from regressions.options import by_name


@by_name(error=DiagnosticError)
def jarque_bera(model: Any) -> TestResult:
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
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(10), range(20)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(200, 2)), index=index, columns=["x", "y"])
    >>> jarque_bera(fit("y ~ x", data, estimator="pooled")).pvalue > 0.05
    True
    """
    test = "the Jarque-Bera test"
    sample = panel_sample(model, test)
    u = estimating_equation(model, sample, test).fit.resid
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
