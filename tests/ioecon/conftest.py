"""Small random worlds for tests."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ioecon import IOSeries, IOTable

CODES = (
    *("AUS", "BRA", "CHN", "DEU", "ESP", "FRA"),
    *("GBR", "HUN", "IND", "JPN", "KOR", "MEX"),
)


def random_table(
    seed: int, *, countries: int = 3, sectors: int = 4, categories: int = 2, year: int = 2000
) -> IOTable:
    """A productive table: every sector's inputs cost less than its output."""
    rng = np.random.default_rng([seed, year])
    n = countries * sectors
    Z = rng.gamma(0.5, 10.0, (n, n))
    Y = rng.gamma(0.5, 30.0, (n, countries * categories))
    # Final demand tops output up to well above the cost of inputs.
    lack = np.maximum(1.5 * Z.sum(axis=0) - Z.sum(axis=1) - Y.sum(axis=1), 0) + 1.0
    Y[:, 0] += lack
    return IOTable(
        Z=Z,
        Y=Y,
        countries=CODES[:countries],
        sectors=[f"s{i + 1}" for i in range(sectors)],
        categories=[f"y{i + 1}" for i in range(categories)],
        year=year,
    )


def random_emissions(seed: int, series: IOSeries) -> pd.Series:
    """National totals in kt."""
    index = pd.MultiIndex.from_product([series.countries, series.years], names=["country", "year"])
    values = np.random.default_rng([seed, 99]).uniform(50, 5000, len(index))
    return pd.Series(values, index=index, name="co2_kt")


@pytest.fixture(scope="session")
def make_table() -> Callable[..., IOTable]:
    return random_table


@pytest.fixture(scope="session")
def make_world() -> Callable[..., tuple[IOSeries, pd.Series]]:
    """Series of random tables for the given years, and national emissions."""

    def make(
        seed: int = 1, years: tuple[int, ...] = (2000, 2001, 2002), **size: int
    ) -> tuple[IOSeries, pd.Series]:
        series = IOSeries({year: random_table(seed, year=year, **size) for year in years})
        return series, random_emissions(seed, series)

    return make
