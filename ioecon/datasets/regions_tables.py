"""Tables of the fictional regions, as arrays: a base year from gravity, then shares that move.

Arrays are ordered as in an :class:`~ioecon.IOTable`: R regions, S sectors, K categories of final
demand, n = R·S rows. Flows in 100 million florins, emissions in kt. ``docs/regional_tables.md``
states the process in formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.datasets.world_draws import bounded_normal, stream
from ioecon.leontief import Leontief

__all__ = ["CATEGORIES", "YEARS", "RegionalFlows", "RegionalSetting", "base_flows", "move"]

YEARS = (2002, 2007)
CATEGORIES = ("households", "government", "investment")
_CATEGORY_SHARES = np.array([0.45, 0.16, 0.39])
_SEED = 8


@dataclass(frozen=True, eq=False)
class RegionalSetting:
    """What the fictional country is made from.

    Attributes
    ----------
    regions : pandas.DataFrame, index region (R)
        ``coast``, ``final_demand`` and ``exports`` of 2002, ``import_factor``, ``coefficient``
        (emission coefficients against the country's), ``demand_growth`` and ``export_growth``
        (factors over five years), ``east`` and ``north``.
    sectors : pandas.DataFrame, index sector (S)
        ``home_share``, ``import_share``, ``coast`` (tilt to the coast), ``coefficient`` (kt per
        100 million florins in 2007), ``decline`` (log fall of it since 2002), the mix of final
        demand and exports, and the input coefficients, one column per sector.
    moves : pandas.DataFrame
        ``sector``, ``from``, ``to`` and ``share``, the part of the output of 2002 that moves.
    """

    regions: pd.DataFrame
    sectors: pd.DataFrame
    moves: pd.DataFrame

    @classmethod
    def read(cls) -> RegionalSetting:
        """Read the three CSV files that come with the package."""
        folder = files("ioecon.datasets")
        frames = []
        for name in ("regions", "sectors", "moves"):
            with folder.joinpath(f"regions_{name}.csv").open(encoding="utf-8") as file:
                frame = pd.read_csv(file)
            frames.append(frame if name == "moves" else frame.set_index(frame.columns[0]))
        return cls(*frames)

    @property
    def size(self) -> tuple[int, int]:
        """Numbers of regions and sectors (R, S)."""
        return len(self.regions), len(self.sectors)

    def of_regions(self, name: str) -> Array:
        """Attribute of the regions as floats."""
        return self.regions[name].to_numpy(dtype=float)

    def of_sectors(self, name: str) -> Array:
        """Attribute of the sectors as floats."""
        return self.sectors[name].to_numpy(dtype=float)

    def market(self, output: Array) -> Array:
        """Factors d_J(s) by which the moves change each row's share of every market: (n,).

        A region loses the share φ of its sector, 1 − φ; the one that gains it grows by the same
        amount of output, 1 + φ x_from / x_to. Σ_J (d_J(s) − 1) x_J(s) = 0 in each sector.
        """
        x = pd.Series(output.copy(), index=self.index)
        moved = pd.Series(0.0, index=self.index)
        for sector, origin, target, share in self.moves.itertuples(index=False):
            amount = share * x[origin, sector]
            moved[origin, sector] -= amount
            moved[target, sector] += amount
        return 1 + (moved / x).to_numpy()

    @property
    def index(self) -> pd.MultiIndex:
        """Labels (region, sector)."""
        return pd.MultiIndex.from_product(
            [self.regions.index, self.sectors.index], names=["region", "sector"]
        )

    def coefficients(self) -> dict[int, Array]:
        """Emissions per unit of output by year, kt per 100 million florins: (n,)."""
        noise = np.exp(bounded_normal(stream(_SEED, "coefficients"), self.size, sd=0.12))
        last = self.of_regions("coefficient")[:, None] * self.of_sectors("coefficient") * noise
        own = np.exp(bounded_normal(stream(_SEED, "coefficients before"), self.size, sd=0.05))
        first = last * np.exp(self.of_sectors("decline")) * own
        return {YEARS[0]: first.ravel(), YEARS[1]: last.ravel()}


@dataclass(frozen=True, eq=False)
class RegionalFlows:
    """Flows of one year: Z (n, n), Y (n, R·K), exports (n,), imported inputs and output (n,)."""

    Z: Array
    Y: Array
    exports: Array
    imported: Array
    x: Array

    @property
    def value_added(self) -> Array:
        """Output less domestic and imported inputs, shape (n,)."""
        return self.x - self.Z.sum(axis=0) - self.imported


def base_flows(setting: RegionalSetting) -> RegionalFlows:
    """Table of the first year: technology, tastes and gravity, solved for output."""
    R, S = setting.size
    codes = list(setting.sectors.index)
    inputs = setting.sectors[codes].to_numpy(dtype=float)
    foreign = np.minimum(
        setting.of_sectors("import_share")[:, None] * setting.of_regions("import_factor"), 0.6
    )  # (product, using region): part of the inputs that comes from abroad
    shares = _trade_shares(setting)
    use = (1 - foreign)[:, :, None] * inputs[:, None, :]
    A = np.einsum("rij,rjs->irjs", shares, use).reshape(R * S, R * S)
    mix = setting.sectors[list(CATEGORIES)].to_numpy(dtype=float)
    taste = np.exp(bounded_normal(stream(_SEED, "tastes"), (S, R, 1), sd=0.10))
    demand = taste * (mix / mix.sum(axis=0))[:, None, :]
    demand *= setting.of_regions("final_demand")[:, None] * _CATEGORY_SHARES / demand.sum(axis=0)
    Y = np.einsum("rij,rjk->irjk", shares, demand).reshape(R * S, -1)
    exports = _exports(setting).ravel()
    x = Leontief(A, np.ones(R * S)).solve(Y.sum(axis=1) + exports)
    imported = np.einsum("rj,rs->js", foreign, inputs).ravel() * x
    return RegionalFlows(Z=A * x, Y=Y, exports=exports, imported=imported, x=x)


def _trade_shares(setting: RegionalSetting) -> Array:
    """Share of region i in what region j buys of product r: (S, R, R), sums over i are 1."""
    place = setting.regions[["east", "north"]].to_numpy(dtype=float)
    distance = np.hypot(*(place[:, None, :] - place[None, :, :]).T)
    np.fill_diagonal(distance, np.inf)
    pull = _attraction(setting)[:, :, None] / (1 + distance)
    pull /= pull.sum(axis=1, keepdims=True)
    shares: Array = pull * (1 - setting.of_sectors("home_share"))[:, None, None]
    own = np.arange(len(place))
    shares[:, own, own] = setting.of_sectors("home_share")[:, None]
    return shares


def _attraction(setting: RegionalSetting) -> Array:
    """Weight of each region as a supplier of each product: (S, R)."""
    R, S = setting.size
    side = np.where(setting.of_regions("coast") == 1, 0.5, -0.5)
    tilt = np.exp(setting.of_sectors("coast")[:, None] * side)
    luck = np.exp(bounded_normal(stream(_SEED, "advantage"), (S, R), sd=0.25))
    return setting.of_regions("final_demand") * tilt * luck


def _exports(setting: RegionalSetting) -> Array:
    """Split the exports of 2002 by region and sector: (R, S)."""
    mix = (
        setting.of_sectors("exports")
        * (_attraction(setting) / setting.of_regions("final_demand")).T
    )
    return np.asarray(mix * (setting.of_regions("exports") / mix.sum(axis=1))[:, None])


def move(
    flows: RegionalFlows, market: Array, demand_growth: Array, export_growth: Array
) -> RegionalFlows:
    """Table of the reporting year: every market grows, and shares of it move.

    With D = diag(d): A₁ = D A₀ D⁻¹, Y₁ = D Y₀ G, e₁ = D (g ∘ e₀). Then L₁ = D L₀ D⁻¹ and the
    output that region K's demand drives is T₁ = D T₀ G exactly.

    Parameters
    ----------
    flows : RegionalFlows
        Base year.
    market : ndarray, shape (n,)
        d, factors of market share.
    demand_growth, export_growth : ndarray, shape (R,)
        g, growth factors of each region's final demand and exports.
    """
    R = len(demand_growth)
    A = market[:, None] * (flows.Z / flows.x) / market
    Y = market[:, None] * flows.Y * np.repeat(demand_growth, flows.Y.shape[1] // R)
    exports = market * flows.exports * np.repeat(export_growth, len(market) // R)
    x = Leontief(A, np.ones(len(market))).solve(Y.sum(axis=1) + exports)
    return RegionalFlows(Z=A * x, Y=Y, exports=exports, imported=flows.imported / flows.x * x, x=x)
