"""Systems of pymrio in and out: the same numbers, labels, units, and the same accounts by both."""

import sys

import numpy as np
import pandas as pd
import pymrio
import pytest

import ioecon
from ioecon import Account, IOTable, carbon_accounts, from_pymrio, to_pymrio
from ioecon.errors import (
    ArgumentError,
    EmissionsError,
    IoeconWarning,
    LabelError,
    OutputError,
    TableError,
)

FIELDS = (
    "countries", "sectors", "categories", "year", "unit", "currency", "price_basis", "output",
    "sector_names", "primary_labels", "system", "valuation", "edition",
)  # fmt: skip


@pytest.fixture
def system() -> pymrio.IOSystem:
    """A fresh copy of pymrio's test world, whose regions are named as countries."""
    made = pymrio.load_test()
    names = dict(zip(made.get_regions(), ["FR", "DE", "US", "CN", "JP", "RoW"], strict=True))
    return made.rename_regions(names)


def make_table(seed: int = 0, countries=("FRA", "DEU", "ROW"), **fields) -> IOTable:
    draws = np.random.default_rng(seed)
    n, m = 3 * len(countries), 2 * len(countries)
    return IOTable(
        Z=draws.uniform(0, 5, (n, n)),
        Y=draws.uniform(1, 9, (n, m)),
        countries=countries,
        sectors=("01", "10T12", "D"),
        categories=("households", "government"),
        **{
            "year": 2005,
            "primary_inputs": draws.uniform(-1, 9, (2, n)),
            "primary_labels": ("taxes", "value added"),
            "sector_names": ("Farms", "Food", "Power"),
            **fields,
        },
    )


def make_accounts(table: IOTable, seed: int = 0) -> dict[str, Account]:
    draws = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product(
        [table.countries, table.sectors, [table.year]], names=["country", "sector", "year"]
    )
    index = pd.MultiIndex.from_product([table.countries, [table.year]], names=["country", "year"])
    households = pd.Series(draws.uniform(0, 5, len(index)), index)
    made = (
        Account(pd.Series(draws.uniform(0, 9, len(rows)), rows), households),
        Account(pd.Series(draws.uniform(0, 9, len(rows)), rows), name="Water", unit="Mm3"),
        Account(
            pd.Series(draws.normal(0, 9, len(rows)), rows),
            name="Subsidies",
            unit="million EUR",
            signed=True,
        ),
    )
    return {account.name: account for account in made}


def test_the_test_world_of_pymrio_goes_in():
    world = pymrio.load_test()
    table, accounts = from_pymrio(world, year=2010)
    np.testing.assert_array_equal(table.Z, world.Z)
    np.testing.assert_array_equal(table.Y, world.Y)
    assert (table.countries, table.sectors[0]) == (tuple(world.get_regions()), "food")
    assert table.categories == tuple(world.get_Y_categories())
    assert (table.year, table.unit, table.currency) == (2010, "million", "USD")
    assert (table.system, table.edition) == ("product × product", "testmrio v1")
    assert table.primary_labels == ("Value Added",)
    np.testing.assert_array_equal(table.primary_inputs, world.factor_inputs.F)
    assert [*accounts] == ["emission_type1, air", "emission_type2, water"]
    account = accounts["emission_type2, water"]
    assert (account.name, account.unit) == ("emission_type2, water", "kg")
    np.testing.assert_array_equal(account.values, world.emissions.F.iloc[1])
    direct = world.emissions.F_Y.iloc[1].groupby(level="region", sort=False).sum()
    np.testing.assert_array_equal(account.households, direct)


