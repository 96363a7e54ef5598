"""Where tables are written: one check of paths for all formats, before anything is written."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from regressions.tables.errors import TableContentError

_OLD = {".doc": ".docx", ".xls": ".xlsx", ".htm": ".html"}
_WRITERS = {
    ".docx": "to_word", ".xlsx": "to_excel", ".tex": "to_latex", ".html": "to_html",
    ".md": "to_markdown", ".txt": "to_text", ".csv": "to_frame().to_csv", ".doc": "to_word",
    ".xls": "to_excel",
}  # fmt: skip


def checked_target(path: str | PathLike[str], suffix: str) -> Path:
    """Check that a file can be written there.

    Parameters
    ----------
    path : str or path
        A leading ``~`` is the home folder.
    suffix : str
        The suffix that the format has: ``".docx"``.

    Returns
    -------
    Path

    Raises
    ------
    TableContentError
        If `path` is no path, has another suffix, lies in no folder or is a folder.
    """
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
    if found != suffix:
        advice = f"end its name in {suffix}"
        if found in _WRITERS and _OLD.get(found) != suffix:
            advice += f", or use {_WRITERS[found]}() for a {found} file"
        raise TableContentError(f"{str(path)!r} is not the name of a {suffix} file: {advice}.")
    if not folder:
        raise TableContentError(
            f"There is no folder {str(target.parent)!r} to write {target.name!r} into; make it "
            "first."
        )
    return target
