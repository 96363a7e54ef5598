"""Stata's files (format 118, Stata 14 and later): names, labels and kinds that Stata knows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.stata import StataParser

from ioecon.errors import ArgumentError
from ioecon.wording import listed

__all__ = ["label_variable", "name_variables", "stata_bytes"]

_LONGEST_NAME, _LONGEST_LABEL = 32, 80  # characters
_LONGEST_TEXT = 2045  # bytes; a longer one is a strL
_LARGEST = 8.988465674311579e307  # beyond are the codes of missing values
_WHOLE = 2**53
_CREATED = datetime(2000, 1, 1)  # the same result gives the same file
# Words of Stata; and of Mata, which pandas would otherwise rename in its own way.
_RESERVED = frozenset(StataParser().RESERVED_WORDS)
_TYPE = re.compile(r"str\d+")
_NO_LETTER = re.compile(r"[^A-Za-z0-9_\u00c0-\U0010ffff]|[×÷]")


def name_variables(names: Iterable[str]) -> dict[str, str]:
    """Names of variables in Stata: letters, digits and underscores, 32 characters, no two alike.

    Parameters
    ----------
    names : iterable of str
        Names of columns.

    Returns
    -------
    dict of str to str
        Name of the column to that in Stata.

    Examples
    --------
    >>> name_variables(["d.f.", "2005", "in", "a" * 40, "a" * 41]).values()
    dict_values(['d_f_', '_2005', '_in', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', \
'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_2'])
    """
    names = list(names)
    kept = {name for name in names if _make_valid(name) == name}
    taken = set(kept)
    found: dict[str, str] = {}
    for name in names:
        valid = new = _make_valid(name)
        number = 1
        while name not in kept and new in taken:
            number += 1
            ending = f"_{number}"
            new = valid[: _LONGEST_NAME - len(ending)] + ending
        found[name] = new
        taken.add(new)
    return found


def _make_valid(name: str) -> str:
    valid = _NO_LETTER.sub("_", name) or "_"
    if (valid[0].isascii() and valid[0].isdigit()) or valid in _RESERVED or _TYPE.fullmatch(valid):
        valid = f"_{valid}"
    return valid[:_LONGEST_NAME]


def label_variable(name: str, variable: str, entry: Mapping[str, str]) -> str:
    """Label of a variable in Stata: 80 characters with its meaning and unit.

    Parameters
    ----------
    name, variable : str
        The column's name, and that in Stata; where they differ the label begins with the first.
    entry : mapping of str to str
        What is known of it: ``meaning``, ``unit``.

    Examples
    --------
    >>> label_variable("iti", "iti", {"meaning": "Industrial transfer index", "unit": "per year"})
    'Industrial transfer index (per year)'
    """
    text = entry.get("meaning", "")
    if name != variable:
        text = f"{name}: {text}" if text else name
    unit = entry.get("unit", "")
    ending = f" ({unit})" if unit else ""
    if len(ending) > _LONGEST_LABEL // 2:
        ending = ""
    return _cut_text((text or (name if ending else "")).replace("\0", ""), len(ending)) + ending


def _cut_text(text: str, reserved: int) -> str:
    room = _LONGEST_LABEL - reserved
    return text if len(text) <= room else f"{text[: room - 1]}…"


def stata_bytes(
    frame: pd.DataFrame, columns: Mapping[str, Mapping[str, str]], title: str
) -> tuple[bytes, dict[str, str]]:
    """Content of a ``.dta`` file, and the columns whose names Stata does not take.

    Parameters
    ----------
    frame : DataFrame
        Flat; see :class:`ioecon.writers.flat_result.FlatResult`.
    columns : mapping of str to mapping
        What is known of every column.
    title : str
        Label of the data set.

    Returns
    -------
    (bytes, dict of str to str)
        The second: name of the column to the name in the file, where it is another.

    Raises
    ------
    ArgumentError
        If a number is infinite or too large for Stata, or a text holds U+0000.
    """
    variables = name_variables(frame.columns)
    data = pd.DataFrame({variables[name]: _as_stata_has_it(frame[name]) for name in frame})
    labels = {
        variable: label_variable(name, variable, columns[name])
        for name, variable in variables.items()
    }
    long = [
        name
        for name in data
        if data[name].dtype == object and max(map(_bytes_of, data[name]), default=0) > _LONGEST_TEXT
    ]
    buffer = io.BytesIO()
    data.to_stata(
        buffer,
        write_index=False,
        version=118,
        variable_labels={name: text for name, text in labels.items() if text},
        data_label=_cut_text(title, 0) or None,
        time_stamp=_CREATED,
        convert_strl=long,
    )
    return buffer.getvalue(), {a: b for a, b in variables.items() if a != b}


def _bytes_of(text: str) -> int:
    return len(text.encode("utf-8"))


def _as_stata_has_it(column: pd.Series) -> pd.Series:
    """Column in a kind that Stata has; what it cannot hold is refused."""
    dtype: Any = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return column.astype("float64" if column.isna().any() else "int8")
    if pd.api.types.is_integer_dtype(dtype):
        large = column.dropna().abs() > _WHOLE
        if large.any():
            raise ArgumentError(
                f"The column {column.name!r} holds {column.dropna()[large].iloc[0]}, a whole "
                "number that Stata does not hold exactly: write it as text."
            )
        return column.astype("float64") if column.isna().any() else column
    if pd.api.types.is_float_dtype(dtype):
        wrong = np.isinf(column) | (column.abs() > _LARGEST)
        if wrong.any():
            raise ArgumentError(
                f"The column {column.name!r} holds {column[wrong].iloc[0]}, which Stata cannot: "
                "leave it missing, or write another file (.csv, .parquet)."
            )
        return column
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return column
    texts = ["" if text is None else text for text in column]
    if any("\0" in text for text in texts):
        raise ArgumentError(f"The column {column.name!r} holds text with U+0000; take it out.")
    return pd.Series(texts, dtype=object)


def describe_renamed(renamed: Mapping[str, str]) -> str:
    """Say which columns have other names in the file, for a warning."""
    pairs = listed([f"{name} is {variable}" for name, variable in renamed.items()], 8)
    return f"Stata's names have 32 letters, digits and underscores, so that {pairs}."
