"""The embedded fictional country of eight regions: tables, coefficients and what moved in truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.datasets.regions_tables import (
    CATEGORIES,
    YEARS,
    RegionalFlows,
    RegionalSetting,
    base_flows,
    move,
)
from ioecon.errors import ArgumentError
from ioecon.interregional.drivers import driven_output, driver
from ioecon.series import IOSeries
from ioecon.table import IOTable
from ioecon.units import write_unit

__all__ = ["Regions", "RegionsTruth", "load_regions"]


UNIT, CURRENCY = "100 million", "florins"
_DRIVERS = ("final_demand", "exports")


@dataclass(frozen=True, eq=False)
class RegionsTruth:
    """What moved in the fictional country, by construction.

    Output of region J's sector s that region K's demand drives was T₀ in 2002; in 2007 it is
    exactly T₁^{JK}(s) = d_J(s) g_K T₀^{JK}(s), with d the change of J's share in every market of
    s and g the growth of K's demand.

    Attributes
    ----------
    moves : pandas.DataFrame
        The planted relocations: ``sector``, ``from``, ``to``, ``share`` of the output of 2002
        and ``amount``, that output in 100 million florins.
    market : pandas.DataFrame, regions × sectors
        d: one where nothing moves.
    growth : pandas.DataFrame, index region
        g of ``final_demand`` and of ``exports``.
    coefficients : pandas.DataFrame, regions × sectors
        Emission coefficients of 2007.
    first : mapping of str to ndarray, shape (R, S, R)
        T₀ driven by ``"final_demand"`` and by ``"exports"``.
    """

    moves: pd.DataFrame
    market: pd.DataFrame
    growth: pd.DataFrame
    coefficients: pd.DataFrame
    first: Mapping[str, Array]

    def change(self, driven_by: str = "final_demand") -> Array:
        """ΔT^{JK}(s) = (d_J(s) g_K − 1) T₀^{JK}(s), shape (R, S, R).

        Parameters
        ----------
        driven_by : {"final_demand", "exports", "all"}
            ``"all"`` is the sum of the other two.
        """
        if driven_by == "all":
            return np.sum([self.change(name) for name in _DRIVERS], axis=0)
        if driven_by not in _DRIVERS:
            raise ArgumentError(
                f"Nothing is known of {driven_by!r}; choose final_demand or exports."
            )
        growth = self.growth[driven_by].to_numpy()
        factor = self.market.to_numpy()[:, :, None] * growth
        return (factor - 1) * self.first[driven_by]

    def leakage(self, driven_by: str = "final_demand") -> pd.DataFrame:
        """Weak leakage Λ^{J→K} at the coefficients of 2007, kt: symmetric, regions × regions."""
        change, k = self.change(driven_by), self.coefficients.to_numpy()
        moved = change.transpose(2, 1, 0) - change
        values = (moved * (k.T[None] - k[:, :, None])).sum(axis=1)
        regions = self.market.index
        return pd.DataFrame(values, index=regions.rename("from"), columns=regions.rename("to"))

    def summary(self) -> str:
        """Text for people: what was planted."""
        lines = (
            f"{share:.0%} of {sector} ({amount:,.0f}) from {origin} to {target}"
            for sector, origin, target, share, amount in self.moves.itertuples(index=False)
        )
        return f"Planted, in {UNIT} {CURRENCY} of {YEARS[0]}: " + "; ".join(lines) + "."

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>"


@dataclass(frozen=True, eq=False)
class Regions:
    """A fictional country of eight regions in two years.

    Attributes
    ----------
    tables : IOSeries
        2002 and 2007: 8 regions × 17 sectors, 3 categories, exports, value added and imported
        inputs, 100 million florins. Imports are taken out (non-competitive).
    coefficients : pandas.Series, index (region, sector)
        Emissions per unit of output in 2007, kt per 100 million florins.
    yearly_coefficients : pandas.Series, index (region, sector, year)
        The same of both years.
    emissions : pandas.Series, index (country, sector, year)
        Emissions of production, kt.
    coast : pandas.Series, index region
        Whether a region lies on the coast.
    truth : RegionsTruth
        What moved, by construction.
    """

    tables: IOSeries
    coefficients: pd.Series
    yearly_coefficients: pd.Series
    emissions: pd.Series
    coast: pd.Series
    truth: RegionsTruth

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the regions."""
        return self.tables.countries

    def summary(self) -> str:
        """Text for people: size and orders of magnitude."""
        first, last = (self.tables[year] for year in YEARS)
        by_year = self.emissions.groupby(level="year").sum() / 1e6
        return (
            f"Fictional country of {len(self.names)} regions ({int(self.coast.sum())} on the "
            f"coast) and {len(self.tables.sectors)} sectors, {YEARS[0]} and {YEARS[1]}. Output "
            f"{first.x.sum() / 1e4:.1f} and {last.x.sum() / 1e4:.1f} trillion {CURRENCY}, "
            f"emissions {by_year[YEARS[0]]:.1f} and {by_year[YEARS[1]]:.1f} Gt CO2."
        )

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<Regions: {self.summary()}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>"


