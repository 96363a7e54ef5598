"""A result as one flat table: columns of one kind each, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from ioecon.alignment import numbers_of
from ioecon.errors import ArgumentError
from ioecon.series import IOSeries
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["FlatResult", "flatten_result"]

_KEYS = ("unit", "meaning", "source", "transform")
_FACTS = ("title", "stressor", "unit", "accounting")


@dataclass(frozen=True, eq=False)
class FlatResult:
    """What is written of a result.

    Parameters
    ----------
    frame : DataFrame
        Columns with plain names, each of numbers, whole numbers, truth values, dates or text; no
        index. Missing text is None.
    keys : int
        How many of the first columns were the index.
    columns : mapping of str to dict
        Unit, meaning, source and transform of every column, as far as they are known.
    facts : mapping of str to str
        Title, stressor, unit and accounting of the whole, as far as they are known.
    attrs : mapping
        All that the frame carried, as plain values.
    """

    frame: pd.DataFrame
    keys: int
    columns: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, str]
    attrs: Mapping[str, Any]

    def codebook(self) -> pd.DataFrame:
        """One row for each fact of the whole and for each column, as it is written beside data."""
        rows = [
            {"about": "file", "name": name, "meaning": text} for name, text in self.facts.items()
        ]
        rows += [{"about": "column", "name": name, **self.columns[name]} for name in self.frame]
        empty = dict.fromkeys(("about", "name", *_KEYS), "")
        return pd.DataFrame([{**empty, **row} for row in rows], columns=[*empty])


def flatten_result(result: Any) -> FlatResult:
    """Make a flat table of a result.

    Parameters
    ----------
    result : DataFrame, Series, or anything with ``to_frame`` or ``tidy``

    Raises
    ------
    ArgumentError
        If it is no result, two columns have one name, or a column mixes kinds.
    """
    frame = _frame_of(result)
    attrs = {str(key): _as_plain(value, str(key)) for key, value in frame.attrs.items()}
    for name in ("stressor", "unit", "accounting"):
        value = getattr(result, name, None)
        if isinstance(value, str) and name not in attrs and not isinstance(frame, type(result)):
            attrs[name] = value
    known = _entries_of_columns(attrs)
    named = _name_columns(frame)
    keys = named.shape[1] - frame.shape[1]
    twice = [name for name, count in Counter(named.columns).items() if count > 1]
    if twice:
        raise ArgumentError(
            f"Two columns of the result would be named {listed(twice)}: rename columns or levels "
            "of the index."
        )
    if not named.shape[1]:
        raise ArgumentError("The result has no columns to write.")
    plain = {name: _column_of_one_kind(named[name]) for name in named}
    return FlatResult(
        frame=pd.DataFrame(plain),
        keys=keys,
        columns={name: known.get(name, {}) for name in named},
        facts={name: str(attrs[name]) for name in _FACTS if attrs.get(name)},
        attrs=attrs,
    )


def _frame_of(result: Any) -> pd.DataFrame:
    if isinstance(result, IOTable | IOSeries):
        one = "table" if isinstance(result, IOTable) else "series"
        raise ArgumentError(
            f"A {one} is written by ioecon.write_{one} (without loss, to a folder) or "
            "ioecon.write_regional (Excel or CSV)."
        )
    if isinstance(result, pd.DataFrame):
        return result
    if isinstance(result, pd.Series):
        name = "value" if result.name is None else result.name
        frame = result.to_frame(name)
        frame.attrs = dict(result.attrs)
        if "unit" in frame.attrs:
            frame.attrs.setdefault("units", {name: frame.attrs["unit"]})
        return frame
    for method in ("to_frame", "tidy"):
        make = getattr(result, method, None)
        if callable(make) and not isinstance(result, type | pd.Index):
            frame = make()
            if isinstance(frame, pd.DataFrame):
                return frame
    raise ArgumentError(
        f"{type(result).__name__} is no result that can be written: give a result of ioecon, "
        "regressions or diagnostics, a DataFrame or a Series."
    )


def _name_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Frame with its index as columns, named by plain text."""
    named = frame.copy(deep=False)
    named.attrs = {}
    bare = isinstance(named.index, pd.RangeIndex) and named.index.name is None
    names = [_flat_name(column) for column in named.columns]
    if not bare:
        levels = [
            str(name)
            if name is not None
            else ("index" if named.index.nlevels == 1 else f"level_{k}")
            for k, name in enumerate(named.index.names)
        ]
        index = [named.index.get_level_values(k) for k in range(named.index.nlevels)]
        parts = [pd.Series(np.asarray(level), dtype=level.dtype) for level in index]
        parts += [named.iloc[:, k].reset_index(drop=True) for k in range(named.shape[1])]
        named = pd.concat(parts, axis=1)
        names = levels + names
    named.columns = pd.Index(names, dtype=object)
    return named.reset_index(drop=True)


