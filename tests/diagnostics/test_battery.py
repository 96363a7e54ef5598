"""The table of tests for the appendix."""

import pickle

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

import diagnostics
from diagnostics import DiagnosticError
from diagnostics.battery import _adjust_by_holm
from regressions import fit


@pytest.mark.parametrize("estimator", ["pooled", "fixed", "random"])
def test_runs_on_every_data_set(case, estimator):
    tests = diagnostics.battery(getattr(case, estimator))
    frame = tests.to_frame()
    assert len(tests) >= 8
    assert frame["statistic"].notna().sum() == len(tests)
    assert frame.index.is_unique
    given = frame["pvalue"].dropna()
    assert given.between(0, 1).all()
    assert (frame["holm"].dropna() >= given).all()
    assert str(len(given)) in tests.note


def test_is_the_tests_one_by_one(make_panel):
    model = fit("y ~ x + z", make_panel(10, 15), estimator="fixed")
    tests = diagnostics.battery(model)
    assert tests["F test"].statistic == diagnostics.f_effects(model).statistic
    assert tests["Modified Wald"].pvalue == diagnostics.modified_wald(model).pvalue
    within = diagnostics.vif(model, transform="within")
    assert tests["Largest VIF, within"].statistic == within.statistic


def test_holm_counts_the_further_tests(make_panel):
    data = make_panel(10, 15)
    fixed = fit("y ~ x + z", data, estimator="fixed")
    random = fit("y ~ x + z", data, estimator="random")
    hausman = diagnostics.hausman(fixed, random, variant="sigmamore")
    frame = diagnostics.battery(fixed, further=[hausman]).to_frame()
    assert ("Further", "Hausman test") in frame.index
    given = frame["pvalue"].dropna()
    expected = multipletests(given, method="holm")[1]
    assert frame.loc[given.index, "holm"].to_numpy() == pytest.approx(expected)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 20])
def test_holm_is_that_of_statsmodels(count):
    draws = np.random.default_rng(count)
    pvalues = draws.choice([0.0, 1.0, 0.5, *draws.random(10) ** 3], count)  # with ties
    expected = multipletests(pvalues, method="holm")[1] if count else pvalues
    np.testing.assert_array_equal(_adjust_by_holm(pvalues), expected)


def test_tests_that_do_not_apply_say_why(make_panel):
    model = fit("y ~ x + z", make_panel(10, 15), estimator="fixed", effects="twoway")
    tests = diagnostics.battery(model)
    assert "sum to zero" in tests.not_applicable["Pesaran CD"]
    with pytest.raises(KeyError, match="does not apply"):
        tests["Pesaran CD"]
    with pytest.raises(KeyError, match="no test 'Chow'"):
        tests["Chow"]
    row = tests.to_frame().loc[("Cross-section dependence", "Pesaran CD")]
    assert np.isnan(row["statistic"])
    assert "not applicable" in tests.summary()


def test_html_is_escaped(make_panel):
    model = fit("y ~ x + z", make_panel(10, 15), estimator="fixed", label="<script>")
    html = diagnostics.battery(model)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_can_be_pickled(make_panel):
    tests = diagnostics.battery(fit("y ~ x + z", make_panel(10, 15), estimator="pooled"))
    copy = pickle.loads(pickle.dumps(tests))
    assert copy.to_frame().equals(tests.to_frame())


def test_other_models_are_refused(make_panel):
    data = make_panel()
    with pytest.raises(DiagnosticError, match="'between'"):
        diagnostics.battery(fit("y ~ x", data, estimator="between"))
    with pytest.raises(DiagnosticError, match="not str"):
        diagnostics.battery("y ~ x")
