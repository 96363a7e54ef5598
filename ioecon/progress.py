"""Progress of what takes long, shown on standard error when that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

__all__ = ["report_progress", "report_transfer"]


@contextmanager
def report_progress(show: bool, total: int) -> Iterator[Callable[[str], None]]:
    """Yield a function that says which of ``total`` steps begins.

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
    from rich.console import Console

    console = Console(stderr=True)
    if not (show and console.is_terminal):
        yield lambda name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        begun = 0

        def begin(name: str) -> None:
            nonlocal begun
            bar.update(task, completed=begun, description=name)
            begun += 1

        yield begin
        bar.update(task, completed=begun)


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
