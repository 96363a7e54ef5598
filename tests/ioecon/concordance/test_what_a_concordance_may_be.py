"""A concordance covers every label once, by name; every function that groups takes the same."""

from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.concordance import read_concordance
from ioecon.errors import EmissionsError, IoeconError, LabelError

COUNTRIES = ("AUS", "NZL", "ROW")
GROUPS = {"AUS": "EU", "NZL": "EU", "ROW": "R"}
TABLE = ioecon.IOTable(
    Z=np.arange(9.0).reshape(3, 3),
    Y=np.full((3, 3), 20.0),
    countries=COUNTRIES,
    sectors=["a"],
    categories=["f"],
    year=2005,
)
NAMES = ["country", "sector", "year"]


def account(**values):
    index = pd.MultiIndex.from_product([["AUS"], values, [2005]], names=NAMES)
    return ioecon.Account(pd.Series(list(values.values()), index=index, dtype=float))


def aggregate(groups):
    return TABLE.aggregate(regions=groups).countries


def error_of_aggregation(groups):
    emissions = pd.Series({(c, 2005): 1.0 for c in COUNTRIES}).rename_axis(["country", "year"])
    return ioecon.aggregation_error(TABLE, regions=groups, emissions=emissions).regions


@pytest.mark.parametrize(
    "groups",
    [
        GROUPS,
        MappingProxyType(GROUPS),
        pd.Series(GROUPS),
        pd.Series(GROUPS, dtype="category"),
        pd.Series(GROUPS, dtype="string"),
        pd.DataFrame({"iso3": GROUPS.keys(), "region": GROUPS.values()}),
        pd.Series(GROUPS).to_frame("region"),
        {label: {group: 1} for label, group in GROUPS.items()},
        pd.DataFrame({"a": GROUPS.keys(), "b": GROUPS.values(), "weight": 1.0}),
        pd.DataFrame({"EU": [1, 1, 0], "R": [0, 0, 1]}, index=list(GROUPS)),
        pd.DataFrame({"EU": [True, True, False], "R": [False, False, True]}, index=list(GROUPS)),
        pd.DataFrame({"EU": [1, 1, 0], "R": [0, 0, 1]}, index=list(GROUPS)).T,
        pd.DataFrame({"iso3": GROUPS.keys(), "EU": [1, 1, 0], "R": [0, 0, 1]}),
        read_concordance(GROUPS, COUNTRIES, "countries"),
    ],
)
@pytest.mark.parametrize("function", [aggregate, error_of_aggregation])
def test_what_a_concordance_may_be(groups, function):
    assert function(groups) == ("EU", "R")


