"""The results folder: it appears when it is complete, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ioecon.errors import OutputError

__all__ = ["MANIFEST", "results_folder"]

MANIFEST = "manifest.json"


@contextmanager
def results_folder(out: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Folder to write results into; it takes its place when the block ends without an error.

    The folder is made beside ``out`` at once, so that a place that cannot be written to is known
    before the computation begins. If the block fails, nothing is left of it, and a folder that
    was there stays as it was.

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
    out = _resolved(out)
    _require_free(out, overwrite)
    made = _make_parents(out)
    moved = False
    try:
        work = _workplace(out)
        try:
            fresh = work / "results"
            fresh.mkdir()
            yield fresh
            _require_free(out, overwrite)  # the computation may have taken long
            _swap(fresh, out, work / "replaced")
            moved = True
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        if not moved:
            for folder in reversed(made):
                folder.rmdir()


def _resolved(out: Path) -> Path:
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


def _make_parents(out: Path) -> list[Path]:
    """Folders above ``out`` that were not there, outermost first."""
    missing = [folder for folder in reversed(out.parents) if not folder.exists()]
    made: list[Path] = []
    try:
        for folder in missing:
            folder.mkdir()
            made.append(folder)
    except OSError as error:
        for folder in reversed(made):
            folder.rmdir()
        raise _not_writable(out, error) from error
    return made


def _workplace(out: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _not_writable(out, error) from error


def _not_writable(out: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{out} cannot be written ({error.strerror or error}); name another folder with --out."
    )


def _swap(fresh: Path, out: Path, aside: Path) -> None:
    """Move the fresh folder to its place; what stood there comes back if that fails."""
    replaced = out.exists()
    try:
        if replaced:
            out.rename(aside)
        try:
            fresh.rename(out)
        except OSError:
            if replaced:
                aside.rename(out)
            raise
    except OSError as error:
        raise _not_writable(out, error) from error
