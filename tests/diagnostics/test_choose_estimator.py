"""The explained choice of estimator."""

import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


def three(data, formula="y ~ x + z"):
    return [fit(formula, data, estimator=e) for e in ("pooled", "fixed", "random")]


@pytest.mark.parametrize(
    ("effect", "correlated", "leaning"),
    [(0.0, 0.0, "pooled"), (1.0, 0.0, "random"), (1.0, 0.7, "fixed")],
)
def test_leans_to_the_process_that_made_the_data(make_panel, effect, correlated, leaning):
    data = make_panel(60, 6, effect=effect, correlated=correlated, seed=4)
    choice = diagnostics.choose_estimator(*three(data))
    assert choice.leaning == leaning
    assert len(choice.results) == 5
    assert len(choice.to_frame()) == 5


def test_explains_and_does_not_decide(make_panel):
    text = diagnostics.choose_estimator(*three(make_panel(40, 6))).summary()
    assert "lean to" in text
    assert "Not rejecting is not proof" in text
    assert "ignore the choosing" in text
    assert "x 8" in text or "x 7" in text  # share of within variance of x


def test_disagreement_is_said(cases):
    grunfeld = cases("grunfeld")
    choice = diagnostics.choose_estimator(grunfeld.pooled, grunfeld.fixed, grunfeld.random)
    assert choice.leaning == "unclear"
    assert "disagree" in choice.summary()


def test_runs_on_every_data_set(case):
    choice = diagnostics.choose_estimator(case.pooled, case.fixed, case.random)
    assert choice.leaning in ("pooled", "fixed", "random", "unclear")
    assert "<table>" in choice._repr_html_()


def test_unequal_samples_and_effects_are_refused(make_panel):
    data = make_panel()
    pooled, fixed, random = three(data)
    with pytest.raises(DiagnosticError, match="equal samples"):
        diagnostics.choose_estimator(fit("y ~ x + z", data.iloc[2:]), fixed, random)
    twoway = fit("y ~ x + z", data, estimator="fixed", effects="twoway")
    with pytest.raises(DiagnosticError, match="by entity, or both by time"):
        diagnostics.choose_estimator(pooled, twoway, random)
