"""The same accounts by pymrio, an independent implementation."""

import numpy as np
import pandas as pd
import pymrio
import pytest

from ioecon import Account, IOTable, carbon_accounts
from ioecon.audit import sound_table


def by_pymrio(table, c):
    """(D_cba, D_pba, D_imp, D_exp), each a row of n values."""
    index = table.index.set_names(["region", "sector"])
    Z = pd.DataFrame(table.Z, index=index, columns=index)
    Y = pd.DataFrame(table.F, index=index, columns=pd.Index(table.countries, name="region"))
    F = pd.DataFrame(c[None], index=["co2"], columns=index)
    x = pd.DataFrame(table.x[:, None], index=index, columns=["indout"])
    L = pymrio.calc_L(pymrio.calc_A(Z, x))
    return [part.iloc[0] for part in pymrio.calc_accounts(pymrio.calc_S(F, x), L, Y)]


def require_same(accounts, table, parts):
    cba, pba, imports, exports = parts
    sizes = {"rtol": 1e-9, "atol": 1e-9 * accounts.emissions.max()}
    rows = accounts.by_sector()
    np.testing.assert_allclose(rows["pba"], pba, **sizes)
    np.testing.assert_allclose(rows["exports"], exports, **sizes)
    np.testing.assert_allclose(accounts.by_product().to_numpy().ravel(), cba, **sizes)
    frame = accounts.by_country()
    blocks = imports.to_numpy().reshape(len(table.countries), -1).sum(axis=1)
    np.testing.assert_allclose(frame["imports"], blocks, **sizes)
    totals = cba.to_numpy().reshape(len(table.countries), -1).sum(axis=1)
    np.testing.assert_allclose(frame["cba"], totals, rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_random_tables(make_table, make_account, seed):
    table = make_table(seed, countries=2 + seed, sectors=5 - seed // 2)
    account = make_account(table, seed)
    accounts = carbon_accounts(table, account)
    require_same(accounts, table, by_pymrio(table, account.values.to_numpy()))


def test_test_world_of_pymrio():
    system = pymrio.load_test().calc_all()
    regions, sectors = list(system.get_regions()), list(system.get_sectors())
    categories = list(system.get_Y_categories())
    table = IOTable(
        Z=system.Z.to_numpy(),
        Y=system.Y.to_numpy(),
        countries=regions,
        sectors=sectors,
        categories=categories,
        year=2000,
        currency="EUR",
    )
    F = system.emissions.F
    kind = F.index[0]
    c = F.loc[kind].to_numpy(dtype=float)
    index = pd.MultiIndex.from_product(
        [regions, sectors, [2000]], names=["country", "sector", "year"]
    )
    accounts = carbon_accounts(table, Account(pd.Series(c, index=index)))
    satellite = system.emissions
    require_same(
        accounts,
        table,
        [getattr(satellite, name).loc[kind] for name in ("D_cba", "D_pba", "D_imp", "D_exp")],
    )
    # pymrio adds direct emissions of final demand to what a region answers for.
    households = satellite.F_Y.loc[kind].groupby(level="region").sum().reindex(regions)
    np.testing.assert_allclose(
        accounts.by_country()["cba"] + households, satellite.D_cba_reg.loc[kind], rtol=1e-9
    )


def test_wiod_2013(wiod, wiod_accounts):
    table, _ = wiod
    sound = sound_table(table)  # inputs of sectors without output, counted as final use
    require_same(wiod_accounts, sound, by_pymrio(sound, wiod_accounts.emissions))
