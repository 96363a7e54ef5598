"""One calendar for all that looks along time: found once, understood or named as the reason."""

import warnings

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions.calendar import find_calendar

TRADING_DAYS = pd.Series(pd.bdate_range("2010-01-01", "2011-12-31"))


def panel(periods, entities=range(10), seed=3):
    index = pd.MultiIndex.from_product([entities, periods], names=["id", "t"])
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(size=len(index))}, index=index)
    data["y"] = 0.5 * data["x"] + rng.normal(size=len(index))
    return data


def positions(periods):
    calendar = find_calendar(pd.MultiIndex.from_product([["a", "b"], periods]))
    return calendar.positions(pd.Index(periods)).tolist()


UNDERSTOOD = {
    "years": ([2000, 2001, 2003], [0, 1, 3]),
    "years as floats": ([2000.0, 2001.0, 2003.0], [0, 1, 3]),
    "small years": (np.array([1, 2, 4], dtype="uint8"), [0, 1, 3]),
    "every second year": ([2000, 2002, 2006], [0, 1, 3]),
    "no step but one": ([2000, 2003, 2005], [0, 3, 5]),
    "yyyymm": ([200011, 200012, 200101, 200103], [0, 1, 2, 4]),
    "yyyymm of one month": ([200012, 200112, 200312], [0, 1, 3]),
    "yyyymm every quarter": ([200003, 200006, 200009, 200012, 200103], [0, 1, 2, 3, 4]),
    "yyyyq": ([20003, 20004, 20011, 20013], [0, 1, 2, 4]),
    "yyyymmdd": ([20001231, 20010131, 20010228, 20010430], [0, 1, 2, 4]),
    "%tm": ([491, 492, 493, 495], [0, 1, 2, 4]),
    "%tq": ([163, 164, 165, 167], [0, 1, 2, 4]),
    "one period": ([2000], [0]),
    "month ends": (pd.to_datetime(["2000-12-31", "2001-01-31", "2001-03-31"]), [0, 1, 3]),
    "last trading days": (
        pd.DatetimeIndex(TRADING_DAYS.groupby(TRADING_DAYS.dt.to_period("M")).max()),
        list(range(24)),
    ),
    "mid July": (pd.to_datetime(["2000-07-15", "2001-07-15", "2003-07-15"]), [0, 1, 3]),
    "some summit each year": (
        pd.to_datetime(["2015-11-30", "2016-11-07", "2017-11-06", "2018-12-02", "2021-10-31"]),
        [0, 1, 2, 3, 6],
    ),
    "half years": (pd.to_datetime(["2000-06-30", "2000-12-31", "2001-12-31"]), [0, 1, 3]),
    "five years": (pd.to_datetime(["2000-12-31", "2005-12-31", "2015-12-31"]), [0, 1, 3]),
    "Fridays, once a Thursday": (
        pd.to_datetime(["2021-03-26", "2021-04-01", "2021-04-09", "2021-04-23"]),
        [0, 1, 2, 4],
    ),
    "business days": (
        pd.to_datetime(["2021-03-25", "2021-03-26", "2021-03-29", "2021-03-31"]),
        [0, 1, 2, 4],
    ),
    "every day": (pd.to_datetime(["2021-03-27", "2021-03-28", "2021-03-29"]), [0, 1, 2]),
    "hours": (pd.date_range("2021-03-27", periods=4, freq="h"), [0, 1, 2, 3]),
    "a new year's night": (pd.to_datetime(["2000-12-31", "2001-01-01", "2001-01-03"]), [0, 1, 3]),
    "time zone": (pd.date_range("2000-01-01", periods=3, freq="MS", tz="Asia/Shanghai"), [0, 1, 2]),
    "quarters": (pd.PeriodIndex(["2000Q1", "2000Q3", "2001Q2"], freq="Q"), [0, 2, 5]),
    "Periods of days": (pd.period_range("2021-03-25", periods=4, freq="D"), [0, 1, 2, 3]),
}


@pytest.mark.parametrize("kind", UNDERSTOOD)
def test_periods_count_by_one_and_gaps_by_more(kind):
    periods, right = UNDERSTOOD[kind]
    assert positions(periods) == right


