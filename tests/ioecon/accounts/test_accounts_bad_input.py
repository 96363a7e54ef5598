"""Each refusal of the accounts is one sentence that names what is wrong."""

import numpy as np
import pandas as pd
import pytest

from ioecon import Account, IOTable, aggregation_error, carbon_accounts
from ioecon.errors import (
    ArgumentError,
    EmissionsError,
    IdentityError,
    LabelError,
    RoundingWarning,
    TableError,
    UnsoundTableError,
)


@pytest.fixture
def table(make_table):
    return make_table(31)


@pytest.fixture
def account(make_account, table):
    return make_account(table, households=True)


def test_year_without_emissions(table, account):
    with pytest.raises(EmissionsError, match=r"AUS \(2005\)"):
        carbon_accounts(table.replace(year=2005), account)


def test_country_without_emissions(table, account):
    values = account.values[account.values.index.get_level_values("country") != "BRA"]
    with pytest.raises(EmissionsError, match=r"BRA \(2000\)"):
        carbon_accounts(table, Account(values))


def test_sector_without_emissions(table, account):
    with pytest.raises(EmissionsError, match="BRA s2"):
        carbon_accounts(table, Account(account.values.drop(("BRA", "s2", 2000))))


def test_households_of_one_country_missing(table, account):
    households = account.households.drop(("CHN", 2000))
    with pytest.raises(EmissionsError, match="households in 2000 are missing for CHN"):
        carbon_accounts(table, Account(account.values, households=households))


def test_negative_emissions(table, account):
    values = account.values.copy()
    values.iloc[3] = -1.0
    with pytest.raises(EmissionsError, match="negative"):
        carbon_accounts(table, Account(values))


def test_emissions_where_nothing_is_produced(table, account):
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[5], Z[:, 5], Y[5] = 0, 0, 0
    idle = table.replace(Z=Z, Y=Y)
    with pytest.raises(EmissionsError, match="BRA s2"):
        carbon_accounts(idle, account)
    with pytest.warns(UserWarning, match="left out"):
        accounts = carbon_accounts(idle, account, without_output="leave_out")
    assert accounts.emissions[5] == 0


def test_competitive_imports(table, account):
    with pytest.raises(TableError, match=r"table\.domestic\(\)"):
        carbon_accounts(table.replace(imports=np.ones(table.n)), account)


def test_number_that_is_not_finite(table, account):
    Z = table.Z.copy()
    Z[0, 1] = np.nan
    with pytest.raises(UnsoundTableError, match="not finite"):
        carbon_accounts(table.replace(Z=Z), account)


def test_printed_output_that_is_not_the_row_sums(table, account):
    printed = table.replace(printed_output=table.x * 1.01, output="printed")
    with (
        pytest.warns(RoundingWarning, match="miss Z"),
        pytest.raises(IdentityError, match=r"pba = domestic.*output='row_sums'"),
    ):
        carbon_accounts(printed, account, tolerance=np.inf)


@pytest.mark.parametrize("wrong", ["gdp", None])
def test_unknown_option(table, account, wrong):
    with pytest.raises(ArgumentError, match="world_average"):
        carbon_accounts(table, account, world_average=wrong)
    with pytest.raises(ArgumentError, match="approach"):
        carbon_accounts(table, account).bilateral(wrong)


def test_unknown_sector(table, account):
    with pytest.raises(KeyError, match="steel"):
        carbon_accounts(table, account).bilateral("mrio", "steel")


def test_aggregation_without_a_concordance(table, account):
    with pytest.raises(ArgumentError, match="concordance"):
        aggregation_error(table, emissions=account)


def test_aggregation_with_a_region_left_out(table, account):
    with pytest.raises(LabelError, match="CHN"):
        aggregation_error(table, regions={"AUS": "a", "BRA": "a"}, emissions=account)


def test_aggregation_with_emissions_and_coefficients(table, account):
    regions = dict.fromkeys(table.countries, "all")
    k = pd.Series(1.0, index=table.index)
    with pytest.raises(EmissionsError, match="not both"):
        aggregation_error(table, regions=regions, emissions=account, coefficients=k)
    with pytest.raises(EmissionsError, match="need emissions"):
        aggregation_error(table, regions=regions)
    k[("BRA", "s1")] = -1.0
    with pytest.raises(EmissionsError, match="negative: BRA s1"):
        aggregation_error(table, regions=regions, coefficients=k)


def test_aggregation_of_tables_that_do_not_compare(table, make_table):
    regions = dict.fromkeys(table.countries, "all")
    later = make_table(31, year=2005)
    with pytest.raises(TableError, match="price basis"):
        aggregation_error(table, later.replace(price_basis="previous-year"), regions=regions)
    with pytest.raises(LabelError, match="USA"):
        aggregation_error(table, later.replace(countries=["AUS", "BRA", "USA"]), regions=regions)
    with pytest.raises(TableError, match="exports"):
        aggregation_error(table, later, regions=regions, driven_by="exports")


def test_country_that_uses_up_its_own_output():
    table = IOTable(
        Z=[[100, 10], [-50, 20]],
        Y=[[-5, -5], [65, 65]],
        countries=["AUS", "BRA"],
        sectors=["all"],
        categories=["final"],
        year=2000,
    )
    index = pd.MultiIndex.from_product([["AUS", "BRA"], [2000]], names=["country", "year"])
    with pytest.raises(UnsoundTableError, match="domestic part of some country"):
        carbon_accounts(table, pd.Series([1.0, 2.0], index=index))
