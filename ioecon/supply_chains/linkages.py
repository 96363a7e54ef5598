"""Backward and forward linkages of sectors, and key sectors."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import ArgumentError, TableError
from ioecon.factor_use import FactorUse
from ioecon.leontief import multiply
from ioecon.supply_chains.flows import Flows
from ioecon.table import IOTable

__all__ = ["linkages"]

Forward: TypeAlias = Literal["ghosh", "leontief"]
Within: TypeAlias = Literal["table", "country"]


def linkages(
    table: IOTable,
    account: Emissions | None = None,
    *,
    forward: Forward = "ghosh",
    within: Within = "table",
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> pd.DataFrame:
    """Backward and forward linkages of every sector, and which sectors are key.

    Parameters
    ----------
    table : IOTable
        Of the world, a country or regions; competitive imports must be taken out before
        (:meth:`ioecon.IOTable.domestic`).
    account : Series or Account, optional
        Emissions, jobs, a row of primary inputs: linkages then count its amounts per unit of
        output instead of output itself.
    forward : {"ghosh", "leontief"}
        What forward linkages are: row sums of Ghosh's inverse, from shares of output sold; or of
        Leontief's, Rasmussen's sensitivity of dispersion.
    within : {"table", "country"}
        Whose average is 1 in normalised linkages: all sectors of the table, or those of the same
        country.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        See :func:`ioecon.decompose`.

    Returns
    -------
    DataFrame
        Index (country, sector). Columns backward_direct and backward_total, per unit of final
        demand, forward_direct and forward_total, per unit of primary inputs (of final demand
        everywhere, for ``leontief``), backward and forward, the totals over their average
        (Rasmussen 1956), and kind: "key" where both exceed 1, "backward" or "forward" where one
        does, or "weak". Missing for sectors without output.

    Raises
    ------
    TableError
        If the table contains competitive imports.
    ArgumentError
        If an average is not positive, so that nothing can be compared with it.

    Notes
    -----
    With w the account per unit of output, 1 without one, B = diag(x)⁻¹ Z and G = (E − B)⁻¹:

    - backward w'A and w'L;
    - forward B w and G w = diag(x)⁻¹ L (x ∘ w), from the same factorisation, since
      G = diag(x)⁻¹ L diag(x); or diag(w) A 1 and diag(w) L 1.

    Two solves in all.

    References
    ----------
    Rasmussen (1956), Studies in inter-sectoral relations. Ghosh (1958), Economica 25(97), 58-64.
    Jones (1976), Quarterly Journal of Economics 90(2), 323-333. Miller and Blair (2009),
    section 12.2.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[350], [1700]], year=2005,
    ...                 countries=["AUS"], sectors=["s1", "s2"], categories=["final"])
    >>> linkages(table)["forward_total"].round(3).tolist(), linkages(table)["kind"].tolist()
    ([1.914, 1.254], ['key', 'weak'])
    """
    if forward not in ("ghosh", "leontief"):
        raise ArgumentError(f"forward is 'ghosh' or 'leontief', not {forward!r}.")
    if within not in ("table", "country"):
        raise ArgumentError(f"within is 'table' or 'country', not {within!r}.")
    if table.imports is not None:
        raise TableError(
            f"The table of {table.year} contains competitive imports, which link no sectors of "
            "it: take them out with table.domestic()."
        )
    sound = sound_table(table, tolerance=tolerance)
    flows = Flows.of(sound)
    x, per_output, system = flows.x, flows.per_output, flows.system
    name, unit, weights = "output", f"{table.unit} {table.currency}", np.ones(sound.n)
    if account is not None:
        factor = FactorUse.of(sound, account, without_output)
        name, unit, weights = factor.stressor.name, factor.stressor.unit, factor.per_output(x)
    columns = {
        "backward_direct": _weigh_rows(sound.Z, weights) * per_output,
        "backward_total": system.solve_transposed(weights),
    }
    if forward == "ghosh":
        columns["forward_direct"] = multiply(sound.Z, weights[:, None])[:, 0] * per_output
        columns["forward_total"] = system.solve(x * weights) * per_output
    else:
        columns["forward_direct"] = multiply(sound.Z, per_output[:, None])[:, 0] * weights
        columns["forward_total"] = system.solve(np.ones(sound.n)) * weights
    idle = x == 0
    for values in columns.values():
        values[idle] = np.nan
    for side in ("backward", "forward"):
        columns[side] = _normalise(sound, columns[f"{side}_total"], within)
    frame = pd.DataFrame(columns, index=sound.index)
    frame["kind"] = _classify(frame["backward"], frame["forward"])
    return _label(frame, f"Linkages of {name} in {table.year}", name, unit, forward, within)


def _weigh_rows(Z: Array, weights: Array) -> Array:
    """w'Z, in float64."""
    return np.asarray(np.einsum("i,ij->j", weights, Z, dtype=float))


def _normalise(table: IOTable, totals: Array, within: str) -> Array:
    """Totals over their average, of the table or of each country."""
    groups = totals.reshape(1 if within == "table" else len(table.countries), -1)
    there = ~np.isnan(groups)
    average = np.full(len(groups), np.nan)
    sums = np.where(there, groups, 0.0).sum(axis=1)
    np.divide(sums, there.sum(axis=1), out=average, where=there.any(axis=1))
    wrong = np.flatnonzero(average <= 0)
    if wrong.size:
        whose = "all sectors" if within == "table" else table.countries[wrong[0]]
        raise ArgumentError(
            f"The average linkage of {whose} in {table.year} is {average[wrong[0]]:g}: linkages "
            "can be compared with a positive average only."
        )
    return np.asarray((groups / average[:, None]).ravel())


def _classify(backward: pd.Series, forward: pd.Series) -> list[str | None]:
    kinds: list[str | None] = []
    for back, ahead in zip(backward, forward, strict=True):
        if np.isnan(back) or np.isnan(ahead):
            kinds.append(None)
        elif back > 1 and ahead > 1:
            kinds.append("key")
        else:
            kinds.append("backward" if back > 1 else "forward" if ahead > 1 else "weak")
    return kinds


def _label(
    frame: pd.DataFrame, title: str, name: str, unit: str, forward: str, within: str
) -> pd.DataFrame:
    average = "all sectors" if within == "table" else "the sectors of the country"
    matrix = "Ghosh's" if forward == "ghosh" else "Leontief's"
    meanings = {
        "backward_direct": f"{name} in the direct inputs of a unit of output",
        "backward_total": f"{name} called for by a unit of final demand",
        "forward_direct": f"{name} that direct sales serve",
        "forward_total": f"{name} that all sales serve, row sums of {matrix} inverse",
        "backward": f"backward_total over the average of {average}",
        "forward": f"forward_total over the average of {average}",
        "kind": "Whether backward and forward linkages exceed the average",
    }
    units = {column: f"{unit} per unit" for column in list(meanings)[:4]}
    return label_columns(frame, title, meanings, units=units, stressor=name, unit=unit)