NOT_UNDERSTOOD = {
    "irregular days": (pd.to_datetime(["2001-01-01", "2001-01-04", "2001-02-08"]), "regular dates"),
    "irregular hours": (
        pd.to_datetime(["2001-01-01 03:00", "2001-01-01 04:30", "2001-02-07 01:00"]),
        "regular dates",
    ),
    "fractions": ([2000.0, 2000.5], "whole-number .* 2000.5"),
    "weeks": ([200051, 200052, 200101], "200051 has no month"),
    "a month too many": ([200011, 200012, 200013, 200101], "200013 has no month"),
    "month 0": ([200011, 200012, 200100, 200101], "200100 has no month"),
    "half years like quarters": ([20001, 20002, 20011, 20012], "20012 .* half years"),
    "quarters like months": ([200001, 200002, 200003, 200004, 200101], "200101 .* 01 to 04"),
    "a day that is none": ([20010131, 20010230], "20010230 is no date"),
    "days of the year": ([2000364, 2000365, 2001001], "a day of it"),
    "%td of months": ([18263, 18294, 18322, 18353], "Stata's %td"),
}


@pytest.mark.parametrize("kind", NOT_UNDERSTOOD)
@pytest.mark.parametrize(
    "options",
    [
        {"formula": "y ~ lag(x)"},
        {"formula": "diff(y) ~ x"},
        {"estimator": "first-difference"},
        {"cov": "driscoll-kraay"},
        {"cov": "ac"},
    ],
)
def test_a_time_index_that_is_not_understood_is_the_reason(kind, options):
    periods, words = NOT_UNDERSTOOD[kind]
    data = panel(periods)
    with pytest.raises(regressions.RegressionError, match=words):
        regressions.fit(**{"formula": "y ~ x", "data": data, **options})
    assert regressions.fit("y ~ x", data, cov="clustered", clusters="entity").nobs == len(data)


def test_text_periods_are_refused_with_the_conversion():
    with pytest.raises(regressions.SampleError, match="astype\\(int\\)"):
        regressions.fit("y ~ lag(x)", panel(["2000", "2001", "2002"]))


FIVE_YEARS = panel(range(1990, 2011, 5))


