"""Hypothetical extraction against tables inverted anew."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon.errors import ArgumentError, LabelError, TableError


def output_without(table, taken_out, demand):
    """Output by an explicit inverse of what is left of A."""
    A = np.where(taken_out, 0.0, table.Z / table.x)
    return np.linalg.inv(np.eye(table.n) - A) @ demand


def rows_of(table, countries=None, sectors=None):
    return np.array(
        [
            (countries is None or country in countries) and (sectors is None or sector in sectors)
            for country, sector in table.index
        ]
    )


WHOSE = [
    {"countries": ["BRA"], "sectors": ["s2"]},
    {"countries": ["AUS", "CHN"], "sectors": ["s2", "s4"]},  # a third of all: factorised anew
    {"countries": ["BRA"]},
    {"sectors": ["s1"]},
]


@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("final_demand", [None, False])
def test_all_links(make_table, whose, final_demand):
    table = make_table(1)
    R = rows_of(table, **whose)
    demand = table.F.sum(axis=1)
    if final_demand is None:
        demand = np.where(R, 0.0, demand)
    expected = output_without(table, R[:, None] | R[None, :], demand)
    result = ioecon.extraction(table, final_demand=final_demand, **whose)
    assert_allclose(result.after, expected, rtol=1e-10, atol=1e-9)
    assert_allclose(result.before, table.x, rtol=1e-12)


@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("links", ["backward", "forward"])
def test_links_of_one_direction(make_table, whose, links):
    table = make_table(2)
    R = rows_of(table, **whose)
    inside, across = (~R, R) if links == "backward" else (R, ~R)
    expected = output_without(table, np.outer(inside, across), table.F.sum(axis=1))
    result = ioecon.extraction(table, links=links, **whose)
    assert_allclose(result.after, expected, rtol=1e-10)


@pytest.mark.parametrize("final_demand", [None, False])
def test_trade_links(make_table, final_demand):
    table = make_table(3)
    R, C = rows_of(table, ["BRA"]), rows_of(table, ["CHN"])
    demand = table.F.sum(axis=1)
    if final_demand is None:
        demand = demand - np.where(R, table.F[:, 2], 0.0)
    expected = output_without(table, np.outer(R, C), demand)
    result = ioecon.extraction(table, countries="BRA", buyers="CHN", final_demand=final_demand)
    assert_allclose(result.after, expected, rtol=1e-10)


def test_trade_links_of_sectors_that_buy_leave_final_demand(make_table):
    table = make_table(4)
    R, C = rows_of(table, ["BRA"], ["s1", "s2", "s3"]), rows_of(table, ["CHN"], ["s2"])
    expected = output_without(table, np.outer(R, C), table.F.sum(axis=1))
    result = ioecon.extraction(
        table,
        countries="BRA",
        sectors=["s1", "s2", "s3"],
        buyers="CHN",
        buying_sectors="s2",
    )
    assert_allclose(result.after, expected, rtol=1e-10)


def test_one_sector_takes_its_row_of_the_inverse_with_it(make_table):
    """Output lost of all is x_j / L_jj times the column of L, j's own output included."""
    table = make_table(5)
    L = np.linalg.inv(np.eye(table.n) - table.Z / table.x)
    result = ioecon.extraction(table, countries="BRA", sectors="s3")
    j = table.index.get_loc(("BRA", "s3"))
    lost = result.to_frame()["output_lost"]
    assert_allclose(lost, L[:, j] * table.x[j] / L[j, j], rtol=1e-10)


@pytest.mark.parametrize("links", ["backward", "forward"])
def test_all_countries_have_no_others_to_trade_with(make_table, links):
    table = make_table(8)
    result = ioecon.extraction(table, countries=table.countries, links=links)
    assert_allclose(result.before - result.after, 0, atol=1e-9)


def test_nothing_is_left_without_all(make_table):
    table = make_table(8)
    assert_allclose(ioecon.extraction(table, countries=table.countries).after, 0)


def test_extractions_can_be_written(make_table, tmp_path):
    result = ioecon.extraction(make_table(8), countries="BRA")
    for ending in ("csv", "dta"):
        assert ioecon.write_result(result, tmp_path / f"lost.{ending}").is_file()


def test_what_is_lost_in_value_added_and_emissions(make_world):
    series, emissions = make_world(6)
    table = series[2001]
    result = ioecon.extraction(table, emissions, countries="BRA")
    frame = result.to_frame()
    lost = result.before - result.after
    intensity = ioecon.emissions.emissions_by_sector(emissions, table) / table.x
    added = 1 - table.Z.sum(axis=0) / table.x
    assert_allclose(frame["account_lost"], intensity * lost)
    assert_allclose(frame["value_added_lost"], added * lost)
    assert_allclose(frame.loc["BRA", "share_lost"], 1.0)
    by_country, world = result.by_country(), result.world()
    assert by_country["output_lost"].sum() == pytest.approx(lost.sum())
    assert by_country.loc["BRA", "account_lost"] == pytest.approx(emissions["BRA", 2001])
    assert world["share_lost"] == pytest.approx(lost.sum() / table.x.sum())
    # Value added pays for final demand: what is not consumed is not earned, but for what is now
    # bought outside.
    bought_outside = (table.Z / table.x)[4:8] @ result.after
    missing = table.F[4:8].sum() + bought_outside.sum()
    assert world["value_added_lost"] == pytest.approx(missing)
    assert (result.unit, frame.attrs["variables"]["account_lost"]["unit"]) == ("kt", "kt")
    assert "Lost without BRA in 2001" in str(result)


def test_single_precision(make_table):
    table = make_table(7)
    single = table.replace(Z=table.Z.astype("float32"), Y=table.Y.astype("float32"))
    double = table.replace(Z=single.Z.astype(float), Y=single.Y.astype(float))
    first, second = (
        ioecon.extraction(one, countries="BRA", links="forward").after for one in (single, double)
    )
    assert_allclose(first, second, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ArgumentError, "Nothing is extracted"),
        ({"sectors": "s1", "links": "sideways"}, ArgumentError, "not 'sideways'"),
        ({"sectors": "s1", "links": "forward", "buyers": "BRA"}, ArgumentError, "give one"),
        ({"sectors": "s1", "links": "backward", "final_demand": True}, ArgumentError, "buys is no"),
        ({"sectors": "s9"}, LabelError, "no 's9' among its sectors"),
    ],
)
def test_refused(make_table, options, error, message):
    with pytest.raises(error, match=message):
        ioecon.extraction(make_table(1), **options)


def test_places_outside_the_table_are_refused(make_table):
    with pytest.raises(TableError, match="places outside"):
        ioecon.extraction(make_table(1).within(["AUS", "BRA"]), sectors="s1")
