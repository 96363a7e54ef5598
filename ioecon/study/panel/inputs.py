"""From a file to a panel: columns, entity and period, new variables, samples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.errors import IoeconWarning, PanelError
from ioecon.study.inputs import known_columns
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.study.panel.example import EXAMPLE
from ioecon.study.panel.periods import as_periods
from ioecon.study.panel.settings import Data, PanelStudy, Rule
from ioecon.study.panel.sources import FileColumns, ReadOptions, source_of
from ioecon.study.panel.variables import with_variables
from ioecon.study.sections import nearest
from ioecon.study.steps import Steps
from ioecon.user_warnings import warn_user
from ioecon.wording import invisible_character, listed

__all__ = [
    "Inputs",
    "column_names",
    "entity_and_period",
    "names_of_file",
    "read_inputs",
    "read_options",
]

_EXAMPLE_LEVELS = ("city", "year")
_EXAMPLE_LABELS: Mapping[str, str] = {
    "emissions": "CO₂ emissions (kt)",
    "gdp": "GDP (million)",
    "population": "Population (thousand)",
    "industry": "Industry (% of GDP)",
    "price": "Electricity price (per MWh)",
    "market": "Carbon market",
}


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a study starts from.

    Attributes
    ----------
    panel : DataFrame
        Indexed by entity and period; columns of the file, new variables and samples.
    labels : mapping of str to str
        What the file calls its columns in words.
    faults : mapping of str to str
        Columns that look like numbers and are none: why, as a sentence.
    files : tuple of InputFile
        Every file that was read.
    """

    panel: pd.DataFrame
    labels: Mapping[str, str]
    faults: Mapping[str, str]
    files: tuple[InputFile, ...]


def place_of(data: Data) -> Path:
    """File with the panel: the study's, or the embedded example."""
    return EXAMPLE if data.file is None else data.file


def read_options(data: Data) -> ReadOptions:
    """How the study says that its file is written."""
    return ReadOptions(
        encoding=data.encoding,
        separator=data.separator,
        decimal=data.decimal,
        sheet=data.sheet,
        value_labels=data.value_labels,
    )


def entity_and_period(data: Data) -> tuple[str, str]:
    """Names of the levels of the panel.

    Raises
    ------
    PanelError
        If the study does not say which columns of its file they are.
    """
    if data.file is None:
        return _EXAMPLE_LEVELS
    if data.entity is None or data.period is None:
        key = "entity" if data.entity is None else "period"
        raise PanelError(
            f"data.{key} is missing: name the column of {data.file.name} that holds it."
        )
    return data.entity, data.period


@lru_cache(maxsize=16)
def _names(path: Path, changed: int, options: ReadOptions) -> tuple[str, ...]:
    return source_of(path).names(path, options)


def names_of_file(data: Data) -> tuple[str, ...]:
    """Names of the columns of the file, read anew when it has changed.

    Raises
    ------
    ReadError, ArgumentError
        If it cannot be read.
    """
    path = place_of(data)
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return _names(path, changed, read_options(data))


def column_names(data: Data) -> dict[str, str]:
    """Names in the panel, entity and period among them, to names in the file.

    Raises
    ------
    ReadError, ArgumentError
        If the file cannot be read.
    PanelError
        If it lacks a column, or two would have one name.
    """
    there = names_of_file(data)
    file = place_of(data).name
    chosen = {name: name for name in data.columns} or {name: name for name in there}
    known_columns({**data.rename, **chosen}, there, file)
    new = {column: name for name, column in data.rename.items()}
    if len(new) < len(data.rename):
        twice = next(c for c in new if [*data.rename.values()].count(c) > 1)
        raise PanelError(f"data.rename gives the column {twice!r} two names; keep one.")
    names: dict[str, str] = {}
    for column in dict.fromkeys([*chosen, *data.rename.values()]):
        name = new.get(column, column)
        if name in names:
            raise PanelError(
                f"data.rename: two columns of the panel would be named {name!r}; give another name."
            )
        names[name] = column
    for key, name in zip(("entity", "period"), entity_and_period(data), strict=True):
        if name not in names:
            if name in there and data.columns:
                names[name] = name
                continue
            raise PanelError(
                f"{file} has no column {name!r}, which data.{key} names; {nearest(name, names)}"
            )
    return names


def read_inputs(study: PanelStudy, steps: Steps) -> Inputs:
    """Read the panel of a study, and add its variables and samples.

    Raises
    ------
    ReadError, PanelError
        If the file is missing, damaged, or not as the study says.
    """
    data = study.data
    path = place_of(data)
    with steps("Reading the panel", data.file):
        names = column_names(data)
        read = source_of(path).read(path, read_options(data), {*names.values()})
        frame = read.frame[[*names.values()]].set_axis([*names], axis=1)
        _require_visible(frame, path.name)
        panel = _indexed(frame, data, read, path.name)
        labels = _EXAMPLE_LABELS if data.file is None else _known_labels(read, names)
    back = {column: name for name, column in names.items()}
    faults = {back[column]: fault for column, fault in read.faults.items()}
    with steps("Computing the variables"):
        panel = with_variables(panel, study.variables, data.missing, faults)
    with steps("Forming the samples"):
        samples = {name: _member(name, rule, panel) for name, rule in study.samples.items()}
        panel = panel.assign(**samples)
    return Inputs(
        panel=panel,
        labels={**labels, **study.variables},
        faults=faults,
        files=() if data.file is None else (InputFile("data", path.name, sha256_of(path)),),
    )


