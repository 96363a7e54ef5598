"""Where values come from: name, SHA-256 and format of the file that was read."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Source", "source_of_bytes", "source_of_file"]


@dataclass(frozen=True)
class Source:
    """Where a table came from.

    Parameters
    ----------
    path : str
        Name of the file, without its folder.
    sha256 : str
        SHA-256 of the file's bytes, in hexadecimal.
    format : str
        Name of the reader.
    """

    path: str
    sha256: str
    format: str

    def as_plain(self) -> dict[str, str]:
        """Return the source as plain strings, fit for ``Series.attrs`` and JSON."""
        return {name: str(value) for name, value in asdict(self).items()}


def source_of_bytes(data: bytes, name: str, form: str) -> Source:
    """Make the source of a file whose bytes are at hand.

    Examples
    --------
    >>> source_of_bytes(b"", "empty.csv", "csv").sha256[:8]
    'e3b0c442'
    """
    return Source(name, hashlib.sha256(data).hexdigest(), form)


def source_of_file(path: Path, form: str) -> Source:
    """Make the source of a file on disk, which is read for its hash."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Source(path.name, digest, form)
