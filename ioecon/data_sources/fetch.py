"""Files into a folder, through pooch: checksums tested, each under its name when it is whole."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ioecon.data_sources.answers import Patience
from ioecon.data_sources.manifest import note_download, read_manifest
from ioecon.data_sources.transfer import WebFile, drop_part, transfer
from ioecon.errors import DownloadError, IoeconWarning, OutputError
from ioecon.user_warnings import warn_user

if TYPE_CHECKING:
    import requests

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["Fetched", "fetch_all", "hold_folder", "import_pooch", "require_folder"]

_LOCK = ".downloads.lock"

Report = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes that are there, and how many there will be."""


@dataclass(frozen=True)
class Fetched:
    """A file that is in the folder; ``fresh`` if it came now."""

    path: Path
    fresh: bool
    verified: bool  # against a checksum that was known beforehand


def import_pooch() -> Any:
    """Import pooch, or say how to install it.

    Raises
    ------
    DownloadError
        If it is not installed.
    """
    try:
        import pooch
    except ImportError as error:
        raise DownloadError(
            "Downloads need the package pooch: pip install 'ioecon[data]'."
        ) from error
    return pooch


def require_folder(folder: Path) -> None:
    """Make the folder.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}.") from error


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Keep other processes of ioecon from downloading to the folder meanwhile.

    Raises
    ------
    OutputError
        If one does, or the folder cannot be written to.
    """
    path = folder / _LOCK
    try:
        with open(path, "w", encoding="utf-8") as lock:
            _lock(lock, path)
            try:
                yield
            finally:
                with suppress(OSError):
                    path.unlink()
    except PermissionError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror}.") from error


def _lock(lock: IO[str], path: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = os.fstat(lock.fileno()).st_ino == path.stat().st_ino  # not one just deleted
    except (BlockingIOError, FileNotFoundError):
        held = False
    except OSError:  # a file system without locks
        return
    if not held:
        raise OutputError(
            f"Another ioecon is downloading to {path.parent}; wait until it is done, or choose "
            "another folder with --to."
        )


def fetch_all(
    session: requests.Session,
    files: Sequence[WebFile],
    folder: Path,
    *,
    told: dict[str, str],
    overwrite: bool,
    patience: Patience,
    report: Report,
    done: Callable[[Fetched], None],
) -> list[Fetched]:
    """Fetch files that are not yet in the folder, one after the other.

    Parameters
    ----------
    session : requests.Session
    files : sequence of WebFile
    folder : Path
        There, and held.
    told : dict
        Added to each entry of the manifest: database, edition.
    overwrite : bool
        Fetch again what is there.
    patience : Patience
    report, done : callable
        Called while a file comes, and when it is there.

    Raises
    ------
    DownloadError
        If a file cannot be had, or differs from what is known of it.
    OutputError
        If the disk is full or cannot be written to.
    """
    pooch = import_pooch()
    manifest = read_manifest(folder)
    if not overwrite:
        _require_unchanged(pooch, files, folder, manifest)
    fetched = []
    for file in files:
        path = folder / file.name
        if path.exists() and not overwrite:
            fetched.append(Fetched(path, fresh=False, verified=bool(file.hash)))
        else:
            _fetch_one(session, pooch, file, folder, patience, report)
            sha256 = pooch.file_hash(str(path), alg="sha256")
            _compare_with_before(file.name, sha256, manifest.get(file.name))
            entry = {
                "address": file.address,
                "size": path.stat().st_size,
                "sha256": sha256,
                "published_checksum": file.hash,
                "downloaded": date.today().isoformat(),
                **told,
            }
            try:
                note_download(folder, file.name, entry)
            except OSError as error:
                raise OutputError(
                    f"{path} is complete, but its checksum cannot be noted in {folder} "
                    f"({error.strerror})."
                ) from error
            fetched.append(Fetched(path, fresh=True, verified=bool(file.hash)))
        done(fetched[-1])
    return fetched


def _require_unchanged(
    pooch: Any, files: Sequence[WebFile], folder: Path, manifest: dict[str, dict[str, Any]]
) -> None:
    """Refuse files that are there and are not what is known of them."""
    for file in files:
        path = folder / file.name
        if not path.exists():
            continue
        if not path.is_file():
            raise OutputError(f"{path} is there and is no file; choose another folder with --to.")
        before = manifest.get(file.name)
        if file.hash:
            known, of = file.hash, "the one that its publisher names"
        elif before is not None:
            known, of = f"sha256:{before['sha256']}", f"the one downloaded {before['downloaded']}"
        else:
            warn_user(
                f"{path} is there and was not downloaded by ioecon; it is left as it is, and there "
                "is nothing to compare it with.",
                IoeconWarning,
            )
            continue
        if not _has_checksum(pooch, path, known):
            raise OutputError(
                f"{path} is there and is not {of} ({known}). Move it away, choose another folder "
                "with --to, or replace it with --overwrite."
            )


def _fetch_one(
    session: requests.Session,
    pooch: Any,
    file: WebFile,
    folder: Path,
    patience: Patience,
    report: Report,
) -> None:
    part = folder / f".{file.name}.part"

    patched = False

    def bring(address: str, place: str, caller: Any) -> None:
        nonlocal patched
        patched = transfer(
            session, file, part, patience, lambda got, of: report(file.name, got, of)
        )
        part.replace(place)
        drop_part(part)  # only its note is left

    fresh = folder / f".{file.name}.new"
    for last in (False, True):
        fresh.unlink(missing_ok=True)
        try:
            with _quiet(pooch):
                pooch.retrieve(
                    file.address,
                    known_hash=file.hash or None,
                    fname=fresh.name,
                    path=folder,
                    downloader=bring,
                )
            fresh.replace(folder / file.name)
            return
        except DownloadError:
            raise
        except ValueError as error:  # pooch, of the checksum; what came is deleted
            if last or not patched:
                raise DownloadError(
                    f"What came for {file.name} has another checksum than its publisher names "
                    f"({file.hash}); nothing of it is kept. Try again; if it stays so, the file or "
                    f"the way to it was changed. {file.advice}".rstrip()
                ) from error


@contextmanager
def _quiet(pooch: Any) -> Iterator[None]:
    """Keep pooch from writing of its own; what it says is said here in other words."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _has_checksum(pooch: Any, path: Path, known: str) -> bool:
    kind, _, digits = known.partition(":")
    return pooch.file_hash(str(path), alg=kind) == digits


def _compare_with_before(name: str, sha256: str, before: dict[str, Any] | None) -> None:
    if before is not None and before["sha256"] != sha256:
        warn_user(
            f"{name} is another file than the one downloaded {before['downloaded']}: its publisher "
            f"has changed it (SHA-256 {sha256[:12]}…, then {before['sha256'][:12]}…). Results may "
            "differ from earlier ones.",
            IoeconWarning,
        )
