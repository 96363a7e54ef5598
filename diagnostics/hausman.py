"""Hausman's test of fixed against random effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from diagnostics.added_regressors import (
    CORRELATED_EFFECTS,
    CovarianceOptions,
    QuasiDemeaned,
    add_regressors,
    quasi_demeaned,
    result_of_added,
)
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.registry import specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import PanelSample, panel_sample, require_same_sample
from diagnostics.transformation import Floats, group_means
from diagnostics.transformed_equation import within_equation
from regressions.names import INTERCEPT
from regressions.within import absorbed

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["hausman"]

_NULL = "effects uncorrelated with the regressors: random effects is consistent and efficient"
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


@specification_test()
def hausman(
    fixed: FittedModel,
    random: FittedModel,
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
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    >>> random = fit("y ~ x", data, estimator="random", effects="entity")
    >>> hausman(fixed, random).pvalue < 0.01
    True
    """
    if variant not in _REFERENCES:
        raise DiagnosticError(
            f"unknown variant {variant!r} of the Hausman test; one of {', '.join(_REFERENCES)}"
        )
    pair = _match_models(fixed, random)
    if variant == "auxiliary":
        return _run_auxiliary(pair, CovarianceOptions(cov, clusters, bandwidth, small_sample))
    if cov != "unadjusted":
        raise DiagnosticError(
            f"the {variant} Hausman test compares conventional covariances; "
            f"for cov={cov!r} use variant='auxiliary'"
        )
    return _contrast_estimates(pair, variant)


@dataclass(frozen=True, eq=False)
class _Pair:
    fixed: FittedModel
    fixed_sample: PanelSample
    random: FittedModel
    side: QuasiDemeaned


def _match_models(fixed: FittedModel, random: FittedModel) -> _Pair:
    name = "the Hausman test"
    fixed_sample = panel_sample(fixed, name, estimators=("fixed",))
    side = quasi_demeaned(random, name)
    if fixed.effects != random.effects:
        raise DiagnosticError(
            f"the Hausman test compares models with the same effects; these have "
            f"{fixed.effects!r} and {random.effects!r}. For two-way effects put period dummies "
            "into both formulas and use entity effects"
        )
    require_same_sample([fixed, random], name)
    _require_same_regressors(fixed, side)
    return _Pair(fixed=fixed, fixed_sample=fixed_sample, random=random, side=side)


def _require_same_regressors(fixed: FittedModel, side: QuasiDemeaned) -> None:
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


def _contrast_estimates(pair: _Pair, variant: str) -> TestResult:
    side = pair.side
    in_fixed = set(pair.fixed.params.index)
    columns = [j for j in side.comparable_columns() if side.sample.names[j] in in_fixed]
    names = [side.sample.names[j] for j in columns]
    extra = [n for n in in_fixed if n != INTERCEPT and n not in side.sample.names]
    if extra or not names:
        raise DiagnosticError(
            "the Hausman test needs the regressors of the fixed-effects model in the "
            f"random-effects model too; missing there: {', '.join(extra) or 'all'}"
        )

    within = within_equation(pair.fixed_sample, "the Hausman test")
    rows = [within.names.index(name) for name in names]
    s2_fe = within.s2
    b_fe, V_fe = within.fit.beta[rows], s2_fe * within.fit.bread[np.ix_(rows, rows)]
    b_re, V_re, s2_re = _estimate_random(side, columns)
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
    warnings = list(side.warn_of_excluded(columns))
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
        alternative=CORRELATED_EFFECTS,
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


def _estimate_random(side: QuasiDemeaned, columns: list[int]) -> tuple[Floats, Floats, float]:
    fit = ols(side.transform(side.sample.y), side.transform(side.sample.X), "the Hausman test")
    s2 = fit.rss / fit.df_resid
    return fit.beta[columns], s2 * fit.bread[np.ix_(columns, columns)], s2


def _run_auxiliary(pair: _Pair, options: CovarianceOptions) -> TestResult:
    side = pair.side
    columns = side.comparable_columns()
    deviations = side.sample.X[:, columns] - group_means(side.sample.X[:, columns], side.codes)
    outcome = add_regressors(side, deviations, options, "the Hausman test")
    table = outcome.table([side.sample.names[j] for j in columns])
    return result_of_added(
        "Hausman test",
        outcome,
        variant=f"auxiliary regression, {options.words}",
        null=_NULL,
        rejected=_REJECTED,
        details={"coefficients": table},
        warnings=side.warn_of_excluded(columns) + outcome.fit.warnings,
        reference=_REFERENCES["auxiliary"],
    )
