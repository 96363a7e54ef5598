"""Absorbed effects count by the rank of their dummies, against regressions with all dummies in."""

import warnings

import numpy as np
import pandas as pd
import pytest

from regressions import RegressionError, SampleWarning, fit
from regressions.degrees_of_freedom import count_parameters, effects_rank

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


def make_panel(rows, seed=3):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_tuples(rows, names=["id", "year"])
    data = pd.DataFrame(rng.normal(size=(len(rows), 3)), index=index, columns=["x", "z", "y"])
    data["industry"] = rng.integers(0, 4, size=len(rows)).astype(str)
    data["weight"] = rng.uniform(0.5, 2.0, size=len(rows))
    return data


def rotating(cohorts=4, size=6, length=3):
    """Cohorts that share no year: as many components as cohorts."""
    return [
        (f"c{c}h{i}", 2000 + length * c + t)
        for c in range(cohorts)
        for i in range(size)
        for t in range(length)
    ]


def unbalanced():
    rng = np.random.default_rng(8)
    return [(f"e{i}", t) for i in range(12) for t in range(2000, 2006) if rng.uniform() < 0.7]


def dummies(data, names):
    levels = data.reset_index()
    return np.concatenate([pd.get_dummies(levels[name]).to_numpy(float) for name in names], axis=1)


EFFECTS = {
    "entity": ["id"],
    "time": ["year"],
    "twoway": ["id", "year"],
    "industry": ["industry"],
    ("entity", "industry"): ["id", "industry"],
    ("industry", "time"): ["industry", "year"],
    ("entity", "time", "industry"): ["id", "year", "industry"],
}


@pytest.mark.filterwarnings("ignore::regressions.SampleWarning")
@pytest.mark.parametrize("constant", ["", " - 1"])
@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("rows", [rotating, unbalanced])
@pytest.mark.parametrize("effects", EFFECTS)
def test_residual_degrees_of_freedom_are_those_with_all_dummies(effects, rows, weights, constant):
    data = make_panel(rows())
    chosen = effects if isinstance(effects, str) else list(effects)
    model = fit(f"y ~ x + z{constant}", data, estimator="fixed", effects=chosen, weights=weights)
    root = np.sqrt(data[weights].to_numpy()) if weights else np.ones(len(data))
    full = np.column_stack([data[["x", "z"]], dummies(data, EFFECTS[effects])]) * root[:, None]
    y = data["y"].to_numpy() * root
    e = y - full @ np.linalg.lstsq(full, y, rcond=None)[0]
    df = len(data) - np.linalg.matrix_rank(full)
    assert model.df_resid == df
    assert model.df_inference == df
    assert model.df_model == len(data) - df
    expected = np.sqrt(np.diag(np.linalg.pinv(full.T @ full))[:2] * (e @ e) / df)
    np.testing.assert_allclose(model.std_errors[["x", "z"]], expected, rtol=1e-9)


@pytest.mark.parametrize("cov", ["HC1", "driscoll-kraay", "clustered"])
def test_every_factor_counts_the_components(cov):
    data = make_panel(rotating())
    options = {"estimator": "fixed", "effects": "twoway", "cov": cov}
    counted = fit("y ~ x", data, count_effects=True, **options)
    plain = fit("y ~ x", data, count_effects=False, **options)
    n, rank = 72, 24 + 12 - 4
    ratio = (counted.std_errors["x"] / plain.std_errors["x"]) ** 2
    assert ratio == pytest.approx((n - 2) / (n - 1 - rank))


@pytest.mark.parametrize("constant", ["", " - 1"])
@pytest.mark.parametrize("rows", [rotating, unbalanced])
@pytest.mark.parametrize("clusters", ["entity", "industry"])
def test_effects_nested_in_the_clusters_are_not_counted(rows, clusters, constant):
    data = make_panel(rows())
    data["industry"] = data.groupby("id")["industry"].transform("first")
    options = {"estimator": "fixed", "cov": "clustered", "clusters": clusters}
    twoway = fit(f"y ~ x + z{constant}", data, effects="twoway", **options)
    with_dummies = fit("y ~ x + z + C(year)", data, effects="entity", drop_absorbed=True, **options)
    np.testing.assert_allclose(
        twoway.std_errors[["x", "z"]], with_dummies.std_errors[["x", "z"]], rtol=1e-9
    )
    one_way = fit(f"y ~ x + z{constant}", data, **options)
    n, slopes = len(data), 2
    scores = _within_scores(data, one_way)
    groups = data["industry"] if clusters == "industry" else data.index.get_level_values(0)
    sums = pd.DataFrame(scores).groupby(np.asarray(groups)).sum().to_numpy()
    g = len(sums)
    factor = g / (g - 1) * (n - 1) / (n - slopes - 1)
    np.testing.assert_allclose(
        one_way.covariance.loc[["x", "z"], ["x", "z"]], factor * sums.T @ sums, rtol=1e-9
    )


