"""Pictures of earlier runs, kept in the user's cache folder and found by what they are drawn from.

A picture is found again only if everything it depends on is the same: the values that are painted,
the code of ioecon, regressions and diagnostics, the versions of the libraries that draw, and
matplotlib's settings. Pictures with signs from other fonts are not kept: fonts come and go. A file
that is damaged is drawn anew; the oldest go when there are too many.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib as mpl

from ioecon.cache_folder import PICTURES, cache_folder
from ioecon.study.fingerprint import UnknownValueError, code_fingerprint, fingerprint

__all__ = ["find_pictures", "keep_pictures", "picture_key"]

_LIBRARIES = ("matplotlib", "numpy", "pandas", "pillow", "fonttools")
_MOST_BYTES = 64_000_000
_HEAD = 4096  # bytes that a first line may have


def picture_key(paint: Callable[..., Any], *settings: Any) -> str | None:
    """Key of what a function draws under settings, or None where that cannot be told.

    Examples
    --------
    >>> picture_key(len) is None  # a function without source
    True
    """
    try:
        drawn = fingerprint(paint, settings, repr(sorted(mpl.rcParams.items())))
    except (UnknownValueError, RecursionError):
        return None
    libraries = [version(name) for name in _LIBRARIES]
    return fingerprint(drawn, code_fingerprint(), libraries, platform.python_version())


def find_pictures(key: str) -> list[bytes] | None:
    """Files kept under a key; None if there are none that are whole."""
    place = _place_of(key)
    try:
        with place.open("rb") as file:
            head = json.loads(file.readline(_HEAD))
            content = file.read(_MOST_BYTES)
        sizes = [int(size) for size in head["sizes"]]
        sound = head["key"] == key and head["sha256"] == hashlib.sha256(content).hexdigest()
        if not sound or min(sizes) < 0 or sum(sizes) != len(content):
            return None
        os.utime(place)  # the ones that are used stay
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [content[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def keep_pictures(key: str, files: Sequence[bytes]) -> None:
    """Keep files under a key; a cache that cannot be written is no reason to fail."""
    content = b"".join(files)
    if len(content) > _MOST_BYTES:
        return
    digest = hashlib.sha256(content).hexdigest()
    head = {"key": key, "sha256": digest, "sizes": [len(file) for file in files]}
    place = _place_of(key)
    new = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(json.dumps(head).encode("ascii") + b"\n" + content)
        os.replace(new, place)
        _drop_oldest(place.parent)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _place_of(key: str) -> Path:
    return cache_folder() / PICTURES / key


def _drop_oldest(folder: Path) -> None:
    found = []
    for path in folder.iterdir():
        with suppress(OSError):  # another process was faster
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    left = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if left <= _MOST_BYTES:
            return
        with suppress(OSError):
            path.unlink()
        left -= size
