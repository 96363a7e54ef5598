"""Published accounts are found by name, or by the name of their file."""

import re

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import Account
from ioecon.emissions import account_formats, registry
from ioecon.emissions.account_format import AccountFormat
from ioecon.errors import ArgumentError, EmissionsError, IoeconWarning, ReadError
from ioecon.stressor import Stressor
from ioecon.study.preset_files import template_text

NAMES = ["wiod2013-co2-zip", "jrc-co2-xlsx", "wiod2013-accounts", "wiod-sea"]


def test_every_account_is_named_with_a_sentence():
    assert {*NAMES} <= {*account_formats()}
    assert all(text.endswith(".") for text in account_formats().values())


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("CO2_may12.zip", NAMES[0]),
        ("co2_may12", NAMES[0]),
        ("CO2 emissions.xlsx", NAMES[1]),
        ("AIR_may12.zip", NAMES[2]),
        ("folder/lan_may12", NAMES[2]),
        ("WIOD_SEA_July14.xlsx", NAMES[3]),
        ("Socio_Economic_Accounts.xlsx", NAMES[3]),
    ],
)
def test_an_account_is_told_from_the_name_of_its_file(file, name):
    fitting = [entry for entry in registry.ACCOUNTS.values() if entry.is_named_like(file)]
    assert [entry.name for entry in fitting if not entry.fallback] == [name]


@pytest.mark.parametrize("file", ["co2.dat", "accounts", "x.zip"])
def test_a_file_that_no_account_is_called_like_is_refused(file):
    with pytest.raises(ReadError, match=r"pass format=\. Known are .*CO2_may12\.zip"):
        ioecon.read_account(file)


@pytest.mark.parametrize(
    ("format", "message"),
    [
        ("wiod2013-co2", "no account 'wiod2013-co2'; did you mean 'wiod2013-co2-zip'?"),
        ("csv", f"no account 'csv'; known are {', '.join(sorted(account_formats()))}."),
        ("", f"no account ''; known are {', '.join(sorted(account_formats()))}."),
    ],
)
def test_an_unknown_account_is_refused_with_what_may_have_been_meant(format, message):
    with pytest.raises(ReadError, match=re.escape(message)):
        ioecon.read_account("CO2_may12.zip", format=format)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_named_must_be_there(name, tmp_path):
    with pytest.raises(ReadError, match="There is no file"):
        ioecon.read_account(tmp_path / "gone", format=name)


def toy_format(folder) -> AccountFormat:
    """Accounts of two sectors, whatever the file says."""
    (folder / "some.txt").write_text("toy", encoding="utf-8")
    index = pd.MultiIndex.from_product(
        [["AUS", "ROW"], ["a", "b"], [2000, 2001]], names=["country", "sector", "year"]
    )
    there = (
        Stressor("CO2", "kt"), Stressor("CH4", "t"), Stressor("N2O", "t"),
        Stressor("Jobs", "1000 persons"),
    )  # fmt: skip

    def read(path, names, years, options):
        accounts = {}
        for one in there:
            values = pd.Series(np.arange(1.0, 9.0), index=index)
            account = Account(values, unit=one.unit, name=one.name)
            accounts[one.name] = account if years is None else account.within_years(years)
        return {name: accounts[name] for name in names}

    return AccountFormat(
        "toy-txt", "A toy.", "toy.txt", re.compile(r".*\.txt"), lambda path, options: there, read,
        options={"system": ("ixi", "pxp")},
    )  # fmt: skip


@pytest.fixture
def toy(monkeypatch, tmp_path):
    entry = toy_format(tmp_path)
    monkeypatch.setattr(registry, "ACCOUNTS", {**registry.ACCOUNTS, entry.name: entry})
    return tmp_path / "some.txt"


def test_the_stressors_of_a_file_are_listed(toy):
    listed = ioecon.stressors(toy)
    assert list(listed.columns) == ["group", "name", "unit"]
    assert dict(zip(listed["name"], listed["unit"], strict=True))["CH4"] == "t"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "has 4 stressors: name one with stressor=.*CO2 .kt., CH4 .t., N2O .t., Jobs"),
        ({"stressor": "Job"}, "no stressor 'Job'; did you mean 'Jobs'"),
        ({"stressor": []}, "names nothing"),
        ({"stressor": ["CH4", "ch4"]}, "twice"),
        ({"stressor": {"CH4": float("nan")}}, "factor of CH4 is a number other than 0, not nan"),
        ({"stressor": ["CO2", "Jobs"]}, "Jobs: '1000 persons' cannot be converted into 'kt'"),
        ({"stressor": ["Jobs"], "gwp": "AR5"}, "AR5 has no warming potential for 'Jobs'"),
        ({"gwp": "AR7"}, "gwp is 'SAR', 'AR4', 'AR5', 'AR6', not 'AR7'"),
        ({"stressor": {"CH4": 28}, "gwp": "AR5"}, "not both"),
    ],
)
def test_stressors_that_cannot_be_read_or_summed_are_refused(toy, options, message):
    with pytest.raises(EmissionsError, match=message):
        ioecon.read_account(toy, **options)


