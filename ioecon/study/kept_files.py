"""Files of earlier runs, kept in a part of the user's cache folder and found by a key.

A file that is damaged is never believed: its SHA-256 stands in its head. Files appear by renaming,
so several processes can share the folder; the oldest go when there are too many.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ioecon.cache_folder import cache_folder

__all__ = ["KeptFiles"]

_HEAD = 65_536  # bytes that a first line may have


@dataclass(frozen=True)
class KeptFiles:
    """One part of the cache folder.

    Parameters
    ----------
    part : str
        Name of its folder.
    most_bytes : int
        That all its files together may have, and that one may have.
    """

    part: str
    most_bytes: int

    def find(self, key: str) -> list[bytes] | None:
        """Files kept under a key; None if there are none that are whole."""
        place = self._place_of(key)
        try:
            with place.open("rb") as file:
                head = json.loads(file.readline(_HEAD))
                content = file.read(self.most_bytes)
            sizes = [int(size) for size in head["sizes"]]
            sound = head["key"] == key and head["sha256"] == hashlib.sha256(content).hexdigest()
            if not sound or min(sizes) < 0 or sum(sizes) != len(content):
                return None
            os.utime(place)  # the ones that are used stay
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
        return [content[end - size : end] for size, end in zip(sizes, ends, strict=True)]

    def keep(self, key: str, files: Sequence[bytes]) -> None:
        """Keep files under a key; a cache that cannot be written is no reason to fail."""
        content = b"".join(files)
        digest = hashlib.sha256(content).hexdigest()
        head = {"key": key, "sha256": digest, "sizes": [len(file) for file in files]}
        line = json.dumps(head).encode("ascii") + b"\n"
        if len(content) > self.most_bytes or len(line) > _HEAD:
            return
        place = self._place_of(key)
        new = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(line + content)
            os.replace(new, place)
            self._drop_oldest(place.parent)
        except OSError:  # only a shortcut is lost
            with suppress(OSError):
                new.unlink()

    def _place_of(self, key: str) -> Path:
        return cache_folder() / self.part / key

    def _drop_oldest(self, folder: Path) -> None:
        found = []
        for path in folder.iterdir():
            with suppress(OSError):  # another process was faster
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        left = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if left <= self.most_bytes:
                return
            with suppress(OSError):
                path.unlink()
            left -= size
