"""A published account of emissions: its name, how its file is known, and who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePath

from ioecon.emissions.account import EmissionAccount

__all__ = ["AccountFormat"]


@dataclass(frozen=True)
class AccountFormat:
    """One published account of emissions by sector.

    Parameters
    ----------
    name, description : str
        What users call it, and what it is, in one sentence.
    looks_like : str
        Name of its file as published, for messages and templates.
    endings : tuple of str
        Endings of file names by which it is known from the others, in lower case.
    read : callable
        ``read(path) -> EmissionAccount``.
    """

    name: str
    description: str
    looks_like: str
    endings: tuple[str, ...]
    read: Callable[[str | PathLike[str]], EmissionAccount]

    def is_named_like(self, path: str | PathLike[str]) -> bool:
        """Tell whether a file's name may be one of this account."""
        return PurePath(path).suffix.lower() in self.endings
