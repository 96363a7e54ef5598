"""Accounts against inverses written out, their identities, and what must not change them."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioecon import Account, IOTable, carbon_accounts


def inverse(matrix):
    return np.linalg.inv(np.eye(len(matrix)) - matrix)


def plain(table, c):
    """Every account by its definition, with inverses and loops over countries."""
    countries, sectors = len(table.countries), len(table.sectors)
    rows = [slice(r * sectors, (r + 1) * sectors) for r in range(countries)]
    A, e = table.Z / table.x, c / table.x
    L, F = inverse(A), table.F
    own = [inverse(A[rows[r], rows[r]]) for r in range(countries)]
    mrio, eebt = np.zeros((countries, countries)), np.zeros((countries, countries))
    routes = np.zeros((countries, countries, countries))
    for r in range(countries):
        for s in range(countries):
            mrio[r, s] = e[rows[r]] @ (L @ F[:, s])[rows[r]]
            sold = F[rows[r], s].copy()
            if r != s:
                sold += table.Z[rows[r], rows[s]].sum(axis=1)
            eebt[r, s] = e[rows[r]] @ own[r] @ sold
            for t in range(countries):
                direct = F[rows[r], s] * (t == s)
                if t != r:
                    direct = direct + A[rows[r], rows[t]] @ (L @ F[:, s])[rows[t]]
                routes[r, t, s] = e[rows[r]] @ own[r] @ direct
    x_by_destination = L @ F
    exported = np.concatenate(
        [
            np.delete(x_by_destination[rows[r]], r, axis=1).sum(axis=1).reshape(-1)
            for r in range(countries)
        ]
    ).reshape(countries, sectors)
    intensity = e.reshape(countries, sectors)
    average = (intensity * exported).sum(axis=0) / exported.sum(axis=0)
    pba = c.reshape(countries, sectors).sum(axis=1)
    imports = mrio.sum(axis=0) - np.diag(mrio)
    tcba = pba - (average * exported).sum(axis=1) + imports
    return {"mrio": mrio, "eebt": eebt, "routes": routes, "pba": pba, "tcba": tcba}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_account_is_what_its_definition_gives_with_inverses(make_table, make_account, seed):
    table = make_table(seed, countries=4, sectors=3)
    account = make_account(table, seed)
    accounts = carbon_accounts(table, account)
    wanted = plain(table, account.values.to_numpy())
    frame = accounts.by_country()
    np.testing.assert_allclose(accounts.bilateral("mrio"), wanted["mrio"], rtol=1e-11)
    np.testing.assert_allclose(accounts.bilateral("eebt"), wanted["eebt"], rtol=1e-11)
    np.testing.assert_allclose(accounts.routes, wanted["routes"], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(frame["pba"], wanted["pba"], rtol=1e-12)
    np.testing.assert_allclose(frame["cba"], wanted["mrio"].sum(axis=0), rtol=1e-11)
    np.testing.assert_allclose(frame["tcba"], wanted["tcba"], rtol=1e-11)


def test_hand_worked_pair_of_countries():
    table = IOTable(
        Z=[[10, 10], [10, 10]],
        Y=[[72, 8], [17, 63]],
        countries=["North", "South"],
        sectors=["all"],
        categories=["final"],
        year=2005,
    )
    index = pd.MultiIndex.from_product([["North", "South"], [2005]], names=["country", "year"])
    accounts = carbon_accounts(table, pd.Series([50.0, 200.0], index=index))
    frame = accounts.by_country()
    assert frame["domestic"].tolist() == pytest.approx([41.5625, 143.75])
    assert frame["exports"].tolist() == pytest.approx([8.4375, 56.25])
    assert frame["exports_eebt"].tolist() == pytest.approx([10, 60])
    assert frame["cba_eebt"].tolist() == pytest.approx([40 + 60, 140 + 10])
    assert accounts.world_intensity.tolist() == pytest.approx([64.6875 / 45])
    assert frame["tcba"].sum() == pytest.approx(250)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    countries=st.integers(1, 5),
    sectors=st.integers(1, 4),
    idle=st.booleans(),
    average=st.sampled_from(["exports", "output"]),
)
def test_identities_hold_on_any_table(
    make_table, make_account, seed, countries, sectors, idle, average
):
    table = make_table(seed, countries=countries, sectors=sectors)
    account = make_account(table, seed)
    if idle and table.n > 1:  # a sector that neither produces nor buys
        Z, Y = table.Z.copy(), table.Y.copy()
        row = seed % table.n
        Y[:, 0] += Z[:, row]
        Z[row], Z[:, row], Y[row] = 0, 0, 0
        table = table.replace(Z=Z, Y=Y)
        values = account.values.copy()
        values.iloc[row] = 0.0
        account = Account(values)
    accounts = carbon_accounts(table, account, world_average=average)
    assert accounts.residual < 1e-10
    frame, pairs = accounts.by_country(), accounts.reconciliation()
    world = account.values.sum()
    tolerance = {"rtol": 1e-9, "atol": 1e-9 * world}
    np.testing.assert_allclose(frame["pba"], frame["domestic"] + frame["exports"], **tolerance)
    np.testing.assert_allclose(frame[["pba", "cba", "cba_eebt"]].sum(), world, rtol=1e-9)
    np.testing.assert_allclose(frame["tcba"].sum() + accounts.unallocated, world, rtol=1e-9)
    if average == "exports":
        assert abs(accounts.unallocated) <= 1e-9 * world
    np.testing.assert_allclose(
        pairs["difference"],
        pairs["feedback"] + pairs["passed_on"] - pairs["via_third"],
        **tolerance,
    )
    np.testing.assert_allclose(
        pairs["eebt"], pairs[["absorbed", "feedback", "passed_on"]].sum(axis=1), **tolerance
    )
    np.testing.assert_allclose(
        pairs["mrio"], pairs[["absorbed", "via_third"]].sum(axis=1), **tolerance
    )
    by_country = accounts.reconciliation_by_country()
    exports = by_country["exports"]
    np.testing.assert_allclose(exports["difference"], exports["feedback"], **tolerance)
    np.testing.assert_allclose(exports["passed_on"], exports["via_third"], **tolerance)
    np.testing.assert_allclose(
        frame["domestic"] - frame["domestic_eebt"], exports["feedback"], **tolerance
    )
    assert (pairs[["absorbed", "feedback", "passed_on", "via_third"]] >= -1e-9 * world).all().all()


def test_average_of_gross_output_leaves_credits_that_do_not_add_up(make_table, make_account):
    table = make_table(4)
    account = make_account(table)
    accounts = carbon_accounts(table, account, world_average="output")
    world = account.values.sum()
    assert abs(accounts.unallocated) > 1e-3 * world
    assert accounts.by_country()["tcba"].sum() + accounts.unallocated == pytest.approx(world)
    x = table.x.reshape(3, 4)
    c = account.values.to_numpy().reshape(3, 4)
    np.testing.assert_allclose(accounts.world_intensity, c.sum(axis=0) / x.sum(axis=0))
    assert "unallocated" in accounts.summary()


def test_same_intensities_everywhere_earn_no_credit(make_table):
    table = make_table(8)
    index = table.index.set_names(["country", "sector"])
    k = pd.Series(np.tile([1.0, 3.0, 0.5, 2.0], 3), index=index)
    values = pd.concat({2000: k * table.x}, names=["year"]).reorder_levels([1, 2, 0])
    for average in ("exports", "output"):
        accounts = carbon_accounts(table, Account(values), world_average=average)
        np.testing.assert_allclose(accounts.technology()["credit"], 0, atol=1e-9)
        np.testing.assert_allclose(
            accounts.by_country()["tcba"], accounts.by_country()["cba"], rtol=1e-12
        )


def test_order_of_countries_and_sectors_does_not_matter(make_table, make_account):
    table = make_table(6, countries=4, sectors=3)
    account = make_account(table)
    countries, sectors = [2, 0, 3, 1], [1, 2, 0]
    rows = np.array([c * 3 + s for c in countries for s in sectors])
    columns = np.array([c * 2 + k for c in countries for k in range(2)])
    moved = table.replace(
        Z=table.Z[np.ix_(rows, rows)],
        Y=table.Y[np.ix_(rows, columns)],
        countries=[table.countries[c] for c in countries],
        sectors=[table.sectors[s] for s in sectors],
    )
    first, second = carbon_accounts(table, account), carbon_accounts(moved, account)
    order = list(table.countries)
    pd.testing.assert_frame_equal(
        first.by_country(), second.by_country().reindex(order), rtol=1e-11, atol=1e-9
    )
    for approach in ("mrio", "eebt"):
        pd.testing.assert_frame_equal(
            first.bilateral(approach),
            second.bilateral(approach).reindex(index=order, columns=order),
            rtol=1e-11,
        )
    keys = ["country", "destination"]
    pd.testing.assert_frame_equal(
        first.reconciliation().sort_index(),
        second.reconciliation().sort_index(),
        rtol=1e-10,
        atol=1e-9,
    )
    assert first.reconciliation().index.names == keys


def test_unit_of_the_table_does_not_matter_and_unit_of_emissions_scales(make_table, make_account):
    table = make_table(7)
    account = make_account(table)
    accounts = carbon_accounts(table, account).by_country()
    scaled = table.replace(Z=table.Z * 1e6, Y=table.Y * 1e6, unit="one")
    pd.testing.assert_frame_equal(
        accounts, carbon_accounts(scaled, account).by_country(), rtol=1e-11, atol=1e-9
    )
    pd.testing.assert_frame_equal(
        1000 * accounts,
        carbon_accounts(table, Account(account.values * 1000)).by_country(),
        rtol=1e-11,
        atol=1e-6,
    )


def test_without_trade_all_accounts_are_the_same(make_table, make_account):
    table = make_table(9)
    home = np.kron(np.eye(3), np.ones((4, 4)))
    Y = np.kron(np.eye(3), np.full((4, 2), table.Z.sum()))
    closed = table.replace(Z=table.Z * home, Y=Y)
    frame = carbon_accounts(closed, make_account(closed)).by_country()
    for name in ("cba", "tcba", "cba_eebt", "domestic", "domestic_eebt"):
        np.testing.assert_allclose(frame[name], frame["pba"], rtol=1e-12)
    np.testing.assert_allclose(frame[["exports", "exports_eebt"]], 0, atol=1e-12)


def test_trade_in_final_products_alone_is_counted_the_same_by_both_approaches(
    make_table, make_account
):
    table = make_table(10)
    final = table.replace(Z=table.Z * np.kron(np.eye(3), np.ones((4, 4))))
    accounts = carbon_accounts(final, make_account(final))
    pairs = accounts.reconciliation()
    np.testing.assert_allclose(pairs["eebt"], pairs["mrio"], rtol=1e-11)
    np.testing.assert_allclose(pairs["absorbed"], pairs["mrio"], rtol=1e-11)


def test_households_stand_in_a_column_of_their_own(make_table, make_account):
    table = make_table(11)
    account = make_account(table, households=True)
    bare = Account(account.values)
    frame = carbon_accounts(table, account).by_country()
    assert frame["households"].tolist() == account.households.tolist()
    pd.testing.assert_frame_equal(
        frame.drop(columns="households"), carbon_accounts(table, bare).by_country()
    )
    assert "households" in carbon_accounts(table, account).summary()


def test_frames_tell_the_same_story(make_table, make_account):
    table = make_table(12)
    accounts = carbon_accounts(table, make_account(table))
    frame = accounts.by_country()
    tidy = accounts.to_frame()
    assert list(tidy.columns) == ["country", "sector", "destination", "mrio", "eebt"]
    wide = tidy.pivot_table("eebt", "country", "destination", aggfunc="sum")
    pd.testing.assert_frame_equal(
        wide, accounts.bilateral("eebt"), check_names=False, check_like=True
    )
    sectors = accounts.by_sector().groupby(level="country").sum()
    for name in ("pba", "exports", "exports_eebt"):
        np.testing.assert_allclose(sectors[name], frame[name], rtol=1e-12)
    np.testing.assert_allclose(accounts.by_product().sum(axis=1), frame["cba"], rtol=1e-11)
    one = sum(accounts.bilateral("mrio", sector) for sector in table.sectors)
    np.testing.assert_allclose(one, accounts.bilateral("mrio"), rtol=1e-12)
    credit = accounts.technology()["credit"]
    np.testing.assert_allclose(frame["cba"] - credit, frame["tcba"], rtol=1e-12)
    assert accounts.identities.max() == accounts.residual
    assert "<table" in accounts._repr_html_()


def test_html_is_escaped(make_table, make_account):
    table = make_table(13).replace(countries=["<b>", "BRA", "CHN"])
    html = carbon_accounts(table, make_account(table))._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_arrays_cannot_be_changed_not_even_after_a_pickle(make_table, make_account):
    table = make_table(14)
    accounts = carbon_accounts(table, make_account(table))
    with pytest.raises(ValueError, match="read-only"):
        accounts.mrio[0, 0] = 1.0
    again = pickle.loads(pickle.dumps(accounts))
    pd.testing.assert_frame_equal(again.by_country(), accounts.by_country())
    with pytest.raises(ValueError, match="read-only"):
        again.emissions[0] = 1.0
