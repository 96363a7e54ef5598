"""Regressors added to the quasi-demeaned regression of random effects, and tested together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy

from diagnostics.auxiliary_regression import AuxiliaryFit, auxiliary_regression
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns
from diagnostics.result import TestResult, decide
from diagnostics.sample import PanelSample, panel_sample
from diagnostics.transformation import Codes, Floats, group_means, quasi_demean
from diagnostics.transformed_equation import random_groups
from regressions.within import absorbed

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = [
    "CORRELATED_EFFECTS",
    "AddedRegressors",
    "CovarianceOptions",
    "QuasiDemeaned",
    "add_regressors",
    "quasi_demeaned",
    "result_of_added",
]

CORRELATED_EFFECTS = "effects correlated with the regressors: only fixed effects is consistent"


@dataclass(frozen=True, eq=False)
class QuasiDemeaned:
    """The random-effects model as arrays: transformed data and the groups of its effects."""

    sample: PanelSample
    codes: Codes
    theta: Floats
    effects: str

    def transform(self, values: Floats) -> Floats:
        """Quasi-demean columns (n,) or (n, k)."""
        return quasi_demean(values, self.codes, self.theta)

    def comparable_columns(self) -> list[int]:
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

    def warn_of_excluded(self, columns: Sequence[int]) -> tuple[str, ...]:
        """Name the slopes that are not compared."""
        left_out = [self.sample.names[j] for j in self.sample.slopes if j not in columns]
        if not left_out:
            return ()
        return (
            f"not compared, for want of variation within or between groups: {', '.join(left_out)}",
        )


def quasi_demeaned(random: FittedModel, test: str) -> QuasiDemeaned:
    """Sample of a random-effects model, with what quasi-demeans it.

    Raises
    ------
    DiagnosticError
        If the model is not random effects, or is weighted.
    """
    sample = panel_sample(random, test, estimators=("random",))
    codes, theta = random_groups(random, sample, test)
    return QuasiDemeaned(sample=sample, codes=codes, theta=theta, effects=str(random.effects))


@dataclass(frozen=True, eq=False)
class CovarianceOptions:
    """Covariance of an auxiliary regression."""

    cov: str
    clusters: str | Sequence[str] | None
    bandwidth: int | None
    small_sample: bool

    @property
    def words(self) -> str:
        """How a result names the covariance."""
        if self.clusters is None:
            return f"{self.cov} covariance"
        names = [self.clusters] if isinstance(self.clusters, str) else list(self.clusters)
        return f"{self.cov} covariance by {' and '.join(names)}"


@dataclass(frozen=True, eq=False)
class AddedRegressors:
    """The last `df` coefficients of an auxiliary regression and their joint test."""

    fit: AuxiliaryFit
    statistic: float
    df: int

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        """Coefficients and standard errors, indexed by `names`."""
        beta, V = self.fit.beta[-self.df :], self.fit.V[-self.df :, -self.df :]
        return pd.DataFrame(
            {"coefficient": beta, "std_error": np.sqrt(np.diag(V))}, index=list(names)
        )


def add_regressors(
    side: QuasiDemeaned, block: Floats, options: CovarianceOptions, test: str
) -> AddedRegressors:
    """Test `block` (n, m) with a Wald statistic when it is added to the regression."""
    sample = side.sample
    outcome = auxiliary_regression(
        side.transform(sample.y),
        np.column_stack([side.transform(sample.X), block]),
        sample,
        options.cov,
        test,
        clusters=options.clusters,
        bandwidth=options.bandwidth,
        small_sample=options.small_sample,
    )
    df = block.shape[1]
    return AddedRegressors(fit=outcome, statistic=outcome.wald(df, test), df=df)


def result_of_added(
    name: str,
    outcome: AddedRegressors,
    *,
    variant: str,
    null: str,
    rejected: str,
    details: dict[str, Any],
    warnings: tuple[str, ...],
    reference: str,
) -> TestResult:
    """Word the test of added regressors: chi-square, with the F form in `details`."""
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
        alternative=CORRELATED_EFFECTS,
        variant=variant,
        verdict=decide(pvalue, rejected, "random effects is not rejected"),
        details=details,
        warnings=warnings,
        reference=reference,
    )
