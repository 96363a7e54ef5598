"""Progress of what takes long, shown on standard error when that is a terminal."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from rich.progress import TaskID

__all__ = [
    "is_watched",
    "name_amount",
    "report_part",
    "report_progress",
    "report_transfer",
    "watch_stream",
    "watching",
]

#: Is told how far the reading of one file is: name, done, total, and of what: bytes or rows.
_watcher: ContextVar[Callable[[str, int, int, str], None] | None] = ContextVar(
    "watcher of what is read", default=None
)


@contextmanager
def report_progress(show: bool, total: int) -> Iterator[Callable[[str], None]]:
    """Yield a function that says which of ``total`` steps begins.

    Below it stands how far the file is that is read at the time, where its reader reports it.

    Parameters
    ----------
    show : bool
        Whether to show anything; only ever on a terminal.
    total : int
        Number of steps.

    Examples
    --------
    >>> with report_progress(show=False, total=2) as begin:
    ...     begin("Reading 2005")
    ...     begin("Reading 2006")
    """
    if not (show and _may_be_terminal()):
        yield lambda name: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[amount]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total, amount=f"0/{total}")
        part = bar.add_task("", visible=False, amount="")
        begun = 0

        def begin(name: str) -> None:
            nonlocal begun
            bar.update(task, completed=begun, description=name, amount=f"{begun}/{total}")
            bar.update(part, visible=False)
            begun += 1

        def watch(name: str, done: int, size: int, kind: str) -> None:
            if bar.tasks[part].description != name or not bar.tasks[part].visible:
                bar.reset(part, description=name, total=size, visible=True)
            bar.update(part, completed=done, total=size, amount=name_amount(done, size, kind))

        with watching(watch):
            yield begin
        bar.update(task, completed=begun, amount=f"{begun}/{total}")


@contextmanager
def watching(watch: Callable[[str, int, int, str], None]) -> Iterator[None]:
    """Have a function told how far the reading of each file is: name, done, total, and of what.

    Examples
    --------
    >>> with watching(lambda name, done, total, kind: print(name, done, total, kind)):
    ...     report_part("Z.txt", 5, 20)
    Z.txt 5 20 rows
    """
    token = _watcher.set(watch)
    try:
        yield
    finally:
        _watcher.reset(token)


def name_amount(done: int, total: int, kind: str) -> str:
    """Say how much of what was read, for people.

    Examples
    --------
    >>> name_amount(1_500_000, 3_000_000, "bytes"), name_amount(5, 2464, "rows")
    ('1.5 MB of 3.0 MB', '5 of 2,464 rows')
    """
    if kind != "bytes":
        return f"{done:,} of {total:,} {kind}"
    from rich.filesize import decimal

    return f"{decimal(done)} of {decimal(total)}"


def is_watched() -> bool:
    """Whether somebody looks at how far the reading of a file is."""
    return _watcher.get() is not None


def report_part(name: str, done: int, total: int, kind: str = "rows") -> None:
    """Say how far the reading of one file or sheet is, to whoever looks.

    Parameters
    ----------
    name : str
    done, total : int
    kind : {"rows", "bytes"}
    """
    watch = _watcher.get()
    if watch is not None:
        watch(name, done, total, kind)


def watch_stream(stream: BinaryIO, name: str, size: int) -> BinaryIO:
    """Stream of the same bytes that reports how many of ``size`` were read."""
    return io.BufferedReader(_Watched(stream, name, size), 2**20)


class _Watched(io.RawIOBase):
    def __init__(self, stream: BinaryIO, name: str, size: int) -> None:
        self._stream, self._name, self._size = stream, name, size
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._done += len(data)
        report_part(self._name, self._done, self._size, "bytes")
        return len(data)


def _may_be_terminal() -> bool:
    """Whether standard error may be a terminal: rich decides, and is not loaded where it is not."""
    told = any(os.environ.get(name) for name in ("FORCE_COLOR", "TTY_COMPATIBLE"))
    return told or (hasattr(sys.stderr, "isatty") and sys.stderr.isatty())


@contextmanager
def report_transfer(show: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """Yield a function that says how much of a file is there: name, bytes, and bytes in all.

    Parameters
    ----------
    show : bool
        Whether to show anything; only ever on a terminal.

    Examples
    --------
    >>> with report_transfer(show=False) as report:
    ...     report("IOT_2010_ixi.zip", 1_000_000, 250_000_000)
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not (show and console.is_terminal):
        yield lambda name, got, total: None
        return
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def report(name: str, got: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=got, total=total)

        yield report
