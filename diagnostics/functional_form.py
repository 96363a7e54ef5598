"""Functional form: Ramsey's RESET."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from diagnostics.errors import DiagnosticError
from diagnostics.estimating_equation import estimating_equation, random_groups
from diagnostics.least_squares import covariance, independent_columns, wald
from diagnostics.result import TestResult, decide
from diagnostics.sample import CONSTANT, PanelSample, panel_sample
from diagnostics.transformation import Floats, quasi_demean, within


def reset(
    model: Any,
    *,
    powers: Sequence[int] = (2, 3),
    cov: str = "unadjusted",
) -> TestResult:
    """Test with RESET whether powers of the linear prediction belong in the model.

    Powers of x b (standardised, without effects) are added to the regressors, the equation is
    transformed as the estimator does and estimated again, and the powers are tested jointly.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects (θ is kept).
    powers : sequence of int
        Powers of the prediction, 2 or higher.
    cov : {"unadjusted", "robust", "clustered", "driscoll-kraay"}
        Covariance of the extended equation. "clustered" (by entity) and "driscoll-kraay" refer
        the F statistic to G - 1 and T - 1 denominator degrees of freedom.

    Returns
    -------
    TestResult
        F(powers, denominator).

    Raises
    ------
    DiagnosticError
        If the model is of another estimator or weighted, has no regressors, or the powers repeat
        regressors (a single dummy, say).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(10), range(20)], names=["firm", "year"])
    >>> data = pd.DataFrame({"x": rng.normal(size=200)}, index=index)
    >>> data["y"] = data["x"] + data["x"] ** 2 + rng.normal(size=200)
    >>> reset(fit("y ~ x", data, estimator="pooled")).pvalue < 1e-6
    True
    """
    test = "the RESET"
    if not powers or min(powers) < 2 or len(set(powers)) < len(powers):
        raise DiagnosticError(f"powers must be different numbers from 2 on, not {tuple(powers)}")
    sample = panel_sample(model, test)
    equation = estimating_equation(model, sample, test)
    slopes = [j for j, name in enumerate(equation.names) if name != CONSTANT]
    if not slopes:
        raise DiagnosticError(f"{test} needs at least one regressor")
    raw = sample.X[:, [sample.names.index(equation.names[j]) for j in slopes]]
    index = raw @ equation.fit.beta[slopes]
    index = (index - index.mean()) / index.std()
    added = _transform(model, sample, np.column_stack([index**p for p in powers]), test)
    if not independent_columns(equation.X, added).all():
        raise DiagnosticError(
            f"{test}: powers {tuple(powers)} of the prediction repeat the regressors; "
            "use fewer powers"
        )
    q = len(powers)
    beta, V = covariance(
        equation.y,
        np.column_stack([equation.X, added]),
        sample.entity,
        sample.period,
        cov,
        test,
    )
    denominators = {
        "clustered": sample.n_entities - 1,
        "driscoll-kraay": sample.n_periods - 1,
    }
    df = denominators.get(cov, equation.df - q)
    if cov not in denominators:
        # the effects count as parameters, which the pooled covariance does not know
        V = V * (sample.n - equation.X.shape[1] - q) / df
    statistic = wald(beta[-q:], V[-q:, -q:], test) / q
    pvalue = float(stats.f.sf(statistic, q, df))
    return TestResult(
        name="RESET",
        statistic=statistic,
        distribution="F",
        df=(q, df),
        pvalue=pvalue,
        null="the model is linear in its regressors: powers of the prediction do not matter",
        alternative="powers of the prediction matter",
        variant=f"powers {', '.join(map(str, powers))}, {cov} covariance",
        verdict=decide(
            pvalue,
            "the functional form is rejected; consider logarithms, squares or interactions",
            "no misspecification of the functional form is detected",
        ),
        details={"coefficients": dict(zip(powers, beta[-q:], strict=True))},
        reference="Ramsey (1969), J. Royal Statistical Society B 31",
    )


def _transform(model: Any, sample: PanelSample, values: Floats, test: str) -> Floats:
    if model.estimator == "fixed":
        return within(values, sample.effects)
    if model.estimator == "random":
        return quasi_demean(values, *random_groups(model, sample, test))
    return values
