"""A source of accounts: its name, how its files are known, what is in it, who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path, PurePath

from ioecon.emissions.account import Account
from ioecon.readers.options import ReadOptions, complete_options
from ioecon.stressor import Stressor

__all__ = ["AccountFormat"]


@dataclass(frozen=True)
class AccountFormat:
    """One published source of accounts by sector.

    Parameters
    ----------
    name, description : str
        What users call it, and what it is, in one sentence.
    looks_like : str
        Name of its file or folder as published, for messages and templates.
    pattern : re.Pattern
        Such names, without the folder above.
    list_stressors : callable
        ``list_stressors(path, options) -> tuple of Stressor``: what is in it; names are unique.
    read : callable
        ``read(path, stressors, years, options) -> dict of str to Account``: the stressors of
        these names, in years that are wanted (None: all), labelled as the tables of the same
        database.
    recognises : callable, optional
        ``recognises(path) -> bool``, by content, where several formats have files of such names.
    options : mapping of str to tuple of str
        Its own options: allowed values, the first is the default.
    fallback : bool
        Whether its files may be called anything: it is asked where no other name fits.
    """

    name: str
    description: str
    looks_like: str
    pattern: re.Pattern[str]
    list_stressors: Callable[[Path, ReadOptions], tuple[Stressor, ...]]
    read: Callable[
        [Path, tuple[str, ...], tuple[int, ...] | None, ReadOptions], Mapping[str, Account]
    ]
    recognises: Callable[[Path], bool] | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fallback: bool = False

    def is_named_like(self, path: str | PathLike[str]) -> bool:
        """Tell whether a file's or folder's name may be one of this source."""
        return self.pattern.fullmatch(PurePath(path).name) is not None

    def complete_options(self, given: Mapping[str, object]) -> dict[str, str]:
        """Options of the format, each with its value; what it lacks or does not allow is refused.

        Raises
        ------
        ArgumentError
        """
        return complete_options(self.options, given, what="Accounts", form=self.name)