@pytest.mark.parametrize("hole", [None, float("nan"), pd.NA, pd.NaT, np.nan, "", "  "])
@pytest.mark.parametrize("function", [aggregate, error_of_aggregation])
def test_a_hole_is_named(hole, function):
    with pytest.raises(LabelError, match="no group for the countries NZL"):
        function(GROUPS | {"NZL": hole})
    with pytest.raises(LabelError, match="no group for the countries NZL"):
        function(pd.Series(GROUPS | {"NZL": hole}, dtype=object))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (GROUPS | {"NZL": ["EU", "R"]}, r"NZL several groups \['EU', 'R'\]"),
        (GROUPS | {"NZL": ("EU",)}, "NZL several groups"),
        (GROUPS | {"NZL": {"EU": 0.5}}, r"weights of the countries NZL \(0.5\) do not sum to 1"),
        (GROUPS | {"NZL": {}}, "NZL several groups"),
        (GROUPS | {"NZL": {"EU": 1.5, "R": -0.5}}, "weight of NZL in R is -0.5"),
        (GROUPS | {"NZL": {"EU": np.nan}}, "weight of NZL in EU is nan"),
        (GROUPS | {"NZL": {"EU": 1, "Eu": 0}}, "'EU' and 'Eu', which differ in case"),
        (GROUPS | {"NZL": "x" * 201}, "a name of 201 characters"),
        (GROUPS | {"NZL": 1}, "NZL the group 1: .*is text"),
        (GROUPS | {"NZL": True}, "NZL the group True: .*is text"),
        (GROUPS | {"NZL": 1.0}, "NZL the group 1.0: .*is text"),
        (GROUPS | {"NZL": b"EU"}, "NZL the group b'EU'"),
        (GROUPS | {"NZL": "EU "}, "'EU ' of NZL has blanks"),
        (GROUPS | {"NZL": "E\u00a0U"}, "of NZL has blanks"),
        (GROUPS | {"NZL": "E\u202eU"}, r"of NZL holds the character U\+202E"),
        (GROUPS | {"NZL": "Eu"}, "'EU' and 'Eu', which differ in case"),
        (GROUPS | {"NZL": "\uff25\uff35"}, "differ in case or width"),
        ({"AUS": "EU", "ROW": "R"}, "no group for the countries NZL"),
        (GROUPS | {"FRA": "EU"}, "countries the table lacks: FRA"),
        (GROUPS | {"aus": "EU"}, r"lacks: aus \(did you mean 'AUS'\?\)"),
        (GROUPS | {"AUS ": "EU"}, r"lacks: 'AUS ' \(did you mean 'AUS'\?\)"),
        (GROUPS | {"\u202eAUS": "EU"}, r"lacks: '\\u202eAUS'"),
        (GROUPS | {1: "EU"}, "1 among the countries, which is no text"),
        (GROUPS | {None: "EU"}, "None among the countries, which is no text"),
        (GROUPS | {float("nan"): "EU"}, "nan among the countries, which is no text"),
        (pd.Series(["EU", "EU", "R"]), "0 among the countries, which is no text"),
        (pd.Series(["EU", "R"], index=["AUS", "AUS"]), "countries AUS more than once"),
        (
            pd.Series(["EU"], index=pd.MultiIndex.from_tuples([("AUS", "a")])),
            "one level of labels",
        ),
        (pd.DataFrame({"a": ["AUS"], "b": ["x"], "c": ["y"]}), "two columns.*has 3: a, b, c"),
        (pd.DataFrame({"a": ["AUS"]}), "two columns.*has 1: a"),
        (np.array([[1, 1, 0], [0, 0, 1]]), r"shape \(2, 3\); pass it turned round \(.T\)"),
        (np.eye(2), r"a row for each of the 3 countries.*shape \(2, 2\)"),
        (np.array([[1, 0], [1, 1], [0, 1]]), r"weights of the countries NZL \(2\) do not sum"),
        (np.array([[1, 0], [0, 0], [0, 1]]), "no group for the countries NZL"),
        (np.array([[1, 0], [np.nan, 0], [0, 1]]), "numbers from 0 to 1 only"),
        (np.array([["a", "b"], ["c", "d"], ["e", "f"]]), "numbers from 0 to 1 only"),
        (np.array(["EU", "EU", "R"]), "not a ndarray"),
        (["EU", "EU", "R"], "not a list"),
        ("EU-27", r"such as 'EU27' or 'continent', not a str \('EU-27'\)"),
        (3, "not a int"),
        (Path("there is none.csv"), "There is no file there is none.csv"),
        ("there is none.xlsx", "There is no file there is none.xlsx"),
        ({}, "no group for the countries AUS, NZL, ROW"),
    ],
)
@pytest.mark.parametrize("function", [aggregate, error_of_aggregation])
def test_what_it_may_not_be(groups, message, function):
    with pytest.raises(IoeconError, match=message):
        function(groups)


def test_sectors_are_checked_alike():
    with pytest.raises(LabelError, match="no group for the sectors a"):
        TABLE.aggregate(sectors={"a": None})
    with pytest.raises(LabelError, match=r"sectors the table lacks: A \(did you mean 'a'\?\)"):
        TABLE.aggregate(sectors={"A": "x"})


def test_a_concordance_in_part():
    part = read_concordance({"AUS": "x"}, COUNTRIES, "countries", complete=False)
    assert part.group_of() == {"AUS": "x"}


def test_sectors_that_get_one_name_are_summed():
    given = account(a=1, b1=2, b2=3)
    summed = given.rename_sectors({"b1": "b", "b2": "b"})
    assert summed.values.to_dict() == {("AUS", "a", 2005): 1.0, ("AUS", "b", 2005): 5.0}
    assert given.rename_sectors(pd.Series({"b1": "a"})).values.to_list() == [3.0, 3.0]
    swapped = given.rename_sectors({"a": "b1", "b1": "a"}).values
    assert swapped.to_dict() == {
        ("AUS", "b1", 2005): 1.0,
        ("AUS", "a", 2005): 2.0,
        ("AUS", "b2", 2005): 3.0,
    }


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"b1": None}, "no group for the sectors b1"),
        ({"b1": ["x", "y"]}, "several groups"),
        ({"B1": "b"}, r"sectors the account lacks: B1 \(did you mean 'b1'\?\)"),
        ([("b1", "b")], "not a list"),
    ],
)
def test_new_labels_of_an_account_are_checked(labels, message):
    with pytest.raises(LabelError, match=message):
        account(a=1, b1=2, b2=3).rename_sectors(labels)


def test_a_country_is_taken_out_of_the_world_once():
    totals = pd.Series({("AUS", 2005): 3.0, ("WLD", 2005): 10.0}).rename_axis(["country", "year"])
    with pytest.raises(EmissionsError, match="countries names AUS more than once"):
        ioecon.rest_of_world(totals, countries=["AUS", "AUS"])
    assert ioecon.rest_of_world(totals, countries="AUS")["ROW", 2005] == 7.0
    assert ioecon.rest_of_world(totals, years=[2005, 2005]).to_list() == [3.0, 7.0]
