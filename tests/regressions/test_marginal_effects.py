"""Marginal effects in raw units against numerical derivatives."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import fit, marginal_effect, signed_log


@pytest.fixture
def raw(panel):
    rng = np.random.default_rng(4)
    data = panel[["region"]].copy()
    data["index"] = rng.normal(size=96) * 5e-3
    data["ten_thousandths"] = 1e4 * data["index"]
    data["gdp"] = np.exp(rng.normal(size=96) + 3)
    data["emissions"] = 300 * data["index"] * 1e3 + 50 * rng.normal(size=96)
    data["ln_index"] = signed_log(1e4 * data["index"])
    data["ln_emissions"] = signed_log(data["emissions"])
    return data


INVERSES = {
    "signed_log": lambda t: np.sign(t) * np.exp(np.abs(t)),
    "asinh": np.sinh,
    "log": np.exp,
}


@pytest.mark.parametrize("outer", ["signed_log", "asinh"])
@pytest.mark.parametrize(
    ("inner", "column"), [("signed_log", "ten_thousandths"), ("log", "gdp"), ("asinh", "gdp")]
)
def test_the_effect_of_each_row_is_the_numerical_derivative(raw, outer, inner, column):
    model = fit(f"{outer}(emissions) ~ {inner}({column}) + C(region)", raw)
    name = f"{inner}({column})"
    effects = marginal_effect(model, name, at="each", regressor_values=raw[column])
    f = {"signed_log": signed_log, "asinh": np.arcsinh, "log": np.log}[inner]
    x, step = raw[column], 1e-6 * raw[column].abs()
    transformed = model.endog + model.params[name] * (f(x + step) - f(x - step)) / 2
    back = model.endog - model.params[name] * (f(x + step) - f(x - step)) / 2
    derivative = (INVERSES[outer](transformed) - INVERSES[outer](back)) / (2 * step)
    np.testing.assert_allclose(effects["estimate"], derivative, rtol=1e-5)


def test_the_average_is_the_mean_over_rows_and_scales_the_error(raw):
    model = fit("signed_log(emissions) ~ signed_log(index)", raw, cov="robust")
    each = marginal_effect(model, "signed_log(index)", at="each", regressor_values=raw["index"])
    average = marginal_effect(model, "signed_log(index)", regressor_values=raw["index"])
    sizes = (raw["emissions"] / raw["index"]).abs()
    np.testing.assert_allclose(each["estimate"], model.params["signed_log(index)"] * sizes)
    assert average["estimate"].item() == pytest.approx(each["estimate"].mean())
    t = average["estimate"].item() / average["std.error"].item()
    assert t == pytest.approx(model.tstats["signed_log(index)"])
    assert average["p.value"].item() == pytest.approx(model.pvalues["signed_log(index)"])
    assert average["conf.low"].item() < average["estimate"].item() < average["conf.high"].item()


def test_columns_transformed_before_are_named_with_their_scale(raw):
    by_column = fit("ln_emissions ~ ln_index", raw)
    by_formula = fit("signed_log(emissions) ~ signed_log(10000 * index)", raw)
    given = marginal_effect(
        by_column, "ln_index", at="median",
        regressor_transform="signed_log", dependent_transform="signed_log", regressor_scale=1e4,
    )  # fmt: skip
    read = marginal_effect(by_formula, "signed_log(10000 * index)", at="median")
    assert given["estimate"].item() == pytest.approx(1e4 * read["estimate"].item())
    x, y = 1e4 * raw["index"], raw["emissions"]
    x = x.where(x.abs() >= 1, 1 / x)  # what can be read back from the signed log
    expected = by_column.params["ln_index"] * 1e4 * abs(y.median()) / abs(x.median())
    assert given["estimate"].item() == pytest.approx(expected)


def test_a_signed_log_has_no_effect_at_zero(raw):
    raw.iloc[3, raw.columns.get_loc("ten_thousandths")] = 0.0
    raw.iloc[5, raw.columns.get_loc("emissions")] = 0.0
    model = fit("signed_log(emissions) ~ signed_log(ten_thousandths)", raw)
    name = "signed_log(ten_thousandths)"
    each = marginal_effect(model, name, at="each")
    assert np.flatnonzero(each["estimate"].isna()).tolist() == [3, 5]
    assert np.flatnonzero(each["conf.low"].isna()).tolist() == [3, 5]
    with pytest.warns(regressions.RegressionWarning, match="2 of 96 rows are at zero"):
        average = marginal_effect(model, name)
    assert average["estimate"].item() == pytest.approx(each["estimate"].mean())
    with pytest.raises(regressions.OptionError, match="undefined"):
        marginal_effect(model, name, at="median", regressor_values=0 * raw["ten_thousandths"])


def test_values_below_one_must_be_given(raw):
    model = fit("signed_log(emissions) ~ signed_log(index)", raw)
    short = raw["index"].iloc[:-1]
    with pytest.raises(regressions.SampleError, match="values of the regressor lack 1 rows"):
        marginal_effect(model, "signed_log(index)", regressor_values=short)
    taken = marginal_effect(model, "signed_log(index)", at="each")
    given = marginal_effect(model, "signed_log(index)", at="each", regressor_values=raw["index"])
    np.testing.assert_allclose(taken["estimate"], given["estimate"] * raw["index"] ** 2)


def test_levels_need_no_transform(raw):
    model = fit("emissions ~ index", raw)
    effect = marginal_effect(model, "index")
    assert effect["estimate"].item() == pytest.approx(model.params["index"])
    assert effect["conf.low"].item() == pytest.approx(model.conf_int().loc["index", "lower"])


def test_a_negative_factor_keeps_the_interval_in_order(raw):
    model = fit("emissions ~ index", raw)
    flipped = marginal_effect(model, "index", dependent_scale=-1.0)
    assert flipped["conf.low"].item() < flipped["conf.high"].item()


def test_interactions_have_no_single_effect(raw):
    model = fit("emissions ~ index * gdp", raw)
    with pytest.raises(regressions.OptionError, match=r"interactions \(index:gdp\)"):
        marginal_effect(model, "index")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regressor": "idx"}, "unknown coefficient 'idx'"),
        ({"at": "mode"}, "at is one of"),
        ({"regressor_transform": "signedlog"}, "did you mean 'signed_log'"),
    ],
)
def test_wrong_options(raw, options, message):
    model = fit("emissions ~ index", raw)
    with pytest.raises(regressions.OptionError, match=message):
        marginal_effect(model, **{"regressor": "index", **options})


def test_a_column_inside_a_transform_gets_its_coefficient_suggested(raw):
    model = fit("emissions ~ asinh(index)", raw)
    with pytest.raises(regressions.OptionError, match=r"'index'; did you mean 'asinh\(index\)'"):
        marginal_effect(model, "index")


def test_the_frame_of_each_row_has_the_index_of_the_sample(raw):
    model = fit("emissions ~ index", raw)
    pd.testing.assert_index_equal(
        marginal_effect(model, "index", at="each").index, model.exog.index
    )
