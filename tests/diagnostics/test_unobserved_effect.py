"""Wooldridge's test for unobserved effects."""

import numpy as np
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


@pytest.mark.parametrize(
    ("key", "effect"), [("pwtest_individual", "entity"), ("pwtest_time", "time")]
)
def test_agrees_with_pwtest(case, agrees, key, effect):
    agrees(diagnostics.unobserved_effect(case.pooled, effect), case.r("tests", key))


def test_effects_are_found_and_their_absence_is_not_rejected(make_panel):
    found = fit("y ~ x + z", make_panel(60, 5), estimator="pooled")
    absent = fit("y ~ x + z", make_panel(60, 5, effect=0.0), estimator="pooled")
    assert diagnostics.unobserved_effect(found).pvalue < 0.001
    assert diagnostics.unobserved_effect(absent).pvalue > 0.01


def test_products_are_those_of_pairs(make_panel):
    data = make_panel(5, 4, drop=0.2)
    model = fit("y ~ x", data, estimator="pooled")
    sums = []
    for _, u in model.resids.groupby(level=0):
        pairs = np.outer(u, u)[np.triu_indices(len(u), 1)]
        if len(u) > 1:
            sums.append(pairs.sum())
    expected = np.sum(sums) / np.sqrt(np.sum(np.square(sums)))
    assert diagnostics.unobserved_effect(model).statistic == pytest.approx(expected, rel=1e-10)


def test_bad_input_is_refused(make_panel):
    data = make_panel()
    with pytest.raises(DiagnosticError, match="'entity' or 'time'"):
        diagnostics.unobserved_effect(fit("y ~ x", data), "twoway")
    with pytest.raises(DiagnosticError, match="pooled model"):
        diagnostics.unobserved_effect(fit("y ~ x", data, estimator="random"))
    with pytest.raises(DiagnosticError, match="two groups with two observations"):
        diagnostics.unobserved_effect(fit("y ~ x", make_panel(20, 1)))
