"""From a column of a file to the periods of a panel: numbers, dates, months and quarters."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ioecon.errors import PanelError

__all__ = ["as_periods"]

_MONTH = re.compile(r"(\d{4})-(\d{2})|(\d{4})[mM](\d{1,2})")
_QUARTER = re.compile(r"(\d{4})[-\s]?[qQ]([1-4])")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADVICE = (
    "write years, ISO dates (2001-05-31), months (2001-05) or quarters (2001Q2), or say how they "
    'are written in data.period_format, for example "%d/%m/%Y"'
)


def as_periods(column: pd.Series, file: str, row: str, form: str | None = None) -> pd.Index:
    """Periods of a panel.

    Dates that all fall on a 1 January are years, and dates that all fall on the first of a month
    are months: that is how Stata and spreadsheets keep them.

    Parameters
    ----------
    column : Series
        Numbers, dates or text, indexed by the row of the file.
    file, row : str
        For messages.
    form : str, optional
        How text is written, for ``strptime``.

    Returns
    -------
    Index
        Whole numbers, dates or months and quarters (``PeriodIndex``).

    Raises
    ------
    PanelError
        If an entry is missing or cannot be read: its row is named.

    Examples
    --------
    >>> as_periods(pd.Series(["2001Q4", "2002Q1"]), "a.csv", "line").astype(str).tolist()
    ['2001Q4', '2002Q1']
    >>> as_periods(pd.Series([2001.0, 2002.0]), "a.csv", "line").tolist()
    [2001, 2002]
    """
    missing = column.isna()
    if missing.any():
        raise PanelError(
            f"{file}, {row} {column.index[missing][0]}: the period (column {column.name!r}) is "
            "empty; every row needs one."
        )
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _of_dates(column)
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column):
        if form is not None:
            digits = column.map(lambda value: f"{value:.0f}")
            return _of_dates(_parsed(digits, file, row, form))
        whole = column == np.round(column)
        if not whole.all():
            raise _unreadable(column, ~whole, file, row)
        return pd.Index(column.astype("int64"), name=column.name)
    text = column.astype(str).str.strip()
    if form is not None:
        return _of_dates(_parsed(text, file, row, form))
    return _of_text(text, file, row)


def _of_dates(dates: pd.Series) -> pd.Index:
    first = (dates.dt.day == 1) & (dates == dates.dt.normalize())
    if first.all() and (dates.dt.month == 1).all():
        return pd.Index(dates.dt.year.astype("int64"), name=dates.name)
    if first.all():
        return pd.PeriodIndex(dates, freq="M", name=dates.name)
    return pd.DatetimeIndex(dates, name=dates.name)


def _parsed(text: pd.Series, file: str, row: str, form: str) -> pd.Series:
    try:
        dates = pd.to_datetime(text, format=form, errors="coerce")
    except ValueError as error:
        raise PanelError(f"data.period_format = {form!r} is no format of dates: {error}.") from None
    if dates.isna().any():
        at = dates.index[dates.isna()][0]
        raise PanelError(
            f"{file}, {row} {at}: the period {text[at]!r} is not written as data.period_format = "
            f"{form!r} says."
        )
    return dates


def _of_text(text: pd.Series, file: str, row: str) -> pd.Index:
    if text.str.fullmatch("[0-9]{1,8}").all():
        return pd.Index(text.astype("int64"), name=text.name)
    if text.str.fullmatch(_ISO_DATE.pattern).all():
        dates = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        if dates.notna().all():
            return _of_dates(dates)
        raise _unreadable(text, dates.isna(), file, row)
    for pattern, unit, most in ((_QUARTER, "Q", 4), (_MONTH, "M", 12)):
        found = text.map(pattern.fullmatch)
        if found.notna().all():
            parts = [[part for part in match.groups() if part] for match in found]
            wrong = pd.Series([not 1 <= int(part[1]) <= most for part in parts], index=text.index)
            if wrong.any():
                raise _unreadable(text, wrong, file, row)
            labels = [f"{year}{'Q' if unit == 'Q' else '-'}{part}" for year, part in parts]
            return pd.PeriodIndex(labels, freq=unit, name=text.name)
    known = text.str.fullmatch(rf"{_ISO_DATE.pattern}|{_QUARTER.pattern}|{_MONTH.pattern}")
    raise _unreadable(text, ~known, file, row)


def _unreadable(column: pd.Series, wrong: pd.Series, file: str, row: str) -> PanelError:
    at = column.index[wrong][0] if wrong.any() else column.index[0]
    label = repr(column[at]) if isinstance(column[at], str) else f"{column[at]}"
    return PanelError(
        f"{file}, {row} {at}: the period {label} (column {column.name!r}) cannot be read, "
        f"or not in the same way as the others; {_ADVICE}."
    )
