"""Warnings that point at the user's line, once per line."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType

__all__ = ["WarningText", "warn_user", "warn_user_of_many", "warning_texts"]

WarningText = tuple[type[Warning], str]
"""Category and text of a warning."""

_MOST = 5
_OUR_PACKAGES = tuple(
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
    ...     warn_user("few clusters", UserWarning)
    >>> "doctest" in caught[0].filename
    True
    """
    frame = _find_user_frame(sys._getframe(1))
    name, line = str(frame.f_globals.get("__name__", "<unknown>")), frame.f_lineno
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    issued = {key: value for key, value in registry.items() if key != "version"}
    if (message, category, line) in issued and _find_action(
        message, category, name, line
    ) == "default":
        return
    file = frame.f_code.co_filename
    warnings.warn_explicit(message, category, file, line, module=name, registry=registry)
    registry.update(issued)


def warn_user_of_many(texts: Sequence[Iterable[WarningText]], what: str) -> None:
    """Issue the warnings of many estimates: each text once, with how many estimates it concerns.

    Of one category at most five texts are shown; the rest is counted.

    Parameters
    ----------
    texts : sequence of iterables of (category, text)
        One entry per estimate.
    what : str
        Plural of what was estimated: "models", "specifications".
    """
    counts: dict[WarningText, int] = {}
    for pairs in texts:
        for pair in dict.fromkeys(pairs):
            counts[pair] = counts.get(pair, 0) + 1
    per_category: dict[type[Warning], int] = {}
    for (category, message), count in counts.items():
        per_category[category] = per_category.get(category, 0) + 1
        if per_category[category] <= _MOST:
            part = f" (in {count} of {len(texts)} {what})" if count < len(texts) else ""
            warn_user(message + part, category)
    for category, count in per_category.items():
        if count > _MOST:
            warn_user(
                f"{count - _MOST} further warnings of this kind, in other words, are not shown",
                category,
            )


def warning_texts(caught: Iterable[warnings.WarningMessage]) -> tuple[WarningText, ...]:
    """Return recorded warnings by category and text, which survive a worker process."""
    return tuple((warning.category, str(warning.message)) for warning in caught)


def _find_user_frame(start: FrameType) -> FrameType:
    """Find the user's frame; if all code is installed, the first one outside our packages."""
    outside: FrameType | None = None
    frame: FrameType | None = start
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_OUR_PACKAGES):
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
