"""Variance inflation factors."""

import numpy as np
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


def test_raw_vif_agrees_with_car(case, agrees):
    answer = case.r("vif", "pooled")["vif"]
    values = diagnostics.vif(case.pooled).values
    assert list(values.index) == list(answer)
    agrees.number(values, list(answer.values()))


@pytest.mark.parametrize(
    ("key", "effects"),
    [("individual", "entity"), ("time", "time"), ("twoways", "twoway")],
)
def test_within_vif_agrees(case, agrees, key, effects):
    answer = case.r("vif", f"within_{key}")["vif"]
    from_pooled = diagnostics.vif(case.pooled, transform="within", effects=effects).values
    model = {"entity": case.fixed, "time": case.fixed_time, "twoway": case.fixed_twoway}[effects]
    from_fixed = diagnostics.vif(model, transform="within").values
    for values in (from_pooled, from_fixed):
        agrees.number(values[list(answer)], list(answer.values()))
        assert len(values) == len(answer)


def test_statistic_is_the_largest_and_details_hold_each(make_panel):
    data = make_panel()
    data["copy"] = data["x"] + 0.1 * data["z"]
    result = diagnostics.vif(fit("y ~ x + copy + fixed_trait", data, estimator="pooled"))
    assert isinstance(result, diagnostics.TestResult)
    assert result.statistic == result.values.max()
    assert dict(result.details) == result.values.to_dict()
    assert result.statistic > 10
    assert "above 10" in result.verdict
    assert np.isnan(result.pvalue)
    assert list(result.to_frame().columns) == ["vif", "columns", "comparable", "inflation"]


def test_agrees_with_statsmodels(make_panel):
    data = make_panel(drop=0.2)
    model = fit("y ~ x + z + fixed_trait", data, estimator="pooled")
    expected = [variance_inflation_factor(model.exog.to_numpy(), j) for j in (1, 2, 3)]
    assert diagnostics.vif(model).values.to_numpy() == pytest.approx(expected, rel=1e-10)


def test_gvif_does_not_depend_on_the_coding(make_panel):
    data = make_panel(12, 6)
    data["region"] = np.repeat(list("abcd"), 18)
    data["x"] += np.repeat([0.0, 1.0, 2.0, 4.0], 18)
    one = diagnostics.vif(fit("y ~ x + C(region)", data, estimator="pooled"))
    base = "C(region, contr.treatment(base='c'))"
    other = diagnostics.vif(fit(f"y ~ x + {base}", data, estimator="pooled"))
    assert one.table["columns"].to_dict()["C(region)"] == 3
    assert one.values.to_numpy() == pytest.approx(other.values.to_numpy(), rel=1e-10)
    # one regressor against one group: both determinants are the same
    assert one.values.iloc[0] == pytest.approx(one.values.iloc[1], rel=1e-10)
    assert one.table["comparable"].iloc[1] == pytest.approx(one.values.iloc[1] ** (1 / 3))


def test_groups_can_be_chosen(make_panel):
    model = fit("y ~ x + z + fixed_trait", make_panel(), estimator="pooled")
    result = diagnostics.vif(model, groups={"both": ["x", "z"]})
    assert set(result.values.index) == {"both", "fixed_trait"}
    with pytest.raises(DiagnosticError, match="does not have: w"):
        diagnostics.vif(model, groups={"both": ["x", "w"]})
    with pytest.raises(DiagnosticError, match="in two groups"):
        diagnostics.vif(model, groups={"a": ["x"], "b": ["x", "z"]})


def test_scale_of_a_regressor_does_not_matter(make_panel):
    data = make_panel()
    data["x_small"] = data["x"] * 1e-9 + 1e-4
    one = diagnostics.vif(fit("y ~ x + z", data, estimator="pooled")).values
    other = diagnostics.vif(fit("y ~ x_small + z", data, estimator="pooled")).values
    assert one.to_numpy() == pytest.approx(other.to_numpy(), rel=1e-8)


def test_fixed_effects_are_pointed_to_the_within_factors(make_panel):
    data = make_panel()
    fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
    assert "transform='within'" in diagnostics.vif(fixed).warnings[0]
    pooled = fit("y ~ x + z + fixed_trait", data, estimator="pooled")
    with pytest.raises(DiagnosticError, match="no effects to take out"):
        diagnostics.vif(pooled, transform="within")
    absorbed = diagnostics.vif(pooled, transform="within", effects="entity")
    assert "fixed_trait" not in absorbed.values.index
    assert "fixed_trait" in absorbed.warnings[0]
    with pytest.raises(DiagnosticError, match="goes with"):
        diagnostics.vif(pooled, effects="entity")
    with pytest.raises(DiagnosticError, match="'raw' or 'within'"):
        diagnostics.vif(pooled, transform="demeaned")
