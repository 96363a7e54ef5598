"""Tables of the fictional world, as arrays: a base year from gravity, then a drawn growth path.

Arrays are ordered as in an :class:`~ioecon.IOTable`: I countries (the rest of the world last),
S sectors, K categories of final demand, n = I·S rows. Flows in million USD, emissions in kt.
``docs/world.md`` states the process in formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.datasets.world_draws import bounded_normal, stream
from ioecon.leontief import Leontief

__all__ = ["CATEGORIES", "YEARS", "Atlas", "Flows", "Path", "base_flows", "grow", "next_flows"]

YEARS = tuple(range(2000, 2010))
CATEGORIES = ("households", "government", "investment")

# Growth of world output by reporting year (2001 to 2009), current USD: a boom, then a slump.
WORLD_GROWTH = np.array([0.020, 0.035, 0.070, 0.085, 0.070, 0.075, 0.085, 0.060, -0.055])
# Change of the foreign share of every purchase: offshoring, undone in part in the slump.
OFFSHORING = np.array([0.000, 0.005, 0.010, 0.015, 0.010, 0.010, 0.010, 0.000, -0.040])
# Change of investment against the rest of final demand.
INVESTMENT_CYCLE = np.array([-0.01, 0.00, 0.01, 0.02, 0.01, 0.01, 0.02, -0.01, -0.08])

WORLD_EMISSIONS_2000 = 26.5e6  # kt
# Growth of world emissions: efficiency gains take up most of the growth of output.
EMISSION_GROWTH = np.array([0.002, 0.006, 0.010, 0.013, 0.011, 0.011, 0.012, 0.006, -0.010])


@dataclass(frozen=True, eq=False)
class Atlas:
    """What is the same for every seed: countries, sectors, technology and tastes.

    Attributes
    ----------
    countries : pandas.DataFrame, index code (I)
        ``name``, ``developed``, ``gdp_2000`` (billion USD), ``gdp_pc_2000`` (USD) and the place
        on the map (``east``, ``north``). The rest of the world comes last.
    sectors : pandas.DataFrame, index code (S)
        ``name``, ``home_share``, ``intensity`` (kt per million USD, before calibration),
        ``growth`` (against the world), ``industry`` (does it move?), ``tilt`` (to developing
        countries), shares of final demand, and the input coefficients, one column per sector.
    """

    countries: pd.DataFrame
    sectors: pd.DataFrame

    @classmethod
    def read(cls) -> Atlas:
        """Read the two CSV files that come with the package."""
        folder = files("ioecon.datasets")
        frames = []
        for name in ("world_countries.csv", "world_sectors.csv"):
            with (folder / name).open(encoding="utf-8") as file:
                frames.append(pd.read_csv(file, index_col="code"))
        return cls(*frames)

    @property
    def developed(self) -> NDArray[np.bool_]:
        """Whether each country is developed, shape (I,)."""
        return self.countries["developed"].to_numpy(dtype=bool)

    @property
    def size(self) -> tuple[int, int]:
        """Numbers of countries and sectors (I, S)."""
        return len(self.countries), len(self.sectors)

    def column(self, name: str) -> Array:
        """Attribute of the countries or the sectors as floats."""
        frame = self.countries if name in self.countries else self.sectors
        return frame[name].to_numpy(dtype=float)


@dataclass(frozen=True, eq=False)
class Flows:
    """Flows of one year: Z (n, n), Y (n, I, K) and output x (n,), million USD."""

    Z: Array
    Y: Array
    x: Array

    @property
    def value_added(self) -> Array:
        """Output less intermediate inputs, shape (n,)."""
        return self.x - self.Z.sum(axis=0)


@dataclass(frozen=True, eq=False)
class Path:
    """Growth and emissions, drawn before any later table exists.

    Attributes
    ----------
    growth : ndarray, shape (T, I, S)
        Growth of output of each country's sector in each period.
    world_growth : ndarray, shape (T, S)
        Growth of each sector in the world: exactly what the countries' growth adds up to.
    output : ndarray, shape (T + 1, I, S)
        Output, million USD.
    emissions : ndarray, shape (T + 1, I, S)
        Emissions, kt.
    """

    growth: Array
    world_growth: Array
    output: Array
    emissions: Array

    @property
    def transfer(self) -> Array:
        """Transfer index of each sector, growth less world growth: (T, I, S)."""
        return self.growth - self.world_growth[:, None, :]

    @property
    def iti(self) -> Array:
        """Transfer index of each country, weights of the reporting year: (T, I)."""
        output = self.output[1:]
        shares = output / output.sum(axis=2, keepdims=True)
        index: Array = (shares * self.transfer).sum(axis=2)
        return index

    @property
    def country_intensity(self) -> Array:
        """Emissions per unit of output of each country, kt per million USD: (T + 1, I)."""
        intensity: Array = self.emissions.sum(axis=2) / self.output.sum(axis=2)
        return intensity


def base_flows(atlas: Atlas, seed: int) -> Flows:
    """Table of the first year: technology, tastes and gravity, solved for output.

    Exporters' weights are adjusted until every country's value added is close to its final
    demand, so that nobody starts with an unbelievable trade balance.
    """
    demand = _draw_tastes(atlas) * (1000.0 * atlas.column("gdp_2000"))[None, :, None]
    inputs = _draw_technology(atlas)
    attraction = _attraction(atlas, seed)
    weight = np.ones(atlas.size[0])
    for _ in range(12):
        shares = _trade_shares(atlas, attraction * weight)
        A = _spread_over_origins(shares, inputs)
        Y = _spread_over_origins(shares, demand)
        n = A.shape[0]
        x = Leontief(A, np.ones(n)).solve(Y.sum(axis=1))
        added = _repeat_by_country(x * (1 - A.sum(axis=0)), atlas)
        weight *= (demand.sum(axis=(0, 2)) / added) ** 1.5
    return Flows(Z=A * x, Y=Y.reshape(n, len(atlas.countries), -1), x=x)


def _draw_technology(atlas: Atlas) -> Array:
    """Find inputs per unit of output by product, country and using sector: (S, I, S)."""
    codes = list(atlas.sectors.index)
    table = atlas.sectors[codes].to_numpy(dtype=float)
    services = np.isin(codes, ["TRA", "FIN", "PUB"])
    # Developing countries use more material and less service inputs for the same output.
    material = np.where(services, 0.85, 1.10)[:, None, None]
    return np.where(atlas.developed[None, :, None], 1.0, material) * table[:, None, :]


def _draw_tastes(atlas: Atlas) -> Array:
    """Shares of final demand by product, country and category, summing to 1: (S, I, K)."""
    rich = atlas.developed
    household = np.where(
        rich[None, :],
        atlas.column("household_developed")[:, None],
        atlas.column("household_developing")[:, None],
    )
    others = [
        np.broadcast_to(atlas.column(name)[:, None], household.shape) for name in CATEGORIES[1:]
    ]
    mix = np.stack([household, *others], axis=2)
    mix /= mix.sum(axis=0)
    categories = np.where(rich[:, None], (0.60, 0.19, 0.21), (0.57, 0.14, 0.29))
    return mix * categories


def _attraction(atlas: Atlas, seed: int) -> Array:
    """Weight of each exporter for each product before gravity: (S, I)."""
    I, S = atlas.size  # noqa: E741
    luck = np.exp(bounded_normal(stream(seed, "comparative advantage"), (S, I), sd=0.4))
    direction = np.where(atlas.developed, -0.5, 0.5)
    tilt = np.exp(atlas.column("tilt")[:, None] * direction)
    return atlas.column("gdp_2000") * tilt * luck


def _trade_shares(atlas: Atlas, attraction: Array) -> Array:
    """Share of country i in what country j buys of product r: (S, I, I), sums over i are 1."""
    place = atlas.countries[["east", "north"]].to_numpy(dtype=float)
    distance = np.hypot(*(place[:, None, :] - place[None, :, :]).T)
    np.fill_diagonal(distance, np.inf)
    pull = attraction[:, :, None] / np.maximum(distance, 5.0)
    pull /= pull.sum(axis=1, keepdims=True)
    openness = (atlas.column("gdp_2000") / 1000.0) ** -0.15
    abroad = np.minimum((1 - atlas.column("home_share"))[:, None] * openness, 0.85)
    shares: Array = pull * abroad[:, None, :]
    own = np.arange(len(place))
    shares[:, own, own] = 1 - abroad
    return shares


def _spread_over_origins(shares: Array, use: Array) -> Array:
    """Use of products (S, I, m) split by country of origin: (I·S, I·m)."""
    S, I, m = use.shape  # noqa: E741
    return np.einsum("rij,rjm->irjm", shares, use).reshape(I * S, I * m)


def _repeat_by_country(values: Array, atlas: Atlas) -> Array:
    return values.reshape(atlas.size).sum(axis=1)


def grow(atlas: Atlas, seed: int, output: Array) -> Path:
    """Draw growth of output and emissions of every country's sector for all years.

    Differentials against the world have a known mean by development and kind of sector; each
    year they are centred with the base year's output as weights, so that world growth of every
    sector is the drawn one and the transfer index of a sector *is* its differential.
    """
    T, (I, S) = len(WORLD_GROWTH), atlas.size  # noqa: E741
    sector_noise = bounded_normal(stream(seed, "world growth"), (T, S), sd=0.012)
    world_growth = WORLD_GROWTH[:, None] + atlas.column("growth") + sector_noise
    differential = _draw_differentials(atlas, seed)
    intensity_change = _draw_intensity_changes(atlas, seed)

    levels = [output.reshape(I, S)]
    emissions = [_base_emissions(atlas, seed, levels[0])]
    growth = np.empty((T, I, S))
    for t in range(T):
        weights = levels[t] / levels[t].sum(axis=0)
        growth[t] = world_growth[t] + differential[t] - (weights * differential[t]).sum(axis=0)
        levels.append(levels[t] * (1 + growth[t]))
        drifted = emissions[t] * (1 + growth[t]) * np.exp(intensity_change[t])
        world = emissions[t].sum() * (1 + EMISSION_GROWTH[t])
        emissions.append(drifted * (world / drifted.sum()))
    return Path(growth, world_growth, np.stack(levels), np.stack(emissions))


def _draw_differentials(atlas: Atlas, seed: int) -> Array:
    """Growth against the world before centring: (T, I, S)."""
    T, (I, S) = len(WORLD_GROWTH), atlas.size  # noqa: E741
    rich = atlas.developed[:, None]
    mean = np.where(rich, -0.008, 0.016)
    moving = np.where(rich, -0.008, 0.012) * atlas.column("industry")
    generator = stream(seed, "growth differentials")
    country = bounded_normal(generator, (I, 1), sd=0.006)
    country_year = bounded_normal(generator, (T, I, 1), sd=0.022)
    own = bounded_normal(generator, (T, I, S), sd=0.018)
    return mean + moving + country + country_year + own


def _base_emissions(atlas: Atlas, seed: int, output: Array) -> Array:
    """Emissions of the first year, scaled to a world total: (I, S), kt."""
    generator = stream(seed, "emission intensity")
    scale = np.where(atlas.developed, 0.75, 2.0)
    scale = scale * np.exp(bounded_normal(generator, len(scale), sd=0.15))
    noise = np.exp(bounded_normal(generator, output.shape, sd=0.20))
    emissions = output * atlas.column("intensity") * scale[:, None] * noise
    return emissions * (WORLD_EMISSIONS_2000 / emissions.sum())


def _draw_intensity_changes(atlas: Atlas, seed: int) -> Array:
    """Log changes of emissions per unit of output against the world's: (T, I, S)."""
    T, (I, S) = len(WORLD_GROWTH), atlas.size  # noqa: E741
    generator = stream(seed, "intensity change")
    country = bounded_normal(generator, (T, I, 1), sd=0.010)
    own = bounded_normal(generator, (T, I, S), sd=0.015)
    return country + own