def _known_labels(read: FileColumns, names: Mapping[str, str]) -> dict[str, str]:
    """Labels of the file by the names in the panel; one with signs that cannot be seen is named."""
    labels = {}
    for name, column in names.items():
        text = read.labels.get(column, "")
        if invisible_character(text):
            warn_user(
                f"The file's label of {column!r} holds a character that cannot be seen, and is "
                "left out; [labels] can give another.",
                IoeconWarning,
            )
        elif text:
            labels[name] = text
    return labels


def _require_visible(frame: pd.DataFrame, file: str) -> None:
    """Refuse names and texts with characters that cannot be seen; text files have none."""
    for name in frame.columns:
        texts = [name]
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            texts += map(str, frame[name].cat.categories)
        elif not pd.api.types.is_numeric_dtype(frame[name].dtype):
            texts += [v for v in frame[name].dropna().unique() if isinstance(v, str)]
        for text in texts:
            if found := invisible_character(text):
                raise PanelError(
                    f"{file}, column {name!a} holds {found[1]} in {text[:60]!a}, which "
                    "cannot be seen: remove it."
                )


def _indexed(frame: pd.DataFrame, data: Data, read: FileColumns, file: str) -> pd.DataFrame:
    """Panel indexed by entity and period, sorted; every pair once."""
    if frame.empty:
        raise PanelError(f"{file} has no rows.")
    entity, period = entity_and_period(data)
    entities = _entities(frame[entity], file, read.row)
    periods = as_periods(frame[period], file, read.row, data.period_format)
    index = pd.MultiIndex.from_arrays([entities, periods], names=[entity, period])
    if index.has_duplicates:
        first = index.duplicated().argmax()
        same = frame.index[index == index[first]]
        raise PanelError(
            f"{file} has {entity} {index[first][0]} in {period} {index[first][1]} in the "
            f"{read.row}s {listed(same, 4)} ({index.duplicated().sum()} such repetitions): keep "
            "one row of each, or name the columns that tell rows apart in data.entity and "
            "data.period."
        )
    panel = frame.drop(columns=[entity, period]).set_axis(index, axis=0)
    return panel.sort_index()


def _entities(column: pd.Series, file: str, row: str) -> pd.Index:
    missing = column.isna()
    if missing.any():
        raise PanelError(
            f"{file}, {row} {column.index[missing][0]}: the entity (column {column.name!r}) is "
            "empty; every row needs one."
        )
    if pd.api.types.is_float_dtype(column.dtype) and (column == column.round()).all():
        return pd.Index(column.astype("int64"), name=column.name)
    if pd.api.types.is_integer_dtype(column.dtype):
        return pd.Index(column, name=column.name)
    return pd.Index(column.astype(object).map(str), dtype=object, name=column.name)


def _member(name: str, rule: Rule, panel: pd.DataFrame) -> pd.Series:
    """Whether each row belongs to a sample; missing where a column of truth values says nothing."""
    belongs = pd.Series(True, index=panel.index, dtype="boolean")
    for column, values in rule.items():
        if column not in panel and column in panel.index.names:
            found = panel.index.get_level_values(column).to_series(index=panel.index)
        else:
            (column,) = known_columns({name: column}, panel.columns, "The panel")
            found = panel[column]
        belongs &= _truth(found, name) if not values else _among(found, values, name)
    return belongs


def _truth(column: pd.Series, name: str) -> pd.Series:
    if column.dtype == "boolean" or pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean")
    if pd.api.types.is_numeric_dtype(column.dtype) and column.dropna().isin([0, 1]).all():
        return column.astype("Int64").astype("boolean")
    example = column.dropna().iloc[0] if column.notna().any() else "nothing"
    raise PanelError(
        f"samples.{name}: the column {column.name!r} is not true or false (nor 1 or 0) in every "
        f"row, but {example!r} for example; name the values of the rows that belong, "
        f"{name} = {{ {column.name} = ... }}."
    )


def _among(column: pd.Series, values: Collection[Any], name: str) -> pd.Series:
    known = column.dropna().unique()
    texts = [str(value) for value in known]
    for value in values:
        alike = [known_value for known_value in known if _same(known_value, value)]
        if not alike:
            raise PanelError(
                f"samples.{name}: no row has {value!r} in the column {column.name!r}; "
                f"{nearest(str(value), texts[:200])}"
            )
    belongs = column.map(lambda cell: any(_same(cell, value) for value in values))
    return belongs.astype("boolean").where(column.notna(), pd.NA)


def _same(cell: Any, value: Any) -> bool:
    if isinstance(value, str):
        return str(cell) == value
    return not isinstance(cell, str) and bool(cell == value)
