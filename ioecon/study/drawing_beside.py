"""Figures drawn by a second process while the first one writes tables, then by both.

The second process is a fork: it has all that a figure is drawn from (values, and the settings,
colour maps and fonts of matplotlib as they are in this process), needs no start, and only hands
pictures back. Each process takes the next figure that nobody has taken. What the fork does not hand
over (it failed, warned or was ended) is drawn here, so errors and warnings are those of one
process. Where no second core is free, or forks are not safe, one process draws all.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from struct import Struct
from typing import IO

from ioecon.study.drawing import Drawing, Picture

__all__ = ["drawing_beside"]

_HEAD = Struct("<4Q")  # number of the figure, sizes of its three files
_PATIENCE = 60.0  # seconds for the figure that the fork is at when all others are drawn
_MOST = 255  # numbers that a byte of the pipe can have


@contextmanager
def drawing_beside(
    drawings: Sequence[Drawing], *, cache: bool = False
) -> Iterator[Callable[[], tuple[Picture, ...]]]:
    """Draw figures beside what the block does.

    Parameters
    ----------
    drawings : sequence of Drawing
    cache : bool
        As for :meth:`Drawing.render`.

    Yields
    ------
    callable
        Draws what is left, and returns the pictures of all figures in their order.
    """
    if not 2 <= len(drawings) <= _MOST or not _has_second_core() or sys.platform != "linux":
        yield lambda: tuple(drawing.render(cache=cache) for drawing in drawings)
        return
    turns, ends = os.pipe()
    os.write(ends, bytes(range(len(drawings))))
    os.close(ends)
    with tempfile.TemporaryFile(buffering=0) as handed:
        process: int | None = None
        try:
            process = _fork(drawings, turns, handed, cache)
            fork = process

            def finish() -> tuple[Picture, ...]:
                found = {n: drawings[n].render(cache=cache) for n in _take_turns(turns)}
                if fork is not None and _has_ended(fork):
                    found |= _read_pictures(drawings, handed)
                return tuple(
                    found[n] if n in found else drawing.render(cache=cache)
                    for n, drawing in enumerate(drawings)
                )

            yield finish
        finally:
            os.close(turns)
            if process is not None:
                _end(process)


def _has_second_core() -> bool:
    """Whether this process may use a second core, and other programs leave one free."""
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return False
    return (os.cpu_count() or 1) - os.getloadavg()[0] >= 1.0


def _fork(drawings: Sequence[Drawing], turns: int, handed: IO[bytes], cache: bool) -> int | None:
    """Start the second process; None where the system has no room for one."""
    first = os.getpid()
    with warnings.catch_warnings():
        # Python warns of forks beside threads: this one takes no lock that they could hold, and
        # nobody waits for it for ever
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            process = os.fork()
        except OSError:
            return None
    if process:
        return process
    try:  # from here on nothing returns to the caller
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for number in _take_turns(turns):
            if os.getppid() != first:  # nobody waits any more
                break
            with warnings.catch_warnings(record=True) as caught:
                picture = drawings[number].render(cache=cache)
            files = (picture.light, picture.dark, picture.pdf)
            content = b"".join([_HEAD.pack(number, *map(len, files)), *files])
            if not caught and handed.write(content) < len(content):
                break  # the disk is full
    finally:
        os._exit(0)


def _take_turns(turns: int) -> Iterator[int]:
    """Take numbers of figures that no process has taken."""
    while taken := os.read(turns, 1):
        yield taken[0]


def _has_ended(process: int) -> bool:
    """Wait for the fork; whether it came to an end."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return True
        except ChildProcessError:  # the program takes no account of its children
            return True
        time.sleep(0.002)
    return False


def _end(process: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _read_pictures(drawings: Sequence[Drawing], handed: IO[bytes]) -> dict[int, Picture]:
    """Read the pictures that the fork has handed over whole."""
    handed.seek(0)
    content = memoryview(handed.read())
    found = {}
    while len(content) >= _HEAD.size:
        number, *sizes = _HEAD.unpack(content[: _HEAD.size])
        content = content[_HEAD.size :]
        if len(content) < sum(sizes):
            break
        files = []
        for size in sizes:
            files.append(bytes(content[:size]))
            content = content[size:]
        found[number] = Picture(drawings[number], *files)
    return found
