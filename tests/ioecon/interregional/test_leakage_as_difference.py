"""Weak leakage as the difference of two valuations of the same transfer."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioecon import IOTable, leakage, leakage_as_difference, transfers
from ioecon.errors import EmissionsError


def two_regions(year, north_buys):
    return IOTable(
        Z=[[20, 10], [10, 20]],
        Y=[[60, 10], [north_buys, 40]],
        countries=["North", "South"],
        sectors=["all"],
        categories=["final"],
        year=year,
    )


def coefficients(table, seed):
    rng = np.random.default_rng(seed)
    return pd.Series(rng.gamma(0.5, 2.0, table.n), index=table.index)


def test_hand_worked_pair():
    moved = transfers(two_regions(2002, 30), two_regions(2007, 60))
    k = pd.Series([0.5, 2.0], index=pd.MultiIndex.from_product([["North", "South"], ["all"]]))
    difference = leakage_as_difference(moved, k)
    to_south = moved.net()["South"]
    assert to_south > 0
    pair = ("North", "South")
    assert difference.matrix("receiver").loc[pair] == pytest.approx(2.0 * to_south)
    assert difference.matrix("sender").loc[pair] == pytest.approx(0.5 * to_south)
    assert difference.matrix().loc[pair] == pytest.approx(1.5 * to_south)
    assert difference.total == pytest.approx(1.5 * to_south)
    regions = difference.by_region()
    assert regions.loc["South", "production_based"] == pytest.approx(2.0 * to_south)
    assert regions.loc["North", "production_based"] == pytest.approx(-0.5 * to_south)
    assert regions["technology_adjusted"].sum() == pytest.approx(0, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    countries=st.integers(2, 5),
    sectors=st.integers(1, 4),
    at=st.sampled_from(["last", "first"]),
)
def test_difference_is_the_leakage_of_every_pair_and_in_all(
    make_table, seed, countries, sectors, at
):
    tables = [
        make_table(seed, year=year, countries=countries, sectors=sectors) for year in (2002, 2007)
    ]
    moved = transfers(*tables)
    k = pd.concat(
        {year: coefficients(tables[0], [seed, year]) for year in (2002, 2007)}
    ).reorder_levels([1, 2, 0])
    difference, leaked = leakage_as_difference(moved, k, at=at), leakage(moved, k, at=at)
    assert difference.residual < 1e-10
    size = {"rtol": 1e-10, "atol": 1e-10 * np.abs(difference.at_receiver).sum()}
    np.testing.assert_allclose(difference.matrix(), leaked.matrix(), **size)
    np.testing.assert_allclose(
        difference.matrix("receiver") - difference.matrix("sender"), leaked.matrix(), **size
    )
    np.testing.assert_allclose(difference.by_region()["difference"].sum(), leaked.total, **size)
    np.testing.assert_allclose(difference.total, leaked.total, **size)


def test_equal_coefficients_leak_nothing(make_table):
    tables = [make_table(3, year=year) for year in (2002, 2007)]
    k = pd.Series(np.tile([1.0, 2.0, 3.0, 4.0], 3), index=tables[0].index)
    difference = leakage_as_difference(transfers(*tables), k)
    np.testing.assert_allclose(difference.matrix(), 0, atol=1e-9)
    np.testing.assert_allclose(difference.by_region()["difference"], 0, atol=1e-9)
    assert abs(difference.matrix("receiver").to_numpy()).max() > 1


def test_frames_and_text(make_table):
    tables = [make_table(4, year=year) for year in (2002, 2007)]
    difference = leakage_as_difference(transfers(*tables), coefficients(tables[0], 1))
    tidy = difference.to_frame()
    matrix = tidy.pivot_table("difference", "from", "to", aggfunc="sum")
    pd.testing.assert_frame_equal(matrix, difference.matrix(), check_names=False)
    assert "2002–2007" in difference.summary()
    assert "<table" in difference._repr_html_()
    with pytest.raises(KeyError, match="valuation"):
        difference.matrix("world")


def test_negative_and_missing_coefficients_are_named(make_table):
    tables = [make_table(5, year=year) for year in (2002, 2007)]
    moved, k = transfers(*tables), coefficients(tables[0], 1)
    with pytest.raises(EmissionsError, match="missing: BRA s1"):
        leakage_as_difference(moved, k.drop(("BRA", "s1")))
    k[("CHN", "s2")] = -1.0
    with pytest.raises(EmissionsError, match="negative: CHN s2"):
        leakage_as_difference(moved, k)
