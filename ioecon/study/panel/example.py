"""The embedded example: cities that do not exist, and a carbon market that some of them joined.

Run as ``python -m ioecon.study.panel.example`` it writes ``example.csv``, which comes with the
package. What is true of the data is in :data:`TRUTH`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

__all__ = ["EXAMPLE", "TRUTH", "example_frame"]

EXAMPLE = Path(__file__).with_name("example.csv")
#: Effects on ln(emissions) of ``ln(gdp) + industry + price + market``, given city and year.
TRUTH: Mapping[str, float] = MappingProxyType(
    {"ln_gdp": 0.6, "industry": 0.012, "price": -0.004, "market": -0.1}
)
_SEED = 20_260_101
_CITIES, _FIRST, _LAST = 60, 2008, 2019
_STARTS = (2013, 2016)  # years in which cities joined the market
_REGIONS = ("Coast", "Plain", "Hills")
_BEGINNINGS = ("Al", "Bren", "Cal", "Dor", "El", "Fen", "Gar", "Hal", "Ist", "Kel")
_ENDINGS = ("ford", "haven", "mouth", "stead", "wick", "burg")


def example_frame(seed: int = _SEED) -> pd.DataFrame:
    """Make the example: 60 cities in 12 years, one row each.

    Cities with high emissions for their size joined the market, half in 2013 and half in 2016, so
    pooled least squares finds that the market raised emissions. City effects also go with GDP,
    which random effects miss; errors of a city are autocorrelated (0.5).

    Parameters
    ----------
    seed : int

    Returns
    -------
    DataFrame
        Columns city, region, coastal (true or false), year, emissions (kt of CO2), gdp (million),
        population (thousand), industry (% of GDP), price (of electricity, per MWh), market (1
        from the year in which the city joined).

    Examples
    --------
    >>> frame = example_frame()
    >>> frame.shape, int(frame["market"].sum())
    ((720, 10), 132)
    """
    draw = np.random.default_rng(seed)
    years = np.arange(_FIRST, _LAST + 1)
    shape = (_CITIES, len(years))
    since = years - _FIRST
    region = np.arange(_CITIES) % len(_REGIONS)
    size = draw.normal(0.0, 0.7, _CITIES)
    excess = draw.normal(0.0, 0.5, _CITIES)  # emissions beyond what size explains
    growth = draw.normal(0.065, 0.012, _CITIES)
    ln_gdp = 9.2 + size[:, None] + growth[:, None] * since + draw.normal(0.0, 0.03, shape)
    ln_population = 6.6 + 0.8 * size[:, None] + 0.008 * since + draw.normal(0.0, 0.004, shape)
    industry = 44 + 5 * excess[:, None] - 0.5 * since + draw.normal(0.0, 1.5, shape)
    price = 62 + 4.0 * region[:, None] + 0.9 * since + draw.normal(0.0, 3.0, shape)
    joins = np.argsort(-(excess + draw.normal(0.0, 0.3, _CITIES)))[:24]
    start = np.full(_CITIES, _LAST + 1)
    start[joins[::2]], start[joins[1::2]] = _STARTS
    market = (years >= start[:, None]).astype(int)
    ln_emissions = (
        2.9
        + excess[:, None]
        - 0.25 * size[:, None]
        - 0.012 * since
        + TRUTH["ln_gdp"] * ln_gdp
        + TRUTH["industry"] * industry
        + TRUTH["price"] * price
        + TRUTH["market"] * market
        + _autocorrelated(draw.normal(0.0, 0.05, shape))
    )
    rows = np.repeat(np.arange(_CITIES), len(years))
    return pd.DataFrame(
        {
            "city": np.array([f"{a}{b}" for a in _BEGINNINGS for b in _ENDINGS])[rows],
            "region": np.array(_REGIONS)[region[rows]],
            "coastal": region[rows] == 0,
            "year": np.tile(years, _CITIES),
            "emissions": np.exp(ln_emissions).ravel().round(1),
            "gdp": np.exp(ln_gdp).ravel().round(1),
            "population": np.exp(ln_population).ravel().round(1),
            "industry": industry.ravel().round(2),
            "price": price.ravel().round(2),
            "market": market.ravel(),
        }
    )


def _autocorrelated(shocks: np.ndarray, persistence: float = 0.5) -> np.ndarray:
    """Stationary errors, the same variance in every year."""
    errors = shocks.copy()
    scale = np.sqrt(1 - persistence**2)
    for year in range(1, errors.shape[1]):
        errors[:, year] = persistence * errors[:, year - 1] + scale * shocks[:, year]
    return errors


if __name__ == "__main__":
    example_frame().to_csv(EXAMPLE, index=False, lineterminator="\n")
