"""The calendar of a panel: one notion of its time step, for all that looks along time.

The step is the largest that the distances of the panel's periods share: 1 for years, 2 for
biennial, 5 for five-year data, one month for the last trading days of months. Lags, differences,
first-difference estimates, kernel covariances and tests of serial correlation all count in it, and
none of them reaches across a gap. A panel that mixes spacings, so that one entity more would take
the lags of the others away, is refused until ``step`` is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regressions.errors import FormulaError, OptionError, SampleError, SampleWarning
from regressions.period_labels import LabelReading, Whole, read_labels
from regressions.sample import listed, shown
from regressions.user_warnings import warn_user

__all__ = ["Calendar", "PanelCalendar", "find_calendar", "spells", "warn_doubts"]


@dataclass(frozen=True)
class Calendar:
    """How the periods of a panel follow each other.

    Attributes
    ----------
    reading : LabelReading
        How labels count.
    step : int
        Counts from one period to the next.
    origin : int
        Count of the first period.
    problem : str
        Why there is no calendar; empty if there is one.
    doubts : tuple of str
        What a reader of lags should know.
    """

    reading: LabelReading
    step: int = 1
    origin: int = 0
    problem: str = ""
    doubts: tuple[str, ...] = ()

    def positions(self, periods: pd.Index) -> Whole:
        """Place of each period: consecutive periods differ by one, a gap by more.

        Parameters
        ----------
        periods : Index, shape (n,)
            Labels like those of the panel, in any order.

        Returns
        -------
        ndarray of int64, shape (n,)

        Raises
        ------
        SampleError
            If the panel has no calendar, or a label lies between two of its periods.
        """
        if self.problem:
            raise SampleError(self.problem)
        counts = self.reading.numbers(periods) - self.origin
        off = counts % self.step != 0
        if off.any():
            raise SampleError(
                f"the period {shown(periods[off][0])} lies between two periods of the panel, which "
                f"are {self.describe_step()} apart"
            )
        return np.asarray(counts // self.step, dtype=np.int64)

    def describe_step(self) -> str:
        """Step in words.

        Examples
        --------
        >>> Calendar(LabelReading("yyyymm"), step=3).describe_step()
        '3 months'
        """
        if self.reading.frequency == "us":
            return str(pd.Timedelta(self.step, "us"))
        return f"{self.step} {self.reading.unit}{'' if self.step == 1 else 's'}"


def find_calendar(index: pd.MultiIndex, step: int | None = None) -> Calendar:
    """Find the calendar of a panel.

    Parameters
    ----------
    index : MultiIndex, shape (n,)
        (entity, period), without duplicates.
    step : int, optional
        Counts from one period to the next, in the units of the periods; by default the largest
        that the distances of all periods share.

    Returns
    -------
    Calendar
        Also where the periods cannot be understood: its positions then raise.

    Raises
    ------
    OptionError
        If `step` is not a positive whole number.
    SampleError
        If `step` does not divide the distances of the periods.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2000, 2005, 2015]])
    >>> calendar = find_calendar(index)
    >>> calendar.step, calendar.positions(index.levels[1]).tolist()
    (5, [0, 1, 3])
    """
    whole = isinstance(step, int | np.integer) and not isinstance(step, bool)
    if step is not None and not (whole and step > 0):
        raise OptionError(f"step must be a positive whole number of periods, not {step!r}")
    entities = pd.factorize(index.codes[0])[0]
    periods = index.get_level_values(1)
    reading = read_labels(entities, periods)
    if reading.problem:
        return Calendar(reading, problem=reading.problem)
    counts = reading.numbers(periods)
    distances: Whole = np.diff(np.unique(counts))  # type: ignore[assignment]
    common = int(np.gcd.reduce(distances)) if len(distances) else 1
    origin = int(counts.min())
    if step is not None:
        if common % step:
            first = np.unique(counts - origin)
            wrong = periods[(counts - origin) == first[first % step != 0][0]][0]
            raise SampleError(
                f"step={step} does not lead from the first period to {shown(wrong)}: "
                f"the distances of the periods share {common}"
            )
        return Calendar(reading, int(step), origin, doubts=_doubt_of_shared(reading, periods))
    problem = _irregular(reading, common, distances)
    mixed, doubts = _mixed_spacing(index, entities, counts, common, reading)
    return Calendar(
        reading, common, origin, problem or mixed, (*doubts, *_doubt_of_shared(reading, periods))
    )


def _irregular(reading: LabelReading, common: int, distances: Whole) -> str:
    """Say that days do not repeat: their common step is then an accident."""
    if not len(distances) or distances.min() == common:
        return ""
    if reading.frequency in ("D", "us"):
        return (
            "lags and differences need regular dates (yearly, quarterly, monthly, weekly, daily, "
            "business days, or equal distances): no two dates of the panel are one step apart; "
            "convert the period index to whole numbers or to pandas Periods first"
        )
    if reading.kind == "number" and distances.min() >= 28:
        return (
            f"the periods are whole numbers {distances.min()} to {distances.max()} apart, no two "
            "of them one step: if they count days, as Stata's %td, convert them to dates; "
            "step=1 counts them as they are"
        )
    return ""


def _doubt_of_shared(reading: LabelReading, periods: pd.Index) -> tuple[str, ...]:
    """Name different dates that are one period of the calendar."""
    labels = periods.unique().sort_values()
    counts = reading.numbers(labels)
    twice = pd.Series(counts).duplicated(keep=False).to_numpy()
    if not twice.any():
        return ()
    same = labels[counts == counts[twice][0]]
    return (
        f"{listed(shown(label) for label in same)} are one {reading.unit} of the calendar of lags, "
        "and different periods for time effects and clusters: give the period one label",
    )


def _mixed_spacing(
    index: pd.MultiIndex,
    entities: NDArray[np.intp],
    counts: Whole,
    common: int,
    reading: LabelReading,
) -> tuple[str, tuple[str, ...]]:
    """Entities whose own step is longer than the panel's: the problem, or doubts."""
    order = np.lexsort((counts, entities))
    same = np.diff(entities[order]) == 0
    if not same.any():
        return "", ()
    who = entities[order][1:][same]
    starts = np.flatnonzero(np.r_[True, np.diff(who) != 0])
    own = np.gcd.reduceat(np.diff(counts[order])[same], starts)
    lengths = np.diff(np.r_[starts, len(who)]) + 1
    longer = own > common
    if not longer.any():
        return "", ()
    labels = pd.factorize(index.get_level_values(0))[1]
    sizes, numbers = np.unique(own[longer], return_counts=True)
    usual = int(sizes[numbers.argmax()])
    unit = "one" if common == 1 else str(common)
    if 2 * numbers.max() >= len(own):
        names = listed(shown(labels[i]) for i in who[starts][own == usual])
        return (
            f"{numbers.max()} of {len(own)} entities ({names}) are observed every {usual} "
            f"{reading.unit}s, others every {unit}, so the step of the panel is not clear: give "
            f"step={common}, under which those have no lag of one step (write lag(x, "
            f"{usual // common})), or keep the periods that are {usual} apart",
            (),
        )
    sparse = longer & (lengths > 2)
    if not sparse.any():
        return "", ()
    names = listed(shown(labels[i]) for i in who[starts][sparse])
    return "", (
        f"{int(sparse.sum())} entities are never observed in two periods on end, only at regular "
        f"longer distances: {names}; they have no lag or difference of one step "
        f"({unit} {reading.unit})",
    )


