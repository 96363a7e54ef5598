"""Value added and other primary inputs as accounts, and what must hold of them."""

import numpy as np
import pytest

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.errors import EmissionsError, TableError


@pytest.fixture(scope="module")
def series():
    return ioecon.datasets.load_world().series


def with_inputs(**changes) -> IOTable:
    given = {
        "Z": [[150, 500], [200, 100]], "Y": [[200, 150], [800, 900]], "year": 2005,
        "countries": ["AUS", "ROW"], "sectors": ["all"], "categories": ["final"],
        "primary_inputs": [[600.0, 1450.0], [50.0, -50.0]],
        "primary_labels": ["Value added", "Taxes"],
    }  # fmt: skip
    return IOTable(**(given | changes))


def test_value_added_anywhere_pays_for_final_demand(series):
    """Value added per output is what inputs leave, e = 1 - A'1, so e'L = 1'."""
    table = series[2005]
    account = ioecon.account_of_inputs(table, "value added")
    accounts = ioecon.carbon_accounts(table, account)
    assert (accounts.stressor, accounts.unit) == ("value added", "million USD")
    frame = accounts.by_country()
    np.testing.assert_allclose(frame["cba"], table.F.sum(axis=0), rtol=1e-9)
    assert frame["cba"].sum() == pytest.approx(table.primary_inputs[0].sum(), rel=1e-12)
    assert frame["cba"].sum() == pytest.approx(account.values.sum(), rel=1e-12)


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_changes_of_value_added_are_decomposed(series, accounting):
    years = [2003, 2004, 2005]
    few = IOSeries({year: series[year] for year in years})
    account = ioecon.account_of_inputs(few, "value added")
    effects = ioecon.decompose(few, account, accounting=accounting)
    world = account.totals().groupby(level="year").sum()
    total = effects.by_country().sum(axis=1).groupby(level="year").sum()
    np.testing.assert_allclose(total, world.diff().dropna(), rtol=1e-9)
    assert effects.unit == "million USD"


def test_rows_are_summed_and_may_be_negative():
    table = with_inputs()
    taxes = ioecon.account_of_inputs(table, "Taxes")
    assert taxes.values.to_list() == [50.0, -50.0]
    both = ioecon.account_of_inputs(table, ["Value added", "Taxes"])
    assert both.name == "Value added + Taxes"
    assert both.values["ROW", "all", 2005] == 1400.0
    jobs = ioecon.account_of_inputs(table, "Value added", name="Jobs", unit="1000 persons")
    assert (jobs.name, jobs.unit) == ("Jobs", "1000 persons")


@pytest.mark.parametrize(
    ("table", "inputs", "error", "message"),
    [
        (with_inputs(), "value added", EmissionsError, "did you mean 'Value added'"),
        (with_inputs(), "Compensation", EmissionsError, "it has Value added, Taxes"),
        (with_inputs(), [], EmissionsError, "Name one row"),
        (with_inputs(), ["Taxes", "Taxes"], EmissionsError, "each once"),
        (with_inputs(primary_inputs=None, primary_labels=()), "Taxes", TableError,
         "2005 has no primary inputs"),
        (with_inputs(primary_inputs=[[600.0, np.nan], [1.0, 1.0]]), "Value added", EmissionsError,
         "NaN. at ROW all 2005"),
        ({2005: with_inputs(), 2006: with_inputs(year=2006, unit="thousand")}, "Taxes", TableError,
         "in million USD, thousand USD: convert"),
    ],
)  # fmt: skip
def test_bad_input(table, inputs, error, message):
    with pytest.raises(error, match=message):
        ioecon.account_of_inputs(table, inputs)
