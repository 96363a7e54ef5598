"""Functional form: Ramsey's RESET."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.auxiliary_regression import auxiliary_regression
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.transformed_equation import transform_like_estimator, transformed_equation
from regressions.names import INTERCEPT

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["reset"]

_COUNTED = ("unadjusted", "robust", "HC1", "ac", "driscoll-kraay")
"""Covariances whose factor n / (n - k - d) counts absorbed effects."""


@specification_test(BatteryPlace("Functional form", "RESET", 10))
def reset(
    model: FittedModel,
    *,
    powers: Sequence[int] = (2, 3),
    cov: str = "unadjusted",
    clusters: str | Sequence[str] | None = None,
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
    cov : str
        Covariance of the extended equation, any name of `regressions.fit`; clusters and
        "driscoll-kraay" refer the F statistic to G - 1 and T - 1 degrees of freedom.
    clusters : {"entity", "time"} or both, optional
        Cluster variables; by default "entity".

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
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> data["y"] += data["x"] ** 2
    >>> reset(fit("y ~ x", data, estimator="pooled")).pvalue < 1e-6
    True
    """
    test = "the RESET"
    if not powers or min(powers) < 2 or len(set(powers)) < len(powers):
        raise DiagnosticError(f"powers must be different numbers from 2 on, not {tuple(powers)}")
    sample = panel_sample(model, test)
    equation = transformed_equation(model, sample, test)
    slopes = [j for j, name in enumerate(equation.names) if name != INTERCEPT]
    if not slopes:
        raise DiagnosticError(f"{test} needs at least one regressor")
    raw = sample.X[:, [sample.names.index(equation.names[j]) for j in slopes]]
    index = raw @ equation.fit.beta[slopes]
    index = (index - index.mean()) / index.std()
    added = transform_like_estimator(
        model, sample, np.column_stack([index**p for p in powers]), test
    )
    if not independent_columns(equation.X, added).all():
        raise DiagnosticError(
            f"{test}: powers {tuple(powers)} of the prediction repeat the regressors; "
            "use fewer powers"
        )
    q = len(powers)
    residual = equation.df - q
    if residual <= 0:
        raise DiagnosticError(
            f"{test} has {equation.df} degrees of freedom left for {q} powers of the prediction; "
            "use fewer powers or a longer sample"
        )
    extended = auxiliary_regression(
        equation.y, np.column_stack([equation.X, added]), sample, cov, test, clusters=clusters
    )
    statistic = extended.wald(q, test) / q
    df = extended.df if extended.groups else residual
    if extended.cov in _COUNTED:
        # absorbed effects count as parameters, which the auxiliary regression does not know
        statistic *= residual / (sample.n - equation.X.shape[1] - q)
    pvalue = float(scipy.stats.f.sf(statistic, q, df))
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
        details={"coefficients": dict(zip(powers, extended.beta[-q:], strict=True))},
        warnings=extended.warnings,
        reference="Ramsey (1969), J. Royal Statistical Society B 31",
    )