def warn_doubts(calendar: Calendar) -> None:
    """Say what a reader of lags, differences or kernel sums should know of the calendar."""
    for doubt in calendar.doubts:
        warn_user(doubt, SampleWarning)


def spells(index: pd.MultiIndex, calendar: Calendar) -> NDArray[np.intp]:
    """Codes of the unbroken runs of periods of each entity, shape (n,).

    Parameters
    ----------
    index : MultiIndex, shape (n,)
        (entity, period) in any order.
    calendar : Calendar

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2000, 2001, 2003]])
    >>> spells(index, find_calendar(index)).tolist()
    [0, 0, 1, 2, 2, 3]
    """
    entities = pd.factorize(index.get_level_values(0))[0]
    positions = calendar.positions(index.get_level_values(1))
    order = np.lexsort((positions, entities))
    new = (np.diff(entities[order]) != 0) | (np.diff(positions[order]) != 1)
    codes = np.empty(len(index), dtype=np.intp)
    codes[order] = np.cumsum(np.r_[0, new])
    return codes


class PanelCalendar:
    """Positions of the neighbours in time of each row of a panel.

    Parameters
    ----------
    index : MultiIndex, shape (n,)
        (entity, period), without duplicates.
    calendar : Calendar, optional
        Of the whole panel; by default that of `index`.
    """

    def __init__(self, index: pd.MultiIndex, calendar: Calendar | None = None) -> None:
        calendar = find_calendar(index) if calendar is None else calendar
        self._index = index
        self._entities = pd.factorize(index.get_level_values(0))[0]
        self._numbers = calendar.positions(index.get_level_values(1))
        self._rows = pd.MultiIndex.from_arrays([self._entities, self._numbers])

    def shift(self, x: pd.Series, periods: int) -> pd.Series:
        """Value of `x` for the same entity `periods` earlier; missing where there is none."""
        if not isinstance(periods, int | np.integer) or isinstance(periods, bool):
            raise FormulaError(f"lag and diff take a whole number of periods, not {periods!r}")
        wanted = pd.MultiIndex.from_arrays([self._entities, self._numbers - periods])
        place = self._rows.get_indexer(wanted)
        values = np.asarray(x, dtype=float)
        if len(values) != len(place):
            raise FormulaError("lag and diff must be applied to a column of the panel")
        shifted = np.where(place >= 0, values[place], np.nan)
        return pd.Series(shifted, index=self._index)

    def transforms(self) -> dict[str, Callable[..., pd.Series]]:
        """Give the functions ``lag``, ``lead`` and ``diff`` of this panel."""

        def lag(x: pd.Series, k: int = 1) -> pd.Series:
            return self.shift(x, k)

        def lead(x: pd.Series, k: int = 1) -> pd.Series:
            return self.shift(x, -k)

        def diff(x: pd.Series, k: int = 1) -> pd.Series:
            return pd.Series(np.asarray(x, dtype=float), index=self._index) - self.shift(x, k)

        return {"lag": lag, "lead": lead, "diff": diff}
