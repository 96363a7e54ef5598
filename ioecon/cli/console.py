"""The console that tables and progress are printed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["open_console"]


def open_console(error: bool = False) -> Console:
    """Open standard output or error as a console; a closed pipe stays an error."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:  # rich would end the program with exit code 1
            raise BrokenPipeError

    return Terminal(stderr=error, highlight=False, soft_wrap=False)
