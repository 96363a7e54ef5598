"""Panels in Parquet files, through pyarrow: the extra ``ioecon[parquet]``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.errors import ReadError
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


@contextmanager
def _file(path: Path) -> Iterator[Any]:
    """Open file; whatever goes wrong in a damaged one becomes a sentence."""
    require_readable(path)
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise ReadError(
            f"{path.name} is a Parquet file, and reading it needs pyarrow: "
            "pip install 'ioecon[parquet]'."
        ) from error
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except ReadError:
        raise
    except Exception as error:  # a damaged file can fail anywhere
        words = " ".join(str(error).split())
        raise ReadError(
            f"{path.name} is not a complete Parquet file ({words[:120] or type(error).__name__}); "
            "get it again, or write it anew."
        ) from error


def _names_of(file: Any, name: str) -> tuple[str, ...]:
    names = tuple(map(str, file.schema_arrow.names))
    require_columns_once(names, name)
    return names


def _names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    with _file(path) as file:
        return _names_of(file, path.name)


def _read(path: Path, options: ReadOptions, wanted: Collection[str] | None) -> FileColumns:
    with _file(path) as file:
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
