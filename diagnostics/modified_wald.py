"""Heteroskedasticity: between entities (modified Wald) and with the regressors."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.result import TestResult, decide
from diagnostics.sample import CONSTANT, PanelSample, panel_sample
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import estimating_equation, transform_like_estimator
from regressions.options import by_name
from regressions.sample import listed, shown

_REJECTED = "error variances differ, so conventional standard errors are wrong; use robust ones"
_UNRELATED = 1e-13
"""A share of the variation of the squared residuals of this size, or less, is rounding."""

_MOST = 0.9
"""A share of the statistic above which one entity decides it."""

_KEPT = "no heteroskedasticity is detected"


@by_name(error=DiagnosticError)
def modified_wald(fixed: Any) -> TestResult:
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
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(10), range(20)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(200, 2)), index=index, columns=["x", "y"])
    >>> modified_wald(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (10,)
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
    if np.all(np.abs(s2_i - s2) <= _UNRELATED * s2):
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
    if parts.max() > _MOST * statistic:
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
        verdict=decide(pvalue, _REJECTED, _KEPT),
        details={"s2": s2, "lowest_variance": s2_i.min(), "highest_variance": s2_i.max()},
        warnings=tuple(warnings),
        reference="Greene (2000), Econometric Analysis, p. 598; Baum (2001), Stata Journal 1(1)",
    )


@by_name(error=DiagnosticError)
def breusch_pagan(model: Any, *, studentized: bool = True) -> TestResult:
    """Breusch-Pagan test that the error variance does not depend on the regressors.

    Squared residuals of the estimating equation are regressed on its regressors (raw for pooled,
    demeaned for fixed, quasi-demeaned for random effects) and a constant.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    studentized : bool
        Koenker's form n R², which does not need normal errors; False for the original form,
        half the explained sum of squares of u²/s².

    Returns
    -------
    TestResult
        chi2 with as many degrees of freedom as regressors.

    Raises
    ------
    DiagnosticError
        If the model is of another estimator, is weighted, has no regressors, or has squared
        residuals that cannot depend on them.

    Notes
    -----
    Same as lmtest::bptest in R for the pooled model. Under random effects the regressors are taken
    as deviations from their means before they are quasi-demeaned, so that their origin changes
    nothing where θ differs between groups.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(10), range(20)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(200, 2)), index=index, columns=["x", "y"])
    >>> breusch_pagan(fit("y ~ x", data, estimator="pooled")).df
    (1,)
    """
    from statsmodels.stats.diagnostic import het_breuschpagan

    test = "the Breusch-Pagan test for heteroskedasticity"
    sample = panel_sample(model, test)
    Z, u, warnings = _regressors(model, sample, test)
    statistic, pvalue, *_ = het_breuschpagan(u, Z, robust=studentized)
    _require_related(statistic, sample.n, test)
    return TestResult(
        name="Breusch-Pagan test for heteroskedasticity",
        statistic=statistic,
        distribution="chi2",
        df=(Z.shape[1] - 1,),
        pvalue=pvalue,
        null="the error variance does not depend on the regressors",
        alternative="the error variance is a function of the regressors",
        variant=("studentized (Koenker)" if studentized else "original, for normal errors")
        + f", {model.estimator} residuals",
        verdict=decide(pvalue, _REJECTED, _KEPT),
        warnings=warnings,
        reference="Breusch and Pagan (1979), Econometrica 47; Koenker (1981), J. Econometrics 17",
    )


@by_name(error=DiagnosticError)
def white(model: Any, *, interactions: bool = True) -> TestResult:
    """White test for heteroskedasticity of unknown form.

    Squared residuals are regressed on the regressors of the estimating equation, their squares
    and cross products; n R² is chi-square. Products that repeat others (squares of dummies) are
    left out and not counted.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    interactions : bool
        Whether to include the cross products.

    Returns
    -------
    TestResult

    Raises
    ------
    DiagnosticError
        If the model is of another estimator, is weighted, has no regressors, or has too few
        observations for the products.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(10), range(20)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(200, 3)), index=index, columns=["x", "z", "y"])
    >>> white(fit("y ~ x + z", data, estimator="pooled")).df
    (5,)
    """
    test = "the White test"
    sample = panel_sample(model, test)
    Z, u, warnings = _regressors(model, sample, test)
    slopes = Z[:, 1:]
    k = slopes.shape[1]
    rows, columns = np.triu_indices(k) if interactions else (np.arange(k), np.arange(k))
    products = slopes[:, rows] * slopes[:, columns]
    candidates = np.column_stack([slopes, products])
    constant = np.ones((sample.n, 1))
    keep = independent_columns(constant, candidates)
    X = np.column_stack([constant, candidates[:, keep]])
    u2 = u**2
    rss = ols(u2, X, test).rss
    df = X.shape[1] - 1
    statistic = sample.n * (1 - rss / float(np.sum((u2 - u2.mean()) ** 2)))
    _require_related(statistic, sample.n, test)
    pvalue = float(scipy.stats.chi2.sf(statistic, df))
    if df > sample.n / 5:
        warnings += (f"{df} products for {sample.n} observations: the test has little power",)
    return TestResult(
        name="White test for heteroskedasticity",
        statistic=statistic,
        distribution="chi2",
        df=(df,),
        pvalue=pvalue,
        null="the error variance does not depend on the regressors, their squares and products",
        alternative="the error variance depends on them",
        variant=("squares and cross products" if interactions else "squares")
        + f", {model.estimator} residuals",
        verdict=decide(pvalue, _REJECTED, _KEPT),
        details={"products_left_out": int(np.sum(~keep))},
        warnings=warnings,
        reference="White (1980), Econometrica 48",
    )


def _regressors(
    model: Any, sample: PanelSample, test: str
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Constant and regressors of the estimating equation, its residuals, and warnings."""
    equation = estimating_equation(model, sample, test)
    slopes = [j for j, name in enumerate(equation.names) if name != CONSTANT]
    if not slopes:
        raise DiagnosticError(f"{test} needs at least one regressor")
    warnings: tuple[str, ...] = ()
    if model.estimator != "pooled":
        warnings = (
            f"{model.estimator}-effects residuals mix the errors of an entity, so the test is "
            "exact only as T grows",
        )
    raw = sample.X[:, [sample.names.index(equation.names[j]) for j in slopes]]
    # means are taken out first: θ of unequal groups would carry the origin into the regressors
    X = transform_like_estimator(model, sample, raw - raw.mean(axis=0), test)
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    u = equation.fit.resid
    if np.ptp(u**2) <= _UNRELATED * float(np.mean(u**2)):
        raise DiagnosticError(f"{test}: all residuals are of one size, so nothing is tested")
    return np.column_stack([np.ones(sample.n), X]), u, warnings


def _require_related(statistic: float, n: int, test: str) -> None:
    """Refuse a statistic that is rounding alone."""
    if not statistic > _UNRELATED * n:
        raise DiagnosticError(
            f"{test}: the squared residuals are unrelated to the regressors by construction, as "
            "with effects and two entities or two periods, so they tell nothing"
        )
