"""Serial correlation of the errors of a panel model.

Lags go by the calendar: the lag of a row is the same entity's row one period earlier, and a row
after a gap has none. ``lags="row"`` takes the entity's previous row whatever lies between, which
is what plm does; without gaps the two are the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from diagnostics.auxiliary_regression import FEW_GROUPS
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.result import TestResult, decide
from diagnostics.sample import ROUNDING, PanelSample, panel_sample, same_entity_as_previous
from diagnostics.serial.random_effects_ml import random_effects_ml
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import estimating_equation, within_equation
from regressions.options import by_name

_NULL = "errors are not serially correlated"
_ALTERNATIVE = "errors are serially correlated"
_REJECTED = (
    "errors are serially correlated, so conventional standard errors are wrong; "
    "cluster by entity or use a Driscoll-Kraay covariance"
)
_KEPT = "no serial correlation is detected"
_NO_LAG = -1
_EXACT = 1e-16
"""Sums of squares that are this share of what they come from, or less, are rounding alone."""


@by_name(error=DiagnosticError)
def wooldridge_serial(model: Any, *, lags: str = "calendar") -> TestResult:
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
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
    >>> wooldridge_serial(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (1, 19)
    """
    test = "the Wooldridge test for serial correlation"
    sample = panel_sample(model, test)
    resid, rows = _differenced_residuals(sample, lags, test, constant=False)
    now, before = _residual_pairs(sample, resid, rows, lags)
    entity = sample.entity[now]
    _require_groups(entity, test)
    rho, variance = _slope(resid[now], resid[before][:, None], entity, test)
    groups = np.unique(entity).size
    statistic = (rho + 0.5) ** 2 / (variance * groups / (groups - 1))
    pvalue = float(scipy.stats.f.sf(statistic, 1, groups - 1))
    return TestResult(
        name="Wooldridge test for serial correlation",
        statistic=statistic,
        distribution="F",
        df=(1, groups - 1),
        pvalue=pvalue,
        null=_NULL + ": differenced errors have correlation -0.5",
        alternative=_ALTERNATIVE,
        variant="first differences, clustered by entity (xtserial)",
        verdict=decide(pvalue, _REJECTED, _KEPT),
        details={"rho": rho, "null_rho": -0.5, "rows": now.size, "entities": groups},
        warnings=_gap_warning(sample, lags) + _few_warning(entity),
        reference="Wooldridge (2010), section 10.6.3; Drukker (2003), Stata Journal 3(2)",
    )


