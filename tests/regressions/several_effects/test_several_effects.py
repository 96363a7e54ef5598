"""Three absorbed effects against regressions on all dummies, in numpy and in R.

`answers.json` is what `answers.R` (beside it) says of `panel.csv`.
"""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import diagnostics
from regressions import (
    CollinearityError,
    InferenceWarning,
    OptionError,
    SampleWarning,
    fit,
    specification_curve,
    wild_cluster_bootstrap,
)
from regressions import several_groupings as module
from regressions.goodness import rsquared_inclusive
from regressions.several_groupings import SeveralGroupings

pytestmark = [
    pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning"),
    pytest.mark.filterwarnings("ignore:entities skip periods:regressions.SampleWarning"),
    pytest.mark.filterwarnings("ignore:negative variances of Intercept"),
]

HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "answers.json").read_text())
EFFECTS = ["firm", "year", "sector"]
FIXED = {"estimator": "fixed", "effects": EFFECTS}
SLOPES = ["x", "z"]


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(HERE / "panel.csv").set_index(["firm", "year"])


@pytest.fixture(params=["factorised", "gradients"])
def solved(request, monkeypatch):
    monkeypatch.setattr(module, "_LAST", [])
    if request.param == "gradients":
        monkeypatch.setattr(module, "DENSE_GROUPS", 0)
    return request.param


def dummies(data, names=EFFECTS):
    columns = data.reset_index()
    return np.concatenate([pd.get_dummies(columns[n]).to_numpy(float) for n in names], axis=1)


def full_rank(matrix):
    """Leave out columns that repeat earlier ones."""
    kept = []
    for j in range(matrix.shape[1]):
        if np.linalg.matrix_rank(matrix[:, [*kept, j]]) == len(kept) + 1:
            kept.append(j)
    return matrix[:, kept]


def std_errors(model):
    return model.std_errors[SLOPES].to_numpy()


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("weights", [None, "w"])
def test_estimates_are_those_of_r_with_all_dummies(data, weights):
    name = "plain" if weights is None else "weighted"
    model = fit("y ~ x + z", data, weights=weights, **FIXED)
    np.testing.assert_allclose(model.params[SLOPES], ANSWERS[f"{name} params"], rtol=1e-10)
    assert model.df_resid == ANSWERS[f"{name} df"][0]
    np.testing.assert_allclose(std_errors(model), ANSWERS[f"{name} unadjusted"], rtol=1e-10)
    (expected,) = ANSWERS[f"{name} rsquared inclusive"]
    assert rsquared_inclusive(model) == pytest.approx(expected, rel=1e-10)


CLUSTERS = {"by firm": "firm", "by sector": "sector", "by region": "region"}


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("cov", ["HC0", "HC1", "HC2", "HC3", "clustered"])
def test_sandwiches_are_those_of_r_with_all_dummies(data, cov, weights):
    name = "plain" if weights is None else "weighted"
    asked = {f"{name} {cov}": {}}
    if cov == "clustered":
        asked = {f"{name} {cov} {by}": {"clusters": one} for by, one in CLUSTERS.items()}
        asked[f"{name} {cov} by firm and sector"] = {"clusters": ["firm", "sector"]}
        asked = {key: {**own, "count_effects": True} for key, own in asked.items()}
    for answer, own in asked.items():
        model = fit("y ~ x + z", data, cov=cov, weights=weights, **own, **FIXED)
        np.testing.assert_allclose(std_errors(model), ANSWERS[answer], rtol=1e-10, err_msg=answer)


@pytest.mark.parametrize("by", CLUSTERS)
def test_cr2_is_that_of_clubsandwich(data, by):
    model = fit("y ~ x + z", data, cov="CR2", clusters=CLUSTERS[by], **FIXED)
    np.testing.assert_allclose(std_errors(model), ANSWERS[f"plain CR2 {by}"], rtol=1e-9)


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("cov", ["unadjusted", "HC0", "HC1", "driscoll-kraay", "ac", "clustered"])
def test_covariances_are_those_of_pooled_least_squares_on_dummies(data, cov, weights):
    options = {"cov": cov, "weights": weights}
    counted = {"count_effects": True} if cov == "clustered" else {}
    model = fit("y ~ x + z", data, **options, **counted, **FIXED)
    pooled = fit("y ~ x + z + C(firm) + C(year) + C(sector)", data, **options)
    np.testing.assert_allclose(
        model.covariance.loc[SLOPES, SLOPES],
        pooled.covariance.loc[SLOPES, SLOPES],
        rtol=1e-9,
    )
    assert model.df_resid == pooled.df_resid
    assert model.rss == pytest.approx(pooled.rss, rel=1e-10)


