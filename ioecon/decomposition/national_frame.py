"""A frame of national series, one row for each year and group, as checked arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.alignment import numbers_of
from ioecon.arrays import Array
from ioecon.errors import ArgumentError, IoeconWarning, TableError
from ioecon.table import whole_year
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, suggest

__all__ = ["NationalSeries", "read_national_series"]

_SAME_PRODUCT = 1e-6  # published factors are rounded


@dataclass(frozen=True, eq=False)
class NationalSeries:
    """Factors of every year and group.

    Parameters
    ----------
    factors : tuple of str
    years : tuple of int
        In order.
    groups : Index
        One entry, named ``None``, where there is one row a year.
    values : ndarray, shape (years, groups, factors)
    time : str
    """

    factors: tuple[str, ...]
    years: tuple[int, ...]
    groups: pd.Index
    values: Array
    time: str

    def of(self, year: int) -> Array:
        """Factors of one year, shape (groups, factors)."""
        return np.asarray(self.values[self.years.index(year)])

    def pairs(self, base: int | None) -> tuple[tuple[int, int], ...]:
        """Give base and reporting years: consecutive ones, or all later ones with one base."""
        if len(self.years) < 2:
            raise ArgumentError(
                f"There is one year only ({self.years[0]}); a change needs two years."
            )
        if base is None:
            return tuple(zip(self.years[:-1], self.years[1:], strict=True))
        later = tuple((int(base), year) for year in self.years if year > base)
        if base not in self.years or not later:
            raise ArgumentError(
                f"base is a year with later years after it, of {self.years[0]} to "
                f"{self.years[-1]}, not {base!r}."
            )
        return later

    def of_group(self, row: int) -> str:
        """Words that say which group a row is; none where there is one."""
        return "" if self.groups.names == [None] else f" of {_show_group(self.groups[row])}"


def read_national_series(
    frame: pd.DataFrame,
    factors: Sequence[str],
    *,
    time: str,
    group: str | Sequence[str] | None,
    total: str | None = None,
) -> NationalSeries:
    """Check a frame and lay it out by year and group.

    Parameters
    ----------
    frame, factors, time, group, total
        As for :func:`ioecon.index_decomposition`.

    Raises
    ------
    ArgumentError
        Naming the column, year and group.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"A DataFrame is decomposed, not {type(frame).__name__}.")
    names = _factor_names(factors)
    keys = [] if group is None else [group] if isinstance(group, str) else list(group)
    flat = _take_columns(frame, [time, *keys, *names, *([] if total is None else [total])], keys)
    years = np.array([_read_year(year, time) for year in flat[time]])
    values = np.column_stack([_read_column(flat, name, time, keys) for name in names])
    if keys:
        missing = flat[keys].isna().any(axis=1)
        if missing.any():
            raise ArgumentError(
                f"A row of {years[missing.argmax()]} has no {' or '.join(keys)}: name its group."
            )
        groups = flat[keys[0]] if len(keys) == 1 else pd.MultiIndex.from_frame(flat[keys])
        codes, labels = pd.factorize(pd.Index(groups))
        labels = (
            pd.Index(labels, name=keys[0])
            if len(keys) == 1
            else pd.MultiIndex.from_tuples(labels, names=keys)
        )
    else:
        codes, labels = np.zeros(len(flat), dtype=int), pd.Index([None])
    known = np.unique(years)
    places = np.searchsorted(known, years), codes
    _require_each_once(known, labels, places, group)
    laid_out = np.empty((len(known), len(labels), len(names)))
    laid_out[places] = values
    series = NationalSeries(tuple(names), tuple(map(int, known)), labels, laid_out, time)
    _require_products(series)
    if total is not None:
        column = np.empty(laid_out.shape[:2])
        column[places] = _read_column(flat, total, time, keys)
        _require_total(series, column, total)
    _warn_of_gaps(series)
    return series


def _factor_names(factors: Sequence[str]) -> list[str]:
    names = [factors] if isinstance(factors, str) else list(factors)
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if len(names) < 2 or twice:
        what = f"; {twice[0]!r} is named twice" if twice else ""
        raise ArgumentError(f"factors are two or more columns, each named once{what}.")
    return names