def _within_scores(data, model):
    x = data[["x", "z"]] - data[["x", "z"]].groupby(level=0).transform("mean")
    return (x * model.resids.loc[data.index].to_numpy()[:, None]).to_numpy() @ np.linalg.inv(
        x.T @ x
    )


def test_a_short_panel_clusters_as_xtreg_reghdfe_and_fixest_do(shared_cases):
    data = pd.read_csv(shared_cases / "bal_200x3.csv").set_index(["entity", "period"])
    options = {"estimator": "fixed", "effects": "twoway", "cov": "clustered"}
    assert fit("y ~ x1 + x2", data, **options).std_errors["x1"] == pytest.approx(0.04440, abs=5e-6)
    counted = fit("y ~ x1 + x2", data, count_effects=True, **options)
    assert counted.std_errors["x1"] == pytest.approx(0.05443, abs=5e-6)


@pytest.mark.parametrize("seed", range(6))
def test_the_rank_of_several_groupings_is_exact_and_the_bound_is_not_below_it(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    effects = [rng.integers(0, size, size=30) for size in (9, 7, 5, 4)][: 2 + seed % 3]
    full = np.concatenate([pd.get_dummies(e).to_numpy(float) for e in effects], axis=1)
    rank = np.linalg.matrix_rank(full)
    assert effects_rank(effects) == rank
    monkeypatch.setattr("regressions.degrees_of_freedom._EXACT_WIDTH", 0)
    assert count_parameters(effects) == (rank, True)
    monkeypatch.setattr("regressions.several_groupings.DENSE_GROUPS", 0)
    monkeypatch.setattr("regressions.several_groupings._LAST", [])
    assert count_parameters(effects) == (rank, True)
    monkeypatch.setattr("regressions.degrees_of_freedom._FEW_GROUPS", 0)
    assert effects_rank(effects) >= rank


def test_saturated_models_are_refused():
    data = make_panel([(f"e{i}", t) for i in range(3) for t in range(2)])
    with pytest.raises(RegressionError, match="6 rows cannot identify 3 coefficients and 3 eff"):
        fit("y ~ x + z", data, estimator="fixed", effects="twoway")
    ring = [("a", 1), ("a", 2), ("b", 2), ("b", 3), ("c", 3), ("c", 4), ("d", 4), ("d", 1)]
    with pytest.raises(RegressionError, match="8 rows cannot identify"):
        fit("y ~ x", make_panel(ring), estimator="fixed", effects="twoway")
    by_column = make_panel([(f"e{i}", t) for i in range(4) for t in range(2)])
    by_column["cell"] = [0, 0, 1, 2, 3, 4, 5, 6]
    with pytest.raises(RegressionError, match="8 rows cannot identify 2 coefficients and 6 eff"):
        fit("y ~ x", by_column, estimator="fixed", effects="cell")


def test_a_disconnected_panel_with_one_degree_of_freedom_is_estimated():
    """linearmodels counts N + T - 1 parameters and sees no degree of freedom."""
    data = make_panel(rotating(cohorts=4, size=2, length=2))
    model = fit("y ~ x", data, estimator="fixed", effects="twoway")
    assert model.df_resid == 16 - 1 - (8 + 8 - 4)


LONELY = [(f"a{i}", t) for i in range(5) for t in range(2000, 2005)]


@pytest.mark.parametrize(
    ("effects", "extra", "named"),
    [
        ("entity", [("s1", 2001), ("s2", 2003)], {"s1", "s2"}),
        ("time", [("a1", 1990), ("a2", 1991)], {1990, 1991}),
        ("twoway", [("s1", 2001), ("p", 1990), ("p", 1991)], {"s1", "p", 1990, 1991}),
        ("twoway", [("p", 1990), ("p", 2001)], {"p", 1990}),
        (["entity", "branch"], [("a0", 2010), ("b", 2011)], {"own", "b"}),
    ],
)
def test_singletons_of_the_iteration_are_named_and_left_out(effects, extra, named):
    data = make_panel([*LONELY, *extra])
    data["branch"] = np.where(data.index.get_level_values(1) == 2010, "own", data["industry"])
    options = {"estimator": "fixed", "effects": effects}
    with pytest.warns(SampleWarning) as caught:
        kept = fit("y ~ x", data, **options)
    words = " ".join(str(warning.message) for warning in caught)
    assert all(str(name) in words for name in named)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dropped = fit("y ~ x", data, drop_singletons=True, **options)
    assert set(kept.singletons) == set(dropped.singletons) == named
    assert dropped.nobs == 25
    assert dropped.params["x"] == pytest.approx(kept.params["x"])
    assert dropped.std_errors["x"] == pytest.approx(kept.std_errors["x"])
    assert all(str(name) in dropped.summary() for name in named)
    clean = fit(
        "y ~ x", make_panel([*LONELY, *extra]).iloc[:25].assign(branch=data["branch"]), **options
    )
    np.testing.assert_allclose(dropped.covariance, clean.covariance, rtol=1e-9)
