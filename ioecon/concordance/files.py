"""The table of a concordance in a CSV or Excel file, as a DataFrame of texts and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.delimited import parse_number, read_delimited
from ioecon.errors import ReadError
from ioecon.files.cells import FaultyCell, is_empty
from ioecon.files.excel_columns import column_letters
from ioecon.files.plain_text import read_content
from ioecon.files.workbook import WorkbookReader
from ioecon.wording import listed

__all__ = ["is_name_of_file", "read_frame"]

TEXT = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls")


def is_name_of_file(text: str) -> bool:
    """Whether a text is the path of a file, not the name of a classification.

    Examples
    --------
    >>> is_name_of_file("nace.csv"), is_name_of_file("EU27")
    (True, False)
    """
    return text.lower().endswith((*TEXT, *WORKBOOKS)) or "/" in text or "\\" in text


def read_frame(path: Path, kind: str) -> pd.DataFrame:
    """Read a table with one row of names; columns of numbers only, from the second on, as numbers.

    Raises
    ------
    ReadError
        If the file is missing, damaged or none of these, if a workbook has several sheets with
        cells, or a cell holds an error.
    """
    name = path.name.lower()
    if not path.is_file():
        raise ReadError(f"There is no file {path} to read a concordance of {kind} from.")
    if name.endswith(WORKBOOKS):
        return _as_numbers(_read_workbook(path))
    if not name.endswith(TEXT):
        raise ReadError(
            f"{path.name}: a concordance of {kind} is read from {listed((*TEXT, *WORKBOOKS))}."
        )
    frame = read_delimited(path, f"a concordance of {kind}", separator=None)
    return _as_numbers(frame.reset_index(drop=True))


def _as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that hold nothing but numbers become numbers, where a group of texts cannot stand.

    The first column holds labels; of two columns the second holds groups, whatever they look like.
    """
    if frame.shape[1] < 3:
        return frame
    for column in frame.columns[1:]:
        found = [parse_number(str(cell)) for cell in frame[column]]
        if found and all(number is not None for number in found):
            frame[column] = pd.Series(found, index=frame.index, dtype=float)
    return frame


def _read_workbook(path: Path) -> pd.DataFrame:
    with WorkbookReader() as reader:
        sheets = {}
        for name in reader.open(read_content(path), path.name):
            rows = [_tidy_row(row) for row in reader.sheet(name).rows]
            if any(any(not is_empty(cell) for cell in row) for row in rows):
                sheets[name] = rows
    if len(sheets) != 1:
        found = f"{len(sheets)} sheets with cells ({listed(sheets)})" if sheets else "no cells"
        raise ReadError(
            f"{path.name} has {found}: keep the one with the concordance, or read that sheet with "
            "pandas.read_excel(..., sheet_name=...) and pass the DataFrame."
        )
    [(sheet, rows)] = sheets.items()
    rows = [row for row in rows if any(not is_empty(cell) for cell in row)]
    width = max(len(row) for row in rows)
    head, *body = [[*row, *[""] * (width - len(row))] for row in rows]
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, FaultyCell):
                place = f"{sheet}!{column_letters(column)}{number}"
                raise ReadError(f"{path.name}: cell {place} holds {cell.holds}. {cell.advice}")
    names = [str(_as_text(cell)) for cell in head]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ReadError(f"{path.name} has the column {listed(map(repr, twice))} more than once.")
    frame = pd.DataFrame(body, columns=names, dtype=object)
    return frame.map(_as_text)


def _tidy_row(row: list[Any]) -> list[Any]:
    """Cells without blanks around them, and without empty ones at the end."""
    cells = [cell.strip() if isinstance(cell, str) else cell for cell in row]
    while cells and is_empty(cells[-1]):
        cells.pop()
    return cells


def _as_text(cell: Any) -> Any:
    """Cell as a text file would have it; a code such as 10 is stored as a number."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell if isinstance(cell, str) else str(cell)
