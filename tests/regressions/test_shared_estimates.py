"""Specifications that share cross-products are equal to models fitted one by one."""

import warnings

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import fit, specification_curve
from regressions.covariances.covariance import RowGroups
from regressions.covariances.kernel import AC
from regressions.degrees_of_freedom import effects_rank
from regressions.specifications import estimation

COVARIANCES = {
    "unadjusted": {},
    "no factor": {"debiased": False},
    "robust": {"cov": "robust"},
    "HC0": {"cov": "HC0"},
    "HC1, effects out": {"cov": "HC1", "count_effects": False},
    "by entity": {"cov": "clustered"},
    "by entity, effects in": {"cov": "clustered", "count_effects": True},
    "by time": {"cov": "clustered", "clusters": "time", "group_debias": False},
    "by region": {"cov": "clustered", "clusters": "region"},
    "two-way": {"cov": "clustered", "clusters": ["region", "half"]},
    "kernel": {"cov": "driscoll-kraay", "bandwidth": 2},
    "quadratic": {"cov": "driscoll-kraay", "kernel": "quadratic-spectral", "debiased": False},
    "ac": {"cov": "ac"},
}
ESTIMATORS = {
    "pooled": {},
    "entity": {"estimator": "fixed"},
    "time": {"estimator": "fixed", "effects": "time"},
    "two-way": {"estimator": "fixed", "effects": "twoway"},
    "region": {"estimator": "fixed", "effects": "region"},
}
RANDOM = {
    "by entity": {"estimator": "random"},
    "by time": {"estimator": "random", "effects": "time"},
    "small": {"estimator": "random", "small_sample": True},
}
NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "df", "pvalue"]
CHOICES = {
    "dependent": {"y": "y", "signed": "signed_log(y)"},
    "interest": ["x", "asinh(x)"],
    "controls": {"none": [], "z": ["z"], "all": ["z", "w"]},
}


@pytest.fixture
def balanced():
    rng = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([range(24), range(2000, 2008)], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(192, 3)), index=index, columns=["x", "z", "w"])
    data["x"] += np.repeat(rng.normal(size=24), 8)
    data["w"] = data["w"] + 0.5 * data["x"]
    data["y"] = 3.0 + 0.2 * data["x"] + np.repeat(rng.normal(size=24), 8) + rng.normal(size=192)
    data["region"] = np.repeat(list("abcdef"), 32)
    data["half"] = np.tile(np.repeat([0, 1, 2, 3], 2), 24)
    data["big"] = np.arange(192) % 3 > 0
    data["weight"] = rng.uniform(0.3, 3.0, size=192)
    return data


@pytest.fixture
def unbalanced(balanced):
    rng = np.random.default_rng(12)
    return balanced[rng.random(192) < 0.8].sample(frac=1.0, random_state=3)


@pytest.fixture
def shares(monkeypatch):
    """The estimates that were shared, of each curve in turn."""
    found = []
    share = estimation.share_estimates

    def recorded(*arguments):
        found.append(dict(share(*arguments)))
        return found[-1].items()

    monkeypatch.setattr(estimation, "share_estimates", recorded)
    return found


