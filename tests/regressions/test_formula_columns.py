"""A formula computes in float64 whatever the dtype of its columns; text is never a number."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from regressions import FormulaError, SampleError, fit

INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "int64", "Int8", "UInt8", "Int64"]
FLOATS = ["float32", "float64", "Float32", "Float64", "longdouble"]
STORED = [*INTEGERS, *FLOATS, "object", "Sparse[float64]"]


@pytest.fixture
def ages(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with whole numbers between 18 and 90 whose squares leave eight bits."""
    rng = np.random.default_rng(5)
    return panel.assign(v=rng.integers(18, 90, 96).astype(float), k=rng.integers(0, 3, 96))


@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.parametrize(
    "formula",
    ["y ~ v + I(v ** 2)", "y ~ log(v) + lag(v * 9)", "I(v * 100) ~ x", "y ~ C(v > 50) + v:x"],
)
def test_the_storage_of_a_column_changes_nothing(ages, formula, dtype):
    stored, right = fit(formula, ages.astype({"v": dtype})), fit(formula, ages)
    np.testing.assert_array_equal(stored.params, right.params)
    assert [*stored.params.index] == [*right.params.index]
    assert stored.endog.dtype == np.float64
    assert {*stored.exog.dtypes} == {np.dtype("float64")}


@pytest.mark.parametrize("kind", [Decimal, Fraction, np.int8, float])
def test_numbers_kept_as_objects_are_numbers(ages, kind):
    values = pd.Series([kind(int(v)) for v in ages["v"]], index=ages.index, dtype=object)
    stored = fit("y ~ v + I(v ** 2)", ages.assign(v=values))
    np.testing.assert_array_equal(stored.params, fit("y ~ v + I(v ** 2)", ages).params)


@pytest.mark.parametrize("dtype", ["bool", "boolean", "object", "int8", "float64"])
def test_truth_values_are_zero_and_one(panel, dtype):
    data = panel.assign(warm=(panel["z"] > 0).astype(dtype))
    for formula in ("y ~ warm", "y ~ I(1 - warm) + lag(warm)", "y ~ C(warm)", "warm ~ x"):
        stored, right = fit(formula, data), fit(formula, data.assign(warm=panel["z"] > 0))
        np.testing.assert_allclose(stored.params, right.params, rtol=1e-13)
        assert [*stored.params.index] == [*right.params.index]
    assert fit("y ~ warm", data).slopes == ["warm"]
    assert fit("y ~ C(warm)", data).slopes == ["C(warm)[T.1]"]


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        (pd.array([1, 2, 3], dtype="Int64"), pd.NA),
        (np.array([1.5, 2, 3], dtype=object), pd.NA),
        (np.array([True, False, True], dtype=object), None),
        (np.array([Decimal(1), Decimal(2), Decimal(3)], dtype=object), Decimal("NaN")),
    ],
)
def test_a_missing_number_is_missing_and_no_category(panel, values, missing):
    data = panel.assign(v=pd.Series(np.tile(values, 32), index=panel.index, dtype=values.dtype))
    data.loc[("c03", 2004), "v"] = missing
    with pytest.raises(SampleError, match=r"v of \(c03, 2004\) \(missing\)"):
        fit("y ~ v", data)
    model = fit("y ~ v", data, missing="drop")
    assert (model.nobs, model.slopes) == (95, ["v"])


def test_an_infinite_number_kept_as_an_object_is_found(panel):
    data = panel.astype({"x": object})
    data.loc[("c03", 2004), "x"] = float("inf")
    with pytest.raises(SampleError, match=r"x of \(c03, 2004\) \(infinite\)"):
        fit("y ~ x", data)


