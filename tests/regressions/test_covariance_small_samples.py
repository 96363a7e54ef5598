"""Small-sample conventions and bias-reduced covariances, by identities and brute force."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import regressions
from regressions import fit
from regressions.equation import estimating_equation

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


def least_squares(model):
    equation = estimating_equation(model)
    return sm.OLS(equation.y, equation.x).fit(), equation


ESTIMATORS = [
    {},
    {"weights": "weight"},
    {"estimator": "fixed"},
    {"estimator": "fixed", "weights": "weight"},
    {"estimator": "fixed", "effects": "twoway"},
    {"estimator": "fixed", "effects": "twoway", "weights": "weight"},
    {"estimator": "fixed", "effects": ["region", "time"]},
    {"estimator": "random"},
    {"estimator": "random", "effects": "time"},
    {"estimator": "mundlak"},
    {"estimator": "between"},
    {"estimator": "first-difference"},
]


@pytest.mark.parametrize("options", ESTIMATORS)
def test_least_squares_on_the_equation_is_the_estimate(panel, options):
    unbalanced = panel.drop(index=[("c01", 2003), ("c07", 2000), ("c07", 2001), ("c09", 2007)])
    model = fit("y ~ x + z", unbalanced, **options)
    plain, equation = least_squares(model)
    np.testing.assert_allclose(plain.params, model.params, rtol=1e-9, atol=1e-11)
    root = 1.0 if model.weights is None else np.sqrt(model.weights)
    np.testing.assert_allclose(plain.resid, model.resids * root, atol=1e-9)
    assert len(equation.rows) == model.nobs


@pytest.mark.parametrize("name", ["HC2", "HC3"])
@pytest.mark.parametrize(
    "options", [{}, {"weights": "weight"}, {"estimator": "random"}, {"estimator": "between"}]
)
def test_hc2_and_hc3_are_those_of_statsmodels_on_the_equation(panel, options, name):
    model = fit("y ~ x + z", panel, cov=name, **options)
    plain, _ = least_squares(model)
    expected = getattr(plain, f"cov_{name}")
    np.testing.assert_allclose(model.covariance, expected, rtol=1e-9, atol=1e-14)


def test_hc2_refuses_a_row_with_a_dummy_of_its_own(panel):
    data = panel.assign(own=(np.arange(96) == 17).astype(float))
    with pytest.raises(regressions.OptionError, match=r"'c02', 2001.*leverage one"):
        fit("y ~ x + own", data, cov="HC3")


def brute_force_cr2(model, codes, dummies):
    """CR2 and its Satterthwaite df with full n x n matrices and all dummies in."""
    x = np.column_stack([model.exog, dummies])
    y = model.endog.to_numpy()
    h = x @ np.linalg.pinv(x)
    e = y - h @ y
    bread = np.linalg.pinv(x.T @ x)
    annihilator = np.eye(len(y)) - h
    covariance, g = np.zeros((x.shape[1],) * 2), []
    for group in np.unique(codes):
        rows = codes == group
        w, v = np.linalg.eigh(annihilator[np.ix_(rows, rows)])
        root = v @ np.diag(np.where(w > 1e-9, 1 / np.sqrt(np.maximum(w, 1e-9)), 0)) @ v.T
        score = bread @ x[rows].T @ root
        covariance += np.outer(score @ e[rows], score @ e[rows])
        g.append(annihilator[rows].T @ (score.T))
    degrees = []
    for j in range(x.shape[1]):
        vectors = np.column_stack([block[:, j] for block in g])
        p = vectors.T @ vectors
        degrees.append(np.trace(p) ** 2 / (p**2).sum())
    return covariance, np.array(degrees)


@pytest.mark.parametrize(
    ("options", "effect_dummies"),
    [
        ({}, []),
        ({"estimator": "fixed"}, ["country"]),
        ({"estimator": "fixed", "effects": "twoway"}, ["country", "year"]),
        ({"estimator": "fixed", "effects": "time"}, ["year"]),
        ({"estimator": "fixed", "effects": "entity", "clusters": "region"}, ["country"]),
        ({"estimator": "fixed", "effects": "entity", "clusters": "time"}, ["country"]),
    ],
)
def test_cr2_is_the_brute_force_with_all_dummies(panel, options, effect_dummies):
    data = panel.drop(index=[("c01", 2003), ("c07", 2000), ("c07", 2001)])
    model = fit("y ~ x + z", data, **{"cov": "CR2", **options})
    levels = data.reset_index()
    dummies = np.concatenate(
        [np.empty((len(data), 0))]
        + [pd.get_dummies(levels[name]).to_numpy(float) for name in effect_dummies],
        axis=1,
    )
    codes = model.cluster_codes.iloc[:, 0].to_numpy()
    covariance, degrees = brute_force_cr2(model, codes, dummies)
    slopes = [1, 2]
    got = model.covariance.to_numpy()[np.ix_(slopes, slopes)]
    np.testing.assert_allclose(got, covariance[np.ix_(slopes, slopes)], rtol=1e-7)
    np.testing.assert_allclose(model.df_t.iloc[slopes], degrees[slopes], rtol=1e-7)


def test_cr3_is_the_jackknife_of_clusters(panel):
    model = fit("y ~ x + z", panel, cov="CR3")
    left_out = [
        fit("y ~ x + z", panel.drop(index=name, level=0)).params - model.params
        for name in panel.index.levels[0]
    ]
    jackknife = sum(np.outer(d, d) for d in left_out)
    np.testing.assert_allclose(model.covariance, jackknife, rtol=1e-9)


def test_cr2_uses_its_own_degrees_of_freedom_for_each_coefficient(panel):
    model = fit("y ~ x + z", panel, cov="CR2")
    assert model.df_t.nunique() == 3
    assert (model.df_t < 11).all()
    assert "Satterthwaite" in model.summary()
    pd.testing.assert_series_equal(model.tidy()["df"], model.df_t.reset_index(drop=True))


def test_bias_reduced_covariances_refuse_weights_and_two_clusters(panel):
    with pytest.raises(regressions.OptionError, match="no accepted form with weights"):
        fit("y ~ x", panel, cov="CR2", weights="weight")
    with pytest.raises(regressions.OptionError, match="takes one cluster"):
        fit("y ~ x", panel, cov="CR2", clusters=["entity", "time"])


def test_effects_nested_in_the_clusters_are_not_counted(panel):
    options = {"estimator": "fixed", "cov": "clustered"}
    twoway = fit("y ~ x + z", panel, effects="twoway", **options)
    dummies = fit("y ~ x + z + C(year)", panel, effects="entity", **options)
    np.testing.assert_allclose(
        twoway.std_errors[["x", "z"]], dummies.std_errors[["x", "z"]], rtol=1e-9
    )
    counted = fit("y ~ x + z", panel, effects="twoway", count_effects=True, **options)
    assert (counted.std_errors["x"] / twoway.std_errors["x"]) ** 2 == pytest.approx(
        (96 - 3 - 7) / (96 - 3 - 7 - 11)
    )


@pytest.mark.parametrize("count", [True, False])
def test_counting_effects_is_a_factor(panel, count):
    base = fit("y ~ x", panel, estimator="fixed", cov="HC0")
    other = fit("y ~ x", panel, estimator="fixed", cov="HC1", count_effects=count)
    ratio = (other.std_errors["x"] / base.std_errors["x"]) ** 2
    assert ratio == pytest.approx(96 / (96 - 2 - 11 * count))


def test_two_way_clusters_add_and_subtract(panel):
    options = {"cov": "clustered", "group_debias": False, "debiased": False}
    data = panel.assign(cell=np.arange(96))
    entity = fit("y ~ x", data, clusters="entity", **options).covariance
    time = fit("y ~ x", data, clusters="time", **options).covariance
    cell = fit("y ~ x", data, clusters="cell", **options).covariance
    both = fit("y ~ x", data, clusters=["entity", "time"], **options).covariance
    np.testing.assert_allclose(both, entity + time - cell, rtol=1e-10)


def test_index_names_and_words_mean_the_same_clusters(panel):
    by_word = fit("y ~ x", panel, cov="clustered", clusters=["entity", "time"])
    by_name = fit("y ~ x", panel, cov="clustered", clusters=["country", "year"])
    np.testing.assert_allclose(by_word.std_errors, by_name.std_errors)
    assert by_name.clusters == {"country": 12, "year": 8}


@pytest.mark.parametrize("estimator", ["between", "first-difference", "random"])
def test_clusters_reach_the_other_estimators(panel, estimator):
    model = fit("y ~ x + z", panel, estimator=estimator, cov="clustered", clusters="region")
    assert model.df_inference == 2
    plain, equation = least_squares(model)
    labels = pd.factorize(
        panel["region"]
        .groupby(level=0)
        .first()
        .loc[equation.rows if estimator == "between" else equation.rows.get_level_values(0)]
    )[0]
    n, k = equation.x.shape
    scores = (equation.x * plain.resid[:, None]) @ plain.normalized_cov_params
    sums = np.stack([scores[labels == g].sum(axis=0) for g in range(3)])
    factor = 3 / 2 * (n - 1) / (n - k)
    np.testing.assert_allclose(model.covariance, factor * sums.T @ sums, rtol=1e-8)


def test_bias_reduced_covariances_form_no_matrix_of_clusters():
    groups = 2_000
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(groups), [2000, 2001]], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["y", "x"])
    fit("y ~ x", data, cov="CR2")
    tracemalloc.start()
    model = fit("y ~ x", data, cov="CR2")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 1 < model.df_t["x"] < groups
    assert peak < 8 * groups**2 / 4
