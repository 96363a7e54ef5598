"""One factorisation of a table serves every question about its supply chains."""

import numpy as np
import pytest

import ioecon
from ioecon.leontief import Leontief

MODULES = ("ioecon.table", "ioecon.supply_chains.chain_year", "ioecon.supply_chains.removal")


@pytest.fixture
def factorised(monkeypatch) -> list[int]:
    """Sizes of what is factorised."""
    sizes: list[int] = []

    def count(Z, x, **options):
        sizes.append(len(x))
        return Leontief(Z, x, **options)

    for module in MODULES:
        monkeypatch.setattr(f"{module}.Leontief", count)
    return sizes


def test_a_table_is_factorised_once(make_table, factorised):
    table = make_table(21)
    ioecon.structural_paths(table, destinations="AUS", largest=20)
    ioecon.structural_paths(table, origins="BRA", cutoff=0.001)
    for links in ("all", "backward", "forward"):
        ioecon.extraction(table, countries="BRA", sectors=["s1", "s2"], links=links)
    ioecon.extraction(table, countries="BRA", sectors="s1", buyers="CHN")
    ioecon.linkages(table)
    assert factorised == [12]


def test_changes_factorise_each_year_once(make_table, factorised):
    ioecon.path_changes(make_table(21), make_table(21, year=2001), largest=20)
    assert factorised == [12, 12]


def test_negative_inputs_and_large_extractions_take_one_more(make_table, factorised):
    table = make_table(22)
    ioecon.extraction(table, countries=["BRA", "CHN"])
    assert factorised == [12, 12]
    Z = table.Z.copy()
    Z[0, 5] = -1.0
    ioecon.structural_paths(table.replace(Z=Z), largest=20)
    assert factorised == [12] * 4


def test_the_search_opens_few_nodes(make_table):
    """Far fewer than there are paths: of 144 of order 1, 1,728 of order 2, …"""
    paths = ioecon.structural_paths(make_table(23), largest=20, most_branches=400)
    assert len(paths.rows) == 20
    assert np.all(np.diff(paths.values) <= 0)