@pytest.mark.parametrize("power", [0.5, 1.0])
@pytest.mark.parametrize("clusters", ["firm", "year", "sector", "region"])
def test_bias_reduced_covariances_are_those_of_all_dummies(data, clusters, power):
    model = fit("y ~ x + z", data, cov="CR2" if power == 0.5 else "CR3", clusters=clusters, **FIXED)
    X = full_rank(np.column_stack([data[SLOPES], dummies(data)]))
    bread = np.linalg.inv(X.T @ X)
    e = data["y"].to_numpy() - X @ (bread @ X.T @ data["y"].to_numpy())
    groups = data.reset_index()[clusters].to_numpy()
    meat = np.zeros_like(bread)
    for group in np.unique(groups):
        own = X[groups == group]
        values, vectors = np.linalg.eigh(np.eye(len(own)) - own @ bread @ own.T)
        inverse = np.where(values > 1e-10, np.abs(values), np.inf) ** -power
        score = own.T @ (vectors @ (inverse * (vectors.T @ e[groups == group])))
        meat += np.outer(score, score)
    expected = (bread @ meat @ bread)[:2, :2]
    np.testing.assert_allclose(model.covariance.loc[SLOPES, SLOPES], expected, rtol=1e-8)


@pytest.mark.parametrize("constant", ["", " - 1"])
def test_effects_nested_in_the_clusters_are_not_counted(data, constant):
    model = fit(f"y ~ x + z{constant}", data, cov="clustered", clusters="region", **FIXED)
    everything = fit(
        f"y ~ x + z{constant}", data, cov="clustered", clusters="region", count_effects=True,
        **FIXED,
    )  # fmt: skip
    n = len(data)
    rank = np.linalg.matrix_rank(dummies(data))
    without_firms = np.linalg.matrix_rank(dummies(data, ["year", "sector"]))
    ratio = (n - 2 - rank) / (n - 2 - without_firms)
    np.testing.assert_allclose(std_errors(model) ** 2, std_errors(everything) ** 2 * ratio)


def test_r_squared_within_is_that_of_columns_without_effects(data):
    model = fit("y ~ x + z", data, **FIXED)
    D = dummies(data)
    columns = data[["y", *SLOPES]].to_numpy()
    y, *x = (columns - D @ np.linalg.lstsq(D, columns, rcond=None)[0]).T
    x = np.stack(x, axis=1)
    e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    assert model.rsquared == pytest.approx(1 - e @ e / (y @ y), rel=1e-10)


@pytest.mark.parametrize("weights", [None, "w"])
def test_estimated_effects_are_those_of_dummies(data, weights):
    model = fit("y ~ x + z", data, weights=weights, **FIXED)
    effects = model.estimated_effects()
    assert list(effects) == EFFECTS
    columns = data.reset_index()
    whole = sum(effects[name].reindex(columns[name]).to_numpy() for name in EFFECTS)
    np.testing.assert_allclose(
        model.fitted.to_numpy() + whole + model.resids.to_numpy(), data["y"], rtol=1e-10
    )
    w = np.ones(len(data)) if weights is None else data[weights].to_numpy()
    root = np.sqrt(w)[:, None]
    full = full_rank(np.column_stack([data[SLOPES], dummies(data)]))
    fitted = full @ np.linalg.lstsq(full * root, data["y"].to_numpy() * root[:, 0], rcond=None)[0]
    np.testing.assert_allclose(model.fitted.to_numpy() + whole, fitted, rtol=1e-10)
    for name in EFFECTS:
        mean = np.average(effects[name].reindex(columns[name]), weights=w)
        assert mean == pytest.approx(0.0, abs=1e-12)


