"""Wooldridge's first-difference test, in its two nulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import DiagnosticError
from diagnostics.registry import specification_test
from diagnostics.result import TestResult
from diagnostics.sample import panel_sample
from diagnostics.serial.differences import difference_residuals, residuals_with_lag
from diagnostics.serial.lag_regression import regress_on_lag
from diagnostics.serial.lags import warn_of_gaps

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["wooldridge_differenced"]


@specification_test()
def wooldridge_differenced(
    model: FittedModel, *, null: str = "original", lags: str = "calendar"
) -> TestResult:
    """Wooldridge test on first-differenced residuals, in its two nulls.

    The differenced equation is estimated with a constant; its residuals are regressed on their
    lag and a constant, clustered by entity. "original" tests a slope of -0.5 (errors of the
    levels uncorrelated: use fixed effects), "differenced" a slope of 0 (errors of the differences
    uncorrelated: use first differences). Rejecting both leaves neither efficient.

    Parameters
    ----------
    model : regressions.FittedModel
        Any unweighted pooled, fixed or random-effects model; only its variables are used.
    null : {"original", "differenced"}
        Errors that are uncorrelated under the null.
    lags : {"calendar", "row"}
        How lags and differences treat gaps.

    Returns
    -------
    TestResult
        F(1, rows - 2), as in plm's pwfdtest.

    Raises
    ------
    DiagnosticError
        If too few entities have three consecutive periods, or `null` is unknown.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> model = fit("y ~ x", data, estimator="pooled")
    >>> wooldridge_differenced(model, null="differenced").pvalue < 1e-6
    True
    """
    nulls = {"original": -0.5, "differenced": 0.0}
    if null not in nulls:
        raise DiagnosticError(f"null must be 'original' or 'differenced', not {null!r}")
    test = "the Wooldridge first-difference test"
    sample = panel_sample(model, test)
    resid, rows = difference_residuals(sample, lags, test, constant=True)
    now, before = residuals_with_lag(sample, resid, rows, lags)
    return regress_on_lag(
        resid[now],
        resid[before],
        sample.entity[now],
        nulls[null],
        test,
        name=f"Wooldridge first-difference test, {null} errors",
        variant=f"null: {null} errors uncorrelated (pwfdtest)",
        null=f"the errors of the {'levels' if null == 'original' else 'first differences'} "
        "are not serially correlated",
        warnings=warn_of_gaps(sample, lags),
        reference="Wooldridge (2010), section 10.6.3; Croissant and Millo (2008)",
    )
