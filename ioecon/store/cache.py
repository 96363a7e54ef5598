"""Tables that were parsed before, kept in the user's cache folder as ioecon stores.

An entry is found by what determines it: the SHA-256 of the source file (and its name, in formats
where that tells more than the year), the format, the version of its reader and the options. A
damaged entry is never used: it is dropped with a warning and the source is read again. Entries
appear by renaming, so several processes can share the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ioecon.cache_folder import PICTURES, STEPS, cache_folder
from ioecon.errors import IoeconWarning, OutputError, ReadError, TableError
from ioecon.files.file_set import FileSet
from ioecon.files.source_file import SourceFile
from ioecon.source import Source
from ioecon.store.folders import VERSION, new_store, read_stored, table_header, write_table_files
from ioecon.store.known_hashes import (
    HASHES,
    Identity,
    identify,
    note_hash,
    recall_hash,
)
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user
from ioecon.whole_folder import sweep

if TYPE_CHECKING:
    from ioecon.readers.options import ReadOptions
    from ioecon.readers.registry import FileFormat

__all__ = ["cache_folder", "clear_cache", "load"]

_KEY = "entry"  # file that says which entry a folder is, and of which table


def clear_cache() -> int:
    """Delete all cached tables and return how many there were; sources are never touched.

    Hashes of files, and steps and figures of studies, go with them.
    """
    tables = cache_folder() / "tables"
    count = sum(1 for entry in tables.iterdir() if entry.is_dir()) if tables.is_dir() else 0
    for part in ("tables", HASHES, PICTURES, STEPS):
        shutil.rmtree(cache_folder() / part, ignore_errors=True)
    return count


def load(
    source: SourceFile | FileSet,
    form: FileFormat,
    year: int | None,
    *,
    options: ReadOptions,
    cache: bool,
) -> IOTable:
    """Table of a source file, from the cache when it was parsed before.

    Parameters
    ----------
    source : SourceFile or FileSet
        File, or files, with the table.
    form : FileFormat
        Its format.
    year : int or None
        Year it should be of.
    options : ReadOptions
        How its cells are read.
    cache : bool
        Whether to look in the cache and to add to it.

    Returns
    -------
    IOTable
        With output as row sums.

    Raises
    ------
    ReadError
        If the file cannot be read as this format.
    """
    content: bytes | None = None
    digest = _recall_hash(source) if cache else None
    if digest is None:
        content, digest = _read_and_hash(source, remember=cache)
    if not cache:
        return _parse(content, digest, source, form, year, options)
    table = _read_cached(_place_of_entry(source, digest, form, year, options))
    if table is not None:
        return table.replace(source=Source(source.name, digest, form.name))
    if content is None and isinstance(source, SourceFile):
        content, digest = _read_and_hash(source, remember=True)
    table = _parse(content, digest, source, form, year, options)
    _keep_entry(
        table, _place_of_entry(source, digest, form, year, options)
    )  # the file may have changed meanwhile
    return table


def _parse(
    data: bytes | None,
    digest: str,
    source: SourceFile | FileSet,
    form: FileFormat,
    year: int | None,
    options: ReadOptions,
) -> IOTable:
    """Table of a file's bytes, or of files that are read as they are parsed."""
    before = _identify_files(source)
    try:
        if isinstance(source, FileSet):
            assert form.parse_files is not None
            table = form.parse_files(source, year, options)
        else:
            assert form.parse is not None
            assert data is not None
            table = form.parse(data, source.name, year, options)
    except TableError as error:
        raise ReadError(f"{source.name}: {error}") from error
    if data is None and _identify_files(source) != before:
        raise ReadError(f"{source.name} was changed while it was read; read it again.")
    if options.dtype == "float32" and table.Z.dtype != np.float32:
        table = table.replace(Z=table.Z.astype(np.float32), Y=table.Y.astype(np.float32))
    return table.replace(source=Source(source.name, digest, form.name))


def _place_of_entry(
    source: SourceFile | FileSet,
    digest: str,
    form: FileFormat,
    year: int | None,
    options: ReadOptions,
) -> Path:
    told = {
        **({"name": source.name} if form.name_tells else {}),
        "source": digest,
        "format": form.name,
        "reader": form.version,
        "store": VERSION,
        "year": year,
        **options.as_plain(),
    }
    key = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return cache_folder() / "tables" / key


def _read_cached(entry: Path) -> IOTable | None:
    if not entry.is_dir():
        return None
    try:
        name = (entry / _KEY).read_text(encoding="ascii")
        if name != f"{entry.name} {table_header(entry)['header_sha256']}":
            raise ReadError(f"{entry} holds another table than was kept there.")
        return read_stored(entry)
    except (ReadError, TableError, OSError, ValueError, MemoryError) as error:
        warn_user(
            f"A cached table is damaged and is read again from its source ({error})",
            IoeconWarning,
        )
        _drop_entry(entry)
        return None


def _drop_entry(entry: Path) -> None:
    aside = entry.parent / f".{entry.name}.{uuid.uuid4().hex}.old"
    try:
        os.rename(entry, aside)
    except OSError:
        return  # another process was faster
    shutil.rmtree(aside, ignore_errors=True)


def _keep_entry(table: IOTable, entry: Path) -> None:
    """Add a table to the cache; a cache that cannot be written is no reason to fail."""
    try:
        _sweep_folder(entry.parent)
        with new_store(entry) as new:
            digest = write_table_files(table, new)
            (new / _KEY).write_text(f"{entry.name} {digest}", encoding="ascii")
    except OutputError as error:
        if not entry.is_dir():  # otherwise another process was faster
            warn_user(
                f"The table was read but not cached: {error} Set IOECON_CACHE_DIR to a folder "
                "that can be written, or pass cache=False.",
                IoeconWarning,
            )


def _sweep_folder(folder: Path) -> None:
    """Remove what processes that died left behind, damaged entries more than a day ago."""
    sweep(folder)
    if folder.is_dir():
        for entry in folder.glob(".*.old"):
            try:
                if time.time() - entry.stat().st_mtime > 86_400:
                    shutil.rmtree(entry, ignore_errors=True)
            except OSError:
                continue


def _read_and_hash(source: SourceFile | FileSet, *, remember: bool) -> tuple[bytes | None, str]:
    """Content of a file (not of a set of files) and its SHA-256, noted under what identifies it."""
    before = _identify_files(source)
    if isinstance(source, SourceFile):
        data: bytes | None = source.read()
        digest = hashlib.sha256(data or b"").hexdigest()
    else:
        data, digest = None, source.sha256()
    if remember and before is not None and before == _identify_files(source):
        note_hash(_name_source(source), before, digest)
    return data, digest


def _recall_hash(source: SourceFile | FileSet) -> str | None:
    """SHA-256 noted for files that have not been touched since."""
    identity = _identify_files(source)
    return None if identity is None else recall_hash(_name_source(source), identity)


def _identify_files(source: SourceFile | FileSet) -> Identity | None:
    places = source.places if isinstance(source, FileSet) else (source.path,)
    try:
        return identify([place.stat() for place in places])
    except OSError:
        return None


def _name_source(source: SourceFile | FileSet) -> str:
    if isinstance(source, FileSet):
        member = "\0".join(("files", source.nested or "", *source.names))
    else:
        member = source.member or ""
    return f"{source.path.resolve()}\0{member}"
