"""A column named like the index, or labelled by a number, is never passed over in silence."""

import re

import numpy as np
import pandas as pd
import pytest

import diagnostics
from regressions import (
    OptionError,
    SampleError,
    descriptive_table,
    fit,
    fit_split,
    specification_curve,
    wild_cluster_bootstrap,
)

ERA = ["time", "period", "year"]
UNIT = ["entity", "country"]


@pytest.fixture
def shadowed(panel: pd.DataFrame, request: pytest.FixtureRequest) -> pd.DataFrame:
    """The panel with a column named like a level of its index that holds two other groups."""
    return panel.assign(**{request.param: np.tile([0, 1], 48)})


@pytest.mark.parametrize("shadowed", [*ERA, *UNIT], indirect=True)
def test_a_name_that_means_the_index_and_a_column_is_refused(shadowed):
    name = shadowed.columns[-1]
    calls = [
        lambda: fit("y ~ x", shadowed, estimator="fixed", effects=name),
        lambda: fit("y ~ x", shadowed, estimator="fixed", effects=["region", name]),
        lambda: fit("y ~ x", shadowed, cov="clustered", clusters=name),
        lambda: fit("y ~ x", shadowed, cov="CR2", clusters=[name]),
        lambda: fit_split("y ~ x", shadowed, name),
        lambda: specification_curve(
            shadowed, dependent="y", interest="x", samples={"some": {name: [1]}}
        ),
        lambda: wild_cluster_bootstrap(fit("y ~ x", shadowed), "x", clusters=name),
    ]
    if name in ("entity", "time"):
        calls.append(lambda: fit("y ~ x", shadowed, estimator="random", effects=name))
    for call in calls:
        with pytest.raises(OptionError, match=f"'{name}' is ambiguous: .*column '{name}'"):
            call()


@pytest.mark.parametrize("shadowed", ["year", "country"], indirect=True)
def test_a_level_of_the_index_in_a_formula_must_not_be_a_column_too(shadowed):
    name = shadowed.columns[-1]
    with pytest.raises(OptionError, match=f"'{name}' is ambiguous"):
        fit(f"y ~ x + {name}", shadowed)
    with pytest.raises(OptionError, match=f"'{name}' is ambiguous"):
        fit(f"y ~ x + C({name})", shadowed.drop(columns=name)).predict(shadowed)


@pytest.mark.parametrize("shadowed", [*ERA, *UNIT], indirect=True)
def test_defaults_mean_the_index_and_other_names_of_it_stay(shadowed, panel):
    for options in ({"estimator": "fixed"}, {"estimator": "fixed", "effects": "twoway"}):
        np.testing.assert_array_equal(
            fit("y ~ x", shadowed, **options).params, fit("y ~ x", panel, **options).params
        )


def test_a_column_named_time_is_that_column_in_a_formula(panel):
    data = panel.assign(time=panel["z"])
    assert fit("y ~ time", data).params["time"] == fit("y ~ z", panel).params["z"]
    np.testing.assert_array_equal(
        fit("y ~ x", data, weights="weight").params, fit("y ~ x", panel, weights="weight").params
    )


def test_a_column_that_repeats_the_index_is_not_ambiguous(panel):
    data = panel.reset_index().set_index(["country", "year"], drop=False)
    effects = ["country", "year"]
    model = fit("y ~ x", data, estimator="fixed", effects=effects)
    right = fit("y ~ x", panel, estimator="fixed", effects="twoway")
    np.testing.assert_allclose(model.params, right.params, rtol=1e-12)


def test_a_column_named_twoway_is_not_passed_over(panel):
    with pytest.raises(OptionError, match="'twoway' is ambiguous"):
        fit("y ~ x", panel.assign(twoway=1), estimator="fixed", effects="twoway")


