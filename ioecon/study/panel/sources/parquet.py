"""Panels in Parquet files, through pyarrow: the extra ``ioecon[parquet]``."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.files.parquet import open_parquet
from ioecon.study.panel.sources.source import (
    FileColumns,
    PanelSource,
    ReadOptions,
    require_columns_once,
    require_few_cells,
    require_readable,
)
from ioecon.study.panel.sources.typed import settle

__all__ = ["PARQUET"]


def _names_of(file: Any, name: str) -> tuple[str, ...]:
    names = tuple(map(str, file.schema_arrow.names))
    require_columns_once(names, name)
    return names


def _names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    require_readable(path)
    with open_parquet(path) as file:
        return _names_of(file, path.name)


def _read(path: Path, options: ReadOptions, wanted: Collection[str] | None) -> FileColumns:
    require_readable(path)
    with open_parquet(path) as file:
        names = [n for n in _names_of(file, path.name) if wanted is None or n in wanted]
        require_few_cells(file.metadata.num_rows, len(names), path.name)
        table = file.read(columns=names)
        table.validate(full=True)  # also that text is UTF-8
        # Without pandas' own notes in the file: an index is a column like the others.
        frame = table.to_pandas(ignore_metadata=True)[names]
        index = pd.Index(range(1, len(frame) + 1), name="row")
        columns = {name: settle(frame[name], path.name).set_axis(index) for name in names}
    return FileColumns(pd.DataFrame(columns, index=index))


PARQUET = PanelSource(title="Parquet", suffixes=(".parquet",), options=(), names=_names, read=_read)
