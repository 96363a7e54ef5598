"""Input that cannot be estimated gives one sentence that names what is wrong."""

import warnings

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import fit
from regressions.estimators import ESTIMATORS


def test_unknown_column(panel):
    with pytest.raises(regressions.FormulaError, match="unknown column 'zz'"):
        fit("y ~ x + zz", panel)


def test_perfectly_collinear_regressors_are_named(panel):
    data = panel.assign(both=panel["x"] + 2 * panel["z"])
    with pytest.raises(
        regressions.CollinearityError, match="'both' is an exact linear combination of 'x', 'z'"
    ):
        fit("y ~ x + z + both", data)


def test_collinear_at_very_different_scales(panel):
    data = panel.assign(copy=1e12 * panel["x"] + 3e12)
    with pytest.raises(regressions.CollinearityError, match="copy"):
        fit("y ~ x + copy", data, estimator="random")


SCALED = [
    {"estimator": "pooled", "cov": "HC3"},
    {"estimator": "pooled", "weights": "weight"},
    {"estimator": "fixed", "effects": "twoway", "cov": "clustered"},
    {"estimator": "random", "cov": "driscoll-kraay"},
    {"estimator": "random", "effects": "time"},
    {"estimator": "mundlak"},
    {"estimator": "between"},
    {"estimator": "first-difference"},
]


@pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")
@pytest.mark.parametrize("options", SCALED)
def test_regressors_of_very_different_size_are_estimated_exactly(panel, options):
    data = panel.assign(big=panel["x"] * 2.0**40, small=panel["z"] * 2.0**-40)
    plain, scaled = fit("y ~ x + z", data, **options), fit("y ~ big + small", data, **options)
    pairs = {"x": ("big", 2.0**40), "z": ("small", 2.0**-40)}
    for name, (other, factor) in pairs.items():
        assert scaled.params[other] * factor == pytest.approx(plain.params[name], rel=1e-9)
        assert scaled.std_errors[other] * factor == pytest.approx(plain.std_errors[name], rel=1e-9)
    assert scaled.f_statistic.statistic == pytest.approx(plain.f_statistic.statistic, rel=1e-8)
    assert scaled.rsquared == pytest.approx(plain.rsquared, rel=1e-9)


@pytest.mark.parametrize("estimator", ["pooled", "fixed", "random", "between"])
def test_a_formula_with_the_constant_only_gives_the_mean(panel, estimator):
    model = fit("y ~ 1", panel, estimator=estimator)
    assert model.params.to_dict() == pytest.approx({"Intercept": panel["y"].mean()})
    assert model.f_statistic is None
    assert "Intercept" in model.summary() or "cons" in model.summary()


@pytest.mark.parametrize(
    ("estimator", "message"),
    [("mundlak", "no regressor varies within"), ("first-difference", "no regressor is left")],
)
def test_estimators_that_need_a_slope_say_so(panel, estimator, message):
    with pytest.raises(regressions.SampleError, match=message):
        fit("y ~ 1", panel, estimator=estimator)


def test_nearly_collinear_but_estimable_is_estimated(panel):
    data = panel.assign(copy=panel["x"] + 1e-5 * panel["z"])
    assert fit("y ~ x + copy", data).nobs == 96


def test_a_constant_regressor_is_named(panel):
    with pytest.raises(regressions.CollinearityError, match="constant regressors: one"):
        fit("y ~ x + one", panel.assign(one=3.3))


def test_a_group_with_one_entity(panel):
    with pytest.raises(regressions.SampleError, match="single entity, 'c00'"):
        fit("y ~ x", panel.loc[["c00"]])
    data = panel.assign(part=np.where(panel.index.get_level_values(0) == "c11", "lonely", "o"))
    with pytest.raises(regressions.SampleError, match=r"model 'lonely': .*single entity, 'c11'"):
        regressions.fit_split("y ~ x", data, "part")


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "fixed"},
        {"estimator": "random"},
        {"estimator": "first-difference"},
        {"estimator": "mundlak"},
    ],
)
def test_one_period_is_too_short_for_effects(panel, options):
    cross_section = panel.xs(2003, level="year", drop_level=False)
    with pytest.raises(regressions.SampleError, match=r"too short.*T = 1"):
        fit("y ~ x", cross_section, **options)
    assert fit("y ~ x", cross_section).nobs == 12


def test_missing_and_infinite_cells_are_listed(panel):
    data = panel.copy()
    data.loc[("c03", 2004), "x"] = np.nan
    data.loc[("c05", 2001), "z"] = np.inf
    with pytest.raises(regressions.SampleError) as error:
        fit("y ~ x + z", data)
    assert "x of (c03, 2004) (missing)" in str(error.value)
    assert "z of (c05, 2001) (infinite)" in str(error.value)
    assert "missing='drop'" in str(error.value)


