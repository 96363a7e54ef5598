"""White's test."""

import pytest
from statsmodels.stats.diagnostic import het_white

import diagnostics
from regressions import fit


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
