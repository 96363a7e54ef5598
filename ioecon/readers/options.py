"""Options of reading on which the table that comes of a file depends."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

from ioecon.concordance import Concordance
from ioecon.delimited import require_options
from ioecon.errors import ArgumentError, ReadError
from ioecon.wording import listed

__all__ = ["ReadOptions", "complete_options"]

_EMPTY = ("error", "zero")
_DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class ReadOptions:
    """How a table is read from its files; a cached table is of one source and one set of these.

    Parameters
    ----------
    empty_cells : {"error", "zero"}
        What an empty cell among the flows means.
    encoding : str, optional
        Of a CSV file; UTF-8 by default.
    separator : str, optional
        Character between the columns of a CSV file; found by default.
    decimal : {".", ","}
        Decimal mark of the numbers of a CSV file.
    dtype : {"float64", "float32"}
        Of the flows that are kept.
    regions, sectors : optional
        Groups of countries and sectors that flows are summed over while they are read, in any
        form that :func:`ioecon.read_concordance` takes.
    own : mapping of str to str
        Options of the one format, every one with its value.

    Raises
    ------
    ReadError, ArgumentError
        If an option has a value that it cannot have.
    """

    empty_cells: str = "error"
    encoding: str | None = None
    separator: str | None = None
    decimal: str = "."
    dtype: str = "float64"
    regions: Any = None
    sectors: Any = None
    own: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.empty_cells not in _EMPTY:
            raise ReadError(f"empty_cells is 'error' or 'zero', not {self.empty_cells!r}.")
        if self.dtype not in _DTYPES:
            raise ReadError(f"dtype is 'float64' or 'float32', not {self.dtype!r}.")
        require_options(self.separator, self.decimal, self.encoding)

    def given_for_text(self) -> list[str]:
        """Names of the options of CSV files that are not at their defaults."""
        other = self.encoding is not None and codecs.lookup(self.encoding).name != "utf-8"
        given = {
            "encoding": other,
            "separator": self.separator is not None,
            "decimal": self.decimal != ".",
        }
        return [name for name, wanted in given.items() if wanted]

    @property
    def aggregated(self) -> bool:
        """Whether countries or sectors are put together."""
        return self.regions is not None or self.sectors is not None

    def as_plain(self) -> dict[str, Any]:
        """Return all this as plain values, equal for equal options, for the key of a cache."""
        plain: dict[str, Any] = {
            "empty_cells": self.empty_cells,
            "encoding": self.encoding,
            "separator": self.separator,
            "decimal": self.decimal,
        }
        if self.dtype != "float64":
            plain["dtype"] = self.dtype
        for name in ("regions", "sectors"):
            if getattr(self, name) is not None:
                plain[name] = _describe(getattr(self, name))
        if self.own:
            plain["own"] = dict(sorted(self.own.items()))
        return plain


def complete_options(
    declared: Mapping[str, tuple[str, ...]], given: Mapping[str, object], *, what: str, form: str
) -> dict[str, str]:
    """Every option of a format with its value: the given one, or the first that is allowed.

    Parameters
    ----------
    declared : mapping of str to tuple of str
        Allowed values by option.
    given : mapping of str to str
    what, form : str
        ``"Tables"`` or ``"Accounts"``, and the name of their format, for messages.

    Raises
    ------
    ArgumentError
        If an option is given that there is not, or a value that it cannot have.

    Examples
    --------
    >>> complete_options({"system": ("ixi", "pxp")}, {}, what="Tables", form="exiobase3")
    {'system': 'ixi'}
    """
    for name, value in given.items():
        if name not in declared:
            known = f"; there is {listed([f'{own}=' for own in declared])}" if declared else ""
            raise ArgumentError(f"{what} of the format {form!r} have no option {name}={known}.")
        if value not in declared[name]:
            allowed = listed([repr(one) for one in declared[name]])
            raise ArgumentError(f"{name} of the format {form!r} is {allowed}, not {value!r}.")
    return {name: str(given.get(name, values[0])) for name, values in declared.items()}


def _describe(concordance: Any) -> str:
    """Short text that two concordances share only if they say the same in the same order."""
    if isinstance(concordance, str | Path) and Path(concordance).is_file():
        content = Path(concordance).read_bytes()
    elif isinstance(concordance, Concordance):
        content = f"{concordance.groups} {concordance.to_frame().to_csv()}".encode()
    elif isinstance(concordance, pd.DataFrame | pd.Series):
        content = concordance.to_csv().encode()
    elif scipy.sparse.issparse(concordance):
        dense = concordance.toarray()
        content = f"{dense.shape} {dense.dtype}".encode() + dense.tobytes()
    elif isinstance(concordance, np.ndarray):
        content = f"{concordance.shape} {concordance.dtype}".encode() + concordance.tobytes()
    elif isinstance(concordance, Mapping):
        content = json.dumps([list(map(str, pair)) for pair in concordance.items()]).encode()
    else:  # a classification by name, which is what the installed country_converter says
        content = f"{concordance!r} {version('country_converter')}".encode()
    return f"{type(concordance).__name__} {hashlib.sha256(content).hexdigest()}"