def _take_columns(frame: pd.DataFrame, wanted: list[str], keys: list[str]) -> pd.DataFrame:
    """Columns, some of which may be levels of the index."""
    levels = [name for name in frame.index.names if name is not None]
    both = [name for name in levels if name in frame.columns]
    if both:
        raise ArgumentError(f"{both[0]!r} is a column and a level of the index: drop one.")
    flat = frame.reset_index(level=levels) if levels else frame
    for name in wanted:
        if name not in flat.columns:
            hint = " Give group=None where there is one row a year." if name in keys else ""
            known = suggest(name, map(str, flat.columns))
            raise ArgumentError(f"The frame has no column {name!r}: {known}{hint}")
        if list(flat.columns).count(name) > 1:
            raise ArgumentError(f"The frame has two columns {name!r}: rename one.")
    if len(set(wanted)) != len(wanted):
        raise ArgumentError("A column is named as two of time, group, factors and total.")
    if not len(flat):
        raise ArgumentError("The frame has no rows.")
    return flat[wanted]


def _read_year(year: object, time: str) -> int:
    try:
        return whole_year(year)
    except TableError:
        raise ArgumentError(f"{time!r} holds whole years, not {year!r}.") from None


def _read_column(flat: pd.DataFrame, name: str, time: str, keys: list[str]) -> Array:
    values = numbers_of(flat[name], f"Column {name!r}", ArgumentError)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        row = flat.iloc[wrong[0]]
        where = " ".join(str(row[key]) for key in [time, *keys])
        raise ArgumentError(
            f"{name!r} of {where} is {values[wrong[0]]}: give a number. An intensity without "
            "activity (0/0) takes that of another year."
        )
    return values


def _require_each_once(
    years: NDArray[Any], groups: pd.Index, places: tuple[NDArray[Any], NDArray[Any]], group: object
) -> None:
    count = np.zeros((len(years), len(groups)), dtype=int)
    np.add.at(count, places, 1)
    for wrong, words in ((count > 1, "{} rows of {}{}"), (count < 1, "no row of {1}{2}")):
        at = np.argwhere(wrong)
        if not len(at):
            continue
        year, row = at[0]
        whose = "" if group is None else f", {_show_group(groups[row])}"
        found = words.format(count[year, row], years[year], whose)
        advice = (
            "name with group= what tells them apart"
            if count[year, row] and group is None
            else "there is one row for each year and group"
            + ("" if count[year, row] else "; enter zeros where a group is not there")
        )
        more = f" ({len(at)} such places)" if len(at) > 1 else ""
        raise ArgumentError(f"There are {found}{more}: {advice}.".replace("are no", "is no"))


def _require_products(series: NationalSeries) -> None:
    """Refuse products that leave the range of floating-point numbers."""
    with np.errstate(over="ignore", under="ignore"):
        product = series.values.prod(axis=2)
    lost = ~np.isfinite(product) | ((product == 0) & (series.values != 0).all(axis=2))
    if lost.any():
        year, row = np.argwhere(lost)[0]
        raise ArgumentError(
            f"The product of the factors in {series.years[year]}{series.of_group(row)} is too "
            "large or too small for a number: take them in other units."
        )


def _require_total(series: NationalSeries, total: Array, name: str) -> None:
    product = series.values.prod(axis=2)
    wrong = np.abs(product - total) > _SAME_PRODUCT * np.maximum(np.abs(product), np.abs(total))
    if not wrong.any():
        return
    year, row = np.argwhere(wrong)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (product / total)[(total != 0) & (product != 0)]
    same = len(ratios) > 0 and np.ptp(ratios) <= _SAME_PRODUCT * abs(ratios[0])
    why = (
        f"everywhere {ratios[0]:.6g} times it: bring the factors to units that multiply to its unit"
        if same and np.all((total == 0) == (product == 0))
        else f"{product[year, row]:.6g} for {total[year, row]:.6g}: correct the factors"
    )
    raise ArgumentError(
        f"The product of {' · '.join(series.factors)} in {series.years[year]}"
        f"{series.of_group(row)} is not {name!r}, but {why}."
    )


def _warn_of_gaps(series: NationalSeries) -> None:
    steps = np.diff(series.years)
    if len(steps) and np.any(steps != steps[0]):
        longest = int(np.argmax(steps))
        first, last = series.years[longest], series.years[longest + 1]
        uneven = [step for step in steps if step > steps.min()]
        warn_user(
            f"The years of the frame are unevenly spaced ({listed(series.years)}): "
            f"{len(uneven)} of their periods, such as {first}–{last}, are longer than "
            f"{steps.min()} years.".replace("than 1 years", "than one year"),
            IoeconWarning,
        )


def _show_group(label: object) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
