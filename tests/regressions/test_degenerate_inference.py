"""A standard error is finite, or missing with its reason, or refused; never rounding."""

import warnings

import numpy as np
import pandas as pd
import pytest

import diagnostics
import regressions
from regressions import InferenceWarning, OptionError, RegressionError, fit, wild_cluster_bootstrap
from regressions.fitting import fit_each_covariance

pytestmark = [
    pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning"),
    pytest.mark.filterwarnings("ignore::regressions.SampleWarning"),
]


def make_panel(entities, periods, seed=5):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"e{i}" for i in range(entities)], range(2000, 2000 + periods)], names=["id", "year"]
    )
    data = pd.DataFrame(rng.normal(size=(len(index), 3)), index=index, columns=["x", "z", "y"])
    return data.assign(
        half=np.arange(len(data)) % 2,
        row=np.arange(len(data)),
        weight=10.0 ** rng.uniform(-4, 4, size=len(data)),
    )


CANCELLING = {
    "by period": {"cov": "clustered", "clusters": "time"},
    "CR2 by period": {"cov": "CR2", "clusters": "time"},
    "CR3 by period": {"cov": "CR3", "clusters": "time"},
    "two ways": {"cov": "clustered", "clusters": ["entity", "time"]},
    "driscoll-kraay": {"cov": "driscoll-kraay"},
    "driscoll-kraay, no lag": {"cov": "driscoll-kraay", "bandwidth": 0},
}


@pytest.mark.parametrize("effects", ["entity", "twoway"])
@pytest.mark.parametrize("which", CANCELLING)
def test_two_periods_leave_nothing_to_sum_by_period(which, effects):
    data = make_panel(30, 2)
    with pytest.warns(InferenceWarning, match="x, z .*add up to zero.*two periods"):
        model = fit("y ~ x + z", data, estimator="fixed", effects=effects, **CANCELLING[which])
    assert model.std_errors[["x", "z"]].isna().all()
    assert model.pvalues[["x", "z"]].isna().all()
    assert model.f_statistic is None
    assert set(model.missing_inference) >= {"x", "z"}
    assert "x has no standard error: scores add up to zero" in model.summary()
    (note,) = (n for n in regressions.regression_table(model).notes if "No standard" in n)
    assert note.startswith("No standard error of x, z")
    assert ": scores add up to zero" in note
    with pytest.raises(OptionError, match="x without standard error, since scores add up"):
        model.wald_test("x = 0")
    np.testing.assert_allclose(
        model.params, fit("y ~ x + z", data, estimator="fixed", effects=effects).params
    )


def test_an_offset_does_not_hide_that_scores_cancel():
    data = make_panel(30, 2)
    data["x"] += 1e6
    with pytest.warns(InferenceWarning):
        model = fit("y ~ x + z", data, estimator="fixed", cov="clustered", clusters="time")
    assert np.isnan(model.std_errors["x"])


@pytest.mark.parametrize(
    "options",
    [{}, {"estimator": "fixed"}, {"estimator": "first-difference"}, {"weights": "weight"}],
)
@pytest.mark.parametrize("cov", ["unadjusted", "HC1", "clustered", "CR2"])
def test_an_exact_fit_has_no_standard_errors(options, cov):
    if "weights" in options and cov == "CR2":
        pytest.skip("CR2 has no form with weights")
    data = make_panel(6, 5)
    data["y"] = 1 + 2 * data["x"] - data["z"]
    with pytest.warns(InferenceWarning, match="fits exactly"):
        model = fit("y ~ x + z", data, cov=cov, **options)
    assert model.std_errors.isna().all()
    assert model.params["x"] == pytest.approx(2.0)


def test_more_restrictions_than_clusters_less_one_are_refused():
    model = fit("y ~ x + z", make_panel(2, 50), cov="clustered")
    assert model.std_errors.notna().all()
    assert model.f_statistic is None
    with pytest.raises(OptionError, match=r"2 restrictions .*2 clusters of entity has rank 1"):
        model.wald_test(["x = 1", "z = -0.4"])
    assert model.wald_test("x = 1").statistic > 0
    three = fit("y ~ x + z", make_panel(20, 3), cov="driscoll-kraay")
    with pytest.raises(OptionError, match="rank 2 at most"):
        three.wald_test(["x = 0", "z = 0", "Intercept = 0"])


