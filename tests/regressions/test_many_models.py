"""Stepwise columns, dependents, subsamples and covariances come back labelled and in order."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import (
    fit,
    fit_many,
    fit_split,
    fitting,
    step_formulas,
    stepwise,
    with_dependents,
)

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


def test_cumulative_steps_add_up():
    formulas = step_formulas("y ~ x", ["a", ["b", "c"]])
    assert formulas == {"(1)": "y ~ x", "(2)": "y ~ x + a", "(3)": "y ~ x + a + b + c"}


def test_steps_one_at_a_time_replace_each_other():
    formulas = step_formulas("y ~ x", ["a", "b"], cumulative=False, base=False)
    assert list(formulas.values()) == ["y ~ x + a", "y ~ x + b"]


def test_stepwise_models_are_the_models_fitted_one_by_one(panel):
    columns = stepwise("y ~ x", panel, ["z", "C(year)"], estimator="fixed", cov="clustered")
    assert columns.labels == ("(1)", "(2)", "(3)")
    alone = fit("y ~ x + z", panel, estimator="fixed", cov="clustered")
    pd.testing.assert_series_equal(columns["(2)"].pvalues, alone.pvalues)


def test_a_split_has_a_model_per_value_and_the_full_sample_first(panel):
    parts = fit_split("y ~ x", panel, "region", full=True)
    assert parts.labels == ("full", "north", "south", "west")
    assert parts["full"].nobs == sum(model.nobs for model in parts[1:])
    south = fit("y ~ x", panel[panel["region"] == "south"])
    assert parts["south"].params["x"] == south.params["x"]


def test_a_split_keeps_the_order_of_categories_and_skips_empty_ones(panel):
    order = ["west", "empty", "north", "south"]
    data = panel.assign(region=pd.Categorical(panel["region"], categories=order))
    assert fit_split("y ~ x", data, "region").labels == ("west", "north", "south")


def test_a_split_by_an_index_level(panel):
    early = panel[panel.index.get_level_values("year") < 2002]
    assert fit_split("y ~ x", early, "year").labels == ("2000", "2001")


def test_a_split_by_an_unknown_or_incomplete_column_is_refused(panel):
    with pytest.raises(regressions.OptionError, match=r"'regoin'.*did you mean 'region'"):
        fit_split("y ~ x", panel, "regoin")
    data = panel.assign(region=panel["region"].where(panel["region"] != "west"))
    with pytest.raises(regressions.OptionError, match="missing in 32 rows"):
        fit_split("y ~ x", data, "region")


def test_formulas_samples_and_covariances_are_crossed(panel):
    models = fit_many(
        with_dependents(["y", "z"], "x"),
        panel,
        split="region",
        covariances={"iid": {"cov": "unadjusted"}, "cl": {"cov": "clustered"}},
    )
    assert len(models) == 2 * 3 * 2
    assert models.labels[:3] == ("y, north, iid", "y, north, cl", "y, south, iid")
    iid, clustered = models["z, west, iid"], models["z, west, cl"]
    assert iid.dependent == "z"
    pd.testing.assert_series_equal(iid.params, clustered.params)
    assert clustered.cov == "clustered"
    assert clustered.df_inference == 3


@pytest.mark.filterwarnings("ignore::regressions.SampleWarning")
@pytest.mark.parametrize("estimator", ["fixed", "random", "first-difference"])
def test_models_of_one_formula_share_their_sample_and_nothing_else(monkeypatch, panel, estimator):
    covariances = {
        "iid": {}, "HC1": {"cov": "HC1"}, "firm": {"cov": "clustered"},
        "level": {"cov": "clustered", "clusters": panel.index.names[0]},
        "region": {"cov": "clustered", "clusters": "region"}, "lags": {"cov": "ac"},
    }  # fmt: skip
    data = pd.concat([panel, panel.iloc[[0]].rename(index={panel.index[0][0]: "alone"})])
    samples = []
    build = fitting.build_sample

    def counted(*arguments):
        samples.append(arguments)
        return build(*arguments)

    with monkeypatch.context() as context, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        context.setattr(fitting, "build_sample", counted)
        models = fit_many("y ~ x + z", data, covariances=covariances, estimator=estimator)
    assert len(samples) == 3
    texts = [str(one.message) for one in caught if "observed once" in str(one.message)]
    assert len(texts) == (estimator == "fixed")
    assert not any("(in" in text for text in texts)
    for label, own in covariances.items():
        alone = fit("y ~ x + z", data, estimator=estimator, **own)
        pd.testing.assert_series_equal(models[label].params, alone.params, check_exact=True)
        pd.testing.assert_frame_equal(models[label].covariance, alone.covariance, check_exact=True)
        assert models[label].clusters == alone.clusters


def test_an_unknown_cluster_variable_is_named_beside_others(panel):
    covariances = {"iid": {}, "bad": {"cov": "clustered", "clusters": "regio"}}
    with pytest.raises(regressions.OptionError, match=r"model 'bad': unknown cluster.*'region'"):
        fit_many("y ~ x", panel, covariances=covariances)


def test_the_frames_stack_all_models(panel):
    models = stepwise("y ~ x", panel, ["z"])
    tidy = models.tidy()
    assert tidy.columns.tolist() == [
        "model", "term", "estimate", "std.error", "statistic", "df", "p.value", "conf.low",
        "conf.high",
    ]  # fmt: skip
    assert tidy["model"].tolist() == ["(1)", "(1)", "(2)", "(2)", "(2)"]
    assert models.glance().loc["(2)", "nobs"] == 96
    side = models.to_frame()
    assert side.columns.tolist() == ["(1)", "(2)"]
    assert np.isnan(side.loc["z", "(1)"])


def test_worker_processes_give_the_same_models_and_their_warnings(panel):
    formulas = {"a": "y ~ x", "b": "y ~ z", "c": "y ~ x + z"}
    serial = fit_many(formulas, panel, cov="clustered", n_jobs=1)
    with pytest.warns(regressions.FewClustersWarning, match="12 of entity"):
        parallel = fit_many(formulas, panel, cov="clustered", n_jobs=2)
    pd.testing.assert_frame_equal(serial.tidy(), parallel.tidy())


def test_the_error_of_a_model_carries_its_label(panel):
    with pytest.raises(regressions.FormulaError, match=r"model '\(2\)': unknown column 'nope'"):
        stepwise("y ~ x", panel, ["nope"])


def test_a_collection_is_found_by_place_label_and_slice(panel):
    models = stepwise("y ~ x", panel, ["z", "weight"])
    assert models[1] is models["(2)"]
    assert models[1:].labels == ("(2)", "(3)")
    assert [model.label for model in models] == list(models.labels)
    with pytest.raises(KeyError, match="no model is labelled '\\(4\\)'"):
        models["(4)"]


def test_labels_of_a_collection_differ(panel):
    model = fit("y ~ x", panel)
    with pytest.raises(regressions.OptionError, match=r"labels occur twice.*pooled"):
        regressions.ModelCollection((model, model))


def test_collections_can_be_pickled(panel):
    models = stepwise("y ~ x", panel, ["z"], estimator="random")
    again = pickle.loads(pickle.dumps(models))
    pd.testing.assert_frame_equal(models.tidy(), again.tidy())
    assert again[1].theta.equals(models[1].theta)
    assert again.summary() == models.summary()
