"""Sums in strips are the plain ones."""

import numpy as np
import pytest

from ioecon import flow_sums
from ioecon.flow_sums import MarginalSums


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("strip", [8, 200, 2**19])
@pytest.mark.parametrize("negative", [0, 3])
def test_sums_are_those_of_plain_numpy(monkeypatch, dtype, order, strip, negative):
    monkeypatch.setattr(flow_sums, "_STRIP", strip)
    values = np.random.default_rng(3).random((7, 5)).astype(dtype, order=order)
    values.ravel(order="K")[:negative] *= -1
    wide = values.astype(float)
    sums = MarginalSums.of(values)
    np.testing.assert_allclose(sums.rows, wide.sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(sums.columns, wide.sum(axis=0), rtol=1e-14)
    np.testing.assert_allclose(sums.row_sizes, np.abs(wide).sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(sums.column_sizes, np.abs(wide).sum(axis=0), rtol=1e-14)
    assert sums.least == wide.min()


def test_a_gap_shows_in_the_sums_of_its_row_and_column():
    values = np.ones((4, 3))
    values[1, 2] = np.nan
    sums = MarginalSums.of(values)
    assert np.isnan([sums.rows[1], sums.columns[2], sums.least]).all()
    assert sums.rows[0] == 3.0
