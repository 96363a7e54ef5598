"""Covariances put on one estimate are those of estimates of their own."""

import re

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import fit
from regressions.fitting import fit_each_covariance

pytestmark = [
    pytest.mark.filterwarnings("ignore::regressions.RegressionWarning"),
    pytest.mark.filterwarnings("error::RuntimeWarning"),
]

COVARIANCES = {
    "iid": {},
    "HC0": {"cov": "HC0"},
    "HC1": {"cov": "HC1"},
    "HC3": {"cov": "HC3"},
    "entity": {"cov": "clustered"},
    "region": {"cov": "clustered", "clusters": "region"},
    "both": {"cov": "clustered", "clusters": ["entity", "time"]},
    "plm": {"cov": "clustered", "count_effects": False, "group_debias": False},
    "reghdfe": {"cov": "clustered", "count_effects": "not-nested"},
    "stata": {"cov": "clustered", "count_effects": True, "debiased": False},
    "CR2": {"cov": "CR2"},
    "DK": {"cov": "driscoll-kraay", "bandwidth": 2},
    "parzen": {"cov": "ac", "kernel": "parzen"},
}


@pytest.mark.parametrize("first", ["iid", "both"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weights": "weight"},
        {"estimator": "fixed"},
        {"estimator": "fixed", "drop_singletons": True, "weights": "weight"},
        {"estimator": "fixed", "effects": "twoway"},
        {"estimator": "fixed", "effects": ["region", "time"]},
        {"estimator": "random"},
        {"estimator": "random", "effects": "time", "small_sample": True},
        {"estimator": "mundlak"},
        {"estimator": "between"},
        {"estimator": "first-difference"},
    ],
)
def test_every_covariance_equals_its_own_fit(panel, options, first):
    data = panel.drop(panel.index[[3, 20, 21, 22, 70]]).drop(panel.index[8:15])
    order = {first: COVARIANCES[first], **COVARIANCES}
    found = fit_each_covariance("y ~ x + z", data, order, **options)
    for label, own in order.items():
        shared = found[label]
        if isinstance(shared, regressions.RegressionError):
            with pytest.raises(type(shared), match=re.escape(str(shared))):
                fit("y ~ x + z", data, **options, **own)
            continue
        alone = fit("y ~ x + z", data, **options, **own)
        np.testing.assert_allclose(shared.params, alone.params, rtol=1e-12)
        np.testing.assert_allclose(shared.covariance, alone.covariance, rtol=1e-10, atol=1e-15)
        pd.testing.assert_series_equal(shared.df_t, alone.df_t, rtol=1e-10)
        for name in ("cov", "label", "covariance_words", "clusters", "settings", "df_inference"):
            assert getattr(shared, name) == getattr(alone, name), (label, name)
        assert shared.cluster_codes.to_dict("list") == alone.cluster_codes.to_dict("list")


def test_lags_under_random_time_effects_are_of_periods(panel):
    names = dict(zip(panel.index.unique(0), np.random.default_rng(3).permutation(12), strict=True))
    renamed = panel.rename(index=names, level=0).sort_index()
    for cov in ("driscoll-kraay", "ac"):
        options = {"estimator": "random", "effects": "time", "cov": cov, "bandwidth": 2}
        one, other = fit("y ~ x + z", panel, **options), fit("y ~ x + z", renamed, **options)
        np.testing.assert_allclose(one.std_errors, other.std_errors, rtol=1e-10)


def test_negative_variances_are_explained_by_their_covariance(panel):
    rng = np.random.default_rng(0)
    pattern = "two-way clustered covariance"
    for _ in range(200):
        data = panel.assign(d=rng.permutation(np.repeat([0.0, 1.0], 48)))
        with pytest.warns(regressions.RegressionWarning) as caught:
            fit("y ~ d", data, cov="clustered", clusters=["entity", "time"])
        said = [str(w.message) for w in caught if "negative variances" in str(w.message)]
        if said:
            assert pattern in said[0]
            assert "kernel" not in said[0]
            return
    pytest.fail("no negative variance was met")
