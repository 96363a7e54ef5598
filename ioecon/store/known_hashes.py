"""Hashes of files that were made before, believed as long as nothing has touched the files.

A note in the cache folder says what identified a file (size, times of its content and of its inode,
inode and device) when its SHA-256 was made. A file changed less than two seconds before is not
noted, since it may change again within one tick of its clock.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ioecon.cache_folder import cache_folder

__all__ = ["HASHES", "Identity", "identify", "note_hash", "recall_hash"]

HASHES = "hashes"  # folder of the notes
_SETTLED_NS = 2_000_000_000  # a file changed less than this long ago may change again unnoticed

Identity = dict[str, list[dict[str, int]]]
"""What tells that files are the ones that were hashed."""


def identify(found: Sequence[os.stat_result]) -> Identity:
    """Take from what the system says of files what identifies them."""
    return {
        "files": [
            {
                "size": status.st_size,
                "mtime_ns": status.st_mtime_ns,
                "ctime_ns": status.st_ctime_ns,
                "inode": status.st_ino,
                "device": status.st_dev,
            }
            for status in found
        ]
    }


def recall_hash(place: str, identity: Identity) -> str | None:
    """SHA-256 noted for what stands at a place, if nothing has touched it since.

    Parameters
    ----------
    place : str
        Whole path, and what is meant of the file there.
    identity : dict
        Of the file, or files, now.
    """
    try:
        note = json.loads(_place_of_note(place).read_text(encoding="utf-8"))
        if note.pop("check") != _checksum(note):
            return None
        digest = note.pop("sha256")
    except (OSError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None
    return digest if note == identity and isinstance(digest, str) else None


def note_hash(place: str, identity: Identity, digest: str) -> None:
    """Note a SHA-256, unless the file was changed only just now.

    Parameters
    ----------
    place : str
        As for :func:`recall_hash`.
    identity : dict
        Of the file before it was hashed, and the same after.
    digest : str
    """
    latest = max(max(file["mtime_ns"], file["ctime_ns"]) for file in identity["files"])
    if time.time_ns() - latest > _SETTLED_NS:
        content: dict[str, object] = {**identity, "sha256": digest}
        _write_note(_place_of_note(place), content | {"check": _checksum(content)})


def _checksum(note: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(note, sort_keys=True).encode()).hexdigest()


def _place_of_note(place: str) -> Path:
    return cache_folder() / HASHES / f"{hashlib.sha256(place.encode()).hexdigest()}.json"


def _write_note(note: Path, content: dict[str, object]) -> None:
    temporary = note.with_name(f".{uuid.uuid4().hex}.new")
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content), encoding="utf-8")
        os.replace(temporary, note)
    except OSError:  # only a shortcut is lost
        with suppress(OSError):
            temporary.unlink()
