"""The series of a panel, entity by entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.sample import calendar_positions
from diagnostics.transformation import Floats
from regressions.calendar import find_calendar
from regressions.columns import as_numbers
from regressions.errors import SampleError
from regressions.sample import shown

__all__ = ["SeriesOfEntities", "split_series"]


@dataclass(frozen=True, eq=False)
class SeriesOfEntities:
    """Series without gaps, by entity: their places in the calendar and their values."""

    entities: list[Any]
    positions: list[np.ndarray]
    values: list[Floats]
    balanced: bool
    doubts: tuple[str, ...]


def split_series(series: pd.Series) -> SeriesOfEntities:
    """Series of each entity in time order, checked."""
    test = "a panel unit root test"
    if not isinstance(series, pd.Series) or series.index.nlevels != 2:
        raise DiagnosticError(f"{test} takes a Series indexed by (entity, period)")
    if series.index.has_duplicates:
        raise DiagnosticError(f"{test} met (entity, period) pairs that occur twice")
    try:
        series = as_numbers(series)
    except SampleError as error:
        raise DiagnosticError(f"{test} takes numbers: {error}") from error
    bad = series.index[~np.isfinite(series.to_numpy())]
    if len(bad):
        raise DiagnosticError(
            f"{test} met {len(bad)} missing or infinite values, the first at "
            f"({', '.join(shown(label) for label in bad[0])}); "
            "drop the entity or shorten the panel"
        )
    ordered = series.sort_index()
    periods = pd.Index(ordered.index.get_level_values(1).unique()).sort_values()
    calendar = find_calendar(ordered.index)
    place = pd.Series(calendar_positions(calendar, periods), index=periods)
    entities, positions, values = [], [], []
    for entity, group in ordered.groupby(level=0, sort=True):
        at = place[group.index.get_level_values(1)].to_numpy()
        if np.any(np.diff(at) != 1):
            raise DiagnosticError(f"{test} needs series without gaps; {entity} skips a period")
        entities.append(entity)
        positions.append(at)
        values.append(group.to_numpy(dtype=float))
    if len(entities) < 2:
        raise DiagnosticError(f"{test} needs at least two entities")
    balanced = all(np.array_equal(p, positions[0]) for p in positions)
    return SeriesOfEntities(entities, positions, values, balanced, calendar.doubts)
