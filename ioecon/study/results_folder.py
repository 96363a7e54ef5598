"""The results folder: it appears when it is complete, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ioecon.errors import IoeconError, OutputError
from ioecon.whole_folder import is_of_writing, whole_folder

__all__ = ["MANIFEST", "results_folder"]

MANIFEST = "manifest.json"


@contextmanager
def results_folder(out: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Folder to write results into; it takes its place when the block ends without an error.

    The folder is made beside ``out`` at once, so that a place that cannot be written to is known
    before the computation begins. If the block fails or the process is told to end, nothing is
    left of it, and a folder that was there stays as it was; see :mod:`ioecon.whole_folder`.

    Parameters
    ----------
    out : Path
        Where the results go.
    overwrite : bool
        Whether results that are already there may be replaced. Only an empty folder, or one
        that holds nothing but the files of its manifest, is ever replaced.

    Yields
    ------
    Path
        An empty folder.

    Raises
    ------
    OutputError
        If ``out`` is there and may not be replaced, or cannot be written.
    """
    out = _resolve_place(out)
    work: Path | None = None
    try:
        with whole_folder(out, lambda: _require_free(out, overwrite)) as folder:
            work = folder.parent
            yield folder
    except OSError as error:
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        ours = work is None or any(Path(name).is_relative_to(work) for name in names)
        if isinstance(error, IoeconError) or not (ours or is_of_writing(error)):
            raise
        raise OutputError(
            f"{out} cannot be written ({error.strerror or error}); name another folder with --out."
        ) from error


def _resolve_place(out: Path) -> Path:
    try:
        return out.expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{out} is no place for results: {error}.") from error


def _require_free(out: Path, overwrite: bool) -> None:
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise OutputError(f"{out} is a file; name a folder for the results with --out.")
    if not overwrite:
        raise OutputError(
            f"{out} is already there; replace it with --overwrite, or name another folder with "
            "--out."
        )
    here = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
    strangers = sorted(here - _files_of_results(out))
    if strangers:
        raise OutputError(
            f"{out} holds files that are not results of ioecon, the first {strangers[0]!r}, and "
            "is not replaced; move them, or name another folder with --out."
        )


def _files_of_results(out: Path) -> set[str]:
    """Files that the manifest lists, and the manifest; none without one."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        return {MANIFEST, *manifest["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
