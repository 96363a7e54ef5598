"""Estimate the regression tables of a study, and weigh pooled, fixed and random effects."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import diagnostics
import regressions
from diagnostics import TestResult, VifResult
from ioecon.errors import PanelError
from ioecon.study.settings import Choice, Regression
from regressions import FittedModel

__all__ = ["EstimatorChoice", "estimate", "sample_of", "weigh_estimators"]


@dataclass(frozen=True, eq=False)
class EstimatorChoice:
    """One model estimated three ways, and the tests that bear on the choice between them.

    Attributes
    ----------
    pooled, fixed, random : FittedModel
        Without effects, and with those of countries.
    tests : tuple of TestResult
        F tests of country and period effects, LM tests of both, Hausman tests.
    vif : VifResult
        Of the pooled model.
    """

    pooled: FittedModel
    fixed: FittedModel
    random: FittedModel
    tests: tuple[TestResult, ...]
    vif: VifResult


def sample_of(panel: pd.DataFrame, sample: str | None, where: str) -> pd.DataFrame:
    """Rows of a group (``"developed"``), of its complement (``"not developed"``), or all rows.

    Countries of which the grouping does not speak belong to neither.

    Raises
    ------
    PanelError
        If fewer than two countries are left.
    """
    panel = panel.copy()
    panel.attrs = {}  # pandas copies them deeply at every step of an estimation
    if sample is None:
        return panel
    group = sample.removeprefix("not ")
    member = panel[group].astype("boolean").fillna(sample.startswith("not ")).astype(bool)
    rows = panel.loc[~member if sample.startswith("not ") else member]
    countries = rows.index.get_level_values("country").unique()
    if len(countries) < 2:
        found = f"only {countries[0]}" if len(countries) else "no country"
        raise PanelError(
            f"{where}: the sample {sample!r} has {found}; a panel model needs two countries or "
            "more. Change the group, or the table's sample."
        )
    return rows


def estimate(table: Regression, panel: pd.DataFrame) -> tuple[FittedModel, ...]:
    """Estimate the columns of one regression table.

    Raises
    ------
    PanelError
        If its sample has fewer than two countries.
    RegressionError
        If a formula or its data cannot be used; see :func:`regressions.fit`.
    """
    rows = sample_of(panel, table.sample, table.key)
    return tuple(
        regressions.fit(
            f"{table.dependent} ~ {columns}",
            rows,
            estimator=table.estimator,
            effects=table.effects,
            cov=table.cov,
            clusters=table.clusters,
            label=f"{table.key} ({number})",
        )
        for number, columns in enumerate(table.columns, start=1)
    )


def weigh_estimators(choice: Choice, panel: pd.DataFrame) -> EstimatorChoice:
    """Estimate a model pooled, with fixed and with random country effects, and test between them.

    Raises
    ------
    RegressionError, DiagnosticError
        If a model cannot be estimated or a test does not apply to it.
    """
    formula = f"{choice.dependent} ~ {' + '.join(choice.regressors)}"
    panel = sample_of(panel, None, "choice")
    pooled = regressions.fit(formula, panel, label="Pooled")
    fixed = regressions.fit(formula, panel, estimator="fixed", effects="entity", label="Fixed")
    by_period = regressions.fit(formula, panel, estimator="fixed", effects="time")
    random = regressions.fit(formula, panel, estimator="random", label="Random")
    tests = (
        diagnostics.f_effects(fixed),
        diagnostics.f_effects(by_period),
        diagnostics.lm_effects(pooled, "entity"),
        diagnostics.lm_effects(pooled, "entity", "honda"),
        diagnostics.lm_effects(pooled, "time"),
        diagnostics.hausman(fixed, random),
        diagnostics.hausman(fixed, random, variant="sigmamore"),
    )
    return EstimatorChoice(pooled, fixed, random, tests, diagnostics.vif(pooled))
