"""Emissions of every country-sector of one table (method section 2, Dong et al. equations 6-7).

With national totals, CI_i = C_i / X_i with X_i = sum_s x_i(s), and c_i(s) = CI_i x_i(s), so that
the sectors of a country add up to its total. With an account, c is what the account says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.checks import (
    ACCOUNT,
    TOTALS,
    canonical_emissions,
)
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, IoeconWarning
from ioecon.stressor import Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, places, spans

if TYPE_CHECKING:
    from ioecon.table import IOTable

__all__ = [
    "CheckedEmissions",
    "Emissions",
    "WithoutOutput",
    "check_emissions",
    "emissions_by_sector",
    "lay_out",
    "require_coverage",
]

WithoutOutput: TypeAlias = Literal["raise", "leave_out"]
Emissions: TypeAlias = pd.Series | pd.DataFrame | Account


def emissions_by_sector(
    emissions: Emissions, table: IOTable, *, without_output: WithoutOutput = "raise"
) -> np.ndarray:
    """Emissions of each country-sector of ``table``, or another stressor's amounts.

    Parameters
    ----------
    emissions : pandas.Series or Account
        National totals indexed (country, year): shared among a country's sectors in proportion
        to gross output. Or an account indexed (country, sector, year): taken as it is. They are
        CO2 in kt unless they say otherwise: a Series with ``attrs["stressor"]`` and
        ``attrs["unit"]``, an Account with its name and unit. ``attrs["currency"]``, when present,
        must be the table's.
    table : IOTable
        Table whose countries, sectors, year and gross output x are used.
    without_output : {"raise", "leave_out"}
        What to do with emissions of a sector that has no output in the table, to which no
        intensity can be given: refuse (default), or leave them out and warn how much that is.

    Returns
    -------
    numpy.ndarray
        (n,) in the unit of the emissions, in the table's row order (country-major).

    Raises
    ------
    EmissionsError
        When emissions of a country, sector or the year are missing (all are named), the account
        has sectors the table does not have, the unit or currency does not fit, or emissions sit
        where there is no output.

    Examples
    --------
    >>> from ioecon.table import IOTable
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], year=2005,
    ...                 countries=["AUS", "ROW"], sectors=["all"], categories=["final"])
    >>> index = pd.MultiIndex.from_product([["AUS", "ROW"], [2005]], names=["country", "year"])
    >>> emissions_by_sector(pd.Series([8.0, 20.0], index=index), table)
    array([ 8., 20.])
    """
    return lay_out(check_emissions(emissions), table, without_output)


@dataclass(frozen=True, eq=False)
class CheckedEmissions:
    """Emissions as :func:`check_emissions` has found them.

    Parameters
    ----------
    values : pandas.Series
        Indexed (country, year) or (country, sector, year).
    provenance : Provenance
    stressor : Stressor
        What they are, and their unit.
    """

    values: pd.Series
    provenance: Provenance
    stressor: Stressor
    _grids: dict[tuple[tuple[str, ...], ...], _Grid | None] = field(
        default_factory=dict, init=False, repr=False
    )

    def amounts_of(self, table: IOTable) -> np.ndarray | None:
        """Amounts of a table's year in the order of its labels, by country or by row.

        None where one is missing or has no place: what follows then tells which. The amounts of
        all years are put in order at once and kept, since that costs as much as one of them.
        """
        labels = (table.countries, table.sectors) if self.by_sector else (table.countries,)
        if labels not in self._grids:
            self._grids[labels] = _Grid.of(self.values, labels)
        grid = self._grids[labels]
        return None if grid is None else grid.amounts_of(table.year)

    @property
    def signed(self) -> bool:
        """Whether they may be negative."""
        return self.provenance.signed is True

    @property
    def by_sector(self) -> bool:
        """Whether they are an account by sector, not national totals."""
        return self.values.index.nlevels == len(ACCOUNT)

    def require_coverage(self, countries: Iterable[str], years: Iterable[int]) -> None:
        """Refuse to go on where a country and year has no emissions; all are named."""
        there = _countries_and_years(self.values)
        needed = pd.MultiIndex.from_product([list(countries), sorted(int(y) for y in years)])
        _refuse_missing(needed[~needed.isin(there)], there, self.stressor)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Amounts by year and the labels of a table.

    ``values`` are NaN where nothing is given; ``astray`` tells of each year whether a sector that
    the table does not have holds something.
    """

    years: pd.Index
    values: np.ndarray
    astray: np.ndarray

    @classmethod
    def of(cls, given: pd.Series, labels: tuple[tuple[str, ...], ...]) -> _Grid | None:
        """Put amounts in order; None where a label stands twice."""
        if any(len(set(names)) < len(names) for names in labels):
            return None
        index, amounts = given.index, given.to_numpy()
        assert isinstance(index, pd.MultiIndex)
        *axes, year = (np.asarray(codes) for codes in index.codes)
        at = [
            pd.Index(names).get_indexer(level)[codes]
            for names, level, codes in zip(labels, index.levels, axes, strict=False)
        ]
        known = np.all([axis >= 0 for axis in at], axis=0)
        years = index.levels[-1]
        values = np.full((len(years), *map(len, labels)), np.nan)
        values[year[known], *(axis[known] for axis in at)] = amounts[known]
        astray = np.zeros(len(years), dtype=bool)
        astray[year[~known & (at[0] >= 0) & (amounts != 0)]] = True
        return cls(years, values, astray)

    def amounts_of(self, year: int) -> np.ndarray | None:
        """Amounts of one year; None where one is missing, or stands where the table has no row."""
        (k,) = self.years.get_indexer([year])
        if k < 0 or self.astray[k] or np.isnan(self.values[k]).any():
            return None
        return self.values[k].ravel().copy()


