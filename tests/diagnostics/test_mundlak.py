"""Mundlak's test."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

import diagnostics
from regressions import fit


def test_mundlak_is_the_auxiliary_test(case):
    covs = ["unadjusted", "robust", "clustered"]
    if case.answers["dims"]["n_times"] > 2 * case.random.exog.shape[1]:
        covs.append("driscoll-kraay")
    for cov in covs:
        hausman = diagnostics.hausman(case.fixed, case.random, variant="auxiliary", cov=cov)
        mundlak = diagnostics.mundlak(case.random, cov=cov)
        assert mundlak.statistic == pytest.approx(hausman.statistic, rel=1e-7)
        assert mundlak.df == hausman.df


@pytest.mark.parametrize(
    ("options", "denominator"),
    [
        ({"cov": "HC0"}, 174),
        ({"cov": "HC3"}, 174),
        ({"cov": "CR2"}, 29),
        ({"cov": "clustered", "clusters": "time"}, 5),
        ({"cov": "clustered", "clusters": ("entity", "time")}, 5),
        ({"cov": "driscoll-kraay", "bandwidth": 2}, 5),
        ({"cov": "ac", "bandwidth": 1}, 174),
    ],
)
def test_auxiliary_regression_takes_any_covariance(make_panel, options, denominator):
    """The same statistic as the joint test of the means in the extended regression itself."""
    data = make_panel(correlated=0.2, seed=6)
    random = fit("y ~ x + z", data, estimator="random")
    result = diagnostics.mundlak(random, **options)
    theta = float(random.theta.iloc[0])
    means = data.groupby(level=0)[["y", "x", "z"]].transform("mean")
    star = data[["y", "x", "z"]] - theta * means
    star[["mx", "mz"]] = means[["x", "z"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        extended = fit("y ~ x + z + mx + mz", star, estimator="pooled", **options)
    wald = extended.joint_test(["mx", "mz"])
    assert result.statistic == pytest.approx(2 * wald.statistic, rel=1e-7)
    assert result.details["F_df"] == (2, wald.df_denom)
    assert result.details["F_pvalue"] == pytest.approx(wald.pvalue, rel=1e-6)
    if denominator == 5:
        assert any("few groups" in text for text in result.warnings)


def test_mundlak_coefficients_are_between_minus_within_in_a_balanced_panel(make_panel):
    data = make_panel(correlated=0.5, seed=3)
    random = fit("y ~ x + z", data, estimator="random", effects="entity")
    within = fit("y ~ x + z", data, estimator="fixed", effects="entity").params
    between = fit("y ~ x + z", data, estimator="between").params
    gaps = diagnostics.mundlak(random).details["coefficients"]["coefficient"]
    expected = (between - within)[["x", "z"]]
    assert gaps.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


def test_size_and_power(make_panel):
    """Under the null about 5 % reject; with effects correlated with x nearly all do."""
    rng = np.random.default_rng(11)
    data = make_panel(60, 5, seed=1)
    random = fit("y ~ x + z", data, estimator="random", effects="entity")
    means = data["x"].groupby(level=0).mean().to_numpy()
    shares = []
    for slope_on_means, runs in ((0.0, 300), (2.0, 30)):
        rejected = 0
        for _ in range(runs):
            alpha = rng.normal(size=60) + slope_on_means * means
            endog = data["x"] + np.repeat(alpha, 5) + rng.normal(size=300)
            result = diagnostics.mundlak(replace(random, endog=endog), cov="unadjusted")
            rejected += result.pvalue < 0.05
        shares.append(rejected / runs)
    assert 0.02 < shares[0] < 0.09
    assert shares[1] > 0.9
