"""Two-polar decomposition: identity, plain reading of the equations, symmetries, bad input."""

import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon
import ioecon.leontief
from ioecon import IOSeries, IOTable, decompose
from ioecon.emissions import Account
from ioecon.errors import (
    EmissionsError,
    IdentityError,
    PrecisionError,
    RoundingWarning,
    TableError,
    UnsoundTableError,
)

ACCOUNTINGS = ("carbon_table", "satellite")


def plain_effects(Z0, F0, Z1, F1) -> dict[str, np.ndarray]:
    """Equations 8 to 23 as they stand: inverses, and a loop over countries."""
    n, countries = F0.shape
    sectors = n // countries
    x0, x1 = Z0.sum(1) + F0.sum(1), Z1.sum(1) + F1.sum(1)
    A0, A1 = Z0 / x0, Z1 / x1
    L0, L1 = np.linalg.inv(np.eye(n) - A0), np.linalg.inv(np.eye(n) - A1)
    y0, y1 = F0.sum(1), F1.sum(1)
    f0, f1 = F0.sum(), F1.sum()
    D0, D1 = F0.sum(0) / f0, F1.sum(0) / f1
    B0, B1 = F0 / F0.sum(0), F1 / F1.sum(0)
    half_L = (L0 + L1) / 2
    effects = {
        name: np.zeros((n, countries)) for name in ("technology", "level", "mix", "distribution")
    }
    for c in range(countries):
        dA = np.zeros((n, n))
        own = slice(c * sectors, (c + 1) * sectors)
        dA[:, own] = (A1 - A0)[:, own]
        effects["technology"][:, c] = L1 @ dA @ L0 @ (y0 + y1) / 2
        df_c = f1 * D1[c] - f0 * D0[c]
        effects["level"][:, c] = half_L @ ((B0 @ D0 + B1 @ D1) / 2 * df_c)
        dB = np.zeros((n, countries))
        dB[:, c] = (B1 - B0)[:, c]
        effects["mix"][:, c] = half_L @ (f0 * dB @ D1 + f1 * dB @ D0) / 2
        dD = np.zeros(countries)
        dD[c] = (D1 - D0)[c]
        effects["distribution"][:, c] = half_L @ ((f0 * B0 + f1 * B1) @ dD) / 2
    return effects


def national_intensity(table: IOTable, emissions: pd.Series) -> np.ndarray:
    """CI_i = C_i / X_i for each row (equation 6)."""
    sectors = len(table.sectors)
    X = table.x.reshape(-1, sectors).sum(axis=1)
    C = np.array([emissions[country, table.year] for country in table.countries])
    return np.repeat(C / X, sectors)


def test_carbon_table_agrees_with_the_plain_reading(make_world) -> None:
    series, emissions = make_world(seed=4)
    effects = decompose(series, emissions)
    for period, (first, last) in enumerate(effects.periods):
        e0, e1 = (national_intensity(series[year], emissions)[:, None] for year in (first, last))
        plain = plain_effects(
            e0 * series[first].Z, e0 * series[first].F, e1 * series[last].Z, e1 * series[last].F
        )
        for position, factor in enumerate(effects.factors):
            np.testing.assert_allclose(
                effects.values[period, position], plain[factor], rtol=1e-9, atol=1e-9
            )


