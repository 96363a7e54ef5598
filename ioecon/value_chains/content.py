"""Content of what a table's sectors sell, by the sector where it comes from."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.decomposition.economy import require_whole_world
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import ArgumentError
from ioecon.factor_use import FactorUse
from ioecon.stressor import state_stressor
from ioecon.table import IOTable
from ioecon.value_chains.trade import Trade

__all__ = ["factor_content"]

Use: TypeAlias = Literal["exports", "output", "final_demand"]


def factor_content(
    table: IOTable,
    account: Emissions | None = None,
    *,
    of: Use = "exports",
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> pd.DataFrame:
    """Value added, or any account, in what is sold: diag(v) L diag(e).

    Parameters
    ----------
    table : IOTable
        Of the whole world.
    account : Series or Account, optional
        Emissions, jobs, a row of primary inputs (:func:`ioecon.account_of_inputs`); by default the
        table's value added: output less inputs, taxes included.
    of : {"exports", "output", "final_demand"}
        In each sector's gross exports, in its output, or (in place of diag(e): F) in what each
        country consumes.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        See :func:`ioecon.decompose`.

    Returns
    -------
    DataFrame
        In the account's unit. Rows (country, sector) are where the factor is used; columns the
        sectors that sell (n × n), or countries that consume (n × I).

    Notes
    -----
    v is the factor per unit of output, e gross exports of each sector. One solve with n right-hand
    sides, in one n × n matrix; :func:`ioecon.decompose_exports` needs far less memory.

    Examples
    --------
    >>> import ioecon
    >>> table = ioecon.datasets.load_world().series[2007]
    >>> content = factor_content(table)
    >>> exported = content.sum()  # value added is all that exports are paid for
    >>> bool(abs(content.sum().sum() - ioecon.decompose_exports(table).exports.sum()) < 1e-6)
    True
    """
    if of not in ("exports", "output", "final_demand"):
        raise ArgumentError(f"of is 'exports', 'output' or 'final_demand', not {of!r}.")
    require_whole_world(table)
    sound = sound_table(table, tolerance=tolerance)
    factor = FactorUse.of(sound, account, without_output)
    if of == "final_demand":
        sold, columns = sound.F, pd.Index(sound.countries, name="destination")
    else:
        sold, columns = (
            np.diag(_amounts_sold(sound, of)),
            sound.index.set_names(["selling_country", "selling_sector"]),
        )
    content = sound.leontief().solve(np.asfortranarray(sold), overwrite_b=of != "final_demand")
    content *= factor.per_output(sound.x)[:, None]
    frame = state_stressor(
        pd.DataFrame(content, index=sound.index, columns=columns),
        factor.stressor.name,
        factor.stressor.unit,
    )
    title = f"{factor.stressor.name} in {of.replace('_', ' ')} of {sound.year}"
    return label_columns(frame, title, {})


def _amounts_sold(table: IOTable, of: str) -> Array:
    if of == "output":
        return table.x
    countries = np.arange(len(table.countries))
    return np.asarray(Trade(table.Z, table.x, table.F, countries).exports.sum(axis=1))
