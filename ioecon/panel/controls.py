"""Controls of the panel: numbers by country and year, their changes, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ioecon.errors import IoeconWarning, PanelError
from ioecon.panel.labels import COUNTRY_COLUMNS, KEYS, codes
from ioecon.panel.record import PanelRecord, units_of_controls
from ioecon.user_warnings import warn_user
from ioecon.wording import places, spans

__all__ = ["ControlChanges", "control_changes", "drop_gaps", "index_by_place", "require_complete"]


@dataclass(frozen=True)
class ControlChanges:
    """Controls in the reporting year, their changes, and what is missing of them."""

    levels: pd.DataFrame
    changes: pd.DataFrame
    gaps: pd.DataFrame  # country, year, variable, and the reporting year of the row it spoils
    units: Mapping[str, str]


def control_changes(
    controls: pd.DataFrame | None, countries: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> ControlChanges:
    """Take the controls of each reporting year, and their change over each period.

    Parameters
    ----------
    controls : DataFrame, optional
        As for :func:`ioecon.build_panel`.
    countries : sequence of str
        Countries of the panel; controls of others are not looked at.
    pairs : sequence of (int, int)
        Base and reporting years.

    Raises
    ------
    PanelError
        When a column is text or infinite, a place is given twice, or a country is unknown.
    """
    if controls is None:
        rows = pd.MultiIndex.from_product([countries, [last for _, last in pairs]], names=KEYS)
        return ControlChanges(
            pd.DataFrame(index=rows), pd.DataFrame(index=rows), pd.DataFrame(), {}
        )
    if not isinstance(controls, pd.DataFrame):
        raise PanelError(f"Controls must be a DataFrame, not {type(controls).__name__}.")
    frame = index_by_place(controls)
    frame = frame.loc[frame.index.get_level_values("country").isin(countries)]
    _require_numbers(frame)
    frame = frame.astype("float64")
    levels, changes, gaps = [], [], []
    for first, last in pairs:
        at = {
            year: frame.reindex(pd.MultiIndex.from_product([countries, [year]], names=KEYS))
            for year in (first, last)
        }
        levels.append(at[last])
        changes.append(at[last] - at[first].set_axis(at[last].index))
        gaps += [_find_gaps(at[year], last) for year in (first, last)]
    return ControlChanges(
        levels=pd.concat(levels),
        changes=pd.concat(changes).add_prefix("d_"),
        gaps=pd.concat(gaps, ignore_index=True),
        units=units_of_controls(controls),
    )


def index_by_place(controls: pd.DataFrame) -> pd.DataFrame:
    """Index controls by (country, year), countries as ISO3 codes, each place once."""
    frame = controls
    if frame.index.nlevels == len(KEYS) and not any(frame.index.names):
        frame = frame.rename_axis(KEYS)
    # other levels (a row number, the line of a file) are no controls
    frame = frame.reset_index([n for n in frame.index.names if n in (*COUNTRY_COLUMNS, "year")])
    country = next((name for name in COUNTRY_COLUMNS if name in frame.columns), None)
    if country is None or "year" not in frame.columns:
        raise PanelError(
            "Controls must be indexed by (country, year) or have columns country (or iso3) and "
            f"year; they have {', '.join(map(str, frame.columns))}."
        )
    years = pd.to_numeric(frame["year"], errors="coerce")
    if (years.isna() | (years != years.round())).any():
        wrong = frame.loc[years.isna() | (years != years.round()), "year"].iloc[0]
        raise PanelError(f"Years of the controls must be whole numbers, but there is {wrong!r}.")
    names = frame[country].unique()
    iso3 = dict(zip(names, codes(names, "controls"), strict=True))
    keys = [frame[country].map(iso3).rename("country"), years.astype("int64").rename("year")]
    keyed = frame.drop(columns=[country, "year"]).set_axis(pd.MultiIndex.from_arrays(keys), axis=0)
    if keyed.index.has_duplicates:
        twice = keyed.index[keyed.index.duplicated()].unique()
        raise PanelError(f"Controls are given more than once for {places(twice)}.")
    return keyed


def _require_numbers(frame: pd.DataFrame) -> None:
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            if np.isinf(column.to_numpy(dtype=float, na_value=np.nan)).any():
                raise PanelError(f"The control '{name}' has infinite values.")
            continue
        text = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
        example = f"{text.iloc[0]!r} at {places(text.index[:1])}" if len(text) else "it"
        raise PanelError(
            f"The control '{name}' is not numeric ({example}): correct it, or leave the column "
            "out of controls."
        )


def _find_gaps(at: pd.DataFrame, reporting: int) -> pd.DataFrame:
    """Missing values of one year as rows country, year, variable and the row they spoil."""
    rows, columns = np.nonzero(at.isna().to_numpy())
    at_fault = at.index[rows]
    return pd.DataFrame(
        {
            "country": at_fault.get_level_values("country"),
            "year": at_fault.get_level_values("year"),
            "variable": at.columns[columns],
            "reporting": reporting,
        }
    )


def require_complete(controls: ControlChanges) -> None:
    """Refuse controls with gaps, naming all of them."""
    if not controls.gaps.empty:
        raise PanelError(
            f"Controls are missing for {_name_gaps(controls.gaps)}. Complete them, exclude the "
            "countries with exclude=[...], or drop the rows with missing='drop'."
        )


def drop_gaps(
    panel: pd.DataFrame, controls: ControlChanges, record: PanelRecord
) -> tuple[pd.DataFrame, PanelRecord]:
    """Drop the rows whose controls are missing, with a warning and a note in the record."""
    gaps = controls.gaps
    if gaps.empty:
        return panel, record
    named = _name_gaps(gaps)
    spoiled = gaps.groupby(["country", "reporting"], sort=False)["variable"].unique()
    dropped = [
        {"country": str(country), "year": int(year), "missing": [str(v) for v in variables]}
        for (country, year), variables in spoiled.items()
    ]
    kept = panel.loc[~panel.index.isin(spoiled.index)]
    if kept.empty:
        raise PanelError(f"No row is left in the panel: controls are missing for {named}.")
    warn_user(
        f"{len(panel) - len(kept)} of {len(panel)} rows are dropped, as asked: controls are "
        f"missing for {named}.",
        IoeconWarning,
    )
    return kept, replace(record, dropped=dropped)


def _name_gaps(gaps: pd.DataFrame) -> str:
    """Gaps as "ROW, TWN: gdp (2000-2009), urban (2000)"; countries with the same gaps together."""
    countries: dict[str, list[str]] = {}
    for country, rows in gaps.groupby("country", sort=False):
        variables = [
            f"{variable} ({spans(part['year'].unique())})"
            for variable, part in rows.groupby("variable", sort=False)
        ]
        countries.setdefault(", ".join(variables), []).append(str(country))
    return "; ".join(f"{', '.join(names)}: {what}" for what, names in countries.items())
