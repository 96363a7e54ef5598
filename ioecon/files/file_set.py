"""The files of one table: one file, a folder, a zip, or some members of either.

Large members are streamed: a whole one is never held unless :meth:`FileSet.read` asks for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ioecon.errors import ReadError
from ioecon.files.archives import Archive
from ioecon.files.folders import list_folder
from ioecon.progress import is_watched, watch_stream

__all__ = ["FileSet", "find_files"]

_DEEPEST = 4  # levels of folders that are looked into
_MOST = 10_000  # files that a folder of one table may hold


@dataclass(frozen=True)
class FileSet:
    """Files of one table, read where they lie.

    Parameters
    ----------
    path : Path
        A file, a folder or a zip.
    names : tuple of str
        Names of the files, relative to a folder or as a zip has them; a single file's own name.
    nested : str, optional
        Member of the zip that is itself a zip, in which the names are.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "Z.txt").write_text("1 2")
    ...     files = FileSet.of(Path(folder))
    ...     files.names, files.read("Z.txt")
    (('Z.txt',), b'1 2')
    """

    path: Path
    names: tuple[str, ...]
    nested: str | None = None

    @classmethod
    def of(cls, path: Path, nested: str | None = None) -> FileSet:
        """All files of a folder (also in folders within) or a zip, or the file itself.

        Raises
        ------
        ReadError
            If the path does not exist, cannot be listed, or holds too many files.
        """
        if path.is_dir():
            return cls(path, tuple(_list_folder(path)))
        if not path.exists():
            raise ReadError(f"There is no file or folder {path}.")
        if path.suffix.lower() == ".zip":
            files = cls(path, (), nested)
            with files._open_archive() as archive:
                return replace(files, names=tuple(archive.names))
        return cls(path, (path.name,))

    @property
    def name(self) -> str:
        """Name for messages and for the table's source."""
        if len(self.names) == 1 and self.names[0] != self.path.name:
            return f"{self.path.name}/{PurePosixPath(self.names[0]).name}"
        return self.path.name

    def only(self, names: Iterable[str]) -> FileSet:
        """Return the set with some of its files."""
        return replace(self, names=tuple(names))

    def find(self, pattern: str | re.Pattern[str]) -> list[str]:
        """Names whose last part matches a pattern as a whole, letters' case aside."""
        compiled = re.compile(pattern, re.IGNORECASE) if isinstance(pattern, str) else pattern
        return [name for name in self.names if compiled.fullmatch(PurePosixPath(name).name)]

    def size(self, name: str) -> int:
        """Bytes of a file, unpacked."""
        if self._is_zip:
            with self._open_archive() as archive:
                return archive.size(name)
        return self._place(name).stat().st_size

    def told_checksum(self, name: str) -> int | None:
        """CRC-32 that a zip tells of a file; None of a file that lies unpacked."""
        if not self._is_zip:
            return None
        with self._open_archive() as archive:
            return archive.checksum(name)

    def read(self, name: str) -> bytes:
        """Content of a file; errors as of :meth:`open`."""
        with self.open(name) as stream:
            return stream.read()

    @property
    def single(self) -> str:
        """Name of the one file that there is.

        Raises
        ------
        ReadError
            If there are several.
        """
        if len(self.names) != 1:
            raise ReadError(f"{self.path} holds {len(self.names)} files: name one of them.")
        return self.names[0]

    def content(self, name: str) -> bytes | Path:
        """Content of a file in a zip; of any other its place, so that it need not be held."""
        return self.read(name) if self._is_zip else self._place(name)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Stream of the bytes of a file, unpacked as it is read; its checksum is tested at the end.

        Raises
        ------
        ReadError
            If it is missing, cannot be read, or is damaged; also while it is read.
        """
        try:
            if self._is_zip:
                with self._open_archive() as archive, archive.open(name) as packed:
                    yield self._watch(packed, name)
            else:
                with self._place(name).open("rb") as stream:
                    yield self._watch(stream, name)
        except FileNotFoundError as error:
            raise ReadError(f"{self.path} holds no {name}.") from error
        except KeyError as error:
            raise ReadError(f"{self.path} holds no {name} any more.") from error
        except OSError as error:
            raise ReadError(f"{self.path} cannot be read: {error.strerror or error}.") from error

    def sha256(self) -> str:
        """SHA-256 of the file or zip, or of the one member; of a folder, of names and hashes."""
        digest = hashlib.sha256()
        if self._is_zip and len(self.names) == 1:
            with self._open_archive() as archive:
                for piece in archive.chunks(self.names[0]):
                    digest.update(piece)
            return digest.hexdigest()
        if self.path.is_file():
            return _hash_file(self.path)
        for name in sorted(self.names):
            digest.update(f"{name}\0{_hash_file(self._place(name))}\n".encode())
        return digest.hexdigest()

    @property
    def places(self) -> tuple[Path, ...]:
        """Files on disk whose content decides that of the table."""
        if self.path.is_file():
            return (self.path,)
        return tuple(self._place(name) for name in sorted(self.names))

    @property
    def _is_zip(self) -> bool:
        return self.path.is_file() and self.names != (self.path.name,)

    def _place(self, name: str) -> Path:
        return self.path if self.path.is_file() else self.path / name

    def _watch(self, stream: BinaryIO, name: str) -> BinaryIO:
        if not is_watched():
            return stream
        return watch_stream(stream, PurePosixPath(name).name, self.size(name))

    @contextmanager
    def _open_archive(self) -> Iterator[Archive]:
        try:
            outer = Archive(self.path, self.path.name)
        except OSError as error:
            raise ReadError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        with outer:
            if self.nested is None:
                yield outer
                return
            with Archive(outer.read(self.nested), f"{self.path.name}/{self.nested}") as inner:
                yield inner


def find_files(path: Path, name: re.Pattern[str], bundle: re.Pattern[str]) -> FileSet | None:
    """Files of a name: the path itself, those loose in a folder, or those of the first zip.

    Parameters
    ----------
    path : Path
        A file, a folder or a zip.
    name, bundle : re.Pattern
        Names of the files, and of the zips that are looked into in a folder without any.

    Returns
    -------
    FileSet or None
        None where there is none.
    """
    if path.is_file() and path.suffix.lower() != ".zip":
        return FileSet.of(path) if name.fullmatch(path.name) else None
    places = [path]
    if path.is_dir():
        entries = [entry for entry in list_folder(path) if entry.is_file()]
        loose = tuple(entry.name for entry in entries if name.fullmatch(entry.name))
        if loose:
            return FileSet(path, loose)
        places = [entry for entry in entries if bundle.fullmatch(entry.name)]
    for place in places:
        files = FileSet.of(place)
        found = files.find(name)
        if found:
            return files.only(found)
    return None


def _list_folder(folder: Path) -> list[str]:
    found: list[str] = []
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        for entry in list_folder(place):
            if entry.is_dir():
                if depth < _DEEPEST and not entry.is_symlink():
                    waiting.append((entry, depth + 1))
            elif entry.is_file():
                found.append(entry.relative_to(folder).as_posix())
        if len(found) > _MOST:
            raise ReadError(f"{folder} holds more than {_MOST:,} files, which no table does.")
    return sorted(found)


def _hash_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise ReadError(f"There is no file {path}.") from error
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}.") from error
