"""Two databases of one year side by side: totals, accounts by country, how alike flows are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.accounts.agreement import largest_cells, measure_agreement
from ioecon.accounts.table_sums import sums_of_countries, sums_of_rows, trade_between
from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.emissions.account import Account
from ioecon.emissions.by_sector import (
    CheckedEmissions,
    Emissions,
    WithoutOutput,
    check_emissions,
    lay_out,
)
from ioecon.errors import ArgumentError, IoeconWarning
from ioecon.interregional.drivers import driven_output
from ioecon.matching import ForTwo, Matched, match_tables
from ioecon.printout import Printout
from ioecon.stressor import require_same
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TableComparison", "compare_tables"]

Pair: TypeAlias = tuple[Array, Array]
Positions: TypeAlias = NDArray[np.intp]

FLOWS = ("intermediate_flows", "final_demand_flows")
BY_COUNTRY = ("output", "value_added", "final_demand", "exports", "imports")


@dataclass(frozen=True, eq=False)
class TableComparison:
    """Two tables of one year in the same classification, beside each other.

    Made by :func:`compare_tables`. J countries, T sectors, m = J·T rows.

    Parameters
    ----------
    names : tuple of two str
    first, second : IOTable
        In the common classification.
    bilateral : tuple of two ndarray, shape (J, J), or None
        Emissions of the row country for the final demand of the column country, computed in each
        table's own classification and summed afterwards.
    households : tuple of two ndarray, shape (J,), or None
        Direct emissions of households, where both accounts have them; where one has, a warning
        says so.
    stressor, emission_unit : str
        What the accounts are of.
    """

    names: tuple[str, str]
    first: IOTable
    second: IOTable
    bilateral: Pair | None = None
    households: Pair | None = None
    stressor: str = "CO2"
    emission_unit: str = "kt"

    @property
    def unit(self) -> str:
        """Unit of the flows."""
        return f"{self.first.unit} {self.first.currency}"

    @property
    def year(self) -> int:
        """Year of both tables."""
        return self.first.year

    @property
    def units(self) -> dict[str, str]:
        """Unit of every quantity of :meth:`by_country`."""
        return {
            name: self.emission_unit if name in ("pba", "cba", "households") else self.unit
            for name in self._figures
        }

    def totals(self) -> pd.DataFrame:
        """Compare sums over the world.

        Returns
        -------
        DataFrame
            Index quantity: output, intermediate use, final demand, value added (output less
            intermediate inputs), trade between countries, and production-based emissions
            where accounts were given; columns the two names, ``difference`` (second less first)
            and ``percent`` of the first, after ``unit``.
        """
        figures = self._figures
        sums = {name: tuple(float(part.sum()) for part in figures[name]) for name in figures}
        rows = {
            "output": sums["output"],
            "intermediate_use": tuple(
                float(table.Z.sum(dtype=float)) for table in (self.first, self.second)
            ),
            "final_demand": sums["final_demand"],
            "value_added": sums["value_added"],
            "trade": sums["exports"],
        }
        rows |= {name: sums[name] for name in ("pba", "households") if name in sums}
        pair = (np.array([row[0] for row in rows.values()]), np.array([*rows.values()])[:, 1])
        frame = self._compare(pair, pd.Index([*rows], name="quantity"))
        frame.insert(0, "unit", [self.units.get(name, self.unit) for name in rows])
        return self._state(frame, {"percent": "%"})

    def by_country(self) -> pd.DataFrame:
        """Figures of every country, of both.

        Returns
        -------
        DataFrame
            Index country, columns (quantity, version). Quantities: ``output``, ``value_added``,
            ``final_demand``, ``exports``, ``imports`` and, where accounts were given, ``pba``
            production-based, ``cba`` consumption-based emissions, and those of ``households``,
            which are in neither. Versions: the two names, ``difference`` and ``percent``.
        """
        index = pd.Index(self.first.countries, name="country")
        parts = {name: self._compare(pair, index) for name, pair in self._figures.items()}
        return self._join_quantities(parts)

    def by_sector(self) -> pd.DataFrame:
        """World output, value added and final demand of every sector, as :meth:`by_country`."""
        shape = (len(self.first.countries), len(self.first.sectors))
        index = pd.Index(self.first.sectors, name="sector")
        parts = {}
        for name in ("output", "value_added", "final_demand"):
            first, second = (
                sums_of_rows(table)[name].reshape(shape).sum(axis=0)
                for table in (self.first, self.second)
            )
            parts[name] = self._compare((first, second), index)
        return self._join_quantities(parts)

    def agreement(self) -> pd.DataFrame:
        """How alike the two are, flow by flow and country by country.

        Returns
        -------
        DataFrame
            Index quantity: ``intermediate_flows``, ``final_demand_flows``, ``trade`` (country
            pairs), ``output_by_sector`` (country and sector), the country figures, and
            ``cba_over_pba``. Columns: ``pairs`` of numbers, ``both_positive`` of them,
            ``correlation``, ``log_correlation`` of the pairs that are positive in both, and
            ``distance``, the sum of absolute differences over the mean of the two sums of
            absolute values: 0 if equal, 2 if they have nothing in common.
        """
        rows = {name: measure_agreement(*pair) for name, pair in self._pairs().items()}
        return (
            pd.DataFrame(rows)
            .T.rename_axis("quantity")
            .astype({"pairs": int, "both_positive": int})
        )

    def largest(self, quantity: str = "trade", count: int = 10) -> pd.DataFrame:
        """Largest absolute differences of one quantity, by name.

        Parameters
        ----------
        quantity : str
            One of the index of :meth:`agreement`.
        count : int

        Returns
        -------
        DataFrame
            Columns that name the place (``country``, ``sector``, ``to_country``, …), the two
            names, ``difference`` and ``percent``; largest first.
        """
        pairs = self._pairs()
        if quantity not in pairs:
            raise KeyError(f"There is no {quantity!r}; there are {', '.join(pairs)}.")
        pair = pairs[quantity]
        rows, columns = largest_cells(*pair, count)
        places = self._label_cells(quantity, rows, columns)
        chosen = tuple(np.atleast_2d(part.T).T[rows, columns].astype(float) for part in pair)
        values = self._compare((chosen[0], chosen[1]), places.index)
        unit = "" if quantity == "cba_over_pba" else self.units.get(quantity, self.unit)
        units = {**dict.fromkeys(values, unit), "percent": "%"}
        return self._state(pd.concat([places, values], axis=1), units)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table of all country figures.

        Returns
        -------
        DataFrame
            Columns quantity, country, unit, first, second, difference, percent; ``attrs`` has the
            names.
        """
        units = self.units
        parts = []
        for name, (first, second) in self._figures.items():
            compared = self._compare((first, second), pd.RangeIndex(len(first)))
            compared.columns = ["first", "second", "difference", "percent"]
            compared.insert(0, "unit", units[name])
            compared.insert(0, "country", list(self.first.countries))
            compared.insert(0, "quantity", name)
            parts.append(compared)
        one, other = self.names
        meanings = {
            "quantity": "What is compared",
            "country": "Country, or group that both have",
            "unit": "Unit of first, second and difference",
            "first": one,
            "second": other,
            "difference": f"{other} less {one}",
            "percent": f"Difference in per cent of {one}",
        }
        return label_columns(
            self._state(pd.concat(parts, ignore_index=True), {}),
            f"{one} and {other}, {self.year}",
            meanings,
            units={"percent": "%"},
        )

    def figure(self) -> Figure:
        """Draw outputs against each other, and the countries that differ most.

        Returns
        -------
        matplotlib.figure.Figure
            Not attached to any window; it reads in grey.
        """
        from ioecon.accounts.comparison_figure import draw_comparison

        return draw_comparison(self)

    def summary(self) -> str:
        """Text for people: totals, how alike the two are, where they differ most."""
        return self._printout().text()

    def _printout(self) -> Printout:
        alike = self.agreement()
        shown = pd.DataFrame(
            {
                "pairs": [f"{value:,}" for value in alike["pairs"]],
                **{
                    name.replace("_", " "): [f"{value:.3f}" for value in alike[name]]
                    for name in ("correlation", "log_correlation", "distance")
                },
            },
            index=alike.index,
        )
        totals, what = self.totals(), self._headline()
        by_country = self.by_country()[what].sort_values(
            "difference", key=lambda column: -column.abs(), kind="stable"
        )
        of = (
            f"; accounts of {self.stressor} in {self.emission_unit}"
            if self.bilateral is not None
            else ""
        )
        title = (
            f"{self.names[0]} and {self.names[1]}, {self.year}: {len(self.first.countries)} "
            f"countries × {len(self.first.sectors)} sectors in common, {self.unit}{of}"
        )
        tables = {
            "Totals": totals,
            "How alike": shown,
            f"Countries that differ most in {what} ({self.units[what]})": by_country.head(10),
        }
        return Printout(title, tables)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _join_quantities(self, parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        frame = pd.concat(parts, axis=1, names=["quantity", "version"])
        units = {
            f"{name}_{version}": "%" if version == "percent" else self.units[name]
            for name, version in frame.columns
        }
        return self._state(frame, units)

    def _state(self, frame: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
        """Say of what the accounts are, and the units of columns as a file names them."""
        of = {} if self.bilateral is None else {"stressor": self.stressor}
        frame.attrs = {**of, "units": dict(units)}
        return frame

    def _headline(self) -> str:
        """Quantity by which countries are listed: consumption-based emissions if they are there."""
        return "output" if self.bilateral is None else "cba"

    def _compare(self, pair: Pair, index: pd.Index) -> pd.DataFrame:
        first, second = pair
        difference, base = second - first, np.abs(first)
        percent = 100 * np.divide(
            difference, base, out=np.full_like(difference, np.nan), where=base != 0
        )
        values = [first, second, difference, percent]
        columns = [*self.names, "difference", "percent"]
        return pd.DataFrame(np.column_stack(values), index=index, columns=columns)

    @cached_property
    def _figures(self) -> dict[str, Pair]:
        one, other = (sums_of_countries(table) for table in (self.first, self.second))
        figures = {name: (one[name], other[name]) for name in BY_COUNTRY}
        if self.bilateral is not None:
            first, second = self.bilateral
            figures["pba"] = (first.sum(axis=1), second.sum(axis=1))
            figures["cba"] = (first.sum(axis=0), second.sum(axis=0))
            if self.households is not None:
                figures["households"] = self.households
        return figures

    def _pairs(self) -> dict[str, Pair]:
        """All quantities that are compared number by number."""
        figures = self._figures
        pairs = {
            "intermediate_flows": (self.first.Z, self.second.Z),
            "final_demand_flows": (self.first.F, self.second.F),
            "trade": (trade_between(self.first, np.nan), trade_between(self.second, np.nan)),
            "output_by_sector": (self.first.x, self.second.x),
            **figures,
        }
        if self.bilateral is not None:
            ratios = tuple(
                np.divide(cba, pba, out=np.full_like(cba, np.nan), where=pba != 0)
                for cba, pba in zip(figures["cba"], figures["pba"], strict=True)
            )
            pairs["cba_over_pba"] = (ratios[0], ratios[1])
        return pairs

    def _label_cells(self, quantity: str, rows: Positions, columns: Positions) -> pd.DataFrame:
        table = self.first
        countries, sectors = np.array(table.countries), np.array(table.sectors)
        if quantity in FLOWS or quantity == "output_by_sector":
            country, sector = np.divmod(rows, len(sectors))
            places = {"country": countries[country], "sector": sectors[sector]}
        else:
            places = {"country": countries[rows]}
        if quantity == "intermediate_flows":
            country, sector = np.divmod(columns, len(sectors))
            places |= {"to_country": countries[country], "to_sector": sectors[sector]}
        elif quantity in ("final_demand_flows", "trade"):
            places["to_country"] = countries[columns]
        return pd.DataFrame(places)


def compare_tables(
    first: IOTable,
    second: IOTable,
    concordance: ForTwo = None,
    *,
    regions: ForTwo = None,
    emissions: tuple[Emissions, Emissions] | None = None,
    names: tuple[str, str] = ("first", "second"),
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> TableComparison:
    """Two databases of one year side by side, in a classification that both have.

    Parameters
    ----------
    first, second : IOTable
        Tables of the same year, unit, currency and prices; what differs is refused.
    concordance : concordance, or pair of them, optional
        Of sectors, in any form that :func:`ioecon.read_concordance` takes. A pair
        ``(of the first, of the second)`` groups each table's sectors to common ones, None leaves
        them. A single one groups the sectors of both where they are the same, and otherwise leads
        from those of the first to those of the second.
    regions : concordance, pair of them, or str, optional
        The same of countries. ``"common"``: countries that only one of the tables has join ROW,
        which both must have. Any other name of a classification (``"continent"``) groups both.
    emissions : pair of Series or Account, optional
        Of the first and of the second, labelled as their tables: CO2 in kt, or any stressor in
        one unit. Accounts are computed in each table's own classification and summed afterwards,
        so that what differs is the databases and not the grouping.
    names : tuple of two str
        What the databases are called in print.
    tolerance, without_output
        See :func:`ioecon.carbon_accounts`.

    Returns
    -------
    TableComparison

    Raises
    ------
    TableError
        If years, units, currencies or prices differ: convert explicitly.
    LabelError
        If a concordance does not fit, or labels still differ.
    EmissionsError
        If emissions do not fit their tables, or are of two stressors or in two units.

    See Also
    --------
    ioecon.decompose_between : what makes the accounts of two databases differ.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> table = world.series[2005]
    >>> other = table.replace(Z=table.Z * 1.1)
    >>> compared = ioecon.compare_tables(table, other, names=("world", "other"))
    >>> bool(abs(compared.totals().loc["intermediate_use", "percent"] - 10) < 1e-9)
    True
    >>> bool(compared.agreement().loc["intermediate_flows", "correlation"] > 0.999999)
    True
    """
    if len(names) != 2 or len({*names, "difference", "percent"}) < 4:
        raise ArgumentError(f"names are two names that differ, not {names!r}.")
    tables = tuple(sound_table(table, tolerance=tolerance) for table in (first, second))
    matched = match_tables(*tables, concordance=concordance, regions=regions)
    called = (str(names[0]), str(names[1]))
    if emissions is None:
        return TableComparison(called, matched[0].grouped, matched[1].grouped)
    if not isinstance(emissions, tuple | list) or len(emissions) != 2:
        raise ArgumentError("emissions are a pair, of the first and of the second table.")
    checked = [check_emissions(given) for given in emissions]
    stressor = checked[0].stressor
    require_same(stressor, checked[1].stressor, "What the second table emits")
    bilateral = [
        _bilateral_emissions(item, given, without_output)
        for item, given in zip(matched, checked, strict=True)
    ]
    households = [
        _sum_households(item, given) for item, given in zip(matched, emissions, strict=True)
    ]
    one, other = households
    if (one is None) != (other is None):
        have, lacks = called if other is None else called[::-1]
        warn_user(
            f"What households {'emit' if stressor.is_co2 else 'use directly'} is not compared: the "
            f"account of {have} has it for every country in {first.year}, that of {lacks} has not.",
            IoeconWarning,
        )
    return TableComparison(
        called,
        matched[0].grouped,
        matched[1].grouped,
        bilateral=(bilateral[0], bilateral[1]),
        households=None if one is None or other is None else (one, other),
        stressor=stressor.name,
        emission_unit=stressor.unit,
    )


def _bilateral_emissions(
    matched: Matched, emissions: CheckedEmissions, without_output: WithoutOutput
) -> Array:
    """Emissions of each common region for the final demand of each."""
    table = matched.table
    emissions.require_coverage(table.countries, [table.year])
    c = lay_out(emissions, table, without_output)
    k = np.divide(c, table.x, out=np.zeros_like(c), where=table.x != 0)
    driven, _ = driven_output(table, table.F)
    emitted = (k[:, None] * driven).reshape(len(table.countries), len(table.sectors), -1)
    return np.asarray((matched.by_region @ (matched.by_region @ emitted.sum(axis=1)).T).T)


def _sum_households(matched: Matched, emissions: Emissions) -> Array | None:
    """Direct emissions of households by common region; None unless every country has them."""
    if not isinstance(emissions, Account) or emissions.households is None:
        return None
    table = matched.table
    index = pd.MultiIndex.from_product([table.countries, [table.year]])
    year = emissions.households.reindex(index)
    return None if year.isna().any() else np.asarray(matched.by_region @ year.to_numpy())
