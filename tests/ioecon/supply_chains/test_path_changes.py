"""Structural path decomposition against all orders of change and all paths written out."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon.errors import ArgumentError, LabelError, TableError
from ioecon.supply_chains.path_factors import METHODS

from .by_hand import ORDER, every_path, value_added


def split_by_orders(first, last, orders):
    """Mean effect of each factor over orders of change."""
    effects = np.zeros(len(first))
    for order in orders:
        now = first.copy()
        for k in order:
            before = now.prod()
            now[k] = last[k]
            effects[k] += now.prod() - before
    return effects / len(orders)


@pytest.mark.parametrize("factors", [2, 3, 5])
@pytest.mark.parametrize("method", ["shapley", "two_polar"])
def test_a_product_is_split_as_by_all_orders(method, factors):
    first, last = np.random.default_rng(factors).normal(size=(2, factors))
    last[0] = 0.0
    forward = tuple(range(factors))
    orders = {
        "shapley": list(itertools.permutations(forward)),
        "two_polar": [forward, forward[::-1]],
    }[method]
    effects = METHODS[method](first, last)
    assert_allclose(effects, split_by_orders(first, last, orders), rtol=1e-12, atol=1e-14)


def test_the_largest_changes_are_those_of_all_paths(make_table):
    base, reporting = (make_table(3, sectors=2, year=year) for year in (2000, 2001))
    values = [
        every_path(table, value_added(table), table.F.sum(axis=1)) for table in (base, reporting)
    ]
    change = {rows: values[1].get(rows, 0) - value for rows, value in values[0].items()}
    changes = ioecon.path_changes(base, reporting, largest=60, max_order=ORDER)
    largest = sorted(change, key=lambda rows: -abs(change[rows]))[:60]
    assert list(changes.rows) == largest
    assert_allclose(
        changes.to_frame()["change"], [change[rows] for rows in changes.rows], rtol=1e-10
    )


def test_the_largest_changes_where_values_may_be_negative(make_table):
    base, reporting = (make_table(5, sectors=2, year=year) for year in (2000, 2001))
    Y = reporting.Y.copy()
    Y[0, 2:6], Y[3, 2:6] = [-25.0, -5.0, 60.0, 60.0], [-4.0, -9.0, 60.0, 60.0]
    reporting = reporting.replace(Y=Y)
    values = [every_path(table, value_added(table), table.F[:, 1]) for table in (base, reporting)]
    change = {rows: values[1].get(rows, 0) - value for rows, value in values[0].items()}
    changes = ioecon.path_changes(
        base, reporting, destinations=["BRA"], largest=60, max_order=ORDER
    )
    assert set(changes.rows) == set(sorted(change, key=lambda rows: -abs(change[rows]))[:60])


def test_logarithmic_means_of_a_product():
    """L(p₁, p₀) ln(f₁/f₀); of what vanishes, the factors that are zero share the change."""
    first, last = np.array([2.0, -3.0, 0.5]), np.array([1.0, -5.0, 4.0])
    p0, p1 = first.prod(), last.prod()
    mean = (p1 - p0) / np.log(p1 / p0)
    assert_allclose(METHODS["lmdi"](first, last), mean * np.log(last / first), rtol=1e-12)
    gone = METHODS["lmdi"](first, np.array([0.0, -5.0, 0.0]))
    assert_allclose(gone, [1.5, 0.0, 1.5])


def test_a_change_of_sign_has_no_logarithm(make_table):
    base, reporting = (make_table(5, sectors=2, year=year) for year in (2000, 2001))
    Y = reporting.Y.copy()
    Y[0, 2:4], Y[0, 4] = [-30.0, -10.0], 200.0
    reporting = reporting.replace(Y=Y)
    with pytest.raises(ArgumentError, match="AUS s1: a factor changes its sign"):
        ioecon.path_changes(base, reporting, destinations="BRA", method="lmdi")


@pytest.mark.parametrize("method", ["shapley", "two_polar", "lmdi"])
def test_effects_of_factors_sum_to_the_change(make_world, method):
    series, emissions = make_world(4)
    changes = ioecon.path_changes(series[2000], series[2002], emissions, method=method)
    frame, factors = changes.to_frame(), changes.by_factor()
    assert_allclose(
        frame[["intensity", "inputs", "final_demand"]].sum(axis=1), frame["change"], rtol=1e-9
    )
    assert_allclose(factors.groupby("rank")["effect"].sum(), frame["change"], rtol=1e-9)
    assert_allclose(factors.groupby("rank")["base"].prod(), frame["base"], rtol=1e-9)
    assert_allclose(factors.groupby("rank")["reporting"].prod(), frame["reporting"], rtol=1e-9)
    inputs = factors[factors["factor"] == "input"].groupby("rank")["effect"].sum()
    assert_allclose(frame["inputs"].loc[inputs.index], inputs, rtol=1e-9)
    assert changes.footprints[1] - changes.footprints[0] == pytest.approx(
        emissions.xs(2002, level="year").sum() - emissions.xs(2000, level="year").sum()
    )


def test_swapped_years_turn_the_signs(make_world):
    series, emissions = make_world(5)
    there = ioecon.path_changes(series[2000], series[2001], emissions, largest=30)
    back = ioecon.path_changes(series[2001], series[2000], emissions, largest=30)
    assert there.rows == back.rows
    for one, other in zip(there.effects, back.effects, strict=True):
        assert_allclose(one, -other, rtol=1e-9, atol=1e-9)


def test_paths_that_appear_and_vanish(make_table):
    base, reporting = (make_table(6, sectors=2, year=year) for year in (2000, 2001))
    Z = base.Z.copy()
    Z[0, 1] = 0.0
    later = reporting.Z.copy()
    later[2, 3] = 0.0
    frame = ioecon.path_changes(
        base.replace(Z=Z), reporting.replace(Z=later), largest=500
    ).to_frame()
    status = frame.set_index("path")["status"]
    assert status["AUS s1 → AUS s2"] == "appears"
    assert status["BRA s1 → BRA s2"] == "vanishes"
    assert status["AUS s1"] == "stays"


def test_a_sector_that_appears_does_so_by_its_deliveries(make_world):
    """Its intensity before is what it is afterwards, so intensity has no effect."""
    series, emissions = make_world(7)
    base, reporting = series[2000], series[2001]
    Z, Y = base.Z.copy(), base.Y.copy()
    Z[1], Z[:, 1], Y[1] = 0.0, 0.0, 0.0
    account = account_by_sector(series, emissions, idle=("AUS", "s2", 2000))
    changes = ioecon.path_changes(base.replace(Z=Z, Y=Y), reporting, account, largest=300)
    frame = changes.to_frame()
    own = frame[(frame["origin_country"] == "AUS") & (frame["origin_sector"] == "s2")]
    assert len(own) > 3
    assert (own["status"] == "appears").all()
    assert_allclose(own["intensity"], 0, atol=1e-12)
    assert_allclose(own["inputs"] + own["final_demand"], own["change"], rtol=1e-9)


def account_by_sector(series, emissions, idle):
    """Account by sector: national totals in equal parts, none of an idle sector."""
    parts = [
        emissions.div(len(series.sectors)).to_frame("kt").assign(sector=sector)
        for sector in series.sectors
    ]
    account = pd.concat(parts)
    account = account.set_index("sector", append=True)["kt"]
    account = account.reorder_levels(["country", "sector", "year"]).sort_index()
    account[idle] = 0.0
    return account


@pytest.mark.parametrize("ending", ["csv", "xlsx", "dta"])
def test_changes_can_be_written(make_table, tmp_path, ending):
    changes = ioecon.path_changes(make_table(1), make_table(1, year=2001), largest=5)
    file = ioecon.write_result(changes, tmp_path / f"changes.{ending}")
    assert file.stat().st_size > 100
    assert len(changes.by_factor()) == sum(len(rows) + 1 for rows in changes.rows)


def test_refused(make_table):
    base, reporting = make_table(1), make_table(1, year=2001)
    with pytest.raises(ArgumentError, match="'two_polar', 'lmdi', not 'mean'"):
        ioecon.path_changes(base, reporting, method="mean")
    with pytest.raises(LabelError, match="do not have the same sectors"):
        ioecon.path_changes(base, make_table(1, sectors=3, year=2001))
    with pytest.raises(TableError, match="in million EUR"):
        ioecon.path_changes(base, reporting.replace(currency="EUR"))
    with pytest.raises(TableError, match="price basis"):
        ioecon.path_changes(base, reporting.replace(price_basis="constant 2010"))
