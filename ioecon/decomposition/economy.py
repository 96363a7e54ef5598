"""One table and its emissions as the arrays that a decomposition takes, checked."""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.two_polar import Economy
from ioecon.emissions.by_sector import CheckedEmissions
from ioecon.errors import EmissionsError, TableError, UnsoundTableError
from ioecon.stressor import Stressor
from ioecon.table import IOTable

__all__ = ["make_economy", "require_whole_world"]


def make_economy(
    table: IOTable, c: Array, emissions: CheckedEmissions, *, carbon_table: bool
) -> Economy:
    """Arrays of one table.

    Parameters
    ----------
    table : IOTable
        Sound, of the whole world.
    c : ndarray, shape (n,)
        Emissions of each row.
    emissions : CheckedEmissions
        What they were laid out from.
    carbon_table : bool
        Whether the table is to be multiplied by emission intensities.

    Raises
    ------
    EmissionsError
        If the carbon table would have rows without emissions, or negative ones.
    UnsoundTableError
        If final demand of a country adds up to nothing.
    """
    if carbon_table:
        _require_positive_amounts(table, c, emissions.stressor)
    intensity = _emission_intensity(table, c, shared=not emissions.by_sector)
    _require_final_demand(table, intensity if carbon_table else np.ones(table.n))
    return Economy(table.F, table.x, intensity)


def _emission_intensity(table: IOTable, c: Array, *, shared: bool) -> Array:
    """Emissions per unit of output; NaN for a sector without output, which has none of its own.

    With national totals, ``shared`` by a country's sectors in proportion to output, a sector
    without output has the intensity of its country like the others (eq. 6).
    """
    x = table.x.reshape(len(table.countries), -1)
    intensity = np.full(table.n, np.nan)
    if shared:
        total = x.sum(axis=1)
        national = np.divide(
            c.reshape(x.shape).sum(axis=1), total, out=np.full_like(total, np.nan), where=total != 0
        )
        intensity = np.repeat(national, len(table.sectors))
    np.divide(c, table.x, out=intensity, where=table.x != 0)
    return intensity


def _require_final_demand(table: IOTable, weights: Array) -> None:
    """Refuse final demand whose entries cancel out: it has no product mix."""
    F = np.where(table.F == 0, 0.0, weights[:, None] * table.F)
    total, size = F.sum(axis=0), np.abs(F).sum(axis=0)
    cancelling = np.flatnonzero((np.abs(total) <= 1e-9 * size) & (size > 0))
    if cancelling.size or abs(total.sum()) <= 1e-9 * size.sum():
        whose = table.countries[cancelling[0]] if cancelling.size else "the world"
        raise UnsoundTableError(
            f"Final demand of {whose} in {table.year} adds up to nothing, so no product mix "
            "describes it; correct its negative entries, or aggregate the country with another."
        )


def require_whole_world(table: IOTable) -> None:
    """Refuse a table with deliveries to places outside it."""
    if table.exports is not None or table.imports is not None:
        raise TableError(
            f"The table of {table.year} delivers to places outside it (exports or imports), so "
            "final demand does not drive all of its output: decompose a world table, or use "
            "ioecon.transfers for what drives the output of regions."
        )


def _require_positive_amounts(table: IOTable, c: Array, stressor: Stressor) -> None:
    silent = np.flatnonzero((c == 0) & (table.x != 0))
    if silent.size:
        raise EmissionsError(
            f"{len(silent)} sectors of {table.year} have output but no {stressor.phrase}, the "
            f"first {table.place(silent[0])}: a carbon table of them has inputs without output. "
            "Use accounting='satellite', or national totals."
        )
    # Output of -1 from rounding has negative amounts of a positive intensity, which serves.
    below = np.flatnonzero((c < 0) & (table.x > 0))
    if below.size:
        raise EmissionsError(
            f"{stressor.subject} of {len(below)} sectors of {table.year} are negative, the first "
            f"{table.place(below[0])}: a table multiplied by them has negative flows. Use "
            "accounting='satellite'."
        )
