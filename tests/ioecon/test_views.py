"""Grouped, partial and domestic tables keep the accounting identities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioecon import IOTable, read_table, write_table
from ioecon.errors import LabelError, TableError

SIX = ("AUS", "BRA", "CHN", "DEU", "ESP", "FRA")


@pytest.fixture
def table(make_table) -> IOTable:
    made = make_table(31, countries=6, sectors=3)
    value_added = made.x - made.Z.sum(axis=0)
    return made.replace(primary_inputs=value_added[None], primary_labels=("value added",))


GROUPS = {"AUS": "Pacific", "CHN": "Pacific", "BRA": "Atlantic", "DEU": "Europe", "ESP": "Europe",
          "FRA": "Europe"}  # fmt: skip


def test_groups_sum_the_flows_block_by_block(table: IOTable) -> None:
    grouped = table.aggregate(regions=GROUPS, sectors={"s1": "goods", "s2": "goods", "s3": "rest"})
    assert grouped.countries == ("Pacific", "Atlantic", "Europe")
    assert grouped.sectors == ("goods", "rest")
    position = {label: i for i, label in enumerate(table.index)}
    rows = [position["DEU", "s1"], position["DEU", "s2"], position["ESP", "s1"],
            position["ESP", "s2"], position["FRA", "s1"], position["FRA", "s2"]]  # fmt: skip
    columns = [position["AUS", "s3"], position["CHN", "s3"]]
    europe_goods, pacific_rest = 4, 1
    wanted = table.Z[np.ix_(rows, columns)].sum()
    assert grouped.Z[europe_goods, pacific_rest] == pytest.approx(wanted)
    assert grouped.Z.sum() == pytest.approx(table.Z.sum())
    assert grouped.F.sum() == pytest.approx(table.F.sum())
    assert "column_balance" not in grouped.audit()


def test_groups_of_one_change_nothing_but_the_names(table: IOTable) -> None:
    same = table.aggregate(regions={code: code.lower() for code in SIX})
    np.testing.assert_array_equal(same.Z, table.Z)
    np.testing.assert_array_equal(same.Y, table.Y)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({**GROUPS, "USA": "Atlantic"}, "countries the table lacks: USA"),
        ({k: v for k, v in GROUPS.items() if k != "ESP"}, "no group for the countries ESP"),
    ],
)
def test_concordance_must_fit(table: IOTable, groups: dict, words: str) -> None:
    with pytest.raises(LabelError, match=words):
        table.aggregate(regions=groups)


@settings(max_examples=20, deadline=None)
@given(inside=st.sets(st.sampled_from(SIX), min_size=1, max_size=5))
def test_part_of_the_world_keeps_output_and_columns(make_table, inside: set[str]) -> None:
    table = make_table(32, countries=6, sectors=2)
    part = table.within(sorted(inside))
    for country in inside:
        ours, theirs = part.countries.index(country), table.countries.index(country)
        np.testing.assert_allclose(
            part.x[2 * ours : 2 * ours + 2], table.x[2 * theirs : 2 * theirs + 2]
        )
        np.testing.assert_allclose(
            (part.Z.sum(axis=0) + part.primary_inputs.sum(axis=0))[2 * ours : 2 * ours + 2],
            table.Z.sum(axis=0)[2 * theirs : 2 * theirs + 2],
        )


def test_exports_by_destination_sum_to_all_exports(table: IOTable) -> None:
    whole = table.within(["AUS", "CHN"])
    split = table.within(["AUS", "CHN"], destinations={"Europe": ["DEU", "FRA"], "Brazil": ["BRA"]})
    assert whole.export_labels == ("outside",)
    assert split.export_labels == ("Europe", "Brazil", "outside")
    np.testing.assert_allclose(split.exports.sum(axis=1), whole.exports[:, 0])
    to_brazil = table.Z[0, 3:6].sum() + table.Y[0, 2:4].sum()
    assert split.exports[0, 1] == pytest.approx(to_brazil)


@pytest.mark.parametrize(
    ("countries", "destinations", "words"),
    [
        ([], None, "names no country"),
        (["AUS", "XYZ"], None, "names XYZ, which the table lacks"),
        (["AUS", "AUS"], None, "names AUS more than once"),
        (["AUS"], {"there": ["AUS"]}, "AUS is in the analysed group"),
        (["AUS"], {"a": ["BRA"], "b": ["BRA"]}, "BRA belongs to two destinations"),
        (["AUS"], {"outside": ["BRA"]}, "'outside' leaves out"),
    ],
)
def test_group_and_destinations_must_fit(table, countries, destinations, words) -> None:
    with pytest.raises(LabelError, match=words):
        table.within(countries, destinations=destinations)


def test_competitive_imports_are_taken_out_in_proportion(make_table) -> None:
    table = make_table(33, countries=2, sectors=2)
    imports = 0.2 * table.row_sums()
    opened = table.replace(imports=imports, exports=np.ones(4))
    own = opened.domestic()
    np.testing.assert_allclose(own.x, opened.x)
    np.testing.assert_allclose(own.Z, 0.8 * table.Z)
    np.testing.assert_allclose(own.exports[:, 0], 1.0)
    np.testing.assert_allclose(own.primary_inputs[-1], 0.2 * table.Z.sum(axis=0))
    assert own.imports is None
    assert own.domestic() is own


def test_more_imports_than_use_are_refused(make_table) -> None:
    table = make_table(33, countries=2, sectors=2)
    imports = np.array([0.0, 0.0, 1e6, 0.0])
    with pytest.raises(TableError, match=r"Imports of BRA s1 in 2000 are 1e\+06"):
        table.replace(imports=imports).domestic()


def test_exports_and_imports_are_stored(make_table, tmp_path) -> None:
    table = make_table(34).replace(
        exports=np.arange(24.0).reshape(12, 2), export_labels=("near", "far"), imports=np.ones(12)
    )
    write_table(table, tmp_path / "table")
    again = read_table(tmp_path / "table", format="ioecon")
    assert again.export_labels == ("near", "far")
    for name in ("exports", "imports", "x"):
        np.testing.assert_array_equal(getattr(again, name), getattr(table, name))


def test_inputs_of_final_demand_follow_its_columns() -> None:
    table = IOTable(
        Z=[[1, 2], [3, 4]], Y=[[5, 1, 2, 2], [1, 6, 1, 1]], countries=["AAA", "BBB"],
        sectors=["a"], categories=["c", "i"], year=2000, imports=[2.6, 0],
        primary_inputs=[[6, 7]], primary_labels=["taxes"], final_inputs=[[10, 20, 30, 40]],
    )  # fmt: skip
    whole = table.aggregate(regions={"AAA": "W", "BBB": "W"})
    np.testing.assert_array_equal(whole.final_inputs, [[40, 60]])
    # The new row is what final demand buys from outside, as that of Z is for industries.
    part = table.within(["BBB"])
    np.testing.assert_array_equal(part.primary_inputs, [[7], [2]])
    np.testing.assert_array_equal(part.final_inputs, [[30, 40], [2, 2]])
    own = table.domestic()
    np.testing.assert_allclose(own.primary_inputs, [[6, 7], [0.2, 0.4]])
    np.testing.assert_allclose(own.final_inputs, [[10, 20, 30, 40], [1, 0.2, 0.4, 0.4]])
    np.testing.assert_allclose(own.Y + own.final_inputs[1] * [[1], [0]], table.Y)


def test_inputs_of_final_demand_have_the_labels_of_inputs() -> None:
    with pytest.raises(TableError, match="final_inputs has shape"):
        IOTable(
            Z=[[1]], Y=[[5]], countries=["AAA"], sectors=["a"], categories=["c"], year=2000,
            primary_labels=["taxes"], final_inputs=[[1, 2]],
        )  # fmt: skip
