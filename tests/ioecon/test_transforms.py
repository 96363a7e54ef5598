"""Signed logarithm and inverse hyperbolic sine."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import regressions
from ioecon.transforms import asinh, signed_log

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


def test_the_papers_printed_maximum():
    assert signed_log(np.array([16278.78]))[0] == pytest.approx(9.698, abs=5e-4)


@given(NUMBERS)
def test_both_are_odd_and_keep_zero(v):
    for transform in (signed_log, asinh):
        assert transform(np.array([-v]))[0] == -transform(np.array([v]))[0]
        assert transform(np.array([0.0]))[0] == 0


@given(st.floats(1.001, 1e12), st.floats(1.001, 1e12))
def test_signed_log_keeps_the_order_beyond_one(a, b):
    low, high = signed_log(np.array([min(a, b), max(a, b)]))
    assert 0 < low <= high


def test_signed_log_jumps_at_zero_and_depends_on_the_unit():
    small = np.array([0.5, -0.5])
    assert signed_log(small)[0] < 0 < signed_log(small)[1]
    in_tonnes = signed_log(np.array([2.0, -2.0]), scale=1000) - signed_log(np.array([2.0, -2.0]))
    np.testing.assert_allclose(in_tonnes, [np.log(1000), -np.log(1000)])


@given(NUMBERS, NUMBERS)
def test_asinh_is_monotone(a, b):
    low, high = asinh(np.array([min(a, b), max(a, b)]))
    assert low <= high


def test_formulas_transform_as_the_panel_does():
    v = np.concatenate([np.random.default_rng(1).normal(0, 5, 200), [0.0, -1.0, 1.0, np.nan]])
    for ours, formulas in ((signed_log, regressions.signed_log), (asinh, regressions.asinh)):
        np.testing.assert_array_equal(ours(v), formulas(v))
        pd.testing.assert_series_equal(ours(pd.Series(v)), formulas(pd.Series(v)))


def test_asinh_far_from_zero_is_signed_log_plus_ln_2():
    v = np.array([-1e6, 1e6])
    np.testing.assert_allclose(asinh(v), signed_log(v) + np.sign(v) * np.log(2), rtol=1e-12)


def test_labels_and_missing_values_stay():
    series = pd.Series([np.nan, -np.e, 1.0], index=list("abc"), name="v")
    result = signed_log(series)
    assert list(result.index) == list("abc")
    assert result.name == "v"
    assert np.isnan(result["a"])
    assert result["b"] == pytest.approx(-1)
    frame = asinh(series.to_frame())
    assert list(frame.columns) == ["v"]


def test_integers_are_taken_as_numbers():
    np.testing.assert_allclose(signed_log(np.array([-1, 0, 100])), [0, 0, np.log(100)])


@pytest.mark.parametrize("scale", [0, -1, np.nan, np.inf])
def test_scale_must_be_positive(scale):
    with pytest.raises(ValueError, match="positive"):
        signed_log(np.ones(2), scale=scale)
