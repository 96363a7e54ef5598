"""One table and its emissions as the arrays that a decomposition takes, checked."""

from __future__ import annotations

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.demand import DemandOfYear, find_cancelling
from ioecon.decomposition.one_period import Economy
from ioecon.decomposition.plan import Plan
from ioecon.decomposition.variables import Variables
from ioecon.emissions.by_sector import CheckedEmissions
from ioecon.errors import EmissionsError, IoeconWarning, TableError, UnsoundTableError
from ioecon.stressor import Stressor
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user

__all__ = ["make_economy", "require_whole_world"]


def make_economy(
    table: IOTable,
    c: Array,
    emissions: CheckedEmissions,
    plan: Plan,
    variables: Variables | None = None,
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
    plan : Plan
        Its model, and whether the table is to be multiplied by emission intensities.
    variables : Variables, optional
        What the model needs beside tables and emissions.

    Raises
    ------
    EmissionsError
        If the carbon table would have rows without emissions, or negative ones; if rows emit
        without any of a variable that emissions are related to.
    UnsoundTableError
        If final demand that the model takes shares of adds up to nothing.
    """
    if plan.carbon_table:
        _require_positive_amounts(table, c, emissions.stressor)
    intensity = _emission_intensity(table, c, shared=not emissions.by_sector)
    given = {} if variables is None else variables.by_country(table)
    demand = table.F[None]
    if plan.by_category:
        shape = table.n, len(table.countries), len(table.categories)
        demand = np.ascontiguousarray(np.moveaxis(table.Y.reshape(shape), 2, 0), dtype=float)
    weights = intensity if plan.carbon_table else np.ones(table.n)
    _require_final_demand(table, demand, weights, given, plan)
    ratios = _intensity_ratios(table, c, intensity, plan, variables)
    return Economy(demand, table.x, intensity, ratios, given)


def _intensity_ratios(
    table: IOTable, c: Array, intensity: Array, plan: Plan, variables: Variables | None
) -> tuple[Array, ...]:
    """Factors of the intensity along their chain."""
    per_output = {"emissions": intensity}
    amounts = {"emissions": c}
    if variables is not None:
        for name in variables.accounts:
            amounts[name] = variables.by_row(name, table)
            shared = not variables.accounts[name].by_sector
            per_output[name] = _emission_intensity(table, amounts[name], shared=shared)
    ratios = []
    for factor in plan.intensity:
        above, below = factor.totals
        if below == "output" or below is None:
            ratios.append(per_output[above])
            continue
        lost = np.flatnonzero((amounts[below] == 0) & (amounts[above] != 0))
        if lost.size:
            raise EmissionsError(
                f"{len(lost)} sectors of {table.year} have {above} and no {below}, the first "
                f"{table.place(lost[0])}, so {factor.name!r} has no value; leave such {above} out "
                f"of the account, or give the sectors their {below}."
            )
        ratios.append(
            np.divide(
                per_output[above],
                per_output[below],
                out=np.full(table.n, np.nan),
                where=per_output[below] != 0,
            )
        )
    return tuple(ratios)


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


def _require_final_demand(
    table: IOTable, demand: Array, weights: Array, given: dict[str, Array], plan: Plan
) -> None:
    """Refuse final demand whose entries cancel out where the model takes shares of it."""
    weighted = np.where(demand == 0, 0.0, weights[:, None] * demand)
    signed, sizes = (DemandOfYear(each, given) for each in (weighted, np.abs(weighted)))
    totals = [factor.totals for factor in plan.model.chain("demand")]
    asked = {below for _, below in totals if below is not None} - set(given)
    asked |= {above for above, _ in totals if above == "world"}
    divided = {factor.totals[0] for factor in plan.profiles[:-1]}  # by product: carried
    for name in sorted(asked - divided, key=lambda name: name != "country"):
        total, size = signed.total(name), sizes.total(name)
        cancelling = np.argwhere((np.abs(total) <= 1e-9 * size) & (size > 0))
        if cancelling.size:
            category, _, country = cancelling[0]
            whose = "the world" if name == "world" else table.countries[country]
            if total.shape[0] > 1:
                whose += f" ({table.categories[category]})"
            raise UnsoundTableError(
                f"Final demand of {whose} in {table.year} adds up to nothing, so no product mix "
                "describes it; correct its negative entries, or aggregate the country with "
                "another."
            )
    for factor in plan.profiles[:-1]:
        cancels = np.argwhere(find_cancelling(signed, factor.totals[0]))
        if cancels.size:
            _, product, country = cancels[0]
            warn_user(
                f"Positive and negative final demand for one product nearly cancel out in "
                f"{len(cancels)} places of {table.year}, the first {table.countries[country]} "
                f"{table.sectors[product]}: no shares describe it, so all of its change counts as "
                f"{factor.name}.",
                IoeconWarning,
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
