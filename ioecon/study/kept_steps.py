"""What steps of earlier runs gave, kept in the cache folder, found by what it follows from.

A result is found again only if all that it follows from is the same: the values that the step was
given, ioecon's code and data, the versions of the libraries, Python, the platform and the linear
algebra in use. Warnings are kept with it and given again. What a step gives has gone through its
plain form with a cache and without, so both ways go on from the same bits.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ioecon import errors
from ioecon.cache_folder import STEPS
from ioecon.errors import IoeconWarning
from ioecon.study.fingerprint import UnknownValueError, code_fingerprint, fingerprint
from ioecon.study.kept_files import KeptFiles
from ioecon.study.manifest import versions
from ioecon.study.plain_form import from_plain_files, to_plain_files
from ioecon.user_warnings import warn_user
from regressions import RegressionWarning
from regressions import errors as regression_errors

__all__ = ["KEPT_STEPS", "take_step"]

KEPT_STEPS = KeptFiles(STEPS, 256_000_000)
# What pandas computes with, and what documents are made with, where they are installed.
_MORE_LIBRARIES = ("bottleneck", "numexpr", "pyarrow", "python-docx", "openpyxl", "lxml")
_OF_LIBRARIES = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)

Told = list[tuple[str, str]]


def take_step(call: partial[Any], *, cache: bool) -> tuple[Any, bool]:
    """Take the result of a call from the cache, or compute and keep it.

    Parameters
    ----------
    call : partial
        A function of a module with all that its result follows from.
    cache : bool
        Whether to look in the cache and to add to it.

    Returns
    -------
    result : object
    kept : bool
        Whether an earlier run computed it.
    """
    key = _key_of(call) if cache else None
    found = _find(key) if key else None
    if found is not None:
        result, told = found
        _warn_again(told)
        return result, True
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call()
    told, foreign = _sort_warnings(caught)
    try:
        files = to_plain_files((result, told))
        result, told = from_plain_files(files)
        if key and not foreign:
            KEPT_STEPS.keep(key, files)
    except (UnknownValueError, RecursionError):
        pass
    _warn_again(told)
    return result, False


def _key_of(call: partial[Any]) -> str | None:
    more = []
    for name in _MORE_LIBRARIES:
        try:
            more.append(version(name))
        except PackageNotFoundError:
            more.append("")
    try:
        return fingerprint(call, code_fingerprint(), versions(), more)
    except (UnknownValueError, RecursionError):
        return None


def _find(key: str) -> tuple[Any, Told] | None:
    files = KEPT_STEPS.find(key)
    if files is None:
        return None
    try:
        result, told = from_plain_files(files)
    except UnknownValueError:
        return None
    if not all(_category(name) for name, _ in told):
        return None
    return result, told


def _sort_warnings(caught: Sequence[warnings.WarningMessage]) -> tuple[Told, bool]:
    """Warnings of ours, by name and text; pass others on, and say whether any matters."""
    told, foreign = [], False
    for warning in caught:
        name = warning.category.__name__
        if _category(name) is warning.category:
            told.append((name, str(warning.message)))
            continue
        foreign = foreign or not issubclass(warning.category, _OF_LIBRARIES)
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return told, foreign


def _category(name: str) -> type[Warning] | None:
    """Category of a warning of ioecon or regressions, by its name."""
    for module, base in ((errors, IoeconWarning), (regression_errors, RegressionWarning)):
        found = getattr(module, str(name), None)
        if isinstance(found, type) and issubclass(found, base):
            return found
    return None


def _warn_again(told: Told) -> None:
    for name, text in told:
        category = _category(name)
        assert category is not None
        warn_user(text, category)