def _flat_name(column: Any) -> str:
    parts = column if isinstance(column, tuple) else (column,)
    return "_".join(str(part) for part in parts if str(part))


def _entries_of_columns(attrs: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Find what the panel's or the result's ``attrs`` say of each column."""
    entries: dict[str, dict[str, str]] = {}
    variables, units = attrs.get("variables"), attrs.get("units")
    for name, unit in units.items() if isinstance(units, Mapping) else ():
        entries[str(name)] = {"unit": str(unit)}
    for name, entry in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(entry, Mapping):
            known = {key: str(entry[key]) for key in _KEYS if entry.get(key)}
            entries[str(name)] = {**entries.get(str(name), {}), **known}
    return entries


def _as_plain(value: Any, name: str) -> Any:
    """Value of ``attrs`` as JSON has it."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real | Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): _as_plain(part, name) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [_as_plain(part, name) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _as_plain(asdict(value), name)
    if isinstance(value, date | PathLike):
        return str(value)
    raise ArgumentError(
        f"attrs[{name!r}] of the frame holds a {type(value).__name__}, which no file can: take it "
        "out."
    )


def _column_of_one_kind(column: pd.Series) -> pd.Series:
    """Column of numbers, whole numbers, truth values, dates or text."""
    dtype: Any = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        column = column.astype(dtype.categories.dtype)
        dtype = column.dtype
    if isinstance(dtype, pd.SparseDtype):
        column = pd.Series(np.asarray(column))
        dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return column.astype("boolean" if column.isna().any() else bool)
    if pd.api.types.is_integer_dtype(dtype):
        return column.astype("Int64" if column.isna().any() else "int64")
    if pd.api.types.is_float_dtype(dtype):
        return pd.Series(numbers_of(column, f"The column {column.name!r}"))
    if pd.api.types.is_datetime64_any_dtype(dtype):
        if getattr(dtype, "tz", None) is not None:
            raise _refusal(column, "times of a time zone: drop it with .dt.tz_localize(None)")
        return column
    if not (pd.api.types.is_object_dtype(dtype) or pd.api.types.is_string_dtype(dtype)):
        raise _refusal(column, f"{dtype}: convert it to text or numbers first")
    return _objects_of_one_kind(column)


def _objects_of_one_kind(column: pd.Series) -> pd.Series:
    missing = column.isna().to_numpy()
    values = column.astype(object).to_numpy()
    kinds = {_kind_of(value) for value in values[~missing]}
    if len(kinds) > 1:
        raise _refusal(column, f"{' and '.join(sorted(kinds))}: a column has one kind of values")
    kind = next(iter(kinds), "text")
    if kind == "text":
        texts = [None if gone else str(value) for value, gone in zip(values, missing, strict=True)]
        try:
            "".join(filter(None, texts)).encode("utf-8")
        except UnicodeEncodeError as error:
            raise _refusal(column, f"half a character, {error.object[error.start]!r}") from None
        return pd.Series(texts, dtype=object)
    if kind == "truth values":
        truths = pd.Series(values).astype("boolean")
        return truths if missing.any() else truths.astype(bool)
    if kind == "numbers":
        whole = all(isinstance(value, Integral) for value in values[~missing])
        numbers = [None if gone else value for value, gone in zip(values, missing, strict=True)]
        if whole and all(abs(value) < 2**63 for value in values[~missing]):
            return pd.Series(pd.array(numbers, dtype="Int64")).astype(
                "Int64" if missing.any() else "int64"
            )
        return pd.Series([np.nan if value is None else float(value) for value in numbers])
    if kind == "dates":
        return pd.to_datetime(pd.Series(values))
    raise _refusal(column, f"{kind}, which no file can")


def _kind_of(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "truth values"
    if isinstance(value, Real | Decimal | Fraction):
        return "numbers"
    return "dates" if isinstance(value, date) else f"a {type(value).__name__}"


def _refusal(column: pd.Series, words: str) -> ArgumentError:
    return ArgumentError(f"The column {str(column.name)!r} holds {words}.")
