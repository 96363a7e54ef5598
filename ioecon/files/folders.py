"""What lies in a folder."""

from __future__ import annotations

from pathlib import Path

from ioecon.errors import ReadError

__all__ = ["list_folder"]


def list_folder(folder: Path) -> list[Path]:
    """Files and folders in a folder, by name.

    Raises
    ------
    ReadError
        If it cannot be listed.
    """
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise ReadError(f"{folder} cannot be listed: {error.strerror or error}.") from error
