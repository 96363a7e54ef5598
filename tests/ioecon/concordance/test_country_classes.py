"""Classifications of countries by the names that country_converter gives them."""

import pytest

import ioecon
from ioecon.concordance import read_concordance
from ioecon.concordance.country_classes import classifications
from ioecon.errors import LabelError

WORLD = ("AUT", "BRA", "CHE", "CHN", "GBR", "IND", "TUR", "TWN", "USA", "ROW")


def classify(name, countries=WORLD):
    return read_concordance(name, countries, "countries").group_of()


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("EU27", {"AUT"}),
        ("EU28", {"AUT", "GBR"}),
        ("EURO", {"AUT"}),
        ("OECD", {"AUT", "CHE", "GBR", "TUR", "USA"}),
        ("BRIC", {"BRA", "CHN", "IND"}),
        ("G7", {"GBR", "USA"}),
    ],
)
def test_a_club_and_the_others(name, members):
    expected = {code: name if code in members else f"not {name}" for code in WORLD}
    assert classify(name) == expected | {"ROW": "ROW"}


@pytest.mark.parametrize(
    ("name", "austria", "brazil", "taiwan"),
    [
        ("continent", "Europe", "America", "Asia"),
        ("Continent_7", "Europe", "South America", "Asia"),
        ("UNregion", "Western Europe", "South America", "Eastern Asia"),
        ("REMIND", "EUR", "LAM", "CHA"),
        ("IEA", "Austria", "Brazil", "Chinese Taipei"),
    ],
)
def test_a_classification_by_words(name, austria, brazil, taiwan):
    found = classify(name)
    assert [found[code] for code in ("AUT", "BRA", "TWN", "ROW")] == [
        austria,
        brazil,
        taiwan,
        "ROW",
    ]


def test_databases_call_places_as_tables_do():
    assert classify("EXIO3", ["AUT", "ARG", "ZMB", "NZL", "SRB", "IRN", "ROW"]) == {
        "AUT": "AUT",
        "ARG": "XWL",
        "ZMB": "XWF",
        "NZL": "XWA",
        "SRB": "XWE",
        "IRN": "XWM",
        "ROW": "ROW",
    }
    assert classify("WIOD", ["ROU", "CHE", "ROW"]) == {"ROU": "ROU", "CHE": "ROW", "ROW": "ROW"}
    assert set(classify("EXIO1", ["AUT", "ARG"]).values()) == {"AUT", "ROW"}
    assert classify("EXIO3_3L", ["AUT", "ARG"]) == classify("EXIO3", ["AUT", "ARG"])


def test_regions_that_are_no_country_stay_what_they_are():
    assert classify("OECD", ["USA", "XWE", "ROW"]) == {"USA": "OECD", "XWE": "XWE", "ROW": "ROW"}


def test_what_is_left_over_is_named():
    with pytest.raises(LabelError, match="'GWcode' gives no group for the countries PRI, HKG"):
        classify("GWcode", ["USA", "PRI", "HKG"])
    assert classify("GWcode", ["USA", "CAN"]) == {"USA": "2", "CAN": "20"}


@pytest.mark.parametrize(("name", "hint"), [("eu27", "'EU27'"), ("continents", "'continent'")])
def test_an_unknown_classification_is_asked_about(name, hint):
    with pytest.raises(LabelError, match=f"did you mean {hint}"):
        classify(name)


def test_a_world_without_countries_is_refused():
    with pytest.raises(LabelError, match="'continent' knows none of the countries AAA, ROW"):
        classify("continent", ["AAA", "ROW"])


def test_sectors_have_no_classification_of_countries():
    with pytest.raises(LabelError, match=r"not a str \('EU27'\)"):
        read_concordance("EU27", ["s1"], "sectors")


@pytest.mark.parametrize("name", classifications())
def test_every_classification_is_a_grouping_or_names_what_it_lacks(name):
    try:
        found = classify(name, ["AUT", "USA", "JPN"])
    except LabelError as error:
        pytest.fail(str(error))
    assert set(found) == {"AUT", "USA", "JPN"}


def test_a_table_takes_a_classification_by_name(make_table):
    table = make_table(3, countries=6)
    assert table.aggregate(regions="continent").countries == (
        "Oceania",
        "America",
        "Asia",
        "Europe",
    )
    assert ioecon.aggregation_error(table, table.replace(year=2001), regions="EU27").regions == (
        "not EU27",
        "EU27",
    )
