"""The estimation sample: a checked index, complete rows, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regressions.errors import FormulaError, OptionError, SampleError, SampleWarning
from regressions.groupings import count_labels, describe_effects
from regressions.names import with_text_labels
from regressions.user_warnings import warn_user

if TYPE_CHECKING:
    from regressions.estimators import Estimator

_SHOWN = 10


def check_panel(data: pd.DataFrame) -> pd.DataFrame:
    """Check the (entity, period) index of a panel and sort it.

    Parameters
    ----------
    data : DataFrame
        Indexed by (entity, period); the period numeric or date-like.

    Returns
    -------
    DataFrame
        Sorted by entity and period.

    Raises
    ------
    SampleError
        If the index does not have two levels, has missing labels or duplicates, or holds the
        period as text.
    """
    if not isinstance(data, pd.DataFrame):
        raise SampleError(
            f"the data must be a DataFrame indexed by (entity, period), not {type(data).__name__}"
        )
    index, order = order_rows(data.index)
    data = with_text_labels(data)
    return (data if order is None else data.iloc[order]).set_axis(index, axis=0)


def order_rows(index: pd.Index) -> tuple[pd.MultiIndex, np.ndarray | None]:
    """Check an index of (entity, period), shape (n,), and sort it.

    Returns
    -------
    index : MultiIndex, shape (n,)
    order : ndarray of int, shape (n,), or None
        Rows in the order of the sorted index; None if they are in it.

    Raises
    ------
    SampleError
        As :func:`check_panel`.
    """
    if index.nlevels != 2:
        raise SampleError(
            f"the data must be indexed by (entity, period); the index has {index.nlevels} level: "
            "use data.set_index([entity column, period column])"
        )
    if len(index) == 0:
        raise SampleError("the data have no rows")
    index = _plain_levels(index)
    if any(map(_has_missing_labels, index.levels, index.codes)):
        raise SampleError("the (entity, period) index has missing labels: remove those rows")
    _check_periods(index)
    if _in_order(index):
        return index.remove_unused_levels(), None
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise SampleError(
            f"{len(twice)} (entity, period) pairs occur more than once: "
            f"{listed(_place(pair) for pair in twice)}; keep one row of each"
        )
    rows = pd.Series(np.arange(len(index)), index=index).sort_index()
    return rows.index.remove_unused_levels(), rows.to_numpy()


def _plain_levels(index: pd.MultiIndex) -> pd.MultiIndex:
    """Index without categorical levels, whose unused categories would count as groups."""
    if all(_is_plain(level) for level in index.levels):
        return index
    levels = [index.get_level_values(i) for i in (0, 1)]
    plain = [
        level.astype(level.categories.dtype) if isinstance(level, pd.CategoricalIndex) else level
        for level in levels
    ]
    return pd.MultiIndex.from_arrays(plain, names=index.names)


def _is_plain(level: pd.Index) -> bool:
    """Whether labels are in order and no categories."""
    categorical = isinstance(level, pd.CategoricalIndex)
    return not categorical and level.is_unique and level.is_monotonic_increasing


def _in_order(index: pd.MultiIndex) -> bool:
    """Whether each row comes after the one before it, so that none is there twice."""
    if not all(_is_plain(level) for level in index.levels):
        return False
    entities, periods = (np.asarray(codes) for codes in index.codes)
    later = entities[1:] > entities[:-1]
    return bool((later | ((entities[1:] == entities[:-1]) & (periods[1:] > periods[:-1]))).all())


def _has_missing_labels(level: pd.Index, codes: np.ndarray) -> bool:
    codes = np.asarray(codes)
    return bool((codes < 0).any() or (level.hasnans and level.isna()[codes].any()))


def _check_periods(index: pd.MultiIndex) -> None:
    periods, name = index.levels[1], index.names[1] or "period"
    if isinstance(periods, pd.DatetimeIndex | pd.PeriodIndex):
        return
    if pd.api.types.is_bool_dtype(periods.dtype) or not pd.api.types.is_numeric_dtype(
        periods.dtype
    ):
        example = repr(index.get_level_values(1)[0])
        raise SampleError(
            f"the period level {name!r} holds text or objects (such as {example}): convert it to "
            "whole numbers, data.index.set_levels(data.index.levels[1].astype(int), level=1), or "
            "to dates with pd.to_datetime"
        )
    finite = np.isfinite(np.asarray(periods, dtype=float))
    if not (finite.all() or finite[index.codes[1]].all()):
        raise SampleError(f"the period level {name!r} holds infinite values: remove those rows")


def incomplete_cells(data: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """List missing and infinite cells.

    Parameters
    ----------
    data : DataFrame
        Indexed by (entity, period).
    columns : iterable of str
        Columns to look at.

    Returns
    -------
    DataFrame
        Columns entity, period, column, problem ("missing", "infinite"); a row per cell.
    """
    found = []
    for column in columns:
        values = data[column]
        missing = values.isna().to_numpy()
        infinite = np.zeros(len(values), dtype=bool)
        if pd.api.types.is_numeric_dtype(values.dtype):
            infinite = np.isinf(values.to_numpy(dtype=float, na_value=np.nan))
        for mask, problem in ((missing, "missing"), (infinite, "infinite")):
            for entity, period in data.index[mask]:
                found.append((entity, period, column, problem))
    return pd.DataFrame(found, columns=["entity", "period", "column", "problem"])


def without_unused_categories(
    data: pd.DataFrame, columns: Iterable[str], kept: np.ndarray
) -> pd.DataFrame:
    """Leave out categories that no kept row has: they would become columns of zeros."""
    present = {
        name: data[name].cat.set_categories(
            data.loc[kept, name].cat.remove_unused_categories().cat.categories
        )
        for name in columns
        if isinstance(data[name].dtype, pd.CategoricalDtype)
    }
    return data.assign(**present) if present else data


def require_complete(cells: pd.DataFrame, total: int, missing: str) -> None:
    """Refuse incomplete cells unless dropping was asked for.

    Raises
    ------
    SampleError
        Listing entity, period and column of the first cells.
    OptionError
        If `missing` is neither "raise" nor "drop".
    """
    if missing not in ("raise", "drop"):
        raise OptionError(f"missing must be 'raise' or 'drop', not {missing!r}")
    if missing == "drop" or cells.empty:
        return
    rows = len(cells[["entity", "period"]].drop_duplicates())
    places = listed(
        f"{row.column} of {_place((row.entity, row.period))} ({row.problem})"
        for row in cells.head(_SHOWN).itertuples()
    )
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    raise SampleError(
        f"{len(cells)} values in {rows} of {total} rows are missing, undefined or infinite: "
        f"{places}{more}; complete the data or pass missing='drop'"
    )


def require_enough(index: pd.MultiIndex, estimator: Estimator, effects: tuple[str, ...]) -> None:
    """Refuse panels with one entity, or too short for the estimator.

    Raises
    ------
    SampleError
        Saying which entity or what is missing.
    """
    if len(index) == 0:
        raise SampleError("no complete row is left to estimate on")
    sizes = np.bincount(index.codes[0])
    if np.count_nonzero(sizes) == 1:
        raise SampleError(
            f"the sample has a single entity, {shown(index[0][0])}: a panel model needs at least "
            "two; widen the sample or the group"
        )
    if estimator.needs_two_periods(effects) and sizes.max() < 2:
        raise SampleError(
            f"the panel is too short for estimator={estimator.name!r}: every entity is observed "
            "once (T = 1), so nothing varies within entities; use estimator='pooled'"
        )
    words = describe_effects(effects)
    if words in ("time", "twoway") and count_labels(index, 1) < 2:
        only = index.get_level_values(1)[0]
        raise SampleError(
            f"effects={words!r} need at least two periods; the sample has only {shown(only)}"
        )


def require_dependent(endog: pd.Series, exog: pd.DataFrame) -> None:
    """Refuse a dependent variable that does not vary, or is one of the regressors.

    Parameters
    ----------
    endog : Series, shape (n,)
    exog : DataFrame, shape (n, k)

    Raises
    ------
    SampleError
        If it has one value.
    FormulaError
        If a regressor equals it in every row.
    """
    values = endog.to_numpy(dtype=float)
    if np.ptp(values) <= 1e-13 * np.abs(values).max():
        raise SampleError(
            f"the dependent variable {endog.name!r} does not vary: it is {values[0]:g} in every "
            "row of the sample"
        )
    same = [str(name) for name in exog.columns if (exog[name].to_numpy() == values).all()]
    if same:
        raise FormulaError(
            f"the regressor {same[0]!r} is the dependent variable {endog.name!r} itself: it is the "
            "same in every row; leave it out of the right-hand side"
        )


def singletons(index: pd.MultiIndex) -> tuple[object, ...]:
    """Give the entities observed once: they carry no information within entities."""
    codes = index.codes[0]
    return tuple(index.levels[0].take(codes[np.bincount(codes)[codes] == 1]))


def warn_singletons(lost: Mapping[str, Sequence[object]], rows: int) -> None:
    """Say which groups of the effects have only rows that are alone in a group.

    Parameters
    ----------
    lost : mapping of effect to labels
        From :func:`regressions.degrees_of_freedom.groups_lost`.
    rows : int
        Number of lone rows.
    """
    if list(lost) == ["entity"] and len(lost["entity"]) == rows:
        words = (
            f"{rows} entities are observed once and add nothing to the estimates within entities: "
            f"{listed(map(str, lost['entity']))}"
        )
    else:
        groups = "; ".join(f"{name}: {listed(map(str, labels))}" for name, labels in lost.items())
        words = (
            f"{rows} rows are alone in a group of the effects, some only once others are set "
            f"aside, and add nothing to the estimates ({groups or 'no group is lost by them'})"
        )
    warn_user(words, SampleWarning)


def shown(label: object) -> str:
    """Write a label as a reader would: text in quotes, numbers and dates plain.

    Examples
    --------
    >>> shown("CHN"), shown(np.int64(2001)), shown(pd.Timestamp("2001-05-01"))
    ("'CHN'", '2001', '2001-05-01')
    """
    if isinstance(label, pd.Timestamp):
        return str(label.date())
    return repr(label) if isinstance(label, str) else str(label)


def _place(pair: tuple[object, object]) -> str:
    entity, period = pair
    when = period.date() if isinstance(period, pd.Timestamp) else period
    return f"({entity}, {when})"


def listed(items: Iterable[str]) -> str:
    """Join the first ten of some words.

    Examples
    --------
    >>> listed(["a", "b"]), listed("abcdefghijklm")
    ('a, b', 'a, b, c, d, e, f, g, h, i, j, …')
    """
    items = list(items)
    shown = ", ".join(items[:_SHOWN])
    return shown if len(items) <= _SHOWN else f"{shown}, …"


def check_same_rows(values: pd.Series, index: pd.MultiIndex, what: str) -> None:
    """Refuse a Series that does not cover the rows of a model.

    Raises
    ------
    SampleError
        If rows are not covered or the values are missing there.
    """
    absent = index.difference(values.index)
    if len(absent):
        raise SampleError(f"{what} lack {len(absent)} rows of the model, first {_place(absent[0])}")
    missing = values.reindex(index).isna()
    if missing.any():
        raise SampleError(f"{what} are missing for {_place(index[missing.to_numpy()][0])}")
