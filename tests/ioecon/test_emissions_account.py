"""The sector account: households apart, totals, labels."""

import pandas as pd
import pytest

from ioecon.emissions import Account
from ioecon.errors import EmissionsError
from ioecon.table import Source

LEVELS = ["country", "sector", "year"]
VALUES = pd.Series(
    {
        ("AUS", "a", 2000): 1.0,
        ("AUS", "b", 2000): 2.0,
        ("FRA", "a", 2000): 4.0,
        ("FRA", "b", 2000): 8,
    }
).rename_axis(LEVELS)
HOUSEHOLDS = pd.Series({("AUS", 2000): 0.5, ("FRA", 2000): 0.25}).rename_axis(["country", "year"])


def test_totals_with_and_without_households():
    account = Account(VALUES, HOUSEHOLDS)
    assert account.totals().to_dict() == {("AUS", 2000): 3.0, ("FRA", 2000): 12.0}
    assert account.totals(households=True)["AUS", 2000] == 3.5
    assert account.totals().name == "co2_kt"
    assert account.totals().attrs["unit"] == "kt"


def test_totals_do_not_invent_households():
    with pytest.raises(EmissionsError, match="no emissions of households"):
        Account(VALUES).totals(households=True)
    with pytest.raises(EmissionsError, match="missing for FRA 2000"):
        Account(VALUES, HOUSEHOLDS.iloc[:1]).totals(households=True)


def test_labels_in_the_given_order():
    account = Account(VALUES)
    assert (account.countries, account.sectors, account.years) == (
        ("AUS", "FRA"),
        ("a", "b"),
        (2000,),
    )


def test_other_units_are_refused():
    with pytest.raises(EmissionsError, match="must be in kt, not 'Mt'"):
        Account(VALUES, unit="Mt")


def test_bad_values_name_country_sector_and_year():
    with pytest.raises(EmissionsError, match="negative at AUS b 2000"):
        Account(VALUES.where(VALUES != 2, -2.0))
    with pytest.raises(EmissionsError, match="FRA a 2000 there is 'x'"):
        Account(VALUES.astype(object).where(VALUES != 4, "x"))


def test_given_series_is_not_changed_by_the_account():
    given = VALUES.copy()
    account = Account(given, source=Source("f.zip", "0" * 64, "test"))
    given.iloc[0] = 99.0
    assert account.values.iloc[0] == 1.0
    assert "source" not in given.attrs
    assert account.values.attrs["source"]["path"] == "f.zip"


def test_rename_sectors_keeps_the_rest():
    renamed = Account(VALUES, HOUSEHOLDS).rename_sectors({"a": "c1"})
    assert renamed.sectors == ("c1", "b")
    assert renamed.households is not None
    assert renamed.totals().equals(Account(VALUES).totals())


def test_frame_has_households_as_a_sector_of_their_own():
    frame = Account(VALUES, HOUSEHOLDS).to_frame()
    assert list(frame.columns) == [*LEVELS, "co2_kt"]
    assert frame.loc[frame.sector == "FC_HH", "co2_kt"].tolist() == [0.5, 0.25]
    assert "15 kt a year" in Account(VALUES).summary()
