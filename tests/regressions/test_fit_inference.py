"""p-values and intervals come from the distribution that the covariance asks for."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

import regressions
from regressions import fit

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


@pytest.mark.parametrize(
    ("options", "df"),
    [
        ({}, 96 - 3),
        ({"cov": "robust"}, 96 - 3),
        ({"cov": "clustered"}, 12 - 1),
        ({"cov": "clustered", "clusters": "time"}, 8 - 1),
        ({"cov": "clustered", "clusters": ["entity", "time"]}, 8 - 1),
        ({"cov": "clustered", "clusters": "region"}, 3 - 1),
        ({"cov": "driscoll-kraay"}, 8 - 1),
        ({"cov": "ac", "bandwidth": 2}, 96 - 3),
        ({"estimator": "fixed"}, 96 - 3 - 11),
        ({"estimator": "fixed", "effects": "twoway"}, 96 - 3 - 11 - 7),
        ({"estimator": "fixed", "cov": "clustered"}, 12 - 1),
        ({"estimator": "random"}, 96 - 3),
        ({"estimator": "between"}, 12 - 3),
        ({"estimator": "first-difference"}, 84 - 2),
        ({"estimator": "first-difference", "cov": "driscoll-kraay"}, 7 - 1),
    ],
)
def test_degrees_of_freedom_of_the_t_distribution(panel, options, df):
    model = fit("y ~ x + z", panel, **options)
    assert model.df_inference == df
    expected = 2 * stats.t.sf(np.abs(model.params / model.std_errors), df)
    np.testing.assert_allclose(model.pvalues, expected, rtol=1e-12)
    half = stats.t.ppf(0.95, df) * model.std_errors
    np.testing.assert_allclose(model.conf_int(0.90)["upper"], model.params + half, rtol=1e-12)


@pytest.mark.filterwarnings("ignore::regressions.SampleWarning")
@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "first-difference"},
        {"estimator": "first-difference", "cov": "CR3"},
        {"estimator": "fixed", "drop_singletons": True},
    ],
)
def test_only_clusters_with_rows_in_the_estimate_count(panel, options):
    once = [("c00", year) for year in range(2001, 2008)]
    model = fit("y ~ x + z", panel.drop(once), **{"cov": "clustered"} | options)
    assert model.clusters == {"entity": 11}
    assert model.df_inference == 10


def test_a_single_cluster_with_rows_in_the_estimate_is_refused(panel):
    alone = panel.drop([(f"c{i:02d}", year) for i in range(1, 12) for year in range(2001, 2008)])
    with pytest.raises(regressions.SampleError, match="single cluster of 'entity'"):
        fit("y ~ x", alone, estimator="first-difference", cov="clustered")


def test_tiny_p_values_do_not_underflow_to_zero(panel):
    model = fit("y ~ x", panel.assign(y=panel["y"] * 1e-2 + panel["x"]))
    assert 0 < model.pvalues["x"] < 1e-100


def test_the_f_statistic_of_unadjusted_models_is_the_classic_one(panel):
    model = fit("y ~ x + z", panel)
    classic = model.result.f_statistic
    assert model.f_statistic.statistic == pytest.approx(classic.stat, rel=1e-10)
    assert model.f_statistic.pvalue == pytest.approx(classic.pval, rel=1e-8)


def test_a_joint_test_of_dummies_takes_the_term(panel):
    model = fit("y ~ x + C(region)", panel)
    by_term = model.joint_test(["C(region)"])
    by_name = model.joint_test(["C(region)[T.south]", "C(region)[T.west]"])
    assert by_term.df == 2
    assert by_term.statistic == pytest.approx(by_name.statistic)
    restricted = fit("y ~ x", panel)
    rss, rss0 = float((model.resids**2).sum()), float((restricted.resids**2).sum())
    assert by_term.statistic == pytest.approx((rss0 - rss) / 2 / (rss / 92))


def test_a_joint_test_of_an_unknown_name_suggests_the_nearest(panel):
    with pytest.raises(regressions.OptionError, match="did you mean 'C\\(region\\)'"):
        fit("y ~ x + C(region)", panel).joint_test(["C(regoin)"])


def test_more_slopes_than_clusters_leave_the_f_statistic_out(panel):
    model = fit("y ~ x + z + C(year)", panel, cov="clustered", clusters="region")
    assert model.f_statistic is None
    assert "Prob > F" in model.summary()


def test_the_level_of_an_interval_is_checked(panel):
    with pytest.raises(regressions.OptionError, match="between 0 and 1"):
        fit("y ~ x", panel).conf_int(95)


def test_weights_reach_the_estimator(panel):
    doubled = panel.assign(two=2.0)
    plain, scaled = fit("y ~ x", panel), fit("y ~ x", doubled, weights="two")
    np.testing.assert_allclose(plain.params, scaled.params, rtol=1e-12)
    np.testing.assert_allclose(plain.std_errors, scaled.std_errors, rtol=1e-10)
    weighted = fit("y ~ x", panel, weights="weight")
    x = np.column_stack([np.ones(96), panel["x"]])
    w = panel["weight"].to_numpy()[:, None]
    normal = np.linalg.solve(x.T @ (w * x), x.T @ (w[:, 0] * panel["y"].to_numpy()))
    np.testing.assert_allclose(weighted.params, normal, rtol=1e-10)


def test_sigma_of_a_weighted_model_is_that_of_least_squares(panel):
    model = fit("y ~ x + z", panel, weights="weight")
    x = sm.add_constant(panel[["x", "z"]])
    expected = sm.WLS(panel["y"], x, weights=panel["weight"]).fit()
    assert model.glance()["sigma"].item() == pytest.approx(np.sqrt(expected.scale), rel=1e-10)
    assert model.rss == pytest.approx(expected.ssr, rel=1e-10)


def test_the_model_does_not_depend_on_the_order_of_the_rows(panel):
    shuffled = panel.sample(frac=1.0, random_state=0)
    for options in (
        {"estimator": "fixed", "effects": "twoway"},
        {"estimator": "random", "effects": "time"},
        {"estimator": "random", "cov": "clustered"},
    ):
        one, other = fit("y ~ x + z", panel, **options), fit("y ~ x + z", shuffled, **options)
        np.testing.assert_allclose(one.params, other.params, rtol=1e-12)
        np.testing.assert_allclose(one.std_errors, other.std_errors, rtol=1e-12)
        assert one.resids.index.equals(other.resids.index)


@pytest.mark.parametrize("effects", ["entity", "time"])
def test_residuals_sit_on_their_own_rows(panel, effects):
    model = fit("y ~ x + z", panel, estimator="random", effects=effects)
    level = 0 if effects == "entity" else 1
    theta = model.theta.reindex(model.endog.index.get_level_values(level)).to_numpy()
    both = model.exog.assign(y=model.endog)
    means = both.groupby(level=level).transform("mean")
    transformed = both - means.mul(theta, axis=0)
    expected = transformed["y"] - transformed[model.params.index] @ model.params
    np.testing.assert_allclose(model.resids, expected, atol=1e-10)
