"""The choice between estimators: three models, tests between them, and what is printed of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

import diagnostics
import regressions
from diagnostics import Battery, TestResult, VifResult
from ioecon.study.models.settings import Choice
from regressions import FittedModel, Table, regression_table

__all__ = [
    "ChoiceOfEstimator",
    "EffectsComparison",
    "PrintedChoice",
    "compare_effects",
    "print_choice",
]


@dataclass(frozen=True, eq=False)
class EffectsComparison:
    """One model estimated three ways, and the tests that bear on the choice between them.

    Attributes
    ----------
    pooled, fixed, random : FittedModel
        Without effects, and with those of the entities.
    tests : tuple of TestResult
        F tests of entity and period effects, LM tests of both, Hausman tests.
    vif : VifResult
        Of the pooled model.
    """

    pooled: FittedModel
    fixed: FittedModel
    random: FittedModel
    tests: tuple[TestResult, ...]
    vif: VifResult

    @property
    def pvalues(self) -> tuple[float, ...]:
        """p-values of the tests."""
        return tuple(test.pvalue for test in self.tests)


@dataclass(frozen=True, eq=False)
class PrintedChoice:
    """What is printed and said of a choice, without its models.

    Attributes
    ----------
    tables : mapping of str to Table
        Of the tests, of the three models, and of the VIF.
    battery : Table
        Specification tests of the pooled model.
    pvalues : tuple of float
        Of the tests between the estimators.
    dropped : DataFrame
        Cells whose rows the pooled model left out, as in :class:`regressions.FittedModel`.
    """

    tables: Mapping[str, Table]
    battery: Table
    pvalues: tuple[float, ...]
    dropped: pd.DataFrame


@dataclass(frozen=True, eq=False)
class ChoiceOfEstimator:
    """A choice as it is printed; its models and tests are estimated when they are asked for.

    Attributes
    ----------
    printed : PrintedChoice
    settings : Choice
    panel : DataFrame
    missing : {"raise", "drop"}
    """

    printed: PrintedChoice
    settings: Choice
    panel: pd.DataFrame
    missing: str

    @cached_property
    def comparison(self) -> EffectsComparison:
        """Models and tests. What they warn of was said when they were printed."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compare_effects(self.settings, self.panel, self.missing)

    @cached_property
    def battery(self) -> Battery:
        """Specification tests of the pooled model."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return diagnostics.battery(self.comparison.pooled)


def print_choice(
    choice: Choice, panel: pd.DataFrame, labels: Mapping[str, str], missing: str = "raise"
) -> PrintedChoice:
    """Compare estimators and print what comes of it.

    Raises
    ------
    RegressionError, DiagnosticError
        If a model cannot be estimated or a test does not apply to it.
    """
    compared = compare_effects(choice, panel, missing)
    return PrintedChoice(
        tables=_choice_tables(choice.title, compared, labels),
        battery=_battery_table(choice.title, diagnostics.battery(compared.pooled)),
        pvalues=compared.pvalues,
        dropped=compared.pooled.dropped,
    )


def compare_effects(
    choice: Choice, panel: pd.DataFrame, missing: str = "raise"
) -> EffectsComparison:
    """Estimate a model pooled, with fixed and with random entity effects, and test between them.

    Raises
    ------
    RegressionError, DiagnosticError
        If a model cannot be estimated or a test does not apply to it.
    """
    formula = f"{choice.dependent} ~ {' + '.join(choice.regressors)}"
    panel = panel.copy()
    panel.attrs = {}  # which pandas copies deeply at every step
    fit = partial(regressions.fit, formula, panel, missing=missing)
    pooled = fit(label="Pooled")
    fixed = fit(estimator="fixed", effects="entity", label="Fixed")
    by_period = fit(estimator="fixed", effects="time")
    random = fit(estimator="random", label="Random")
    tests = (
        diagnostics.f_effects(fixed),
        diagnostics.f_effects(by_period),
        diagnostics.lm_effects(pooled, "entity"),
        diagnostics.lm_effects(pooled, "entity", "honda"),
        diagnostics.lm_effects(pooled, "time"),
        diagnostics.hausman(fixed, random),
        diagnostics.hausman(fixed, random, variant="sigmamore"),
    )
    return EffectsComparison(pooled, fixed, random, tests, diagnostics.vif(pooled))


def _choice_tables(
    title: str, choice: EffectsComparison, labels: Mapping[str, str]
) -> dict[str, Table]:
    """Tables of the three models, of the tests between them, and of the VIF."""
    models = [choice.pooled, choice.fixed, choice.random]
    names = [test.name for test in choice.tests]
    named = {
        f"{test.name} ({test.variant})" if names.count(test.name) > 1 else test.name: test
        for test in choice.tests
    }
    tests = pd.DataFrame(
        {
            "Distribution": [test.distribution_text for test in named.values()],
            "Statistic": [test.statistic for test in named.values()],
            "p-value": [test.pvalue for test in named.values()],
        },
        index=pd.Index(named, name="Test"),
    )
    notes = [
        "No test decides alone: each has its own null.",
        *(f"{name}. Null: {test.null}. {test.verdict}" for name, test in named.items()),
        *(f"{name}. Warning: {text}." for name, test in named.items() for text in test.warnings),
    ]
    factors = choice.vif.values.to_frame("VIF")
    factors.loc["Mean"] = factors["VIF"].mean()
    return {
        "choice_tests": Table.from_frame(
            tests, title=f"{title}: tests", identifier="choice_tests", index=True,
            notes=notes, formats={"Statistic": 3, "p-value": _probability_text},
        ),
        "choice_models": regression_table(
            models, labels=labels,
            titles=["Pooled", "Fixed", "Random"], title=f"{title}: the three models",
            identifier="choice_models", estimators=False, statistics=("nobs", "rsquared"),
        ),
        "vif": Table.from_frame(
            factors, title=f"{title}: VIF", labels=labels, digits=2, index=True, identifier="vif",
            notes=["Variance inflation factors of the pooled model's regressors."],
        ),
    }  # fmt: skip


def _battery_table(title: str, battery: Battery) -> Table:
    """Table of the usual specification tests of the base model, for an appendix."""
    found = battery.to_frame()
    applies = found["statistic"].notna()
    frame = found.loc[applies, ["distribution", "statistic", "pvalue", "holm"]]
    frame.index = pd.Index([f"{q}: {test}" for q, test in frame.index], name="Test")
    left_out = [
        f"{test} does not apply: {verdict}" for (_, test), verdict in
        found.loc[~applies, "verdict"].items()
    ]  # fmt: skip
    return Table.from_frame(
        frame, title=f"{title}: specification tests of the pooled model", index=True,
        labels={"distribution": "Distribution", "statistic": "Statistic", "pvalue": "p-value",
                "holm": "Holm"},
        formats={"statistic": 3, "pvalue": _probability_text, "holm": _probability_text},
        identifier="battery", notes=[battery.note, *left_out],
    )  # fmt: skip


def _probability_text(pvalue: float) -> str:
    if pd.isna(pvalue):
        return ""
    return "<0.0001" if pvalue < 1e-4 else f"{pvalue:.4f}"
