"""Inputs of sectors without output: counted as final use, without a copy of the flows."""

import gc
import pickle
import tracemalloc
import weakref

import numpy as np
import pytest

import ioecon.leontief
from ioecon import IOSeries, IOTable, decompose
from ioecon.audit import sound_table
from ioecon.errors import ArgumentError, RoundingWarning, UnsoundTableError
from ioecon.leontief import Leontief

IDLE = 5  # the second sector of the second country


def with_stray_inputs(table: IOTable, dtype: str = "float64") -> IOTable:
    """A sector without output has inputs, of which one is negative."""
    Z, Y = table.Z.astype(dtype), table.Y.astype(dtype)
    Z[IDLE] = Y[IDLE] = 0.0
    Z[:, IDLE] = 0.0
    Z[[0, 7], IDLE] = 1e-4, -2e-5
    return table.replace(Z=Z, Y=Y)


def moved_by_hand(table: IOTable) -> IOTable:
    Z, Y = table.Z.copy(), table.Y.astype(float)
    Y[:, 2 * len(table.categories) - 1] += Z[:, IDLE]
    Z[:, IDLE] = 0.0
    return table.replace(Z=Z, Y=Y)


@pytest.fixture(params=["float64", "float32"])
def stray(request, make_table) -> IOTable:
    return with_stray_inputs(make_table(3), request.param)


@pytest.mark.filterwarnings("ignore::ioecon.errors.RoundingWarning")
def test_flows_are_those_moved_by_hand_and_made_when_asked_for(stray) -> None:
    moved, plain = sound_table(stray), moved_by_hand(stray)
    solved, expected = moved.leontief().solve(plain.F), plain.leontief().solve(plain.F)
    np.testing.assert_allclose(solved, expected, rtol=1e-13)
    assert moved.flows_to_scale is stray.Z
    assert not {"Z", "Y"} & set(vars(moved))
    for name in ("Z", "Y", "F", "x"):
        ours, theirs = getattr(moved, name), getattr(plain, name)
        assert ours.dtype == theirs.dtype
        assert not ours.flags.writeable
        np.testing.assert_allclose(ours, theirs, rtol=1e-14, err_msg=name)
    np.testing.assert_allclose(moved.row_sums(), stray.x, rtol=1e-14)
    assert moved.audit().ok


@pytest.mark.filterwarnings("ignore::ioecon.errors.RoundingWarning")
def test_it_is_a_table_as_others(stray) -> None:
    moved, plain = sound_table(stray), moved_by_hand(stray)
    assert moved.n == stray.n
    assert sound_table(moved) is moved
    back = pickle.loads(pickle.dumps(moved))
    later = moved.replace(year=2011)
    assert type(later) is IOTable
    for table in (back, later):
        np.testing.assert_array_equal(table.Z, plain.Z)
        np.testing.assert_array_equal(table.Y, plain.Y)
        np.testing.assert_allclose(table.leontief().solve(plain.F), moved.leontief().solve(plain.F))


@pytest.mark.parametrize(
    "asked",
    [{"accounting": "carbon_table"}, {"accounting": "satellite"}, {"model": "trade_technology"}],
)
def test_effects_are_those_of_tables_moved_by_hand(make_world, monkeypatch, asked) -> None:
    series, emissions = make_world(seed=8)
    given = {2000: series[2000], 2001: with_stray_inputs(series[2001]), 2002: series[2002]}
    plain = given | {2001: moved_by_hand(given[2001])}
    if "model" in asked:
        asked = asked | {"variables": {"population": emissions * 0 + 1e6}}
    expected = decompose(IOSeries(plain), emissions, **asked)
    copied = property(lambda table: pytest.fail("flows were copied"))
    monkeypatch.setattr("ioecon.stray_inputs.TableWithInputsMoved.Z", copied)
    with pytest.warns(RoundingWarning, match="inputs but no output"):
        effects = decompose(IOSeries(given), emissions, **asked)
    scale = np.abs(expected.values).max()
    np.testing.assert_allclose(effects.values, expected.values, atol=1e-13 * scale)
    assert effects.residual < 1e-12


@pytest.mark.filterwarnings("ignore::ioecon.errors.RoundingWarning")
def test_a_decomposition_copies_no_flows(make_world) -> None:
    """In matrices of float64, as for tables where nothing is moved."""
    series, emissions = make_world(seed=34, years=(2000, 2001, 2002), countries=6, sectors=80)
    tables = {year: with_stray_inputs(table) for year, table in series.items()}
    decompose(series, emissions)  # what is imported and looked up once
    ioecon.leontief.set_factorisation_memory(0)
    try:
        tracemalloc.start()
        decompose(IOSeries(tables), emissions)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        ioecon.leontief.set_factorisation_memory(1024)
    assert peak / series[2000].Z.nbytes < 1.6


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_system_without_stray_inputs_is_that_of_zero_columns(make_table, dtype) -> None:
    table = with_stray_inputs(make_table(4), dtype)
    zero, b = table.Z.copy(), np.arange(1.0, table.n + 1)
    zero[:, IDLE] = 0.0
    left_out = Leontief(table.Z, table.x, stray_inputs="leave_out")
    plain = Leontief(zero, table.x)
    np.testing.assert_array_equal(left_out.solve(b), plain.solve(b))
    np.testing.assert_array_equal(left_out.solve_transposed(b), plain.solve_transposed(b))
    with pytest.raises(UnsoundTableError, match=r"Columns \[5\] have inputs but no output"):
        Leontief(table.Z, table.x)
    with pytest.raises(ArgumentError, match="stray_inputs is 'raise' or 'leave_out', not 'drop'"):
        Leontief(table.Z, table.x, stray_inputs="drop")


@pytest.mark.filterwarnings("ignore::ioecon.errors.RoundingWarning")
def test_flows_are_held_no_longer_than_the_table(make_table) -> None:
    table = with_stray_inputs(make_table(5))
    gone = weakref.ref(sound_table(table))
    assert gone() is not None  # its factorisation is found again
    del table
    gc.collect()
    assert gone() is None