def load_regions() -> Regions:
    """Make the fictional country: balanced regional tables of 2002 and 2007 with known transfers.

    Four coastal regions export most and lose industry to four inland regions, which emit more
    per unit of output; electronics alone moves to the coast. The process is described, with
    formulas, in ``docs/regional_tables.md``. Nothing in it is a real country's.

    Returns
    -------
    Regions
        Deterministic: the same on every machine, up to rounding in the last digits.

    Examples
    --------
    >>> import ioecon
    >>> country = load_regions()
    >>> moved = ioecon.transfers(country.tables[2002], country.tables[2007])
    >>> bool(np.allclose(moved.change, country.truth.change()))
    True
    >>> ioecon.leakage(moved, country.coefficients).total > 0
    True
    """
    setting = RegionalSetting.read()
    before = base_flows(setting)
    market = setting.market(before.x)
    growth = setting.regions[["demand_growth", "export_growth"]]
    growth = growth.set_axis([*_DRIVERS], axis=1)
    after = move(before, market, *(growth[name].to_numpy() for name in _DRIVERS))
    tables = IOSeries(
        {
            year: _make_table(setting, flows, year)
            for year, flows in zip(YEARS, (before, after), strict=True)
        }
    )
    yearly = _index_by_year(setting, setting.coefficients(), "coefficient")
    output = _index_by_year(setting, {year: tables[year].x for year in YEARS}, "output")
    unit = f"kt per {UNIT} {CURRENCY}"
    yearly = write_unit(yearly, unit)
    fixed = write_unit(yearly.xs(YEARS[1], level="year"), unit)
    emissions = (yearly * output).rename("co2_kt").rename_axis(["country", "sector", "year"])
    emissions = write_unit(emissions, "kt")
    return Regions(
        tables=tables,
        coefficients=fixed,
        yearly_coefficients=yearly,
        emissions=emissions,
        coast=setting.regions["coast"] == 1,
        truth=_compute_truth(setting, tables[YEARS[0]], market, growth, fixed),
    )


def _make_table(setting: RegionalSetting, flows: RegionalFlows, year: int) -> IOTable:
    return IOTable(
        Z=flows.Z,
        Y=flows.Y,
        countries=tuple(setting.regions.index),
        sectors=tuple(setting.sectors.index),
        categories=CATEGORIES,
        year=year,
        unit=UNIT,
        currency=CURRENCY,
        exports=flows.exports,
        primary_inputs=np.vstack([flows.imported, flows.value_added]),
        primary_labels=("imported inputs", "value added"),
    )


def _index_by_year(setting: RegionalSetting, values: Mapping[int, Array], name: str) -> pd.Series:
    columns = [pd.Series(array, index=setting.index) for array in values.values()]
    series = pd.concat(columns, keys=list(values), names=["year"]).rename(name)
    return series.reorder_levels(["region", "sector", "year"])


def _compute_truth(
    setting: RegionalSetting,
    first: IOTable,
    market: Array,
    growth: pd.DataFrame,
    coefficients: pd.Series,
) -> RegionsTruth:
    R, S = setting.size
    output = pd.Series(first.x, index=setting.index)
    moves = setting.moves.copy()
    origins = pd.MultiIndex.from_frame(moves[["from", "sector"]])
    moves["amount"] = moves["share"].to_numpy() * output.loc[origins].to_numpy()

    def square(values: Array) -> pd.DataFrame:
        return pd.DataFrame(
            values.reshape(R, S), index=setting.regions.index, columns=setting.sectors.index
        )

    return RegionsTruth(
        moves=moves,
        market=square(market),
        growth=growth,
        coefficients=square(coefficients.to_numpy()),
        first={
            name: driven_output(first, driver(first, name))[0].reshape(R, S, R) for name in _DRIVERS
        },
    )
