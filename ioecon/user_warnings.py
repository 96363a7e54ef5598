"""Warnings that point at the user's line, once per line.

The same rule as :mod:`regressions.user_warnings`, which this package must not need: it holds
for warnings of all three packages.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import warnings
from pathlib import Path
from types import FrameType

__all__ = ["warn_user"]

_OURS = tuple(
    f"{Path(__file__).parents[1] / package}{os.sep}"
    for package in ("regressions", "diagnostics", "ioecon")
)
_STANDARD_LIBRARY = (sysconfig.get_paths()["stdlib"] + os.sep, "<frozen ")
_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))


def warn_user(message: str, category: type[Warning]) -> None:
    """Issue a warning at the line of the user that led here, whatever lies between.

    The line is the first one outside the three packages, the standard library and installed
    packages (Python 3.12's ``skip_file_prefixes``). Under Python's default filter a text is shown
    once per line: a loop over models does not repeat it, although libraries on the way change
    the filters, which makes Python forget what it has shown.

    Parameters
    ----------
    message : str
    category : type of Warning

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_user("an empty row", UserWarning)
    >>> "doctest" in caught[0].filename
    True
    """
    frame = _find_user_frame(sys._getframe(1))
    name, line = str(frame.f_globals.get("__name__", "<unknown>")), frame.f_lineno
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    shown = {key: value for key, value in registry.items() if key != "version"}
    if (message, category, line) in shown and _find_action(
        message, category, name, line
    ) == "default":
        return
    file = frame.f_code.co_filename
    warnings.warn_explicit(message, category, file, line, module=name, registry=registry)
    registry.update(shown)


def _find_user_frame(start: FrameType) -> FrameType:
    """Find the user's frame; if all code is installed, the first one outside our packages."""
    outside: FrameType | None = None
    frame: FrameType | None = start
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_OURS):
            outside = outside or frame
            if not (file.startswith(_STANDARD_LIBRARY) or any(name in file for name in _INSTALLED)):
                return frame
        frame = frame.f_back
    return outside or start


def _find_action(message: str, category: type[Warning], module: str, line: int) -> str:
    """Find what Python's filters do with a warning."""
    for action, text, kind, place, number in warnings.filters:
        if (
            _fits(text, message)
            and issubclass(category, kind)
            and _fits(place, module)
            and number in (0, line)
        ):
            return action
    return "default"


def _fits(pattern: re.Pattern[str] | str | None, text: str) -> bool:
    """Whether a filter takes a text; the filters that Python begins with hold plain strings."""
    if pattern is None or isinstance(pattern, str):
        return pattern in (None, text)
    return pattern.match(text) is not None
