"""Wooldridge's test for first-order serial correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.serial.differences import difference_residuals, residuals_with_lag
from diagnostics.serial.lag_regression import (
    clustered_slope,
    require_entities,
    warn_of_few_entities,
)
from diagnostics.serial.lags import warn_of_gaps
from diagnostics.serial.wording import SERIAL_ALTERNATIVE, SERIAL_KEPT, SERIAL_NULL, SERIAL_REJECTED

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["wooldridge_serial"]


@specification_test(BatteryPlace("Serial correlation", "Wooldridge (xtserial)", 20))
def wooldridge_serial(model: FittedModel, *, lags: str = "calendar") -> TestResult:
    r"""Wooldridge test for first-order serial correlation, as in Stata's xtserial.

    The model is estimated in first differences without a constant; if the errors of the levels
    are uncorrelated, those of the differences have correlation -0.5. Their residuals are
    regressed on their lag, without a constant, clustered by entity, and the slope is tested
    against -0.5: :math:`F(1, G - 1)`.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects; only its variables are used.
    lags : {"calendar", "row"}
        How lags and differences treat gaps.

    Returns
    -------
    TestResult
        F(1, G - 1); `details` has the slope, its standard error and the number of rows.

    Raises
    ------
    DiagnosticError
        If too few entities have three consecutive periods, or the model is weighted.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> wooldridge_serial(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (1, 19)
    """
    test = "the Wooldridge test for serial correlation"
    sample = panel_sample(model, test)
    resid, rows = difference_residuals(sample, lags, test, constant=False)
    now, before = residuals_with_lag(sample, resid, rows, lags)
    entity = sample.entity[now]
    require_entities(entity, test)
    rho, variance = clustered_slope(resid[now], resid[before][:, None], entity, test)
    groups = np.unique(entity).size
    statistic = (rho + 0.5) ** 2 / (variance * groups / (groups - 1))
    pvalue = float(scipy.stats.f.sf(statistic, 1, groups - 1))
    return TestResult(
        name="Wooldridge test for serial correlation",
        statistic=statistic,
        distribution="F",
        df=(1, groups - 1),
        pvalue=pvalue,
        null=SERIAL_NULL + ": differenced errors have correlation -0.5",
        alternative=SERIAL_ALTERNATIVE,
        variant="first differences, clustered by entity (xtserial)",
        verdict=decide(pvalue, SERIAL_REJECTED, SERIAL_KEPT),
        details={"rho": rho, "null_rho": -0.5, "rows": now.size, "entities": groups},
        warnings=warn_of_gaps(sample, lags) + warn_of_few_entities(entity),
        reference="Wooldridge (2010), section 10.6.3; Drukker (2003), Stata Journal 3(2)",
    )
