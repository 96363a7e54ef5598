"""Persons and hours in WIOD's Socio-Economic Accounts."""

import pytest

import ioecon
from ioecon.emissions.jrc import SECTORS
from ioecon.emissions.wiod2013 import ACCOUNT_CODES
from ioecon.errors import EmissionsError, IoeconWarning, ReadError

from .test_emissions_published_accounts import workbook

CODES = [code.removeprefix("sec") for code in ACCOUNT_CODES]
NOTES = [
    ["Acronym", "Name", "", "Values", "Description"],
    ["AUS", "Australia", "", "VA", "Value added (in millions of national currency)"],
    ["", "", "", "EMP", "Number of persons engaged (thousands)"],
    ["", "", "", "H_EMP", "Total hours worked by persons engaged (millions)"],
]


def rows(*, codes=CODES, total=True, years=("_1995", "_1996")):
    data = [["Country", "Variable", "Description", "Code", *years]]
    for country in ("AUS", "ROM"):
        for variable, scale in (("VA", 9.0), ("EMP", 1.0), ("H_EMP", 2.0)):
            amounts = [scale * (k + 1) for k in range(len(codes))]
            lines = [("TOT", sum(amounts))] if total else []
            lines += zip(codes, amounts, strict=True)
            data += [
                [country, variable, "words", code, *[one * (1 + y) for y in range(len(years))]]
                for code, one in lines
            ]
    return data


def change(data, country, variable, code, value, *, column=4):
    for row in data:
        if row[:2] == [country, variable] and row[3] == code:
            row[column] = value
    return data


@pytest.fixture
def write(tmp_path):
    def write_file(data, notes=NOTES, name="WIOD_SEA_July14.xlsx"):
        path = tmp_path / name
        path.write_bytes(workbook({"Notes": notes, "DATA": data}))
        return path

    return write_file


def test_persons_and_hours_are_read_money_and_prices_are_not(write):
    path = write(rows())
    listed = ioecon.stressors(path)
    assert list(listed["name"]) == ["Persons engaged", "Hours worked by persons engaged"]
    assert list(listed["unit"]) == ["1000 persons", "million hours"]
    account = ioecon.read_account(path, stressor="Hours worked by persons engaged", years=1996)
    assert account.countries == ("AUS", "ROU")
    assert account.sectors == tuple(f"c{k}" for k in range(1, 36))
    assert account.values["ROU", "c4", 1996] == 2 * 4 * 2
    assert account.households is None
    assert account.to_unit("hours").values["ROU", "c4", 1996] == 16e6


def test_the_release_of_2016_has_its_own_sectors(write):
    data = rows(codes=list(SECTORS), total=False, years=("2000", "2001"))
    data[0] = [name.lower() for name in data[0]]
    path = write(data, name="Socio_Economic_Accounts.xlsx")
    account = ioecon.read_account(path, stressor="Persons engaged")
    assert account.sectors == SECTORS
    assert account.years == (2000, 2001)


def test_a_country_without_a_year_is_left_out_of_it(write):
    data = rows()
    for code in (*CODES, "TOT"):
        change(data, "ROM", "EMP", code, None, column=5)
    account = ioecon.read_account(write(data), stressor="Persons engaged")
    assert ("ROU", "c1", 1996) not in account.values.index
    assert ("AUS", "c1", 1996) in account.values.index


def test_an_empty_cell_is_nothing_where_the_total_says_so(write):
    data = change(change(rows(), "AUS", "EMP", "P", None), "AUS", "EMP", "TOT", 35 * 36 / 2 - 35)
    account = ioecon.read_account(write(data), stressor="Persons engaged")
    assert account.values["AUS", "c35", 1995] == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (change(rows(), "AUS", "EMP", "P", None), "adds up to 595.000 .*empty are P.*prints 630"),
        (change(rows(), "AUS", "EMP", "TOT", 1.0), "AUS 1995 adds up to 630.000 .* prints 1.000"),
        (change(change(rows(), "AUS", "EMP", "P", None), "AUS", "EMP", "TOT", None),
         "is empty for P, TOT"),
        (change(rows(), "AUS", "EMP", "C", "NA"), "AUS, sector C, 1995 .*'NA'"),
        (change(rows(), "AUS", "EMP", "C", -1.0), "negative .-1.000 1000 persons. at AUS, sector"),
        ([row for row in rows() if row[:4] != ["ROM", "EMP", "words", "C"]],
         "ROU and AUS differ in industries: C"),
        ([*rows(), ["AUS", "EMP", "words", "C", 1.0, 1.0]], "which row .* has too"),
        ([[*row[:3], f"x{row[3]}", *row[4:]] if k else row for k, row in enumerate(rows())],
         "industries of no release"),
        ([row[:4] for row in rows()], "lacks columns headed by a year"),
        ([row[1:] for row in rows()], "lacks columns country"),
    ],
)  # fmt: skip
def test_damage_names_its_place(write, data, message):
    with pytest.raises((ReadError, EmissionsError), match=message):
        ioecon.read_account(write(data), stressor="Persons engaged")


def test_notes_of_another_unit_are_refused(write):
    notes = [["", "EMP", "Number of persons engaged (millions)"]]
    with pytest.raises(ReadError, match="EMP is in 'millions'; 1000 persons is expected"):
        ioecon.stressors(write(rows(), notes))


def test_the_miniature(data_root):
    path = data_root / "formats/wiod_mock/WIOD_SEA_July14.xlsx"
    with pytest.warns(IoeconWarning, match="8 of 35 industries"):
        account = ioecon.read_account(path, stressor="Persons engaged", years=2009)
    assert account.values["AUS", "c1", 2009] == pytest.approx(43.58770386015548)
    assert account.countries == ("AUS", "BEL", "LUX", "ROU", "USA")
