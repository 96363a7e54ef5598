"""Emissions laid onto a table's rows (Dong et al. equations 6 and 7)."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest

from ioecon import IOTable
from ioecon.emissions import Account, emissions_by_sector, require_coverage
from ioecon.emissions.by_sector import check_emissions, lay_out
from ioecon.errors import EmissionsError, IoeconWarning


def table(**changes):
    given = {
        "Z": [[10, 0, 5, 0], [0, 0, 0, 0], [5, 0, 20, 10], [0, 0, 10, 10]],
        "Y": [[15, 10], [0, 0], [25, 40], [10, 20]],
        "countries": ["AUS", "ROW"],
        "sectors": ["farms", "power"],
        "categories": ["final"],
        "year": 2000,
    }
    return IOTable(**{**given, **changes})


def totals(values=None, **attrs):
    values = {("AUS", 2000): 80.0, ("ROW", 2000): 300.0} if values is None else values
    series = pd.Series(values).rename_axis(["country", "year"])
    series.attrs = attrs
    return series


def account(values=None, households=None):
    if values is None:
        values = {
            ("AUS", "farms", 2000): 5.0,
            ("AUS", "power", 2000): 0.0,
            ("ROW", "farms", 2000): 7.0,
            ("ROW", "power", 2000): 90.0,
        }
    return Account(pd.Series(values).rename_axis(["country", "sector", "year"]), households)


def test_national_totals_are_shared_by_gross_output():
    c = emissions_by_sector(totals(), table())
    x = table().x.reshape(2, 2)
    np.testing.assert_allclose(
        c.reshape(2, 2), np.array([[80.0], [300.0]]) * x / x.sum(axis=1, keepdims=True)
    )


def test_sectors_of_a_country_add_up_to_its_total(make_table):
    world = make_table(3, countries=5, sectors=7)
    index = pd.MultiIndex.from_product([world.countries, [2000]], names=["country", "year"])
    given = pd.Series(np.arange(1.0, 6.0), index=index)
    c = emissions_by_sector(given, world)
    assert c.shape == (world.n,)
    np.testing.assert_allclose(c.reshape(5, 7).sum(axis=1), given.to_numpy(), rtol=1e-14)


def test_order_of_rows_and_of_index_levels_does_not_matter():
    shuffled = totals().iloc[::-1].reorder_levels(["year", "country"])
    np.testing.assert_array_equal(
        emissions_by_sector(shuffled, table()), emissions_by_sector(totals(), table())
    )


def test_account_is_taken_as_it_is_in_the_tables_order():
    np.testing.assert_array_equal(emissions_by_sector(account(), table()), [5, 0, 7, 90])
    series = account().values.iloc[[2, 0, 3, 1]]
    np.testing.assert_array_equal(emissions_by_sector(series, table()), [5, 0, 7, 90])


def test_other_years_and_countries_are_not_looked_at():
    more = {**account().values.to_dict(), ("AUS", "farms", 2001): 1.0, ("FRA", "mines", 2000): 3.0}
    np.testing.assert_array_equal(emissions_by_sector(account(more), table()), [5, 0, 7, 90])


def test_every_missing_country_is_named_with_advice():
    with pytest.raises(EmissionsError, match=r"AUS \(2000\), ROW \(2000\).*rest_of_world"):
        emissions_by_sector(totals({("FRA", 2000): 1.0}), table())


def test_missing_year_is_named():
    with pytest.raises(EmissionsError, match=r"AUS \(2000\).*they cover 1999"):
        emissions_by_sector(totals({("AUS", 1999): 1.0, ("ROW", 1999): 1.0}), table())


def test_coverage_of_a_whole_series_is_checked_in_one_message():
    given = totals({("AUS", year): 1.0 for year in (2000, 2001, 2004)})
    with pytest.raises(EmissionsError, match=r"AUS \(2002-2003\), ROW \(2000-2004\)"):
        require_coverage(given, ["AUS", "ROW"], range(2000, 2005))
    require_coverage(given, ["AUS"], [2000, 2001])
    with pytest.raises(EmissionsError, match="not ndarray"):
        require_coverage(np.ones(3), ["AUS"], [2000])


@pytest.mark.parametrize(
    ("value", "said"), [(np.nan, "missing or not finite"), (np.inf, "finite"), (-1.0, "negative")]
)
def test_bad_numbers_name_country_and_year(value, said):
    given = totals({("AUS", 2000): value, ("ROW", 2000): 1.0})
    with pytest.raises(EmissionsError, match=rf"{said}.*AUS 2000"):
        emissions_by_sector(given, table())


def test_text_names_country_and_year():
    given = totals({("AUS", 2000): "n/a", ("ROW", 2000): 1.0})
    with pytest.raises(EmissionsError, match=r"AUS 2000 there is 'n/a'"):
        emissions_by_sector(given, table())


def test_a_place_given_twice_is_refused():
    with pytest.raises(EmissionsError, match=r"more than once for AUS 2000"):
        emissions_by_sector(pd.concat([totals(), totals().iloc[:1]]), table())


def test_unit_must_be_kilotonnes():
    with pytest.raises(EmissionsError, match=r"in 'Mt', but kt"):
        emissions_by_sector(totals(unit="Mt"), table())
    assert emissions_by_sector(totals(unit="kt"), table()).sum() == pytest.approx(380)


def test_currency_must_be_the_tables():
    with pytest.raises(EmissionsError, match=r"tables in EUR, but the table is in USD"):
        emissions_by_sector(totals(currency="EUR"), table())
    assert emissions_by_sector(totals(currency="USD"), table()).sum() == pytest.approx(380)


def test_wrong_index_says_what_is_needed():
    with pytest.raises(EmissionsError, match=r"indexed by \(country, year\)"):
        emissions_by_sector(pd.Series([1.0], index=["AUS"]), table())
    with pytest.raises(EmissionsError, match="not ndarray"):
        emissions_by_sector(np.ones(2), table())


def test_sector_missing_in_the_account_is_named():
    partial = account().values.drop(("ROW", "power", 2000))
    with pytest.raises(EmissionsError, match=r"no value for ROW power"):
        emissions_by_sector(partial, table())


def test_emissions_in_sectors_the_table_lacks_are_not_lost_silently():
    more = {**account().values.to_dict(), ("ROW", "total", 2000): 97.0}
    with pytest.raises(EmissionsError, match=r"97\.0 kt in sectors.*\(total\)"):
        emissions_by_sector(account(more), table())


def test_emissions_without_output_are_refused_or_left_out_with_their_amount():
    idle = {**account().values.to_dict(), ("AUS", "power", 2000): 2.5}
    with pytest.raises(EmissionsError, match=r"2\.500 kt .*AUS power \(2\.500 kt\)"):
        emissions_by_sector(account(idle), table())
    with pytest.warns(IoeconWarning, match=r"AUS power \(2\.500 kt\).*left out, as asked"):
        c = emissions_by_sector(account(idle), table(), without_output="leave_out")
    np.testing.assert_array_equal(c, [5, 0, 7, 90])
    with pytest.raises(EmissionsError, match="without_output must be"):
        emissions_by_sector(account(idle), table(), without_output="ignore")


def test_a_country_without_output_but_with_emissions_is_refused():
    bare = table(Z=np.zeros((4, 4)), Y=[[0, 0], [0, 0], [25, 40], [10, 20]])
    with pytest.raises(EmissionsError, match=r"80\.000 kt.*AUS"):
        emissions_by_sector(totals(), bare)


def test_nothing_is_warned_about_when_nothing_is_left_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        emissions_by_sector(account(), table(), without_output="leave_out")


def test_dates_are_not_years():
    dates = pd.MultiIndex.from_product([["AUS"], pd.to_datetime(["2000-01-01"])])
    with pytest.raises(EmissionsError, match="whole numbers, but there is 2000-01-01"):
        require_coverage(pd.Series([1.0], index=dates), ["AUS"], [2000])


@pytest.mark.parametrize("by_sector", [False, True])
def test_amounts_of_all_years_are_those_that_their_labels_say(make_table, by_sector):
    rng = np.random.default_rng(4)
    tables = [make_table(year, year=year) for year in (2003, 2001, 2002)]
    countries, sectors = tables[0].countries, tables[0].sectors
    axes = [[*countries, "XXX"], *([sectors] if by_sector else []), [2002, 2000, 2003, 2001]]
    names = ["country", *(["sector"] if by_sector else []), "year"]
    index = pd.MultiIndex.from_product(axes, names=names)
    given = pd.Series(rng.random(len(index)) + 1, index=index).sample(frac=1, random_state=5)
    checked = check_emissions(given)
    for table in tables:
        found = checked.amounts_of(table)
        for k, place in enumerate(itertools.product(*axes[:-1])):
            if place[0] != "XXX":
                assert found[k] == given[(*place, table.year)]
        found[:] = 0.0  # what is handed out is the caller's
        assert (lay_out(checked, table) > 0).all()
    assert checked.amounts_of(make_table(1, year=1999)) is None


def test_what_has_no_place_in_one_year_does_not_matter_in_another(make_table):
    tables = {year: make_table(year, year=year) for year in (2001, 2002)}
    axes = [tables[2001].countries, [*tables[2001].sectors, "stray"], [2001, 2002]]
    index = pd.MultiIndex.from_product(axes, names=["country", "sector", "year"])
    given = pd.Series(1.0, index=index)
    given[given.index.get_level_values("sector") == "stray"] = 0.0
    given[(tables[2001].countries[1], "stray", 2002)] = 3.0
    checked = check_emissions(given)
    np.testing.assert_array_equal(lay_out(checked, tables[2001]), 1.0)
    with pytest.raises(EmissionsError, match="stray"):
        lay_out(checked, tables[2002])
