"""The series of a panel, entity by entity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.sample import calendar_positions
from diagnostics.transformation import Codes, Floats
from regressions.calendar import find_calendar
from regressions.columns import as_numbers
from regressions.errors import SampleError
from regressions.sample import shown

__all__ = ["SeriesOfEntities", "split_series"]


@dataclass(frozen=True, eq=False)
class SeriesOfEntities:
    """Series without gaps, one after the other.

    Attributes
    ----------
    entities : list
        Labels of the N entities.
    lengths, first : ndarray of int, shape (N,)
        Length of each series, and the place of its first period in the calendar.
    values : ndarray, shape (n,)
    doubts : tuple of str
        What is uncertain about the calendar.
    """

    entities: list[Any]
    lengths: Codes
    first: Codes
    values: Floats
    doubts: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        """Whether all series cover the same periods."""
        return len(np.unique(self.lengths)) == len(np.unique(self.first)) == 1

    @cached_property
    def ends(self) -> Codes:
        """Rows after the last one of each series, shape (N,)."""
        return np.cumsum(self.lengths)

    def series(self, i: int) -> Floats:
        """Values of one entity, shape (T_i,)."""
        return self.values[self.ends[i] - self.lengths[i] : self.ends[i]]


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
    at = calendar_positions(calendar, periods)[
        periods.get_indexer(ordered.index.get_level_values(1))
    ]
    codes, labels = pd.factorize(ordered.index.get_level_values(0))
    if (codes < 0).any():
        raise DiagnosticError(f"{test} met rows without an entity")
    skips = (codes[1:] == codes[:-1]) & (np.diff(at) != 1)
    if skips.any():
        entity = labels[codes[1:][skips][0]]
        raise DiagnosticError(f"{test} needs series without gaps; {entity} skips a period")
    if len(labels) < 2:
        raise DiagnosticError(f"{test} needs at least two entities")
    lengths = np.bincount(codes)
    return SeriesOfEntities(
        entities=list(labels),
        lengths=lengths,
        first=at[np.cumsum(lengths) - lengths],
        values=ordered.to_numpy(dtype=float),
        doubts=calendar.doubts,
    )
