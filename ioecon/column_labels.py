"""What the columns of a result's frame are, in the form that the panel's codebook has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

__all__ = ["label_columns"]


def label_columns(
    frame: pd.DataFrame,
    title: str,
    meanings: Mapping[str, str],
    *,
    units: Mapping[str, str] | None = None,
    **facts: Any,
) -> pd.DataFrame:
    """Return a frame that says in its ``attrs`` what it is and what its columns are.

    Parameters
    ----------
    frame : DataFrame
    title : str
        What the frame is, with its years.
    meanings : mapping of str to str
        Column to what it holds.
    units : mapping of str to str, optional
        Column to its unit.
    **facts
        What else is known, such as ``unit`` and ``stressor``.

    Examples
    --------
    >>> frame = label_columns(pd.DataFrame({"net": [1.0]}), "Transfers", {"net": "Net transfer"})
    >>> frame.attrs["variables"]
    {'net': {'unit': '', 'meaning': 'Net transfer'}}
    """
    frame = frame.copy(deep=False)
    units = units or {}
    frame.attrs = {
        **frame.attrs,
        **facts,
        "title": title,
        "variables": {
            name: {"unit": units.get(name, ""), "meaning": meaning}
            for name, meaning in meanings.items()
        },
    }
    return frame
