"""Tests that look along time, at their corners: a sentence or a finite answer, never a crash."""

import warnings

import numpy as np
import pandas as pd
import pytest

import diagnostics
import regressions
from diagnostics import DiagnosticError

TESTS = {
    "wooldridge_serial": ("pooled", {}),
    "wooldridge_within": ("fixed", {}),
    "wooldridge_differenced": ("pooled", {}),
    "breusch_godfrey": ("pooled", {}),
    "breusch_godfrey fixed": ("fixed", {"form": "F"}),
    "baltagi_li": ("random", {}),
    "bera_sosa_escudero_yoon": ("pooled", {}),
    "durbin_watson": ("fixed", {}),
    "durbin_watson lbi": ("random", {"kind": "lbi"}),
    "unobserved_effect": ("pooled", {}),
}


def panel(periods, entities=8, seed=2):
    index = pd.MultiIndex.from_product([range(entities), periods], names=["firm", "year"])
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(size=len(index))}, index=index)
    data["y"] = 0.5 * data["x"] + rng.normal(size=len(index))
    return data


def answer(name, data):
    """Result of a test, or the sentence with which the model or the test is refused."""
    estimator, options = TESTS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("ignore", regressions.RegressionWarning)
        try:
            model = regressions.fit("y ~ x", data, estimator=estimator)
            return getattr(diagnostics, name.split()[0])(model, **options)
        except (regressions.RegressionError, DiagnosticError) as error:
            return str(error)


def one_difference_left():
    data = panel([2000, 2001, 2002])
    return data.drop(index=[(i, 2002) for i in range(8) if i > 1])


def noiseless(periods):
    data = panel(periods)
    return data.assign(y=data["x"] + np.repeat(np.arange(8.0), len(periods)))


CORNERS = {
    "one period": panel([2000]),
    "two periods": panel([2000, 2001]),
    "three periods": panel([2000, 2001, 2002]),
    "one difference": one_difference_left(),
    "all gaps": panel([2000, 2003, 2005]),
    "pairs": panel([2000, 2001, 2003, 2004]),
    "two entities": panel(range(2000, 2010), entities=2),
    "one entity": panel(range(2000, 2010), entities=1),
    "fits within": noiseless(range(2000, 2006)),
    "fits": panel(range(6)).assign(y=lambda d: 2 * d["x"]),
    "same": panel(range(6)).assign(y=1.0),
}


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("name", TESTS)
def test_a_corner_gives_a_sentence_or_a_number(name, corner):
    found = answer(name, CORNERS[corner])
    if isinstance(found, str):
        assert len(found.split()) > 5
        assert "linearmodels" not in found
        return
    assert np.isfinite(found.statistic)
    if (name, corner) != ("bera_sosa_escudero_yoon", "fits within"):  # effects and nothing else
        assert np.isnan(found.pvalue) or found.pvalue > 1e-12


@pytest.mark.parametrize(
    ("name", "corner", "words"),
    [
        ("wooldridge_within", "two periods", "exact function of their lag"),
        ("wooldridge_serial", "two periods", "at least two entities long enough"),
        ("wooldridge_serial", "all gaps", "consecutive periods"),
        ("wooldridge_serial", "pairs", "at least two entities long enough"),
        ("breusch_godfrey fixed", "two periods", "three periods"),
        ("durbin_watson", "two periods", "three periods"),
        ("durbin_watson", "all gaps", "consecutive"),
        ("bera_sosa_escudero_yoon", "two periods", "three periods"),
        ("baltagi_li", "pairs", "without gaps"),
    ],
)
def test_the_sentence_says_what_is_missing(name, corner, words):
    assert words in answer(name, CORNERS[corner])


@pytest.mark.parametrize("name", [name for name in TESTS if name != "unobserved_effect"])
def test_periods_that_are_no_calendar_are_the_reason(name):
    found = answer(name, panel(pd.to_datetime(["2001-01-01", "2001-01-04", "2001-02-08"])))
    assert "regular dates" in found


def test_rows_may_be_taken_for_periods_that_are_no_calendar():
    dates = pd.to_datetime(["2001-01-01", "2001-01-04", "2001-02-08", "2001-02-09", "2001-04-09"])
    dated = regressions.fit("y ~ x", panel(dates))
    plain = regressions.fit("y ~ x", panel(range(5)))
    dates = dates.delete(3)
    found = diagnostics.wooldridge_serial(dated, lags="row")
    assert found.statistic == pytest.approx(diagnostics.wooldridge_serial(plain).statistic)
    irregular = regressions.fit("y ~ x", panel(dates))
    found = diagnostics.wooldridge_serial(irregular, lags="row")
    assert any("rows are taken for periods" in words for words in found.warnings)