@by_name(error=DiagnosticError)
def wooldridge_within(
    fixed: Any, *, lags: str = "calendar", null_rho: float | None = None
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
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
    >>> wooldridge_within(fit("y ~ x", data, estimator="fixed", effects="entity")).df
    (1, 138)
    """
    test = "the Wooldridge test after fixed effects"
    sample = panel_sample(fixed, test, estimators=("fixed",))
    _require_entity_effects(fixed, test)
    now, before = _pairs(sample, lags)
    entity = sample.entity[now]
    _require_groups(entity, test)
    if null_rho is None:
        lengths = sample.lengths[entity]
        null_rho = -float(np.sum(1 / lengths) / np.sum((lengths - 1) / lengths))
    warnings = _gap_warning(sample, lags)
    if fixed.effects != "entity":
        warnings += ("the null slope is derived for entity effects alone",)
    return _lag_regression(
        sample.resid[now],
        sample.resid[before],
        entity,
        null_rho,
        test,
        name="Wooldridge test for serial correlation after fixed effects",
        variant="fixed-effects residuals on their lag, clustered by entity (pwartest)",
        null=_NULL,
        warnings=warnings,
        reference="Wooldridge (2010), section 10.5.4",
    )


@by_name(error=DiagnosticError)
def wooldridge_differenced(
    model: Any, *, null: str = "original", lags: str = "calendar"
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
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
    >>> model = fit("y ~ x", data, estimator="pooled")
    >>> wooldridge_differenced(model, null="differenced").pvalue < 1e-6
    True
    """
    nulls = {"original": -0.5, "differenced": 0.0}
    if null not in nulls:
        raise DiagnosticError(f"null must be 'original' or 'differenced', not {null!r}")
    test = "the Wooldridge first-difference test"
    sample = panel_sample(model, test)
    resid, rows = _differenced_residuals(sample, lags, test, constant=True)
    now, before = _residual_pairs(sample, resid, rows, lags)
    return _lag_regression(
        resid[now],
        resid[before],
        sample.entity[now],
        nulls[null],
        test,
        name=f"Wooldridge first-difference test, {null} errors",
        variant=f"null: {null} errors uncorrelated (pwfdtest)",
        null=f"the errors of the {'levels' if null == 'original' else 'first differences'} "
        "are not serially correlated",
        warnings=_gap_warning(sample, lags),
        reference="Wooldridge (2010), section 10.6.3; Croissant and Millo (2008)",
    )


@by_name(error=DiagnosticError)
def breusch_godfrey(
    model: Any,
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
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
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
    if model.estimator == "fixed" and model.effects in ("entity", "twoway") and longest < 3:
        raise DiagnosticError(
            f"{test} after entity effects needs entities of three periods or more: two demeaned "
            "residuals are always the negative of each other"
        )
    equation = estimating_equation(model, sample, test)
    X, u = equation.X, equation.fit.resid
    lagged = np.column_stack([_lagged(u, sample, k, lags, starts) for k in range(1, order + 1)])
    if not np.all(np.any(lagged != 0, axis=0)):
        raise DiagnosticError(
            f"{test} of order {order} needs entities observed in {order + 1} periods on end"
        )
    rss = ols(u, np.column_stack([X, lagged]), test).rss
    n, k = sample.n, X.shape[1]
    total = float(u @ u)
    if rss <= _EXACT * total:
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
    warnings = _gap_warning(sample, lags)
    if starts == "stacked":
        warnings += ("the lags of an entity's first rows are the rows of the entity before it",)
    shortest = int(sample.lengths.min())
    if model.estimator == "fixed" and shortest < 15:
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
        null=f"{_NULL} up to order {order}",
        alternative=_ALTERNATIVE,
        variant=f"order {order}, {model.estimator} residuals, entity starts {starts}",
        verdict=decide(pvalue, _REJECTED, _KEPT),
        details={"order": order, "r_squared": 1 - rss / total},
        warnings=warnings,
        reference="Breusch (1978); Godfrey (1978); Wooldridge (2010), section 10.5.4",
    )


@by_name(error=DiagnosticError)
def baltagi_li(random: Any, *, alternative: str = "two-sided") -> TestResult:
    """Baltagi-Li LM test for AR(1) or MA(1) errors in a random-effects model, balanced panels.

    The random-effects model is re-estimated by maximum likelihood, under which the score for ρ
    at zero has the closed form of Baltagi and Li (1995).

    Parameters
    ----------
    random : regressions.FittedModel
        Random-effects model (entity) of a balanced panel without gaps.
    alternative : {"two-sided", "one-sided"}
        χ²(1), or N(0, 1) against positive correlation.

    Returns
    -------
    TestResult
        `details` holds the maximum-likelihood variances.

    Raises
    ------
    DiagnosticError
        If the panel is unbalanced or shorter than three periods, or the model is not random
        effects by entity.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
    >>> baltagi_li(fit("y ~ x", data, estimator="random", effects="entity")).df
    (1,)
    """
    test = "the Baltagi-Li test"
    if alternative not in ("two-sided", "one-sided"):
        raise DiagnosticError(
            f"alternative must be 'two-sided' or 'one-sided', not {alternative!r}"
        )
    sample = panel_sample(random, test, estimators=("random",))
    if random.effects != "entity":
        raise DiagnosticError(f"{test} is for entity effects, not {random.effects!r}")
    if not sample.balanced or sample.gaps:
        raise DiagnosticError(
            f"{test} is defined for balanced panels without gaps; use bera_sosa_escudero_yoon or "
            "wooldridge_serial"
        )
    if sample.n_periods < 3:
        raise DiagnosticError(f"{test} needs at least three periods")
    fit = random_effects_ml(sample.y, sample.X, sample.entity, test)
    z = _baltagi_li_score(fit.resid, sample.n_entities, fit.sigma2_e, fit.sigma2_1)
    if alternative == "two-sided":
        statistic, distribution = z**2, "chi2"
        pvalue = float(scipy.stats.chi2.sf(statistic, 1))
    else:
        statistic, distribution = z, "N"
        pvalue = float(scipy.stats.norm.sf(z))
    warnings: tuple[str, ...] = ()
    if fit.at_bound:
        warnings = (
            "the maximum-likelihood variance of the effects is zero: the information matrix "
            "behind the statistic is for an interior maximum",
        )
    return TestResult(
        name="Baltagi-Li test",
        statistic=statistic,
        distribution=distribution,
        df=(1,) if distribution == "chi2" else (),
        pvalue=pvalue,
        null=_NULL + ", allowing for random effects",
        alternative="AR(1) or MA(1) errors"
        + (" with positive correlation" if alternative == "one-sided" else ""),
        variant=f"{alternative}, maximum-likelihood residuals",
        verdict=decide(pvalue, _REJECTED, _KEPT),
        details={"sigma2_e": fit.sigma2_e, "sigma2_1": fit.sigma2_1},
        warnings=warnings,
        reference="Baltagi and Li (1995), J. Econometrics 68",
    )


@by_name(error=DiagnosticError)
def bera_sosa_escudero_yoon(
    pooled: Any,
    test: str = "joint",
    *,
    form: str = "baltagi",
    alternative: str | None = None,
    lags: str = "calendar",
) -> TestResult:
    r"""Test for serial correlation and random effects without mistaking one for the other.

    With pooled residuals, :math:`A = 1 - \sum_i (\sum_t u_{it})^2 / u'u`,
    :math:`B = \sum u_t u_{t-1}` over a sum of squares, :math:`M = \sum_i T_i^2`:

    .. math::
        RE &= -n (A + 2B) / \sqrt{2 (M - 3n + 2N)} \\
        AR &= \frac{n^2 (M-n)}{(n-N)(M-3n+2N)} \left[B + \frac{n-N}{M-n} A\right]^2 \\
        J &= n^2 \left[\frac{A^2 + 4AB + 4B^2}{2 (M-3n+2N)} + \frac{B^2}{n-N}\right]

    Parameters
    ----------
    pooled : regressions.FittedModel
        Pooled model.
    test : {"joint", "serial-correlation", "random-effects"}
        "joint" (J, Baltagi and Li 1991) tests both; "serial-correlation" (AR) is robust to random
        effects; "random-effects" (RE) is robust to serial correlation.
    form : {"baltagi", "article"}
        Denominator of B: "baltagi" sums u² from the second row of each entity, which gives the
        values that Baltagi prints for the Grunfeld data (10.310, 664.948, 808.471);
        "article" takes u'u, as Bera, Sosa-Escudero and Yoon define it. N is the number of
        entities in both (plm takes the largest number observed in a period).
    alternative : {"one-sided", "two-sided"}, optional
        For "random-effects": one-sided N(0, 1) by default, or χ²(1). The others are two-sided.
    lags : {"calendar", "row"}
        How lags treat gaps.

    Returns
    -------
    TestResult
        `details` holds A, B, M, n, N and all three statistics.

    Raises
    ------
    DiagnosticError
        If the model is not pooled or is weighted, options do not exist, or the panel is shorter
        than three periods.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
    >>> bera_sosa_escudero_yoon(fit("y ~ x", data, estimator="pooled")).df
    (2,)
    """
    name = "the Bera-Sosa-Escudero-Yoon test"
    if form not in ("baltagi", "article"):
        raise DiagnosticError(f"form must be 'baltagi' or 'article', not {form!r}")
    words = _bsy_words(test, alternative)
    sample = panel_sample(pooled, name, estimators=("pooled",))
    parts = _bsy_parts(sample, form, lags, name)
    df: tuple[int, ...]
    if test == "joint":
        statistic, distribution, df = parts["joint"], "chi2", (2,)
        pvalue = float(scipy.stats.chi2.sf(statistic, 2))
    elif test == "serial-correlation":
        statistic, distribution, df = parts["serial-correlation"], "chi2", (1,)
        pvalue = float(scipy.stats.chi2.sf(statistic, 1))
    elif alternative == "two-sided":
        statistic, distribution, df = parts["random-effects"] ** 2, "chi2", (1,)
        pvalue = float(scipy.stats.chi2.sf(statistic, 1))
    else:
        statistic, distribution, df = parts["random-effects"], "N", ()
        pvalue = float(scipy.stats.norm.sf(statistic))
    null, against, rejected, kept = words
    return TestResult(
        name={
            "joint": "Baltagi-Li joint test",
            "serial-correlation": "Bera-Sosa-Escudero-Yoon test for serial correlation",
            "random-effects": "Bera-Sosa-Escudero-Yoon test for random effects",
        }[test],
        statistic=statistic,
        distribution=distribution,
        df=df,
        pvalue=pvalue,
        null=null,
        alternative=against,
        variant=f"{form} form, {'balanced' if sample.balanced else 'unbalanced'}",
        verdict=decide(pvalue, rejected, kept),
        details=parts,
        warnings=_gap_warning(sample, lags),
        reference="Bera, Sosa-Escudero and Yoon (2001), J. Econometrics 101; Sosa-Escudero and "
        "Bera (2008), Stata Journal 8(1); Baltagi and Li (1991)",
    )


@by_name(error=DiagnosticError)
def durbin_watson(model: Any, *, kind: str = "bhargava") -> TestResult:
    r"""Panel Durbin-Watson statistics of fixed-effects residuals.

    "bhargava" is the Bhargava-Franzini-Narendranathan statistic
    :math:`\sum (e_t - e_{t-1})^2 / \sum e^2` over consecutive periods, plus e² after each gap
    (Baltagi and Wu's modification); "lbi" is their locally best invariant statistic, which adds
    e² before each gap and at both ends of each entity. Values near 2 mean no serial correlation,
    smaller ones positive correlation.

    Parameters
    ----------
    model : regressions.FittedModel
        Fixed-effects (entity) or random-effects model; the within residuals are used.
    kind : {"bhargava", "lbi"}
        Statistic.

    Returns
    -------
    TestResult
        Without a p-value: the critical values are tabulated by N and T.

    Raises
    ------
    DiagnosticError
        If the model has no entity effects, is weighted, or the kind is unknown.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(20), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(160, 2)), index=index, columns=["x", "y"])
    >>> model = fit("y ~ x", data, estimator="fixed", effects="entity")
    >>> 1.5 < durbin_watson(model).statistic < 2.5
    True
    """
    test = "the panel Durbin-Watson statistic"
    if kind not in ("bhargava", "lbi"):
        raise DiagnosticError(f"kind must be 'bhargava' or 'lbi', not {kind!r}")
    sample = panel_sample(model, test, estimators=("fixed", "random"))
    if model.effects != "entity":
        raise DiagnosticError(f"{test} needs entity effects, not {model.effects!r}")
    e = _within_residuals(sample, test)
    same = same_entity_as_previous(sample.entity)
    next_to = same & (np.diff(sample.position) == 1)
    total = float(e @ e)
    if total <= ROUNDING * float(sample.y @ sample.y):
        raise DiagnosticError(f"{test} needs residuals; the within equation fits exactly")
    if not next_to.any() or sample.lengths.max() < 3:
        raise DiagnosticError(
            f"{test} needs entities of three periods or more, some of them consecutive: of two "
            "periods it is the same whatever the errors"
        )
    after_gap = e[1:][same & ~next_to]
    statistic = float(np.sum(np.diff(e)[next_to] ** 2) + after_gap @ after_gap) / total
    if kind == "lbi":
        before_gap, first, last = (
            e[:-1][same & ~next_to],
            e[np.r_[True, ~same]],
            e[np.r_[~same, True]],
        )
        statistic += float(before_gap @ before_gap + first @ first + last @ last) / total
    return TestResult(
        name="Panel Durbin-Watson" if kind == "bhargava" else "Baltagi-Wu LBI",
        statistic=statistic,
        distribution="nonstandard",
        df=(),
        pvalue=float("nan"),
        null=_NULL,
        alternative=_ALTERNATIVE,
        variant="Bhargava-Franzini-Narendranathan, modified for gaps"
        if kind == "bhargava"
        else "locally best invariant",
        verdict=f"{statistic:.3g}, where 2 means no first-order correlation; critical values are "
        "tabulated by N and T in Bhargava, Franzini and Narendranathan (1982).",
        warnings=sample.calendar.doubts,
        reference="Bhargava, Franzini and Narendranathan (1982), Rev. Econ. Studies 49; "
        "Baltagi and Wu (1999), Econometric Theory 15",
    )


def _lag_index(sample: PanelSample, k: int, lags: str) -> NDArray[np.intp]:
    """Row of the same entity k periods (or rows) before each row, -1 where there is none."""
    if lags not in ("calendar", "row"):
        raise DiagnosticError(f"lags must be 'calendar' or 'row', not {lags!r}")
    n = sample.n
    if lags == "row":
        found = np.arange(n) - k
        ok = (found >= 0) & (sample.entity[np.maximum(found, 0)] == sample.entity)
        return np.where(ok, found, _NO_LAG)
    span = int(sample.position.max()) + k + 1
    keys = sample.entity.astype(np.int64) * span + sample.position
    wanted = keys - k
    found = np.minimum(np.searchsorted(keys, wanted), n - 1)
    ok = (keys[found] == wanted) & (sample.position >= k)
    return np.where(ok, found, _NO_LAG)


def _pairs(sample: PanelSample, lags: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that have a lag, and the rows of those lags."""
    index = _lag_index(sample, 1, lags)
    now = np.flatnonzero(index != _NO_LAG)
    return now, index[now]


def _lagged(u: Floats, sample: PanelSample, k: int, lags: str, starts: str) -> Floats:
    if starts == "stacked":
        return np.concatenate([np.zeros(k), u[:-k]])
    index = _lag_index(sample, k, lags)
    return np.where(index == _NO_LAG, 0.0, u[index])


def _differenced_residuals(
    sample: PanelSample, lags: str, test: str, *, constant: bool
) -> tuple[Floats, NDArray[np.intp]]:
    """Residuals of the first-differenced equation on the rows of `sample` (NaN without one)."""
    now, before = _pairs(sample, lags)
    if now.size == 0:
        raise DiagnosticError(f"{test} needs entities observed in consecutive periods")
    raw = sample.X[:, sample.slopes]
    dX = raw[now] - raw[before]
    base = np.ones((now.size, 1 if constant else 0))
    dX = np.where(np.abs(dX) <= 1e-13 * np.abs(raw).max(axis=0, initial=0.0), 0.0, dX)
    X = np.column_stack([base, dX[:, independent_columns(base, dX)]])
    dy = sample.y[now] - sample.y[before]
    resid = np.full(sample.n, np.nan)
    resid[now] = ols(dy, X, test).resid
    if resid[now] @ resid[now] <= ROUNDING * float(sample.y[now] @ sample.y[now]):
        raise DiagnosticError(f"{test} needs residuals; the differenced equation fits exactly")
    return resid, now


def _residual_pairs(
    sample: PanelSample, resid: Floats, rows: NDArray[np.intp], lags: str
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    index = _lag_index(sample, 1, lags)
    now = rows[~np.isnan(resid[index[rows]])]
    return now, index[now]


def _slope(y: Floats, X: Floats, entity: NDArray[np.intp], test: str) -> tuple[float, float]:
    """Last coefficient of y on X and its variance clustered by entity (CR0)."""
    fit = ols(y, X, test)
    if fit.rss <= _EXACT * float(y @ y):
        raise DiagnosticError(
            f"{test} found residuals that are an exact function of their lag, as the demeaned ones "
            "of two periods are: nothing is left to test; it needs a longer panel"
        )
    scores = X * fit.resid[:, None]
    codes = np.unique(entity, return_inverse=True)[1]
    sums = np.column_stack([np.bincount(codes, weights=s) for s in scores.T])
    meat = sums.T @ sums
    variance = float((fit.bread @ meat @ fit.bread)[-1, -1])
    if variance <= _EXACT * fit.rss * fit.bread[-1, -1]:
        raise DiagnosticError(
            f"{test} has a variance of zero: the scores of each entity cancel, as with few "
            "differences or entities; it needs a longer panel"
        )
    return float(fit.beta[-1]), variance


def _lag_regression(
    now: Floats,
    before: Floats,
    entity: NDArray[np.intp],
    null_rho: float,
    test: str,
    *,
    name: str,
    variant: str,
    null: str,
    warnings: tuple[str, ...],
    reference: str,
) -> TestResult:
    _require_groups(entity, test)
    rho, variance = _slope(now, np.column_stack([np.ones(now.size), before]), entity, test)
    statistic = (rho - null_rho) ** 2 / variance
    df = now.size - 2
    pvalue = float(scipy.stats.f.sf(statistic, 1, df))
    return TestResult(
        name=name,
        statistic=statistic,
        distribution="F",
        df=(1, df),
        pvalue=pvalue,
        null=null,
        alternative=_ALTERNATIVE,
        variant=variant,
        verdict=decide(pvalue, _REJECTED, _KEPT),
        details={"rho": rho, "null_rho": null_rho, "std_error": np.sqrt(variance)},
        warnings=warnings + _few_warning(entity),
        reference=reference,
    )


def _require_groups(entity: NDArray[np.intp], test: str) -> None:
    if np.unique(entity).size < 2:
        raise DiagnosticError(
            f"{test} needs at least two entities long enough to have lags; "
            f"there are {np.unique(entity).size}"
        )


def _require_entity_effects(fixed: Any, test: str) -> None:
    if fixed.effects not in ("entity", "twoway"):
        raise DiagnosticError(f"{test} needs entity effects; the model has {fixed.effects!r}")


def _gap_warning(sample: PanelSample, lags: str) -> tuple[str, ...]:
    """Say what the lags do at gaps, and what is doubtful about the calendar."""
    if lags == "row":
        if sample.calendar.problem:
            return (f"rows are taken for periods: {sample.calendar.problem}",)
        if sample.gaps:
            return (f"{sample.gaps} lags or differences reach across gaps in the panel",)
        return ()
    gaps = sample.gaps
    words = (f"the panel has {gaps} gaps; no lag or difference is taken across them",)
    return (*(words if gaps else ()), *sample.calendar.doubts)


def _few_warning(entity: NDArray[np.intp]) -> tuple[str, ...]:
    """Say that a variance clustered on few entities is too small."""
    groups = np.unique(entity).size
    if groups >= FEW_GROUPS:
        return ()
    return (f"few entities ({groups}): the clustered variance of the slope is unreliable",)


def _within_residuals(sample: PanelSample, test: str) -> Floats:
    return within_equation(replace(sample, effects=(sample.entity,)), test).fit.resid


def _baltagi_li_score(u: Floats, entities: int, sigma2_e: float, sigma2_1: float) -> float:
    """Signed root of the LM statistic, equations (8) to (11) of Baltagi and Li (1995)."""
    N, T = entities, u.size // entities
    blocks = u.reshape(N, T)
    J = np.full((T, T), 1 / T)
    inverse = J / sigma2_1 + (np.eye(T) - J) / sigma2_e
    G = np.eye(T, k=1) + np.eye(T, k=-1)
    quadratic = float(np.sum((blocks @ (inverse @ G @ inverse)) * blocks))
    score = N * (T - 1) / T * (sigma2_1 - sigma2_e) / sigma2_1 + sigma2_e / 2 * quadratic
    a = (sigma2_e - sigma2_1) / (T * sigma2_1)
    information = np.empty((3, 3))
    information[0, 0] = N * (2 * a**2 * (T - 1) ** 2 + 2 * a * (2 * T - 3) + (T - 1))
    information[0, 1] = N * (T - 1) * sigma2_e / sigma2_1**2
    information[0, 2] = N * (T - 1) / T * sigma2_e * (1 / sigma2_1**2 - 1 / sigma2_e**2)
    information[1, 1] = N * T**2 / (2 * sigma2_1**2)
    information[1, 2] = N * T / (2 * sigma2_1**2)
    information[2, 2] = N / 2 * (1 / sigma2_1**2 + (T - 1) / sigma2_e**2)
    information = np.triu(information) + np.triu(information, 1).T
    scale = 1 / np.sqrt(np.diag(information))
    inverse_information = np.linalg.inv(information * np.outer(scale, scale))
    return float(score * scale[0] * np.sqrt(inverse_information[0, 0]))


def _bsy_words(test: str, alternative: str | None) -> tuple[str, str, str, str]:
    words = {
        "joint": (
            "no random effects and no serial correlation",
            "random effects or serial correlation",
            "random effects, serial correlation or both are present",
            "neither random effects nor serial correlation is detected",
        ),
        "serial-correlation": (
            _NULL + ", whether or not there are (small) random effects",
            _ALTERNATIVE,
            _REJECTED,
            _KEPT,
        ),
        "random-effects": (
            "no random effects, whether or not there is (small) serial correlation",
            "random effects",
            "random effects are present beside any serial correlation",
            "random effects are not detected",
        ),
    }
    if test not in words:
        raise DiagnosticError(f"unknown test {test!r}; one of {', '.join(words)}")
    if alternative not in (None, "one-sided", "two-sided"):
        raise DiagnosticError(
            f"alternative must be 'one-sided' or 'two-sided', not {alternative!r}"
        )
    if alternative == "one-sided" and test != "random-effects":
        raise DiagnosticError(f"the {test} form has no one-sided alternative")
    return words[test]


def _bsy_parts(sample: PanelSample, form: str, lags: str, test: str) -> dict[str, float]:
    u, n, N = sample.resid, sample.n, sample.n_entities
    M = float(np.sum(sample.lengths.astype(float) ** 2))
    spread = M - 3 * n + 2 * N
    if spread <= 0:
        raise DiagnosticError(f"{test} needs entities observed in at least three periods")
    now, before = _pairs(sample, lags)
    if now.size == 0:
        raise DiagnosticError(f"{test} needs entities observed in consecutive periods")
    A = 1.0 - float(np.sum(np.bincount(sample.entity, weights=u) ** 2) / (u @ u))
    later = np.r_[False, sample.entity[1:] == sample.entity[:-1]]
    squares = float(u @ u) if form == "article" else float(u[later] @ u[later])
    if squares <= ROUNDING * float(u @ u):
        raise DiagnosticError(f"{test} needs residuals that differ from zero after the first row")
    B = float(u[now] @ u[before]) / squares
    robust = (B + (n - N) / (M - n) * A) ** 2
    return {
        "random-effects": -n * (A + 2 * B) / np.sqrt(2 * spread),
        "serial-correlation": n**2 * (M - n) / ((n - N) * spread) * robust,
        "joint": n**2 * ((A**2 + 4 * A * B + 4 * B**2) / (2 * spread) + B**2 / (n - N)),
        "A": A,
        "B": B,
        "M": M,
        "n": n,
        "N": N,
    }
