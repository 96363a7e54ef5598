"""Pooled and fixed-effects estimates are linearmodels' own, which `model.result` makes anew."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from regressions import fit

pytestmark = pytest.mark.filterwarnings("ignore::regressions.RegressionWarning")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(11)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(24)], range(2000, 2009)], names=["country", "year"]
    )
    frame = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["x", "z"])
    frame["y"] = frame["x"] + np.repeat(rng.normal(size=24), 9) + rng.normal(size=len(index))
    frame["weight"] = rng.uniform(0.3, 3.0, size=len(index))
    frame["region"] = np.repeat(np.arange(24) % 5, 9)
    unbalanced = frame.drop(frame.sample(40, random_state=3).index)
    return unbalanced.drop([("c04", year) for year in range(2001, 2009)], errors="ignore")


MODELS = [
    {},
    {"estimator": "fixed"},
    {"estimator": "fixed", "effects": "time"},
    {"estimator": "fixed", "effects": "twoway"},
    {"estimator": "fixed", "effects": ["region", "time"]},
    {"estimator": "fixed", "effects": "twoway", "drop_singletons": True},
]
COVARIANCES = [
    {"cov": "unadjusted"},
    {"cov": "robust"},
    {"cov": "HC0"},
    {"cov": "clustered"},
    {"cov": "clustered", "clusters": ["entity", "time"], "group_debias": False},
]


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("formula", ["y ~ x + z", "y ~ x + z - 1"])
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("options", MODELS)
def test_estimate_and_covariance_are_those_of_linearmodels(
    data, options, covariance, formula, weights
):
    model = fit(formula, data, weights=weights, count_effects=False, **options, **covariance)
    theirs = model.result
    np.testing.assert_allclose(model.params, theirs.params, rtol=1e-11, atol=1e-13)
    swept = "region" in options.get("effects", ())  # by linearmodels, until little moves
    close = {"rtol": 1e-6 if swept else 1e-10, "atol": 1e-15}
    np.testing.assert_allclose(model.covariance, theirs.cov, **close)
    np.testing.assert_allclose(model.resids.to_numpy(), theirs.resids.to_numpy(), atol=1e-12)
    assert model.rsquared == pytest.approx(theirs.rsquared, abs=1e-12)
    assert model.rsquared_within == pytest.approx(theirs.corr_squared_within, abs=1e-12)
    assert model.rsquared_between == pytest.approx(theirs.corr_squared_between, abs=1e-12)
    assert model.rsquared_overall == pytest.approx(theirs.corr_squared_overall, abs=1e-12)


def test_r_squared_is_about_the_mean_where_dummies_make_a_constant(data):
    model = fit("y ~ C(region) + x - 1", data)
    assert model.rsquared == pytest.approx(model.result.rsquared, abs=1e-12)
    assert model.rsquared == pytest.approx(fit("y ~ C(region) + x", data).rsquared, abs=1e-12)


@pytest.mark.parametrize("options", MODELS[:4])
def test_a_fit_holds_a_few_copies_of_the_data_and_no_dummies(options):
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([range(2_000), range(10)], names=["firm", "year"])
    frame = pd.DataFrame(
        rng.normal(size=(len(index), 7)), index=index, columns=["y", *map("x{}".format, range(6))]
    )
    formula = "y ~ " + " + ".join(frame.columns[1:])
    fit(formula, frame.iloc[:500], **options)
    tracemalloc.start()
    fit(formula, frame, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * frame.to_numpy().nbytes
