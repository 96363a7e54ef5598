"""Primary inputs of tables, such as value added, employment or energy, as accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.checks import ACCOUNT
from ioecon.errors import EmissionsError, TableError
from ioecon.table import IOTable
from ioecon.wording import did_you_mean, listed, near_words

if TYPE_CHECKING:
    from ioecon.series import IOSeries

__all__ = ["account_of_inputs"]


def account_of_inputs(
    tables: IOTable | IOSeries | Mapping[int, IOTable],
    inputs: str | Iterable[str],
    *,
    name: str | None = None,
    unit: str | None = None,
) -> Account:
    """Make an account of rows of the tables' primary inputs, such as value added.

    Parameters
    ----------
    tables : IOTable or IOSeries
        With primary inputs.
    inputs : str or iterable of str
        Exact names of rows (``table.primary_labels``); several are summed.
    name : str, optional
        What the account is called; after its rows by default.
    unit : str, optional
        Where the rows are not money: ``"1000 persons"``. By default that of the tables:
        ``"million USD"``.

    Returns
    -------
    Account
        By country, sector and year, without households; amounts may be negative, as value added
        may be.

    Raises
    ------
    TableError
        If a table has no primary inputs, or they are in another unit than those of the rest.
    EmissionsError
        If a table has no such row (the nearest are named), or a cell of one is missing.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> account = account_of_inputs(world.series, "value added")
    >>> account.name, account.unit
    ('value added', 'million USD')
    """
    by_year = {tables.year: tables} if isinstance(tables, IOTable) else tables
    wanted = [inputs] if isinstance(inputs, str) else list(inputs)
    if not wanted or len({*wanted}) < len(wanted):
        raise EmissionsError("Name one row of primary inputs or several, each once.")
    parts, units = [], set()
    for year in by_year:
        table = by_year[year]
        units.add(f"{table.unit} {table.currency}")
        if len(units) > 1:
            raise TableError(f"The tables are in {listed(sorted(units))}: convert them.")
        index = pd.MultiIndex.from_product(
            [table.countries, table.sectors, [table.year]], names=list(ACCOUNT)
        )
        parts.append(pd.Series(_sum_rows(table, wanted), index=index))
    return Account(
        pd.concat(parts),
        unit=unit or units.pop(),
        name=name or (" + ".join(wanted) if len(" + ".join(wanted)) <= 100 else _shorten(wanted)),
        signed=True,
    )


def _sum_rows(table: IOTable, wanted: list[str]) -> np.ndarray:
    labels = list(table.primary_labels or ())
    if table.primary_inputs is None or not labels:
        raise TableError(f"The table of {table.year} has no primary inputs.")
    absent = [name for name in wanted if name not in labels]
    if absent:
        meant = did_you_mean(near_words(absent[0], labels))
        raise EmissionsError(
            f"The table of {table.year} has no primary input {absent[0]!r}; "
            f"{meant or f'it has {listed(labels, 20)}.'}"
        )
    rows = [labels.index(name) for name in wanted]
    return np.asarray(table.primary_inputs[rows].sum(axis=0, dtype=float))


def _shorten(wanted: list[str]) -> str:
    return f"{wanted[0]} + {len(wanted) - 1} more"
