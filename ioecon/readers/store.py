"""ioecon's own lossless store: a folder with the arrays and a JSON file that describes them.

A table is a folder with ``arrays.npz`` (never pickled) and ``table.json`` (labels, unit, origin,
the SHA-256 of ``arrays.npz`` and of its own text). A series is a folder with one such folder per
year. Folders appear only when complete; what is read back is identical to the last bit.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ioecon.errors import OutputError, ReadError, TableError
from ioecon.readers.sources import PathLike
from ioecon.table import IOTable, Source

__all__ = [
    "find_stored",
    "is_series_store",
    "is_table_store",
    "read_stored",
    "write_series",
    "write_table",
]

_VERSION = 1
_KIND = "ioecon table"
_ARRAYS = "arrays.npz"
_HEADER = "table.json"
_SERIES = "series.json"
_ARRAY_FIELDS = ("Z", "Y", "printed_output", "primary_inputs", "exports", "imports")
_LABEL_FIELDS = ("countries", "sectors", "categories", "primary_labels", "export_labels")
_PLAIN_FIELDS = ("year", "unit", "currency", "price_basis", "output")


def write_table(table: IOTable, folder: PathLike, *, overwrite: bool = False) -> Path:
    """Write a table to a folder; nothing is left behind when it fails.

    Parameters
    ----------
    table : IOTable
        Table to write.
    folder : path
        Folder to make. It appears only when it is complete.
    overwrite : bool
        Whether a table or series that is there may be replaced. Other folders never are.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OutputError
        If the folder exists (and is not to be replaced) or cannot be written.
    """
    with _new_folder(Path(folder), overwrite) as new:
        _write_table_files(table, new)
    return Path(folder)


def write_series(
    series: Mapping[int, IOTable], folder: PathLike, *, overwrite: bool = False
) -> Path:
    """Write the tables of a series to a folder, each in a folder named by its year.

    Parameters
    ----------
    series : IOSeries, or mapping of int to IOTable
        Tables by year.
    folder : path
        Folder to make. It appears only when it is complete.
    overwrite : bool
        Whether a table or series that is there may be replaced. Other folders never are.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OutputError
        If the folder exists (and is not to be replaced) or cannot be written.
    TableError
        If a table is of another year than the one it is given for.
    """
    with _new_folder(Path(folder), overwrite) as new:
        for year in series:
            if series[year].year != year:
                raise TableError(f"The table given for {year} is of {series[year].year}.")
            (new / str(year)).mkdir()
            _write_table_files(series[year], new / str(year))
        years = sorted(int(year) for year in series)
        text = json.dumps({"kind": "ioecon series", "version": _VERSION, "years": years})
        (new / _SERIES).write_text(text + "\n", encoding="utf-8")
    return Path(folder)


@contextmanager
def _new_folder(folder: Path, overwrite: bool) -> Iterator[Path]:
    """Temporary neighbour of ``folder`` that takes its place when the block succeeds."""
    if folder.exists() or folder.is_symlink():
        if not overwrite:
            raise OutputError(f"{folder} exists; pass overwrite=True to replace it.")
        replaceable = is_table_store(folder) or is_series_store(folder)
        if not replaceable and not (folder.is_dir() and not any(folder.iterdir())):
            raise OutputError(f"{folder} is not a folder that ioecon wrote; choose another.")
    mark = uuid.uuid4().hex
    new = folder.parent / f".{folder.name}.{mark}.new"
    try:
        new.mkdir(parents=True)
        yield new
        _move_into_place(new, folder, folder.parent / f".{folder.name}.{mark}.old")
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _move_into_place(new: Path, folder: Path, aside: Path) -> None:
    if not folder.exists():
        os.rename(new, folder)
        return
    os.rename(folder, aside)
    try:
        os.rename(new, folder)
    except OSError:
        os.rename(aside, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write_table_files(table: IOTable, folder: Path) -> None:
    arrays = {name: value for name in _ARRAY_FIELDS if (value := getattr(table, name)) is not None}
    with open(folder / _ARRAYS, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    with open(folder / _ARRAYS, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    source = table.source
    header: dict[str, Any] = {"kind": _KIND, "version": _VERSION}
    header |= {name: getattr(table, name) for name in _PLAIN_FIELDS}
    header |= {name: list(getattr(table, name)) for name in _LABEL_FIELDS}
    header["sector_names"] = None if table.sector_names is None else list(table.sector_names)
    header["source"] = (
        None
        if source is None
        else {"path": source.path, "sha256": source.sha256, "format": source.format}
    )
    header["arrays_sha256"] = digest
    header["header_sha256"] = _digest(header)
    text = json.dumps(header, indent=1, ensure_ascii=False)
    (folder / _HEADER).write_text(text + "\n", encoding="utf-8")


def _digest(header: Mapping[str, Any]) -> str:
    body = {name: value for name, value in header.items() if name != "header_sha256"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_stored(folder: PathLike, *, output: str | None = None) -> IOTable:
    """Table of a folder that ``write_table`` wrote, identical to the last bit.

    Parameters
    ----------
    folder : path
        The folder.
    output : {"row_sums", "printed"}, optional
        Which output the table takes; by default the one it had when it was written.

    Raises
    ------
    ReadError
        If the folder is not such a table, is incomplete, or was changed after it was written.
    """
    place = Path(folder)
    header = _header(place)
    try:
        data = (place / _ARRAYS).read_bytes()
    except OSError as error:
        raise ReadError(f"{place} is incomplete: {_ARRAYS} cannot be read ({error}).") from error
    if hashlib.sha256(data).hexdigest() != header["arrays_sha256"]:
        raise ReadError(
            f"{place / _ARRAYS} is truncated or was changed after it was written (its SHA-256 is "
            "not the recorded one); write the table again from its source."
        )
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files if name in _ARRAY_FIELDS}
        for array in arrays.values():
            while array is not None:  # numpy reads into a buffer and returns a view of it
                array.setflags(write=False)
                array = array.base
        source = header["source"]
        return IOTable(
            **arrays,
            **{name: header[name] for name in (*_PLAIN_FIELDS, *_LABEL_FIELDS)}
            | ({} if output is None else {"output": output}),
            sector_names=header["sector_names"],
            source=None if source is None else Source(**source),
        )
    except TableError:
        raise
    except (KeyError, TypeError, ValueError, EOFError) as error:
        raise ReadError(f"{place} is not a complete ioecon table: {error}.") from error


def _header(place: Path) -> dict[str, Any]:
    try:
        header = json.loads((place / _HEADER).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ReadError(f"{place} is not an ioecon table: it has no {_HEADER}.") from error
    except (OSError, ValueError) as error:
        raise ReadError(f"{place / _HEADER} cannot be read ({error}).") from error
    if not isinstance(header, dict) or header.get("kind") != _KIND:
        raise ReadError(f"{place / _HEADER} does not describe an ioecon table.")
    if header.get("version") != _VERSION:
        raise ReadError(
            f"{place} is of store version {header.get('version')}; this ioecon reads version "
            f"{_VERSION}."
        )
    if header.get("header_sha256") != _digest(header):
        raise ReadError(
            f"{place / _HEADER} was changed after it was written; write the table again."
        )
    return header


def is_table_store(folder: Path) -> bool:
    """Whether a folder looks like a stored table."""
    return (folder / _HEADER).is_file()


def is_series_store(folder: Path) -> bool:
    """Whether a folder looks like a stored series."""
    return (folder / _SERIES).is_file()


def find_stored(
    path: PathLike | Mapping[int, PathLike], *, output: str | None = None
) -> dict[int, Callable[[], IOTable]]:
    """Readers of the stored tables that ``path`` offers, by year.

    Parameters
    ----------
    path : path, or mapping of int to path
        A stored series, a stored table, or a stored table for every year.
    output : {"row_sums", "printed"}, optional
        Which output the tables take; by default the one they had when they were written.

    Raises
    ------
    ReadError
        If the path holds neither.
    """
    if isinstance(path, Mapping):
        folders = {int(year): Path(folder) for year, folder in path.items()}
    else:
        place = Path(path)
        if is_table_store(place):
            folders = {int(_header(place)["year"]): place}
        elif place.is_dir():
            folders = {
                int(entry.name): entry
                for entry in sorted(place.iterdir())
                if entry.name.isdecimal() and is_table_store(entry)
            }
        else:
            raise ReadError(f"There is no folder {place}.")
    return {year: partial(read_stored, folder, output=output) for year, folder in folders.items()}
