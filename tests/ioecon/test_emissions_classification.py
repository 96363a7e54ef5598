"""Accounts in coarser and in finer classifications keep their totals, and say what was done."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.emissions import Account
from ioecon.errors import ArgumentError, EmissionsError, LabelError

LEVELS = ["country", "sector", "year"]
COUNTRIES, SECTORS, YEARS = ("AUS", "BRA", "CHN"), ("s1", "s2", "s3", "s4"), (2000, 2001)
COARSE = {"s1": "goods", "s2": "goods", "s3": "services", "s4": "goods"}


def make_account(seed: int = 1, sectors=SECTORS) -> Account:
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([COUNTRIES, sectors, YEARS], names=LEVELS)
    homes = pd.MultiIndex.from_product([COUNTRIES, YEARS], names=["country", "year"])
    return Account(
        pd.Series(rng.gamma(0.5, 10.0, len(index)), index=index),
        pd.Series(rng.gamma(0.5, 10.0, len(homes)), index=homes),
    )


@pytest.fixture
def account() -> Account:
    return make_account()


def test_sectors_are_added_up(account):
    grouped = account.aggregate(sectors=COARSE)
    assert grouped.sectors == ("goods", "services")
    for country in COUNTRIES:
        for year in YEARS:
            goods = sum(account.values[country, s, year] for s in ("s1", "s2", "s4"))
            assert grouped.values[country, "goods", year] == pytest.approx(goods, rel=1e-14)
            assert grouped.values[country, "services", year] == account.values[country, "s3", year]
    pd.testing.assert_series_equal(grouped.households, account.households)
    assert "4 sectors aggregated to 2" in grouped.summary()
    assert grouped.values.attrs["completed"][-1]["kind"] == "sectors"


def test_regions_take_households_with_them(account):
    grouped = account.aggregate(regions={"AUS": "South", "BRA": "South", "CHN": "Asia"})
    assert grouped.countries == ("South", "Asia")
    assert grouped.households["South", 2001] == pytest.approx(
        account.households["AUS", 2001] + account.households["BRA", 2001]
    )
    assert grouped.values["Asia", "s2", 2000] == account.values["CHN", "s2", 2000]
    by_name = account.aggregate(regions="continent", sectors=COARSE)
    assert set(by_name.countries) == {"Oceania", "America", "Asia"}
    assert "3 countries aggregated to 3" in by_name.summary()


def test_weights_share_sectors_out(account):
    shares = {"s1": {"a": 0.25, "b": 0.75}, "s2": "b", "s3": "c", "s4": "c"}
    grouped = account.aggregate(sectors=shares)
    expected = 0.75 * account.values["BRA", "s1", 2001] + account.values["BRA", "s2", 2001]
    assert grouped.values["BRA", "b", 2001] == pytest.approx(expected)
    assert "by fixed shares" in grouped.summary()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), groups=st.lists(st.sampled_from("abc"), min_size=4, max_size=4))
def test_totals_stay_when_sectors_are_added_up(seed, groups):
    account = make_account(seed)
    grouped = account.aggregate(sectors=dict(zip(SECTORS, groups, strict=True)))
    pd.testing.assert_series_equal(
        grouped.totals(households=True), account.totals(households=True), rtol=1e-13
    )


def test_grouped_tables_and_grouped_accounts_fit(make_world):
    series, _ = make_world(years=YEARS)
    account = make_account()
    regions = {"AUS": "South", "BRA": "South", "CHN": "Asia"}
    grouped = series[2000].aggregate(regions=regions, sectors=COARSE)
    both = account.aggregate(regions=regions, sectors=COARSE)
    ours = ioecon.emissions.emissions_by_sector(both, grouped)
    R = np.kron(np.array([[1, 1, 0], [0, 0, 1]]), np.array([[1, 1, 0, 1], [0, 0, 1, 0]]))
    rows = account.values.xs(2000, level="year").reindex(series[2000].index)
    np.testing.assert_allclose(ours, R @ rows.to_numpy(), rtol=1e-13)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"s1": "x"}, "no group for the sectors s2, s3, s4"),
        (COARSE | {"S9": "x"}, "names sectors the account lacks: S9"),
        ({"s1": {"x": 0.5}, "s2": "x", "s3": "x", "s4": "x"}, r"s1 \(0.5\) do not sum to 1"),
    ],
)
def test_a_concordance_must_fit_the_account(account, groups, words):
    with pytest.raises(LabelError, match=words):
        account.aggregate(sectors=groups)


def test_nothing_missing_is_taken_for_zero(account):
    holed = Account(account.values.drop(("BRA", "s2", 2001)))
    with pytest.raises(EmissionsError, match="no value of s2 for BRA 2001, which belongs to goods"):
        holed.aggregate(sectors=COARSE)
    with pytest.raises(EmissionsError, match="no value of BRA for s2 2001, which belongs to South"):
        holed.aggregate(regions={"AUS": "South", "BRA": "South", "CHN": "Asia"})
    whole = Account(account.values.drop(("BRA", "s3", 2001)))
    grouped = whole.aggregate(sectors=COARSE)
    assert ("BRA", "services", 2001) not in grouped.values.index
    with pytest.raises(ArgumentError, match="Nothing is aggregated"):
        account.aggregate()


@pytest.fixture
def tables(make_world) -> IOSeries:
    return make_world(years=YEARS)[0]


def test_a_split_is_in_proportion_to_output(tables):
    account = make_account(sectors=("goods", "services"))
    split = account.split(COARSE, by=tables)
    assert split.sectors == SECTORS
    table = tables[2001]
    x = pd.Series(table.x, index=table.index)
    for country in COUNTRIES:
        whole = x[country, "s1"] + x[country, "s2"] + x[country, "s4"]
        expected = account.values[country, "goods", 2001] * x[country, "s4"] / whole
        assert split.values[country, "s4", 2001] == pytest.approx(expected, rel=1e-13)
        assert split.values[country, "s3", 2001] == account.values[country, "services", 2001]
    pd.testing.assert_series_equal(
        split.totals(households=True), account.totals(households=True), rtol=1e-13
    )
    step = split.values.attrs["completed"][-1]
    assert step["split"] == ["goods"]
    assert "1 of 2 sectors split in proportion to output" in split.summary()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), groups=st.lists(st.sampled_from("ab"), min_size=4, max_size=4))
def test_a_split_put_together_again_is_the_account(make_table, seed, groups):
    concordance = dict(zip(SECTORS, groups, strict=True))
    account = make_account(seed, sectors=tuple(dict.fromkeys(groups)))
    series = IOSeries([make_table(seed, year=year) for year in YEARS])
    again = account.split(concordance, by=series).aggregate(sectors=concordance)
    pd.testing.assert_series_equal(
        again.values.sort_index(), account.values.sort_index(), rtol=1e-12, check_names=False
    )


def idle_table(x: tuple[float, ...], year: int = 2000) -> IOTable:
    return IOTable(
        Z=np.zeros((2, 2)),
        Y=np.array(x, dtype=float)[:, None],
        countries=["AUS"],
        sectors=["a", "b"],
        categories=["f"],
        year=year,
    )


def one(value: float) -> Account:
    index = pd.MultiIndex.from_tuples([("AUS", "g", 2000)], names=LEVELS)
    return Account(pd.Series([value], index=index))


def test_what_nothing_shares_out_is_refused_or_equal():
    groups = {"a": "g", "b": "g"}
    with pytest.raises(EmissionsError, match="AUS g cannot be split by output in 2000"):
        one(3.0).split(groups, by=idle_table((0, 0)))
    equal = one(3.0).split(groups, by=idle_table((0, 0)), without_output="equal")
    assert equal.values.to_list() == [1.5, 1.5]
    assert equal.values.attrs["completed"][-1]["without_output"] == "equal"
    assert one(0.0).split(groups, by=idle_table((0, 0))).values.to_list() == [0.0, 0.0]
    assert one(3.0).split(groups, by=idle_table((0, 9))).values.to_list() == [0.0, 3.0]
    with pytest.raises(ArgumentError, match="without_output is 'raise' or 'equal', not 'drop'"):
        one(3.0).split(groups, by=idle_table((0, 0)), without_output="drop")


def test_negative_output_has_no_share():
    with pytest.raises(EmissionsError, match="Output of AUS a in 2000 is -1, so it has no share"):
        one(3.0).split({"a": "g", "b": "g"}, by=idle_table((-1, 9)))


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (
            {"s1": "goods", "s2": "goods", "s3": "goods", "s4": "goods"},
            "belongs to the account's se",
        ),
        (COARSE | {"s4": "other"}, "the account has no other"),
    ],
)
def test_a_split_needs_the_sectors_of_the_account(tables, groups, words):
    with pytest.raises(EmissionsError, match=words):
        make_account(sectors=("goods", "services")).split(groups, by=tables)


def test_a_split_needs_tables_of_all_years_and_countries(tables, make_table):
    account = make_account(sectors=("goods", "services"))
    with pytest.raises(EmissionsError, match=r"values of 2001, for which there is no table"):
        account.split(COARSE, by=tables[2000])
    few = IOSeries([make_table(1, countries=2, year=year) for year in YEARS])
    with pytest.raises(EmissionsError, match="table of 2000 has no CHN"):
        account.split(COARSE, by=few)
    holed = Account(account.values.drop(("BRA", "goods", 2001)))
    with pytest.raises(EmissionsError, match="no value for BRA goods 2001"):
        holed.split(COARSE, by=tables)
    weights = COARSE | {"s1": {"goods": 0.5, "services": 0.5}}
    with pytest.raises(LabelError, match="shares the sectors s1 out among several"):
        account.split(weights, by=tables)