def lay_out(
    emissions: CheckedEmissions, table: IOTable, without_output: WithoutOutput = "raise"
) -> np.ndarray:
    """:func:`emissions_by_sector` of emissions that :func:`check_emissions` has seen."""
    if without_output not in ("raise", "leave_out"):
        raise EmissionsError(
            f"without_output must be 'raise' or 'leave_out', not {without_output!r}."
        )
    emissions.provenance.require_currency(table.currency)
    if emissions.by_sector:
        account = _order_account(emissions, table)
        return _leave_out_idle(account, table, without_output, emissions.stressor)
    totals = _select_totals(emissions, table)
    return _share_totals(totals, table, without_output, emissions.stressor)


def require_coverage(emissions: Emissions, countries: Iterable[str], years: Iterable[int]) -> None:
    """Check at once that every country and year of a whole series of tables has emissions.

    Parameters
    ----------
    emissions : pandas.Series or Account
        As for :func:`emissions_by_sector`.
    countries, years : iterable
        Those that are needed.

    Raises
    ------
    EmissionsError
        Naming every country and the years it lacks.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["AUS"], [2000]], names=["country", "year"])
    >>> require_coverage(pd.Series([8.0], index=index), ["AUS"], [2000])
    """
    check_emissions(emissions).require_coverage(countries, years)


def check_emissions(emissions: Emissions) -> CheckedEmissions:
    """Check totals indexed (country, year) or an account indexed (country, sector, year)."""
    values = emissions.values if isinstance(emissions, Account) else emissions
    provenance = Provenance.of(values)
    stressor = provenance.read_stressor()
    index = getattr(values, "index", None)
    by_sector = isinstance(index, pd.MultiIndex) and index.nlevels == len(ACCOUNT)
    levels = ACCOUNT if by_sector else TOTALS
    checked = canonical_emissions(values, levels, stressor, signed=provenance.signed is True)
    return CheckedEmissions(checked, provenance, stressor)


def _countries_and_years(emissions: pd.Series) -> pd.Index:
    index = emissions.index
    return pd.MultiIndex.from_arrays(
        [index.get_level_values("country"), index.get_level_values("year")]
    ).unique()


def _refuse_missing(missing: pd.Index, there: pd.Index, stressor: Stressor) -> None:
    if not len(missing):
        return
    by_country: dict[str, list[int]] = {}
    for country, year in missing:
        by_country.setdefault(str(country), []).append(int(year))
    named = listed((f"{name} ({spans(years)})" for name, years in by_country.items()), limit=60)
    have = sorted(int(year) for year in there.get_level_values(1).unique())
    covered = f"they cover {spans(have)}" if have else "they are empty"
    advice = "add them from another source with ioecon.fill_emissions"
    if "ROW" in by_country:
        advice += ", and ROW as the world less all listed countries with ioecon.rest_of_world"
    raise EmissionsError(f"{stressor.subject} are missing for {named}; {covered}: {advice}.")


