"""Old spellings of public names: each works, warns, and leads to where the thing is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ioecon.user_warnings import warn_user

__all__ = ["find_moved", "getattr_of_moved"]


def find_moved(old: str, new: str) -> Any:
    """Find what an old spelling means, and warn that it has another name now.

    Parameters
    ----------
    old : str
        Spelling that was used.
    new : str
        Module and name, for example ``"ioecon.views.aggregate"``.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = find_moved("IOTable.write", "ioecon.write_table")
    >>> print(caught[0].message)
    IOTable.write is deprecated: use ioecon.write_table.
    """
    module, _, name = new.rpartition(".")
    warn_user(f"{old} is deprecated: use {new}.", DeprecationWarning)
    return getattr(import_module(module), name)


def getattr_of_moved(module: str, now: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a module whose names moved.

    Parameters
    ----------
    module : str
        The module's own name.
    now : mapping of str to str
        Name to the module where it is now.
    """

    def find_attribute(name: str) -> Any:
        if name not in now:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return find_moved(f"{module}.{name}", f"{now[name]}.{name}")

    return find_attribute
