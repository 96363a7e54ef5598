"""A specification curve holds the estimate of every combination, failures included."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import all_subsets, fit, specification_curve

COVARIANCES = {
    "iid": {},
    "HC3": {"cov": "HC3"},
    "by country": {"cov": "clustered"},
    "by region": {"cov": "clustered", "clusters": "region"},
    "CR2": {"cov": "CR2"},
    "DK": {"cov": "driscoll-kraay", "bandwidth": 2},
}
ESTIMATORS = {
    "pooled": {},
    "two-way": {"estimator": "fixed", "effects": "twoway"},
    "random": {"estimator": "random"},
}

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


@pytest.fixture
def data(panel):
    rng = np.random.default_rng(3)
    return panel.assign(
        big=np.arange(96) % 24 < 12, asinh_y=np.arcsinh(panel["y"]), w=rng.normal(size=96)
    )


def test_every_row_is_the_model_fitted_on_its_own(data):
    curve = specification_curve(
        data, dependent=["y", "asinh(y)"], interest={"X": "x"},
        controls={"no": [], "zw": ["z", "w"]},
        samples={"big": "big"}, estimators=ESTIMATORS, covariances=COVARIANCES,
    )  # fmt: skip
    assert len(curve) == 2 * 2 * 3 * 6
    assert curve.failed.empty
    frames = {"big": data[data["big"]]}
    for row in curve.to_frame().sample(12, random_state=1).itertuples():
        terms = {"no": "", "zw": " + z + w"}[row.controls]
        options = {**ESTIMATORS[row.estimator], **COVARIANCES[row.covariance]}
        model = fit(f"{row.dependent} ~ x{terms}", frames[row.sample], **options)
        assert row.estimate == model.params["x"]
        found = (row.std_error, row.pvalue, row.conf_low, row.conf_high)
        own = (model.std_errors["x"], model.pvalues["x"], *model.conf_int().loc["x"])
        assert found == pytest.approx(own, rel=1e-12)
        assert (row.df, row.nobs) == (model.df_t["x"], model.nobs)


def test_frames_samples_and_controls_are_choices(data):
    other = data.assign(x=data["x"] * 2)
    mask = pd.Series(data["z"] > 0, index=data.index)
    curve = specification_curve(
        {"one": data, "two": other}, dependent="y", interest="x",
        controls={"none": (), "z": "z", "both": ["z", "w"]},
        samples={"small": "not big", "mask": mask, "north": {"region": "north"},
                 "late": {"year": [2005, 2006, 2007], "region": ["north", "west"]}},
    )  # fmt: skip
    frame = curve.to_frame().set_index(["data", "sample", "controls"]).sort_index()
    assert len(frame) == 2 * 4 * 3
    assert frame.loc[("one", "small", "z"), "nobs"] == 48
    assert frame.loc[("one", "mask", "z"), "nobs"] == int(mask.sum())
    assert frame.loc[("one", "north", "z"), "nobs"] == 32
    assert frame.loc[("one", "late", "z"), "nobs"] == 24
    ratio = frame.loc["one", "estimate"] / frame.loc["two", "estimate"]
    np.testing.assert_allclose(ratio, 2.0)


def test_a_group_that_is_not_known_is_in_neither_sample(data):
    member = pd.Series(pd.NA, index=data.index, dtype="boolean")
    member.iloc[:40], member.iloc[40:80] = True, False
    curve = specification_curve(
        data.assign(member=member), dependent="y", interest="x",
        samples={"in": "member", "out": "not member"},
    )  # fmt: skip
    assert curve.to_frame()["nobs"].tolist() == [40, 40]


def test_a_specification_that_fails_stays_with_its_reason(data):
    curve = specification_curve(
        data, dependent="y", interest=["x", "fixed", "C(region)"], controls={"none": ()},
        estimators=["pooled", "fixed"], covariances={"iid": {}, "two": {"cov": "HC3"}},
    )  # fmt: skip
    failed = curve.failed.set_index(["interest", "estimator"])["error"].sort_index()
    assert len(curve) == 12
    assert failed.loc[("fixed", "fixed")].str.contains("entity effects absorb fixed").all()
    assert failed.loc[("C(region)", "pooled")].str.contains("not one coefficient").all()
    assert len(curve.estimated) == 6
    assert curve.glance()["failed"].item() == 6
    assert "6 of which could not be estimated" in curve.summary()
    assert "entity effects absorb fixed" in curve.summary()
    ordered = curve.to_frame(ordered=True)
    assert ordered["estimate"].head(6).is_monotonic_increasing
    assert ordered["estimate"].tail(6).isna().all()


def test_an_error_of_one_covariance_does_not_touch_the_others(data):
    alone = data.assign(alone=(np.arange(96) == 5).astype(float))
    curve = specification_curve(
        alone, dependent="y", interest="x", controls={"alone": ["alone"]},
        covariances=["unadjusted", "HC3", "robust"],
    )  # fmt: skip
    assert curve.failed["covariance"].tolist() == ["HC3"]
    assert "leverage one" in curve.failed["error"].item()


def test_shares_and_median_describe_the_estimates(data):
    curve = specification_curve(
        data, dependent="y", interest=["x", "w"], controls=["z"], estimators=["pooled", "fixed"]
    )
    frame = curve.to_frame()
    assert curve.median == frame["estimate"].median()
    assert curve.share_significant == (frame["pvalue"] < 0.05).mean()
    same = np.sign(frame["estimate"]) == np.sign(frame["estimate"].median())
    assert curve.share_same_sign == same.mean()
    by = curve.by_choice()
    assert set(by.index.get_level_values("choice")) == {"interest", "controls", "estimator"}
    of_x = frame[frame["interest"] == "x"]
    assert by.loc[("interest", "x"), "median"] == of_x["estimate"].median()
    assert by.loc[("interest", "x"), "specifications"] == 4


def test_one_specification_is_a_curve_too(data):
    curve = specification_curve(data, dependent="y", interest="x")
    assert len(curve) == 1
    assert curve.by_choice().empty
    assert curve.figure() is not None


def test_terms_are_found_however_they_are_spaced(data):
    curve = specification_curve(data, dependent="y", interest="lag(x,1)")
    assert curve.failed.empty
    model = fit("y ~ lag(x, 1)", data)
    assert curve.to_frame()["estimate"].item() == model.params.iloc[1]


def test_warnings_are_given_once_and_kept(data):
    with pytest.warns(regressions.FewClustersWarning) as caught:
        curve = specification_curve(
            data, dependent=["y", "asinh_y"], interest="x", covariances={"c": {"cov": "clustered"}}
        )
    few = [w for w in caught if issubclass(w.category, regressions.FewClustersWarning)]
    assert len(few) == len(curve.warnings) == 1


def test_processes_change_nothing(data):
    options = {
        "dependent": ["y", "asinh_y"], "interest": "x", "controls": ["z"],
        "covariances": ["unadjusted", "clustered"], "inference": "bootstrap", "draws": 99,
    }  # fmt: skip
    one = specification_curve(data, **options)
    two = specification_curve(data, n_jobs=2, **options)
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.joint.table, two.joint.table)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dependent": []}, "no choice of dependent"),
        ({"controls": {"x": ["x"]}}, "controls 'x' hold 'x'"),
        ({"samples": {"a": "bigg"}}, "unknown column 'bigg' of the sample 'a'; did you mean 'big'"),
        ({"samples": {"a": "z"}}, "needs truth values"),
        ({"samples": {"a": pd.Series([True])}}, "misses rows"),
        ({"level": 95}, "between 0 and 1"),
        ({"inference": "jackknife"}, "inference is 'bootstrap'"),
        ({"inference": "bootstrap", "draws": 10}, "at least 99 draws"),
        ({"inference": "bootstrap", "blocks": "region"}, "blocks are"),
        ({"wieghts": "weight"}, "did you mean 'weights'"),
        ({"covariances": {"a": {"weights": "w"}}}, "not an option of the covariance 'a'"),
    ],
)
def test_wrong_choices_are_refused(data, options, message):
    with pytest.raises(regressions.OptionError, match=message):
        specification_curve(data, **{"dependent": "y", "interest": "x", **options})


def test_what_is_no_frame_is_refused():
    with pytest.raises(regressions.SampleError, match="the data 'a' must be a DataFrame"):
        specification_curve({"a": [1, 2]}, dependent="y", interest="x")


def test_all_subsets_count_and_keep_what_is_always_in():
    subsets = all_subsets(["a", "b", "c"], always=["k"])
    assert len(subsets) == 8
    assert subsets["none"] == ("k",)
    assert subsets["a + c"] == ("k", "a", "c")
    with pytest.raises(regressions.OptionError, match="too many"):
        all_subsets([f"v{i}" for i in range(17)])


def test_the_figure_names_every_option_and_counts_failures(data):
    curve = specification_curve(
        data, dependent=["y", "asinh_y"], interest=["x", "fixed"], controls=["z", "w"],
        estimators=["pooled", "fixed"],
    )  # fmt: skip
    figure = curve.figure(labels={"asinh_y": "inverse hyperbolic sine", "controls": "Controls"})
    above, beneath = figure.axes
    texts = [label.get_text() for label in beneath.get_yticklabels()]
    assert "inverse hyperbolic sine" in texts
    assert "z + w" in texts
    assert "Controls" in [text.get_text() for text in beneath.texts]
    assert "8 could not be estimated" in beneath.get_xlabel()
    drawn = sum(len(c.get_offsets()) for c in above.collections if hasattr(c, "get_sizes"))
    assert drawn == len(curve.estimated)
    failing = specification_curve(data, dependent="y", interest="C(region)")
    with pytest.raises(regressions.OptionError, match="nothing to draw"):
        failing.figure()
