"""Estimates of the package's own are those of linearmodels, which `model.result` makes anew."""

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


@pytest.mark.parametrize("covariance", [*COVARIANCES, {"cov": "robust", "small_sample": True}])
@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "random", "effects": "entity"},
        {"estimator": "random", "effects": "time"},
        {"estimator": "mundlak", "effects": "entity"},
    ],
)
@pytest.mark.parametrize(
    ("rows", "formula"),
    [
        ("unbalanced", "y ~ x + z"),
        ("balanced", "y ~ C(region) + x - 1"),
        ("shuffled", "y ~ x + z - 1"),
        ("shuffled", "y ~ C(region) + x - 1"),
    ],
)
def test_random_effects_are_those_of_linearmodels(data, rows, formula, options, covariance):
    if rows == "balanced":
        ranks = data.groupby(level=0).cumcount()
        data = data.set_index(ranks.rename("year"), append=True).droplevel(1)[ranks.to_numpy() < 5]
        data = data.groupby(level=0).filter(lambda rows: len(rows) == 5)
        assert data.index.get_level_values(0).nunique() > 15
    if rows == "shuffled":
        data = data.sample(frac=1.0, random_state=1)
    model = fit(formula, data, **options, **covariance)
    theirs = model.result
    np.testing.assert_allclose(model.params, theirs.params, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(model.covariance, theirs.cov, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(model.theta, theirs.theta["theta"], rtol=0, atol=1e-12)
    assert model.theta.index.equals(theirs.theta.index)
    if options["effects"] == "time":  # linearmodels has periods for entities there
        np.testing.assert_allclose(np.sort(model.resids), np.sort(theirs.resids), atol=1e-12)
    else:
        own = model.resids.reindex(theirs.resids.index)
        np.testing.assert_allclose(own, theirs.resids, atol=1e-12)
    parts = theirs.variance_decomposition
    assert model.sigma_u**2 == pytest.approx(parts["Effects"], rel=1e-11, abs=1e-13)
    assert model.sigma_e**2 == pytest.approx(parts["Residual"], rel=1e-12)
    assert model.rho == pytest.approx(parts["Percent due to Effects"], rel=1e-11, abs=1e-13)
    assert model.rsquared == pytest.approx(theirs.rsquared, abs=1e-12)
    assert model.df_resid == theirs.df_resid


def test_the_size_of_a_regressor_does_not_move_the_components_of_baltagi_and_chang(data):
    # linearmodels inverts raw cross-products, which takes regressors this large for collinear
    scale = np.repeat(np.random.default_rng(5).normal(size=24), 9)
    place = data.index.get_level_values(0).str[1:].astype(int)
    frame = data.assign(large=1e3 * scale[9 * place] + 1e5, x2=data["x"] ** 2)
    frame["both"] = frame["x2"] * frame["large"]
    frame["units"] = frame["both"] - 1e5 * frame["x2"]
    options = {"estimator": "random", "effects": "time", "small_sample": True}
    model = fit("y ~ x + x2 + large + both", frame, **options)
    frame["large"] = (frame["large"] - 1e5) / 1e3
    same = fit("y ~ x + x2 + large + units", frame.assign(units=frame["units"] / 1e3), **options)
    assert model.sigma_u == pytest.approx(same.sigma_u, rel=1e-8)


def test_random_effects_of_periods_take_an_index_of_periods(data):
    years = data.index.get_level_values(1)
    dated = data.set_axis(
        pd.MultiIndex.from_arrays(
            [data.index.get_level_values(0), pd.PeriodIndex(years.astype(str), freq="Y")],
            names=data.index.names,
        ),
        axis=0,
    )
    options = {"formula": "y ~ x + z", "estimator": "random", "effects": "time"}
    model, plain = fit(data=dated, **options), fit(data=data, **options)
    np.testing.assert_allclose(model.params, plain.params, rtol=1e-13)
    assert list(model.theta.index.year) == list(plain.theta.index)


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
