"""Are the effects correlated with the regressors? Hausman's contrast and Mundlak's regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from diagnostics.auxiliary_regression import AuxiliaryFit, auxiliary_regression
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.result import TestResult, decide
from diagnostics.sample import CONSTANT, PanelSample, panel_sample
from diagnostics.transformation import Codes, Floats, group_means, quasi_demean
from diagnostics.transformed_equation import random_groups, within_equation
from regressions.options import by_name
from regressions.within import absorbed

_NULL = "effects uncorrelated with the regressors: random effects is consistent and efficient"
_ALTERNATIVE = "effects correlated with the regressors: only fixed effects is consistent"
_REJECTED = "the two estimates differ, so random effects is rejected in favour of fixed effects"
_KEPT = "the two estimates do not differ significantly, so random effects is not rejected"

_REFERENCES = {
    "classic": "Hausman (1978), Econometrica 46(6)",
    "sigmamore": "Hausman (1978); common variance of the random-effects model, "
    "Stata's hausman, sigmamore",
    "sigmaless": "Hausman (1978); common variance of the fixed-effects model, "
    "Stata's hausman, sigmaless",
    "auxiliary": "Arellano (1993), J. Econometrics 59; Wooldridge (2010), section 10.7.3",
}


@by_name(error=DiagnosticError)
def hausman(
    fixed: Any,
    random: Any,
    *,
    variant: str = "classic",
    cov: str = "unadjusted",
    clusters: str | Sequence[str] | None = None,
    small_sample: bool = True,
    bandwidth: int | None = None,
) -> TestResult:
    """Hausman test of fixed against random effects.

    With d = b_FE - b_RE over the slopes both models estimate, H = d' (V_FE - V_RE)^-1 d is
    chi-square with as many degrees of freedom as slopes are compared. H keeps its sign: a
    negative one is reported as it is, without a p-value. Slopes of regressors without variation
    of their own between the groups (period dummies in a balanced panel) carry no contrast and are
    left out by name; time-invariant regressors are not in the fixed-effects model.

    Parameters
    ----------
    fixed, random : regressions.FittedModel
        Fixed- and random-effects model of the same dependent variable, sample and effects.
    variant : {"classic", "sigmamore", "sigmaless", "auxiliary"}
        "classic" takes each model's own variance. "sigmamore" and "sigmaless" put one error
        variance (random effects', fixed effects') into both covariances, which keeps the
        difference positive semi-definite. "auxiliary" adds x - x̄ of the time-varying regressors
        to the quasi-demeaned regression (constant 1 - θ_i) and tests them with a Wald test.
    cov : str
        Covariance of the auxiliary regression, any name of `regressions.fit`: "unadjusted",
        "robust", "HC0" to "HC3", "clustered", "CR2", "driscoll-kraay", "ac". The other variants
        need "unadjusted".
    clusters : {"entity", "time"} or both, optional
        Cluster variables; by default "entity".
    small_sample : bool
        Small-sample factor of the auxiliary regression's covariance.
    bandwidth : int, optional
        Lags of "driscoll-kraay" and "ac".

    Returns
    -------
    TestResult
        chi2; `details` holds the coefficients of both models, the differences and their standard
        errors, and the smallest eigenvalue of the scaled difference of covariances.

    Raises
    ------
    DiagnosticError
        If the models are not a fixed- and a random-effects model with equal effects, were fitted
        on unequal samples, are weighted, or share no slope that can be compared.

    Notes
    -----
    The first three variants always use the conventional covariances, whatever standard errors
    the models carry; they are wrong under heteroskedasticity or serial correlation, where
    ``variant="auxiliary", cov="clustered"`` is right.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(7)
    >>> index = pd.MultiIndex.from_product([range(30), range(6)], names=["firm", "year"])
    >>> effect = np.repeat(rng.normal(size=30), 6)
    >>> data = pd.DataFrame({"x": rng.normal(size=180) + effect}, index=index)
    >>> data["y"] = data["x"] + effect + rng.normal(size=180)
    >>> fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    >>> random = fit("y ~ x", data, estimator="random", effects="entity")
    >>> hausman(fixed, random).pvalue < 0.01
    True
    """
    if variant not in _REFERENCES:
        raise DiagnosticError(
            f"unknown variant {variant!r} of the Hausman test; one of {', '.join(_REFERENCES)}"
        )
    pair = _pair(fixed, random)
    if variant == "auxiliary":
        return _auxiliary(pair, _Options(cov, clusters, bandwidth, small_sample))
    if cov != "unadjusted":
        raise DiagnosticError(
            f"the {variant} Hausman test compares conventional covariances; "
            f"for cov={cov!r} use variant='auxiliary'"
        )
    return _contrast(pair, variant)


@by_name(error=DiagnosticError)
def mundlak(
    random: Any,
    *,
    cov: str = "clustered",
    clusters: str | Sequence[str] | None = None,
    small_sample: bool = True,
    bandwidth: int | None = None,
) -> TestResult:
    """Mundlak test: group means of the regressors added to the random-effects model.

    The quasi-demeaned regression is extended by the group means of the regressors that vary
    within and between groups, and their coefficients are tested jointly. With the same θ it is
    algebraically the auxiliary Hausman test; what it adds are the coefficients on the means
    (between minus within effect), in `details`.

    Parameters
    ----------
    random : regressions.FittedModel
        Random-effects model; its θ is kept.
    cov, clusters, small_sample, bandwidth
        Covariance, as in `hausman`; by default clustered by entity.

    Returns
    -------
    TestResult
        chi2; `details["coefficients"]` is the table of coefficients on the means.

    Raises
    ------
    DiagnosticError
        If the model is not random effects, is weighted, or no regressor varies both ways.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(7)
    >>> index = pd.MultiIndex.from_product([range(30), range(6)], names=["firm", "year"])
    >>> effect = np.repeat(rng.normal(size=30), 6)
    >>> data = pd.DataFrame({"x": rng.normal(size=180) + effect}, index=index)
    >>> data["y"] = data["x"] + effect + rng.normal(size=180)
    >>> mundlak(fit("y ~ x", data, estimator="random", effects="entity")).df
    (1,)
    """
    side = _random_side(random, "the Mundlak test")
    sample, columns = side.sample, side.comparable()
    means = group_means(sample.X[:, columns], side.codes)
    block = means - side.theta[side.codes][:, None] * means
    options = _Options(cov, clusters, bandwidth, small_sample)
    outcome = _added_block(side, block, options, "the Mundlak test")
    table = outcome.table([sample.names[j] for j in columns])
    return _wald_result(
        "Mundlak test",
        outcome,
        variant=f"means added to the quasi-demeaned regression, {options.words}",
        null="coefficients on the group means are zero: effects uncorrelated with the regressors",
        rejected="the means matter, so effects are correlated with regressors "
        "and random effects is rejected",
        details={"coefficients": table},
        warnings=side.excluded_warning(columns) + outcome.fit.warnings,
        reference="Mundlak (1978), Econometrica 46(1); Wooldridge (2010), section 10.7.3",
    )


@dataclass(frozen=True, eq=False)
class _RandomSide:
    """The random-effects model as arrays: transformed data and the groups of its effects."""

    sample: PanelSample
    codes: Codes
    theta: Floats
    effects: str

    def star(self, values: Floats) -> Floats:
        return quasi_demean(values, self.codes, self.theta)

    def comparable(self) -> list[int]:
        """Columns with variation within groups and variation of their own between groups."""
        X, slopes = self.sample.X, self.sample.slopes
        means = group_means(X[:, slopes], self.codes)
        varying = ~absorbed(X[:, slopes], X[:, slopes] - means)
        invariant = means[:, ~varying]
        base = np.column_stack([np.ones(self.sample.n), invariant])
        own = independent_columns(base, means[:, varying])
        columns = [j for j, v in zip(slopes, varying, strict=True) if v]
        kept = [j for j, o in zip(columns, own, strict=True) if o]
        if not kept:
            raise DiagnosticError(
                "no regressor varies both within and between groups, "
                "so there is nothing to compare between fixed and random effects"
            )
        return kept

    def excluded_warning(self, columns: Sequence[int]) -> tuple[str, ...]:
        left_out = [self.sample.names[j] for j in self.sample.slopes if j not in columns]
        if not left_out:
            return ()
        return (
            f"not compared, for want of variation within or between groups: {', '.join(left_out)}",
        )


@dataclass(frozen=True, eq=False)
class _Pair:
    fixed: Any
    fixed_sample: PanelSample
    random: Any
    side: _RandomSide


def _random_side(random: Any, test: str) -> _RandomSide:
    sample = panel_sample(random, test, estimators=("random",))
    codes, theta = random_groups(random, sample, test)
    return _RandomSide(sample=sample, codes=codes, theta=theta, effects=str(random.effects))


def _pair(fixed: Any, random: Any) -> _Pair:
    name = "the Hausman test"
    fixed_sample = panel_sample(fixed, name, estimators=("fixed",))
    side = _random_side(random, name)
    if fixed.effects != random.effects:
        raise DiagnosticError(
            f"the Hausman test compares models with the same effects; these have "
            f"{fixed.effects!r} and {random.effects!r}. For two-way effects put period dummies "
            "into both formulas and use entity effects"
        )
    require_same_sample([fixed, random], name)
    _require_same_regressors(fixed, side)
    return _Pair(fixed=fixed, fixed_sample=fixed_sample, random=random, side=side)


def _require_same_regressors(fixed: Any, side: _RandomSide) -> None:
    """Raise if the fixed model lacks a regressor that adds variation within groups."""
    sample = side.sample
    X = sample.X[:, sample.slopes]
    within = X - group_means(X, side.codes)
    shared = np.array([sample.names[j] in fixed.params.index for j in sample.slopes], dtype=bool)
    lacking = ~shared & ~absorbed(X, within)
    if not shared.any() or not lacking.any():
        return
    adds = independent_columns(within[:, shared], within[:, lacking])
    columns = [sample.names[j] for j, out in zip(sample.slopes, lacking, strict=True) if out]
    missing = [column for column, own in zip(columns, adds, strict=True) if own]
    if missing:
        raise DiagnosticError(
            "the Hausman test compares the same regressors; the fixed-effects model lacks "
            f"{', '.join(missing)}, which varies within groups. Fit both with the same formula"
        )


def require_same_sample(models: Sequence[Any], test: str) -> None:
    """Raise unless all models were fitted on the same rows of the same dependent variable."""
    first = models[0]
    for other in models[1:]:
        a, b = first.endog.index, other.endog.index
        only_a, only_b = len(a.difference(b)), len(b.difference(a))
        if only_a or only_b:
            raise DiagnosticError(
                f"{test} needs equal samples: the {first.estimator} model has {len(a)} "
                f"observations, the {other.estimator} model {len(b)}; {only_a} are only in the "
                f"first and {only_b} only in the second. Fit both on the same rows"
            )
        if not np.allclose(first.endog, other.endog.reindex(a), rtol=1e-12, atol=0):
            raise DiagnosticError(
                f"{test} needs the same dependent variable: the values of "
                f"{first.dependent!r} and {other.dependent!r} differ"
            )


def _contrast(pair: _Pair, variant: str) -> TestResult:
    side = pair.side
    in_fixed = set(pair.fixed.params.index)
    columns = [j for j in side.comparable() if side.sample.names[j] in in_fixed]
    names = [side.sample.names[j] for j in columns]
    extra = [n for n in in_fixed if n != CONSTANT and n not in side.sample.names]
    if extra or not names:
        raise DiagnosticError(
            "the Hausman test needs the regressors of the fixed-effects model in the "
            f"random-effects model too; missing there: {', '.join(extra) or 'all'}"
        )

    within = within_equation(pair.fixed_sample, "the Hausman test")
    rows = [within.names.index(name) for name in names]
    s2_fe = within.s2
    b_fe, V_fe = within.fit.beta[rows], s2_fe * within.fit.bread[np.ix_(rows, rows)]
    b_re, V_re, s2_re = _random_estimates(side, columns)
    scale_fe = s2_re / s2_fe if variant == "sigmamore" else 1.0
    scale_re = s2_fe / s2_re if variant == "sigmaless" else 1.0
    d = b_fe - b_re
    V = V_fe * scale_fe - V_re * scale_re
    scale = np.sqrt(np.diag(V_fe))
    scaled = V / np.outer(scale, scale)
    eigenvalues = np.linalg.eigvalsh(scaled)
    if np.min(np.abs(eigenvalues)) < 1e-14 * max(1.0, np.max(np.abs(eigenvalues))):
        raise DiagnosticError(
            "V_FE - V_RE is singular (θ is so near 1 that both models coincide); "
            "use variant='auxiliary'"
        )
    z = d / scale
    statistic = float(z @ np.linalg.solve(scaled, z))
    warnings = list(side.excluded_warning(columns))
    if eigenvalues[0] <= 0:
        warnings.append(
            "V_FE - V_RE is not positive definite, so the statistic need not be chi-square; "
            "prefer variant='sigmamore' or variant='auxiliary'"
        )
    if statistic < 0:
        warnings.append(
            "the statistic is negative, which no chi-square can be: no p-value is given"
        )
    for role, model in (("fixed", pair.fixed), ("random", pair.random)):
        if model.cov != "unadjusted":
            warnings.append(
                f"the {role}-effects model carries {model.cov} standard errors; this test uses "
                "conventional covariances (variant='auxiliary' takes robust ones)"
            )
    pvalue = float(scipy.stats.chi2.sf(statistic, len(names))) if statistic >= 0 else float("nan")
    with np.errstate(invalid="ignore"):
        table = pd.DataFrame(
            {"fixed": b_fe, "random": b_re, "difference": d, "std_error": np.sqrt(np.diag(V))},
            index=names,
        )
    return TestResult(
        name="Hausman test",
        statistic=statistic,
        distribution="chi2",
        df=(len(names),),
        pvalue=pvalue,
        null=_NULL,
        alternative=_ALTERNATIVE,
        variant=variant,
        verdict=decide(pvalue, _REJECTED, _KEPT)
        if statistic >= 0
        else "The statistic is negative: this form of the test does not decide for this sample.",
        details={
            "coefficients": table,
            "min_eigenvalue": float(eigenvalues[0]),
            "s2_fixed": s2_fe,
            "s2_random": s2_re,
        },
        warnings=tuple(warnings),
        reference=_REFERENCES[variant],
    )


def _random_estimates(side: _RandomSide, columns: list[int]) -> tuple[Floats, Floats, float]:
    fit = ols(side.star(side.sample.y), side.star(side.sample.X), "the Hausman test")
    s2 = fit.rss / fit.df_resid
    return fit.beta[columns], s2 * fit.bread[np.ix_(columns, columns)], s2


@dataclass(frozen=True, eq=False)
class _Options:
    """Covariance of an auxiliary regression."""

    cov: str
    clusters: str | Sequence[str] | None
    bandwidth: int | None
    small_sample: bool

    @property
    def words(self) -> str:
        if self.clusters is None:
            return f"{self.cov} covariance"
        names = [self.clusters] if isinstance(self.clusters, str) else list(self.clusters)
        return f"{self.cov} covariance by {' and '.join(names)}"


@dataclass(frozen=True, eq=False)
class _Added:
    """The last `df` coefficients of an auxiliary regression and their joint test."""

    fit: AuxiliaryFit
    statistic: float
    df: int

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        beta, V = self.fit.beta[-self.df :], self.fit.V[-self.df :, -self.df :]
        return pd.DataFrame(
            {"coefficient": beta, "std_error": np.sqrt(np.diag(V))}, index=list(names)
        )


def _added_block(side: _RandomSide, block: Floats, options: _Options, test: str) -> _Added:
    """Wald test of `block` added to the quasi-demeaned regression."""
    sample = side.sample
    outcome = auxiliary_regression(
        side.star(sample.y),
        np.column_stack([side.star(sample.X), block]),
        sample,
        options.cov,
        test,
        clusters=options.clusters,
        bandwidth=options.bandwidth,
        small_sample=options.small_sample,
    )
    df = block.shape[1]
    return _Added(fit=outcome, statistic=outcome.wald(df, test), df=df)


def _auxiliary(pair: _Pair, options: _Options) -> TestResult:
    side = pair.side
    columns = side.comparable()
    deviations = side.sample.X[:, columns] - group_means(side.sample.X[:, columns], side.codes)
    outcome = _added_block(side, deviations, options, "the Hausman test")
    table = outcome.table([side.sample.names[j] for j in columns])
    return _wald_result(
        "Hausman test",
        outcome,
        variant=f"auxiliary regression, {options.words}",
        null=_NULL,
        rejected=_REJECTED,
        details={"coefficients": table},
        warnings=side.excluded_warning(columns) + outcome.fit.warnings,
        reference=_REFERENCES["auxiliary"],
    )


def _wald_result(
    name: str,
    outcome: _Added,
    *,
    variant: str,
    null: str,
    rejected: str,
    details: dict[str, Any],
    warnings: tuple[str, ...],
    reference: str,
) -> TestResult:
    df = outcome.df
    pvalue = float(scipy.stats.chi2.sf(outcome.statistic, df))
    details = details | {
        "F": outcome.statistic / df,
        "F_df": (df, outcome.fit.df),
        "F_pvalue": float(scipy.stats.f.sf(outcome.statistic / df, df, outcome.fit.df)),
    }
    return TestResult(
        name=name,
        statistic=outcome.statistic,
        distribution="chi2",
        df=(df,),
        pvalue=pvalue,
        null=null,
        alternative=_ALTERNATIVE,
        variant=variant,
        verdict=decide(pvalue, rejected, "random effects is not rejected"),
        details=details,
        warnings=warnings,
        reference=reference,
    )
