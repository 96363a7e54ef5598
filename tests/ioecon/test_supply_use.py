"""Shares behind the constructs: identities, and a small economy worked out by hand."""

import numpy as np
import pytest

from ioecon.errors import TableError
from ioecon.supply_use import market_shares, product_mix

# As in Miller and Blair (2009), chapter 5: make matrix V (industries × products), use matrix U.
V = np.array([[90.0, 0.0], [10.0, 100.0]])
U = np.array([[12.0, 8.0], [10.0, 7.0]])


def test_requirements_of_a_small_economy_worked_out_by_hand():
    g = V.sum(axis=1)
    D, _ = market_shares(V)
    C, _ = product_mix(V)
    np.testing.assert_allclose(D, [[0.9, 0], [0.1, 1]])
    np.testing.assert_allclose(C, [[1, 0], [10 / 110, 100 / 110]])
    B = U / g
    by_industry = D @ U / g
    by_product = U @ C / V.sum(axis=0)
    np.testing.assert_allclose(by_industry, D @ B)
    # with industry technology both tables stand on the same B: A = D B and A = B D
    np.testing.assert_allclose(by_product, B @ D)
    np.testing.assert_allclose(by_industry, [[0.12, 7.2 / 110], [11.2 / 90, 7.8 / 110]])
    np.testing.assert_allclose(
        by_product, [[0.12 + 0.8 / 110, 8 / 110], [0.1 + 0.7 / 110, 7 / 110]]
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_use_is_kept(seed):
    rng = np.random.default_rng(seed)
    supply = rng.random((5, 5)) + 4 * np.eye(5)
    D, without = market_shares(supply)
    C, idle = product_mix(supply)
    assert not without.size
    assert not idle.size
    np.testing.assert_allclose(D.sum(axis=0), 1)
    np.testing.assert_allclose(C.sum(axis=1), 1)
    np.testing.assert_allclose(D @ supply.sum(axis=0), supply.sum(axis=1))  # q to g
    np.testing.assert_allclose(supply.sum(axis=1) @ C, supply.sum(axis=0))  # g to q


def test_a_diagonal_supply_changes_nothing():
    supply = np.diag([3.0, 0.0, 5.0])
    for find in (market_shares, product_mix):
        shares, without = find(supply)
        np.testing.assert_array_equal(shares, np.eye(3))
        assert without.tolist() == [1]


def test_supplies_that_cancel_are_refused():
    with pytest.raises(TableError, match="supplies of product 2 sum to zero"):
        market_shares(np.array([[1.0, 2.0], [0.0, -2.0]]))
    with pytest.raises(TableError, match="products of industry 1 sum to zero"):
        product_mix(np.array([[2.0, -2.0], [0.0, 1.0]]))
