"""Tables in the prices of another year, by price indices of what each row delivers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ioecon.alignment import Axis, aligned_numbers, in_level_order
from ioecon.arrays import Array
from ioecon.errors import ArgumentError, IoeconWarning, LabelError, TableError
from ioecon.prices import PREVIOUS_YEAR, price_basis, price_year
from ioecon.series import IOSeries
from ioecon.table import IOTable, whole_year
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["deflate"]

Tables = TypeVar("Tables", IOTable, IOSeries)
_YEARLY = 10.0  # a price that changes by more in one year is more likely two bases in one index
VALUE_ADDED = "value added, double deflation"


def deflate(
    tables: Tables, indices: pd.Series | pd.DataFrame, *, prices: str | int = PREVIOUS_YEAR
) -> Tables:
    """Put tables into the prices of another year, by price indices of what each row delivers.

    For where the publisher has no tables in previous year's prices (WIOD has): each row of Z, final
    demand and exports is multiplied by p(to) / p(from) of its country and sector; primary inputs
    become what is left of deflated output after deflated inputs (double deflation).

    Parameters
    ----------
    tables : IOTable or IOSeries
        In current or constant prices.
    indices : Series or DataFrame
        Price index of the output of each country and sector, in the currency of the tables: a
        Series indexed (country, sector, year), or a DataFrame indexed (country, sector) with a
        column for each year. Its base year is of no account: only ratios of two years are used.
    prices : {"previous-year"} or int
        ``"previous-year"``, or the year of constant prices, such as ``2010``.

    Returns
    -------
    IOTable or IOSeries
        With its price basis set. Of a series in previous year's prices, the years of which the year
        before is in ``indices`` and there is an earlier table.

    Raises
    ------
    LabelError
        If a row has no index, or an index belongs to no row.
    TableError
        If an index is missing, zero, negative or infinite in a year that is needed, or a table has
        competitive imports, whose prices are others (:meth:`IOTable.domestic` takes them out).

    Warns
    -----
    IoeconWarning
        Where a price changes more than tenfold a year, where value added that was positive becomes
        negative, and where taxes on final demand are left out, which no price of a row deflates.

    Notes
    -----
    Every user pays one price for what a row delivers (the assumption of Dietzenbacher and Hoen
    1998); rows still add up to output and columns do by the value added that is left. Prices are
    those of the table's currency: an index in national currency must be multiplied by the exchange
    rate first.

    References
    ----------
    Dietzenbacher, E. and Hoen, A. R. (1998). Deflation of input-output tables from the user's point
    of view: a heuristic approach. Review of Income and Wealth 44, 111–122.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AAA", "BBB"], sectors=["all"], categories=["final"], year=2006)
    >>> rows = pd.MultiIndex.from_product([["AAA", "BBB"], ["all"]], names=["country", "sector"])
    >>> indices = pd.DataFrame({2005: [100, 100], 2006: [125, 100]}, index=rows)
    >>> deflated = deflate(table, indices)
    >>> deflated.x, deflated.price_basis
    (array([ 800., 2000.]), 'previous-year')
    """
    basis = _read_basis(prices)
    if isinstance(tables, IOTable):
        return _deflate_table(tables, indices, basis)
    if not isinstance(tables, IOSeries):
        raise ArgumentError(f"An IOTable or IOSeries is deflated, not {type(tables).__name__}.")
    years = list(tables.years)
    if basis == PREVIOUS_YEAR:
        years = [year for year in years[1:] if year - 1 in _years_of(indices)]
    if not years:
        raise TableError(
            "No table of the series can be put into the prices of the year before: indices are "
            f"needed of {tables.years[1] - 1 if len(tables) > 1 else tables.years[0] - 1}."
        )
    labels = tables[years[0]]
    for year in years:
        _read_indices(indices, labels, [year, year - 1 if basis == PREVIOUS_YEAR else year])

    def load(year: int) -> IOTable:
        return _deflate_table(tables[year], indices, basis)

    return IOSeries({year: partial(load, year) for year in years}, labels=labels)


def _read_basis(prices: str | int) -> str:
    if isinstance(prices, str):
        basis = price_basis(prices, 0) if not prices.isdigit() else f"constant {prices}"
    else:
        basis = f"constant {whole_year(prices)}"
    if basis == "current":
        raise ArgumentError("prices are 'previous-year' or a year, not 'current'.")
    return basis


def _deflate_table(table: IOTable, indices: pd.Series | pd.DataFrame, basis: str) -> IOTable:
    if table.imports is not None:
        raise TableError(
            f"The table of {table.year} holds competitive imports, whose prices are not those of "
            "the rows they stand in: take table.domestic() first."
        )
    target = table.year - 1 if basis == PREVIOUS_YEAR else int(basis.removeprefix("constant "))
    before = price_year(table)
    if before == target:
        return table.replace(price_basis=basis)
    now, wanted = _read_indices(indices, table, [before, target]).T
    factors = wanted / now
    _warn_of_jumps(table, factors, before, target)
    rows = factors[:, None]
    single = table.Z.dtype
    changes: dict[str, Any] = {
        "Z": np.asarray(table.Z * rows, dtype=single),
        "Y": np.asarray(table.Y * rows, dtype=table.Y.dtype),
        "exports": None if table.exports is None else table.exports * rows,
        "price_basis": basis,
    }
    for name in ("printed_output", "discrepancies"):
        values = getattr(table, name)
        changes[name] = None if values is None else values * factors
    deflated = table.replace(**changes, primary_inputs=None, primary_labels=(), final_inputs=None)
    if table.final_inputs is not None and np.any(table.final_inputs):
        warn_user(
            f"Taxes and other primary inputs of final demand of {table.year} have no price of a "
            "row and are left out of the deflated table.",
            IoeconWarning,
        )
    if table.primary_inputs is None:
        return deflated
    return _deflate_doubly(table, deflated)


def _deflate_doubly(table: IOTable, deflated: IOTable) -> IOTable:
    """Give each column the value added that deflated output leaves after deflated inputs."""
    added = deflated.x - deflated.Z.sum(axis=0, dtype=float)
    nominal = table.x - table.Z.sum(axis=0, dtype=float)
    negative = np.flatnonzero((added < -1e-9 * np.abs(deflated.x)) & (nominal > 0))
    if negative.size:
        warn_user(
            f"Double deflation leaves negative value added in {len(negative)} sectors of "
            f"{table.year}: {listed((table.place(row) for row in negative), 5)}. The prices of "
            "their inputs and outputs do not fit together.",
            IoeconWarning,
        )
    return deflated.replace(primary_inputs=added[None, :], primary_labels=(VALUE_ADDED,))


def _years_of(indices: pd.Series | pd.DataFrame) -> set[int]:
    """Years of which there are indices."""
    return {whole_year(column) for column in _by_year(indices).columns}


def _by_year(indices: pd.Series | pd.DataFrame) -> pd.DataFrame:
    """Lay out indices with rows (country, sector) and a column for each year."""
    if isinstance(indices, pd.DataFrame) and indices.shape[1] == 1 and indices.index.nlevels == 3:
        indices = indices.iloc[:, 0]
    if isinstance(indices, pd.DataFrame):
        if indices.columns.has_duplicates:
            raise LabelError("A year stands twice among the columns of the price indices.")
        return indices
    if not isinstance(indices, pd.Series) or indices.index.nlevels != 3:
        raise LabelError(
            "Price indices are a Series indexed (country, sector, year), or a DataFrame indexed "
            "(country, sector) with a column for each year."
        )
    index = in_level_order(indices.index, ("country", "sector", "year"))
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise LabelError(f"Two price indices are of {' '.join(map(str, twice))}.")
    return pd.Series(indices.to_numpy(), index=index).unstack(level=2, sort=False)  # noqa: PD010


def _read_indices(indices: pd.Series | pd.DataFrame, table: IOTable, years: Sequence[int]) -> Array:
    """Take indices of the rows of a table in some years, shape (n, years); all positive."""
    frame = _by_year(indices)
    columns = {whole_year(column): column for column in frame.columns}
    missing = [year for year in years if year not in columns]
    if missing:
        raise TableError(
            f"There are no price indices of {listed(missing)}, only of {listed(sorted(columns))}."
        )
    rows = Axis("rows", (table.countries, table.sectors), ("country", "sector"))
    chosen = frame[[columns[year] for year in dict.fromkeys(years)]]
    if not isinstance(chosen.index, pd.MultiIndex):
        raise LabelError("Price indices are by country and sector: label their rows with both.")
    chosen = chosen.set_axis([str(year) for year in dict.fromkeys(years)], axis=1)
    axis = Axis("columns", (tuple(chosen.columns),), ("year",))
    values = aligned_numbers(chosen, "the frame of price indices", [rows, axis])
    wrong = np.argwhere(~(np.isfinite(values) & (values > 0)))
    if len(wrong):
        row, column = wrong[0]
        raise TableError(
            f"The price index of {table.place(row)} in {chosen.columns[column]} is "
            f"{values[row, column]}: give a positive number."
        )
    return values[:, [list(dict.fromkeys(years)).index(year) for year in years]]


def _warn_of_jumps(table: IOTable, factors: Array, before: int, target: int) -> None:
    most = _YEARLY ** abs(before - target)
    rows = np.flatnonzero((factors > most) | (factors < 1 / most))
    if rows.size:
        warn_user(
            f"Prices of {len(rows)} rows change more than tenfold a year between {target} and "
            f"{before}, such as {table.place(rows[0])}: have the indices of all years one base?",
            IoeconWarning,
        )