@pytest.fixture
def numbered(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with columns labelled by a whole number, a float, a date and a pair."""
    rng = np.random.default_rng(8)
    columns = {label: rng.integers(1, 5, 96) for label in (2010, 0.5, pd.Timestamp("2010-01-01"))}
    return pd.concat([panel, pd.DataFrame(columns, index=panel.index)], axis=1)


@pytest.mark.parametrize("label", [2010, 0.5, np.int64(2010), "2010"])
def test_columns_labelled_by_numbers_are_columns(numbered, label):
    named = numbered.rename(columns={2010: "g", 0.5: "h"})
    name = "h" if label == 0.5 else "g"
    for options in (
        {"estimator": "fixed", "effects": ["entity", "?"]},
        {"cov": "CR2", "clusters": "?"},
        {"weights": "?"},
    ):
        by_label = {
            k: [label if one == "?" else one for one in v] if isinstance(v, list) else v
            for k, v in options.items()
        }
        by_label = {k: label if v == "?" else v for k, v in by_label.items()}
        by_name = {
            k: [name if one == "?" else one for one in v] if isinstance(v, list) else v
            for k, v in options.items()
        }
        by_name = {k: name if v == "?" else v for k, v in by_name.items()}
        one, other = fit("y ~ x", numbered, **by_label), fit("y ~ x", named, **by_name)
        np.testing.assert_array_equal(one.std_errors, other.std_errors)
    formula = f"y ~ x + `{label}` + C(`{label}`) - `{label}`"
    np.testing.assert_allclose(
        fit(formula, numbered).params, fit(f"y ~ x + C({name})", named).params
    )
    assert fit_split("y ~ x", numbered, label).labels == ("1", "2", "3", "4")


def test_tests_and_tables_know_columns_labelled_by_numbers(numbered):
    model = fit("y ~ x + `2010`", numbered)
    assert "2010" in diagnostics.vif(model).table.index
    assert "2010" in descriptive_table(numbered, [2010, "x"]).to_text()
    curve = specification_curve(
        numbered, dependent="y", interest="x", samples={"low": {2010: [1, 2]}}
    )
    assert curve.table["error"].tolist() == [""]


def test_labels_that_are_the_same_as_text_are_refused(panel):
    twice = pd.concat([panel, panel[["x"]].set_axis([1], axis=1)], axis=1).assign(**{"1": 0})
    with pytest.raises(SampleError, match="columns occur twice in the data: 1"):
        fit("y ~ x", twice)
    pairs = panel[["x", "y"]].set_axis(pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]), axis=1)
    with pytest.raises(SampleError, match="the columns have 2 levels of labels"):
        fit("y ~ x", pairs)


def test_values_in_place_of_names_are_refused(panel):
    with pytest.raises(OptionError, match="effects takes the names of columns, not a Series"):
        fit("y ~ x", panel, estimator="fixed", effects=panel["region"])
    with pytest.raises(OptionError, match="clusters takes the names of columns, not a ndarray"):
        fit("y ~ x", panel, cov="clustered", clusters=panel["region"].to_numpy())


def test_groups_that_are_written_alike_are_not_merged(panel):
    data = panel.assign(part=pd.Series([1, "1"] * 48, index=panel.index, dtype="category"))
    with pytest.raises(OptionError, match="written alike"):
        fit_split("y ~ x", data, "part")


@pytest.mark.parametrize("effects", ["entity", "twoway", ["entity", "region_year"]])
def test_without_a_constant_fixed_effects_far_from_zero_are_the_same(panel, effects):
    year = panel.index.get_level_values(1).astype(str)
    data = panel.assign(region_year=panel["region"] + year, x=panel["x"] + 1e6, z=panel["z"] - 1e7)
    options = {"estimator": "fixed", "effects": effects, "cov": "clustered"}
    one, other = fit("y ~ x + z - 1", data, **options), fit("y ~ x + z", data, **options)
    np.testing.assert_allclose(one.params, other.params[one.params.index], rtol=1e-7)
    np.testing.assert_allclose(one.std_errors, other.std_errors[one.params.index], rtol=1e-7)


def test_a_table_of_numbers_takes_numbers_of_any_storage(panel):
    stored = panel[["x", "z"]].astype({"x": object, "z": "Float32"})
    text = descriptive_table(stored.assign(text="a")).to_text()
    assert re.search(r"^x +96", text, re.MULTILINE)
    assert "text" not in text
