"""Zip archives and compressed files from anywhere, unpacked in memory and only after a check.

A zip lists its members at its end, repeats each name before its content, and keeps a checksum of
each. All of it must agree, and what is unpacked is bounded by the size of the file. Nothing is
ever written to disk, so the path of a member is only a name.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from ioecon.errors import ReadError
from ioecon.files.web_page import BEGINNING, require_content

__all__ = ["Archive", "decompress", "reason_of"]

_LARGEST = 2**35  # bytes that a file may unpack to; a year of GLORIA takes a sixth of it
_ALWAYS = 2**26  # bytes that any file may unpack to
_RATIO = 200  # times its size that a larger file may unpack to; sheets of numbers reach 30
_CHUNK = 2**20
_END_SIGN = b"PK\x05\x06"
_END = struct.Struct("<4s4H2LH")  # the record that closes a zip
_IN_ZIP64 = 0xFFFF
_STREAMS: dict[bytes, Any] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}


class Archive:
    """A zip whose list of members agrees with the members.

    Parameters
    ----------
    source : bytes or Path
        The archive.
    file : str
        Its name, for messages.
    what : str
        What a file of its kind is called.

    Raises
    ------
    ReadError
        If it is damaged, needs a password, holds a name twice or unpacks to too much.
    """

    def __init__(self, source: bytes | Path, file: str, what: str = "zip archive") -> None:
        self.file, self._what = file, what
        stream = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        try:
            require_content(stream.read(BEGINNING), file)
            self._zip = zipfile.ZipFile(stream)
            self._members = {info.filename: info for info in self._zip.infolist()}
            self._check(stream)
        except ReadError:
            stream.close()
            raise
        except Exception as error:  # headers of garbage fail anywhere in zipfile
            stream.close()
            raise self._damage_error(error) from error
        self._stream = stream

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._stream.close()

    @property
    def names(self) -> list[str]:
        """Paths of all members that are files."""
        return [name for name, info in self._members.items() if not info.is_dir()]

    def size(self, name: str) -> int:
        """Bytes that a member says it unpacks to; more are never unpacked."""
        return self._members[name].file_size

    def checksum(self, name: str) -> int:
        """CRC-32 that the archive says a member has, unpacked; it is tested on reading."""
        return self._members[name].CRC

    def chunks(self, name: str) -> Iterator[bytes]:
        """Content of a member piece by piece; its checksum is tested before the last is done.

        Raises
        ------
        ReadError
            If the member is damaged.
        """
        try:
            with self._zip.open(self._members[name]) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except Exception as error:  # zlib.error, EOFError, BadZipFile and more have no common kind
            raise self._damage_error(error, name) from error

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Stream of a member; its checksum is tested when the last of it is read.

        Raises
        ------
        ReadError
            If the member is damaged, when it is opened or while it is read.
        """
        try:
            packed = self._zip.open(self._members[name])
        except Exception as error:
            raise self._damage_error(error, name) from error
        with packed:
            stream = _Unpacked(packed, lambda error: self._damage_error(error, name))
            yield io.BufferedReader(stream, _CHUNK)

    def read(self, name: str) -> bytes:
        """Content of a member; errors as in ``chunks``."""
        return b"".join(self.chunks(name))

    def _check(self, stream: io.BufferedIOBase) -> None:
        infos = self._zip.infolist()
        twice = [n for n, count in Counter(info.filename for info in infos).items() if count > 1]
        if twice:
            raise ReadError(f"{self.file} holds {twice[0]!r} more than once.")
        locked = [info.filename for info in infos if info.flag_bits & 1]
        if locked:
            raise ReadError(
                f"{self.file} is protected by a password ({locked[0]}); save it without one."
            )
        size = stream.seek(0, io.SEEK_END)
        largest = max((info.file_size for info in infos), default=0)
        unpacked = sum(info.file_size for info in infos)
        if largest > _LARGEST or unpacked > _largest_size(size):
            raise _bomb_error(self.file, unpacked, size)
        counted = self._count_at_the_end(stream, size)
        if counted not in (None, len(infos)):
            raise ReadError(
                f"{self.file} is not a complete {self._what} (it should hold {counted} files and "
                f"lists {len(infos)}); download it again."
            )
        for info in infos:
            if stat.S_ISLNK(info.external_attr >> 16):
                raise ReadError(
                    f"{self.file} holds the link {info.filename!r} instead of a file; pack the "
                    "file itself."
                )
            self._zip.open(info).close()  # compares the name in the list with that at the member

    @staticmethod
    def _count_at_the_end(stream: io.BufferedIOBase, size: int) -> int | None:
        """Return the number of members that the last record tells; None in the zip64 form."""
        stream.seek(max(0, size - _IN_ZIP64 - _END.size))
        tail = stream.read()
        at = tail.rfind(_END_SIGN)
        if at < 0 or len(tail) < at + _END.size:
            return None
        count = _END.unpack_from(tail, at)[4]
        return None if count == _IN_ZIP64 else int(count)

    def _damage_error(self, error: Exception, name: str | None = None) -> ReadError:
        where = f"{name}: " if name and name not in str(error) else ""
        return ReadError(
            f"{self.file} is not a complete {self._what} ({where}{reason_of(error)}); download it "
            "again."
        )


class _Unpacked(io.RawIOBase):
    """Stream of a member whose damage is told as that of its archive."""

    def __init__(self, packed: IO[bytes], explain: Callable[[Exception], ReadError]) -> None:
        super().__init__()
        self._packed, self._explain = packed, explain

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._packed.read(len(buffer))
        except Exception as error:  # zlib.error, EOFError, BadZipFile and more have no common kind
            raise self._explain(error) from error
        buffer[: len(piece)] = piece
        return len(piece)


def reason_of(error: BaseException) -> str:
    """Words of an error of a library, in one line, with its kind when it has none."""
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _largest_size(size: int) -> int:
    return max(_ALWAYS, _RATIO * size)


def _bomb_error(file: str, unpacked: int, size: int) -> ReadError:
    return ReadError(
        f"{file} would unpack to {unpacked / 2**20:,.0f} MB or more from {size / 2**20:,.1f} MB, "
        "which no table does; it is refused."
    )


def decompress(data: bytes, file: str, what: str = "compressed file") -> bytes:
    """Content of a gzip, bzip2 or xz stream; other bytes as they are.

    Raises
    ------
    ReadError
        If the stream is damaged, or unpacks to too much.

    Examples
    --------
    >>> decompress(gzip.compress(b"table"), "table.gz"), decompress(b"table", "table")
    (b'table', b'table')
    """
    start = next((start for sign, start in _STREAMS.items() if data.startswith(sign)), None)
    if start is None:
        return data
    bound = min(_LARGEST, _largest_size(len(data)))
    try:
        with start(io.BytesIO(data)) as stream:
            content = stream.read(bound + 1)
    except Exception as error:  # zlib.error, EOFError, BadGzipFile, LZMAError
        raise ReadError(
            f"{file} is not a complete {what} ({reason_of(error)}); download it again."
        ) from error
    if len(content) > bound:
        raise _bomb_error(file, bound, len(data))
    return content