def test_dropping_is_explicit_and_reported(panel):
    data = panel.copy()
    data.loc[("c03", 2004), "x"] = np.nan
    data.loc[("c05", 2001), "z"] = np.inf
    model = fit("y ~ x + z", data, missing="drop")
    assert model.nobs == 94
    assert model.dropped.values.tolist() == [
        ["c03", 2004, "x", "missing"],
        ["c05", 2001, "z", "infinite"],
    ]
    assert "2 rows with missing or infinite values were dropped" in model.summary()


def test_columns_that_are_not_used_may_be_missing(panel):
    assert fit("y ~ x", panel.assign(other=np.nan)).nobs == 96


def test_a_transform_that_is_not_a_number_is_listed(panel):
    with pytest.raises(regressions.SampleError, match=r"log\(x\) of \(c00, 200"):
        fit("y ~ log(x)", panel)
    model = fit("y ~ log(x)", panel, missing="drop")
    assert model.nobs == int((panel["x"] > 0).sum())
    assert set(model.dropped["column"]) == {"log(x)"}


def test_missing_clusters_weights_and_effects_count_as_missing(panel):
    data = panel.copy()
    data.loc[("c01", 2000), "region"] = None
    with pytest.raises(regressions.SampleError, match=r"region of \(c01, 2000\)"):
        fit("y ~ x", data, cov="clustered", clusters="region")
    with pytest.raises(regressions.SampleError, match=r"region of \(c01, 2000\)"):
        fit("y ~ x", data, estimator="fixed", effects="region")
    assert fit("y ~ x", data).nobs == 96


def test_duplicated_rows_are_named(panel):
    with pytest.raises(regressions.SampleError, match=r"1 \(entity, period\) pairs.*\(c00, 2000\)"):
        fit("y ~ x", pd.concat([panel, panel.iloc[[0]]]))


def test_text_periods_say_how_to_convert(panel):
    data = panel.reset_index().astype({"year": str}).set_index(["country", "year"])
    with pytest.raises(regressions.SampleError, match=r"'year' holds text.*astype\(int\)"):
        fit("y ~ x", data)


def test_an_index_of_one_level_says_how_to_set_it(panel):
    with pytest.raises(regressions.SampleError, match="set_index"):
        fit("y ~ x", panel.reset_index(drop=True))


def test_absorbed_regressors_are_named_and_dropped_on_request(panel):
    with pytest.raises(regressions.AbsorbedError, match=r"entity effects absorb fixed:.*drop_abs"):
        fit("y ~ x + fixed", panel, estimator="fixed")
    model = fit("y ~ x + fixed", panel, estimator="fixed", drop_absorbed=True)
    assert model.dropped_regressors == ("fixed",)
    assert list(model.params.index) == ["Intercept", "x"]
    assert "Absorbed by the effects: fixed" in model.summary()


def test_regressors_that_two_way_effects_absorb(panel):
    data = panel.assign(sum=panel["fixed"] + panel.index.get_level_values("year"))
    with pytest.raises(regressions.AbsorbedError, match="twoway effects absorb sum"):
        fit("y ~ x + sum", data, estimator="fixed", effects="twoway")
    assert fit("y ~ x + sum", data, estimator="fixed").nobs == 96


def test_everything_absorbed_leaves_the_constant(panel):
    model = fit("y ~ fixed", panel, estimator="fixed", drop_absorbed=True)
    assert list(model.params.index) == ["Intercept"]
    assert model.f_statistic is None


def test_singletons_are_named_in_a_warning_and_in_the_model(panel):
    data = panel.drop(index=[("c04", year) for year in range(2001, 2008)])
    with pytest.warns(regressions.SampleWarning, match="1 entities are observed once.*c04"):
        model = fit("y ~ x", data, estimator="fixed")
    assert model.singletons == ("c04",)
    dropped = fit("y ~ x", data, estimator="fixed", drop_singletons=True)
    assert dropped.nobs == model.nobs - 1
    assert "c04" not in dropped.endog.index.get_level_values(0)
    np.testing.assert_allclose(dropped.params["x"], model.params["x"], rtol=1e-10)


def test_too_few_rows_for_the_coefficients(panel):
    tiny = panel.loc[["c00", "c01"]].groupby(level=0).head(2)
    with pytest.raises(regressions.SampleError, match="4 rows cannot identify 3 coefficients"):
        fit("y ~ x + z", tiny, estimator="fixed")


