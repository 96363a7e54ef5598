"""Heteroskedasticity between entities and with the regressors."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.diagnostic import het_white

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


def test_modified_wald_agrees_with_xttest3(case, agrees):
    agrees(diagnostics.modified_wald(case.fixed), case.r("tests", "modified_wald_fe"))


@pytest.mark.parametrize(
    ("key", "studentized"), [("bp_het_pool_koenker", True), ("bp_het_pool_classic", False)]
)
def test_breusch_pagan_agrees_with_bptest(case, agrees, key, studentized):
    agrees(diagnostics.breusch_pagan(case.pooled, studentized=studentized), case.r("tests", key))


def test_white_agrees_with_statsmodels(make_panel):
    data = make_panel(drop=0.2)
    model = fit("y ~ x + z + fixed_trait", data, estimator="pooled")
    expected = het_white(model.resids.to_numpy(), model.exog.to_numpy())
    result = diagnostics.white(model)
    assert result.statistic == pytest.approx(expected[0], rel=1e-9)
    assert result.pvalue == pytest.approx(expected[1], rel=1e-7)
    assert result.df == (9,)


def test_white_does_not_count_products_twice(make_panel):
    data = make_panel()
    data["dummy"] = (data["z"] > 0).astype(float)
    result = diagnostics.white(fit("y ~ x + dummy", data, estimator="pooled"))
    assert result.df == (4,)  # x, dummy, x², x·dummy: dummy² repeats dummy
    assert result.details["products_left_out"] == 1
    plain = diagnostics.white(fit("y ~ x + z", data, estimator="pooled"), interactions=False)
    assert plain.df == (4,)


def test_variance_that_grows_with_a_regressor_is_found(make_panel):
    data = make_panel(40, 8, effect=0.0)
    calm = fit("y ~ x", data, estimator="pooled")
    data["y"] += np.exp(data["x"]) * np.random.default_rng(3).normal(size=len(data))
    wild = fit("y ~ x", data, estimator="pooled")
    for test in (diagnostics.breusch_pagan, diagnostics.white):
        assert test(calm).pvalue > 0.05
        assert test(wild).pvalue < 0.001


def test_entities_with_their_own_variance_are_found(make_panel):
    data = make_panel(10, 30)
    data["y"] += np.repeat(np.arange(10), 30) * np.random.default_rng(3).normal(size=300)
    result = diagnostics.modified_wald(fit("y ~ x", data, estimator="fixed"))
    assert result.pvalue < 1e-6
    assert result.details["lowest_variance"] < result.details["highest_variance"] / 10


def test_entities_without_variance_are_left_out_by_name(make_panel):
    data = make_panel(10, 20)
    keep = np.ones(200, dtype=bool)
    keep[1:20] = False  # e000 once
    keep[22:40] = False  # e001 twice: its two squared residuals are equal
    with pytest.warns(UserWarning, match="observed once"):
        model = fit("y ~ x", data[keep], estimator="fixed")
    result = diagnostics.modified_wald(model)
    assert result.df == (8,)
    assert "e000, e001" in result.warnings[0]
    assert np.isfinite(result.statistic)


def test_too_few_entities_are_refused(make_panel):
    model = fit("y ~ x", make_panel(6, 2), estimator="fixed")
    with pytest.raises(DiagnosticError, match="three periods or more"):
        diagnostics.modified_wald(model)
    with pytest.raises(DiagnosticError, match="fixed model"):
        diagnostics.modified_wald(fit("y ~ x", make_panel(), estimator="pooled"))


def test_a_model_without_regressors_is_refused(make_panel):
    model = fit("y ~ 1", make_panel(), estimator="pooled")
    for test in (diagnostics.breusch_pagan, diagnostics.white):
        with pytest.raises(DiagnosticError, match="at least one regressor"):
            test(model)


@pytest.mark.parametrize(("entities", "periods"), [(2, 8), (10, 2)])
def test_squared_residuals_that_come_in_pairs_are_refused(entities, periods):
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([range(entities), range(periods)], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["x", "y"])
    model = fit("y ~ x", data, estimator="fixed", effects="twoway")
    with pytest.raises(DiagnosticError, match="unrelated to the regressors by construction"):
        diagnostics.breusch_pagan(model)
