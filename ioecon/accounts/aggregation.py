"""What grouping countries or sectors does to a result: aggregate first, or sum afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse

from ioecon.accounts.national import demand_by_destination, destinations
from ioecon.arrays import TOLERANCE, Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.concordance import Concordance, ConcordanceLike, read_concordance
from ioecon.emissions.by_sector import Emissions, WithoutOutput, check_emissions, lay_out
from ioecon.errors import ArgumentError, EmissionsError, IdentityError
from ioecon.interregional.carbon import carbon_transfer
from ioecon.interregional.coefficients import Coefficients, check_coefficients
from ioecon.interregional.drivers import ALL, FINAL_DEMAND, driven_output
from ioecon.interregional.output_transfer import transfers
from ioecon.printout import Printout
from ioecon.stressor import CO2, Stressor, state_stressor
from ioecon.table import IOTable

__all__ = ["AggregationComparison", "aggregation_error"]

Matrices: TypeAlias = dict[str, Array]

TRANSFER = "transfer"
#: What is computed of CO2 (True) and of another stressor (False): from two tables, and from one.
_MOVED = {True: "carbon_transfer", False: "stressor_transfer"}
_DRIVEN = {True: "emissions", False: "stressor"}


@dataclass(frozen=True, eq=False)
class AggregationComparison:
    """A result computed from a grouped table, beside the same computed first and then summed.

    Made by :func:`aggregation_error`. G groups of regions.

    Parameters
    ----------
    regions : tuple of str
        The G groups.
    destinations : tuple of str
        The groups and, for emissions of a table with exports, ``"outside"``.
    years : tuple of int
    units : mapping of str to str
        Unit of each quantity.
    aggregated_first, summed_afterwards : mapping of str to ndarray, shape (G, D)
        Each quantity between groups: row for column.
    stressor : str
        ``"CO2"``, or the name of another account.
    """

    regions: tuple[str, ...]
    destinations: tuple[str, ...]
    years: tuple[int, ...]
    units: Mapping[str, str]
    aggregated_first: Mapping[str, Array]
    summed_afterwards: Mapping[str, Array]
    stressor: str = "CO2"

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what was computed.

        Of two tables ``transfer`` (of output) and ``carbon_transfer``, of one ``emissions``;
        where the stressor is not CO2 ``stressor_transfer`` and ``stressor``.
        """
        return tuple(self.units)

    def matrix(self, quantity: str, version: str = "difference") -> pd.DataFrame:
        """One quantity of the row group for the column group.

        Parameters
        ----------
        quantity : str
            One of :attr:`quantities`.
        version : {"aggregated_first", "summed_afterwards", "difference"}
            ``difference`` is the first less the second.
        """
        if quantity not in self.units:
            raise KeyError(f"There is no {quantity!r}; there are {', '.join(self.quantities)}.")
        first, after = self.aggregated_first[quantity], self.summed_afterwards[quantity]
        versions = {
            "aggregated_first": first,
            "summed_afterwards": after,
            "difference": first - after,
        }
        if version not in versions:
            raise KeyError(f"version is one of {', '.join(versions)}, not {version!r}.")
        values = versions[version]
        frame = pd.DataFrame(
            values,
            index=pd.Index(self.regions, name="region"),
            columns=pd.Index(self.destinations[: values.shape[1]], name="driver"),
        )
        what = "output" if quantity == TRANSFER else self.stressor
        return state_stressor(frame, what, self.units[quantity])

    def by_region(self) -> pd.DataFrame:
        """Both results and their difference for every group.

        Returns
        -------
        DataFrame
            Index region, columns (result, version). Results of a transfer are its inflow (driven
            by other groups) and its net, of one table ``cba``, ``exports`` and ``imports``. The
            last version, ``percent``, is the difference in per cent of the second.
        """
        columns: dict[tuple[str, str], Array] = {}
        for quantity in self.quantities:
            first = _sum_of_regions(quantity, self.aggregated_first[quantity])
            after = _sum_of_regions(quantity, self.summed_afterwards[quantity])
            for name, values in first.items():
                difference, base = values - after[name], np.abs(after[name])
                columns[name, "aggregated_first"] = values
                columns[name, "summed_afterwards"] = after[name]
                columns[name, "difference"] = difference
                columns[name, "percent"] = 100 * np.divide(
                    difference, base, out=np.full_like(base, np.nan), where=base != 0
                )
        frame = pd.DataFrame(columns, index=pd.Index(self.regions, name="region"))
        of = self._units_of_results()
        units = {
            f"{result}_{version}": "%" if version == "percent" else of[result]
            for result, version in columns
        }
        frame.attrs = {"stressor": self.stressor, "units": units}
        return frame.rename_axis(columns=["result", "version"])

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: quantity, region, driver, aggregated_first, summed_afterwards, difference."""
        parts = []
        for quantity in self.quantities:
            first, after = self.aggregated_first[quantity], self.summed_afterwards[quantity]
            index = pd.MultiIndex.from_product(
                [[quantity], self.regions, self.destinations[: first.shape[1]]],
                names=["quantity", "region", "driver"],
            )
            values = {"aggregated_first": first.ravel(), "summed_afterwards": after.ravel()}
            values["difference"] = (first - after).ravel()
            parts.append(pd.DataFrame(values, index=index).reset_index())
        unit = ", ".join(f"{quantity}: {unit}" for quantity, unit in self.units.items())
        meanings = {
            "quantity": "What was computed",
            "region": "Group of regions",
            "driver": "Group that drives it",
            "aggregated_first": "Computed from the aggregated table",
            "summed_afterwards": "Computed first and summed afterwards",
            "difference": "aggregated_first less summed_afterwards",
        }
        return label_columns(
            pd.concat(parts, ignore_index=True),
            self._printout().title,
            meanings,
            unit=unit,
            stressor=self.stressor,
        )

    def summary(self) -> str:
        """Text for people: the difference for every group."""
        return self._printout().text()

    def _printout(self) -> Printout:
        years = "–".join(map(str, self.years))
        frame = self.by_region()
        title = (
            f"Aggregation of a table to {len(self.regions)} regions, {years}: computed from the "
            "aggregated table, and computed first and summed afterwards"
            f"{'' if self.stressor == CO2 else f'; the stressor is {self.stressor}'}"
        )
        units = self._units_of_results()
        return Printout(title, {f"{name} ({unit})": frame[name] for name, unit in units.items()})

    def _units_of_results(self) -> dict[str, str]:
        return {
            name: self.units[quantity]
            for quantity in self.quantities
            for name in _sum_of_regions(quantity, self.aggregated_first[quantity])
        }

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()


def aggregation_error(
    table0: IOTable,
    table1: IOTable | None = None,
    *,
    regions: ConcordanceLike | None = None,
    sectors: ConcordanceLike | None = None,
    emissions: Emissions | None = None,
    coefficients: Coefficients | None = None,
    driven_by: str = FINAL_DEMAND,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> AggregationComparison:
    """Aggregate a table and compute, against computing and summing the result.

    The coefficients of a group are averages over unlike members, so the two differ. What a group
    emits and produces in all is the same in both; who drives it is not.

    Parameters
    ----------
    table0 : IOTable
        The detailed table; the base year if there are two.
    table1 : IOTable, optional
        Reporting year. With it transfers (and, given emissions, carbon transfers at the reporting
        year's coefficients) are compared; with one table its bilateral emissions and CBA.
    regions, sectors : mapping, Series, DataFrame, matrix, path or str, optional
        Concordance from each region (sector) to its group, at least one of the two; see
        :func:`ioecon.read_concordance`.
    emissions : Series or Account, optional
        Of the last table's year; see :func:`ioecon.decompose`. Laid onto the detailed table first
        and then summed over groups, so that both computations have the same emissions.
    coefficients : Series or DataFrame, optional
        Emissions per unit of output by region and sector of the detailed table, in place of
        ``emissions``; see :func:`ioecon.carbon_transfer`.
    driven_by : str
        What drives the transfers; see :func:`ioecon.transfers`.
    tolerance, without_output
        See :func:`ioecon.carbon_accounts`.

    Returns
    -------
    AggregationComparison

    Raises
    ------
    LabelError, TableError
        If the concordance or the tables do not fit.
    EmissionsError
        If emissions or coefficients are missing, or both are given.
    IdentityError
        If the two computations disagree about what they must agree on.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> first, last = world.series[2002], world.series[2007]
    >>> halves = {c: "north" if k % 2 else "south" for k, c in enumerate(first.countries)}
    >>> compared = ioecon.aggregation_error(first, last, regions=halves,
    ...                                     emissions=world.emissions)
    >>> compared.quantities
    ('transfer', 'carbon_transfer')
    >>> compared.matrix("transfer").shape
    (2, 2)
    """
    if regions is None and sectors is None:
        raise ArgumentError("Nothing is aggregated: give a concordance of regions or of sectors.")
    by_region = _read_optional(regions, table0.countries, "countries")
    by_sector = _read_optional(sectors, table0.sectors, "sectors")
    tables = [table0] if table1 is None else [table0, table1]
    detailed = [sound_table(table, tolerance=tolerance) for table in tables]
    grouped = [table.aggregate(regions=by_region, sectors=by_sector) for table in detailed]
    last, last_group = detailed[-1], grouped[-1]
    c, stressor = _find_emissions(last, emissions, coefficients, without_output)
    c_group = None if c is None else _sum_rows(c, last, by_region, by_sector)
    names = _MOVED[stressor.is_co2], _DRIVEN[stressor.is_co2]
    first = _compute_matrices(grouped, c_group, driven_by, tolerance, names)
    after = {
        name: _sum_pairs(values, last, by_region)
        for name, values in _compute_matrices(detailed, c, driven_by, tolerance, names).items()
    }
    flow_unit = f"{table0.unit} {table0.currency}"
    result = AggregationComparison(
        regions=last_group.countries,
        destinations=destinations(last_group),
        years=tuple(table.year for table in tables),
        units={name: flow_unit if name == TRANSFER else stressor.unit for name in first},
        aggregated_first=first,
        summed_afterwards=after,
        stressor=stressor.name,
    )
    whole = driven_by == ALL or (driven_by == FINAL_DEMAND and table0.exports is None)
    for name in [names[1], *([TRANSFER] if whole else [])]:
        if name in first:
            _require_same_totals(result, name)
    return result


def _find_emissions(
    table: IOTable,
    emissions: Emissions | None,
    coefficients: Coefficients | None,
    without_output: WithoutOutput,
) -> tuple[Array | None, Stressor]:
    """Emissions of each row of the detailed table, (n,), and what they are."""
    if emissions is not None and coefficients is not None:
        raise EmissionsError("Give emissions or coefficients, not both.")
    if emissions is not None:
        checked = check_emissions(emissions)
        return lay_out(checked, table, without_output), checked.stressor
    if coefficients is not None:
        years = (table.year, table.year)
        k = check_coefficients(coefficients, table.countries, table.sectors, years)
        stressor = k.emitted(f"{table.unit} {table.currency}")
        return np.asarray(k.first.ravel() * table.x), stressor
    return None, Stressor()


def _compute_matrices(
    tables: Sequence[IOTable],
    c: Array | None,
    driven_by: str,
    tolerance: float,
    names: tuple[str, str],
) -> Matrices:
    """Bilateral emissions of one table, or what moved between two; regions × destinations.

    ``names``: what the stressor that moved, and the one that a table drives, are called.
    """
    table = tables[-1]
    k = None
    if c is not None:
        k = np.divide(c, table.x, out=np.zeros_like(c), where=table.x != 0)
    if len(tables) == 2:
        moved = transfers(tables[0], tables[1], driven_by=driven_by, tolerance=tolerance)
        results = {TRANSFER: moved.matrix().to_numpy()}
        if k is not None:
            by_sector = pd.Series(k, index=table.index)
            by_sector.attrs["signed"] = True  # checked before
            carbon = carbon_transfer(moved, by_sector, unit="kt")  # whatever it is, unit and all
            results[names[0]] = carbon.matrix().to_numpy()
        return results
    if k is None:
        raise EmissionsError(
            "The accounts of one table need emissions or coefficients; transfers of output need "
            "a second table."
        )
    driven, _ = driven_output(table, demand_by_destination(table))
    emitted = k[:, None] * driven
    return {names[1]: emitted.reshape(len(table.countries), len(table.sectors), -1).sum(axis=1)}


def _read_optional(
    groups: ConcordanceLike | None, labels: Sequence[str], kind: str
) -> Concordance | None:
    return None if groups is None else read_concordance(groups, labels, kind)


def _sum_rows(
    c: Array, table: IOTable, regions: Concordance | None, sectors: Concordance | None
) -> Array:
    """Emissions of each row of the grouped table."""
    by_region = _summing_matrix(table.countries, regions)
    by_sector = _summing_matrix(table.sectors, sectors)
    return np.asarray(scipy.sparse.kron(by_region, by_sector, format="csr") @ c)


def _sum_pairs(values: Array, table: IOTable, regions: Concordance | None) -> Array:
    """Regions × destinations to groups × destinations."""
    rows = _summing_matrix(table.countries, regions)
    outside = values.shape[1] - len(table.countries)
    columns = scipy.sparse.block_diag([rows, scipy.sparse.eye_array(outside)], format="csr")
    return np.asarray((columns @ (rows @ values).T).T)


def _summing_matrix(labels: Sequence[str], groups: Concordance | None) -> scipy.sparse.csr_array:
    if groups is None:
        return scipy.sparse.eye_array(len(labels), format="csr")
    return groups.matrix(labels)


def _sum_of_regions(quantity: str, values: Array) -> Matrices:
    """Sum a bilateral matrix to what a reader asks of each region."""
    square = values[:, : values.shape[0]]
    own = np.diagonal(square)
    if quantity in _DRIVEN.values():
        return {
            "cba": square.sum(axis=0),
            "exports": values.sum(axis=1) - own,
            "imports": square.sum(axis=0) - own,
        }
    return {
        f"inflow_{quantity}": square.sum(axis=1) - own,
        f"net_{quantity}": square.sum(axis=1) - square.sum(axis=0),
    }


def _require_same_totals(result: AggregationComparison, quantity: str) -> None:
    """All that a group emits or produces is the same both ways."""
    first = result.aggregated_first[quantity].sum(axis=1)
    after = result.summed_afterwards[quantity].sum(axis=1)
    scale = float(np.abs(result.summed_afterwards[quantity]).sum(axis=1).max()) or 1.0
    miss = float(np.abs(first - after).max()) / scale
    if not miss <= TOLERANCE:
        raise IdentityError(
            f"Aggregation changed the {quantity} of a whole region by {miss:.1e} where "
            f"{TOLERANCE:.0e} is allowed: the rows of a table do not add up to its output."
        )