def test_effects_that_are_not_identified_are_refused(data):
    halves = data.assign(half=data.index.get_level_values("year") > 2004)
    halves = halves.assign(pair=halves["half"] * 10 + halves["sector"] // 3)
    halves = halves.assign(other=halves["half"] * 10 + halves["region"])
    model = fit("y ~ x + z", halves, estimator="fixed", effects=["firm", "pair", "other"])
    D = dummies(halves, ["firm", "pair", "other"])
    assert model.df_resid == len(halves) - 2 - np.linalg.matrix_rank(D)
    with pytest.raises(OptionError, match="3 groupings are not identified"):
        model.estimated_effects()


def test_many_groups_have_no_leverages_and_no_effects_by_group(data, monkeypatch):
    monkeypatch.setattr(module, "_LAST", [])
    monkeypatch.setattr(module, "DENSE_GROUPS", 0)
    with pytest.raises(OptionError, match="leverage of each row needs the inverse of a matrix"):
        fit("y ~ x + z", data, cov="HC3", **FIXED)
    with pytest.raises(OptionError, match="so no effects by group are given"):
        fit("y ~ x + z", data, **FIXED).estimated_effects()


def test_a_row_of_its_own_is_named_without_the_leverage_of_all_rows(data, monkeypatch):
    marked = data.assign(own=np.arange(len(data)) == 17)
    marked["own"] = marked["own"].astype(float)
    texts = []
    for groups in (3_000, 0):
        monkeypatch.setattr(module, "_LAST", [])
        monkeypatch.setattr(module, "DENSE_GROUPS", groups)
        with pytest.warns(InferenceWarning, match="leverage of one in") as caught:
            fit("y ~ x + z + own", marked, cov="HC1", **FIXED)
        texts.append([str(one.message) for one in caught])
    assert texts[0] == texts[1]


def test_a_bound_on_the_rank_is_named(data, monkeypatch):
    monkeypatch.setattr("regressions.degrees_of_freedom._EXACT_WIDTH", 0)
    exact = fit("y ~ x + z", data, **FIXED)  # by few groups beside two large groupings
    assert exact.df_resid == ANSWERS["plain df"][0]
    monkeypatch.setattr("regressions.degrees_of_freedom._FEW_GROUPS", 0)
    with pytest.warns(InferenceWarning, match=r"effects of firm \+ year \+ sector use up: the bou"):
        fit("y ~ x + z", data, **FIXED)


def test_gradients_that_do_not_converge_are_refused(data, monkeypatch):
    monkeypatch.setattr(module, "_LAST", [])
    monkeypatch.setattr(module, "DENSE_GROUPS", 0)
    monkeypatch.setattr(module, "_MOST_STEPS", 1)
    with pytest.raises(
        CollinearityError, match=r"effects could not be removed: .* 1e-12 is allowe"
    ):
        fit("y ~ x + z", data, **FIXED)


def test_an_effect_that_others_absorb_is_left_out_by_name(data):
    with pytest.warns(
        SampleWarning, match="effects of 'region' are left out: each group of 'firm'"
    ):
        model = fit("y ~ x + z", data, estimator="fixed", effects=["region", *EFFECTS])
    same = fit("y ~ x + z", data, **FIXED)
    assert model.effects == "firm + year + sector"
    np.testing.assert_array_equal(model.params, same.params)
    assert model.df_resid == same.df_resid


def test_singletons_of_the_third_effect_are_left_out(data):
    alone = data.assign(sector=np.where(np.arange(len(data)) == 40, 99, data["sector"]))
    with pytest.warns(SampleWarning, match="sector: 99"):
        fit("y ~ x + z", alone, **FIXED)
    dropped = fit("y ~ x + z", alone, drop_singletons=True, **FIXED)
    without = fit("y ~ x + z", alone[alone["sector"] != 99], **FIXED)
    assert dropped.nobs == without.nobs == len(data) - 1
    pd.testing.assert_frame_equal(dropped.covariance, without.covariance, rtol=1e-12)


def test_what_is_not_there_for_three_effects_is_refused(data):
    model = fit("y ~ x + z", data, **FIXED)
    with pytest.raises(OptionError, match="linearmodels takes at most two effects"):
        _ = model.result
    with pytest.raises(OptionError, match="one or more different groupings"):
        fit("y ~ x + z", data, estimator="fixed", effects=["firm", "year", "firm"])


def test_f_tests_of_nested_effects(data):
    model = fit("y ~ x + z", data, **FIXED)
    fewer = fit("y ~ x + z", data, estimator="fixed", effects=["firm", "year"])
    rest, df = model.rss, model.df_resid
    expected = ((fewer.rss - rest) / (fewer.df_resid - df)) / (rest / df)
    assert diagnostics.f_effects(model, fewer).statistic == pytest.approx(expected, rel=1e-12)


def test_the_wild_bootstrap_is_that_of_models_with_dummies(data):
    by_region = {"cov": "clustered", "clusters": "region"}
    model = fit("y ~ x + z", data, **by_region, **FIXED)
    pooled = fit("y ~ x + z + C(firm) + C(year) + C(sector)", data, **by_region)
    options = {"clusters": data["region"], "weights": "webb", "draws": 99, "seed": 3}
    one, other = (wild_cluster_bootstrap(m, "x", **options) for m in (model, pooled))
    assert one.pvalue == other.pvalue
    shares = (test.t_draws / test.statistic for test in (one, other))  # factors cancel
    np.testing.assert_allclose(*shares, rtol=1e-8)


@pytest.mark.filterwarnings("ignore::regressions.RegressionWarning")
def test_specification_curves_share_three_effects(data):
    covariances = {"iid": {}, "HC1": {"cov": "robust"}, "by firm": {"cov": "clustered"}}
    options = {
        "dependent": "y", "interest": "x", "controls": {"none": [], "z": ["z"]},
        "estimators": {"three": FIXED}, "covariances": covariances, "progress": False,
    }  # fmt: skip
    found = specification_curve(data, **options).estimated
    assert len(found) == 6
    for controls, cov in product(["none", "z"], covariances):
        formula = "y ~ x" if controls == "none" else "y ~ x + z"
        model = fit(formula, data, **covariances[cov], **FIXED)
        row = found[(found["controls"] == controls) & (found["covariance"] == cov)].iloc[0]
        assert row["estimate"] == pytest.approx(model.params["x"], rel=1e-12)
        assert row["std_error"] == pytest.approx(model.std_errors["x"], rel=1e-12)


@pytest.mark.filterwarnings("ignore::regressions.RegressionWarning")
def test_curves_with_too_many_groups_for_leverages_are_fitted(data, monkeypatch):
    options = {
        "dependent": "y", "interest": "x", "estimators": {"three": FIXED}, "progress": False,
        "covariances": {"HC1": {"cov": "robust"}},
    }  # fmt: skip
    wanted = specification_curve(data, **options).table
    monkeypatch.setattr(module, "_LAST", [])
    monkeypatch.setattr(module, "DENSE_GROUPS", 0)
    pd.testing.assert_frame_equal(specification_curve(data, **options).table, wanted, rtol=1e-12)


def test_two_way_beside_another_effect(data):
    model = fit("y ~ x + z", data, estimator="fixed", effects=["twoway", "sector"])
    assert model.effects == "entity + time + sector"
    assert model.rss == pytest.approx(fit("y ~ x + z", data, **FIXED).rss, rel=1e-14)


def panels():
    rng = np.random.default_rng(7)
    for sizes in ((60, 12, 7), (60, 40, 7, 5), (10, 90, 80), (12, 9, 6)):
        rows = 6 * max(sizes)
        codes = [np.unique(rng.integers(0, g, rows), return_inverse=True)[1] for g in sizes]
        yield codes, rng.uniform(0.2, 5.0, rows)


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("codes", "weights"), list(panels()))
def test_the_projection_is_least_squares_on_dummies(codes, weights, weighted):
    w = weights if weighted else np.ones(len(weights))
    values = 1e4 + np.random.default_rng(8).normal(size=(len(w), 3)) * [1.0, 1e3, 1e-3]
    D = np.concatenate([np.eye(own.max() + 1)[own] for own in codes], axis=1)
    root = np.sqrt(w)[:, None]
    expected = values - D @ np.linalg.lstsq(D * root, values * root, rcond=None)[0]
    several = SeveralGroupings(codes, weights if weighted else None)
    size = np.abs(values).max(axis=0)
    np.testing.assert_allclose(several.residuals(values) / size, expected / size, atol=1e-13)
    sums = [np.stack([np.bincount(own, w * v) for v in values.T], axis=1) for own in codes]
    for effects in (
        several.effects(values),
        several.effects_of_sums(sums, np.abs(values).sum(axis=0)),
    ):
        fitted = sum(part[own] for part, own in zip(effects, codes, strict=True))
        np.testing.assert_allclose(fitted / size, (values - expected) / size, atol=1e-12)
    if several.rank is not None:
        assert several.rank == np.linalg.matrix_rank(D)
        u, s, _ = np.linalg.svd(D * root, full_matrices=False)
        basis = u[:, s > 1e-10 * s[0]]
        np.testing.assert_allclose(several.leverage(), (basis**2).sum(axis=1), atol=1e-12)


def test_gradients_remove_effects_of_groups_that_hang_on_a_thread(monkeypatch):
    rng = np.random.default_rng(9)
    rows = np.arange(600)
    codes = [rows // 2, (rows + 1) // 2, rng.integers(0, 5, 600)]  # a chain of 300 by 301 groups
    codes = [np.append(own, own[::30]) for own in codes]
    values = rng.normal(size=(len(codes[0]), 2))
    expected = SeveralGroupings(codes).residuals(values)
    monkeypatch.setattr(module, "DENSE_GROUPS", 0)
    np.testing.assert_allclose(SeveralGroupings(codes).residuals(values), expected, atol=1e-12)
