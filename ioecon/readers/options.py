"""Options of reading on which the cells of a file depend."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from ioecon.delimited import require_options
from ioecon.errors import ReadError

__all__ = ["CellOptions"]

_EMPTY = ("error", "zero")


@dataclass(frozen=True)
class CellOptions:
    """How the cells of a file are read; a cached table is of one file and one set of these.

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

    Raises
    ------
    ReadError, ArgumentError
        If an option has a value that it cannot have.
    """

    empty_cells: str = "error"
    encoding: str | None = None
    separator: str | None = None
    decimal: str = "."

    def __post_init__(self) -> None:
        if self.empty_cells not in _EMPTY:
            raise ReadError(f"empty_cells is 'error' or 'zero', not {self.empty_cells!r}.")
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
