"""The codebook: what every column of a panel is, and its moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ioecon.panel.record import variables_of

__all__ = ["codebook"]


def codebook(panel: pd.DataFrame) -> pd.DataFrame:
    """Describe the panel's columns.

    Parameters
    ----------
    panel : DataFrame
        From :func:`build_panel`, or a part of it.

    Returns
    -------
    DataFrame
        Indexed by ``name``: ``unit``, ``meaning``, ``source`` (equation or data), ``transform``,
        ``obs``, ``mean``, ``sd``, ``min``, ``max``. For groupings the mean is the share of rows
        that belong; categories have a count only.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> table = codebook(ioecon.build_panel(world.series, world.emissions))
    >>> table.loc["ln_iti", "transform"]
    'sign(v)·ln|v| of v = iti × 10000'
    """
    variables = variables_of(panel)
    entries = []
    for column in panel.columns:
        known = variables.get(column, {})
        values = panel[column]
        entry: dict[str, Any] = {"name": column}
        entry |= {key: known.get(key, "") for key in ("unit", "meaning", "source", "transform")}
        entry["obs"] = int(values.notna().sum())
        entry |= _moments(values)
        entries.append(entry)
    return pd.DataFrame(entries).set_index("name")


def _moments(values: pd.Series) -> dict[str, float]:
    if pd.api.types.is_bool_dtype(values.dtype):
        known = values.dropna().astype(float)
        return {"mean": known.mean(), "sd": np.nan, "min": np.nan, "max": np.nan}
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return dict.fromkeys(("mean", "sd", "min", "max"), np.nan)
    return {
        "mean": values.mean(),
        "sd": values.std(),
        "min": values.min(),
        "max": values.max(),
    }
