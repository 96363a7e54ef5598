"""What every kind of study checks: places of files, what is in small ones, units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ioecon.delimited import require_options
from ioecon.errors import IoeconError, ReadError
from ioecon.study.problems import about
from ioecon.study.settings import TextFile

__all__ = ["absent_files", "content_problems", "is_there", "unit_problems"]


def absent_files(settings: Any, key: str = "") -> Iterator[IoeconError]:
    """Files that settings name and that are not there or cannot be opened, key by key."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        name = f"{key}.{field.name}" if key else field.name
        if isinstance(value, Path):
            folder = field.name == "file" and getattr(settings, "may_be_folder", False)
            if field.name != "path" and not (folder and value.is_dir()):
                yield from _find_unusable(value, name)
        elif is_dataclass(value):
            yield from absent_files(value, name)
        elif isinstance(value, tuple):
            for number, item in enumerate(value, start=1):
                if is_dataclass(item):
                    yield from absent_files(item, f"{name}[{number}]")


def _find_unusable(path: Path, key: str) -> Iterator[ReadError]:
    try:
        if not path.exists():
            yield ReadError(f"{key}: there is no file {path}.")
        elif not path.is_file():
            yield ReadError(f"{key}: {path} is no file.")
        else:
            with path.open("rb"):
                pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        yield ReadError(f"{key}: {path} cannot be opened: {reason}.")


def is_there(path: Path | None) -> bool:
    """Whether a path is a file that can be opened."""
    return path is not None and not [*_find_unusable(path, "")]


def content_problems(
    key: str, data: TextFile, file: Path | None, read: Callable[[], Any]
) -> Iterator[IoeconError]:
    """Read a small file, which may not be in the encoding, or hold the numbers, that are wanted.

    Parameters
    ----------
    key : str
        Section of the file, for the message.
    data : TextFile
    file : Path, optional
    read : callable
        Reads it; nothing is asked of a file that is not there.
    """
    try:
        require_options(data.separator, data.decimal, data.encoding)
        if is_there(file):
            read()
    except IoeconError as error:
        yield about(key, error)


def unit_problems(key: str, unit: str | None, read: Callable[[str], Any]) -> Iterator[IoeconError]:
    """Check that a unit can be read."""
    if unit is None:
        return
    try:
        read(unit)
    except IoeconError as error:
        yield about(key, error)
