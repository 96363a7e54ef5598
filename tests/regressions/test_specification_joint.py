"""Joint inference: each draw is the specification fitted again to resampled data."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import fit, specification_curve, wild_cluster_bootstrap
from regressions.equation import estimating_equation
from regressions.specifications.joint import Resampling, null_draws

pytestmark = pytest.mark.filterwarnings("ignore::regressions.RegressionWarning")

CASES = [
    {"estimator": "pooled", "cov": "unadjusted"},
    {"estimator": "pooled", "cov": "robust"},
    {"estimator": "pooled", "cov": "HC0"},
    {"estimator": "pooled", "cov": "HC2"},
    {"estimator": "pooled", "cov": "HC3", "weights": "weight"},
    {"estimator": "pooled", "cov": "clustered", "clusters": ["entity", "time"]},
    {"estimator": "pooled", "cov": "ac", "bandwidth": 2},
    {"estimator": "fixed", "cov": "clustered"},
    {"estimator": "fixed", "effects": "twoway", "cov": "CR2"},
    {"estimator": "fixed", "effects": "twoway", "cov": "CR3"},
    {"estimator": "fixed", "effects": "twoway", "cov": "driscoll-kraay", "kernel": "parzen"},
    {"estimator": "fixed", "effects": "time", "cov": "robust"},
    {"estimator": "first-difference", "cov": "clustered"},
    {"estimator": "between", "cov": "robust"},
    {"estimator": "mundlak", "cov": "unadjusted"},
]


def resampling(data, **options):
    given = {"method": "bootstrap", "blocks": "entity", "draws": 99, "seed": 4, **options}
    return Resampling.draw([data], **given)


@pytest.mark.parametrize("method", ["bootstrap", "permutation"])
@pytest.mark.parametrize("options", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_a_draw_is_the_regression_of_resampled_residuals(panel, method, options):
    """The estimating equation of each draw, solved by least squares, with the same estimator."""
    if method == "permutation" and "weights" in options:
        pytest.skip("weighted rows cannot be permuted")
    model = fit("y ~ x + z", panel, **options)
    drawn = resampling(panel, method=method)
    estimates, pvalues = null_draws({"a": model}, "x", drawn)
    equation = estimating_equation(model)
    j = list(model.params.index).index("x")
    others = np.delete(equation.x, j, axis=1)
    restricted = equation.y - others @ np.linalg.lstsq(others, equation.y, rcond=None)[0]
    columns = np.concatenate(list(drawn.resample(restricted, equation.rows)), axis=1)
    solved = np.linalg.lstsq(equation.x, columns, rcond=None)[0][j]
    np.testing.assert_allclose(estimates, solved, rtol=1e-8, atol=1e-12)
    assert np.isfinite(pvalues["a"]).mean() > 0.7
    assert estimates.shape == pvalues["a"].shape == (99,)


@pytest.mark.parametrize(
    "options",
    [case for case in CASES if case["estimator"] == "pooled" and "weights" not in case],
    ids=lambda case: "-".join(map(str, case.values())),
)
@pytest.mark.parametrize("method", ["bootstrap", "permutation"])
def test_p_values_of_a_draw_are_those_of_the_model_refitted(panel, options, method):
    drawn = resampling(panel, method=method)
    model = fit("y ~ x + z", panel, **options)
    estimates, pvalues = null_draws({"a": model}, "x", drawn)
    restricted = fit("y ~ z", panel)
    columns = np.concatenate(
        list(drawn.resample(restricted.resids.to_numpy(), restricted.resids.index)), axis=1
    )
    for draw in range(5):
        again = panel.assign(y=restricted.fitted.to_numpy() + columns[:, draw])
        refitted = fit("y ~ x + z", again, **options)
        assert estimates[draw] == pytest.approx(refitted.params["x"], rel=1e-8)
        assert pvalues["a"][draw] == pytest.approx(refitted.pvalues["x"], rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("cov", ["unadjusted", "robust", "clustered", "driscoll-kraay", "CR2"])
def test_p_values_under_two_way_effects_are_those_of_the_model_refitted(panel, cov):
    panel = panel.drop(index=[("c01", 2003), ("c07", 2006)])
    drawn = resampling(panel)
    options = {"estimator": "fixed", "effects": "twoway"}
    model = fit("y ~ x + z", panel, cov=cov, **options)
    estimates, pvalues = null_draws({"a": model}, "x", drawn)
    residuals = fit("y ~ z", panel, **options).resids
    columns = np.concatenate(list(drawn.resample(residuals.to_numpy(), residuals.index)), axis=1)
    for draw in range(4):
        again = panel.assign(y=pd.Series(columns[:, draw], residuals.index))
        refitted = fit("y ~ x + z", again, cov=cov, **options)
        assert estimates[draw] == pytest.approx(refitted.params["x"], rel=1e-8)
        assert pvalues["a"][draw] == pytest.approx(refitted.pvalues["x"], rel=1e-6)


def test_one_clustered_specification_is_a_wild_cluster_bootstrap(panel):
    curve = specification_curve(
        panel, dependent="y", interest="z", covariances=["clustered"],
        inference="bootstrap", draws=4999,
    )  # fmt: skip
    model = fit("y ~ z", panel, cov="clustered")
    _, pvalues = null_draws({"a": model}, "z", resampling(panel, draws=4999))
    share = np.mean(pvalues["a"] <= model.pvalues["z"])
    assert share == pytest.approx(wild_cluster_bootstrap(model, "z").pvalue, abs=0.02)
    assert curve.joint.table.loc["Stouffer Z", "pvalue"] == pytest.approx(share, abs=0.02)


def test_permutation_moves_whole_series_between_entities_of_the_same_periods(panel):
    short = panel.drop(index=[("c03", 2000), ("c05", 2000), ("c09", 2007)])
    residuals = np.arange(len(short), dtype=float)
    moved = next(resampling(short, method="permutation").resample(residuals, short.index))
    frame = pd.DataFrame(moved, index=short.index)
    original = pd.Series(residuals, index=short.index)
    assert (frame.loc["c09"].to_numpy() == original.loc["c09"].to_numpy()[:, None]).all()
    pair = {tuple(original.loc["c03"]), tuple(original.loc["c05"])}
    assert {tuple(column) for column in frame.loc["c03"].to_numpy().T} == pair
    whole = {tuple(original.loc[name]) for name in ("c00", "c11", "c06")}
    assert whole <= {tuple(column) for column in frame.loc["c00"].to_numpy().T}
    np.testing.assert_array_equal(np.sort(moved, axis=0)[:, 7], residuals)


def test_blocks_of_time_resample_periods(panel):
    residuals = np.ones(len(panel))
    signs = next(resampling(panel, blocks="time").resample(residuals, panel.index))
    by_period = pd.DataFrame(signs, index=panel.index).groupby(level=1).nunique()
    assert (by_period == 1).all().all()


def test_the_same_seed_gives_the_same_tests_and_another_does_not(panel):
    def p(seed):
        return specification_curve(
            panel, dependent="y", interest="z", controls=["x"], inference="bootstrap", draws=99,
            seed=seed,
        ).joint.null  # fmt: skip

    pd.testing.assert_frame_equal(p(1), p(1))
    assert not p(1).equals(p(2))


def test_a_strong_effect_is_found_and_none_is_not(panel):
    rng = np.random.default_rng(8)
    data = panel.assign(noise=rng.normal(size=96))
    options = {
        "controls": ["z"], "estimators": ["pooled", "fixed"],
        "covariances": ["unadjusted", "clustered"], "draws": 199,
    }  # fmt: skip
    for method in ("bootstrap", "permutation"):
        strong = specification_curve(data, dependent="y", interest="x", inference=method, **options)
        found = strong.joint.table["pvalue"]
        assert found["median estimate"] == found["Stouffer Z"] == 1 / 200
        assert found["share significant"] < 0.1  # all of it significant by chance is not so rare
        weak = specification_curve(
            data, dependent="y", interest="noise", inference=method, **options
        )
        assert (weak.joint.table["pvalue"] > 0.02).all()


@pytest.mark.parametrize("method", ["bootstrap", "permutation"])
def test_under_the_null_the_tests_reject_about_as_often_as_they_say(method):
    """100 panels with serially correlated errors: about 10 rejections at 10 %."""
    rng = np.random.default_rng(12)
    index = pd.MultiIndex.from_product([range(24), range(5)])
    rejected = np.zeros(3)
    for _ in range(100):
        data = pd.DataFrame(rng.normal(size=(120, 2)), index=index, columns=["x", "z"])
        data["x"] += np.repeat(rng.normal(size=24), 5)
        data["y"] = data["z"] + np.repeat(rng.normal(size=24), 5) + rng.normal(size=120)
        curve = specification_curve(
            data, dependent="y", interest="x", controls={"z": "z"},
            covariances=["unadjusted", "robust"], inference=method, draws=199,
        )  # fmt: skip
        rejected += curve.joint.table["pvalue"].to_numpy() <= 0.10
    assert (rejected[[0, 2]] >= 3).all()
    assert (rejected <= 19).all()


def test_permutation_says_where_nothing_can_change_places(panel):
    stairs = pd.concat([panel.loc[[f"c{i:02d}"]].iloc[: 8 - i] for i in range(6)])
    with pytest.raises(regressions.OptionError, match=r"specification .*nothing can be permuted"):
        specification_curve(stairs, dependent="y", interest="x", inference="permutation")
    with pytest.raises(regressions.OptionError, match="weighted rows are not exchangeable"):
        specification_curve(
            panel, dependent="y", interest="x", inference="permutation", weights="weight"
        )


def test_failed_specifications_are_left_out_of_the_joint_tests(panel):
    curve = specification_curve(
        panel, dependent="y", interest=["x", "fixed"], estimators=["pooled", "fixed"],
        inference="bootstrap", draws=99,
    )  # fmt: skip
    assert len(curve.failed) == 1
    assert (curve.joint.table["specifications"] == 3).all()
    with pytest.raises(regressions.OptionError, match="nothing to test"):
        specification_curve(
            panel, dependent="y", interest="C(region)", inference="bootstrap", draws=99
        )


def test_the_tests_say_what_they_assume(panel):
    curve = specification_curve(
        panel, dependent="y", interest="x", inference="permutation", draws=99
    )
    text = curve.summary()
    assert "permutation by entity, 99 draws, seed 0" in text
    assert "entities observed over the same periods are exchangeable" in text
    assert curve.joint.null.shape == (99, 3)
    assert "Stouffer" in curve.joint._repr_html_()
