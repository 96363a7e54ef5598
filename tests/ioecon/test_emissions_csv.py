"""National totals and accounts from CSV files."""

import gzip
import hashlib
import json

import pytest

from ioecon.emissions import Account, read_emissions
from ioecon.errors import EmissionsError, LabelError, ReadError

TWO_SOURCES = """iso3,year,co2_kt,source
AUS,2000,10,A
AUS,2001,11,A
AUS,2000,20,B
World,2000,100,A
ROM,2000,5,A
"""


@pytest.fixture
def csv(tmp_path):
    def write(text, name="co2.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_filter_country_names_and_provenance(csv):
    path = csv(TWO_SOURCES)
    totals = read_emissions(path, where={"source": "A"})
    assert totals.to_dict() == {
        ("AUS", 2000): 10,
        ("AUS", 2001): 11,
        ("WLD", 2000): 100,
        ("ROU", 2000): 5,
    }
    assert totals.name == "co2_kt"
    assert totals.index.names == ["country", "year"]
    assert totals.attrs["unit"] == "kt"
    assert totals.attrs["source"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert json.loads(json.dumps(totals.attrs)) == totals.attrs


def test_missing_filter_is_explained_by_the_column_that_differs(csv):
    with pytest.raises(EmissionsError, match=r"AUS 2000\. They differ in source: .*where=.*'A'"):
        read_emissions(csv(TWO_SOURCES))
    with pytest.raises(EmissionsError, match="nothing but co2_kt"):
        read_emissions(csv("iso3,year,co2_kt\nAUS,2000,1\nAUS,2000,2\n"))


def test_filter_that_keeps_nothing_lists_what_there_is(csv):
    with pytest.raises(EmissionsError, match=r"no row with source = C; there is A, B"):
        read_emissions(csv(TWO_SOURCES), where={"source": "C"})


def test_missing_columns_list_those_that_are_there(csv):
    with pytest.raises(EmissionsError, match=r"no column co2_t; it has iso3, year, co2_kt, source"):
        read_emissions(csv(TWO_SOURCES), value="co2_t")
    with pytest.raises(EmissionsError, match="no column origin"):
        read_emissions(csv(TWO_SOURCES), where={"origin": "A"})


@pytest.mark.parametrize(
    ("unit", "kilotonnes"),
    [("t", 0.002), ("kt", 2), ("Gg", 2), ("Mt", 2000), ("Gt", 2e6), ("MtC", 7328)],
)
def test_units_are_converted_to_kilotonnes_of_co2(csv, unit, kilotonnes):
    path = csv("land,jahr,menge\nDeutschland,2000,2\n".replace("Deutschland", "Germany"))
    totals = read_emissions(path, country="land", year="jahr", value="menge", unit=unit)
    assert totals["DEU", 2000] == pytest.approx(kilotonnes)


def test_unknown_unit_lists_the_known_ones(csv):
    with pytest.raises(EmissionsError, match="'mt' is not known; give one of kg, t, kt"):
        read_emissions(csv(TWO_SOURCES), unit="mt")


@pytest.mark.parametrize(("cell", "said"), [("", "missing"), ("-3", "negative"), ("n.a", "'n.a'")])
def test_bad_cells_name_the_place(csv, cell, said):
    path = csv(f"iso3,year,co2_kt\nAUS,2000,1\nFRA,2001,{cell}\n")
    with pytest.raises(
        EmissionsError, match=rf"(?s)column 'co2_kt'.*(FRA 2001.*{said}|{said}.*FRA 2001)"
    ):
        read_emissions(path)


def test_unrecognised_countries_are_listed(csv):
    with pytest.raises(LabelError, match="Atlantis"):
        read_emissions(csv("iso3,year,co2_kt\nAtlantis,2000,1\n"))


def test_account_with_households_and_totals(csv):
    path = csv(
        "iso3,year,sector,co2_kt\nAUS,2000,a,1\nAUS,2000,b,2\nAUS,2000,FC_HH,4\nAUS,2000,all,7\n"
    )
    account = read_emissions(path, sector="sector", totals=["all"])
    assert isinstance(account, Account)
    assert account.sectors == ("a", "b")
    assert account.totals(households=True)["AUS", 2000] == 7
    assert account.source.format == "csv"


def test_compressed_file_reads_the_same(csv, tmp_path):
    packed = tmp_path / "co2.csv.gz"
    packed.write_bytes(gzip.compress(TWO_SOURCES.encode()))
    plain = read_emissions(csv(TWO_SOURCES), where={"source": "B"})
    assert read_emissions(packed, where={"source": "B"}).equals(plain)


def test_missing_and_empty_files(tmp_path, csv):
    with pytest.raises(ReadError, match="no file"):
        read_emissions(tmp_path / "nowhere.csv")
    with pytest.raises(ReadError, match="could not be read as CSV"):
        read_emissions(csv(""))


def test_code_of_namibia_is_not_a_missing_value(csv):
    path = csv("iso2,year,co2_kt\nNA,2000,3\n")
    assert read_emissions(path, country="iso2").to_dict() == {("NAM", 2000): 3}


def test_truncated_compressed_file(csv, tmp_path):
    path = tmp_path / "co2.csv.gz"
    path.write_bytes(gzip.compress(TWO_SOURCES.encode())[:-12])
    with pytest.raises(ReadError, match=r"co2.csv.gz could not be read"):
        read_emissions(path, where={"source": "A"})


def test_file_with_nothing_but_a_header(csv):
    with pytest.raises(EmissionsError, match="no rows below its header"):
        read_emissions(csv("iso3,year,co2_kt\n"))


def test_another_stressor_has_its_own_unit_and_name(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("iso3,year,sector,n\nAUS,2000,a,3\nAUS,2000,FC_HH,1\n")
    with pytest.raises(EmissionsError, match="or say with stressor= what it is"):
        read_emissions(path, value="n", unit="1000 persons")
    jobs = read_emissions(
        path, value="n", unit="1000 persons", stressor="Employment", sector="sector"
    )
    assert (jobs.name, jobs.unit, jobs.values.to_list()) == ("Employment", "1000 persons", [3.0])
    totals = read_emissions(path, value="n", unit="Mt", stressor="Steel", where={"sector": "a"})
    assert totals.name == "steel_mt"
    assert totals.attrs["stressor"] == "Steel"
    assert totals.attrs["unit"] == "Mt"
    named = read_emissions(path, value="n", unit="Mt", stressor="CO2", where={"sector": "a"})
    assert named["AUS", 2000] == 3000.0
    assert named.name == "co2_kt"
