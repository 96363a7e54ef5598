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
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ioecon.errors import IoeconWarning, OutputError, ReadError, TableError
from ioecon.files.file_set import FileSet
from ioecon.files.source_file import SourceFile
from ioecon.source import Source
from ioecon.store.folders import new_store, read_stored, table_header, write_table_files
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user
from ioecon.whole_folder import sweep

if TYPE_CHECKING:
    from ioecon.readers.options import ReadOptions
    from ioecon.readers.registry import FileFormat

__all__ = ["cache_folder", "clear_cache", "load"]

_KEY = "entry"  # file that says which entry a folder is, and of which table
_SETTLED_NS = 2_000_000_000  # a file changed less than this long ago may change again unnoticed


def cache_folder() -> Path:
    """Folder of the cache: ``IOECON_CACHE_DIR``, or the user's cache folder of the system."""
    named = os.environ.get("IOECON_CACHE_DIR")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("ioecon", appauthor=False)


def clear_cache() -> int:
    """Delete all cached tables and return how many there were; sources are never touched."""
    tables = cache_folder() / "tables"
    count = sum(1 for entry in tables.iterdir() if entry.is_dir()) if tables.is_dir() else 0
    for part in ("tables", "hashes"):
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
        latest = max(max(file["mtime_ns"], file["ctime_ns"]) for file in before["files"])
        if time.time_ns() - latest > _SETTLED_NS:
            content: dict[str, object] = {**before, "sha256": digest}
            _write_note(_place_of_note(source), content | {"check": _checksum(content)})
    return data, digest


def _recall_hash(source: SourceFile | FileSet) -> str | None:
    """SHA-256 noted for files that have not been touched since."""
    identity = _identify_files(source)
    if identity is None:
        return None
    try:
        note = json.loads(_place_of_note(source).read_text(encoding="utf-8"))
        if note.pop("check") != _checksum(note):
            return None
        digest = note.pop("sha256")
    except (OSError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None
    return digest if note == identity and isinstance(digest, str) else None


def _checksum(note: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(note, sort_keys=True).encode()).hexdigest()


def _identify_files(source: SourceFile | FileSet) -> dict[str, list[dict[str, int]]] | None:
    places = source.places if isinstance(source, FileSet) else (source.path,)
    try:
        found = [place.stat() for place in places]
    except OSError:
        return None
    return {
        "files": [
            {
                "size": status.st_size,
                "mtime_ns": status.st_mtime_ns,
                "ctime_ns": status.st_ctime_ns,
                "inode": status.st_ino,
            }
            for status in found
        ]
    }


def _place_of_note(source: SourceFile | FileSet) -> Path:
    if isinstance(source, FileSet):
        member = "\0".join(("files", source.nested or "", *source.names))
    else:
        member = source.member or ""
    place = f"{source.path.resolve()}\0{member}"
    return cache_folder() / "hashes" / f"{hashlib.sha256(place.encode()).hexdigest()}.json"


def _write_note(note: Path, content: dict[str, object]) -> None:
    temporary = note.with_name(f".{uuid.uuid4().hex}.new")
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content), encoding="utf-8")
        os.replace(temporary, note)
    except OSError:  # only a shortcut is lost
        with suppress(OSError):
            temporary.unlink()
