"""A folder that appears when it is complete, or not at all, whatever ends the process.

It is made in a hidden work folder beside its place. Where the system can exchange two folders in
one step (Linux, macOS, most file systems), a folder that is replaced is there under its name at
every moment, old or new. Elsewhere there are two renames, and a reader between them finds neither;
if the process dies between them, the next one that writes there puts the old folder back.

The work folder is locked while its process lives. One without a living process is swept by the
next that writes to the same place.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["COMPLETE", "is_of_writing", "sweep", "whole_folder"]

COMPLETE = "Complete before the interrupt: "
"""Begins the note on an interrupt that came when the folder was in its place already."""

_ENDING = ".ioecon-work"
_LOCK, _FRESH, _ASIDE = "lock", "new", "replaced"
_OLD_SECONDS = 86_400  # a work folder that cannot be locked is left alone for a day
_ENDS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
# Only writing ends with these, wherever it happens.
_WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def is_of_writing(error: BaseException) -> bool:
    """Whether an error is one of a full, limited or read-only disk."""
    return isinstance(error, OSError) and error.errno in _WRITING


@contextmanager
def whole_folder(place: Path, require_free: Callable[[], None]) -> Iterator[Path]:
    """Folder to fill; it takes its place when the block ends without an error.

    If the block fails or the process is told to end (SIGINT, SIGTERM, SIGHUP), nothing is left of
    it, and what stood at ``place`` stays.

    Parameters
    ----------
    place : Path
        Where the folder goes; folders above it are made.
    require_free : callable
        Called before the block and again after it; raises if what stands at ``place`` must stay.

    Yields
    ------
    Path
        An empty folder.

    Raises
    ------
    OSError
        If the folder cannot be made or moved.
    """
    sweep(place.parent, place.name)
    require_free()
    made = _make_parents(place)
    moved = False
    try:
        with _turn_ends_into_exits(), _lock_work_folder(place) as work:
            fresh = work / _FRESH
            fresh.mkdir()
            yield fresh
            require_free()  # the block may have taken long
            with _hold_signals():
                _move_into_place(fresh, place, work / _ASIDE)
                moved = True
    except BaseException as error:
        if moved:  # a signal that was held while the folder moved
            error.add_note(f"{COMPLETE}{place}")
        raise
    finally:
        if not moved:
            for folder in reversed(made):
                with suppress(OSError):  # another process may have put something there
                    folder.rmdir()


def sweep(parent: Path, name: str | None = None) -> None:
    """Remove what dead processes left of folders they were making in ``parent``.

    A folder that a process set aside and could not replace is put back.

    Parameters
    ----------
    parent : Path
    name : str, optional
        Only of folders of this name.
    """
    try:
        left = [entry for entry in parent.glob(f".*{_ENDING}") if entry.is_dir()]
    except OSError:
        return
    for work in left:
        with suppress(OSError):
            _sweep_one(work, name)


def _sweep_one(work: Path, name: str | None) -> None:
    if not (work / _LOCK).exists():  # its process was stopped before it began, or begins now
        if time.time() - work.stat().st_mtime > _OLD_SECONDS:
            work.rmdir()
        return
    with open(work / _LOCK, "r+", encoding="utf-8") as lock:
        owner = lock.read()
        if Path(owner).name != owner or (name is not None and owner != name):
            return
        if not _is_dead(lock, work):
            return
        place, aside = work.parent / owner, work / _ASIDE
        if os.path.lexists(aside) and not os.path.lexists(place):
            os.rename(aside, place)
        shutil.rmtree(work, ignore_errors=True)


def _is_dead(lock: IO[str], work: Path) -> bool:
    """Whether nobody holds the lock; it is held from now on."""
    if fcntl is not None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            pass
    return time.time() - work.stat().st_mtime > _OLD_SECONDS


@contextmanager
def _lock_work_folder(place: Path) -> Iterator[Path]:
    """Locked folder beside ``place``, removed at the end."""
    # A name may be as long as the file system allows; the lock file holds all of it.
    prefix = f".{place.name[:60]}-"
    work = Path(tempfile.mkdtemp(prefix=prefix, suffix=_ENDING, dir=place.parent))
    try:
        with open(work / f"{_LOCK}.new", "w", encoding="utf-8") as lock:
            if fcntl is not None:
                with suppress(OSError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lock.write(place.name)
            lock.flush()
            if fcntl is not None:
                os.rename(work / f"{_LOCK}.new", work / _LOCK)  # locked before it can be seen
            else:
                (work / _LOCK).write_text(place.name, encoding="utf-8")
            yield work
            shutil.rmtree(work, ignore_errors=True)  # while it is locked
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _make_parents(place: Path) -> list[Path]:
    """Folders above ``place`` that were not there, outermost first."""
    missing = [folder for folder in reversed(place.parents) if not folder.exists()]
    made: list[Path] = []
    try:
        for folder in missing:
            folder.mkdir()
            made.append(folder)
    except BaseException:
        for folder in reversed(made):
            folder.rmdir()
        raise
    return made


def _move_into_place(fresh: Path, place: Path, aside: Path) -> None:
    """Put the fresh folder in its place; what stood there is in the work folder afterwards."""
    if not os.path.lexists(place):
        os.rename(fresh, place)
        return
    if _exchange(fresh, place):
        return
    os.rename(place, aside)
    try:
        os.rename(fresh, place)
    except OSError:
        os.rename(aside, place)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system cannot."""
    calls: dict[str, tuple[str, Callable[[Any], int]]] = {
        "linux": (
            "renameat2",
            lambda call: call(-100, os.fsencode(one), -100, os.fsencode(other), ctypes.c_uint(2)),
        ),
        "darwin": (
            "renamex_np",
            lambda call: call(os.fsencode(one), os.fsencode(other), ctypes.c_uint(2)),
        ),
    }
    if sys.platform not in calls:
        return False
    name, run = calls[sys.platform]
    try:
        call = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (OSError, AttributeError):
        return False
    if run(call) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(code, os.strerror(code), str(other))


@contextmanager
def _turn_ends_into_exits() -> Iterator[None]:
    """Let a signal that ends the process raise SystemExit, so that what was begun is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    ours = [number for number in _ENDS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _hold_signals() -> Iterator[None]:
    """Put off signals that would end the process until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    numbers = (signal.SIGINT, *_ENDS)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not None:  # else not set from Python, and not to be put back
            signal.signal(number, lambda got, frame: held.append(got))
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
    for number in held[:1]:
        signal.raise_signal(number)
