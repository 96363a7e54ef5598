"""Panels in Stata's files: labels of variables become labels in tables, labelled values text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ioecon.errors import ReadError
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


@contextmanager
def _reader(path: Path) -> Iterator[StataReader]:
    """Reader of a file; whatever goes wrong in a damaged one becomes a sentence."""
    require_readable(path)
    try:
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


def _names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    with _reader(path) as reader:
        return tuple(reader.variable_labels())


def _read(path: Path, options: ReadOptions, wanted: Collection[str] | None) -> FileColumns:
    with _reader(path) as reader:
        names = [n for n in reader.variable_labels() if wanted is None or n in wanted]
        labels = {name: reader.variable_labels()[name] for name in names}
        require_few_cells(path.stat().st_size // max(1, len(names)), len(names), path.name)
        frame = reader.read(
            columns=names, convert_categoricals=options.value_labels, order_categoricals=False
        )
    faults: dict[str, str] = {}
    columns: Mapping[str, pd.Series] = {
        name: _labelled(frame[name], path.name, faults) for name in names
    }
    index = pd.Index(range(1, len(frame) + 1), name="row")
    return FileColumns(
        pd.DataFrame({name: column.set_axis(index) for name, column in columns.items()}),
        labels={name: " ".join(text.split()) for name, text in labels.items() if text.strip()},
        faults=faults,
    )


def _labelled(column: pd.Series, file: str, faults: dict[str, str]) -> pd.Series:
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
    title="Stata", suffixes=(".dta",), options=("value_labels",), names=_names, read=_read
)