REFUSED = {
    "text": (["a"] * 96, r"'v' is text, such as 'a'.*C\(\.\.\.\)"),
    "numbers as text": (["1,742.4"] * 96, "'v' is text that looks like numbers, such as '1,742.4'"),
    "mixed": ([1.0, "n/a"] * 48, "'v' holds numbers and text, such as 'n/a'"),
    "dates": (pd.date_range("2000", periods=96), "'v' holds dates.*year"),
    "periods": (pd.period_range("2000", periods=96, freq="Y"), "'v' holds dates.*year"),
    "durations": (pd.to_timedelta(np.arange(96), unit="D"), "'v' holds durations.*unit"),
    "complex": (np.arange(96) * 1j, "'v' holds complex numbers.*real part"),
    "lists": ([[1]] * 96, "'v' holds list objects"),
    "large": (2**53 + 1 + np.arange(96), "'v' holds whole numbers that lose digits.*9007199254"),
    "huge": ([10**400] * 96, "'v' holds a number too large"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("formula", ["y ~ v", "v ~ x", "y ~ log(v)", "y ~ lag(v)", "y ~ x:v"])
def test_what_is_not_a_number_is_refused_by_name(panel, case, formula):
    values, message = REFUSED[case]
    with pytest.raises(FormulaError, match=message):
        fit(formula, panel.assign(v=values))


@pytest.mark.parametrize("formula", ["y ~ log(v)", "y ~ lag(v)", "v ~ x", "y ~ I(v * 2)"])
def test_categories_are_not_computed_with_even_if_they_are_numbers(ages, formula):
    with pytest.raises(FormulaError, match="'v' is categorical: its values are labels"):
        fit(formula, ages.astype({"v": "category"}))


@pytest.mark.parametrize("dtype", ["category", "object", "int8", "Int64", "float32", "str"])
def test_labels_of_any_dtype_make_the_same_groups(ages, dtype):
    stored = fit("y ~ x + C(k)", ages.astype({"k": dtype}))
    right = fit("y ~ x + C(k)", ages)
    assert stored.params.to_dict() == right.params.to_dict()


def test_an_ordered_categorical_keeps_its_order_and_the_first_is_the_base(panel):
    ordered = pd.CategoricalDtype(["west", "south", "north"], ordered=True)
    model = fit("y ~ x + region", panel.astype({"region": ordered}))
    assert {"region[T.south]", "region[T.north]"} < {*model.slopes}
    assert "region[T.west]" not in model.slopes


def test_labels_beyond_float64_stay_apart_inside_c(panel):
    codes = 2**60 + np.tile([0, 1, 2], 32)
    model = fit("y ~ x + C(code)", panel.assign(code=codes))
    assert f"C(code)[T.{2**60 + 1}]" in model.slopes
    assert len(model.slopes) == 3


def test_text_is_compared_with_text_and_numbers_with_numbers(panel):
    named = fit("y ~ I(region == 'north')", panel)
    coded = fit("y ~ north", panel.assign(north=panel["region"] == "north"))
    assert named.params.tolist() == coded.params.tolist()
    with pytest.raises(FormulaError, match=r"'x' is compared with text.*it holds numbers"):
        fit("y ~ I(x == '1')", panel)


@pytest.mark.parametrize("formula", ["y ~ lag(log(v))", "y ~ diff(1 / v)", "y ~ lead(v ** 0.5)"])
def test_an_undefined_value_behind_a_lag_is_not_taken_for_a_missing_lag(ages, formula):
    ages.loc[("c03", 2004), "v"] = 0.0 if "/" in formula else -1.0
    with pytest.raises(SampleError, match=r"of \(c03, 200[345]\) \((undefined|infinite)\)"):
        fit(formula, ages)


def test_a_row_without_its_lag_is_no_false_and_no_base_category(ages):
    for formula in ("y ~ I(lag(x) > 0)", "y ~ C(lag(k))", "y ~ C(lag(x) > 0)"):
        model = fit(formula, ages)
        assert (model.nobs, model.lost_to_lags) == (84, 12)


def test_an_undefined_value_inside_c_is_refused(ages):
    ages.loc[("c03", 2004), "v"] = 0.0
    with pytest.raises(FormulaError, match=r"inside C\(\) is undefined for \(c03, 2004\)"):
        fit("y ~ C(0 / v)", ages)


def test_periods_that_only_lost_rows_have_are_no_category(panel):
    model = fit("y ~ lag(x) + C(year)", panel)
    assert [name for name in model.slopes if "year" in name] == [
        f"C(year)[T.{year}]" for year in range(2002, 2008)
    ]


def test_scaling_beside_a_lag_uses_the_rows_of_the_sample(panel):
    model = fit("y ~ scale(z) + lag(x)", panel)
    inside = panel["z"][panel.index.get_level_values(1) > 2000]
    right = (inside - inside.mean()) / inside.std()
    np.testing.assert_allclose(model.exog["scale(z)"], right, rtol=1e-12)
    assert fit("y ~ scale(lag(x))", panel).nobs == 84


@pytest.mark.parametrize("dtype", ["int8", "Int16", "float32", "object", "bool"])
def test_predictions_from_other_dtypes_are_the_same(ages, dtype):
    ages["v"] = (ages["v"] > 50).astype(float) if dtype == "bool" else ages["v"]
    model = fit("y ~ I(v * 100) + C(k) + lag(v)", ages)
    new = ages.astype({"v": dtype, "k": "float64"})
    np.testing.assert_array_equal(model.predict(new), model.predict(ages))


def test_predictions_know_the_categories_of_the_sample(panel):
    model = fit("y ~ x + region", panel.astype({"region": "category"}))
    np.testing.assert_array_equal(model.predict(panel), model.predict())
    with pytest.raises(FormulaError, match="east"):
        model.predict(panel.assign(region="east"))


@pytest.mark.parametrize("dtype", ["int8", "Int64", "bool", "object"])
def test_weights_are_numbers_too(panel, dtype):
    data = panel.assign(w=np.tile([1, 1, 1], 32)).astype({"w": dtype})
    np.testing.assert_allclose(fit("y ~ x", data, weights="w").params, fit("y ~ x", data).params)
    with pytest.raises(SampleError, match="weights 'w' is text"):
        fit("y ~ x", panel.assign(w="heavy"), weights="w")
