"""The wild cluster bootstrap: exact enumeration against stored answers, and against refitting."""

import pickle

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import bootstrap, fit, wild_cluster_bootstrap

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")

CASES = {
    "grunfeld_pooled_value": ({}, "value"),
    "grunfeld_pooled_capital": ({}, "capital"),
    "grunfeld_pooled_value_null0.1": ({}, "value"),
    "grunfeld_within_value": ({"estimator": "fixed"}, "value"),
    "grunfeld_within_capital": ({"estimator": "fixed"}, "capital"),
}


@pytest.mark.parametrize(("kind", "restricted"), [("WCR11", True), ("WCU11", False)])
@pytest.mark.parametrize("stored", CASES)
def test_enumerated_p_values_are_the_stored_ones(grunfeld, extra, agrees, stored, kind, restricted):
    options, parameter = CASES[stored]
    answer = extra["wild_cluster_bootstrap"][stored]
    # the stored within model has no constant
    formula = "inv ~ value + capital" + (" - 1" if options else "")
    model = fit(formula, grunfeld, **options)
    test = wild_cluster_bootstrap(model, parameter, null=answer["null"], restricted=restricted)
    expected = answer[kind]
    assert test.exact
    assert test.draws == expected["n_draws"] == 1024
    agrees.number(test.statistic, answer["t"])
    agrees.number(test.pvalue, expected["p_two_tailed_abs_ge"])
    assert test.pvalue == expected["p_two_tailed_abs_ge"]
    assert test.pvalue_strict == expected["p_two_tailed_abs_gt"]
    assert test.pvalue_equal_tailed == expected["p_equal_tailed"]
    assert test.pvalue_upper == expected["p_upper"]
    for level, quantile in expected["t_star_quantiles"].items():
        got = np.quantile(test.t_draws, float(level))
        assert got == pytest.approx(quantile, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(
    ("options", "clusters"),
    [
        ({}, "entity"),
        ({"weights": "weight"}, "entity"),
        ({"estimator": "fixed"}, "entity"),
        ({"estimator": "fixed", "effects": "twoway"}, "entity"),
        ({"estimator": "fixed", "effects": "twoway", "weights": "weight"}, "entity"),
        ({"estimator": "fixed"}, "time"),
        ({"estimator": "fixed", "effects": "time"}, "region"),
    ],
)
def test_draws_are_those_of_refitting_resampled_data(panel, options, clusters):
    model = fit("y ~ x + z", panel, cov="clustered", clusters=clusters, **options)
    test = wild_cluster_bootstrap(model, "x", weights="webb", draws=999, seed=5)
    restricted = fit("y ~ z", panel, **options)
    codes = model.cluster_codes.iloc[:, 0].to_numpy()
    points = np.array([-np.sqrt(1.5), -1, -np.sqrt(0.5), np.sqrt(0.5), 1, np.sqrt(1.5)])
    groups = int(codes.max()) + 1
    v = points[np.random.default_rng(5).integers(6, size=(groups, 999))]
    residual = restricted.resids
    plan = {**options, "cov": "clustered", "clusters": clusters, "count_effects": False}
    for draw in range(3):
        fresh = panel.assign(y=panel["y"] - residual + residual * v[codes, draw])
        refit = fit("y ~ x + z", fresh, **plan)
        assert test.t_draws[draw] == pytest.approx(refit.tstats["x"], rel=1e-8)


def test_the_same_seed_gives_the_same_draws_and_another_seed_does_not(panel):
    model = fit("y ~ x + z", panel)
    one = wild_cluster_bootstrap(model, "z", weights="webb", seed=1, draws=199)
    again = wild_cluster_bootstrap(model, "z", weights="webb", seed=1, draws=199)
    other = wild_cluster_bootstrap(model, "z", weights="webb", seed=2, draws=199)
    assert np.array_equal(one.t_draws, again.t_draws)
    assert not np.array_equal(one.t_draws, other.t_draws)


def test_signs_are_enumerated_when_the_patterns_are_not_more_than_the_draws(panel):
    model = fit("y ~ x", panel)
    assert wild_cluster_bootstrap(model, "x", draws=4096).exact
    sampled = wild_cluster_bootstrap(model, "x", draws=4095)
    assert not sampled.exact
    assert sampled.draws == 4095


def test_enumeration_contains_the_sample_and_its_mirror_image(panel):
    test = wild_cluster_bootstrap(fit("y ~ x + z", panel, estimator="fixed"), "z")
    assert np.abs(test.t_draws).max() >= abs(test.statistic) * (1 - 1e-12)
    assert test.pvalue >= 2 / 4096
    np.testing.assert_allclose(np.sort(test.t_draws), np.sort(-test.t_draws), atol=1e-8)


@pytest.mark.parametrize("restricted", [True, False])
def test_the_interval_holds_the_values_that_are_not_rejected(panel, restricted):
    model = fit("y ~ x + z", panel, estimator="fixed")
    test = wild_cluster_bootstrap(model, "x", draws=999, restricted=restricted)
    low, high = test.conf_int(0.90)
    assert low < model.params["x"] < high
    for value, inside in ((low, True), (high, True), (low, False), (high, False)):
        nudge = 1e-3 * (high - low) * (1 if (value == low) == inside else -1)
        p = wild_cluster_bootstrap(
            model, "x", null=value + nudge, draws=999, restricted=restricted
        ).pvalue
        assert (p >= 0.10 - 1e-12) == inside


def test_size_is_about_right_with_few_heterogeneous_clusters():
    rng = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([range(9), range(12)])
    rejections = 0
    for _ in range(60):
        shock = np.repeat(rng.normal(size=9) * np.linspace(0.5, 2, 9), 12)
        x = np.repeat(rng.normal(size=9), 12) + 0.3 * rng.normal(size=108)
        data = pd.DataFrame({"x": x, "y": shock + rng.normal(size=108)}, index=index)
        rejections += wild_cluster_bootstrap(fit("y ~ x", data), "x").pvalue <= 0.10
    assert rejections <= 14


def test_clusters_may_be_given_as_a_series(panel):
    model = fit("y ~ x", panel)
    by_series = wild_cluster_bootstrap(model, "x", clusters=panel["region"], weights="webb")
    named = fit("y ~ x", panel, cov="clustered", clusters="region")
    by_model = wild_cluster_bootstrap(named, "x", weights="webb")
    assert by_series.pvalue == by_model.pvalue
    assert by_series.clusters == 3
    with pytest.raises(regressions.SampleError, match="lack 8 rows"):
        wild_cluster_bootstrap(model, "x", clusters=panel["region"].drop(index="c00", level=0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parameter": "xx"}, "unknown coefficient 'xx'"),
        ({"weights": "normal"}, "'rademacher' or 'webb'"),
        ({"draws": 10}, "at least 99"),
        ({"clusters": "planet"}, "unknown clusters 'planet'"),
    ],
)
def test_wrong_options(panel, options, message):
    with pytest.raises(regressions.OptionError, match=message):
        wild_cluster_bootstrap(fit("y ~ x", panel), **{"parameter": "x", **options})


def test_the_result_prints_frames_and_pickles(panel):
    test = wild_cluster_bootstrap(fit("y ~ x", panel), "x")
    assert "all 4096 rademacher draws, restricted, 12 clusters of entity" in test.summary()
    assert test.to_frame().loc[0, "pvalue"] == test.pvalue
    assert pickle.loads(pickle.dumps(test)).conf_int() == test.conf_int()


def test_first_differences_and_random_effects_can_be_resampled(panel):
    for estimator in ("first-difference", "random", "mundlak"):
        test = wild_cluster_bootstrap(fit("y ~ x + z", panel, estimator=estimator), "x")
        clustered = fit("y ~ x + z", panel, estimator=estimator, cov="clustered")
        assert test.statistic == pytest.approx(clustered.tstats["x"], rel=1e-8)
        assert test.pvalue < 0.01
    with pytest.raises(regressions.OptionError, match="one row per group"):
        wild_cluster_bootstrap(fit("y ~ x", panel, estimator="between"), "x")


@pytest.mark.parametrize("weights", ["rademacher", "webb"])
def test_points_drawn_in_blocks_are_those_of_one_draw(monkeypatch, weights):
    monkeypatch.setattr(bootstrap, "_CELLS", 3 * 101)
    points = bootstrap._draw_points(23, weights, 101, 4, exact=False)
    whole = np.random.default_rng(4).integers(2 if weights == "rademacher" else 6, size=(23, 101))
    assert points.dtype == np.uint8
    assert np.array_equal(points, whole)
    blocks = np.concatenate(list(bootstrap._weights_by_blocks(points, weights)), axis=1)
    expected = 1.0 - 2.0 * whole if weights == "rademacher" else bootstrap._WEBB[whole]
    assert np.array_equal(blocks, expected)