def _select_totals(emissions: CheckedEmissions, table: IOTable) -> np.ndarray:
    amounts = emissions.amounts_of(table)
    if amounts is not None:
        return amounts
    needed = pd.MultiIndex.from_product([table.countries, [table.year]])
    totals = emissions.values
    _refuse_missing(needed[~needed.isin(totals.index)], totals.index, emissions.stressor)
    return totals.reindex(needed).to_numpy()


def _share_totals(
    C: np.ndarray, table: IOTable, without_output: WithoutOutput, stressor: Stressor
) -> np.ndarray:
    x = table.x.reshape(len(table.countries), len(table.sectors))
    X = x.sum(axis=1)
    idle = (X == 0) & (C != 0)
    if idle.any():
        names = [name for name, stop in zip(table.countries, idle, strict=True) if stop]
        _report_idle(names, C[idle], C, table.year, without_output, stressor)
    intensity = np.divide(C, X, out=np.zeros_like(C), where=X != 0)  # eq. 6
    return (intensity[:, None] * x).ravel()  # eq. 7


def _order_account(emissions: CheckedEmissions, table: IOTable) -> np.ndarray:
    amounts = emissions.amounts_of(table)
    if amounts is not None:
        return amounts
    account, stressor = emissions.values, emissions.stressor
    year = account.loc[account.index.get_level_values("year") == table.year].droplevel("year")
    there = _countries_and_years(account)
    wanted = pd.MultiIndex.from_product([table.countries, [table.year]])
    _refuse_missing(wanted[~wanted.isin(there)], there, stressor)
    rows = pd.MultiIndex.from_product([table.countries, table.sectors], names=["country", "sector"])
    _refuse_unknown_sectors(year, table, stressor)
    absent = rows[~rows.isin(year.index)]
    if len(absent):
        raise EmissionsError(
            f"The account of {table.year} has no value for {places(absent)}: give each sector of "
            "the table a value, zero where nothing is emitted."
        )
    return year.reindex(rows).to_numpy()


def _refuse_unknown_sectors(year: pd.Series, table: IOTable, stressor: Stressor) -> None:
    ours = year.index.get_level_values("country").isin(table.countries)
    strange = ~year.index.get_level_values("sector").isin(table.sectors)
    extra = year.loc[ours & strange & (year.to_numpy() != 0)]
    if len(extra):
        sectors = listed(extra.index.unique("sector"))
        raise EmissionsError(
            f"The account of {table.year} has {extra.sum():,.1f} {stressor.unit} in sectors that "
            f"the table does not have ({sectors}); the table's are {listed(table.sectors, 6)}: "
            "rename them with Account.rename_sectors, or leave out rows that are totals or "
            "households."
        )


def _leave_out_idle(
    c: np.ndarray, table: IOTable, without_output: WithoutOutput, stressor: Stressor
) -> np.ndarray:
    idle = (table.x == 0) & (c != 0)
    if not idle.any():
        return c
    S = len(table.sectors)
    names = [f"{table.countries[r // S]} {table.sectors[r % S]}" for r in np.flatnonzero(idle)]
    _report_idle(names, c[idle], c, table.year, without_output, stressor)
    return np.where(idle, 0.0, c)


def _report_idle(
    names: list[str],
    amounts: np.ndarray,
    everything: np.ndarray,
    year: int,
    without_output: WithoutOutput,
    stressor: Stressor,
) -> None:
    worst = np.argsort(-np.abs(amounts))
    unit = stressor.unit
    named = listed((f"{names[k]} ({amounts[k]:,.3f} {unit})" for k in worst), limit=8)
    share = 100 * np.abs(amounts).sum() / np.abs(everything).sum()
    what = (
        f"{year}: {amounts.sum():,.3f} {unit} of {stressor.phrase} ({share:.4f} % of all) are in "
        f"{len(names)} place(s) without output: {named}"
    )
    if without_output == "raise":
        raise EmissionsError(
            f"{what}. No intensity can be given to them: correct the table or the account, or say "
            "without_output='leave_out' to go on without them."
        )
    warn_user(f"{what}. They are left out, as asked.", IoeconWarning)
