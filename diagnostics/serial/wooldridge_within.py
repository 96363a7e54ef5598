"""Wooldridge's test for serial correlation after fixed effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult
from diagnostics.sample import panel_sample
from diagnostics.serial.lag_regression import regress_on_lag, require_entities
from diagnostics.serial.lags import rows_with_lag, warn_of_gaps
from diagnostics.serial.wording import SERIAL_NULL

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["wooldridge_within"]


@specification_test(
    BatteryPlace("Serial correlation", "Wooldridge after fixed effects", 10, ("fixed",))
)
def wooldridge_within(
    fixed: FittedModel, *, lags: str = "calendar", null_rho: float | None = None
) -> TestResult:
    r"""Wooldridge test for serial correlation after fixed effects.

    Uncorrelated errors give demeaned residuals correlation :math:`-1/(T-1)`. The residuals are
    regressed on their lag and a constant, clustered by entity, and the slope tested against it.

    Parameters
    ----------
    fixed : regressions.FittedModel
        Model with entity effects.
    lags : {"calendar", "row"}
        How lags treat gaps.
    null_rho : float, optional
        Slope under the null; by default :math:`-\sum_i n_i / T_i \, / \, \sum_i n_i (T_i-1)/T_i`
        over the n_i pairs of each entity, which is -1/(T-1) in a balanced panel. plm puts the
        number of distinct periods for T also in unbalanced panels.

    Returns
    -------
    TestResult
        F(1, rows - 2), as in plm's pwartest.

    Raises
    ------
    DiagnosticError
        If the model has no entity effects, is weighted, or is too short.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> wooldridge_within(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (1, 218)
    """
    test = "the Wooldridge test after fixed effects"
    sample = panel_sample(fixed, test, estimators=("fixed",))
    if fixed.effects not in ("entity", "twoway"):
        raise DiagnosticError(f"{test} needs entity effects; the model has {fixed.effects!r}")
    now, before = rows_with_lag(sample, lags)
    entity = sample.entity[now]
    require_entities(entity, test)
    if null_rho is None:
        lengths = sample.lengths[entity]
        null_rho = -float(np.sum(1 / lengths) / np.sum((lengths - 1) / lengths))
    warnings = warn_of_gaps(sample, lags)
    if fixed.effects != "entity":
        warnings += ("the null slope is derived for entity effects alone",)
    return regress_on_lag(
        sample.resid[now],
        sample.resid[before],
        entity,
        null_rho,
        test,
        name="Wooldridge test for serial correlation after fixed effects",
        variant="fixed-effects residuals on their lag, clustered by entity (pwartest)",
        null=SERIAL_NULL,
        warnings=warnings,
        reference="Wooldridge (2010), section 10.5.4",
    )
