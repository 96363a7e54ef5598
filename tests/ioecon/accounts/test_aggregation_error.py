"""Aggregating first against summing afterwards."""

import numpy as np
import pandas as pd
import pytest

from ioecon import (
    Account,
    aggregation_error,
    carbon_accounts,
    carbon_transfer,
    emission_coefficients,
    transfers,
)
from ioecon.errors import EmissionsError

REGIONS = {"AUS": "south", "BRA": "south", "CHN": "east", "DEU": "west"}
SECTORS = {"s1": "goods", "s2": "goods", "s3": "services"}


@pytest.fixture
def tables(make_table):
    return [make_table(41, year=year, countries=4, sectors=3) for year in (2002, 2007)]


@pytest.fixture
def account(make_account, tables):
    return Account(pd.concat([make_account(table).values for table in tables]))


def grouped(account):
    """The account with its countries and sectors summed by hand."""
    frame = account.values.rename("co2").reset_index()
    frame["country"] = frame["country"].map(REGIONS)
    frame["sector"] = frame["sector"].map(SECTORS)
    return Account(frame.groupby(["country", "sector", "year"])["co2"].sum())


def summed(matrix):
    rows = matrix.groupby(REGIONS).sum()
    return (
        rows.T.groupby(REGIONS)
        .sum()
        .T.reindex(index=["south", "east", "west"])[["south", "east", "west"]]
    )


def test_emissions_of_one_table_both_ways(tables, account):
    table = tables[1]
    compared = aggregation_error(table, regions=REGIONS, sectors=SECTORS, emissions=account)
    assert compared.quantities == ("emissions",)
    small = carbon_accounts(table.aggregate(regions=REGIONS, sectors=SECTORS), grouped(account))
    np.testing.assert_allclose(
        compared.matrix("emissions", "aggregated_first"), small.bilateral(), rtol=1e-11
    )
    np.testing.assert_allclose(
        compared.matrix("emissions", "summed_afterwards"),
        summed(carbon_accounts(table, account).bilateral()),
        rtol=1e-11,
    )
    frame = compared.by_region()
    np.testing.assert_allclose(
        frame["cba", "aggregated_first"], small.by_country()["cba"], rtol=1e-11
    )
    assert (frame["cba", "difference"].abs() > 1e-6).all()
    assert abs(frame["cba", "difference"].sum()) < 1e-8
    np.testing.assert_allclose(
        frame["cba", "percent"],
        100 * frame["cba", "difference"] / frame["cba", "summed_afterwards"],
    )


def test_transfers_and_carbon_transfers_both_ways(tables, account):
    compared = aggregation_error(*tables, regions=REGIONS, sectors=SECTORS, emissions=account)
    assert compared.quantities == ("transfer", "carbon_transfer")
    detailed = transfers(*tables)
    small = [table.aggregate(regions=REGIONS, sectors=SECTORS) for table in tables]
    coarse = transfers(*small)
    k = emission_coefficients(tables[1], account)
    k_small = emission_coefficients(small[1], grouped(account))
    wanted = {
        ("transfer", "aggregated_first"): coarse.matrix(),
        ("transfer", "summed_afterwards"): summed(detailed.matrix()),
        ("carbon_transfer", "aggregated_first"): carbon_transfer(coarse, k_small).matrix(),
        ("carbon_transfer", "summed_afterwards"): summed(carbon_transfer(detailed, k).matrix()),
    }
    for (quantity, version), matrix in wanted.items():
        np.testing.assert_allclose(compared.matrix(quantity, version), matrix, rtol=1e-9, atol=1e-9)
    frame = compared.by_region()
    np.testing.assert_allclose(
        frame["net_transfer", "aggregated_first"], coarse.net(), rtol=1e-9, atol=1e-9
    )
    for name in ("net_transfer", "net_carbon_transfer"):
        assert abs(frame[name, "summed_afterwards"].sum()) < 1e-8