@pytest.mark.parametrize("years", [[2000, 2001, 2002, 2004, 2005, 2006], range(2000, 2006)])
def test_wooldridge_serial_by_hand(years):
    data = panel(years, entities=30)
    d = pd.DataFrame(
        {
            (i, t): data.loc[(i, t)] - data.loc[(i, t - 1)]
            for i, t in data.index
            if (i, t - 1) in data.index
        }
    ).T
    e = d["y"] - d["x"] * (d["x"] @ d["y"]) / (d["x"] @ d["x"])
    pairs = [(i, e[i, t], e[i, t - 1]) for i, t in d.index if (i, t - 1) in d.index]
    who, now, before = map(np.array, zip(*pairs, strict=True))
    rho = before @ now / (before @ before)
    scores = pd.Series(before * (now - rho * before)).groupby(who).sum()
    variance = scores @ scores / (before @ before) ** 2 * 30 / 29
    found = diagnostics.wooldridge_serial(regressions.fit("y ~ x", data))
    assert found.statistic == pytest.approx((rho + 0.5) ** 2 / variance, rel=1e-10)


def test_the_calendar_of_the_whole_panel_counts_in_a_test():
    data = panel(range(2000, 2009))
    data.loc[data.index.get_level_values(1) % 2 == 1, "y"] = np.nan
    model = regressions.fit("y ~ x", data, missing="drop")
    with pytest.raises(DiagnosticError, match="consecutive periods"):
        diagnostics.wooldridge_serial(model)


def series(lengths, seed=4):
    rng = np.random.default_rng(seed)
    rows = [(i, 2000 + t) for i, n in enumerate(lengths) for t in range(n)]
    index = pd.MultiIndex.from_tuples(rows, names=["firm", "year"])
    return pd.Series(rng.normal(size=len(rows)).cumsum(), index=index)


@pytest.mark.parametrize("terms", ["none", "constant", "trend"])
@pytest.mark.parametrize("lags", [0, 1, 2, "aic", "t-stat"])
@pytest.mark.parametrize("kind", ["ips", "maddala-wu", "choi-z", "cips"])
@pytest.mark.parametrize("length", [1, 2, 3, 5, 6, 7, 8, 9, 12])
def test_short_series_give_a_number_or_name_the_entity(kind, lags, terms, length):
    try:
        found = diagnostics.panel_unit_root(series([14, length, 14]), kind, terms=terms, lags=lags)
        said = ""
    except DiagnosticError as error:
        said = str(error)
    known = ("1 has", "lags must be", "the Im-Pesaran-Shin", "Im, Pes")
    assert said.startswith(known) if said else np.isfinite(found.statistic)


@pytest.mark.parametrize("kind", ["ips", "choi-pm", "cips"])
@pytest.mark.parametrize(
    "shape", [lambda t: t, lambda t: t % 2, lambda t: 2.0**-t, lambda t: 0 * t]
)
def test_series_without_noise_are_named(kind, shape):
    data = series([14, 14, 14])
    data.loc[1] = shape(np.arange(14.0))
    with pytest.raises(DiagnosticError, match=r"1.* (exactly|constant|collinear|zeros)"):
        diagnostics.panel_unit_root(data, kind, lags=1)


def test_one_entity_that_decides_cips_is_named():
    found = diagnostics.panel_unit_root(series([20] * 9 + [9], seed=11), "cips")
    t = found.details["entities"]
    assert t[9] < -6.19
    assert found.details["truncated"] == pytest.approx(t.clip(-6.19, 2.61).mean())
    assert any(
        f"9 ({t[9]:.3g}); the truncated CIPS* is {found.details['truncated']:.3f}" in words
        for words in found.warnings
    )
    assert any("degrees of freedom" in words and "9 (1)" in words for words in found.warnings)


@pytest.mark.parametrize(("terms", "right"), [("trend", -25.228194), ("constant", -0.51058304)])
def test_ips_of_entities_too_short_for_statsmodels(terms, right):
    """plm 2.6-2, x as below: purtest(pdata.frame(data.frame(i = rep(1:3, each = 7),
    t = rep(1:7, 3), x = x), index = c("i", "t"))$x, test = "ips", exo = "trend", lags = 1)."""
    x = [0.3, 1.1, 0.2, 2.5, 1.9, 3.1, 2.2, 1.4, 0.9, 2.2, 1.0, 0.1, 0.8, 1.7]
    x += [5.1, 4.0, 4.4, 6.2, 5.9, 4.8, 6.6]
    data = pd.Series(x, index=pd.MultiIndex.from_product([range(3), range(7)]))
    found = diagnostics.panel_unit_root(data, terms=terms, df_correction=False)
    assert found.statistic == pytest.approx(right, rel=1e-7)
    assert any("degrees of freedom" in words for words in found.warnings)
