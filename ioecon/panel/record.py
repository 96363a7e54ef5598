"""What is known of a panel and of its inputs beside their values.

Users give and get ``DataFrame.attrs``; only this module reads and writes those of panels, controls
and groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

__all__ = ["Entry", "PanelRecord", "group_sources", "units_of_controls", "variables_of"]

Entry = dict[str, str]


@dataclass(frozen=True)
class PanelRecord:
    """How a panel was made; plain values throughout, fit for JSON.

    Parameters
    ----------
    variables : mapping of str to dict
        Column to its unit, meaning, source and transform.
    accounting, model, method : str
        Of the decomposition.
    outcomes : mapping of str to list of dict
        Which effects each outcome adds up, as :func:`ioecon.build_panel` takes them.
    stressor : str
        What was decomposed: ``"CO2"``, or the name of the account.
    periods : list of [int, int]
    excluded : list of str
        Countries of the tables that the panel leaves out.
    identity_residual : float
        Largest relative miss of the decomposition's identities.
    undefined_growth_rates : mapping of str to int
        How many growth rates each index had to leave out.
    dropped : list of dict
        Rows that were dropped, with the controls they miss.
    """

    variables: Mapping[str, Entry]
    accounting: str
    model: str
    method: str
    outcomes: Mapping[str, list[dict[str, Any]]]
    stressor: str
    periods: list[list[int]]
    excluded: list[str]
    identity_residual: float
    undefined_growth_rates: Mapping[str, int]
    dropped: list[dict[str, Any]] = field(default_factory=list)

    def write_on(self, panel: pd.DataFrame) -> pd.DataFrame:
        """Return the panel with all this, and ``units``, in its ``attrs``."""
        panel = panel.copy(deep=False)
        units = {name: entry["unit"] for name, entry in self.variables.items()}
        panel.attrs = {"title": "Country-period panel", "units": units, **asdict(self)}
        return panel


def variables_of(panel: pd.DataFrame) -> Mapping[str, Entry]:
    """Find the description of each column that a panel carries; empty if it carries none."""
    variables: Mapping[str, Entry] = panel.attrs.get("variables", {})
    return variables


def units_of_controls(controls: pd.DataFrame) -> dict[str, str]:
    """Find the units that a user's controls state in ``attrs["units"]``, by column."""
    return {str(name): str(unit) for name, unit in controls.attrs.get("units", {}).items()}


def group_sources(groups: pd.DataFrame | pd.Series) -> Mapping[str, Mapping[str, Any]]:
    """Find the sources that groups carry in ``attrs["sources"]``, by column."""
    sources: Mapping[str, Mapping[str, Any]] = groups.attrs.get("sources", {})
    return sources
