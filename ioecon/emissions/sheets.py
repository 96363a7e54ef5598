"""Cells of a published account: rows by code, columns by name, blanks as nothing emitted."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ioecon.errors import EmissionsError, ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.folders import list_folder
from ioecon.files.workbook import WorkbookReader

__all__ = [
    "Row",
    "Rows",
    "amount",
    "files_named",
    "header_of",
    "read_full_rows",
    "require_co2_in_kt",
    "rows_by_code",
    "sheets_by_name",
]

Row = Sequence[Any]
Rows = Sequence[Row]

_VARIABLE = re.compile(r"\bemissions?\s+in\s+\S", re.IGNORECASE)
_CO2_IN_KT = re.compile(r"\bCO2\b.*\bin\b.*\b(?:kt|Gg)\b", re.IGNORECASE)


def files_named(path: Path, pattern: re.Pattern[str], looks_like: str | None = None) -> list[Path]:
    """Files of such names in a folder, by year; or the file itself, whatever it is called.

    Parameters
    ----------
    path : Path
    pattern : re.Pattern
        With the group ``year``.
    looks_like : str, optional
        How such files are named: then a folder without any is refused. Without it, the file
        itself must be named so.

    Raises
    ------
    ReadError
    """
    if not path.is_dir():
        return [path] if looks_like or pattern.fullmatch(path.name) else []
    dated = {file: pattern.fullmatch(file.name) for file in list_folder(path)}
    found = {file: int(match["year"]) for file, match in dated.items() if match}
    if not found and looks_like:
        raise ReadError(f"{path} holds no file named like {looks_like}.")
    return sorted(found, key=lambda file: found[file])


def sheets_by_name(
    reader: WorkbookReader,
    content: bytes,
    file: str,
    pattern: re.Pattern[str],
    check_note: Callable[[str, str], None],
) -> dict[str, Rows]:
    """Sheets of a workbook whose names fit, all rows as wide as their sheet.

    Parameters
    ----------
    reader, content, file
    pattern : re.Pattern
    check_note : callable
        ``check_note(text, file)`` refuses what a cell of the sheet Notes says.

    Raises
    ------
    ReadError
        If the file is no workbook, or its notes name another variable or unit.
    """
    names = reader.open(content, file)
    for row in read_full_rows(reader, "Notes") if "Notes" in names else []:
        for cell in row:
            if isinstance(cell, str):
                check_note(cell, file)
    fitting = [name for name in names if pattern.fullmatch(name)]
    return {name: read_full_rows(reader, name) for name in fitting}


def read_full_rows(reader: WorkbookReader, name: str) -> list[list[Any]]:
    """Rows of a sheet of the open workbook, all as wide as the sheet."""
    sheet = reader.sheet(name)
    return [[*row, *[""] * (sheet.width - len(row))] for row in sheet.rows]


def require_co2_in_kt(text: str, file: str) -> None:
    """Refuse a note that names other emissions than CO2, or another unit than kt.

    Raises
    ------
    ReadError
    """
    if _VARIABLE.search(text) and not _CO2_IN_KT.search(text):
        raise ReadError(
            f"{file}: its sheet Notes says {text.strip()!r}; CO2 emissions in kt (Gg) are expected."
        )


def header_of(rows: Rows, sheet: str, file: str) -> list[str]:
    """Texts of the first row.

    Raises
    ------
    ReadError
        If one is an error, or a formula without a value.
    """
    header = rows[0] if rows else []
    for column, cell in enumerate(header):
        if isinstance(cell, FaultyCell):
            raise ReadError(
                f"{file}: cell {sheet}!{column_letters(column)}1 holds {cell.holds} instead of a "
                f"label. {cell.advice}"
            )
    return [str(cell).strip() for cell in header]


def amount(cell: Any, country: str, sector: str, year: int, where: str, unit: str = "kt") -> float:
    """One cell as a number; an empty cell is how the accounts print "nothing emitted".

    Raises
    ------
    EmissionsError
        For text, an error, a formula without a value, NaN, infinity or a negative amount.
    """
    if is_empty(cell):
        return 0.0
    place = f"{country}, sector {sector}, {year} ({where})"
    problem = misfit(cell)
    if problem is not None:
        raise EmissionsError(f"The cell of {place} {problem}")
    number = float(cell)
    if not number < float("inf"):
        raise EmissionsError(f"A cell is not a finite number at {place}.")
    if number < 0:
        raise EmissionsError(f"The amount is negative ({number:,.3f} {unit}) at {place}.")
    return number


def rows_by_code(rows: Rows, column: int, sheet: str, file: str) -> dict[str, tuple[int, Row]]:
    """Rows below the first by the code in ``column``, each with its number on the sheet.

    Rows without a code are left out.

    Raises
    ------
    ReadError
        If a code stands twice, or is an error or a formula without a value.
    """
    coded: dict[str, tuple[int, Row]] = {}
    for number, row in enumerate(rows[1:], start=2):
        cell = row[column] if len(row) > column else ""
        place = f"{file}: cell {sheet}!{column_letters(column)}{number}"
        if isinstance(cell, FaultyCell):
            raise ReadError(f"{place} holds {cell.holds} instead of a code. {cell.advice}")
        code = cell.strip() if isinstance(cell, str) else ""
        if code in coded:
            raise ReadError(f"{place} holds the code {code}, which row {coded[code][0]} has too.")
        if code:
            coded[code] = (number, row)
    return coded