def test_satellite_agrees_with_the_plain_reading(make_world) -> None:
    series, emissions = make_world(seed=5, years=(2000, 2003))
    effects = decompose(series, emissions, accounting="satellite")
    table0, table1 = series[2000], series[2003]
    e0, e1 = (national_intensity(table, emissions) for table in (table0, table1))
    plain = plain_effects(table0.Z, table0.F, table1.Z, table1.F)
    for position, factor in enumerate(plain):
        np.testing.assert_allclose(
            effects.values[0, position],
            ((e0 + e1) / 2)[:, None] * plain[factor],
            rtol=1e-9,
            atol=1e-9,
        )
    intensity = effects.values[0, 4]
    np.testing.assert_allclose(intensity.sum(axis=1), (e1 - e0) * (table0.x + table1.x) / 2)
    assert effects.by_country()["intensity", "foreign"].abs().max() == 0


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    countries=st.integers(1, 5),
    sectors=st.integers(1, 4),
    accounting=st.sampled_from(ACCOUNTINGS),
)
def test_effects_sum_to_the_change(make_world, seed, countries, sectors, accounting) -> None:
    series, emissions = make_world(seed, (2000, 2001), countries=countries, sectors=sectors)
    effects = decompose(series, emissions, accounting=accounting)
    change = emissions.xs(2001, level="year") - emissions.xs(2000, level="year")
    total = effects.by_country().sum(axis=1).xs(2001, level="year")
    np.testing.assert_allclose(total, change.loc[total.index], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(effects.values.sum(axis=(1, 3)), effects.row_changes, atol=1e-7)
    assert effects.residual < 1e-10


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_currency_does_not_matter(make_world, accounting) -> None:
    series, emissions = make_world(seed=2)
    dear = IOSeries(
        {y: t.replace(Z=t.Z * 7.3, Y=t.Y * 7.3, currency="CNY") for y, t in series.items()}
    )
    ours = decompose(series, emissions, accounting=accounting)
    theirs = decompose(dear, emissions, accounting=accounting)
    np.testing.assert_allclose(ours.values, theirs.values, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_order_of_countries_does_not_matter(make_world, accounting) -> None:
    series, emissions = make_world(seed=3, years=(2000, 2001), countries=3, sectors=2)
    order = [2, 0, 1]
    rows = np.concatenate([[2 * c, 2 * c + 1] for c in order])

    def shuffled(table: IOTable) -> IOTable:
        countries = tuple(table.countries[c] for c in order)
        return table.replace(
            Z=table.Z[np.ix_(rows, rows)], Y=table.Y[np.ix_(rows, rows)], countries=countries
        )

    other = IOSeries({year: shuffled(table) for year, table in series.items()})
    ours = decompose(series, emissions, accounting=accounting).by_country()
    theirs = decompose(other, emissions, accounting=accounting).by_country()
    pd.testing.assert_frame_equal(ours.sort_index(), theirs.sort_index(), rtol=1e-9)


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_swapping_the_years_turns_every_sign(make_world, accounting) -> None:
    series, emissions = make_world(seed=8, years=(2000, 2001))
    swapped = IOSeries(
        {2000: series[2001].replace(year=2000), 2001: series[2000].replace(year=2001)}
    )
    relabelled = emissions.rename({2000: 2001, 2001: 2000}, level="year")
    ours = decompose(series, emissions, accounting=accounting)
    theirs = decompose(swapped, relabelled, accounting=accounting)
    # ½ L1 ΔA L0 (y0 + y1) and ½ L0 ΔA L1 (y0 + y1) agree in sum, not country by country.
    np.testing.assert_allclose(ours.values[:, 1:], -theirs.values[:, 1:], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(
        ours.values[:, 0].sum(axis=-1), -theirs.values[:, 0].sum(axis=-1), rtol=1e-8, atol=1e-8
    )


def test_nothing_changes_without_a_change(make_world) -> None:
    series, emissions = make_world(seed=9, years=(2000,))
    still = IOSeries({2000: series[2000], 2001: series[2000].replace(year=2001)})
    both = pd.concat([emissions, emissions.rename({2000: 2001}, level="year")])
    assert np.abs(decompose(still, both).values).max() < 1e-9


def test_only_what_changed_drives(make_table) -> None:
    """BRA's final demand doubles at unchanged technology, mix and intensity."""
    table = make_table(10)
    Y = table.Y.copy()
    Y[:, 2:4] *= 2
    x = table.leontief().solve(Y.sum(axis=1))
    grown = table.replace(year=2001, Y=Y, Z=table.Z / table.x * x)
    both = IOSeries({2000: table, 2001: grown})
    # One kt per unit of output everywhere: the carbon table is the table itself.
    index = pd.MultiIndex.from_product([table.countries, both.years], names=["country", "year"])
    output = np.stack([each.x.reshape(3, -1).sum(axis=1) for each in both.values()], axis=1)
    effects = decompose(both, pd.Series(output.ravel(), index=index))
    scale = effects.change().max()
    for factor in ("technology", "mix"):
        assert effects.bilateral(factor).abs().max().max() < 1e-12 * scale
    level = effects.bilateral("level", 2001)
    assert level[["AUS", "CHN"]].abs().max().max() < 1e-12 * scale
    assert level["BRA"].min() > 0
    # BRA's share of world demand rises, the others' fall.
    distribution = effects.bilateral("distribution", 2001).sum()
    assert distribution["BRA"] > 0
    assert distribution["AUS"] < 0
    assert distribution["CHN"] < 0


def test_views_agree_with_each_other(make_world) -> None:
    series, emissions = make_world(seed=12)
    effects = decompose(series, emissions)
    by_country = effects.by_country()
    assert by_country.index.names == ["country", "year"]
    assert by_country.columns.names == ["factor", "origin"]
    assert set(by_country.index.get_level_values("year")) == {2001, 2002}
    foreign = by_country.xs("foreign", axis=1, level="origin")
    tidy = effects.to_frame()
    sums = tidy[tidy["origin"] == "foreign"].pivot_table(
        index=["country", "year"], columns="factor", values="effect", aggfunc="sum"
    )
    np.testing.assert_allclose(sums.loc[foreign.index, foreign.columns], foreign)
    bilateral = effects.bilateral("mix", 2001)
    assert bilateral.loc["AUS"].drop("AUS").sum() == pytest.approx(
        foreign.loc[("AUS", 2001), "mix"]
    )
    demand = sum(effects.bilateral(factor) for factor in ("level", "mix", "distribution"))
    pd.testing.assert_frame_equal(effects.bilateral("demand"), demand)
    np.testing.assert_allclose(effects.bilateral().sum(axis=1), effects.change())
    by_sector = effects.by_sector().groupby(level=["country", "year"]).sum()
    pd.testing.assert_frame_equal(by_sector, by_country.sort_index(), check_names=False)
    assert "Largest relative miss" in str(effects)
    with pytest.raises(KeyError, match="no factor 'tecnology'"):
        effects.bilateral("tecnology")
    with pytest.raises(KeyError, match="No period ends in 2000"):
        effects.bilateral("mix", 2000)


def test_longer_periods_on_request(make_world) -> None:
    series, emissions = make_world(seed=13)
    effects = decompose(series, emissions, periods=[(2000, 2002)])
    change = emissions.xs(2002, level="year") - emissions.xs(2000, level="year")
    np.testing.assert_allclose(effects.change().to_numpy(), change.to_numpy())


def test_country_that_starts_without_final_demand(make_world) -> None:
    series, emissions = make_world(seed=14, years=(2000, 2001))
    Y = series[2000].Y.copy()
    Y[:, 2:4] = 0.0
    begun = IOSeries({2000: series[2000].replace(Y=Y), 2001: series[2001]})
    effects = decompose(begun, emissions, tolerance=np.inf)
    assert np.isfinite(effects.values).all()
    assert effects.bilateral("mix", 2001)["BRA"].abs().max() < 1e-8


def test_a_table_is_factorised_once(make_world, monkeypatch) -> None:
    series, emissions = make_world(seed=15)
    built: list[int] = []
    original = ioecon.leontief.Leontief.__init__

    def counting(self, *given, **settings) -> None:
        built.append(1)
        original(self, *given, **settings)

    monkeypatch.setattr(ioecon.leontief.Leontief, "__init__", counting)
    for accounting in ACCOUNTINGS:
        decompose(series, emissions, accounting=accounting)
    assert len(built) == 3  # three years, two periods, two accountings


def single_precision(series: IOSeries) -> IOSeries:
    return IOSeries(
        {
            year: table.replace(Z=table.Z.astype(np.float32), Y=table.Y.astype(np.float32))
            for year, table in series.items()
        }
    )


def widened(series: IOSeries) -> IOSeries:
    """The same numbers in double precision."""
    return IOSeries(
        {
            year: table.replace(Z=table.Z.astype(float), Y=table.Y.astype(float))
            for year, table in series.items()
        }
    )


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_single_precision_is_refined_to_double(make_world, accounting) -> None:
    series, emissions = make_world(seed=31, years=(2000, 2001, 2002), countries=5, sectors=9)
    narrow = single_precision(series)
    ours = decompose(narrow, emissions, accounting=accounting)
    theirs = decompose(widened(narrow), emissions, accounting=accounting)
    scale = np.abs(theirs.values).max()
    np.testing.assert_allclose(ours.values, theirs.values, rtol=0, atol=1e-12 * scale)
    assert ours.solve_residuals.shape == (2,)
    assert 0 < ours.solve_residuals.max() < 1e-14
    assert f"solves in float32, refined to {ours.solve_residuals.max():.1e}" in str(ours)
    assert theirs.solve_residuals is None
    assert "float32" not in str(theirs)
    with pytest.raises(ValueError, match="read-only"):
        ours.solve_residuals[0] = 0.0


def test_badly_conditioned_table_in_single_precision_is_refused(make_world) -> None:
    series, emissions = make_world(seed=32, years=(2000, 2001))
    table = series[2001]
    Z = table.Z * (1 - 1e-10) * table.x / table.Z.sum(axis=0)  # hardly any value added
    x = Z.sum(axis=0)
    Y = np.abs(np.random.default_rng(6).random(table.Y.shape))
    Y *= 1e-9 * x.sum() / Y.sum()
    closed = IOSeries({2000: series[2000], 2001: table.replace(Z=Z, Y=Y)})
    with pytest.raises(PrecisionError, match="dtype='float64'"):
        decompose(single_precision(closed), emissions, tolerance=np.inf)


PERIODS = ([(2000, 2002), (2001, 2003)], [(2001, 2003), (2000, 2001), (2000, 2002)])


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
@pytest.mark.parametrize("periods", PERIODS)
def test_periods_in_any_order_are_what_each_is_alone(make_world, accounting, periods) -> None:
    series, emissions = make_world(seed=33, years=(2000, 2001, 2002, 2003))
    together = decompose(series, emissions, accounting=accounting, periods=periods)
    for position, period in enumerate(periods):
        alone = decompose(series, emissions, accounting=accounting, periods=[period])
        np.testing.assert_allclose(
            together.values[position], alone.values[0], rtol=1e-12, atol=1e-12
        )
        np.testing.assert_array_equal(together.row_changes[position], alone.row_changes[0])


@pytest.mark.parametrize(("dtype", "most"), [("float64", 1.6), ("float32", 1.5)])
def test_memory_is_one_factorisation(make_world, dtype, most) -> None:
    """In matrices of float64; the results of three periods alone are 0.15 of one."""
    years = (2000, 2001, 2002, 2003)
    series, emissions = make_world(seed=34, years=years, countries=6, sectors=80)
    fresh = single_precision(series) if dtype == "float32" else widened(series)
    decompose(series, emissions)  # what is imported and looked up once
    ioecon.leontief.set_factorisation_memory(0)
    try:
        tracemalloc.start()
        effects = decompose(fresh, emissions)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        ioecon.leontief.set_factorisation_memory(1024)
    assert effects.values.nbytes / series[2000].Z.nbytes == pytest.approx(0.15)
    assert peak / series[2000].Z.nbytes < most


def test_account_by_sector(make_world) -> None:
    series, _ = make_world(seed=16)
    index = pd.MultiIndex.from_product(
        [series.countries, series.sectors, series.years], names=["country", "sector", "year"]
    )
    values = pd.Series(np.random.default_rng(1).uniform(1, 9, len(index)), index=index)
    account = Account(values=values, unit="kt")
    for accounting in ACCOUNTINGS:
        effects = decompose(series, account, accounting=accounting)
        wanted = values.groupby(level=["country", "year"]).sum().groupby(level="country").diff()
        pd.testing.assert_series_equal(
            effects.change(), wanted.loc[effects.change().index], check_names=False
        )
    values["AUS", "s1", 2001] = 0.0
    with pytest.raises(EmissionsError, match=r"2001.*AUS s1.*satellite"):
        decompose(series, Account(values=values, unit="kt"))
    assert decompose(series, Account(values=values, unit="kt"), accounting="satellite")


def test_missing_emissions_are_named(make_world) -> None:
    series, emissions = make_world()
    with pytest.raises(EmissionsError, match="BRA"):
        decompose(series, emissions.drop("BRA", level="country"))
    with pytest.raises(EmissionsError, match="2001"):
        decompose(series, emissions.drop(2001, level="year"))


def test_unsound_tables_are_refused(make_world) -> None:
    series, emissions = make_world()
    Z = series[2001].Z.copy()
    Z[0, 5] = np.nan
    faulty = IOSeries({2000: series[2000], 2001: series[2001].replace(Z=Z)})
    with pytest.raises(UnsoundTableError, match="AUS s1 → BRA s2"):
        decompose(faulty, emissions)


def test_output_that_rows_do_not_add_up_to_breaks_the_identity(make_world) -> None:
    series, emissions = make_world(years=(2000, 2001))
    printed = {
        year: table.replace(
            printed_output=table.x * np.linspace(1.1, 1.3, table.n), output="printed"
        )
        for year, table in series.items()
    }
    with pytest.raises(UnsoundTableError, match="miss Z"):
        decompose(IOSeries(printed), emissions)
    with pytest.raises(IdentityError, match="output='row_sums'"):
        decompose(IOSeries(printed), emissions, tolerance=np.inf)


def test_table_with_an_outside_is_refused(make_world) -> None:
    series, emissions = make_world(years=(2000, 2001))
    opened = {year: table.replace(exports=np.ones(table.n)) for year, table in series.items()}
    with pytest.raises(TableError, match="places outside it"):
        decompose(IOSeries(opened), emissions)


def test_accounting_is_named_right(make_world) -> None:
    with pytest.raises(ValueError, match="'carbon_table' or 'satellite'"):
        decompose(*make_world(), accounting="carbon")


def without_rows(table: IOTable, rows: list[int]) -> IOTable:
    """Table in which some sectors neither produce nor use anything."""
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[rows] = Y[rows] = 0.0
    Z[:, rows] = 0.0
    return table.replace(Z=Z, Y=Y)


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_country_without_output(make_world, accounting) -> None:
    series, emissions = make_world(seed=17)
    tables = dict(series) | {2001: without_rows(series[2001], [0, 1, 2, 3])}
    emissions["AUS", 2001] = 0.0
    effects = decompose(IOSeries(tables), emissions, accounting=accounting)
    assert effects.residual < 1e-12
    assert effects.change()["AUS", 2001] == pytest.approx(-emissions["AUS", 2000])


def test_sector_that_appears_has_no_intensity_effect(make_world) -> None:
    series, _ = make_world(seed=18)
    tables = dict(series) | {2000: without_rows(series[2000], [0])}
    index = pd.MultiIndex.from_product(
        [series.countries, series.sectors, series.years], names=["country", "sector", "year"]
    )
    account = pd.Series(np.random.default_rng(2).uniform(1, 9, len(index)), index=index)
    account["AUS", "s1", 2000] = 0.0
    effects = decompose(IOSeries(tables), account, accounting="satellite").by_sector()
    assert effects.loc[("AUS", "s1", 2001), "intensity"].abs().max() == 0
    assert effects.loc[("AUS", "s1", 2001)].sum() == pytest.approx(account["AUS", "s1", 2001])
    assert effects.loc[("AUS", "s1", 2002), "intensity"].abs().max() > 0


def test_final_demand_that_cancels_out_is_refused_by_name(make_world) -> None:
    series, emissions = make_world(seed=19)
    table = series[2001]
    Y = table.Y.copy()
    Y[:, 0] += Y[:, 2:4].sum(axis=1)
    Y[:, 2:4] = 0.0
    Y[0, 2], Y[1, 2] = 1.0, -1.0  # BRA
    tables = dict(series) | {2001: table.replace(Y=Y)}
    with pytest.raises(UnsoundTableError, match=r"Final demand of BRA in 2001 adds up to nothing"):
        decompose(IOSeries(tables), emissions, accounting="satellite")


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_years_that_hardly_differ(make_world, accounting) -> None:
    """Rounding of the emissions themselves is not a broken identity."""
    series, emissions = make_world(seed=20, years=(2000, 2001))
    first = series[2000]
    noise = 1 + 1e-9 * np.random.default_rng(3).standard_normal(first.Z.shape)
    series = IOSeries({2000: first, 2001: first.replace(year=2001, Z=first.Z * noise)})
    for country in series.countries:
        emissions[country, 2001] = emissions[country, 2000] * (1 + 1e-14)
    assert decompose(series, emissions, accounting=accounting).residual < 1e-10


def test_table_with_rounding_breaks_is_factorised_once(make_world, monkeypatch) -> None:
    series, emissions = make_world(seed=21)
    tables = {}
    for year, table in series.items():
        rounded = without_rows(table, [0])
        Z, Y = rounded.Z.copy(), rounded.Y.copy()
        Z[1, 0] = 1e-5  # inputs without output
        Z[5] = Y[5] = 0.0
        Y[5, 0] = 1e-9
        Z[:, 5] = 0.0
        Z[2, 5] = 2e-9  # a column of A that sums to two
        tables[year] = table.replace(Z=Z, Y=Y)
    built: list[int] = []
    original = ioecon.leontief.Leontief.__init__

    def counting(self, *given, **settings) -> None:
        built.append(1)
        original(self, *given, **settings)

    monkeypatch.setattr(ioecon.leontief.Leontief, "__init__", counting)
    carried = IOSeries(tables)
    with pytest.warns(RoundingWarning):
        decompose(carried, emissions, accounting="carbon_table")
    decompose(carried, emissions, accounting="satellite")
    ioecon.transfer_index(carried, of="foreign_input")
    assert len(built) == 3


def test_effects_cannot_be_changed(make_world) -> None:
    series, emissions = make_world(seed=22)
    effects = decompose(series, emissions)
    for kept in (effects, pickle.loads(pickle.dumps(effects))):
        with pytest.raises(ValueError, match="read-only"):
            kept.values[0] = 0


def test_negative_output_from_rounding_is_carried_by_the_carbon_table(make_world):
    """National totals give such a sector a share below zero, of a positive intensity."""
    series, emissions = make_world(years=(2000, 2001))
    table = series[2001]
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[2], Y[2], Z[:, 2] = 0, 0, 0
    Y[2, 0] = -1e-4
    rounded = IOSeries([series[2000], table.replace(Z=Z, Y=Y)])
    with pytest.warns(RoundingWarning, match="negative output"):
        effects = decompose(rounded, emissions)
    assert effects.residual < 1e-10