@pytest.mark.parametrize(
    ("gwp", "methane", "nitrous"),
    [("SAR", 21, 310), ("AR4", 25, 298), ("AR5", 28, 265), ("AR6", 27.9, 273)],
)
def test_gases_are_summed_by_the_warming_potentials_of_a_report(toy, gwp, methane, nitrous):
    account = ioecon.read_account(toy, gwp=gwp, years=2001)
    assert (account.name, account.unit, account.years) == ("CO2e", "kt", (2001,))
    assert f"sum of CO2 + {methane} CH4 + {nitrous} N2O" in account.summary()
    first = 2.0 * (1 + methane / 1000 + nitrous / 1000)  # kt, t and t
    assert account.values["AUS", "a", 2001] == pytest.approx(first, rel=1e-14)
    own = ioecon.read_account(
        toy, stressor={"CO2": 1, "CH4": methane, "N2O": nitrous}, years=[2001], name="CO2e"
    )
    np.testing.assert_allclose(own.values, account.values, rtol=1e-14)


@pytest.mark.parametrize(
    ("gwp", "left"),
    [("SAR", r"HFC_CO2E \(kt CO2e\), NF3 \(t\) of"), ("AR5", r"HFC_CO2E \(kt CO2e\) of")],
)
def test_gases_that_are_not_in_a_sum_are_named(tmp_path, gwp, left):
    gases = {"CO2": "kt", "CH4": "t", "CH4_CO2E": "t CO2e", "HFC_CO2E": "kt CO2e", "NF3": "t"}
    rows = [("AUS", "a", 2000, gas, unit, 1.0) for gas, unit in gases.items()]
    columns = ["country", "sector", "year", "stressor", "unit", "value"]
    path = tmp_path / "gases.csv"
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    with pytest.warns(IoeconWarning, match=f"The sum by {gwp} has nothing of {left} gases.csv"):
        account = ioecon.read_account(path, gwp=gwp)
    sums = {"SAR": 1 + 0.021, "AR5": 1 + 0.028 + 16.1}
    assert account.values.item() == pytest.approx(sums[gwp], rel=1e-14)
    wanted = ioecon.read_account(path, gwp=gwp, stressor=["CO2", "CH4", "HFC_CO2E"])
    with_hfc = {"SAR": 2 + 0.021, "AR5": 2 + 0.028}
    assert wanted.values.item() == pytest.approx(with_hfc[gwp], rel=1e-14)


def test_a_sum_is_named_after_its_parts(toy):
    assert ioecon.read_account(toy, stressor=["CH4", "N2O"]).name == "CH4 + N2O"
    weighted = ioecon.read_account(toy, stressor={"CH4": 28, "CO2": 1})
    assert (weighted.name, weighted.unit) == ("28 CH4 + CO2", "t")
    assert weighted.values["AUS", "a", 2000] == 28 + 1000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"years": 2002}, "some.txt has no Jobs of 2002; it has 2000-2001|not 2002"),
        ({"years": []}, "years is empty"),
        ({"sistem": "ixi"}, "toy-txt' have no option sistem=; there is system="),
        ({"system": "ixp"}, "system of the format 'toy-txt' is 'ixi', 'pxp', not 'ixp'"),
        ({"format": "jrc-co2-xlsx", "system": "ixi"}, "jrc-co2-xlsx' have no option system=."),
    ],
)
def test_years_and_options_that_are_not_there_are_refused(toy, options, message):
    with pytest.raises((ReadError, EmissionsError, ArgumentError), match=message):
        ioecon.read_account(toy, stressor="Jobs", **options)


def test_one_entry_is_read_named_and_offered_in_templates(monkeypatch, tmp_path):
    toy = toy_format(tmp_path)
    monkeypatch.setattr(registry, "ACCOUNTS", {**registry.ACCOUNTS, toy.name: toy})
    assert account_formats()["toy-txt"] == "A toy."
    assert ioecon.read_account(tmp_path / "some.txt", stressor="Jobs").unit == "1000 persons"
    for kind in ("dong2022", "xiao2014"):
        assert '"toy-txt"' in template_text(f"ioecon.study.{kind}")
