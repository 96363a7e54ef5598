"""The whole chain on stressors that are not CO2: name and unit everywhere, nothing called CO2."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import Account
from ioecon.emissions import emissions_by_sector, require_coverage
from ioecon.errors import EmissionsError

LEVELS = ["country", "sector", "year"]


def account(series, *, name="Energy use", unit="TJ", scale=1.0, signed=False) -> Account:
    index = pd.MultiIndex.from_product([series.countries, series.sectors, series.years])
    values = np.random.default_rng(7).uniform(1, 9, len(index)) * scale
    return Account(
        pd.Series(values, index=index.set_names(LEVELS)), unit=unit, name=name, signed=signed
    )


@pytest.fixture(scope="module")
def world(make_world):
    return make_world(5)[0]


@pytest.fixture(scope="module")
def coefficients(world):
    return ioecon.emission_coefficients(world[2001], account(world))


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_effects_have_the_name_and_unit_of_the_account(world, accounting):
    effects = ioecon.decompose(world, account(world), accounting=accounting)
    assert (effects.stressor, effects.unit) == ("Energy use", "TJ")
    text = effects.summary()
    assert "Energy use, 3 countries" in text
    assert "in TJ" in text
    assert "change in Energy use" in text
    assert "emission" not in text
    assert "kt" not in text
    total = effects.by_country().sum(axis=1)
    np.testing.assert_allclose(total, effects.change(), rtol=1e-8)
    meaning = effects.to_frame().attrs["variables"]["country"]["meaning"]
    assert meaning == "Country whose Energy use changed"


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_a_unit_a_thousand_times_smaller_makes_effects_a_thousand_times_larger(world, accounting):
    effects = ioecon.decompose(world, account(world), accounting=accounting)
    small = ioecon.decompose(world, account(world).to_unit("GJ"), accounting=accounting)
    assert small.unit == "GJ"
    np.testing.assert_allclose(small.values, 1000 * effects.values, rtol=1e-9, atol=1e-6)


def test_numbers_do_not_depend_on_what_they_are_called(world):
    energy = ioecon.decompose(world, account(world))
    carbon = ioecon.decompose(world, Account(account(world, name="CO2", unit="kt").values))
    assert (carbon.stressor, carbon.unit) == ("CO2", "kt")
    np.testing.assert_array_equal(energy.values, carbon.values)


def test_national_totals_say_what_they_are_in_attrs(world):
    totals = account(world).totals()
    assert totals.attrs["stressor"] == "Energy use"
    assert totals.attrs["unit"] == "TJ"
    assert totals.name == "energy_use_tj"
    effects = ioecon.decompose(world, totals)
    assert (effects.stressor, effects.unit) == ("Energy use", "TJ")
    del totals.attrs["unit"]
    with pytest.raises(EmissionsError, match="Energy use and not in which unit"):
        ioecon.decompose(world, totals)


@pytest.mark.parametrize("unit", ["TJ", "1000 persons", "kt CO2e", "million USD"])
def test_a_unit_that_is_not_of_co2_needs_a_stressor(world, unit):
    totals = account(world).totals()
    totals.attrs = {"unit": unit}
    with pytest.raises(EmissionsError, match="unit"):
        ioecon.decompose(world, totals)
    totals.attrs["stressor"] = "Something"
    assert ioecon.decompose(world, totals).unit == unit


def test_transfers_leakage_and_their_difference_carry_the_stressor(world, coefficients):
    assert coefficients.attrs["unit"] == "TJ per million USD"
    assert coefficients.attrs["stressor"] == "Energy use"
    moved = ioecon.transfers(world[2000], world[2001])
    assert (moved.stressor, moved.unit) == ("output", "million USD")
    results = [
        (ioecon.carbon_transfer(moved, coefficients), "Transfer of Energy use"),
        (ioecon.leakage(moved, coefficients), "Weak leakage of Energy use"),
        (ioecon.leakage_as_difference(moved, coefficients), "Weak leakage of Energy use"),
    ]
    for result, words in results:
        assert (result.stressor, result.unit) == ("Energy use", "TJ")
        assert words in result.summary()
        assert "arbon" not in result.summary()


def test_coefficients_of_another_stressor_need_a_unit(world, coefficients):
    moved = ioecon.transfers(world[2000], world[2001])
    bare = coefficients.copy()
    bare.attrs = {"stressor": "Employment"}
    with pytest.raises(EmissionsError, match="coefficients of Employment do not say their unit"):
        ioecon.carbon_transfer(moved, bare)
    named = ioecon.carbon_transfer(moved, bare, unit="1000 persons")
    assert (named.stressor, named.unit) == ("Employment", "1000 persons")
    bare.attrs["unit"] = "persons / million USD"
    assert ioecon.carbon_transfer(moved, bare).unit == "persons"
    with pytest.raises(EmissionsError, match="give persons, not TJ"):
        ioecon.carbon_transfer(moved, bare, unit="TJ")
    bare.attrs["unit"] = "persons / million EUR"
    with pytest.raises(EmissionsError, match="persons per million EUR, the flows in million USD"):
        ioecon.carbon_transfer(moved, bare)


@pytest.mark.parametrize(
    ("unit", "stressor"),
    [
        ("kt per million USD", "CO2"),
        ("kt CH4 per million USD", "CH4"),
        ("t CO2e / million USD", "CO2e"),
        ("TJ per million USD", "Energy"),
    ],
)
def test_the_unit_of_coefficients_tells_what_they_are_of(world, coefficients, unit, stressor):
    stated = coefficients.copy()
    stated.attrs = {"unit": unit}
    moved = ioecon.transfers(world[2000], world[2001])
    assert ioecon.carbon_transfer(moved, stated).stressor == stressor


def test_national_accounts_of_any_stressor(world):
    accounts = ioecon.carbon_accounts(world[2001], account(world))
    assert (accounts.stressor, accounts.unit) == ("Energy use", "TJ")
    assert "Accounts of Energy use of 3 countries in 2001, TJ" in accounts.summary()
    frame = accounts.by_country()
    assert frame["cba"].sum() == pytest.approx(frame["pba"].sum(), rel=1e-12)


def test_grouping_first_and_afterwards_names_the_stressor(world, coefficients):
    regions = dict(zip(world.countries, "aab", strict=True))
    by_account = ioecon.aggregation_error(world[2001], regions=regions, emissions=account(world))
    assert by_account.stressor == "Energy use"
    assert by_account.units == {"stressor": "TJ"}
    by_k = ioecon.aggregation_error(
        world[2000], world[2001], regions=regions, coefficients=coefficients
    )
    assert by_k.units == {"transfer": "million USD", "stressor_transfer": "TJ"}
    assert "the stressor is Energy use" in by_k.summary()
    assert "net_stressor_transfer (TJ)" in by_k.summary()
    co2 = Account(account(world, name="CO2", unit="kt").values)
    as_co2 = ioecon.aggregation_error(world[2000], world[2001], regions=regions, emissions=co2)
    np.testing.assert_allclose(
        by_k.matrix("stressor_transfer"), as_co2.matrix("carbon_transfer"), rtol=1e-12
    )
    matrices = by_k.matrix("transfer").attrs, by_k.matrix("stressor_transfer").attrs
    assert matrices == (
        {"stressor": "output", "unit": "million USD"},
        {"stressor": "Energy use", "unit": "TJ"},
    )
    units = by_k.by_region().attrs["units"]
    assert units["net_transfer_difference"] == "million USD"
    assert units["net_stressor_transfer_difference"] == "TJ"
    assert units["net_stressor_transfer_percent"] == "%"
    for compared in (by_account, by_k):
        words = compared.summary() + compared.to_frame().to_csv() + repr(compared.to_frame().attrs)
        assert "arbon" not in words
        assert "mission" not in words


def test_the_panel_says_what_was_decomposed(world):
    panel = ioecon.build_panel(world, account(world))
    assert panel.attrs["stressor"] == "Energy use"
    assert panel.attrs["units"]["ddfc"] == "TJ"
    entry = panel.attrs["variables"]["ddfc"]
    assert entry["meaning"] == "Change in Energy use driven by foreign final demand"
    assert panel.attrs["units"]["ln_ddfc"] == "ln of TJ"
    assert not ioecon.codebook(panel)["meaning"].str.contains("emission").any()


def test_effects_on_one_stressor_do_not_go_into_the_panel_of_another(world):
    effects = ioecon.decompose(world, account(world))
    with pytest.raises(
        EmissionsError, match=r"effects given are on is Energy use \(TJ\), the rest"
    ):
        ioecon.build_panel(world, account(world, unit="PJ"), effects=effects)


def test_audit_names_the_stressor_whose_intensities_are_impossible(world):
    values = account(world).values.copy()
    values.loc["AUS", "s1", 2001] *= 1e6
    found = world[2001].audit(Account(values))
    text = str(found)
    assert "intensities of Energy use are impossible" in text
    assert "emission" not in text


def test_sums_of_units_and_stressors_that_differ_are_refused(world):
    energy = account(world)
    assert (energy + energy).values.equals(energy.values * 2)
    joint = energy + account(world, name="Heat")
    assert (joint.name, joint.unit) == ("Energy use + Heat", "TJ")
    with pytest.raises(EmissionsError, match=r"to be added, Land, is Energy use \(ha\), the rest"):
        energy + account(world, name="Land", unit="ha")
    with pytest.raises(EmissionsError, match="only one of the two has"):
        energy + energy.within_years([2000])


def test_totals_are_completed_by_the_same_stressor_only(world):
    totals = account(world).totals()
    fewer, rest = totals.drop("AUS", level="country"), totals.copy()
    filled = ioecon.fill_emissions(fewer, rest, countries=["AUS"])
    assert filled["AUS", 2000] == totals["AUS", 2000]
    assert filled.name == "energy_use_tj"
    assert filled.attrs["stressor"] == "Energy use"
    for attrs in ({"stressor": "Heat", "unit": "TJ"}, {"stressor": "Energy use", "unit": "PJ"}, {}):
        rest.attrs = attrs
        with pytest.raises(EmissionsError, match=r"The other source is .*, the rest Energy use"):
            ioecon.fill_emissions(fewer, rest, countries=["AUS"])
    whole = totals.groupby(level="year").sum() * 2
    whole.attrs = totals.attrs
    row = ioecon.rest_of_world(totals, whole)
    assert row["ROW", 2000] == pytest.approx(totals.xs(2000, level="year").sum())
    assert row.attrs["unit"] == "TJ"
    whole.attrs = {}
    with pytest.raises(EmissionsError, match="The world's total is CO2"):
        ioecon.rest_of_world(totals, whole)


def test_missing_values_are_named_as_what_they_are(world):
    jobs = account(world, name="Employment", unit="1000 persons")
    with pytest.raises(EmissionsError, match="Values of Employment are missing for USA"):
        require_coverage(jobs, ["USA"], [2000])
    values = jobs.values.copy()
    values.iloc[0] = -1.0
    with pytest.raises(EmissionsError, match="Values of Employment are negative at AUS s1 2000"):
        Account(values)


def test_negative_amounts_only_where_the_account_says_so(world):
    values = account(world).values.copy()
    values.loc["AUS", "s1"] = -2.0
    profit = Account(values, signed=True)
    assert emissions_by_sector(profit, world[2000])[0] == -2.0
    effects = ioecon.decompose(world, profit, accounting="satellite")
    np.testing.assert_allclose(effects.by_country().sum(axis=1), effects.change(), rtol=1e-8)
    with pytest.raises(EmissionsError, match=r"are negative, the first AUS s1.*satellite"):
        ioecon.decompose(world, profit)
    k = ioecon.emission_coefficients(world[2001], profit)
    moved = ioecon.transfers(world[2000], world[2001])
    assert abs(ioecon.carbon_transfer(moved, k).net().sum()) < 1e-6
    k.attrs.pop("signed")
    with pytest.raises(EmissionsError, match="negative: AUS s1"):
        ioecon.carbon_transfer(moved, k)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "Land"}, "'Land' needs a unit"),
        ({"name": "CO2", "unit": "TJ"}, "CO2 is measured in units of its mass"),
        ({"unit": "TJ"}, "must be in kt, not 'TJ'.*name="),
    ],
)
def test_a_name_needs_its_unit_and_a_unit_its_name(world, options, message):
    values = account(world).values
    values.attrs = {}
    with pytest.raises(EmissionsError, match=message):
        Account(values, **options)


@pytest.mark.parametrize("options", [{"name": "Heat", "unit": "TJ"}, {"name": "CO2", "unit": "kt"}])
def test_name_and_unit_that_contradict_the_values_are_refused(world, options):
    with pytest.raises(EmissionsError, match=r"values\.attrs say Energy use \(TJ\), but"):
        Account(account(world).values, **options)


def test_the_old_spelling_is_the_same_class():
    for module in (ioecon, ioecon.emissions, ioecon.emissions.account):
        with pytest.deprecated_call(match=r"use ioecon\.Account"):
            assert module.EmissionAccount is Account


def test_numbers_taken_from_results_say_what_they_are(world, coefficients):
    effects = ioecon.decompose(world, account(world))
    accounts = ioecon.carbon_accounts(world[2001], account(world))
    moved = ioecon.transfers(world[2000], world[2001])
    carbon, leaked = (
        ioecon.carbon_transfer(moved, coefficients),
        ioecon.leakage(moved, coefficients),
    )
    difference = ioecon.leakage_as_difference(moved, coefficients)
    parts = [
        effects.by_country(), effects.by_sector(), effects.bilateral(), effects.change(),
        effects.bilateral(year=2001), effects.to_frame(),
        accounts.by_country(), accounts.by_sector(), accounts.by_product(), accounts.bilateral(),
        accounts.reconciliation(), accounts.reconciliation_by_country(), accounts.technology(),
        accounts.to_frame(),
        carbon.matrix(), carbon.net_matrix(), carbon.net(), carbon.by_sector(), carbon.to_frame(),
        carbon.top_sectors(),
        leaked.matrix(), leaked.by_region(), leaked.by_sector(), leaked.to_frame(),
        difference.matrix(), difference.by_region(), difference.to_frame(),
    ]  # fmt: skip
    for part in parts:
        assert (part.attrs["stressor"], part.attrs["unit"]) == ("Energy use", "TJ")
    assert moved.matrix().attrs == {"stressor": "output", "unit": "million USD"}


def test_another_classification_keeps_name_unit_and_sign(world):
    energy = account(world, signed=True)
    groups = {sector: "all" for sector in world.sectors}
    joint = energy.aggregate(sectors=groups)
    assert (joint.name, joint.unit, joint.signed) == ("Energy use", "TJ", True)
    np.testing.assert_allclose(joint.totals().sort_index(), energy.totals().sort_index())
    again = joint.split(groups, by=world)
    assert (again.name, again.unit, again.signed) == ("Energy use", "TJ", True)
    assert "split in proportion to output" in again.summary()
    assert energy.rename_sectors({"s1": "first"}).unit == "TJ"