def test_coefficients_serve_in_place_of_emissions(tables, account):
    k = emission_coefficients(tables[1], account)
    by_emissions = aggregation_error(*tables, regions=REGIONS, emissions=account)
    by_coefficients = aggregation_error(*tables, regions=REGIONS, coefficients=k)
    pd.testing.assert_frame_equal(by_emissions.to_frame(), by_coefficients.to_frame())
    k.attrs["unit"] = k.attrs["unit"].replace("kt", "Mt")
    compared = aggregation_error(*tables, regions=REGIONS, coefficients=k)
    assert compared.units["carbon_transfer"] == "Mt"
    k.attrs["unit"] = "Mt per billion USD"
    with pytest.raises(EmissionsError, match="in Mt per billion USD, the flows in"):
        aggregation_error(*tables, regions=REGIONS, coefficients=k)


def test_groups_of_one_change_nothing(tables, account):
    alone = {country: country for country in tables[0].countries}
    compared = aggregation_error(*tables, regions=alone, emissions=account)
    for quantity in compared.quantities:
        np.testing.assert_allclose(compared.matrix(quantity), 0, atol=1e-9)


def test_countries_alike_in_inputs_and_customers_can_be_joined_without_error(tables):
    """Two copies of a country, each half of it: joining them is exact."""
    table = tables[0]
    split = np.zeros((4, 3))
    split[[0, 1], 0], split[2, 1], split[3, 2] = 0.5, 1, 1
    small = table.aggregate(regions=REGIONS)
    rows = np.kron(split, np.eye(3))
    columns = np.kron(split, np.eye(2))
    twins = table.replace(Z=rows @ small.Z @ rows.T, Y=rows @ small.Y @ columns.T)
    k = pd.Series(np.r_[[1, 2, 3], [1, 2, 3], [4, 5, 6], [7, 8, 9]] * 1.0, index=table.index)
    compared = aggregation_error(twins, regions=REGIONS, coefficients=k)
    np.testing.assert_allclose(compared.matrix("emissions"), 0, atol=1e-9)


def test_national_totals_are_laid_on_the_detailed_table_first(make_world):
    series, totals = make_world(seed=3, years=(2000, 2001), countries=4)
    table = series[2001]
    regions = {country: REGIONS[country] for country in table.countries}
    compared = aggregation_error(table, regions=regions, emissions=totals)
    of_2001 = totals.xs(2001, level="year")
    world = compared.matrix("emissions", "aggregated_first").to_numpy().sum()
    assert world == pytest.approx(of_2001.sum())
    south = compared.matrix("emissions", "aggregated_first").loc["south"].sum()
    assert south == pytest.approx(of_2001[["AUS", "BRA"]].sum())


def test_exports_outside_are_a_destination_of_their_own(make_table, make_account):
    table = make_table(43, countries=5, sectors=3).within(list(REGIONS))
    compared = aggregation_error(table, regions=REGIONS, emissions=make_account(table))
    assert compared.destinations == ("south", "east", "west", "outside")
    assert compared.matrix("emissions").shape == (3, 4)
    assert set(compared.to_frame()["driver"]) == set(compared.destinations)


def test_text_and_tidy_frame(tables, account):
    compared = aggregation_error(*tables, regions=REGIONS, emissions=account)
    tidy = compared.to_frame()
    assert len(tidy) == 2 * 3 * 3
    assert np.allclose(tidy["aggregated_first"] - tidy["summed_afterwards"], tidy["difference"])
    assert "net_carbon_transfer (kt)" in compared.summary()
    assert "net_transfer (million USD)" in compared.summary()
    assert compared._repr_html_().count("<table") == len(
        compared.by_region().columns.unique("result")
    )
    with pytest.raises(KeyError, match="transfer"):
        compared.matrix("output")
    with pytest.raises(KeyError, match="version"):
        compared.matrix("transfer", "first")
