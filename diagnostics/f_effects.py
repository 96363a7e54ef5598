"""F test that fixed effects are jointly zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample, require_same_sample
from diagnostics.transformed_equation import within_equation

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["f_effects"]

_TEST = "the F test of effects"


@specification_test(BatteryPlace("Effects", "F test", 10, ("fixed",)))
def f_effects(fixed: FittedModel, restricted: FittedModel | None = None) -> TestResult:
    """F test that the effects of a fixed-effects model are jointly zero.

    F = ((RSS_r - RSS_u)/(df_r - df_u)) / (RSS_u/df_u), restricted against fixed-effects model.

    Parameters
    ----------
    fixed : regressions.FittedModel
        Fixed-effects model.
    restricted : regressions.FittedModel, optional
        Model without (some of) the effects: a pooled model, or a one-way model when `fixed` is
        two-way. By default the pooled model with the regressors of `fixed`, which leaves out
        those that the effects absorb, as Stata's xtreg, fe does. A pooled model that keeps them
        (plm) tests fewer restrictions.

    Returns
    -------
    TestResult
        F(df_r - df_u, df_u).

    Raises
    ------
    DiagnosticError
        If `fixed` is not a fixed-effects model, if `restricted` is not nested in it or has
        another sample, or if either is weighted.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> f_effects(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (19, 219)
    """
    sample = panel_sample(fixed, _TEST, estimators=("fixed",))
    unrestricted = within_equation(sample, _TEST)
    rss_u, df_u, kept = unrestricted.fit.rss, unrestricted.df, set(unrestricted.names)
    if restricted is None:
        slopes = sample.X[:, [j for j, name in enumerate(sample.names) if name in kept]]
        fit = ols(sample.y, np.column_stack([np.ones(sample.n), slopes]), _TEST)
        rss_r, df_r, against = fit.rss, fit.df_resid, "pooled model with the same regressors"
    else:
        rss_r, df_r = _fit_restricted(fixed, restricted, kept)
        against = (
            "given pooled model"
            if not restricted.kind.absorbs
            else f"model with {restricted.effects} effects only"
        )
    restrictions = df_r - df_u
    if restrictions <= 0:
        raise DiagnosticError(
            f"{_TEST} needs a restricted model with fewer parameters than the fixed-effects model"
        )
    statistic = ((rss_r - rss_u) / restrictions) / (rss_u / df_u)
    pvalue = float(scipy.stats.f.sf(statistic, restrictions, df_u))
    warnings = []
    if fixed.cov != "unadjusted":
        warnings.append(
            f"the model carries {fixed.cov} standard errors; this F assumes homoskedastic errors "
            "without serial correlation"
        )
    singles = int(np.sum(sample.lengths == 1))
    if singles:
        warnings.append(f"{singles} entities are observed once; their effects fit them exactly")
    return TestResult(
        name=f"F test of {fixed.effects} effects",
        statistic=statistic,
        distribution="F",
        df=(restrictions, df_u),
        pvalue=pvalue,
        null="all tested effects are equal",
        alternative="at least one effect differs",
        variant=f"against the {against}",
        verdict=decide(
            pvalue,
            "the effects differ, so leaving them out is rejected",
            "the effects are not jointly significant",
        ),
        details={"rss_restricted": rss_r, "rss_fixed": rss_u, "df_restricted": df_r},
        warnings=tuple(warnings),
        reference="Baltagi (2021), Econometric Analysis of Panel Data, section 2.4; "
        "Moulton and Randolph (1989), Econometrica 57(3)",
    )


def _fit_restricted(
    fixed: FittedModel, restricted: FittedModel, kept: set[str]
) -> tuple[float, int]:
    """Sum of squares and degrees of freedom of the restricted model."""
    other = panel_sample(restricted, _TEST, estimators=("pooled", "fixed"))
    require_same_sample([fixed, restricted], _TEST)
    if restricted.kind.absorbs and not (
        set(restricted.effect_codes.columns) < set(fixed.effect_codes.columns)
    ):
        raise DiagnosticError(
            f"a model with {restricted.effects!r} effects is not nested in one with "
            f"{fixed.effects!r} effects"
        )
    missing = sorted(kept - set(other.names))
    if missing:
        raise DiagnosticError(
            f"{_TEST} needs the same regressors in both models; the restricted one lacks "
            f"{', '.join(missing)}"
        )
    if restricted.kind.absorbs:
        one_way = within_equation(other, _TEST)
        return one_way.fit.rss, one_way.df
    fit = ols(other.y, other.X, _TEST)
    return fit.rss, fit.df_resid
