"""Filling from another source and the rest of the world by difference."""

import json

import pandas as pd
import pytest

from ioecon.emissions import fill_emissions, rest_of_world
from ioecon.errors import EmissionsError


def totals(values, **attrs):
    series = pd.Series(values, dtype=float).rename_axis(["country", "year"])
    series.attrs = {"unit": "kt", **attrs}
    return series


WORLD = totals(
    {
        ("AUS", 2000): 10,
        ("AUS", 2001): 12,
        ("FRA", 2000): 20,
        ("FRA", 2001): 21,
        ("WLD", 2000): 100,
        ("WLD", 2001): 110,
    },
    source={"path": "a.csv"},
)
OTHER = totals(
    {("TWN", 2000): 3, ("TWN", 2001): 4, ("TWN", 2002): 5, ("AUS", 2000): 99},
    source={"path": "b.csv"},
    where={"source": "GCB"},
)


def test_fill_adds_only_what_was_asked_for_and_says_so():
    filled = fill_emissions(WORLD, OTHER, countries=["TWN"])
    assert filled["TWN", 2001] == 4
    assert ("TWN", 2002) not in filled.index
    assert filled["AUS", 2000] == 10
    (step,) = filled.attrs["completed"]
    assert step["countries"] == ["TWN"]
    assert step["years"] == [2000, 2001]
    assert step["source"] == "b.csv (source GCB)"
    assert "completed" not in WORLD.attrs


def test_fill_never_replaces():
    with pytest.raises(EmissionsError, match="Nothing is missing for AUS"):
        fill_emissions(WORLD, OTHER, countries=["AUS"], years=[2000])


def test_fill_names_what_the_other_source_lacks():
    with pytest.raises(EmissionsError, match="TWN 1999 either"):
        fill_emissions(WORLD, OTHER, countries=["TWN"], years=[1999, 2000])
    with pytest.raises(EmissionsError, match="'t', but kt"):
        fill_emissions(WORLD, totals({("TWN", 2000): 3}, unit="t"), countries=["TWN"])


def test_rest_of_world_is_the_difference_and_the_world_is_counted_once():
    whole = rest_of_world(WORLD)
    assert whole["ROW", 2000] == 70
    assert whole["ROW", 2001] == 77
    assert "WLD" not in whole.index.unique("country")
    assert whole.groupby("year").sum().to_dict() == {2000: 100, 2001: 110}
    assert whole.attrs["completed"][-1]["listed"] == ["AUS", "FRA"]
    assert json.loads(json.dumps(whole.attrs)) == whole.attrs


def test_countries_not_listed_become_part_of_the_rest():
    whole = rest_of_world(WORLD, countries=["AUS", "ROW"], years=[2000])
    assert whole.to_dict() == {("AUS", 2000): 10, ("ROW", 2000): 90}


def test_world_total_may_be_a_series_by_year():
    world = pd.Series({2000: 50.0, 2001: 60.0})
    whole = rest_of_world(WORLD.drop("WLD", level="country"), world)
    assert whole["ROW", 2001] == 27
    keyed = totals({("WLD", 2000): 50, ("WLD", 2001): 60})
    assert rest_of_world(WORLD.drop("WLD", level="country"), keyed).equals(whole)


def test_negative_rest_is_an_error_that_names_the_year():
    with pytest.raises(EmissionsError, match=r"negative in 2001 \(-3 kt\)"):
        rest_of_world(WORLD.drop("WLD", level="country"), pd.Series({2000: 31.0, 2001: 30.0}))


def test_missing_pieces_are_named():
    with pytest.raises(EmissionsError, match="missing for FRA 2001"):
        rest_of_world(WORLD.drop(("FRA", 2001)))
    with pytest.raises(EmissionsError, match="no 'GLB'"):
        rest_of_world(WORLD, "GLB")
    with pytest.raises(EmissionsError, match="lacks 1999"):
        rest_of_world(WORLD, years=[1999])
    with pytest.raises(EmissionsError, match="already have ROW"):
        rest_of_world(pd.concat([WORLD, totals({("ROW", 2000): 1})]))