@pytest.mark.parametrize("kind", [0, 1])
def test_accounts_are_those_that_pymrio_calculates(kind):
    world = pymrio.load_test().calc_all()
    table, accounts = from_pymrio(world, year=2010)
    name = [*accounts][kind]
    ours = carbon_accounts(table, accounts[name]).by_country()
    satellite = world.emissions
    close = {"rtol": 1e-12}
    np.testing.assert_allclose(
        ours["cba"] + ours["households"], satellite.D_cba_reg.iloc[kind], **close
    )
    np.testing.assert_allclose(
        ours["pba"] + ours["households"], satellite.D_pba_reg.iloc[kind], **close
    )
    np.testing.assert_allclose(ours["exports"], satellite.D_exp_reg.iloc[kind], rtol=1e-9)
    np.testing.assert_allclose(ours["imports"], satellite.D_imp_reg.iloc[kind], rtol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_tables_written_out_are_calculated_alike(seed):
    table = make_table(seed, primary_inputs=None, primary_labels=())
    accounts = make_accounts(table, seed)
    system = to_pymrio(table, accounts).calc_all()
    np.testing.assert_allclose(system.x["indout"], table.x, rtol=1e-13)
    for name, account in accounts.items():
        ours = carbon_accounts(table, account).by_country() if not account.signed else None
        if ours is None:
            continue
        kind = "accounts_with_households" if account.households is not None else "accounts"
        theirs = getattr(system, kind).D_cba_reg.loc[name]
        households = ours.get("households", 0.0)
        np.testing.assert_allclose(ours["cba"] + households, theirs, rtol=1e-12)


def test_the_embedded_world_is_calculated_alike():
    world = ioecon.datasets.load_world()
    table = world.series[2005]
    shares = table.x / np.repeat(table.x.reshape(len(table.countries), -1).sum(axis=1), 12)
    totals = world.emissions.xs(2005, level="year").reindex(list(table.countries))
    values = pd.Series(
        np.repeat(totals.to_numpy(), 12) * shares,
        pd.MultiIndex.from_product([table.countries, table.sectors, [2005]],
                                   names=["country", "sector", "year"]),
    )  # fmt: skip
    account = Account(values)
    theirs = to_pymrio(table, account).calc_all().accounts.D_cba_reg.loc["CO2"]
    ours = carbon_accounts(table, account).by_country()["cba"]
    np.testing.assert_allclose(ours, theirs[list(table.countries)], rtol=1e-12)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"unit": "thousand", "currency": "CNY", "price_basis": "previous-year"},
        {"unit": "10,000", "currency": "EUR", "price_basis": "constant 2010"},
        {"printed_output": np.arange(100.0, 109.0), "output": "printed"},
        {"primary_inputs": None, "primary_labels": (), "sector_names": None},
        {"unit": "Mio", "currency": "florins"},
        {"final_inputs": np.arange(12.0).reshape(2, 6)},
        {"countries": ("Beijing", "Hebei", "Shanxi")},
        {"countries": ("XWA", "AAA")},
        {"system": "industry × industry", "valuation": "basic prices", "edition": "ICIO 2023"},
    ],
    ids=str,
)
def test_round_trip_is_exact(fields, tmp_path):
    table = make_table(**fields)
    accounts = make_accounts(table)
    system = to_pymrio(table, accounts)
    system.save_all(tmp_path, table_format="parquet")  # text loses digits
    for given in (system, pymrio.load_all(tmp_path)):
        back, found = from_pymrio(given, output=table.output)
        for name in FIELDS:
            assert getattr(back, name) == getattr(table, name), name
        for name in ("Z", "Y", "x", "primary_inputs", "final_inputs"):
            ours, theirs = getattr(table, name), getattr(back, name)
            assert (ours is None) == (theirs is None)
            if ours is not None:
                np.testing.assert_array_equal(ours, theirs)
        assert {*found} == {*accounts}
        for name, account in accounts.items():
            other = found[name]
            assert (other.name, other.unit, other.signed) == (name, account.unit, account.signed)
            np.testing.assert_array_equal(other.values, account.values)
            assert (other.households is None) == (account.households is None)
            if account.households is not None:
                np.testing.assert_array_equal(other.households, account.households)


