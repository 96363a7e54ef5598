"""Lags and differences follow each entity's calendar, never the rows."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions.calendar import PanelCalendar, find_calendar


def frame(periods, entities=("a", "b"), seed=3):
    index = pd.MultiIndex.from_product([entities, periods])
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["x", "y"])


def test_a_lag_stays_within_its_entity():
    data = frame(range(4))
    lag = PanelCalendar(data.index).transforms()["lag"]
    shifted = lag(data["x"])
    assert np.isnan(shifted.loc[("a", 0)])
    assert np.isnan(shifted.loc[("b", 0)])
    assert shifted.loc[("b", 1)] == data.loc[("b", 0), "x"]


def test_a_lag_across_a_gap_is_missing():
    data = frame(range(5)).drop(index=[("a", 2)])
    calendar = PanelCalendar(data.index)
    shifted = calendar.transforms()["lag"](data["x"])
    assert np.isnan(shifted.loc[("a", 3)])
    assert shifted.loc[("a", 4)] == data.loc[("a", 3), "x"]
    assert calendar.transforms()["lag"](data["x"], 2).loc[("a", 3)] == data.loc[("a", 1), "x"]


def test_lags_do_not_depend_on_the_order_of_the_rows():
    data = frame(range(6), entities=list("abcd"))
    formula = "y ~ x + lag(x) + diff(y, 2)"
    straight = regressions.fit(formula, data)
    shuffled = regressions.fit(formula, data.sample(frac=1, random_state=1))
    pd.testing.assert_series_equal(straight.params, shuffled.params)


def test_difference_and_lead_are_built_from_lags():
    data = frame(range(6))
    transforms = PanelCalendar(data.index).transforms()
    pd.testing.assert_series_equal(
        transforms["diff"](data["x"]),
        data["x"] - transforms["lag"](data["x"]),
        check_names=False,
    )
    assert transforms["lead"](data["x"]).loc[("a", 0)] == data.loc[("a", 1), "x"]


def test_rows_without_a_lag_are_left_out_and_counted():
    data = frame(range(6), entities=list("abcd"))
    model = regressions.fit("y ~ lag(x, 2)", data)
    assert model.nobs == 4 * 4
    assert model.lost_to_lags == 8
    assert "8 rows have no lag" in model.summary()


def test_first_differences_by_formula_are_the_estimator():
    data = frame(range(9), entities=list("abcdef"))
    by_formula = regressions.fit("diff(y) ~ diff(x) - 1", data)
    estimator = regressions.fit("y ~ x", data, estimator="first-difference")
    assert by_formula.params["diff(x)"] == pytest.approx(estimator.params["x"], rel=1e-12)


def test_a_lagged_missing_value_loses_only_the_rows_that_need_it():
    data = frame(range(6), entities=list("abcd"))
    data.loc[("a", 2), "y"] = np.nan
    model = regressions.fit("y ~ lag(x)", data, missing="drop")
    assert ("a", 3) in model.exog.index
    assert model.nobs == 4 * 5 - 1


@pytest.mark.parametrize(
    "periods",
    [
        [2000, 2005, 2010, 2020],
        pd.to_datetime(["2000-12-31", "2005-12-31", "2010-12-31", "2020-12-31"]),
        pd.PeriodIndex(["2000", "2005", "2010", "2020"], freq="Y"),
        pd.to_datetime(["2001-01-01", "2001-04-01", "2001-07-01", "2002-01-01"]),
    ],
)
def test_the_calendar_counts_in_the_steps_of_the_panel(periods):
    index = pd.MultiIndex.from_product([["a", "b"], periods])
    assert find_calendar(index).positions(pd.Index(periods)).tolist() == [0, 1, 2, 4]


def test_a_fractional_lag_is_refused(panel):
    with pytest.raises(regressions.FormulaError, match="whole number"):
        regressions.fit("y ~ lag(x, 0.5)", panel)


def test_period_index_panels_are_estimated():
    data = frame(pd.period_range("2000", periods=6, freq="Y"), entities=list("abcde"))
    years = frame(range(6), entities=list("abcde"))
    model = regressions.fit("y ~ x + lag(x)", data, estimator="fixed", effects="twoway")
    plain = regressions.fit("y ~ x + lag(x)", years, estimator="fixed", effects="twoway")
    np.testing.assert_allclose(model.params, plain.params, rtol=1e-12)
    assert model.resids.index[0] == ("a", pd.Period("2001", "Y"))


def test_signed_log_and_asinh_keep_sign_and_zero():
    x = np.array([-10.0, 0.0, 10.0])
    assert regressions.signed_log(x).tolist() == [-np.log(10), 0.0, np.log(10)]
    np.testing.assert_allclose(regressions.asinh(x), np.arcsinh(x))


def test_interactions_and_categories_expand():
    data = frame(range(6), entities=list("abcd"))
    data["group"] = np.repeat(["n", "s"], 12)
    model = regressions.fit("y ~ x * C(group)", data)
    assert set(model.slopes) == {"x", "C(group)[T.s]", "x:C(group)[T.s]"}
    assert model.terms["C(group)"] == ("C(group)[T.s]",)


def test_a_category_that_only_dropped_rows_have_leaves_no_empty_dummy():
    data = frame(range(6), entities=list("abcd"))
    data["group"] = np.repeat(["n", "s", "w", "n"], 6)
    data.loc["c", "x"] = np.nan
    for formula in ("y ~ x + C(group)", "y ~ lag(x) + C(group)"):
        model = regressions.fit(formula, data, missing="drop")
        assert [name for name in model.slopes if "group" in name] == ["C(group)[T.s]"]


def test_dates_of_a_time_zone_have_lags(panel):
    days = pd.date_range("2000-01-01", periods=8, freq="YS", tz="Asia/Shanghai")
    dated = panel.set_axis(
        pd.MultiIndex.from_product([panel.index.levels[0], days], names=["country", "year"])
    )
    one, other = regressions.fit("y ~ lag(x)", panel), regressions.fit("y ~ lag(x)", dated)
    np.testing.assert_allclose(one.params, other.params, rtol=1e-12)


@pytest.mark.parametrize("empty", [np.nan, np.inf])
def test_a_row_whose_value_only_its_neighbour_needs_stays(empty):
    """As Stata and plm do: of x in 2002 only the lag of 2003 is missed."""
    data = frame(range(2000, 2006), entities=list("abcd"))
    data.loc[("a", 2002), "x"] = empty
    model = regressions.fit("y ~ lag(x)", data, missing="drop")
    assert {("a", 2002)} < {*model.exog.index}
    assert ("a", 2003) not in model.exog.index
    assert (model.nobs, model.lost_to_lags, len(model.dropped)) == (4 * 5 - 1, 5, 0)
    lagged = data["x"].groupby(level=0).shift()
    complete = data.assign(lagged=lagged.where(np.isfinite(lagged))).dropna(subset="lagged")
    right = regressions.fit("y ~ lagged", complete)
    np.testing.assert_allclose(model.params, right.params, rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "gone"),
    [
        ("y ~ lag(x, 2)", {2004}),
        ("y ~ lead(x)", {2001}),
        ("y ~ diff(x)", {2002, 2003}),
        ("y ~ x + lag(x)", {2002, 2003}),
        ("y ~ lag(diff(x))", {2003, 2004}),
        ("y ~ lag(lag(x))", {2004}),
        ("y ~ 1 + I(lag(x) * z)", {2003}),
    ],
)
def test_a_missing_value_takes_the_rows_that_need_it(formula, gone):
    data = frame(range(1998, 2008), entities=list("abcd")).assign(z=lambda d: d["y"] ** 2)
    whole = regressions.fit(formula, data)
    data.loc[("a", 2002), "x"] = np.nan
    model = regressions.fit(formula, data, missing="drop")
    assert {*whole.exog.index} - {*model.exog.index} == {("a", year) for year in gone}
    with pytest.raises(regressions.SampleError, match=r"x of \(a, 2002\) \(missing\)"):
        regressions.fit(formula, data)
