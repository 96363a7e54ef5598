"""Serial correlation of the errors."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.diagnostic import acorr_breusch_godfrey

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


@pytest.fixture
def make_ar(make_panel):
    """Panel whose errors follow an AR(1) with the given coefficient."""

    def make(rho: float, entities: int = 40, periods: int = 8, seed: int = 0, **options):
        data = make_panel(entities, periods, seed=seed, **options)
        rng = np.random.default_rng(seed + 1000)
        errors = rng.normal(size=(entities, periods + 50))
        for t in range(1, errors.shape[1]):
            errors[:, t] += rho * errors[:, t - 1]
        data["y"] = data["x"] + data["z"] + np.repeat(rng.normal(size=entities), periods)
        data["y"] += errors[:, 50:].ravel()
        return data

    return make


def test_xtserial_agrees_with_the_published_formula(case, agrees):
    answer = case.r("own_code_extra", "xtserial_style")
    result = diagnostics.wooldridge_serial(case.pooled, lags="row")
    agrees.number(result.statistic, answer["F"])
    assert result.df == (answer["df1"], answer["df2"])
    assert result.pvalue == pytest.approx(answer["p"], rel=1e-7)
    assert result.details["rho"] == pytest.approx(answer["rho"], rel=1e-8)
    assert result.details["rows"] == answer["nobs_aux"]


def test_xtserial_looks_only_at_the_variables(case):
    one, other = (
        diagnostics.wooldridge_serial(model).statistic for model in (case.pooled, case.random)
    )
    assert one == pytest.approx(other, rel=1e-12)


def test_wooldridge_within_agrees_with_pwartest(case, agrees):
    periods = case.answers["dims"]["n_times"]
    # plm's slope under the null takes the distinct periods for T_i in unbalanced panels too
    result = diagnostics.wooldridge_within(case.fixed, lags="row", null_rho=-1 / (periods - 1))
    agrees(result, case.r("tests", "pwar_fe"))
    if case.balanced:
        default = diagnostics.wooldridge_within(case.fixed)
        assert default.statistic == pytest.approx(result.statistic, rel=1e-10)


@pytest.mark.parametrize(
    ("key", "null"), [("pwfd_h0_fd", "differenced"), ("pwfd_h0_fe", "original")]
)
def test_wooldridge_differenced_agrees_with_pwfdtest(case, agrees, key, null):
    result = diagnostics.wooldridge_differenced(case.pooled, null=null, lags="row")
    agrees(result, case.r("tests", key))


@pytest.mark.parametrize(
    ("key", "model", "options"),
    [
        ("pbg_fe_1", "fixed", {}),
        ("pbg_fe_2", "fixed", {"order": 2}),
        ("pbg_fe_1_F", "fixed", {"form": "F"}),
        ("pbg_re_1", "random", {}),
        ("pbg_pool_1", "pooled", {}),
        ("pbg_pool_2", "pooled", {"order": 2}),
    ],
)
def test_stacked_breusch_godfrey_agrees_with_pbgtest(case, agrees, key, model, options):
    result = diagnostics.breusch_godfrey(getattr(case, model), starts="stacked", **options)
    agrees(result, case.r("tests", key))
    assert any("entity before" in text for text in result.warnings)


def test_stacked_breusch_godfrey_of_the_default_order_agrees(case, agrees):
    order = case.answers["dims"]["Ti_min"]
    result = diagnostics.breusch_godfrey(case.fixed, order=order, starts="stacked")
    agrees(result, case.r("tests", "pbg_fe_default"))


def test_masked_breusch_godfrey_of_one_series_is_the_time_series_test(make_panel):
    """With the entities far apart in time, stacking and masking differ; for one series not."""
    data = make_panel(2, 60, effect=0.0)
    model = fit("y ~ x", data, estimator="pooled")
    result = diagnostics.breusch_godfrey(model, order=3)
    X, u = model.exog.to_numpy(), model.resids.to_numpy()
    lags = np.zeros((120, 3))
    for i in range(2):
        for k in range(1, 4):
            lags[60 * i + k : 60 * (i + 1), k - 1] = u[60 * i : 60 * (i + 1) - k]
    assert result.statistic == pytest.approx(
        120 * OLS(u, np.column_stack([X, lags])).fit().rsquared, rel=1e-9
    )
    stacked = diagnostics.breusch_godfrey(model, order=3, starts="stacked")
    series = acorr_breusch_godfrey(OLS(data["y"].to_numpy(), X).fit(), nlags=3, result_object=False)
    assert stacked.statistic == pytest.approx(series[0], rel=1e-9)


@pytest.mark.parametrize(
    ("key", "alternative"),
    [("pbltest_twosided", "two-sided"), ("pbltest_onesided", "one-sided")],
)
def test_baltagi_li_agrees_where_it_is_defined(case, agrees, key, alternative):
    if not case.balanced:
        with pytest.raises(DiagnosticError, match="balanced panels"):
            diagnostics.baltagi_li(case.random)
        agrees.left_out("plm takes n/N for T in the formula of balanced panels; we refuse")
        return
    result = diagnostics.baltagi_li(case.random, alternative=alternative)
    # R maximises the likelihood numerically to about 1e-9
    agrees(result, case.r("tests", key))


BSY = {"pbsy_j": "joint", "pbsy_ar": "serial-correlation", "pbsy_re": "random-effects"}


@pytest.mark.parametrize("key", BSY)
def test_bera_sosa_escudero_yoon_agrees_with_pbsytest(case, agrees, key):
    answer = case.r("tests", key)
    result = diagnostics.bera_sosa_escudero_yoon(case.pooled, BSY[key], lags="row")
    largest = case.data.groupby(level=1).size().max()
    entities = case.answers["dims"]["n_entities"]
    if largest == entities:
        agrees(result, answer)
        return
    # plm puts the largest number of entities in one period for N; with that N it agrees
    A, B, M, n = (result.details[name] for name in "ABMn")
    N, spread = largest, M - 3 * n + 2 * largest
    with_their_n = {
        "pbsy_re": -n * (A + 2 * B) / np.sqrt(2 * spread),
        "pbsy_ar": n**2 * (M - n) / ((n - N) * spread) * (B + (n - N) / (M - n) * A) ** 2,
        "pbsy_j": n**2 * ((A + 2 * B) ** 2 / (2 * spread) + B**2 / (n - N)),
    }
    agrees.number(with_their_n[key], answer["statistic"])
    assert result.statistic != pytest.approx(answer["statistic"], rel=1e-4)


def test_two_sided_random_effects_form_agrees(case, agrees):
    if case.data.groupby(level=1).size().max() < case.answers["dims"]["n_entities"]:
        pytest.skip("plm takes the largest number of entities in one period for N")
    result = diagnostics.bera_sosa_escudero_yoon(
        case.pooled, "random-effects", alternative="two-sided", lags="row"
    )
    agrees(result, case.r("tests", "pbsy_re_twosided"))


@pytest.mark.parametrize("lags", ["row", "calendar"])
def test_article_bsy_agrees_with_the_published_formula(case, agrees, lags):
    answer = case.r("own_code_extra", f"bsy_paper_{lags}")
    details = diagnostics.bera_sosa_escudero_yoon(case.pooled, form="article", lags=lags).details
    for ours, theirs in zip(
        ("random-effects", "serial-correlation", "joint", "A", "B"),
        ("re", "ar", "j", "A", "B"),
        strict=True,
    ):
        agrees.number(details[ours], answer[theirs])


def test_baltagi_form_gives_the_printed_grunfeld_values(cases):
    pooled = cases("grunfeld").pooled
    details = diagnostics.bera_sosa_escudero_yoon(pooled).details
    assert round(details["serial-correlation"], 3) == 10.310
    assert round(details["random-effects"] ** 2, 3) == 664.948
    assert round(details["joint"], 3) == 808.471


@pytest.mark.parametrize(
    ("key", "model", "kind"),
    [
        ("pbnf_fe_bnf", "fixed", "bhargava"),
        ("pbnf_fe_lbi", "fixed", "lbi"),
        ("pbnf_re_lbi", "random", "lbi"),
    ],
)
def test_durbin_watson_agrees_with_pbnftest(case, agrees, key, model, kind):
    answer = case.r("tests", key)
    result = diagnostics.durbin_watson(getattr(case, model), kind=kind)
    agrees.number(result.statistic, answer["statistic"])
    assert np.isnan(result.pvalue)


def test_calendar_lags_do_not_cross_gaps(make_panel):
    data = make_panel(15, 8)
    one_gap = data.drop(("e000", 2004))
    by_calendar = diagnostics.wooldridge_serial(fit("y ~ x", one_gap))
    by_row = diagnostics.wooldridge_serial(fit("y ~ x", one_gap), lags="row")
    # 2000-2003 and 2005-2007 give 2 and 1 pairs of differences, 7 rows on end give 5
    assert by_calendar.details["rows"] == by_row.details["rows"] - 2
    assert "no lag or difference is taken across" in by_calendar.warnings[0]
    assert "reach across" in by_row.warnings[0]


def test_a_date_that_all_entities_miss_is_a_gap(make_panel):
    data = make_panel(20, 12)
    data = data[data.index.get_level_values("year") != 2006]
    years = data.index.get_level_values("year").astype(str)
    for periods in (pd.to_datetime(years + "-12-31"), pd.PeriodIndex(years, freq="Y")):
        entities = data.index.get_level_values("entity")
        dated = data.set_axis(pd.MultiIndex.from_arrays([entities, periods]), axis=0)
        for test in (diagnostics.wooldridge_serial, diagnostics.breusch_godfrey):
            by_year, by_date = (test(fit("y ~ x + z", panel)) for panel in (data, dated))
            assert by_date.statistic == pytest.approx(by_year.statistic, rel=1e-12)
            assert by_date.warnings == by_year.warnings
            assert "20 gaps" in by_date.warnings[0]


def test_panels_observed_every_second_year_have_lags(make_panel):
    data = make_panel(15, 8)
    spread = data.copy()
    spread.index = spread.index.set_levels(2000 + 2 * np.arange(8), level=1)
    one = diagnostics.wooldridge_serial(fit("y ~ x", data, estimator="pooled"))
    two = diagnostics.wooldridge_serial(fit("y ~ x", spread, estimator="pooled"))
    assert two.statistic == one.statistic


@pytest.mark.parametrize(
    ("estimator", "test"),
    [
        ("pooled", diagnostics.wooldridge_serial),
        ("fixed", diagnostics.wooldridge_within),
        ("pooled", diagnostics.wooldridge_differenced),
        ("random", diagnostics.baltagi_li),
        ("pooled", partial(diagnostics.bera_sosa_escudero_yoon, test="serial-correlation")),
    ],
)
def test_power_and_size(make_ar, estimator, test):
    """An AR(1) of 0.6 is found; without it the test rejects at 1 % in few of 12 panels."""

    def pvalue(rho: float, seed: int) -> float:
        return test(fit("y ~ x + z", make_ar(rho, seed=seed), estimator=estimator)).pvalue

    assert pvalue(0.6, 1) < 0.001
    assert sum(pvalue(0.0, seed) < 0.01 for seed in range(12)) <= 2


def test_null_slope_in_an_unbalanced_panel_is_that_of_uncorrelated_errors(make_panel):
    rng = np.random.default_rng(5)
    lengths = rng.integers(3, 9, size=3000)
    entity = np.repeat(np.arange(3000), lengths)
    period = np.concatenate([np.arange(t) for t in lengths])
    index = pd.MultiIndex.from_arrays([entity, period], names=["i", "t"])
    data = pd.DataFrame(rng.normal(size=(entity.size, 2)), index=index, columns=["x", "y"])
    result = diagnostics.wooldridge_within(fit("y ~ x", data, estimator="fixed"))
    assert result.details["rho"] == pytest.approx(result.details["null_rho"], abs=0.02)
    assert result.pvalue > 0.01


def test_constant_differences_are_no_trouble(make_panel):
    """A trend has a constant first difference, which repeats the constant."""
    data = make_panel()
    data["trend"] = data.index.get_level_values(1) - 2000.0
    with_trend = fit("y ~ x + trend + fixed_trait", data, estimator="pooled")
    result = diagnostics.wooldridge_differenced(with_trend)
    assert result.statistic == pytest.approx(
        diagnostics.wooldridge_differenced(fit("y ~ x", data, estimator="pooled")).statistic,
        rel=1e-9,
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: diagnostics.wooldridge_serial(m, lags="time"), "'calendar' or 'row'"),
        (lambda m: diagnostics.wooldridge_differenced(m, null="fe"), "'original' or"),
        (lambda m: diagnostics.breusch_godfrey(m, order=0), "at least 1"),
        (lambda m: diagnostics.breusch_godfrey(m, order=9), "10 periods on end"),
        (lambda m: diagnostics.breusch_godfrey(m, form="LM"), "'chi2' or 'F'"),
        (lambda m: diagnostics.breusch_godfrey(m, starts="zero"), "'masked' or"),
        (lambda m: diagnostics.wooldridge_within(m), "fixed model"),
        (lambda m: diagnostics.baltagi_li(m), "random model"),
        (lambda m: diagnostics.bera_sosa_escudero_yoon(m, "ar"), "unknown test 'ar'"),
        (lambda m: diagnostics.bera_sosa_escudero_yoon(m, form="plm"), "'baltagi' or"),
        (
            lambda m: diagnostics.bera_sosa_escudero_yoon(m, alternative="one-sided"),
            "no one-sided",
        ),
        (lambda m: diagnostics.durbin_watson(m), "fixed or random model"),
    ],
)
def test_bad_options_are_refused(make_panel, call, message):
    model = fit("y ~ x", make_panel(), estimator="pooled")
    with pytest.raises(DiagnosticError, match=message):
        call(model)


def test_short_panels_are_refused(make_panel):
    short = fit("y ~ x", make_panel(30, 2), estimator="pooled")
    with pytest.raises(DiagnosticError, match="at least two entities long enough"):
        diagnostics.wooldridge_serial(short)
    with pytest.raises(DiagnosticError, match="at least three periods"):
        diagnostics.bera_sosa_escudero_yoon(short)
    cross_section = fit("y ~ x", make_panel(30, 1), estimator="pooled")
    with pytest.raises(DiagnosticError, match="consecutive periods"):
        diagnostics.wooldridge_differenced(cross_section)
    time = fit("y ~ x", make_panel(), estimator="fixed", effects="time")
    with pytest.raises(DiagnosticError, match="needs entity effects"):
        diagnostics.wooldridge_within(time)
    with pytest.raises(DiagnosticError, match="needs entity effects"):
        diagnostics.durbin_watson(time)
