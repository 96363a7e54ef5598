"""Controls of the fictional world: population, income, urbanisation and energy.

Income follows from the tables (value added over population); the rest is drawn. Arrays are
(T + 1, J) for the J countries of the panel, the rest of the world left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.datasets.world_draws import bounded_normal, stream
from ioecon.datasets.world_tables import WORLD_GROWTH, YEARS, Atlas

__all__ = ["CONTROL_UNITS", "draw_controls", "population"]

CONTROL_UNITS = {
    "gdp_pc": "current USD per person",
    "urban": "% of population",
    "alt_nuclear": "% of energy use",
    "elec_pc": "kWh per person",
    "energy_per_gdp": "kg of oil equivalent per 1,000 USD",
}


def population(atlas: Atlas) -> Array:
    """Persons by year and country of the panel, the same for every seed: (T + 1, J)."""
    start = 1e9 * atlas.column("gdp_2000") / atlas.column("gdp_pc_2000")
    growth = np.where(atlas.developed, 0.004, 0.013)
    years = np.arange(len(YEARS))[:, None]
    people: Array = start * (1 + growth) ** years
    return people[:, :-1]


def draw_controls(atlas: Atlas, seed: int, value_added: Array) -> dict[str, Array]:
    """Draw the controls, by name and in the units of :data:`CONTROL_UNITS`.

    Parameters
    ----------
    atlas : Atlas
        Countries.
    seed : int
        Seed of the world.
    value_added : ndarray, shape (T + 1, J)
        Value added of each country, million USD.
    """
    generator = stream(seed, "controls")
    rich = atlas.developed[:-1]
    T, J = len(WORLD_GROWTH), len(rich)
    gdp_pc = 1e6 * value_added / population(atlas)
    boom = np.diff(np.log(value_added), axis=0)

    def start(developed: float, developing: float, sd: float) -> Array:
        return np.where(rich, developed, developing) + bounded_normal(generator, J, sd, bound=1.8)

    def accumulate(first: Array, changes: Array) -> Array:
        return first + np.concatenate([np.zeros((1, J)), np.cumsum(changes, axis=0)])

    urban_pace = np.where(rich, 0.20, 0.45) + bounded_normal(generator, J, 0.08)
    urban = urban_pace + bounded_normal(generator, (T, J), 0.15)
    alternative = 0.05 + bounded_normal(generator, (T, J), 0.60)
    electricity = np.where(rich, 0.000, 0.025) + 0.20 * boom
    electricity = electricity + bounded_normal(generator, (T, J), 0.015)
    energy = np.where(rich, -0.014, -0.012) + bounded_normal(generator, (T, J), 0.020)
    return {
        "gdp_pc": gdp_pc,
        "urban": accumulate(start(77.0, 48.0, 6.0), urban),
        "alt_nuclear": accumulate(start(16.0, 11.0, 2.5), alternative),
        "elec_pc": np.exp(accumulate(np.log(start(7500.0, 1900.0, 300.0)), electricity)),
        "energy_per_gdp": np.exp(accumulate(np.log(start(125.0, 210.0, 12.0)), energy)),
    }


def control_frame(atlas: Atlas, controls: dict[str, Array]) -> pd.DataFrame:
    """Arrange controls as a frame indexed (country, year), units in ``attrs``."""
    names = list(atlas.countries.index[:-1])
    index = pd.MultiIndex.from_product([names, YEARS], names=["country", "year"])
    frame = pd.DataFrame({name: values.T.ravel() for name, values in controls.items()}, index=index)
    frame.attrs["units"] = dict(CONTROL_UNITS)
    return frame