@pytest.mark.parametrize("with_output", [False, True])
def test_a_system_of_coefficients_alone(system, with_output):
    wanted, _ = from_pymrio(system, year=2010)
    system.calc_all()
    system.Z = None
    if not with_output:
        system.x = None
    system.A = system.A.iloc[:, ::-1]
    system.Y = system.Y.sample(frac=1, random_state=3)
    table, _ = from_pymrio(system, year=2010)
    np.testing.assert_allclose(table.Z, wanted.Z, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(table.x, wanted.x, rtol=1e-9)


def test_coefficients_of_extensions_are_multiplied_out(system):
    _, wanted = from_pymrio(system, year=2010)
    system.calc_all()
    system.emissions.F = None
    _, accounts = from_pymrio(system, year=2010)
    for name, account in wanted.items():
        np.testing.assert_allclose(accounts[name].values, account.values, rtol=1e-12)
    system.emissions.S = None
    with pytest.warns(IoeconWarning, match="'Emissions' has no amounts"):
        assert not from_pymrio(system, year=2010).accounts


def lacking(*names):
    def change(system):
        for name in names:
            setattr(system, name, None)

    return change


def in_units(*units):
    def change(system):
        system.unit = system.unit.assign(unit=np.resize(units, len(system.unit)))

    return change


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        (lacking("Y"), {}, TableError, "no final demand Y"),
        (lacking("Z", "A"), {}, TableError, "neither flows Z nor coefficients A"),
        (lambda s: None, {"year": None}, TableError, "pass year="),
        (lacking("unit"), {}, TableError, "does not tell its unit"),
        (in_units("undef"), {"currency": "EUR"}, ArgumentError, "together"),
        (in_units("t", "M.EUR"), {}, TableError, "units M.EUR, t; a table has one"),
        (in_units("kg"), {}, TableError, "'kg', is no money"),
        (in_units("undef"), {}, TableError, "'undef', is no money"),
        (lambda s: None, {"regions": "as is"}, ArgumentError, "'keep' or a mapping"),
        (lambda s: None, {"regions": {"XX": "FRA"}}, LabelError, "lacks: XX"),
        (lambda s: None, {"regions": {"FR": "DEU", "DE": "DEU"}}, LabelError, "both DEU"),
        (lambda s: s.rename_regions({"FR": "Nowhere"}), {}, LabelError, "not known: Nowhere"),
        (lambda s: s.rename_regions({"FR": "WA"}), {}, LabelError, "not known: WA"),
        (
            lambda s: setattr(s, "Y", s.Y.drop("FR", level=0)),
            {},
            LabelError,
            "Y of 2010 lack FRA food",
        ),
        (lambda s: None, {"accounts": ["CO2"]}, EmissionsError, "no row 'CO2'"),
    ],
)
def test_what_is_not_told_or_does_not_fit_is_refused(system, change, options, error, words):
    change(system)
    with pytest.raises(error, match=words):
        from_pymrio(system, **{"year": 2010, **options})


@pytest.mark.parametrize(
    ("text", "unit", "currency"),
    [
        ("M.EUR", "million", "EUR"),
        ("Mill USD", "million", "USD"),
        ("millions of US$", "million", "USD"),
        ("1000 USD", "thousand", "USD"),
        ("万元", "10,000", "CNY"),
        ("EUR", "one", "EUR"),
    ],
)
def test_units_are_read(system, text, unit, currency):
    in_units(text)(system)
    table, _ = from_pymrio(system, year=2010)
    assert (table.unit, table.currency) == (unit, currency)
    if "USD" not in text and "US$" not in text:
        assert table.primary_labels == ()  # value added is in another unit: an account
        assert table.countries[0] == "FRA"
    given, _ = from_pymrio(system, year=2010, unit="billion", currency="JPY")
    assert (given.unit, given.currency) == ("billion", "JPY")


def test_regions_get_codes_of_their_own_or_stay(system):
    assert from_pymrio(system, year=2010).table.countries == (
        *("FRA", "DEU", "USA", "CHN", "JPN", "ROW"),
    )
    kept, accounts = from_pymrio(system, year=2010, regions="keep")
    assert (
        kept.countries
        == accounts["emission_type1, air"].countries
        == (*("FR", "DE", "US", "CN", "JP", "RoW"),)
    )
    named = from_pymrio(system, year=2010, regions={"FR": "Europe"}).table
    assert named.countries[:2] == ("Europe", "DE")
    exiobase = system.rename_regions(
        dict(zip(["FR", "DE", "US", "CN", "JP"], ["WA", "WE", "WF", "WL", "WM"], strict=True))
    )
    table, accounts = from_pymrio(exiobase, year=2010)
    assert table.countries == ("XWA", "XWE", "XWF", "XWL", "XWM", "ROW")
    assert accounts["emission_type1, air"].countries == table.countries