@pytest.mark.parametrize(
    "options", [{"formula": "y ~ lag(x)"}, {"estimator": "first-difference"}, {"cov": "ac"}]
)
def test_a_yearly_entity_does_not_silently_take_the_lags_of_five_year_ones(options):
    more = panel(range(1990, 2011), entities=["z"], seed=1)
    more.index = more.index.set_levels([99], level=0)
    both = pd.concat([FIVE_YEARS, more])
    options = {"formula": "y ~ x", **options}
    with pytest.raises(regressions.RegressionError, match=r"10 of 11 .* every 5 .* step=1"):
        regressions.fit(data=both, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", regressions.RegressionWarning)
        if "lag" in options["formula"]:
            options["formula"] = "y ~ lag(x, 5)"
        assert regressions.fit(data=both, step=1, **options).calendar.step == 1


def test_a_few_sparse_entities_are_named():
    data = pd.concat([panel(range(2000, 2008)), panel([2000, 2002, 2004], entities=[77])])
    with pytest.warns(regressions.SampleWarning, match="1 entities are never .* 77"):
        model = regressions.fit("y ~ lag(x)", data)
    assert model.nobs == 70


def test_the_step_may_be_given():
    data = panel([2000, 2002, 2004, 2008])
    assert regressions.fit("y ~ lag(x)", data).nobs == 20
    assert regressions.fit("y ~ lag(x, 2)", data, step=1).nobs == 20
    with pytest.raises(regressions.SampleError, match=r"step=3 .* 2002"):
        regressions.fit("y ~ lag(x)", data, step=3)
    for wrong in (0, -1, 1.5, True, "year"):
        with pytest.raises(regressions.OptionError, match="step must be"):
            regressions.fit("y ~ lag(x)", data, step=wrong)


def test_month_ends_and_trading_days_of_two_firms_are_the_same_months():
    calendar_days = pd.date_range("2010-01-31", periods=24, freq="ME")
    trading = pd.DatetimeIndex(TRADING_DAYS.groupby(TRADING_DAYS.dt.to_period("M")).max())
    data = pd.concat([panel(calendar_days, ["a", "b"]), panel(trading, ["c", "d"])])
    with pytest.warns(regressions.SampleWarning, match="2010-01-29, 2010-01-31 are one month"):
        assert regressions.fit("y ~ lag(x)", data).nobs == 4 * 23


def test_weekend_days_of_one_entity_do_not_change_the_others():
    business = panel(pd.bdate_range("2021-03-01", periods=15), ["a", "b"])
    daily = panel(pd.date_range("2021-03-01", periods=20), ["c"])
    assert regressions.fit("y ~ lag(x)", business).nobs == 28
    with pytest.raises(regressions.RegressionError, match="weekends and others on business days"):
        regressions.fit("y ~ lag(x)", pd.concat([business, daily]))


def test_dropped_rows_do_not_change_the_step():
    data = panel(range(2000, 2009))
    data.loc[data.index.get_level_values(1) % 2 == 1, "y"] = np.nan
    model = regressions.fit("y ~ x", data, missing="drop", cov="driscoll-kraay", bandwidth=1)
    assert model.calendar.step == 1
    plain = regressions.fit("y ~ x", data, missing="drop", cov="driscoll-kraay", bandwidth=0)
    np.testing.assert_allclose(model.covariance, plain.covariance, rtol=1e-12)


def test_new_data_are_counted_in_the_calendar_of_the_sample():
    model = regressions.fit("y ~ lag(x)", panel(range(2000, 2008)))
    new = panel([2010, 2012, 2013])
    assert list(model.predict(new).index.get_level_values(1).unique()) == [2013]
    five = regressions.fit("y ~ lag(x)", FIVE_YEARS)
    with pytest.raises(regressions.RegressionError, match="2011 lies between"):
        five.predict(panel([2010, 2011]))


def shuffled_with_gaps(years):
    data = panel(years, entities=range(12), seed=5)
    data = data.drop(index=[(3, years[2]), (7, years[4]), (8, years[0])])
    return data.sample(frac=1, random_state=2)


@pytest.mark.parametrize("bandwidth", [None, 2])
@pytest.mark.parametrize("estimator", ["pooled", "fixed", "random", "first-difference"])
@pytest.mark.parametrize("cov", ["driscoll-kraay", "ac"])
@pytest.mark.parametrize("kernel", ["bartlett", "parzen", "quadratic-spectral"])
@pytest.mark.filterwarnings("ignore::regressions.SampleWarning")
def test_kernel_sums_are_those_of_a_double_sum_over_the_calendar(cov, kernel, estimator, bandwidth):
    from regressions.equation import estimating_equation

    years = [2000, 2001, 2002, 2003, 2006, 2007, 2008, 2009]
    data = shuffled_with_gaps(years)
    model = regressions.fit(
        "y ~ x", data, estimator=estimator, cov=cov, kernel=kernel, bandwidth=bandwidth
    )
    equation = estimating_equation(model)
    scores = equation.x * equation.residuals(model.params.to_numpy())[:, None]
    entity = equation.rows.get_level_values(0).to_numpy()
    year = equation.rows.get_level_values(1).to_numpy()
    if bandwidth is None:
        bandwidth = int(4 * (len(np.unique(year)) / 100) ** (2 / 9))

    def weight(j):
        if j == 0:
            return 1.0
        if kernel == "quadratic-spectral":
            z = 6 * np.pi * j / (5 * bandwidth)
            return 3 / z**2 * (np.sin(z) / z - np.cos(z))
        z = j / (bandwidth + 1)
        if z >= 1:
            return 0.0
        if kernel == "bartlett":
            return 1 - z
        return 1 - 6 * z**2 + 6 * z**3 if z <= 0.5 else 2 * (1 - z) ** 3

    apart = np.abs(year[:, None] - year)
    weights = np.vectorize(weight)(apart)
    if cov == "ac":
        weights = weights * (entity[:, None] == entity)
    bread = np.linalg.inv(equation.x.T @ equation.x)
    right = bread @ scores.T @ weights @ scores @ bread * model.nobs / model.df_resid
    np.testing.assert_allclose(model.covariance, right, rtol=1e-8)


@pytest.mark.parametrize("cov", ["driscoll-kraay", "ac"])
@pytest.mark.parametrize("kernel", ["bartlett", "parzen", "quadratic-spectral"])
def test_without_gaps_kernel_sums_are_those_of_linearmodels(cov, kernel):
    from linearmodels.panel import PanelOLS

    data = panel(range(2000, 2012))
    model = regressions.fit("y ~ x", data, estimator="fixed", cov=cov, kernel=kernel, bandwidth=3)
    theirs = PanelOLS(data["y"], data[["x"]].assign(Intercept=1.0), entity_effects=True)
    result = theirs.fit(cov_type=cov, kernel=kernel, bandwidth=3, debiased=True)
    order = list(model.params.index)
    np.testing.assert_allclose(model.covariance, result.cov.loc[order, order], rtol=1e-10)


def test_a_bandwidth_as_long_as_the_panel_is_refused():
    with pytest.raises(regressions.SampleError, match=r"bandwidth .* 9, .* periods, 8"):
        regressions.fit("y ~ x", panel(range(8)), cov="driscoll-kraay", bandwidth=9)


@pytest.mark.filterwarnings("ignore::regressions.SampleWarning")
def test_first_differences_by_hand_with_shared_and_own_gaps():
    data = shuffled_with_gaps([2000, 2001, 2002, 2004, 2005, 2006, 2008])
    rows = [
        (data.loc[(i, t)] - data.loc[(i, t - 1)], 1 / (1 / (1 + t % 3) + 1 / (1 + (t - 1) % 3)))
        for i, t in data.index
        if (i, t - 1) in data.index
    ]
    d = pd.DataFrame([row for row, _ in rows])
    w = np.array([weight for _, weight in rows])
    model = regressions.fit("y ~ x", data, estimator="first-difference")
    assert model.nobs == len(d)
    assert model.params["x"] == pytest.approx((d.x @ d.y) / (d.x @ d.x), rel=1e-10)
    residuals = d.y - d.x * model.params["x"]
    variance = residuals @ residuals / (len(d) - 1) / (d.x @ d.x)
    assert model.std_errors["x"] == pytest.approx(np.sqrt(variance), rel=1e-10)
    xb, y = data.x * model.params["x"], data.y
    mean = {"x": xb.groupby(level=0).mean(), "y": y.groupby(level=0).mean()}
    within = np.corrcoef(
        xb - xb.groupby(level=0).transform("mean"), y - y.groupby(level=0).transform("mean")
    )
    assert model.rsquared_between == pytest.approx(np.corrcoef(mean["x"], mean["y"])[0, 1] ** 2)
    assert model.rsquared_within == pytest.approx(within[0, 1] ** 2)
    by_formula = regressions.fit("diff(y) ~ diff(x) - 1", data)
    assert by_formula.params["diff(x)"] == pytest.approx(model.params["x"], rel=1e-10)
    data["w"] = 1.0 + data.index.get_level_values(1) % 3
    weighted = regressions.fit("y ~ x", data, estimator="first-difference", weights="w")
    assert weighted.params["x"] == pytest.approx((w * d.x @ d.y) / (w * d.x @ d.x), rel=1e-10)
    with pytest.raises(regressions.OptionError, match="weighted first differences"):
        regressions.fit("y ~ x", data, estimator="first-difference", weights="w", cov="ac")


def test_first_differences_need_neighbouring_periods_and_variation_in_them():
    with pytest.raises(regressions.SampleError, match="two consecutive periods"):
        regressions.fit("y ~ x", panel([2000, 2003, 2005]), estimator="first-difference")
    data = panel([2000, 2001, 2003, 2004])
    data["late"] = (data.index.get_level_values(1) > 2002) * 1.0  # changes across the gap only
    with pytest.raises(regressions.AbsorbedError, match="late"):
        regressions.fit("y ~ x + late", data, estimator="first-difference")


def test_ac_says_that_gaps_count():
    with pytest.warns(regressions.SampleWarning, match="10 places.* gap"):
        regressions.fit("y ~ x", panel([2000, 2001, 2003, 2004]), cov="ac")
