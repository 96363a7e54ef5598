"""Which groups the panel's countries belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ioecon.errors import PanelError
from ioecon.panel.labels import COUNTRY_COLUMNS, codes
from ioecon.panel.record import Entry, group_sources
from ioecon.panel.variables import entry

__all__ = ["COUNTRY_NAME", "Membership", "membership", "with_groups"]

COUNTRY_NAME = "name"  # the country's name, not a grouping


@dataclass(frozen=True, eq=False)
class Membership:
    """Groupings of the panel's countries.

    Parameters
    ----------
    groups : pandas.DataFrame
        Indexed by country, one column per grouping.
    sources : mapping
        Grouping to its title, year and source, where they are known.
    """

    groups: pd.DataFrame
    sources: Mapping[str, Mapping[str, Any]]


def membership(
    groups: pd.DataFrame | pd.Series | None, countries: Sequence[str]
) -> Membership | None:
    """Take the groupings of the panel's countries, indexed by country, or None.

    Raises
    ------
    PanelError
        When a country of the panel is not listed, is listed twice, or a name is unknown.
    """
    if groups is None:
        return None
    frame = groups.to_frame(groups.name or "group") if isinstance(groups, pd.Series) else groups
    if frame.index.name not in COUNTRY_COLUMNS:
        column = next((name for name in COUNTRY_COLUMNS if name in frame.columns), None)
        frame = frame if column is None else frame.set_index(column)
    frame = frame.set_axis(codes(frame.index, "groups"), axis=0)
    if frame.index.has_duplicates:
        twice = frame.index[frame.index.duplicated()].unique()
        raise PanelError(f"groups lists {', '.join(twice)} more than once.")
    absent = [name for name in countries if name not in frame.index]
    if absent:
        raise PanelError(
            f"groups does not list {', '.join(absent)}: add them (with a missing value where a "
            "grouping does not speak of them), or exclude them with exclude=[...]."
        )
    chosen = frame.drop(columns=COUNTRY_NAME, errors="ignore").loc[list(countries)]
    return Membership(chosen, group_sources(groups))


def with_groups(
    panel: pd.DataFrame, members: Membership | None, variables: dict[str, Entry]
) -> pd.DataFrame:
    """Panel with one column per grouping; their entries are added to ``variables``."""
    if members is None:
        return panel
    clash = [str(name) for name in members.groups if name in panel.columns]
    if clash:
        raise PanelError(f"A grouping may not be named {', '.join(clash)}: the panel has it.")
    columns = {}
    for name, by_country in members.groups.items():
        known = members.sources.get(str(name), {})
        if by_country.dropna().isin([True, False]).all():
            by_country = by_country.astype("boolean")
            by_country = by_country if by_country.isna().any() else by_country.astype(bool)
        columns[name] = by_country.reindex(panel.index.get_level_values("country")).set_axis(
            panel.index
        )
        variables[str(name)] = entry(
            "truth value" if pd.api.types.is_bool_dtype(by_country.dtype) else "category",
            known.get("title", f"Grouping {name}"),
            f"{known['source']} ({known['year']})" if known else "groups",
        )
    return pd.concat([panel, pd.DataFrame(columns)], axis=1)
