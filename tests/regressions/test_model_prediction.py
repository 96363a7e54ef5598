"""Predictions and effects add up, on the sample and on new data."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import fit

ADDITIVE = [
    {"estimator": "fixed"},
    {"estimator": "fixed", "effects": "time"},
    {"estimator": "fixed", "effects": "twoway"},
    {"estimator": "fixed", "effects": "twoway", "weights": "weight"},
    {"estimator": "fixed", "effects": ["entity", "season"]},
]


@pytest.mark.parametrize("options", ADDITIVE)
@pytest.mark.parametrize("constant", ["", " - 1"])
def test_prediction_effects_and_residuals_add_up(panel, options, constant):
    data = panel.drop(index=[("c01", 2003), ("c07", 2000), ("c07", 2001)])
    data["season"] = np.where(data.index.get_level_values("year") % 2, "odd", "even")
    model = fit("y ~ x + z" + constant, data, **options)
    total = model.predict()
    for name, effect in model.estimated_effects().items():
        key = {
            "entity": data.index.get_level_values(0),
            "time": data.index.get_level_values(1),
            "season": data["season"],
        }[name]
        total = total + effect.reindex(key).to_numpy()
    np.testing.assert_allclose(total + model.resids, data["y"], atol=1e-9)


GROUPINGS = {
    "texts": ["south", "north", "east"],
    "numbers": [30, 10, 20],
    "fractions": [0.5, -1.5, 2.0],
    "truth values": [True, False, True],
    "dates": pd.to_datetime(["2003-01-01", "2001-01-01", "2002-01-01"]),
    "periods": pd.PeriodIndex(["2003", "2001", "2002"], freq="Y"),
    "categories, one unused": pd.Categorical(["low", "mid", "high"], ["low", "mid", "high", "top"]),
}


@pytest.mark.parametrize("effects", [["group"], ["entity", "group"], ["group", "time"]])
@pytest.mark.parametrize("groups", GROUPINGS.values(), ids=GROUPINGS)
def test_effects_of_a_column_stand_under_its_values(panel, groups, effects):
    groups = pd.Series(groups)
    place = np.random.default_rng(3).integers(0, 3, len(panel))
    data = panel.assign(group=groups.take(place).to_numpy())
    data["group"] = data["group"].astype(groups.dtype)
    model = fit("y ~ x", data, estimator="fixed", effects=effects)
    found = model.estimated_effects()
    assert list(found) == effects
    assert set(found["group"].index) == set(groups)
    rest = model.endog - model.fitted - model.resids
    for name in effects:
        key = data["group"] if name == "group" else data.index.get_level_values(int(name == "time"))
        rest = rest - found[name].reindex(key).to_numpy()
    np.testing.assert_allclose(rest, 0, atol=1e-7)


def test_groups_of_dropped_rows_have_no_effect(panel):
    data = panel.assign(region=np.where(panel.index.get_level_values(0) < "c06", "west", "east"))
    data["region"] = data["region"].where(data.index.get_level_values(1) != 2003)
    data.iloc[0, data.columns.get_loc("region")] = "lost"
    data.iloc[0, data.columns.get_loc("x")] = np.nan
    model = fit("y ~ x", data, estimator="fixed", effects="region", missing="drop")
    effects = model.estimated_effects()["region"]
    assert effects.index.tolist() == ["east", "west"]
    rest = (model.endog - model.fitted).groupby(data["region"]).mean()
    np.testing.assert_allclose(effects, rest)


def test_effects_after_singletons_are_dropped_keep_their_names(panel):
    data = panel.drop(index=[("c02", year) for year in range(2001, 2008)])
    model = fit("y ~ x", data, estimator="fixed", drop_singletons=True)
    rest = (model.endog - model.fitted).groupby(level=0).mean()
    effects = model.estimated_effects()["entity"]
    np.testing.assert_allclose(effects, rest.reindex(effects.index))
    assert effects.index.name == data.index.names[0]


def test_effects_are_those_of_plm(reference, agrees):
    fixed = fit(reference.formula, reference.data, estimator="fixed", drop_absorbed=True)
    levels = fixed.estimated_effects()["entity"] + fixed.params["Intercept"]
    answer = reference.answers["fixef_individual"]
    agrees.number((levels**2).sum(), answer["sumsq"])
    first = pd.Series(answer["level_first"])
    np.testing.assert_allclose(levels.set_axis(levels.index.astype(str))[first.index], first)


def test_random_effects_are_the_predictions_of_plm(reference, agrees):
    model = fit(reference.formula, reference.data, estimator="random", small_sample=True)
    effects = model.estimated_effects()["entity"]
    answer = reference.answers["ranef_individual"]
    agrees.number((effects**2).sum(), answer["sumsq"])
    first = pd.Series(answer["first"])
    got = effects.set_axis(effects.index.astype(str))[first.index]
    np.testing.assert_allclose(got, first, rtol=1e-6, atol=1e-8 * first.abs().max())


def test_two_way_effects_are_those_of_plm_when_balanced(reference, agrees):
    if not reference.balanced or "fixef_twoways_individual_dmean" not in reference.answers:
        pytest.skip("plm's two-way effects of unbalanced panels do not add up to y - x b - e")
    model = fit(
        reference.formula, reference.data, estimator="fixed", effects="twoway", drop_absorbed=True
    )
    effects = model.estimated_effects()
    for ours, theirs in (("entity", "individual"), ("time", "time")):
        answer = reference.answers[f"fixef_twoways_{theirs}_dmean"]
        agrees.number((effects[ours] ** 2).sum(), answer["sumsq"])


def test_models_without_effects_have_none(panel):
    with pytest.raises(regressions.OptionError, match="pooled model has no effects"):
        fit("y ~ x", panel).estimated_effects()


FORMULA = "y ~ center(x) + C(region) + lag(z) + year"


@pytest.mark.parametrize("estimator", ["pooled", "random", "mundlak", "between"])
def test_the_sample_as_new_data_gives_the_fitted_values(panel, estimator):
    formula = "y ~ center(x) + z + lag(z)" if estimator in ("between", "mundlak") else FORMULA
    model = fit(formula, panel, estimator=estimator)
    again = model.predict(panel)
    pd.testing.assert_series_equal(
        again.reindex(model.fitted.index), model.fitted, check_names=False
    )


def test_new_rows_use_the_means_and_categories_of_the_sample(panel):
    model = fit("y ~ center(x) + C(region)", panel)
    new = panel.loc[["c00"]].drop(columns="y")
    expected = model.params["Intercept"] + model.params["center(x)"] * (
        new["x"] - panel["x"].mean()
    )
    np.testing.assert_allclose(model.predict(new), expected)


def test_new_data_may_add_known_effects(panel):
    model = fit("y ~ x", panel, estimator="fixed")
    new = panel.loc[["c03"]]
    effect = model.estimated_effects()["entity"]["c03"]
    np.testing.assert_allclose(
        model.predict(new, effects=True) - model.predict(new), np.full(8, effect)
    )
    with pytest.raises(regressions.SampleError, match="no entity effect was estimated for 'new'"):
        model.predict(new.rename(index={"c03": "new"}), effects=True)


def test_categories_the_sample_does_not_have_are_refused(panel):
    model = fit("y ~ x + C(region)", panel)
    with pytest.raises(regressions.FormulaError, match="east"):
        model.predict(panel.assign(region="east"))


def test_new_data_must_be_complete(panel):
    model = fit("y ~ x + z", panel)
    with pytest.raises(regressions.SampleError, match=r"x of \(c00, 2000\)"):
        model.predict(panel.assign(x=panel["x"].where(panel["x"] != panel["x"].iloc[0])))
    with pytest.raises(regressions.FormulaError, match="unknown column 'z'"):
        model.predict(panel.drop(columns="z"))


def test_mundlak_predictions_need_known_entities(panel):
    model = fit("y ~ x", panel, estimator="mundlak")
    with pytest.raises(regressions.SampleError, match="'new' is not in the sample"):
        model.predict(panel.loc[["c03"]].rename(index={"c03": "new"}))


def test_dropped_regressors_are_not_needed_in_predictions(panel):
    model = fit("y ~ x + fixed", panel, estimator="fixed", drop_absorbed=True)
    pd.testing.assert_series_equal(model.predict(panel), model.fitted, check_names=False)
