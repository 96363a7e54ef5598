"""Pictures of earlier runs, kept in the user's cache folder and found by what they are drawn from.

A picture is found again only if everything it depends on is the same: the values that are painted,
the code of ioecon, regressions and diagnostics, the versions of the libraries that draw, and
matplotlib's settings. Pictures with signs from other fonts are not kept: fonts come and go.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import matplotlib as mpl

from ioecon.cache_folder import PICTURES
from ioecon.study.fingerprint import UnknownValueError, code_fingerprint, fingerprint
from ioecon.study.kept_files import KeptFiles

__all__ = ["KEPT_PICTURES", "picture_key"]

KEPT_PICTURES = KeptFiles(PICTURES, 64_000_000)
_LIBRARIES = ("matplotlib", "numpy", "pandas", "pillow", "fonttools")


def picture_key(paint: Callable[..., Any], *settings: Any) -> str | None:
    """Key of what a function draws under settings, or None where that cannot be told.

    Examples
    --------
    >>> picture_key(len) is None  # a function without source
    True
    """
    try:
        drawn = fingerprint(paint, settings, repr(sorted(mpl.rcParams.items())))
    except (UnknownValueError, RecursionError):
        return None
    libraries = [version(name) for name in _LIBRARIES]
    return fingerprint(drawn, code_fingerprint(), libraries, platform.python_version())
