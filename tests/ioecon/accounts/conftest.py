"""Emissions for the random tables of ``tests/ioecon``, and WIOD with its own accounts."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import Account, IOTable


@pytest.fixture(scope="session")
def make_account() -> Callable[..., Account]:
    """Account by sector for one table; with ``households`` also their direct emissions."""

    def make(table: IOTable, seed: int = 5, *, households: bool = False) -> Account:
        rng = np.random.default_rng([seed, table.year])
        index = pd.MultiIndex.from_product(
            [table.countries, table.sectors, [table.year]], names=["country", "sector", "year"]
        )
        values = pd.Series(rng.gamma(0.4, 500.0, len(index)), index=index)
        direct = None
        if households:
            totals = pd.MultiIndex.from_product(
                [table.countries, [table.year]], names=["country", "year"]
            )
            direct = pd.Series(rng.uniform(1, 100, len(totals)), index=totals)
        return Account(values, households=direct)

    return make


@pytest.fixture(scope="session")
def wiod(data_root):
    """World table of 2007 and the release's own account of CO2, households apart."""
    series = ioecon.read_series(
        data_root / "wiod2013",
        format="wiod2013-rdata",
        years=[2007],
        progress=False,
        cache=False,
    )
    account = ioecon.read_wiod_co2(data_root / "wiod2013" / "CO2_may12.zip")
    return series[2007], account


@pytest.fixture(scope="session")
def wiod_accounts(wiod):
    table, account = wiod
    with pytest.warns(ioecon.errors.IoeconWarning):
        return ioecon.carbon_accounts(table, account, without_output="leave_out")
