"""Parquet files, opened with whatever is wrong in them told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ioecon.errors import ReadError

__all__ = ["open_parquet"]


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """Open file of pyarrow, also while it is read.

    Raises
    ------
    ReadError
        If pyarrow is not installed, or the file is damaged.
    """
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
