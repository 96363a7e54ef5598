"""Cells of a published account: rows by code, columns by name, blanks as nothing emitted."""

from collections.abc import Sequence
from typing import Any

from ioecon.errors import EmissionsError

Rows = Sequence[Sequence[Any]]


def amount(cell: Any, country: str, sector: str, year: int, file: str) -> float:
    """One cell as kilotonnes; a blank cell is how the accounts print "nothing emitted".

    Raises
    ------
    EmissionsError
        For text, NaN, infinity or a negative amount.
    """
    place = f"{country}, sector {sector}, {year} ({file})"
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return 0.0
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise EmissionsError(f"A cell is not a number but {cell!r} at {place}.")
    number = float(cell)
    if not number < float("inf"):
        raise EmissionsError(f"A cell is not a finite number at {place}.")
    if number < 0:
        raise EmissionsError(f"Emissions are negative ({number:,.3f} kt) at {place}.")
    return number


def rows_by_code(rows: Rows, column: int) -> dict[str, Sequence[Any]]:
    """Rows keyed by the code that stands in ``column``; rows without a code are left out."""
    coded: dict[str, Sequence[Any]] = {}
    for row in rows:
        code = row[column].strip() if len(row) > column and isinstance(row[column], str) else ""
        if code:
            coded[code] = row
    return coded
