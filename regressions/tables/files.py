"""Where tables are written: one check of paths for all formats, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from regressions.tables.errors import TableContentError

__all__ = ["checked_target"]

_NEWER = {".doc": ".docx", ".xls": ".xlsx", ".htm": ".html"}
_ELSEWHERE = {".csv": "to_frame().to_csv"}


def checked_target(
    path: str | PathLike[str], suffixes: Sequence[str], methods: Mapping[str, str]
) -> Path:
    """Check that a file can be written there.

    Parameters
    ----------
    path : str or path
        A leading ``~`` is the home folder.
    suffixes : sequence of str
        Those that the file may have: ``[".docx"]``.
    methods : mapping of str to str
        Methods of a table by the suffix of what they write, for advice.

    Returns
    -------
    Path

    Raises
    ------
    TableContentError
        If `path` is no path, has another suffix, lies in no folder or is a folder.
    """
    suffix = suffixes[0]
    if not isinstance(path, str | PathLike):
        raise TableContentError(
            f"The file to write is a path such as 'table{suffix}', not {type(path).__name__}."
        )
    try:
        if "\0" in str(path):
            raise ValueError("it holds the character U+0000")
        target = Path(path).expanduser()
        folder, is_folder = target.parent.is_dir(), target.is_dir()
    except (RuntimeError, ValueError, TypeError) as error:
        raise TableContentError(f"{path!r} is not a path that can be written: {error}.") from error
    if is_folder:
        raise TableContentError(
            f"{str(path)!r} is a folder; name the file in it, such as "
            f"{str(Path(path) / f'table{suffix}')!r}."
        )
    found = target.suffix.lower()
    if found not in suffixes:
        wanted = " or ".join(filter(None, [", ".join(suffixes[:-1]), suffixes[-1]]))
        advice = f"end its name in {wanted}"
        newer = _NEWER.get(found, found)
        writers = {**methods, **_ELSEWHERE}
        if newer in writers and newer not in suffixes:
            advice += f", or use {writers[newer]}() for a {found} file"
        raise TableContentError(f"{str(path)!r} is not the name of a {wanted} file: {advice}.")
    if not folder:
        raise TableContentError(
            f"There is no folder {str(target.parent)!r} to write {target.name!r} into; make it "
            "first."
        )
    return target