def next_flows(
    atlas: Atlas, seed: int, before: Flows, first: Flows, output: Array, period: int
) -> Flows:
    """Table of the next year: drifted technology and tastes, rows scaled to the drawn output.

    Parameters
    ----------
    before, first : Flows
        Tables of the year before and of the first year.
    output : ndarray, shape (n,)
        Drawn output of the new year.
    period : int
        0 for the first period.

    Notes
    -----
    A row whose drawn output exceeds what the drifted coefficients and tastes call for gains
    market share with all its buyers alike, and the other way round: that is the transfer.
    """
    I, S = atlas.size  # noqa: E741
    n, K = I * S, len(CATEGORIES)
    generator = stream(seed, f"tables, period {period}")
    foreign = 1 + OFFSHORING[period] * (1 - np.eye(I))

    # Technology: coefficients by product and user drift, columns keep their share of inputs.
    drift = np.exp(bounded_normal(generator, (S, I, S), sd=0.015))
    A = (before.Z / before.x).reshape(I, S, I, S) * drift[None] * foreign[:, None, :, None]
    A = A.reshape(n, n)
    noise = np.exp(bounded_normal(generator, n, sd=0.005))
    A *= first.Z.sum(axis=0) / first.x * noise / A.sum(axis=0)

    # Tastes drift; spending follows value added, with the first year's trade balance.
    taste = np.exp(bounded_normal(generator, (S, I, K), sd=0.015))
    taste[:, :, CATEGORIES.index("investment")] *= 1 + INVESTMENT_CYCLE[period]
    Y = before.Y.reshape(I, S, I, K) * taste[None] * foreign[:, None, :, None]
    Y = Y.reshape(n, I, K)
    added = _repeat_by_country(output * (1 - A.sum(axis=0)), atlas)
    ratio = first.Y.sum(axis=(0, 2)) / _repeat_by_country(first.value_added, atlas)
    Y *= (added * ratio / Y.sum(axis=(0, 2)))[None, :, None]

    called_for = A @ output + Y.sum(axis=(1, 2))
    market = output / called_for
    return Flows(Z=market[:, None] * A * output, Y=market[:, None, None] * Y, x=output)
