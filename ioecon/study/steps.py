"""The steps of a run: reported as they begin, and named in whatever goes wrong within them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ioecon.study.kept_steps import take_step

__all__ = ["Steps", "failed_step"]

_MARK = "Step: "


class Steps:
    """Report steps and mark failures with them.

    Parameters
    ----------
    report : callable, optional
        Called with the name of each step as it begins.
    cache : bool
        Whether steps may take what an earlier run did from the cache folder.

    Examples
    --------
    >>> steps = Steps(print)
    >>> try:
    ...     with steps("Reading emissions", Path("co2.csv")):
    ...         raise ValueError("DEU 2003 is missing.")
    ... except ValueError as error:
    ...     failed_step(error)
    Reading emissions
    'Reading emissions (co2.csv)'
    """

    def __init__(self, report: Callable[[str], None] | None = None, *, cache: bool = True) -> None:
        self.cache = cache
        self._current = ""
        self._found: dict[str, bool] = {}
        self._report = report or (lambda name: None)

    @contextmanager
    def __call__(self, name: str, file: Path | None = None) -> Iterator[None]:
        """Run one step; an error within it carries its name and file."""
        self._report(name)
        self._current = name
        try:
            yield
        except Exception as error:
            if failed_step(error) is None:
                error.add_note(f"{_MARK}{name}{f' ({file.name})' if file else ''}")
            raise

    def take(self, call: partial[Any]) -> Any:
        """Take the result of a call within a step, from the cache where an earlier run kept it.

        Parameters
        ----------
        call : partial
            A function of a module with all that its result follows from.
        """
        result, kept = take_step(call, cache=self.cache)
        self._found[self._current] = kept and self._found.get(self._current, True)
        return result

    @property
    def kept(self) -> tuple[str, ...]:
        """Steps of which an earlier run had computed all that is kept."""
        return tuple(name for name, kept in self._found.items() if kept)


def failed_step(error: BaseException) -> str | None:
    """Step (and file) in which an error arose, or None."""
    for note in getattr(error, "__notes__", ()):
        if note.startswith(_MARK):
            return str(note.removeprefix(_MARK))
    return None
