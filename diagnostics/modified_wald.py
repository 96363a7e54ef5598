"""The modified Wald test for error variances that differ between entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.squared_residuals import ROUNDING_SHARE, SQUARES_KEPT, SQUARES_REJECTED
from regressions.sample import listed, shown

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["modified_wald"]

_DECISIVE = 0.9
"""A share of the statistic above which one entity decides it."""


@specification_test(BatteryPlace("Heteroskedasticity", "Modified Wald", 10, ("fixed",)))
def modified_wald(fixed: FittedModel) -> TestResult:
    r"""Test with the modified Wald statistic whether all entities share one error variance.

    With :math:`s_i^2 = \sum_t u_{it}^2 / T_i`, :math:`s^2 = \sum u^2 / n` and
    :math:`V_i = \sum_t (u_{it}^2 - s_i^2)^2 / (T_i (T_i - 1))`,
    :math:`W = \sum_i (s_i^2 - s^2)^2 / V_i` is :math:`\chi^2(N)`, normal errors or not
    (Stata's xttest3).

    Parameters
    ----------
    fixed : regressions.FittedModel
        Fixed-effects model.

    Returns
    -------
    TestResult
        Entities observed once, or fitted exactly, have no variance of their own: they are left
        out of the sum, by name, and of the degrees of freedom.

    Raises
    ------
    DiagnosticError
        If the model is not fixed effects, is weighted, or fewer than two entities are left.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> modified_wald(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (20,)
    """
    test = "the modified Wald test"
    sample = panel_sample(fixed, test, estimators=("fixed",))
    u2 = sample.resid**2
    lengths = sample.lengths
    s2_i = np.bincount(sample.entity, weights=u2) / lengths
    spread = np.bincount(sample.entity, weights=(u2 - s2_i[sample.entity]) ** 2)
    s2 = float(np.mean(u2))
    # two rows of one entity have equal squares, so their spread is rounding alone
    usable = (lengths > 1) & (spread > 1e-20 * lengths * s2_i**2) & (s2_i > 1e-20 * s2)
    if np.sum(usable) < 2:
        raise DiagnosticError(
            f"{test} needs at least two entities with a variance of their own "
            "(three periods or more)"
        )
    if np.all(np.abs(s2_i - s2) <= ROUNDING_SHARE * s2):
        raise DiagnosticError(
            f"{test}: all entities have the same variance by construction, as two entities have "
            "under period effects, so nothing is tested"
        )
    V = spread[usable] / (lengths[usable] * (lengths[usable] - 1))
    parts = (s2_i[usable] - s2) ** 2 / V
    statistic = float(np.sum(parts))
    df = int(np.sum(usable))
    pvalue = float(scipy.stats.chi2.sf(statistic, df))
    warnings = []
    if df < sample.n_entities:
        left_out = [str(name) for name in sample.entities[~usable]]
        warnings.append(
            f"{len(left_out)} entities without variance are left out: {listed(left_out)}"
        )
    if parts.max() > _DECISIVE * statistic:
        decisive = sample.entities[usable][int(np.argmax(parts))]
        warnings.append(
            f"{shown(decisive)} alone makes {parts.max() / statistic:.0%} of the statistic: its "
            f"squared residuals hardly vary, which makes its own V_i tiny"
        )
    shortest = int(lengths[usable].min())
    if shortest < 15:
        warnings.append(
            f"the shortest entity has {shortest} periods: with short panels V_i is imprecise and "
            "the test rejects too often"
        )
    return TestResult(
        name="Modified Wald test for groupwise heteroskedasticity",
        statistic=statistic,
        distribution="chi2",
        df=(df,),
        pvalue=pvalue,
        null="the error variance is the same for all entities",
        alternative="error variances differ between entities",
        variant="xttest3",
        verdict=decide(pvalue, SQUARES_REJECTED, SQUARES_KEPT),
        details={"s2": s2, "lowest_variance": s2_i.min(), "highest_variance": s2_i.max()},
        warnings=tuple(warnings),
        reference="Greene (2000), Econometric Analysis, p. 598; Baum (2001), Stata Journal 1(1)",
    )
