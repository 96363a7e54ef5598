"""What a model relates final demand or emissions to beside tables: population, energy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.decomposition.models import Model
from ioecon.emissions.by_sector import (
    CheckedEmissions,
    Emissions,
    WithoutOutput,
    check_emissions,
    lay_out,
)
from ioecon.errors import ArgumentError
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["Variables", "read_variables"]


@dataclass(frozen=True, eq=False)
class Variables:
    """Variables of a model, as they were found to be complete.

    Parameters
    ----------
    countries : mapping of str to Series
        Of final demand: numbers above zero, indexed (country, year).
    accounts : mapping of str to CheckedEmissions
        Of intensities, as emissions are given.
    without_output : {"raise", "leave_out"}
        As for emissions.
    """

    countries: Mapping[str, pd.Series]
    accounts: Mapping[str, CheckedEmissions]
    without_output: WithoutOutput

    def by_country(self, table: IOTable) -> dict[str, Array]:
        """Variables of final demand in a table's year, each (I,)."""
        wanted = pd.MultiIndex.from_product([table.countries, [table.year]])
        return {name: given.loc[wanted].to_numpy() for name, given in self.countries.items()}

    def by_row(self, name: str, table: IOTable) -> Array:
        """Amounts of a variable of intensities in a table's year, (n,)."""
        return np.asarray(lay_out(self.accounts[name], table, self.without_output))


def read_variables(
    model: Model,
    variables: Mapping[str, Emissions] | pd.DataFrame | None,
    countries: Iterable[str],
    years: Iterable[int],
    without_output: WithoutOutput = "raise",
) -> Variables | None:
    """Variables that a model needs, checked; None where it needs none.

    Parameters
    ----------
    model : Model
    variables : mapping or DataFrame, optional
        By name; others are not looked at.
    countries, years : iterable
        Those that are needed.
    without_output : {"raise", "leave_out"}
        As for emissions.

    Raises
    ------
    ArgumentError
        If one is missing, or lacks a country or year, or is not above zero.
    EmissionsError
        If an account is not what accounts are.
    """
    if not model.variables:
        return None
    known = [] if variables is None else list(variables)
    by_country: dict[str, pd.Series] = {}
    accounts: dict[str, CheckedEmissions] = {}
    places = {total: factor.place for factor in model.factors for total in factor.totals if total}
    years = sorted({int(year) for year in years})
    for name in model.variables:
        if variables is None or name not in known:
            raise ArgumentError(
                f"Model {model.name!r} needs the variable {name!r}: give variables={{{name!r}: …}}."
            )
        if places[name] == "intensity":
            accounts[name] = check_emissions(variables[name])
            accounts[name].require_coverage(countries, years)
        else:
            by_country[name] = _require_complete(name, variables[name], countries, years)
    return Variables(by_country, accounts, without_output)


def _require_complete(
    name: str, given: object, countries: Iterable[str], years: list[int]
) -> pd.Series:
    if not isinstance(given, pd.Series) or given.index.nlevels != 2:
        raise ArgumentError(f"The variable {name!r} is a Series indexed (country, year).")
    if given.index.has_duplicates:
        place = given.index[given.index.duplicated()][0]
        raise ArgumentError(f"The variable {name!r} has two numbers for {place[0]} {place[1]}.")
    wanted = pd.MultiIndex.from_product([list(countries), years], names=["country", "year"])
    found = pd.to_numeric(given, errors="coerce").reindex(wanted).astype(float)
    missing = found.index[~(np.isfinite(found) & (found > 0))]
    if len(missing):
        names = listed([f"{country} {year}" for country, year in missing[:10]])
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        raise ArgumentError(
            f"The variable {name!r} has no number above zero for {names}{more}; every country of "
            "the tables needs one, the rest of the world too (the world's less all others')."
        )
    return found