def curve_of(data, **options):
    """A curve, and what it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        curve = specification_curve(data, progress=False, **options)
    return curve, [(one.category, str(one.message)) for one in caught]


def both_paths(monkeypatch, data, **options):
    """The same curve with and without sharing, equal to 1e-12; the shared one."""
    curve, texts = curve_of(data, **options)
    with monkeypatch.context() as context:
        context.setattr(estimation, "share_estimates", lambda *_: ())
        alone, texts_alone = curve_of(data, **options)
    found, expected = (one.table[NUMBERS].to_numpy(float) for one in (curve, alone))
    sizes = np.abs(expected)
    sizes[:, [0, 2, 3]] = np.maximum(sizes[:, [0, 2, 3]], expected[:, [1]])
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    assert np.nanmax(np.abs(found - expected) / sizes, initial=0.0) < 1e-12
    rest = curve.table.columns.difference(NUMBERS)
    pd.testing.assert_frame_equal(curve.table[rest], alone.table[rest])
    assert texts == texts_alone
    assert curve.warnings == alone.warnings
    if curve.joint is not None:
        pd.testing.assert_frame_equal(curve.joint.null, alone.joint.null, rtol=1e-9, atol=1e-12)
        pd.testing.assert_frame_equal(curve.joint.table, alone.joint.table, rtol=1e-9)
    return curve


@pytest.mark.parametrize(
    ("panel_of", "weights"), [("balanced", None), ("unbalanced", None), ("unbalanced", "weight")]
)
@pytest.mark.parametrize(
    "names", [[name for name in COVARIANCES if name != "two-way"], ["by entity"], ["two-way"]]
)
def test_each_covariance_is_that_of_a_fit(monkeypatch, request, shares, names, panel_of, weights):
    data = request.getfixturevalue(panel_of)
    both_paths(
        monkeypatch, data, dependent="y", interest="x", controls={"all": ["z", "w"]},
        samples={"big": "big"}, estimators=ESTIMATORS,
        covariances={name: COVARIANCES[name] for name in names}, weights=weights,
    )  # fmt: skip
    assert len(shares[0]) >= 3


@pytest.mark.parametrize(
    ("panel_of", "covariances"),
    [
        ("balanced", ["unadjusted", "robust", "by entity"]),
        ("unbalanced", ["unadjusted", "HC0", "by entity", "by time", "kernel", "ac"]),
        ("unbalanced", ["by region"]),
        ("balanced", ["two-way"]),
    ],
)
def test_random_effects_are_those_of_a_fit(monkeypatch, request, shares, panel_of, covariances):
    data = request.getfixturevalue(panel_of)
    fixed_in_time = data.groupby("firm")["z"].transform("first")
    both_paths(
        monkeypatch, data.assign(fixed=fixed_in_time, z=data["z"] + 4.0), dependent="y",
        interest="x", controls={"none": [], "z": ["z"], "fixed": ["z", "fixed"]},
        estimators=RANDOM, covariances={name: COVARIANCES[name] for name in covariances},
    )  # fmt: skip
    # between periods of a balanced panel, what is fixed in time is the constant
    assert len(shares[0]) == (8 if panel_of == "balanced" else 9)


@pytest.mark.parametrize(
    ("spoil", "shared"),
    [
        # no variance of effects is left, so theta is zero
        (lambda d: d.assign(y=d["y"] - d.groupby("firm")["y"].transform("mean") + d["w"]), 2),
        (lambda d: d.assign(y=np.repeat(1e5 * np.arange(24.0), 8) + d["y"]), 0),
        (lambda d: d.assign(y=d.groupby("firm")["y"].transform("mean")), 0),
        (lambda d: d.assign(z=d["z"] - d.groupby("firm")["z"].transform("mean")), 1),
        (lambda d: d.assign(x=d.groupby("firm")["x"].transform("mean")), 1),
        (lambda d: d.assign(x=1e-7 * d["x"] + d.groupby("firm")["x"].transform("mean")), 0),
        (lambda d: d.assign(z=d["z"] + 1e6), 1),
        (lambda d: d.assign(z=d["x"] * 2.0), 1),
        (lambda d: d.assign(y=d["x"] + d["z"]), 1),
        (lambda d: d.assign(z=(np.arange(len(d)) == 7).astype(float)), 0),
        (lambda d: d.loc[d.index.get_level_values(0) < 2], 0),
        (lambda d: d.loc[d.index.get_level_values(0) < 3], 1),
        (lambda d: d.loc[d.index.get_level_values(1) < 2001], 0),
        (lambda d: pd.concat([d.loc[[0]], d.loc[d.index.get_level_values(1) < 2001].loc[1:]]), 2),
        (lambda d: d.assign(z=d["z"].where(d["z"] < 1.0)), 1),
    ],
)  # fmt: skip
def test_random_effects_at_their_limits_are_those_of_a_fit(
    monkeypatch, balanced, shares, spoil, shared
):
    """Components at zero, nothing within or between, collinearity, leverage, few groups."""
    both_paths(
        monkeypatch, spoil(balanced), dependent="y", interest="x",
        controls={"none": [], "z": ["z"]}, estimators={"random": {"estimator": "random"}},
        covariances={"HC1": {"cov": "robust"}, "by entity": {"cov": "clustered"}},
    )  # fmt: skip
    assert len(shares[0]) == shared


@pytest.mark.parametrize("weights", [None, "weight"])
def test_effects_of_a_column_and_time_are_those_of_dummies(unbalanced, shares, weights):
    """Linearmodels takes these effects out by sweeps, to ten digits."""
    curve = specification_curve(
        unbalanced, dependent="y", interest="x", controls={"z": ["z"]}, weights=weights,
        estimators={"both": {"estimator": "fixed", "effects": ["region", "time"]}},
        covariances={"HC0": {"cov": "HC0"}},
    )  # fmt: skip
    assert len(shares[0]) == 1
    dummies = [pd.get_dummies(unbalanced.reset_index()[g], dtype=float) for g in ("region", "year")]
    x = np.column_stack([unbalanced[["x", "z"]], dummies[0], dummies[1].iloc[:, 1:]])
    root = np.sqrt(unbalanced["weight"].to_numpy()) if weights else np.ones(len(x))
    x, y = x * root[:, None], unbalanced["y"].to_numpy() * root
    inverse = np.linalg.pinv(x)
    errors = y - x @ inverse @ y
    assert curve.table["estimate"].item() == pytest.approx(inverse[0] @ y, rel=1e-12)
    by_hand = np.linalg.norm(inverse[0] * errors)
    assert curve.table["std_error"].item() == pytest.approx(by_hand, rel=1e-12)


def test_all_choices_at_once_are_those_of_fits(monkeypatch, unbalanced, shares):
    both_paths(
        monkeypatch, unbalanced, samples={"few": {"year": [2001, 2004, 2006]}},
        covariances={name: COVARIANCES[name] for name in ("unadjusted", "by region", "robust")},
        **CHOICES,
    )  # fmt: skip
    assert len(shares[0]) == 12


def test_columns_far_from_zero_keep_their_digits(balanced, shares):
    """A fit of the same column without its level loses fewer digits than one with it."""
    options = {"cov": "clustered", "estimator": "fixed", "effects": "twoway"}
    expected = fit("y ~ x + w", balanced, **options)
    curve = specification_curve(
        balanced.assign(w=balanced["w"] + 100.0), dependent="y", interest="x", controls={"w": "w"},
        estimators={"two-way": ESTIMATORS["two-way"]}, covariances={"c": {"cov": "clustered"}},
    )  # fmt: skip
    assert len(shares[0]) == 1
    assert curve.table["estimate"].item() == pytest.approx(expected.params["x"], rel=1e-12)
    assert curve.table["std_error"].item() == pytest.approx(expected.std_errors["x"], rel=1e-12)


@pytest.mark.parametrize("missing", ["drop", "raise"])
def test_missing_values_make_samples_of_their_own(monkeypatch, balanced, shares, missing):
    data = balanced.assign(z=balanced["z"].where(balanced["z"] < 1.5))
    data.loc[(3, 2002), "w"] = np.inf
    curve = both_paths(
        monkeypatch, data, covariances={"by entity": {"cov": "clustered"}}, missing=missing,
        **CHOICES,
    )  # fmt: skip
    assert len(shares[0]) == (12 if missing == "drop" else 4)
    assert curve.table["nobs"].nunique() == (3 if missing == "drop" else 1)


def test_clusters_with_missing_values_leave_rows_out(monkeypatch, balanced, shares):
    region = balanced["region"].mask(balanced["z"] > 1.5)
    curve = both_paths(
        monkeypatch, balanced.assign(region=region), dependent="y", interest="x", missing="drop",
        covariances={"by region": {"cov": "clustered", "clusters": "region"}},
    )  # fmt: skip
    assert curve.table["nobs"].item() == int(region.notna().sum())
    assert len(shares[0]) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.assign(z=d["x"] * 2.0),
        lambda d: d.assign(z=d["x"] + 1e-7 * d["z"]),
        lambda d: d.assign(z=1.0),
        lambda d: d.assign(z=d.groupby("firm")["z"].transform("mean")),
        lambda d: d.assign(y=d["x"] + d["z"]),
        lambda d: d.assign(y=d["x"]),
        lambda d: d.assign(y=2.0),
        lambda d: d.assign(z=(np.arange(len(d)) == 7).astype(float)),
        lambda d: pd.concat([d, d.iloc[[0]].rename(index={0: 99})]),
        lambda d: d.assign(region=d.index.get_level_values(0) // 5),
        lambda d: d.loc[d.index.get_level_values(1) < 2002],
        lambda d: d.loc[d.index.get_level_values(0) < 1],
        lambda d: d.loc[d.index.get_level_values(1) < 2001],
        lambda d: d.assign(z=d["z"].astype(object), w=d["w"] > 0.5),
        lambda d: d.assign(weight=0.0),
        lambda d: d.assign(year=1),
        lambda d: pd.concat([d, d.iloc[[5]]]),
        lambda d: d.assign(y=d["y"] * 1e-3 + 1e7),
    ],
)  # fmt: skip
def test_what_cannot_be_shared_is_what_a_fit_makes_of_it(monkeypatch, balanced, spoil):
    """Collinearity, absorption, exact fits, leverage, singletons, cancelling scores, bad frames."""
    both_paths(
        monkeypatch, spoil(balanced), dependent=["y"], interest="x",
        controls={"z": ["z"], "gone": ["gone"]},
        estimators={"two-way": {"estimator": "fixed", "effects": "twoway"},
                    "nested": {"estimator": "fixed", "effects": ["entity", "region"]},
                    "weighted": {"weights": "weight"}},
        covariances={"HC1": {"cov": "robust"}, "by time": {"cov": "clustered", "clusters": "time"}},
    )  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        {"interest": "lag(x)"},
        {"interest": "C(half)"},
        {"controls": {"a": ["x:z"], "b": ["z", "z"], "c": ["center(z)"], "d": ["log(z)"]}},
        {"estimators": ["random", "between", "first-difference", "mundlak"]},
        {"estimators": {"small": {"small_sample": True}, "gone": {"effects": "region"}}},
        {"covariances": {"HC3": {"cov": "HC3"}, "CR2": {"cov": "CR2"}, "bad": {"cov": "hc9"}}},
        {"covariances": {"long": {"cov": "driscoll-kraay", "bandwidth": 30}}},
        {"step": 3},
        {"drop_absorbed": True, "drop_singletons": True, "estimators": ["fixed"]},
    ],
)
def test_other_terms_and_options_are_left_to_fit(monkeypatch, balanced, options):
    both_paths(monkeypatch, balanced, **{"dependent": "y", "interest": "x", **options})


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize(
    ("inference", "blocks"),
    [("bootstrap", "entity"), ("bootstrap", "time"), ("permutation", "entity")],
)
def test_joint_tests_are_the_same(monkeypatch, balanced, shares, inference, blocks, weights):
    options = {
        "dependent": "y", "interest": "x", "controls": {"none": [], "all": ["z", "w"]},
        "estimators": {"two-way": ESTIMATORS["two-way"],
                       **({"pooled": {}} if weights else {"random": {"estimator": "random"}})},
        "covariances": {name: COVARIANCES[name] for name in ("unadjusted", "HC0", "by region")},
        "inference": inference, "blocks": blocks, "draws": 99, "weights": weights,
    }  # fmt: skip
    if inference == "permutation" and weights:
        with pytest.raises(regressions.OptionError, match=r"specification .*not exchangeable"):
            specification_curve(balanced, **options)
        return
    both_paths(monkeypatch, balanced if weights else balanced.drop(index=(3, 2001)), **options)
    assert len(shares[0]) == 4


def test_a_wrong_option_is_refused_as_before(balanced):
    with pytest.raises(regressions.OptionError, match="not an option of the covariance"):
        specification_curve(
            balanced, dependent="y", interest="x", covariances={"a": {"weights": "weight"}}
        )


def test_many_rows_are_taken_in_blocks(monkeypatch, balanced, shares):
    from regressions.specifications import shared_estimates

    sizes = []
    solve = shared_estimates.solve_systems

    def counted(systems, covariances):
        sizes.append(len(systems.places))
        return solve(systems, covariances)

    monkeypatch.setattr(shared_estimates, "solve_systems", counted)
    monkeypatch.setattr(shared_estimates, "_CELLS_AT_ONCE", 192 * 3 * 2)
    both_paths(monkeypatch, balanced, covariances=["robust"], **CHOICES)
    assert len(shares[0]) == 12
    assert max(sizes) <= 3
    assert sum(sizes) == 12


def test_forms_of_the_scores_add_up_to_the_sandwich(balanced):
    model = fit("y ~ x + z", balanced, cov="ac", bandwidth=2)
    x = model.exog.to_numpy()
    scores = x @ np.linalg.inv(x.T @ x) * model.resids.to_numpy()[:, None]
    codes, places = np.repeat(np.arange(24), 8), np.tile(np.arange(8), 24)
    (form,) = AC.__class__.score_forms(
        model.covariance_kind, RowGroups((), lambda: (codes, places))
    )
    by_hand = np.zeros(3)
    for i, row in enumerate(scores):
        for j, other in enumerate(scores):
            lag = abs(places[i] - places[j])
            if codes[i] == codes[j] and lag <= 2:
                by_hand += (1.0 - lag / 3.0) * row * other
    np.testing.assert_allclose(form[0] * form[1](scores), by_hand, rtol=1e-12)
    factor = model.covariance_kind.sample_factor(192, 3)
    np.testing.assert_allclose(factor * by_hand, np.diag(model.covariance), rtol=1e-12)
    assert effects_rank([codes]) == 24
