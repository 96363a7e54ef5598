"""Wooldridge's test for unobserved effects, which needs no normality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import ROUNDING, panel_sample

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["unobserved_effect"]


@specification_test(BatteryPlace("Effects", "Wooldridge unobserved effect", 40, ("pooled",)))
def unobserved_effect(pooled: FittedModel, effect: str = "entity") -> TestResult:
    r"""Wooldridge test that pooled errors of one entity (or period) are uncorrelated.

    :math:`W = \sum_i c_i / \sqrt{\sum_i c_i^2}` with :math:`c_i = \sum_{s<t} u_{is} u_{it}`
    is N(0, 1) as the number of groups grows, whatever the distribution of the errors. It has
    power against effects and against any correlation within the group.

    Parameters
    ----------
    pooled : regressions.FittedModel
        Pooled model.
    effect : {"entity", "time"}
        Groups whose errors may be correlated.

    Returns
    -------
    TestResult
        N(0, 1), two-sided.

    Raises
    ------
    DiagnosticError
        If the model is not pooled or is weighted, or no group has two observations.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> unobserved_effect(fit("y ~ z", data, estimator="pooled")).pvalue < 0.05
    True
    """
    test = "the Wooldridge test for unobserved effects"
    if effect not in ("entity", "time"):
        raise DiagnosticError(f"effect must be 'entity' or 'time', not {effect!r}")
    sample = panel_sample(pooled, test, estimators=("pooled",))
    codes = sample.entity if effect == "entity" else sample.period
    u = sample.resid
    counts = np.bincount(codes)
    products = (np.bincount(codes, weights=u) ** 2 - np.bincount(codes, weights=u**2)) / 2
    products = products[counts > 1]
    if products.size < 2:
        raise DiagnosticError(f"{test} needs at least two groups with two observations")
    spread = float(np.sum(products**2))
    if spread <= ROUNDING * float(u @ u) ** 2:
        raise DiagnosticError(
            f"{test} needs groups with two residuals that differ from zero; their products are zero"
        )
    statistic = float(np.sum(products) / np.sqrt(spread))
    pvalue = 2 * float(scipy.stats.norm.sf(abs(statistic)))
    warnings: tuple[str, ...] = ()
    if products.size < 30:
        warnings = (f"{products.size} groups: the normal distribution needs many",)
    words = "entity" if effect == "entity" else "period"
    return TestResult(
        name=f"Wooldridge test for unobserved {words} effects",
        statistic=statistic,
        distribution="N",
        df=(),
        pvalue=pvalue,
        null=f"errors of the same {words} are uncorrelated: no unobserved effect",
        alternative=f"an unobserved {words} effect, or other correlation within the {words}",
        variant="two-sided",
        verdict=decide(
            pvalue,
            f"errors of the same {words} are correlated",
            f"no correlation within the {words} is detected",
        ),
        warnings=warnings,
        reference="Wooldridge (2010), section 10.4.4",
    )
