"""Pooled, fixed or random effects: the tests that bear on it, and what they do not say."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.f_effects import f_effects
from diagnostics.hausman import hausman
from diagnostics.lm_effects import lm_effects
from diagnostics.registry import specification_test
from diagnostics.result import LEVEL, TestResult, pvalue_text
from diagnostics.sample import panel_sample, require_same_sample
from diagnostics.transformation import group_means

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["EstimatorChoice", "choose_estimator"]

_TEST = "the choice of estimator"


@dataclass(frozen=True, eq=False)
class EstimatorChoice:
    r"""Tests that bear on the choice of estimator, and an explanation.

    Attributes
    ----------
    results : tuple of TestResult
        F test, LM test, and the Hausman test in its forms.
    leaning : {"pooled", "fixed", "random", "unclear"}
        Where the tests point at the 5 % level; an input to the choice, not the choice.
    explanation : tuple of str
        What was found and what it leaves open, one sentence or two each.

    Examples
    --------
    >>> EstimatorChoice((), "fixed", ("Effects are present.",)).summary()
    'The tests lean to: fixed\n\n- Effects are present.'
    """

    results: tuple[TestResult, ...]
    leaning: str
    explanation: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row for each test; see `TestResult.to_frame`."""
        return pd.concat([result.to_frame() for result in self.results])

    def summary(self) -> str:
        """Lay tests and explanation out as text."""
        tests = [f"{result} [{result.variant}]" for result in self.results]
        words = [f"- {sentence}" for sentence in self.explanation]
        return "\n".join([*tests, f"The tests lean to: {self.leaning}", "", *words])

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(r.name)}</td><td>{html.escape(r.variant)}</td>"
            f"<td>{r.statistic:.4g}</td><td>{html.escape(r.distribution_text)}</td>"
            f"<td>{r.pvalue:.4g}</td></tr>"
            for r in self.results
        )
        words = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.explanation)
        return (
            "<table><thead><tr><th>Test</th><th>Variant</th><th>Statistic</th><th>Under H0</th>"
            f"<th>p</th></tr></thead><tbody>{rows}</tbody></table>"
            f"<p>The tests lean to: {html.escape(self.leaning)}</p><ul>{words}</ul>"
        )


@specification_test()
def choose_estimator(
    pooled: FittedModel, fixed: FittedModel, random: FittedModel
) -> EstimatorChoice:
    """Run the tests that bear on pooled, fixed or random effects, and explain them.

    F test and one-sided LM test: are there effects? Hausman test (classic, with a common
    variance, and as an auxiliary regression clustered by entity): are they correlated with the
    regressors? The explanation says where the forms disagree, how much of the variation fixed
    effects throw away, and what no test can settle.

    Parameters
    ----------
    pooled, fixed, random : regressions.FittedModel
        The three models on the same sample, `fixed` and `random` with the same effects.

    Returns
    -------
    EstimatorChoice

    Raises
    ------
    DiagnosticError
        If the models differ in sample, dependent variable or effects, or are weighted.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> models = [fit("y ~ x", data, estimator=e) for e in ("pooled", "fixed", "random")]
    >>> choose_estimator(*models).leaning
    'fixed'
    """
    require_same_sample([pooled, fixed, random], _TEST)
    if fixed.effects != random.effects or fixed.effects not in ("entity", "time"):
        raise DiagnosticError(
            f"{_TEST} needs fixed and random effects by entity, or both by time; these are "
            f"{fixed.effects!r} and {random.effects!r}"
        )
    f_test = f_effects(fixed)
    lm_test = lm_effects(pooled, fixed.effects)
    contrasts = [hausman(fixed, random), hausman(fixed, random, variant="sigmamore")]
    robust = hausman(fixed, random, variant="auxiliary", cov="clustered")
    present = [result.pvalue < LEVEL for result in (f_test, lm_test)]
    against_random = [r.pvalue < LEVEL for r in (*contrasts, robust) if not np.isnan(r.pvalue)]
    words = [
        _explain_effects(f_test, lm_test, present),
        _explain_correlation(contrasts[0], contrasts[1], robust, against_random),
        _explain_variation(fixed),
        "Not rejecting is not proof: the Hausman test has little power when fixed effects are "
        "imprecise, and it compares estimators, not the models' truth.",
        "A model chosen by tests on the same data has standard errors that ignore the choosing; "
        "report the alternatives beside it, and let the question (a comparison within or between "
        f"{'entities' if fixed.effects == 'entity' else 'periods'}) have the last word.",
    ]
    return EstimatorChoice(
        results=(f_test, lm_test, *contrasts, robust),
        leaning=_find_leaning(present, against_random),
        explanation=tuple(words),
    )


def _find_leaning(present: list[bool], against_random: list[bool]) -> str:
    if not any(present):
        return "pooled"
    if not all(present) or len(set(against_random)) > 1:
        return "unclear"
    return "fixed" if all(against_random) else "random"


def _explain_effects(f_test: TestResult, lm_test: TestResult, present: list[bool]) -> str:
    numbers = f"F test {pvalue_text(f_test.pvalue)}, LM test {pvalue_text(lm_test.pvalue)}"
    if all(present):
        return (
            f"Effects are present ({numbers}): pooled standard errors are wrong, and its "
            "coefficients too if the effects are correlated with the regressors."
        )
    if not any(present):
        return (
            f"No effects are detected ({numbers}): pooled least squares is not contradicted, "
            "though effects too small to detect can still bias it."
        )
    return (
        f"The tests for effects disagree ({numbers}): the F test also reacts to effects that are "
        "correlated with the regressors, the LM test to any correlation within groups."
    )


def _explain_correlation(
    classic: TestResult, common: TestResult, robust: TestResult, against_random: list[bool]
) -> str:
    numbers = (
        f"classic {classic.statistic:.4g}"
        + (
            " (negative, so without a p-value)"
            if np.isnan(classic.pvalue)
            else f" ({pvalue_text(classic.pvalue)})"
        )
        + f", common variance {pvalue_text(common.pvalue)}, "
        f"clustered {pvalue_text(robust.pvalue)}"
    )
    if all(against_random):
        return (
            f"Fixed and random effects differ (Hausman: {numbers}): random effects mixes in "
            "differences between groups that are confounded with the effects."
        )
    if not any(against_random):
        return (
            f"Fixed and random effects do not differ significantly (Hausman: {numbers}): random "
            "effects, the more precise, is not contradicted."
        )
    return (
        f"The forms of the Hausman test disagree (Hausman: {numbers}): the classic ones assume "
        "homoskedastic errors without serial correlation, so the clustered form weighs more."
    )


def _explain_variation(fixed: FittedModel) -> str:
    sample = panel_sample(fixed, _TEST)
    codes = sample.entity if fixed.effects == "entity" else sample.period
    raw = sample.X[:, sample.slopes]
    total = np.sum((raw - raw.mean(axis=0)) ** 2, axis=0)
    left = np.sum((raw - group_means(raw, codes)) ** 2, axis=0)
    shares = ", ".join(
        f"{sample.names[j]} {share:.0%}"
        for j, share in zip(sample.slopes, left / total, strict=True)
    )
    return (
        f"Fixed effects use only the variation within groups ({shares} of each regressor's "
        "variance); where that is small its estimates are imprecise and measurement error weighs."
    )
