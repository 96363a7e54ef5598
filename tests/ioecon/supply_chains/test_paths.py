"""Structural paths against every path written out, on three countries with two sectors."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon.errors import ArgumentError, LabelError, TableError, UnsoundTableError

from .by_hand import ORDER, every_path, value_added


def require_the_largest(paths, values, *, size=abs):
    """Listed paths are those of the written-out ones that are largest, with their values."""
    listed = dict(zip(paths.rows, paths.values, strict=True))
    for rows, value in listed.items():
        assert value == pytest.approx(values[rows], rel=1e-12)
    smallest = min(map(size, listed.values()))
    missed = [rows for rows, value in values.items() if size(value) > smallest * (1 + 1e-9)]
    assert set(missed) <= set(listed)
    assert list(map(size, listed.values())) == sorted(map(size, listed.values()), reverse=True)


@pytest.mark.parametrize("largest", [1, 7, 300])
def test_the_largest_paths_are_those_of_all_that_are_written_out(make_table, largest):
    table = make_table(3, sectors=2)
    values = every_path(table, value_added(table), table.F.sum(axis=1))
    paths = ioecon.structural_paths(table, largest=largest, max_order=ORDER)
    assert len(paths.rows) == largest
    require_the_largest(paths, values)


@pytest.mark.parametrize("cutoff", [0.03, 0.0005])
def test_no_path_above_the_cutoff_is_missed(make_table, cutoff):
    table = make_table(4, sectors=2)
    values = every_path(table, value_added(table), table.F.sum(axis=1))
    total = table.F.sum()
    paths = ioecon.structural_paths(table, cutoff=cutoff, max_order=ORDER)
    assert set(paths.rows) == {rows for rows, value in values.items() if value >= cutoff * total}


def test_a_part_of_final_demand_and_of_origins(make_table):
    table = make_table(5, sectors=2)
    demand = np.where(np.arange(6) % 2 == 1, table.Y[:, 4], 0.0)  # CHN, y1, s2
    intensity = np.where([False, False, True, True, False, False], value_added(table), 0.0)
    values = every_path(table, intensity, demand)
    paths = ioecon.structural_paths(
        table,
        destinations="CHN",
        categories=["y1"],
        products="s2",
        origins="BRA",
        largest=50,
        max_order=ORDER,
    )
    require_the_largest(paths, values)
    L = np.linalg.inv(np.eye(6) - table.Z / table.x)
    assert paths.footprint == pytest.approx(intensity @ L @ demand)
    assert "to products of s2 consumed in CHN (y1) in 2000" in str(paths)


def test_negative_final_demand_account_and_inputs_are_bounded_by_their_sizes(make_table):
    table = make_table(6, sectors=2)
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[1, 2], Y[0, 3], Y[3, 1] = -2.0, -25.0, -4.0
    table = table.replace(Z=Z, Y=Y)
    paths = ioecon.structural_paths(table, destinations=["BRA", "AUS"], largest=80, max_order=ORDER)
    values = every_path(table, value_added(table), table.F[:, :2].sum(axis=1))
    require_the_largest(paths, values)
    assert min(paths.values) < 0 < max(paths.values)


def test_tiers_sum_to_the_footprint_and_say_what_is_listed(make_table):
    table = make_table(7, sectors=2)
    paths = ioecon.structural_paths(table, destinations="AUS", largest=40)
    A, y, v = table.Z / table.x, table.F[:, 0], value_added(table)
    tiers = paths.by_tier()
    for tier in range(11):
        expected = v @ np.linalg.matrix_power(A, tier) @ y
        assert tiers.loc[str(tier), "footprint"] == pytest.approx(expected)
    assert tiers["footprint"].sum() == pytest.approx(y.sum())  # value added is all that is paid for
    assert tiers["listed"].sum() == pytest.approx(paths.values.sum())
    assert (tiers["listed"] <= tiers["footprint"] * (1 + 1e-9)).all()
    assert paths.covered == pytest.approx(paths.values.sum() / y.sum())


def test_a_maximal_order_beyond_all_paths_costs_nothing(make_table):
    paths = ioecon.structural_paths(make_table(7, sectors=2), largest=5, max_order=10**12)
    assert len(paths.tiers) == 11


def test_forgetting_coefficients_changes_nothing(make_table, monkeypatch):
    table = make_table(12)
    before = ioecon.structural_paths(table, largest=400, progress=True)
    monkeypatch.setattr("ioecon.supply_chains.search._KEPT_COEFFICIENTS", 0)
    after = ioecon.structural_paths(table, largest=400)
    assert after.rows == before.rows
    assert_allclose(after.values, before.values, rtol=0)


def test_relabelling_and_another_currency_change_no_path(make_table):
    table = make_table(13)
    countries = ("CHN", "AUS", "BRA")
    rows = [table.index.get_loc((name, sector)) for name in countries for sector in table.sectors]
    uses = [2 * table.countries.index(name) + k for name in countries for k in range(2)]
    Z, Y = 7 * table.Z[np.ix_(rows, rows)], 7 * table.Y[np.ix_(rows, uses)]
    other = table.replace(Z=Z, Y=Y, countries=countries)
    first = ioecon.structural_paths(table, largest=50).to_frame()
    second = ioecon.structural_paths(other, largest=50).to_frame()
    assert list(first["path"]) == list(second["path"])
    assert_allclose(7 * first["value"], second["value"])


def test_what_is_found_is_read_only_also_from_a_pickle(make_table):
    paths = pickle.loads(pickle.dumps(ioecon.structural_paths(make_table(7), largest=3)))
    for values in (paths.values, paths.tiers):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0


def test_what_is_found_can_be_written(make_table, tmp_path):
    paths = ioecon.structural_paths(make_table(7, sectors=2), largest=5)
    ioecon.write_result(paths, tmp_path / "paths.csv")
    ioecon.write_result(paths.by_tier(), tmp_path / "tiers.xlsx")
    written = pd.read_csv(tmp_path / "paths.csv", index_col="rank")
    assert_allclose(written["value"], paths.values)


def test_labels_of_a_path(make_table):
    table = make_table(8, sectors=2)
    frame = ioecon.structural_paths(table, largest=200).to_frame()
    one = frame[frame["order"] == 1].iloc[0]
    names = [
        f"{one.origin_country} {one.origin_sector}",
        f"{one.product_country} {one.product_sector}",
    ]
    assert one.path == " → ".join(names)
    assert frame["cumulative_share"].iloc[-1] == pytest.approx(frame["share"].sum())
    assert frame.attrs["variables"]["value"]["unit"] == "million USD"


def test_emissions_of_a_world(make_world):
    series, emissions = make_world(2)
    table = series[2001]
    paths = ioecon.structural_paths(table, emissions, largest=10)
    world = emissions.xs(2001, level="year").sum()
    assert paths.footprint == pytest.approx(world)
    assert (paths.unit, paths.stressor) == ("kt", "CO2")
    assert "10 paths carry" in str(paths)


def test_single_precision_gives_the_paths_of_double(make_table):
    table = make_table(9)
    single = table.replace(Z=table.Z.astype("float32"), Y=table.Y.astype("float32"))
    double = table.replace(Z=single.Z.astype(float), Y=single.Y.astype(float))
    first, second = (ioecon.structural_paths(t, largest=50) for t in (single, double))
    assert first.rows == second.rows
    assert_allclose(first.values, second.values, rtol=1e-12)


def test_a_chain_that_ends_has_no_more_paths(make_table):
    table = make_table(10, sectors=2)
    Z = np.zeros((6, 6))
    Z[0, 1] = 30.0
    paths = ioecon.structural_paths(table.replace(Z=Z), largest=1000)
    assert sorted(len(rows) for rows in paths.rows) == [1] * 6 + [2]
    assert paths.covered == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"largest": 0}, ArgumentError, "largest is a whole number of 1 or more, not 0"),
        ({"max_order": -1}, ArgumentError, "max_order is a whole number"),
        ({"cutoff": 0.0}, ArgumentError, "cutoff is a share of all paths"),
        ({"cutoff": 1e-9, "most_branches": 50}, ArgumentError, "More than 50 branches"),
        ({"destinations": "AUT"}, LabelError, "no 'AUT' among its countries; did you mean 'AUS'"),
        ({"products": []}, LabelError, "An empty list of sectors chooses nothing"),
    ],
)
def test_refused(make_table, options, error, message):
    with pytest.raises(error, match=message):
        ioecon.structural_paths(make_table(1), **options)


def test_paths_whose_sizes_have_no_sum_are_refused():
    """Of A = [[0.5, −0.3], [0.9, 0.5]] the series converges, of its absolute values it does not."""
    table = ioecon.IOTable(
        Z=[[500, -300], [900, 500]],
        Y=[[800], [-400]],
        countries=["AUS"],
        sectors=["s1", "s2"],
        categories=["final"],
        year=2000,
    )
    with (
        pytest.warns(ioecon.errors.RoundingWarning, match="sum to one or more"),
        pytest.raises(UnsoundTableError, match="does not converge"),
    ):
        ioecon.structural_paths(table, tolerance=np.inf)


def test_places_outside_the_table_are_refused(make_table):
    with pytest.raises(TableError, match="places outside"):
        ioecon.structural_paths(make_table(1).within(["AUS", "BRA"]))
