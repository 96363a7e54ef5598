"""Regional tables of two years, for tests of transfers."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ioecon import IOTable


@pytest.fixture(scope="session")
def make_pair(make_table) -> Callable[..., tuple[IOTable, IOTable]]:
    """Two random regional tables with exports."""

    def make(seed: int = 1, **size: int) -> tuple[IOTable, IOTable]:
        tables = []
        for year in (2002, 2007):
            table = make_table(seed, year=year, **size)
            exports = np.random.default_rng([seed, year]).gamma(0.5, 40.0, table.n)
            tables.append(table.replace(exports=exports))
        return tables[0], tables[1]

    return make


@pytest.fixture(scope="session")
def make_coefficients() -> Callable[..., pd.Series]:
    """Positive coefficients by region and sector."""

    def make(table: IOTable, seed: int = 1) -> pd.Series:
        values = np.random.default_rng(seed).uniform(0.01, 3.0, table.n)
        return pd.Series(values, index=table.index)

    return make
