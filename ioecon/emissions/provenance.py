"""Where emissions come from: file name, SHA-256 and format."""

import hashlib
from pathlib import Path

from ioecon.table import Source


def source_of(path: Path, form: str) -> Source:
    """Source of a file, with the hash of its bytes."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Source(path=path.name, sha256=digest, format=form)
