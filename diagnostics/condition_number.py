"""The condition number of the regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult
from diagnostics.sample import panel_sample
from diagnostics.transformed_equation import transformed_equation

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["condition_number"]


@specification_test(BatteryPlace("Collinearity", "Condition number", 30))
def condition_number(model: FittedModel) -> TestResult:
    """Condition number of the regressors the estimator uses, columns scaled to unit length.

    The regressors are taken as the estimator transforms them (effects taken out, quasi-demeaned),
    the constant included where it is one; Belsley, Kuh and Welsch call 30 and more harmful.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.

    Returns
    -------
    TestResult
        Without distribution; `details` holds the condition indices and variance proportions.

    Raises
    ------
    DiagnosticError
        If the model is of another estimator or has no regressors.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> condition_number(fit("y ~ x + z", data, estimator="pooled")).statistic < 2
    True
    """
    sample = panel_sample(model, "the condition number", exact=True)
    equation = transformed_equation(model, sample, "the condition number")
    X, names = equation.X, list(equation.names)
    if X.shape[1] == 0:
        raise DiagnosticError("the condition number needs at least one regressor")
    _, singular, vt = np.linalg.svd(X / np.linalg.norm(X, axis=0), full_matrices=False)
    indices = singular[0] / singular
    shares = (vt / singular[:, None]) ** 2
    proportions = pd.DataFrame(
        shares / shares.sum(axis=0), index=pd.Index(indices, name="condition index"), columns=names
    )
    number = float(indices[-1])
    return TestResult(
        name="Condition number",
        statistic=number,
        distribution="none",
        df=(),
        pvalue=float("nan"),
        variant="columns scaled to unit length, as the estimator transforms them",
        verdict=f"The condition number is {number:.3g}, "
        + ("30 or more: harmful collinearity." if number >= 30 else "below the usual mark of 30."),
        details={"condition_indices": indices, "variance_proportions": proportions},
        reference="Belsley, Kuh and Welsch (1980), Regression Diagnostics, chapter 3",
    )
