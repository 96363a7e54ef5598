"""One array in one npy file, mapped into memory if large: what is not used is never read.

Its SHA-256 is recorded where the array is described. A whole file is hashed when it is first read;
after that the hash is believed as long as nothing has touched the file.
"""

from __future__ import annotations

import hashlib
import io
import math
import mmap
import os
import stat
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.store.known_hashes import Identity, identify, note_hash, recall_hash

__all__ = [
    "StoredArray",
    "find_stored_array",
    "hash_as_file",
    "read_array_file",
    "write_array_file",
]

_TYPES = (np.dtype("<f8"), np.dtype("<f4"))
_LONGEST_HEADER = 4096  # bytes; numpy writes 128
_MAPPED = 2**20  # bytes from which a file is mapped: each mapping holds a file open


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash = file, hashlib.sha256()

    def write(self, data: Any, /) -> int:
        self.hash.update(data)
        return self.file.write(data)


@dataclass(frozen=True)
class StoredArray:
    """An array by reference: file, shape and the SHA-256 that was recorded of the file."""

    path: Path
    shape: tuple[int, ...]
    digest: str

    def read(self) -> Array:
        """Read-only array of the file, or ReadError."""
        return read_array_file(self.path, self.shape, self.digest, single=True, remember=True)


#: By the id of each array that was read and still lives, what identified its file then.
_STORED: dict[int, tuple[weakref.ref[Array], Identity, StoredArray]] = {}


def find_stored_array(array: Array) -> StoredArray | None:
    """Tell where an array was read from, if its file has not been touched since."""
    found = _STORED.get(id(array))
    if found is None or found[0]() is not array:
        return None
    _, identity, stored = found
    try:
        return stored if identify([stored.path.stat()]) == identity else None
    except OSError:
        return None


def write_array_file(path: Path, array: Array) -> str:
    """Write an array and return the SHA-256 of the file.

    Parameters
    ----------
    path : Path
    array : ndarray
        Floats.
    """
    with path.open("wb") as file:
        hashing = _Hashing(file)
        np.lib.format.write_array(hashing, array, version=(1, 0), allow_pickle=False)
        return hashing.hash.hexdigest()


def hash_as_file(array: NDArray[Any]) -> str:
    """SHA-256 that the file of an array would have, without writing it."""
    with open(os.devnull, "wb") as nowhere:
        hashing = _Hashing(nowhere)
        np.lib.format.write_array(hashing, array, version=(1, 0), allow_pickle=False)
        return hashing.hash.hexdigest()


def read_array_file(
    path: Path, shape: tuple[int, ...], digest: str, *, single: bool, remember: bool
) -> Array:
    """Read-only array of a file, of the only form in which it is written.

    Parameters
    ----------
    path : Path
    shape : tuple of int
        What the labels call for.
    digest : str
        SHA-256 that was recorded when the file was written.
    single : bool
        Whether it may be in single precision.
    remember : bool
        Whether to believe, and to note, that a file was hashed before.

    Raises
    ------
    ReadError
        If the file is not there, is not such an array, or is not the one that was written.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening another kind may never end
            raise ReadError(f"{path} is not a file.")
        with path.open("rb") as file:
            identity = identify([os.fstat(file.fileno())])
            array = _read_open(file, path, shape, digest, single, remember)
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(
            f"{path.parent} is incomplete: {path.name} cannot be read ({error})."
        ) from error
    key = id(array)
    reference = weakref.ref(array, lambda _: _STORED.pop(key, None))
    _STORED[key] = reference, identity, StoredArray(path.resolve(), shape, digest)
    return array


def _read_open(
    file: io.BufferedReader,
    path: Path,
    shape: tuple[int, ...],
    digest: str,
    single: bool,
    remember: bool,
) -> Array:
    dtype, by_columns, start = _read_npy_header(file, path, shape, single)
    size = start + dtype.itemsize * math.prod(shape)
    if os.fstat(file.fileno()).st_size != size:
        raise ReadError(
            f"{path} is truncated or was changed after it was written (it has more or fewer bytes "
            f"than {math.prod(shape)} numbers take); write the table again from its source."
        )
    file.seek(0)
    content: bytes | mmap.mmap
    if size < _MAPPED:
        content = file.read()
        found = hashlib.sha256(content).hexdigest()
    else:
        found = _hash_once(file, path, digest, remember)
        content = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    if found != digest:
        raise ReadError(
            f"{path} is truncated or was changed after it was written (its SHA-256 is not the "
            "recorded one); write the table again from its source."
        )
    if not math.prod(shape):
        content, start = b"", 0
    array: NDArray[Any] = np.frombuffer(content, dtype, math.prod(shape), start)
    return array.reshape(shape, order="F" if by_columns else "C")


def _hash_once(file: io.BufferedReader, path: Path, digest: str, remember: bool) -> str:
    """SHA-256 of an open file: recalled, or made of all its bytes and noted.

    Only the recorded hash is ever noted, so a note can do no more than spare hashing.
    """
    before = identify([os.fstat(file.fileno())])
    place = f"{path.resolve()}\0array"
    if remember and recall_hash(place, before) == digest:
        return digest
    found = hashlib.file_digest(file, "sha256").hexdigest()
    if remember and found == digest and identify([os.fstat(file.fileno())]) == before:
        note_hash(place, before, digest)
    return found


def _read_npy_header(
    file: IO[bytes], path: Path, shape: tuple[int, ...], single: bool
) -> tuple[np.dtype[Any], bool, int]:
    """Type, order and start of the numbers; nothing else than floats of the shape passes."""
    head = io.BytesIO(file.read(_LONGEST_HEADER))
    try:
        version = np.lib.format.read_magic(head)
        if version != (1, 0):
            raise ValueError(f"it is of numpy's format {version}, not (1, 0)")
        found, by_columns, dtype = np.lib.format.read_array_header_1_0(head)
    except Exception as error:  # a header can be wrong in many ways
        raise ReadError(
            f"{path} is not what ioecon writes ({type(error).__name__}: {error}); write the table "
            "again from its source."
        ) from error
    if found != shape or dtype not in _TYPES[: 2 if single else 1]:
        raise ReadError(
            f"{path} has shape {found} and type {dtype}; the labels call for {shape} and float64."
        )
    return dtype, by_columns, head.tell()
