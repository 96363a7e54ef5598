"""All accounts of a table cost one factorisation and one solve, and no n × n temporary."""

import tracemalloc

import numpy as np
import pytest

from ioecon import carbon_accounts
from ioecon.leontief import Leontief


@pytest.fixture
def calls(monkeypatch):
    """Shapes of the right-hand sides of every solve, and the number of factorisations."""
    seen = {"factorised": 0, "solve": [], "solve_transposed": []}
    start, solve, transposed = Leontief.__init__, Leontief.solve, Leontief.solve_transposed

    def counted_start(self, *given, **settings):
        seen["factorised"] += 1
        start(self, *given, **settings)

    def counted_solve(self, b):
        seen["solve"].append(np.shape(b))
        return solve(self, b)

    def counted_transposed(self, b):
        seen["solve_transposed"].append(np.shape(b))
        return transposed(self, b)

    monkeypatch.setattr(Leontief, "__init__", counted_start)
    monkeypatch.setattr(Leontief, "solve", counted_solve)
    monkeypatch.setattr(Leontief, "solve_transposed", counted_transposed)
    monkeypatch.setattr(np.linalg, "inv", lambda _: pytest.fail("an inverse was formed"))
    return seen


def test_one_factorisation_and_a_right_hand_side_per_country(make_table, make_account, calls):
    table = make_table(51, countries=6, sectors=5)
    carbon_accounts(table, make_account(table))
    assert calls == {"factorised": 1, "solve": [(30, 6)], "solve_transposed": [(30,)]}


def test_a_factorisation_made_before_serves_again(make_table, make_account, calls):
    table = make_table(52)
    table.leontief()
    for average in ("exports", "output"):
        carbon_accounts(table, make_account(table), world_average=average)
    assert calls["factorised"] == 1


def test_memory_beyond_the_factorisation_is_less_than_one_table(make_table, make_account):
    table = make_table(53, countries=6, sectors=100)
    account = make_account(table)
    table.leontief()
    carbon_accounts(table, account)  # what is looked at once and kept
    tracemalloc.start()
    carbon_accounts(table, account)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The domestic systems of six countries are a sixth of a table and are held twice.
    assert peak < table.Z.nbytes
