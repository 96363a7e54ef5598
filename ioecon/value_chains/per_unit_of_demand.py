"""Multipliers: what a unit of final demand for each product takes, in all sectors together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import TableError
from ioecon.factor_use import FactorUse
from ioecon.stressor import state_stressor
from ioecon.table import IOTable

__all__ = ["multipliers"]

_MEANINGS = {
    "output": "Output multiplier: output of all sectors per unit of final demand for the product",
    "direct": "{} of the sector itself per unit of its output",
    "effect": "Effect: {} of all sectors per unit of final demand for the product",
    "at_home": "The part of the effect in the product's own country",
    "multiplier": "Multiplier: effect / direct; missing where the sector itself has none",
}


def multipliers(
    table: IOTable,
    account: Emissions | None = None,
    *,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> pd.DataFrame:
    """Output multipliers, and effects and multipliers of value added or any account (type I).

    Parameters
    ----------
    table : IOTable
        Of the world, of regions or of one country. Where there are imports from outside the table,
        what they take there is not counted.
    account : Series or Account, optional
        Emissions, jobs, a row of primary inputs (:func:`ioecon.account_of_inputs`); by default the
        table's value added: output less inputs, taxes included.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        See :func:`ioecon.decompose`.

    Returns
    -------
    DataFrame
        Index (country, sector): the product that is demanded. Columns ``output``, L'1; ``direct``,
        v; ``effect``, L'v, of which ``at_home`` in the product's own country; and ``multiplier``,
        effect / direct. v is in the account's unit per unit of output.

    Raises
    ------
    TableError
        If value added is asked of a table with exports or imports to places outside it: output
        less inputs would hold what is imported.

    Notes
    -----
    Definitions of Miller and Blair (2009), section 6.2, and of the multipliers that statistical
    offices publish. One factorisation, and a transposed solve with one right-hand side more than
    there are countries.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[350], [1700]], year=2005,
    ...                 countries=["AAA"], sectors=["s1", "s2"], categories=["final"])
    >>> multipliers(table)[["output", "direct", "multiplier"]].round(4).to_numpy().tolist()
    [[1.5182, 0.65, 1.5385], [1.4521, 0.7, 1.4286]]
    """
    if account is None and not (table.exports is None and table.imports is None):
        raise TableError(
            f"The table of {table.year} trades with places outside it, so output less inputs "
            "is not its value added: give the account, for example ioecon.account_of_inputs(…)."
        )
    sound = sound_table(table, tolerance=tolerance)
    factor = FactorUse.of(sound, account, without_output)
    direct, system = factor.per_output(sound.x), sound.leontief()
    countries = len(sound.countries)
    home = np.repeat(np.arange(countries), len(sound.sectors))
    rows = np.arange(sound.n)
    by_country = np.zeros((sound.n, countries), order="F")
    by_country[rows, home] = direct
    by_country = system.solve_transposed(by_country, overwrite_b=True)
    output = system.solve_transposed(np.ones(sound.n))
    effect, idle = by_country.sum(axis=1), sound.x == 0
    frame = pd.DataFrame(
        {
            "output": output,
            "direct": direct,
            "effect": effect,
            "at_home": by_country[rows, home],
            "multiplier": np.divide(
                effect, direct, out=np.full(sound.n, np.nan), where=direct != 0
            ),
        },
        index=sound.index,
    )
    # A product that nobody makes takes nothing, and has no multiplier.
    frame.loc[idle] = np.nan
    unit = f"{factor.stressor.unit} per {sound.unit} {sound.currency}"
    return label_columns(
        state_stressor(frame, factor.stressor.name, unit),
        f"Multipliers of {factor.stressor.name}, {sound.year}",
        {name: text.format(factor.stressor.name) for name, text in _MEANINGS.items()},
        units={name: unit for name in ("direct", "effect", "at_home")},
    )