def test_too_few_entities_for_random_effects(panel):
    data = panel.loc[["c00", "c01", "c02"]]
    with pytest.raises(regressions.SampleError, match=r"more entities \(3\) than coeff.*\(3\)"):
        fit("y ~ x + z", data, estimator="random")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "fixd"}, "unknown estimator 'fixd'; did you mean 'fixed'"),
        ({"cov": "cluster"}, "unknown covariance 'cluster'; did you mean 'clustered'"),
        ({"effects": "entity"}, "takes no effects"),
        ({"estimator": "random", "effects": "twoway"}, "two-way random effects"),
        ({"estimator": "fixed", "effects": "regoin"}, "unknown effect 'regoin'"),
        ({"estimator": "fixed", "effects": ["entity", "time", "entity"]}, "one or more"),
        ({"cov": "robust", "clusters": "entity"}, "goes with cov='clustered'"),
        ({"cov": "clustered", "clusters": "nowhere"}, "unknown cluster variable 'nowhere'"),
        ({"cov": "clustered", "clusters": ["entity", "time", "region"]}, "not 3"),
        ({"cov": "robust", "bandwidth": 2}, "bandwidth goes with"),
        ({"cov": "driscoll-kraay", "bandwidth": -1}, "whole number of lags"),
        ({"cov": "driscoll-kraay", "kernel": "box"}, "unknown kernel"),
        ({"estimator": "random", "weights": "weight"}, "no accepted definition"),
        ({"weights": "wieght"}, "did you mean 'weight'"),
        ({"missing": "ignore"}, "'raise' or 'drop'"),
        ({"estimator": "fixed", "small_sample": True}, "goes with random effects"),
        ({"count_effects": "sometimes"}, "count_effects must be"),
    ],
)
def test_options_that_are_unknown_or_do_not_fit(panel, options, message):
    with pytest.raises(regressions.OptionError, match=message):
        fit("y ~ x", panel, **options)


def test_weights_must_be_positive(panel):
    data = panel.copy()
    data.loc[("c02", 2002), "weight"] = -1.0
    with pytest.raises(regressions.SampleError, match=r"'weight' is -1 for \(c02, 2002\)"):
        fit("y ~ x", data, weights="weight")


def test_one_cluster_is_refused_and_few_are_warned_of(panel):
    with pytest.raises(regressions.SampleError, match="single cluster of 'same'"):
        fit("y ~ x", panel.assign(same=1), cov="clustered", clusters="same")
    with pytest.warns(regressions.FewClustersWarning, match="12 of entity"):
        fit("y ~ x", panel, cov="clustered")


def test_a_bandwidth_longer_than_the_panel_is_refused(panel):
    with pytest.raises(regressions.SampleError, match="bandwidth"):
        fit("y ~ x", panel, cov="driscoll-kraay", bandwidth=8)


def test_nullable_numbers_are_numbers(panel):
    nullable = panel.astype({"x": "Float64", "y": "Float64"})
    assert fit("y ~ x", nullable).params["x"] == fit("y ~ x", panel).params["x"]
    nullable.loc[("c00", 2000), "x"] = pd.NA
    assert fit("y ~ x", nullable, missing="drop").nobs == 95


def test_nothing_left_after_dropping(panel):
    with pytest.raises(regressions.SampleError, match="no complete row is left"):
        fit("y ~ x", panel.assign(x=np.nan), missing="drop")


@pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")
def test_negative_variances_are_named():
    index = pd.MultiIndex.from_product([range(4), range(4)])
    sign = np.array([1.0, -1.0, 1.0, -1.0])
    x = np.outer(sign, sign).ravel()
    y = np.array([1.0, 2.0, -1.0, 3.0, -2.0, 1.0, 2.0, -2.0, 3.0, -1.0, 0.5, 1.0, -1, 2, 1, -3.0])
    data = pd.DataFrame({"x": x + 0.01 * np.arange(16), "y": y}, index=index)
    # which residuals make the two-way difference negative is found by trying
    candidates = [data.assign(y=np.roll(y, shift)) for shift in range(16)]
    options = {"cov": "clustered", "clusters": ["entity", "time"], "group_debias": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        negative = [c for c in candidates if fit("y ~ x", c, **options).std_errors.isna().any()]
    assert negative
    with pytest.warns(regressions.RegressionWarning, match="negative variances of"):
        fit("y ~ x", negative[0], **options)


@pytest.mark.parametrize("kind", ["dates", "periods", "categories"])
def test_missing_rows_are_found_whatever_the_index_is_made_of(panel, kind):
    data = panel.copy()
    years = data.index.get_level_values("year")
    entities = data.index.get_level_values("country")
    match kind:
        case "dates":
            years = pd.to_datetime(years.astype(str) + "-12-31")
        case "periods":
            years = pd.PeriodIndex(years.astype(str), freq="Y")
        case "categories":
            entities = pd.CategoricalIndex(entities, categories=[*entities.unique(), "unused"])
    data.index = pd.MultiIndex.from_arrays([entities, years], names=["country", "year"])
    data.iloc[5, 0] = np.nan
    model = fit("y ~ x", data, missing="drop", estimator="fixed", effects="twoway")
    plain = panel.drop(index=[("c00", 2005)])
    expected = fit("y ~ x", plain, estimator="fixed", effects="twoway")
    assert model.params["x"] == pytest.approx(expected.params["x"], rel=1e-12)
    assert (model.n_entities, model.n_periods, model.nobs) == (12, 8, 95)
    assert "min                =          7" in model.summary()


def test_categories_without_rows_are_left_out(panel):
    region = pd.Categorical(panel["region"], categories=["north", "south", "west", "east"])
    data = panel.assign(region=region)
    plain = fit("y ~ x + C(region)", panel)
    for formula in ("y ~ x + region", "y ~ x + C(region)"):
        model = fit(formula, data)
        np.testing.assert_allclose(model.params, plain.params, rtol=1e-12)
        np.testing.assert_allclose(model.predict(data), plain.predict(panel), rtol=1e-12)
    part = regressions.fit_many("y ~ x + region", data[data["region"] != "west"])[0]
    assert list(part.params.index) == ["Intercept", "x", "region[T.south]"]


@pytest.mark.parametrize("right", ["y", "x + y", "x + I(y)"])
def test_the_dependent_variable_among_the_regressors_is_named(panel, right):
    with pytest.raises(regressions.FormulaError, match="is the dependent variable 'y' itself"):
        fit(f"y ~ {right}", panel)


def test_its_lag_is_another_variable(panel):
    assert fit("y ~ x + lag(y)", panel).nobs == 84


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_dependent_variable_that_does_not_vary_is_named(panel, estimator):
    with pytest.raises(regressions.SampleError, match=r"'flat' does not vary: it is 0\.1 in"):
        fit("flat ~ x", panel.assign(flat=0.1), estimator=estimator)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "fixed"}, "entity effects absorb the dependent variable 'fixed'"),
        ({"estimator": "fixed", "effects": "twoway"}, "twoway effects absorb the dependent"),
        ({"estimator": "first-difference"}, "differences remove the dependent variable 'fixed'"),
    ],
)
def test_a_dependent_variable_that_the_effects_take_is_named(panel, options, message):
    with pytest.raises(regressions.AbsorbedError, match=message):
        fit("fixed ~ x", panel, **options)


@pytest.mark.parametrize("effects", [["entity", "region"], ["region", "entity"]])
def test_nested_effects_are_left_out_and_named(panel, effects):
    with pytest.warns(regressions.SampleWarning, match="effects of 'region' are left out"):
        both = fit("y ~ x + z", panel, estimator="fixed", effects=effects)
    alone = fit("y ~ x + z", panel, estimator="fixed")
    assert both.effects == "entity"
    assert both.df_resid == alone.df_resid
    pd.testing.assert_series_equal(both.std_errors, alone.std_errors)


def test_effects_that_cross_are_both_kept(panel):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = fit("y ~ x + z", panel, estimator="fixed", effects=["region", "time"])
    assert model.effects == "region + time"


@pytest.mark.parametrize(
    ("option", "written", "meant"),
    [
        ("cov", "Driscoll_Kraay", "driscoll-kraay"),
        ("cov", "AC", "ac"),
        ("cov", "cr2", "CR2"),
        ("estimator", "First difference", "first-difference"),
    ],
)
def test_case_and_hyphens_of_an_option_do_not_matter(panel, option, written, meant):
    found = fit("y ~ x + z", panel, **{option: written})
    wanted = fit("y ~ x + z", panel, **{option: meant})
    assert (found.cov, found.estimator) == (wanted.cov, wanted.estimator)
    pd.testing.assert_series_equal(found.std_errors, wanted.std_errors)


def test_two_way_effects_may_be_hyphenated(panel):
    found = fit("y ~ x + z", panel, estimator="fixed", effects="two-way")
    assert found.effects == fit("y ~ x + z", panel, estimator="fixed", effects="twoway").effects


@pytest.mark.parametrize(
    ("option", "term", "name"),
    [
        ("cov", "DK", "driscoll-kraay"),
        ("cov", "newey_west", "ac"),
        ("cov", "iid", "unadjusted"),
        ("cov", "CR1", "clustered"),
        ("estimator", "within", "fixed"),
        ("estimator", "RE", "random"),
    ],
)
def test_terms_of_other_programs_are_translated_in_the_error(panel, option, term, name):
    with pytest.raises(regressions.OptionError, match=f"did you mean '{name}'"):
        fit("y ~ x + z", panel, **{option: term})


@pytest.mark.parametrize(
    ("cov", "advice"), [("clustered", "prefer cov='CR2'"), ("CR2", "CR2 corrects for much of it")]
)
def test_the_advice_on_few_clusters_fits_the_covariance(panel, cov, advice):
    with pytest.warns(regressions.FewClustersWarning, match=advice):
        fit("y ~ x + z", panel, cov=cov)
