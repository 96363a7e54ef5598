"""From the labels of periods to whole numbers that count them: years, yyyymm, dates, Periods.

A label that could be read in two ways which would order the same lags differently is not read: the
reading then carries the problem, which is raised where a lag, difference or kernel is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regressions.errors import SampleError

__all__ = ["LabelReading", "Whole", "read_labels"]

Whole = NDArray[np.int64]

_LENGTHS = {"Y": 365.2425, "Q": 365.2425 / 4, "M": 365.2425 / 12, "W": 7.0}
_UNITS = {"Y": "year", "Q": "quarter", "M": "month", "W": "week", "B": "business day", "D": "day"}
_SLACK = 0.35
"""Share of its length by which the distance of two dates may miss the count of their periods."""

_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_TO_PERIODS = "convert the period level to pandas Periods, or to whole numbers that count by one"


@dataclass(frozen=True)
class LabelReading:
    """How labels of periods count.

    Attributes
    ----------
    kind : {"number", "yyyymm", "yyyyq", "yyyymmdd", "date", "period"}
    frequency : str
        pandas' code of the unit that dates and Periods are counted in ("us" within days); empty
        for numbers.
    problem : str
        Why the labels cannot be counted; empty where they can.
    """

    kind: str
    frequency: str = ""
    problem: str = ""

    @property
    def unit(self) -> str:
        """What one count stands for, in words."""
        if self.kind in ("yyyymm", "yyyyq"):
            return "month" if self.kind == "yyyymm" else "quarter"
        return _UNITS.get(self.frequency.split("-")[0], "period")

    def numbers(self, periods: pd.Index) -> Whole:
        """Count of each label, in units of the reading, shape (n,).

        Raises
        ------
        SampleError
            If the labels are of another kind.
        """
        if self.problem:
            raise SampleError(self.problem)
        try:
            return self._counted(periods)
        except (AttributeError, TypeError, ValueError) as error:
            raise SampleError(
                f"the period {periods[0]} is not written like those of the panel"
            ) from error

    def _counted(self, periods: pd.Index) -> Whole:
        match self.kind:
            case "period":
                if periods.freqstr != self.frequency:
                    raise ValueError
                return np.asarray(periods.asi8, dtype=np.int64)
            case "date":
                return _date_numbers(_as_dates(periods), self.frequency)
            case "yyyymmdd":
                return _date_numbers(_dates_of_digits(_whole(periods)), self.frequency)
            case "yyyymm" | "yyyyq":
                base, count = (100, 12) if self.kind == "yyyymm" else (10, 4)
                values = _whole(periods)
                if not ((values % base >= 1) & (values % base <= count)).all():
                    raise ValueError
                return values // base * count + values % base - 1
        return _whole(periods)


def read_labels(entities: NDArray[np.intp], periods: pd.Index) -> LabelReading:
    """Find how the periods of a panel count.

    Parameters
    ----------
    entities : ndarray of int, shape (n,)
        Codes of the entities.
    periods : Index, shape (n,)
        Period of each row: numbers, dates or Periods.

    Returns
    -------
    LabelReading
        Of numbers as they are, or as yyyymm, yyyyq or yyyymmdd; of dates in the longest of year,
        quarter, month, week, (business) day that counts the dates of each entity one by one.

    Examples
    --------
    >>> read_labels(np.zeros(3, int), pd.Index([200011, 200012, 200101])).kind
    'yyyymm'
    >>> days = pd.to_datetime(["2010-01-29", "2010-02-26", "2010-03-31"])
    >>> read_labels(np.zeros(3, int), days).unit
    'month'
    """
    if isinstance(periods, pd.PeriodIndex) and not periods.freqstr.startswith("D"):
        return LabelReading("period", periods.freqstr)
    if isinstance(periods, pd.DatetimeIndex | pd.PeriodIndex):
        return _date_reading("date", entities, _as_dates(periods))
    values = np.asarray(periods.to_numpy(dtype=float, na_value=np.nan))
    broken = values != np.round(values)
    if broken.any():
        return LabelReading(
            "number",
            problem="lags and differences need whole-number or dated periods; the period index "
            f"holds fractions, such as {values[broken][0]:g}: {_TO_PERIODS}",
        )
    return _number_reading(entities, _whole(periods))


def _whole(periods: pd.Index) -> Whole:
    if pd.api.types.is_integer_dtype(periods.dtype):
        return np.asarray(periods.to_numpy(), dtype=np.int64)
    values = np.asarray(periods.to_numpy(dtype=float))
    if not (values == np.round(values)).all():
        raise ValueError
    return values.astype(np.int64)


def _number_reading(entities: NDArray[np.intp], values: Whole) -> LabelReading:
    """Numbers as they are, unless they are spelled dates."""
    low, high = int(values.min()), int(values.max())

    def spelled(base: int) -> bool:
        return low // base >= _FIRST_YEAR and high // base < _LAST_YEAR

    if spelled(10_000):
        dates = _dates_of_digits(values)
        if not dates.hasnans:
            return _date_reading("yyyymmdd", entities, dates)
        wrong = values[dates.isna()][0]
        return _not_read(f"whole numbers that look like yyyymmdd, but {wrong} is no date")
    if spelled(1000):
        if _several_in_several_years(values, 1000) and (values % 1000 <= 366).all():
            return _not_read(f"whole numbers such as {high} that look like a year and a day of it")
    elif spelled(100):
        return _month_reading(values)
    elif spelled(10):
        return _quarter_reading(values)
    return LabelReading("number")


def _several_in_several_years(values: Whole, base: int) -> bool:
    """Whether the digits after the year differ, and the years too."""
    return len(np.unique(values // base)) > 1 and len(np.unique(values % base)) > 1


def _month_reading(values: Whole) -> LabelReading:
    """yyyymm; in one year, or of one month, it counts like plain numbers and nothing is to say."""
    months = np.unique(values % 100)
    if not _several_in_several_years(values, 100) or months.max() > 53:
        return LabelReading("number")
    if months.min() < 1 or months.max() > 12:
        wrong = values[(values % 100 < 1) | (values % 100 > 12)][0]
        return _not_read(
            f"whole numbers that look like a year and a month or week of it, but {wrong} has "
            "no month"
        )
    first = months.tolist() == list(range(1, len(months) + 1))
    if first and len(months) in (2, 3, 4, 6):
        return _not_read(
            f"whole numbers such as {values.max()} that end in 01 to {len(months):02d} in every "
            "year: months, or parts of the year of another length"
        )
    return LabelReading("yyyymm")


def _quarter_reading(values: Whole) -> LabelReading:
    """Read a year and a quarter, unless half years or thirds of a year are written like it.

    Days of Stata's %td have five digits too: those of month ends have none of a year in common.
    """
    parts, years = np.unique(values % 10).tolist(), len(np.unique(values // 10))
    if parts[0] < 1 or parts[-1] > 4 or years in (1, len(np.unique(values))):
        return LabelReading("number")
    if parts in ([1, 2], [1, 2, 3]):
        return _not_read(
            f"whole numbers such as {values.max()} that end in 1 to {len(parts)} in every year: "
            f"quarters, or {'half years' if len(parts) == 2 else 'thirds of a year'}"
        )
    return LabelReading("yyyyq")


def _not_read(what: str) -> LabelReading:
    return LabelReading(
        "number", problem=f"lags and differences cannot count {what}; {_TO_PERIODS}"
    )


def _dates_of_digits(values: Whole) -> pd.DatetimeIndex:
    dates = pd.to_datetime(values.astype(str), format="%Y%m%d", errors="coerce")
    return pd.DatetimeIndex(dates).as_unit("us")


def _as_dates(periods: pd.Index) -> pd.DatetimeIndex:
    dates = periods.to_timestamp() if isinstance(periods, pd.PeriodIndex) else periods
    return dates.as_unit("us")


def _date_reading(kind: str, entities: NDArray[np.intp], dates: pd.DatetimeIndex) -> LabelReading:
    """Longest unit in which consecutive dates of an entity are as far apart as they count."""
    pairs = _consecutive(entities, dates.asi8)
    days = _day_numbers(dates)
    apart = (days[pairs[1]] - days[pairs[0]]).astype(float)
    for frequency, length in _LENGTHS.items():
        counts = _date_numbers(dates, frequency)
        steps = counts[pairs[1]] - counts[pairs[0]]
        if (steps >= 1).all() and (np.abs(apart / length - steps) <= _SLACK).all():
            return LabelReading(kind, frequency)
    if (apart == 0).any():
        return LabelReading(kind, "us")
    weekend = days % 7 >= 5
    resting = ~pd.Series(weekend).groupby(entities).transform("any").to_numpy()
    on_end = resting[pairs[0]] & (apart == 1)  # rows of business days that follow each other
    over = resting[pairs[0]] & (apart > 1)
    if not (on_end.any() and over.any()):
        return LabelReading(kind, "D")
    if not weekend.any():
        return LabelReading(kind, "B")
    return LabelReading(
        kind,
        "D",
        problem="some entities have dates at weekends and others on business days only, such as "
        f"{dates[pairs[0]][on_end][0].date()}: lags of the two count differently; give all the "
        f"same days, or {_TO_PERIODS}",
    )


def _consecutive(
    entities: NDArray[np.intp], values: Whole
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that follow each other in an entity, or in the panel where each entity has one row."""
    order = np.lexsort((values, entities))
    same = np.diff(entities[order]) == 0
    if not same.any():
        order = np.unique(values, return_index=True)[1]
        same = np.ones(len(order) - 1, dtype=bool)
    return order[:-1][same], order[1:][same]


def _day_numbers(dates: pd.DatetimeIndex) -> Whole:
    """Days from a Monday, in local time."""
    days = dates.tz_localize(None).asi8 // 86_400_000_000
    return np.asarray(days + 3, dtype=np.int64)  # 1970-01-01 was a Thursday


def _date_numbers(dates: pd.DatetimeIndex, frequency: str) -> Whole:
    match frequency:
        case "us":
            return np.asarray(dates.asi8, dtype=np.int64)
        case "D":
            return _day_numbers(dates)
        case "B":
            weeks, weekdays = np.divmod(_day_numbers(dates), 7)
            if (weekdays >= 5).any():
                raise ValueError
            return np.asarray(weeks * 5 + weekdays, dtype=np.int64)
    return np.asarray(dates.tz_localize(None).to_period(frequency).asi8, dtype=np.int64)
