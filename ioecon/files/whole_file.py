"""Files that appear when they are complete, or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ioecon.errors import OutputError

__all__ = ["write_whole"]


def write_whole(files: Mapping[Path, bytes], *, overwrite: bool) -> None:
    """Write files of which each appears only when all are complete.

    Parameters
    ----------
    files : mapping of Path to bytes
        Put in place in this order.
    overwrite : bool
        Whether files that are there may be replaced.

    Raises
    ------
    OutputError
        If one is there already, or cannot be written.
    """
    if not overwrite:
        for path in files:
            _require_new(path)
    fresh = {path: path.with_name(f".{path.name[:60]}.{uuid.uuid4().hex}.new") for path in files}
    path = next(iter(files))
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh[path].write_bytes(data)
        for path, new in fresh.items():
            os.replace(new, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        for new in fresh.values():
            with suppress(OSError):
                new.unlink()


def _require_new(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path} is already there and is not replaced; choose another name.")