def test_a_two_way_covariance_that_is_not_positive_is_no_test():
    for seed in range(40):
        data = make_panel(4, 4, seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = fit("y ~ x + z", data, cov="clustered", clusters=["entity", "time"])
        part = model.covariance.loc[["x", "z"], ["x", "z"]].to_numpy()
        if (np.diag(part) > 0).all() and np.linalg.eigvalsh(part)[0] < 0:
            with pytest.raises(OptionError, match="not positive definite"):
                model.wald_test(["x = 0", "z = 0"])
            return
    pytest.fail("no indefinite covariance was met")


@pytest.mark.parametrize("estimator", ["random", "mundlak"])
def test_random_effects_need_variation_within_entities(estimator):
    data = make_panel(8, 4)
    data["y"] = data.groupby("id")["y"].transform("mean")
    with pytest.raises(RegressionError, match="'y' does not vary within entities"):
        fit("y ~ x", data, estimator=estimator)


@pytest.mark.parametrize("offset", [1e4, 1e8, -1e6])
@pytest.mark.parametrize("small_sample", [True, False])
def test_the_origin_of_a_regressor_does_not_move_variance_components(offset, small_sample):
    data = make_panel(12, 6)
    data["y"] += np.repeat(np.random.default_rng(1).normal(size=12), 6)
    data = data.drop(data.index[[1, 5, 6, 17, 33, 34]])
    options = {"estimator": "random", "small_sample": small_sample}
    here = fit("y ~ x + z", data, **options)
    there = fit("y ~ x + z", data.assign(x=data["x"] + offset), **options)
    assert there.sigma_u == pytest.approx(here.sigma_u, rel=1e-6)
    assert there.params["x"] == pytest.approx(here.params["x"], rel=1e-6)
    assert there.std_errors["x"] == pytest.approx(here.std_errors["x"], rel=1e-6)


@pytest.mark.parametrize("offset", [1e6, -1e8])
@pytest.mark.parametrize("effects", ["entity", "twoway"])
def test_effects_take_the_place_of_the_constant_at_any_origin(offset, effects):
    data = make_panel(12, 6)
    data["x"] += offset
    options = {"estimator": "fixed", "effects": effects, "cov": "clustered"}
    without, with_constant = (fit(f"y ~ x + z{end}", data, **options) for end in (" - 1", ""))
    for name in ("x", "z"):
        assert without.params[name] == pytest.approx(with_constant.params[name], rel=1e-7)
        assert without.std_errors[name] == pytest.approx(with_constant.std_errors[name], rel=1e-7)


TESTS = {
    "breusch_pagan": diagnostics.breusch_pagan,
    "original": lambda model: diagnostics.breusch_pagan(model, studentized=False),
    "white": diagnostics.white,
    "reset": diagnostics.reset,
}


@pytest.mark.parametrize("estimator", ["pooled", "fixed", "random"])
@pytest.mark.parametrize(("offset", "scale"), [(1e8, 1.0), (0.0, 1e-8), (0.0, 1e8), (1e4, 1e-4)])
@pytest.mark.parametrize("test", TESTS)
def test_origin_and_unit_of_a_regressor_change_no_test(test, offset, scale, estimator):
    data = make_panel(12, 6)
    moved = data.assign(x=offset + scale * data["x"])
    here, there = (
        TESTS[test](fit("y ~ x + z", panel, estimator=estimator)) for panel in (data, moved)
    )
    assert there.pvalue == pytest.approx(here.pvalue, rel=1e-5)
    assert there.df == here.df


def test_a_row_fitted_exactly_by_its_effect_is_named():
    data = make_panel(6, 4)
    lonely = data.drop(index=[("e2", year) for year in (2000, 2001, 2002)])
    with pytest.raises(OptionError, match=r"'e2', 2003.*leverage one.*drop_singletons"):
        fit("y ~ x", lonely, estimator="fixed", cov="HC3")
    dropped = fit("y ~ x", lonely, estimator="fixed", cov="HC3", drop_singletons=True)
    assert dropped.std_errors.notna().all()


PANELS = {"2x3": (2, 3), "9x2": (9, 2)}
ESTIMATORS = [
    {"estimator": "pooled"},
    {"estimator": "pooled", "weights": "weight"},
    {"estimator": "fixed"},
    {"estimator": "fixed", "effects": "twoway"},
    {"estimator": "fixed", "effects": ["entity", "half"]},
    {"estimator": "random"},
    {"estimator": "between"},
    {"estimator": "first-difference"},
    {"estimator": "mundlak"},
]
COVARIANCES = [
    *({"cov": name} for name in ("unadjusted", "HC0", "HC3", "driscoll-kraay", "ac")),
    *(
        {"cov": name, "clusters": groups}
        for name in ("clustered", "CR2")
        for groups in ("entity", "time", "row")
    ),
    {"cov": "clustered", "clusters": ["entity", "time"]},
]


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("formula", ["y ~ x", "y ~ x + z - 1"])
@pytest.mark.parametrize("options", ESTIMATORS, ids=lambda o: "-".join(map(str, o.values())))
def test_tiny_panels_give_numbers_reasons_or_refusals(panel, formula, options):
    data = make_panel(*PANELS[panel])
    covariances = {str(cov): cov for cov in COVARIANCES}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcomes = fit_each_covariance(formula, data, covariances, **options)
    assert not [w for w in caught if issubclass(w.category, RuntimeWarning)]
    named = " ".join(str(w.message) for w in caught if w.category is InferenceWarning)
    models = {cov: found for cov, found in outcomes.items() if not isinstance(found, Exception)}
    for cov, model in models.items():
        missing = set(model.params.index[model.std_errors.isna()])
        assert missing == set(model.missing_inference), cov
        assert all(name in named for name in missing), cov
        plain = models["{'cov': 'unadjusted'}"].std_errors
        assert not (model.std_errors < 1e-6 * plain).any(), cov
        test = model.f_statistic
        assert test is None or 0 <= test.statistic < 1e12, cov


def test_a_bootstrap_of_cancelling_scores_is_refused():
    data = make_panel(30, 2)
    model = fit("y ~ x", data, estimator="fixed")
    with pytest.raises(regressions.OptionError, match="add up to zero"):
        wild_cluster_bootstrap(model, "x", clusters="time")


@pytest.mark.parametrize("cov", ["HC0", "HC1", "robust"])
@pytest.mark.parametrize(
    "options",
    [{}, {"estimator": "fixed"}, {"estimator": "fixed", "effects": "twoway"}],
    ids=["pooled", "entity", "twoway"],
)
def test_a_row_with_a_dummy_of_its_own_is_named(cov, options):
    data = make_panel(6, 5).assign(dummy=lambda d: (d["row"] == 7).astype(float))
    with pytest.warns(
        InferenceWarning, match=r"one in \('e1', 2002\).*errors of dummy are"
    ) as seen:
        model = fit("y ~ x + dummy", data, cov=cov, **options)
    assert len(seen) == 1
    assert abs(model.resids.iloc[7]) < 1e-12
    with warnings.catch_warnings():
        warnings.simplefilter("error", InferenceWarning)
        fit("y ~ x + z", data, cov=cov, **options)
        fit("y ~ x + dummy", data, **options)


def test_rows_that_effects_fit_are_no_news_to_hc1():
    """Singletons are reported as such; slopes do not rest on them."""
    data = make_panel(6, 5).drop(index=[("e2", year) for year in (2001, 2002, 2003, 2004)])
    with warnings.catch_warnings():
        warnings.simplefilter("error", InferenceWarning)
        fit("y ~ x + z", data, estimator="fixed", cov="HC1")


def test_notes_on_missing_errors_say_which_column():
    data = make_panel(30, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = [
            fit("y ~ x", data, estimator="fixed", cov=cov) for cov in ("HC1", "driscoll-kraay")
        ]
    notes = regressions.regression_table(models, labels={"x": "Price"}).notes
    assert sum(note.startswith("No standard error of Price (2): scores") for note in notes) == 1
    notes = regressions.regression_table(models, errors=None).notes
    assert not any("No standard error" in note for note in notes)
