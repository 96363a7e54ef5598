"""Progress of what takes long, shown on standard error when that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["report_progress"]


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
