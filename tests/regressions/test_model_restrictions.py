"""Linear restrictions, joint tests and the comparison of nested models."""

import numpy as np
import pytest
from scipy import stats

import regressions
from regressions import compare_nested, fit, stepwise

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


def test_one_restriction_is_the_squared_t(panel):
    model = fit("y ~ x + z", panel, cov="clustered")
    test = model.wald_test("z = 0")
    assert test.statistic == pytest.approx(model.tstats["z"] ** 2)
    assert test.pvalue == pytest.approx(model.pvalues["z"])
    assert (test.df, test.df_denom, test.distribution) == (1, 11.0, "F")


def test_a_linear_combination_by_hand(panel):
    model = fit("y ~ x + z", panel, cov="robust")
    test = model.wald_test("x + 2 * z = 0.5")
    r = np.array([0.0, 1.0, 2.0])
    distance = r @ model.params.to_numpy() - 0.5
    f = distance**2 / (r @ model.covariance.to_numpy() @ r)
    assert test.statistic == pytest.approx(f)
    assert test.pvalue == pytest.approx(stats.f.sf(f, 1, 93))
    assert test.null == "x + 2 * z = 0.5"


def test_the_chi_squared_form_of_linearmodels_agrees(panel):
    model = fit("y ~ x + z", panel, estimator="random", cov="robust")
    test = model.wald_test(["x = 2", "z = -1"])
    theirs = model.result.wald_test(np.eye(3)[1:], np.array([2.0, -1.0]))
    assert test.statistic * 2 == pytest.approx(theirs.stat, rel=1e-9)


def test_restrictions_may_be_a_list_a_text_or_a_mapping(panel):
    model = fit("y ~ x + z", panel)
    listed = model.wald_test(["x = 2", "z = -1"])
    text = model.wald_test("x = 2, z = -1")
    mapping = model.wald_test({"x": 2.0, "z": -1.0})
    assert listed.statistic == pytest.approx(text.statistic) == pytest.approx(mapping.statistic)


def test_names_that_are_not_plain_words(panel):
    model = fit("y ~ lag(x, 2) + C(region) + x:z", panel)
    by_text = model.wald_test("`C(region)[T.south]` = `C(region)[T.west]`, `lag(x, 2)` = 0")
    assert by_text.df == 2
    by_name = model.wald_test({"x:z": 0.0, "lag(x, 2)": 0.0})
    assert by_name.df == 2


@pytest.mark.parametrize(
    ("restriction", "message"),
    [
        ("x", "must have one '='"),
        ("x = z = 0", "must have one '='"),
        ("x + = 1", "cannot be read"),
        ("xx = 1", "unknown coefficient 'xx'"),
        ({"xz": 1.0}, "unknown coefficient 'xz'"),
        (["x = 0", "2 * x = 0"], "singular"),
        ("x - x = 0", "does not involve"),
    ],
)
def test_restrictions_that_make_no_sense(panel, restriction, message):
    with pytest.raises(regressions.OptionError, match=message):
        fit("y ~ x + z", panel).wald_test(restriction)


def test_wald_tests_on_real_data_are_those_of_r(reference, agrees):
    model = fit(reference.formula, reference.data, estimator="fixed", drop_absorbed=True)
    answer = reference.answers["tests"]["wald_F_fe"]
    agrees.number(model.f_statistic.statistic, answer["statistic"])


def test_nested_models_are_compared_by_the_classic_f_test(panel):
    models = stepwise("y ~ x", panel, ["z", "C(region)"])
    table = compare_nested(models)
    rss = table["rss"].to_numpy()
    f = (rss[1] - rss[2]) / 2 / (rss[2] / table["df.residual"].iloc[2])
    assert table["statistic"].iloc[2] == pytest.approx(f)
    assert table["p.value"].iloc[2] == pytest.approx(stats.f.sf(f, 2, 91))
    assert np.isnan(table["statistic"].iloc[0])
    assert table["added"].tolist() == ["", "z", "C(region)[T.south], C(region)[T.west]"]


def test_a_robust_comparison_uses_the_covariance_of_the_larger_model(panel):
    models = stepwise("y ~ x", panel, ["z"], cov="clustered")
    table = compare_nested(models)
    assert table["p.value"].iloc[1] == pytest.approx(models[1].pvalues["z"])


def test_models_on_different_rows_are_not_compared(panel):
    data = panel.copy()
    data.loc[("c03", 2004), "z"] = np.nan
    models = stepwise("y ~ x", data, ["z"], missing="drop")
    with pytest.raises(regressions.SampleError, match=r"different rows \(96 and 95; 1 not shared"):
        compare_nested(models)


@pytest.mark.parametrize(
    ("formulas", "options", "message"),
    [
        (["y ~ x", "y ~ z"], [{}, {}], "not nested: only the first has x"),
        (["y ~ x", "y ~ x"], [{}, {}], "same regressors"),
        (["y ~ x", "z ~ x + weight"], [{}, {}], "differ in their dependent"),
        (["y ~ x", "y ~ x + z"], [{}, {"estimator": "fixed"}], "differ in their estimator"),
    ],
)
def test_models_that_are_not_nested_are_not_compared(panel, formulas, options, message):
    models = [
        fit(f, panel, label=str(i), **o)
        for i, (f, o) in enumerate(zip(formulas, options, strict=True))
    ]
    with pytest.raises(regressions.OptionError, match=message):
        compare_nested(models)


def test_one_model_is_no_comparison(panel):
    with pytest.raises(regressions.OptionError, match="at least two"):
        compare_nested([fit("y ~ x", panel)])
