"""The difference between two databases, decomposed: identity, order, equality, brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon
from ioecon.errors import ArgumentError, EmissionsError, TableError


def account_of(table, seed) -> ioecon.Account:
    rng = np.random.default_rng([seed, 7])
    index = pd.MultiIndex.from_product(
        [table.countries, table.sectors, [table.year]], names=["country", "sector", "year"]
    )
    return ioecon.Account(pd.Series(rng.uniform(1, 500, len(index)), index=index))


@pytest.fixture
def pair(make_table):
    return make_table(51), make_table(52)


ACCOUNTINGS = ("satellite", "carbon_table")


@settings(max_examples=15, deadline=None)
@given(seeds=st.tuples(st.integers(0, 500), st.integers(501, 999)))
@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_effects_sum_to_the_difference(make_table, accounting, seeds):
    tables = [make_table(seed) for seed in seeds]
    accounts = [account_of(table, seed) for table, seed in zip(tables, seeds, strict=True)]
    effects = ioecon.decompose_between(*tables, *accounts, accounting=accounting)
    wanted = accounts[1].totals() - accounts[0].totals()
    found = effects.by_country().sum(axis=1)
    np.testing.assert_allclose(found, wanted.reindex(found.index), atol=1e-10 * wanted.abs().max())
    assert effects.residual < 1e-10


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_exchanging_the_databases_changes_all_signs(pair, accounting):
    accounts = [account_of(table, k) for k, table in enumerate(pair)]
    there = ioecon.decompose_between(*pair, *accounts, accounting=accounting)
    back = ioecon.decompose_between(*pair[::-1], *accounts[::-1], accounting=accounting)
    np.testing.assert_allclose(there.values, -back.values, atol=1e-9 * np.abs(there.values).max())
    assert np.abs(there.by_country().to_numpy()).max() > 1


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_equal_databases_have_no_effects(pair, accounting):
    account = account_of(pair[0], 1)
    effects = ioecon.decompose_between(pair[0], pair[0], account, account, accounting=accounting)
    assert np.abs(effects.values).max() < 1e-9
    assert effects.residual < 1e-10


def test_effects_are_those_of_the_inverses_written_out(pair):
    """The mean of both orders of the polar decomposition, from dense inverses."""
    accounts = [account_of(table, k) for k, table in enumerate(pair)]
    effects = ioecon.decompose_between(*pair, *accounts)
    L, A, e, F = [], [], [], []
    for table, account in zip(pair, accounts, strict=True):
        coefficients = table.Z / table.x
        A.append(coefficients)
        L.append(np.linalg.inv(np.eye(table.n) - coefficients))
        c = account.values.droplevel("year").reindex(table.index).to_numpy()
        e.append(c / table.x)
        F.append(table.F)
    y = [part.sum(axis=1) for part in F]
    mean_e, n, countries = (e[0] + e[1]) / 2, pair[0].n, len(pair[0].countries)
    own = np.repeat(np.arange(countries), n // countries)
    technology = np.zeros((n, countries))
    for country in range(countries):
        dA = np.where(own == country, A[1] - A[0], 0.0)
        both = (L[1] @ dA @ L[0] + L[0] @ dA @ L[1]) / 2
        technology[:, country] = mean_e * (both @ (y[0] + y[1]) / 2)
    np.testing.assert_allclose(effects.values[0, 0], technology, rtol=1e-9, atol=1e-9)
    f = [part.sum() for part in y]
    D = [part.sum(axis=0) / total for part, total in zip(F, f, strict=True)]
    B = [part / part.sum(axis=0) for part in F]
    mean_L = (L[0] + L[1]) / 2
    mix = mean_L @ ((B[1] - B[0]) * ((f[0] * D[1] + f[1] * D[0]) / 2)) * mean_e[:, None]
    np.testing.assert_allclose(effects.values[0, 2], mix, rtol=1e-9, atol=1e-9)
    spread = mean_L @ ((f[0] * B[0] + f[1] * B[1]) / 2 * (D[1] - D[0])) * mean_e[:, None]
    np.testing.assert_allclose(effects.values[0, 3], spread, rtol=1e-9, atol=1e-9)
    intensity = (e[1] - e[0]) * (pair[0].x + pair[1].x) / 2
    np.testing.assert_allclose(effects.values[0, 4].sum(axis=1), intensity, rtol=1e-9)


def test_only_what_differs_has_an_effect(pair):
    table, account = pair[0], account_of(pair[0], 1)
    doubled = ioecon.Account(account.values * 2)
    effects = ioecon.decompose_between(table, table, account, doubled).by_country()
    sums = effects.T.groupby(level="factor").sum().T
    np.testing.assert_allclose(sums["intensity"], account.totals(), rtol=1e-10)
    assert np.abs(sums.drop(columns="intensity").to_numpy()).max() < 1e-8
    more = table.replace(Y=table.Y * 1.5, Z=table.Z * 1.5)
    grown = ioecon.Account(account.values * 1.5)
    level = ioecon.decompose_between(table, more, account, grown).by_country()
    sums = level.T.groupby(level="factor").sum().T
    np.testing.assert_allclose(sums["level"], account.totals() / 2, rtol=1e-9)
    assert np.abs(sums.drop(columns="level").to_numpy()).max() < 1e-7


def test_accounts_keep_to_their_own_classification(make_table):
    first, second = (
        make_table(53, sectors=4),
        make_table(54, sectors=3).replace(sectors=("t1", "t2", "t3")),
    )
    concordance = (
        {"s1": "a", "s2": "a", "s3": "b", "s4": "b"},
        {"t1": "b", "t2": "a", "t3": "a"},
    )
    accounts = (account_of(first, 1), account_of(second, 2))
    effects = ioecon.decompose_between(
        first, second, *accounts, concordance=concordance, names=("old", "new")
    )
    assert effects.sectors == ("a", "b")
    a = effects.by_sector().sum(axis=1).loc[("AUS", "a")].item()
    there, here = accounts[1].values, accounts[0].values
    expected = sum(there["AUS", s, 2000] for s in ("t2", "t3"))
    expected -= sum(here["AUS", s, 2000] for s in ("s1", "s2"))
    assert a == pytest.approx(expected)
    assert effects.databases == ("old", "new")
    assert "new less old, 2000" in effects.summary()
    assert "difference in emissions" in effects.summary()


def test_national_totals_will_do(make_world):
    series, totals = make_world(years=(2000, 2001))
    first, second = series[2000], series[2001].replace(year=2000)
    effects = ioecon.decompose_between(first, second, totals, totals * 1.1)
    wanted = 0.1 * totals.xs(2000, level="year")
    np.testing.assert_allclose(effects.change().droplevel("year"), wanted, rtol=1e-9)


def test_what_cannot_be_compared_is_refused(pair):
    accounts = [account_of(table, k) for k, table in enumerate(pair)]
    with pytest.raises(TableError, match="year of the first table is 2000, of the second 2001"):
        ioecon.decompose_between(pair[0], pair[1].replace(year=2001), *accounts)
    with pytest.raises(EmissionsError, match=r"second table emits is CO2 \(t\), the rest CO2 \(k"):
        ioecon.decompose_between(*pair, accounts[0], accounts[1].to_unit("t"))
    with pytest.raises(ArgumentError, match="accounting is 'carbon_table' or 'satellite', not 'x'"):
        ioecon.decompose_between(*pair, *accounts, accounting="x")
    with pytest.raises(ArgumentError, match="names are two names that differ"):
        ioecon.decompose_between(*pair, *accounts, names=("a", "a"))
    with pytest.raises(EmissionsError, match="missing for AUS"):
        ioecon.decompose_between(*pair, ioecon.Account(accounts[0].values.drop("AUS")), accounts[1])
