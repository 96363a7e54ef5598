"""The Breusch-Godfrey test on the transformed data of a panel model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import PanelSample, panel_sample
from diagnostics.serial.lag_regression import EXACT
from diagnostics.serial.lags import NO_LAG, rows_of_lags, warn_of_gaps
from diagnostics.serial.wording import SERIAL_ALTERNATIVE, SERIAL_KEPT, SERIAL_NULL, SERIAL_REJECTED
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import transformed_equation

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["breusch_godfrey"]


@specification_test(BatteryPlace("Serial correlation", "Breusch-Godfrey", 30))
def breusch_godfrey(
    model: FittedModel,
    *,
    order: int = 1,
    form: str = "chi2",
    lags: str = "calendar",
    starts: str = "masked",
) -> TestResult:
    """Breusch-Godfrey test on the transformed data of a panel model.

    Residuals of the estimating equation are regressed on its (demeaned, quasi-demeaned)
    regressors and on their own lags; n R² is chi-square with `order` degrees of freedom. Under
    fixed effects demeaning itself induces correlation of -1/(T-1), so the test needs long panels.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    order : int
        Number of lags.
    form : {"chi2", "F"}
        n R², or the F test of the lags.
    lags : {"calendar", "row"}
        How lags treat gaps.
    starts : {"masked", "stacked"}
        "masked" puts zero for lags that reach before an entity's start (or across a gap);
        "stacked" runs on into the entity before, which is what plm's pbgtest does and is wrong.

    Returns
    -------
    TestResult
        chi2(order) or F(order, n - k - order).

    Raises
    ------
    DiagnosticError
        If the order is not positive or leaves no lags, or the model is weighted.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> breusch_godfrey(fit("y ~ x", data, estimator="pooled"), order=2).df
    (2,)
    """
    test = "the Breusch-Godfrey test"
    if order < 1:
        raise DiagnosticError(f"{test} needs an order of at least 1, not {order}")
    if form not in ("chi2", "F"):
        raise DiagnosticError(f"form must be 'chi2' or 'F', not {form!r}")
    if starts not in ("masked", "stacked"):
        raise DiagnosticError(f"starts must be 'masked' or 'stacked', not {starts!r}")
    sample = panel_sample(model, test)
    if order >= sample.n:
        raise DiagnosticError(f"{test} of order {order} needs more than {sample.n} observations")
    longest = int(sample.lengths.max())
    if model.kind.absorbs and model.effects in ("entity", "twoway") and longest < 3:
        raise DiagnosticError(
            f"{test} after entity effects needs entities of three periods or more: two demeaned "
            "residuals are always the negative of each other"
        )
    equation = transformed_equation(model, sample, test)
    X, u = equation.X, equation.fit.resid
    lagged = np.column_stack(
        [_lag_residuals(u, sample, k, lags, starts) for k in range(1, order + 1)]
    )
    if not np.all(np.any(lagged != 0, axis=0)):
        raise DiagnosticError(
            f"{test} of order {order} needs entities observed in {order + 1} periods on end"
        )
    rss = ols(u, np.column_stack([X, lagged]), test).rss
    n, k = sample.n, X.shape[1]
    total = float(u @ u)
    if rss <= EXACT * total:
        raise DiagnosticError(
            f"{test} of order {order} found residuals that are an exact function of their lags and "
            "the regressors; it needs a longer panel"
        )
    df: tuple[float, ...]
    if form == "chi2":
        statistic, df = n * (1 - rss / total), (order,)
        pvalue = float(scipy.stats.chi2.sf(statistic, order))
    else:
        df = (order, n - k - order)
        statistic = ((total - rss) / order) / (rss / df[1])
        pvalue = float(scipy.stats.f.sf(statistic, *df))
    warnings = warn_of_gaps(sample, lags)
    if starts == "stacked":
        warnings += ("the lags of an entity's first rows are the rows of the entity before it",)
    shortest = int(sample.lengths.min())
    if model.kind.absorbs and shortest < 15:
        warnings += (
            f"the shortest entity has {shortest} periods: demeaning alone makes short residuals "
            "negatively correlated; prefer wooldridge_within",
        )
    return TestResult(
        name="Breusch-Godfrey test",
        statistic=statistic,
        distribution=form,
        df=df,
        pvalue=pvalue,
        null=f"{SERIAL_NULL} up to order {order}",
        alternative=SERIAL_ALTERNATIVE,
        variant=f"order {order}, {model.estimator} residuals, entity starts {starts}",
        verdict=decide(pvalue, SERIAL_REJECTED, SERIAL_KEPT),
        details={"order": order, "r_squared": 1 - rss / total},
        warnings=warnings,
        reference="Breusch (1978); Godfrey (1978); Wooldridge (2010), section 10.5.4",
    )


def _lag_residuals(u: Floats, sample: PanelSample, k: int, lags: str, starts: str) -> Floats:
    if starts == "stacked":
        return np.concatenate([np.zeros(k), u[:-k]])
    index = rows_of_lags(sample, k, lags)
    return np.where(index == NO_LAG, 0.0, u[index])
