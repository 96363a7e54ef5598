"""Equal slopes."""

import sys
import tracemalloc

import numpy as np
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


@pytest.mark.parametrize(("key", "model"), [("pool_within", "fixed"), ("pool_pooling", "pooled")])
def test_agrees_with_pooltest(case, agrees, key, model):
    answer = case.r("tests", key)  # missing where entities are shorter than the regression
    agrees(diagnostics.poolability(getattr(case, model)), answer)


def test_equals_the_f_test_of_interactions(make_panel):
    data = make_panel(4, 12, drop=0.1)
    data["who"] = data.index.get_level_values(0)
    wide = fit("y ~ x * C(who)", data, estimator="pooled")
    result = diagnostics.poolability(fit("y ~ x", data, estimator="pooled"))
    wald = wide.joint_test(["C(who)", "x:C(who)"])
    assert result.statistic == pytest.approx(wald.statistic, rel=1e-8)
    assert result.df == (wald.df, wald.df_denom)


def test_slopes_that_differ_are_found(make_panel):
    data = make_panel(10, 15)
    assert diagnostics.poolability(fit("y ~ x + z", data, estimator="fixed")).pvalue > 0.01
    data["y"] += np.repeat(np.linspace(-2, 2, 10), 15) * data["x"]
    assert diagnostics.poolability(fit("y ~ x + z", data, estimator="fixed")).pvalue < 1e-6


def test_short_entities_are_named(make_panel):
    data = make_panel(10, 8).iloc[6:]
    model = fit("y ~ x + z", data, estimator="fixed")
    with pytest.raises(DiagnosticError, match=r"1 of 10 entities have 3 periods or fewer \(e000\)"):
        diagnostics.poolability(model)


def test_a_dummy_without_variation_is_named_in_the_battery(make_panel):
    data = make_panel(10, 8)
    data["married"] = 1.0 * (data.index.get_level_values(1) % 2)
    data.loc["e003", "married"] = 1.0
    fixed = fit("y ~ x + married", data, estimator="fixed")
    reason = diagnostics.battery(fixed).not_applicable["Poolability"]
    assert reason.endswith("`married` does not vary in entity e003")


def test_regressors_without_variation_in_an_entity_are_refused(make_panel):
    data = make_panel(10, 8)
    pooled = fit("y ~ x + fixed_trait", data, estimator="pooled")
    with pytest.raises(DiagnosticError, match="`fixed_trait` does not vary in entity e000"):
        diagnostics.poolability(pooled)
    with pytest.raises(DiagnosticError, match="needs entity effects"):
        diagnostics.poolability(fit("y ~ x", data, estimator="fixed", effects="time"))


@pytest.mark.parametrize("drop", [0.0, 0.3], ids=["balanced", "gaps"])
@pytest.mark.parametrize("estimator", ["pooled", "fixed"])
def test_separate_squares_are_those_of_single_regressions(make_panel, monkeypatch, drop, estimator):
    monkeypatch.setattr(sys.modules["diagnostics.entity_regressions"], "_CELLS", 100)
    data = make_panel(20, 12, drop=drop, seed=5)
    model = fit("y ~ x + z", data, estimator=estimator)
    expected = 0.0
    for _, own in data.groupby(level=0):
        X = np.column_stack([np.ones(len(own)), own[["x", "z"]]])
        expected += np.linalg.lstsq(X, own["y"], rcond=None)[1][0]
    details = diagnostics.poolability(model).details
    assert details["rss_separate"] == pytest.approx(expected, rel=1e-12)


def test_collinear_regressors_of_one_entity_are_refused_by_its_name(make_panel):
    data = make_panel(10, 8)
    data.loc["e004", "z"] = 2 * data.loc["e004", "x"].to_numpy()
    with pytest.raises(DiagnosticError, match="entity e004 met collinear regressors"):
        diagnostics.poolability(fit("y ~ x + z", data, estimator="pooled"))


def test_memory_is_a_few_copies_of_the_data(make_panel):
    data = make_panel(2000, 6)
    model = fit("y ~ x + z", data, estimator="fixed")
    tracemalloc.start()
    diagnostics.poolability(model)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * data[["y", "x", "z"]].to_numpy().nbytes