def test_regions_of_eora(system):
    eora = system.rename_regions({"FR": "USR", "DE": "ANT"})
    assert from_pymrio(eora, year=2010).table.countries[:2] == ("XSU", "XAN")


def test_rows_that_are_no_accounts_are_named(system):
    system.emissions.unit.iloc[1] = "undef"
    with pytest.warns(IoeconWarning, match=r"1 rows .*emission_type2, water .*has no unit"):
        _, accounts = from_pymrio(system, year=2010)
    assert [*accounts] == ["emission_type1, air"]
    with pytest.raises(EmissionsError, match="has no unit"):
        from_pymrio(system, year=2010, accounts=["emission_type2, water"])
    _, chosen = from_pymrio(system, year=2010, accounts="emission_type1, air")
    assert [*chosen] == ["emission_type1, air"]
    system.emissions.F.iloc[0, 3] = np.nan
    with pytest.raises(EmissionsError, match="missing"):
        from_pymrio(system, year=2010, accounts=["emission_type1, air"])


def test_rows_of_one_name_are_told_apart_by_their_extensions(system):
    system.others = system.emissions.copy("Others")
    _, accounts = from_pymrio(system, year=2010)
    assert "Emissions: emission_type1, air" in accounts
    assert "Others: emission_type1, air" in accounts


def test_rows_that_stand_twice_or_hold_text_are_refused(system):
    rows = system.emissions.F
    system.emissions.F = rows.astype(object).where(rows != rows.iloc[0, 0], "n.a.")
    with pytest.raises(EmissionsError, match="emission_type1, air' holds values that are no numb"):
        from_pymrio(system, year=2010, accounts=["emission_type1, air"])
    system.emissions.F = pd.concat([rows, rows.iloc[:1]])
    with pytest.raises(LabelError, match="'Emissions' has the row emission_type1, air more than"):
        from_pymrio(system, year=2010)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"exports": np.ones(9)}, "has exports"), ({"imports": np.ones(9)}, "has imports")],
)
def test_what_pymrio_has_no_place_for_is_refused(fields, words):
    with pytest.raises(TableError, match=words):
        to_pymrio(make_table(**fields))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("discrepancies", {"discrepancies": np.ones(9)}),
        ("final_inputs", {"primary_inputs": None, "final_inputs": np.ones((2, 6))}),
    ],
)
def test_what_is_left_out_is_said(name, fields):
    with pytest.warns(IoeconWarning, match=f"{name} of the table of 2005"):
        to_pymrio(make_table(**fields))


def test_accounts_that_do_not_fit_are_refused():
    table = make_table()
    account = make_accounts(table)["CO2"]
    with pytest.raises(EmissionsError, match="Two accounts are named CO2"):
        to_pymrio(table, [account, account])
    with pytest.raises(EmissionsError, match="str is no Account"):
        to_pymrio(table, ["CO2"])
    with pytest.raises(EmissionsError, match="2006"):
        to_pymrio(table.replace(year=2006), account)
    short = Account(account.values, account.households.drop(("DEU", 2005)))
    with pytest.raises(EmissionsError, match="CO2 of households is missing in 2005 for DEU"):
        to_pymrio(table, short)


@pytest.mark.parametrize("given", [None, "system", pd.DataFrame()])
def test_what_is_no_system_is_refused(given):
    with pytest.raises(TableError, match="is no system of pymrio"):
        from_pymrio(given, year=2010)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymrio", None)
    with pytest.raises(OutputError, match=r"pip install ioecon\[pymrio\]"):
        to_pymrio(make_table())
