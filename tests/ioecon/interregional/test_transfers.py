"""Transfers between regions: hand-worked, brute force, identities, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon.leontief
from ioecon import IOTable, transfers
from ioecon.errors import ArgumentError, IdentityError, LabelError, TableError


def test_hand_worked_two_regions() -> None:
    """One sector each, x = (100, 100): A = [[.2, .1], [.1, .2]], det(E − A) = .63.

    L = [[.8, .1], [.1, .8]] / .63. Base year F = [[60, 10], [30, 40]]:
    T^{NS} = (.8·10 + .1·40)/.63 = 19.0476, T^{SN} = (.1·60 + .8·30)/.63 = 47.6190.
    In the reporting year North buys 50 from South, so x = (100, 120).
    """

    def table(year: int, north_buys: float) -> IOTable:
        return IOTable(
            Z=[[20, 10], [10, 20]], Y=[[60, 10], [north_buys, 40]], countries=["North", "South"],
            sectors=["all"], categories=["final"], year=year,
        )  # fmt: skip

    moved = transfers(table(2002, 30), table(2007, 50))
    assert moved.first[0, 0, 1] == pytest.approx(12 / 0.63)
    assert moved.first[1, 0, 0] == pytest.approx(30 / 0.63)
    a12, a22 = 10 / 120, 20 / 120
    det = 0.8 * (1 - a22) - a12 * 0.1
    assert moved.last[0, 0, 1] == pytest.approx(((1 - a22) * 10 + a12 * 40) / det)
    assert moved.last[1, 0, 0] == pytest.approx((0.1 * 60 + 0.8 * 50) / det)
    net = (moved.last - moved.first)[0, 0, 1] - (moved.last - moved.first)[1, 0, 0]
    assert moved.net()["North"] == pytest.approx(net)
    assert moved.net()["South"] == pytest.approx(-net)
    assert moved.matrix().loc["South", "North"] == pytest.approx((moved.change)[1, 0, 0])


def brute_force(table: IOTable, demand: np.ndarray) -> np.ndarray:
    L = np.linalg.inv(np.eye(table.n) - table.Z / table.x)
    return (L @ demand).reshape(len(table.countries), len(table.sectors), -1)


@pytest.mark.parametrize("driven_by", ["final_demand", "exports", "all", "y2"])
def test_agrees_with_the_inverse(make_pair, driven_by: str) -> None:
    pair = make_pair(2)
    moved = transfers(*pair, driven_by=driven_by)
    for table, ours in zip(pair, (moved.first, moved.last), strict=True):
        exports = np.zeros((table.n, 3))
        for row in range(table.n):
            exports[row, row // 4] = table.exports[row, 0]
        demand = {
            "final_demand": table.F,
            "exports": exports,
            "all": table.F + exports,
            "y2": table.Y[:, [1, 3, 5]],
        }[driven_by]
        np.testing.assert_allclose(ours, brute_force(table, demand), rtol=1e-10, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), countries=st.integers(1, 5), sectors=st.integers(1, 4))
def test_identities(make_pair, seed: int, countries: int, sectors: int) -> None:
    pair = make_pair(seed, countries=countries, sectors=sectors)
    every = transfers(*pair, driven_by="all")
    for table, flows in zip(pair, (every.first, every.last), strict=True):
        np.testing.assert_allclose(flows.sum(axis=2).ravel(), table.x, rtol=1e-9)
    for sector in (None, every.sectors[0]):
        net = every.net_matrix(sector).to_numpy()
        np.testing.assert_array_equal(net, -net.T)
    scale = np.abs(every.net_flows).sum() + 1
    assert abs(every.net().sum()) < 1e-10 * scale
    demand = transfers(*pair)
    exports = transfers(*pair, driven_by="exports")
    np.testing.assert_allclose(demand.change + exports.change, every.change, atol=1e-9 * scale)
    assert every.residual < 1e-10


def test_views_agree(make_pair) -> None:
    moved = transfers(*make_pair(3))
    tidy = moved.to_frame()
    assert list(tidy.columns) == ["region", "driver", "sector", "first", "last", "change", "net"]
    net = tidy.groupby("region", sort=False)["net"].sum()
    np.testing.assert_allclose(net, moved.net())
    np.testing.assert_allclose(moved.by_sector().sum(axis=1), moved.net())
    by_region = moved.by_region()
    np.testing.assert_allclose(by_region["net"], moved.net())
    assert by_region["inflow_share"].sum() == pytest.approx(100)
    assert by_region["outflow_share"].sum() == pytest.approx(100)
    assert by_region["inflow"].sum() == pytest.approx(by_region["outflow"].sum())
    np.testing.assert_allclose(by_region["total_2007"], moved.last.sum(axis=(1, 2)))
    summed = sum(moved.matrix(sector) for sector in moved.sectors)
    pd.testing.assert_frame_equal(summed, moved.matrix())
    assert "AUS" in str(moved)
    with pytest.raises(KeyError, match="no sector 'steel'"):
        moved.matrix("steel")


def test_top_sectors_are_ranked_and_real(make_pair) -> None:
    moved = transfers(*make_pair(4))
    top = moved.top_sectors(2)
    net = moved.by_sector()
    for row in top.itertuples():
        sign = 1 if row.direction == "in" else -1
        assert row.amount == pytest.approx(sign * net.loc[row.region, row.sector])
        assert row.amount > 0
    largest = net.loc["BRA"].max()
    if largest > 0:
        first = top[(top["region"] == "BRA") & (top["direction"] == "in") & (top["rank"] == 1)]
        assert first["amount"].item() == pytest.approx(largest)
    with pytest.raises(ArgumentError, match="count is 0"):
        moved.top_sectors(0)


def test_one_solve_per_table(make_pair, monkeypatch) -> None:
    solves: list[tuple[int, ...]] = []
    original = ioecon.leontief.Leontief.solve

    def counting(self, b):
        solves.append(np.shape(b))
        return original(self, b)

    monkeypatch.setattr(ioecon.leontief.Leontief, "solve", counting)
    transfers(*make_pair(5, countries=4, sectors=3))
    assert solves == [(12, 4), (12, 4)]


def test_exports_of_part_of_a_world(make_world) -> None:
    series, _ = make_world(years=(2002, 2007), countries=5, sectors=2)
    inside = ["AUS", "CHN", "DEU"]
    pair = [series[year].within(inside, destinations={"south": ["BRA"]}) for year in (2002, 2007)]
    south = transfers(*pair, driven_by="exports:south")
    outside = transfers(*pair, driven_by="exports:outside")
    both = transfers(*pair, driven_by="exports")
    np.testing.assert_allclose(south.change + outside.change, both.change, atol=1e-9)
    with pytest.raises(TableError, match="no exports to 'north', only to south, outside"):
        transfers(*pair, driven_by="exports:north")


def test_bad_input(make_pair, make_world) -> None:
    table0, table1 = make_pair()
    with pytest.raises(LabelError, match="countries of 2002 and 2007"):
        transfers(table0, table1.replace(countries=("AUS", "BRA", "DEU")))
    with pytest.raises(TableError, match="price basis of 2002 is 'current'"):
        transfers(table0, table1.replace(price_basis="previous-year"))
    with pytest.raises(TableError, match="does not come before"):
        transfers(table1, table0)
    series, _ = make_world(years=(2002, 2007))
    with pytest.raises(TableError, match="no column of exports"):
        transfers(series[2002], series[2007], driven_by="exports")
    with pytest.raises(TableError, match=r"called 'consumption'.*y1, y2"):
        transfers(table0, table1, driven_by="consumption")
    with pytest.raises(ArgumentError, match="name of a driver, not None"):
        transfers(table0, table1, driven_by=None)
    printed = [
        table.replace(printed_output=1.1 * table.x, output="printed") for table in (table0, table1)
    ]
    with pytest.raises(IdentityError, match="break an identity"):
        transfers(*printed, driven_by="all", tolerance=np.inf)
    competitive = table0.replace(imports=np.ones(table0.n))
    with pytest.raises(TableError, match="competitive imports"):
        transfers(competitive, table1)
