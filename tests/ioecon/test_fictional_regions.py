"""The embedded regions: balanced tables, and transfers that are known by construction."""

import re
from dataclasses import replace

import numpy as np
import pytest

import ioecon
from ioecon.datasets import load_regions
from ioecon.errors import ArgumentError
from ioecon.readers import read_series
from ioecon.writers import write_regional

DRIVERS = ("final_demand", "exports", "all")


@pytest.fixture(scope="module")
def country():
    return load_regions()


@pytest.fixture(scope="module")
def moved(country):
    return {
        driver: ioecon.transfers(country.tables[2002], country.tables[2007], driven_by=driver)
        for driver in DRIVERS
    }


def test_size_and_orders_of_magnitude(country):
    tables = country.tables
    assert tables.years == (2002, 2007)
    assert (len(country.names), len(tables.sectors), len(tables.categories)) == (8, 17, 3)
    assert (tables.unit, tables.currency) == ("100 million", "florins")
    assert 2.5e5 < tables[2002].x.sum() < 4e5
    assert 5e5 < tables[2007].x.sum() < 9e5
    by_year = country.emissions.groupby(level="year").sum()
    assert 2e6 < by_year[2002] < by_year[2007] < 8e6
    assert "8 regions (4 on the coast)" in str(country)


@pytest.mark.parametrize("year", [2002, 2007])
def test_tables_are_balanced_and_believable(country, year):
    table = country.tables[year]
    assert table.audit().findings == ()
    columns = table.Z.sum(axis=0) + table.primary_inputs.sum(axis=0)
    np.testing.assert_allclose(columns, table.x, rtol=1e-12)
    assert table.imports is None
    for name in ("Z", "Y", "exports", "primary_inputs"):
        assert (getattr(table, name) >= 0).all()
    added = table.primary_inputs[table.primary_labels.index("value added")] / table.x
    assert added.min() > 0.15
    assert added.max() < 0.75
    income = table.primary_inputs[1].sum()
    spent = table.F.sum() + table.exports.sum() - table.primary_inputs[0].sum()
    assert income == pytest.approx(spent, rel=1e-12)


def test_it_is_the_same_every_time(country):
    again = load_regions()
    for year in (2002, 2007):
        assert again.tables[year].Z.tobytes() == country.tables[year].Z.tobytes()
    assert again.coefficients.equals(country.coefficients)
    # Pinned, so that a change of the process does not go unnoticed.
    assert country.tables[2007].x.sum() == pytest.approx(669242.481, rel=1e-8)
    assert country.coefficients.sum() == pytest.approx(1587.05566, rel=1e-7)


@pytest.mark.parametrize("driver", DRIVERS)
def test_transfers_find_what_was_planted(country, moved, driver):
    truth = country.truth.change(driver)
    assert np.abs(truth).max() > 1
    np.testing.assert_allclose(moved[driver].change, truth, atol=1e-10 * np.abs(truth).max())


def test_a_category_of_final_demand_moves_alike(country):
    one = ioecon.transfers(country.tables[2002], country.tables[2007], driven_by="investment")
    factor = country.truth.market.to_numpy()[:, :, None]
    factor = factor * country.truth.growth["final_demand"].to_numpy()
    np.testing.assert_allclose(one.last, factor * one.first, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("driver", DRIVERS)
def test_leakage_finds_what_was_planted(country, moved, driver):
    leaked = ioecon.leakage(moved[driver], country.coefficients)
    truth = country.truth.leakage(driver)
    np.testing.assert_allclose(leaked.matrix(), truth, atol=1e-9 * np.abs(truth.to_numpy()).max())
    assert leaked.total > 0
    pair = leaked.pairs().iloc[0]
    assert (pair["from"], pair["to"]) == ("Harbour Coast", "Midland Plains")


def test_the_moves_are_what_makes_leakage(country):
    truth = country.truth
    still = replace(truth, market=truth.market * 0 + 1)
    for driver in DRIVERS:
        assert truth.leakage(driver).to_numpy().sum() > still.leakage(driver).to_numpy().sum()
    assert still.leakage("final_demand").to_numpy().sum() < 0


def test_moves_cancel_within_each_sector(country):
    base = country.tables[2002].x.reshape(8, 17)
    gained = (country.truth.market.to_numpy() - 1) * base
    np.testing.assert_allclose(gained.sum(axis=0), 0, atol=1e-9 * base.max())
    for move in country.truth.moves.itertuples(index=False):
        sector, origin, target, share, amount = move
        row = country.names.index(origin), country.tables.sectors.index(sector)
        assert amount == pytest.approx(share * base[row])
        assert (
            country.truth.market.loc[origin, sector] < 1 < country.truth.market.loc[target, sector]
        )
    assert (country.truth.market["Agriculture"] == 1).all()


def test_industry_goes_inland_where_it_emits_more(country):
    coast, moves = country.coast, country.truth.moves
    inland = moves["sector"] != "Electronics"
    assert coast[moves.loc[inland, "from"]].all()
    assert not coast[moves.loc[inland, "to"]].any()
    assert coast[moves.loc[~inland, "to"]].all()
    k = country.coefficients
    for move in moves[inland].itertuples(index=False):
        assert k[move.to, move.sector] > k[move[1], move.sector]
    exports = country.tables[2007].exports.reshape(8, 17).sum(axis=1)
    assert exports[coast.to_numpy()].sum() > 0.85 * exports.sum()


def test_coefficients_and_emissions_agree(country):
    assert country.coefficients.attrs == {"unit": "kt per 100 million florins"}
    assert country.coefficients.equals(country.yearly_coefficients.xs(2007, level="year"))
    before, after = (country.yearly_coefficients.xs(y, level="year") for y in (2002, 2007))
    assert (before > 0.9 * after).all()
    assert before.mean() > after.mean()
    for year, k in ((2002, before), (2007, after)):
        found = ioecon.emission_coefficients(country.tables[year], country.emissions)
        np.testing.assert_allclose(found, k, rtol=1e-12)


def test_each_years_coefficients_are_taken(country, moved):
    carbon = ioecon.carbon_transfer(moved["all"], country.yearly_coefficients)
    totals = country.emissions.groupby(level=["country", "year"], sort=False).sum()
    for year in (2002, 2007):
        np.testing.assert_allclose(
            carbon.by_region()[f"total_{year}"], totals.xs(year, level="year"), rtol=1e-10
        )


def test_it_survives_the_regional_layout(country, tmp_path):
    file = write_regional(country.tables, tmp_path / "country.xlsx")
    back = read_series(file, format="regional")
    for year in back:
        assert back[year].Z.tobytes() == country.tables[year].Z.tobytes()
        assert back[year].exports.tobytes() == country.tables[year].exports.tobytes()


def test_the_truth_is_told_in_words(country):
    text = country.truth.summary()
    assert re.search(r"15% of Metals \(\d+\) from Harbour Coast to Ironvale", text)
    with pytest.raises(ArgumentError, match="Nothing is known of 'investment'"):
        country.truth.change("investment")
