"""Panels in Stata's files: labels of variables become labels in tables, labelled values text.

From Stata 14 on files are in UTF-8. Earlier ones do not say their encoding: where they hold more
than ASCII, the study has to.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ioecon.errors import ReadError
from ioecon.files.plain_text import decode
from ioecon.study.panel.sources.source import (
    FileColumns,
    PanelSource,
    ReadOptions,
    require_few_cells,
    require_readable,
)
from ioecon.study.panel.sources.typed import settle

if TYPE_CHECKING:
    from pandas.io.stata import StataReader

__all__ = ["STATA"]

_NOT_UNIQUE = "not unique"
_IN_UTF8 = tuple(f"<stata_dta><header><release>{n}".encode("ascii") for n in (118, 119))


@contextmanager
def _reader(path: Path) -> Iterator[StataReader]:
    """Reader of a file; whatever goes wrong in a damaged one becomes a sentence."""
    require_readable(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnicodeWarning)  # text that is not in UTF-8
            with pd.read_stata(path, iterator=True) as reader:
                yield reader
    except ReadError:
        raise
    except Exception as error:  # a damaged file can fail anywhere
        words = " ".join(str(error).split())
        if _NOT_UNIQUE in words:
            raise ReadError(
                f"{path.name} has a column of which two values have the same label: set "
                "data.value_labels = false to read the values themselves."
            ) from error
        raise ReadError(
            f"{path.name} is not a complete Stata file ({words[:120] or type(error).__name__}); "
            "get it again, or save it anew in Stata."
        ) from error


def _decoder(path: Path, encoding: str | None) -> Callable[[str], str]:
    """Return what makes text of text that pandas took for Latin-1 in files before Stata 14."""
    with path.open("rb") as file:
        modern = file.read(40).startswith(_IN_UTF8)
    if modern and encoding is not None:
        raise ReadError(f"{path.name} is in UTF-8, as Stata writes it: take data.encoding out.")

    def decode_old(text: str) -> str:
        if text.isascii():
            return text
        if encoding is None:
            raise ReadError(
                f"{path.name} is of Stata 13 or earlier, which does not say its encoding, and "
                f"holds {text[:40]!a}: set data.encoding (latin-1 and gbk are usual), or save it "
                "anew in Stata 14 or later."
            )
        return decode(text.encode("latin-1"), path.name, encoding)

    return str if modern else decode_old


def _names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    with _reader(path) as reader:
        return tuple(reader.variable_labels())


def _read(path: Path, options: ReadOptions, wanted: Collection[str] | None) -> FileColumns:
    with _reader(path) as reader:
        names = [n for n in reader.variable_labels() if wanted is None or n in wanted]
        as_text = _decoder(path, options.encoding)
        labels = {name: as_text(reader.variable_labels()[name]) for name in names}
        require_few_cells(path.stat().st_size // max(1, len(names)), len(names), path.name)
        frame = reader.read(
            columns=names, convert_categoricals=options.value_labels, order_categoricals=False
        )
        frame = frame.apply(_decode_texts, as_text=as_text)
    faults: dict[str, str] = {}
    columns: Mapping[str, pd.Series] = {
        name: _label_values(frame[name], path.name, faults) for name in names
    }
    index = pd.Index(range(1, len(frame) + 1), name="row")
    return FileColumns(
        pd.DataFrame({name: column.set_axis(index) for name, column in columns.items()}),
        labels={name: " ".join(text.split()) for name, text in labels.items() if text.strip()},
        faults=faults,
    )


def _decode_texts(column: pd.Series, as_text: Callable[[str], str]) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        known = column.cat.categories
        return column.cat.rename_categories(
            [as_text(v) if isinstance(v, str) else v for v in known]
        )
    if not pd.api.types.is_string_dtype(column.dtype):
        return column
    known = {value: as_text(value) for value in column.dropna().unique() if isinstance(value, str)}
    return column.astype(object).map(lambda value: known.get(value, value))


def _label_values(column: pd.Series, file: str, faults: dict[str, str]) -> pd.Series:
    """Column as a panel has it; one with labels for a part of its numbers is kept as text."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return settle(column, file)
    known = column.cat.categories
    named = [label for label in known if isinstance(label, str)]
    if 0 < len(named) < len(known):
        faults[str(column.name)] = (
            f"{file}, column {column.name!r} has labels for some of its values ({named[0]!r}) and "
            "numbers for others: recode the labelled ones, or set data.value_labels = false if "
            "they are numbers too."
        )
        return column.astype(object).map(_as_text, na_action="ignore")
    return column.cat.rename_categories(lambda label: str(label).strip())


def _as_text(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


STATA = PanelSource(
    title="Stata",
    suffixes=(".dta",),
    options=("encoding", "value_labels"),
    names=_names,
    read=_read,
)
