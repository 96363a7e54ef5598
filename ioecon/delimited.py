"""Delimited text files (CSV): bytes to text, text to rows, cells to numbers, for every reader.

Cells are text until a reader says that a column holds numbers, so that a sector called ``NA``, the
country ``NA`` (Namibia) and a code ``01`` stay what they are. What the file leaves open is never
guessed: an encoding, separator or decimal mark other than the one asked for is named in the error.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from ioecon.errors import ArgumentError, ReadError
from ioecon.files.plain_text import WIDE_MARKS, decode, find_encoding, read_content
from ioecon.spreadsheet_text import as_given
from ioecon.wording import listed, places

__all__ = [
    "MISSING",
    "SEPARATORS",
    "labels",
    "numbers",
    "parse_number",
    "read_delimited",
    "read_names",
    "require_options",
    "rows_of",
    "why_no_number",
    "years",
]

#: What stands for a missing number, beside an empty cell; in a column of labels it is a label.
MISSING = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", ".", "..")
SEPARATORS = (",", ";", "\t", "|")

_BEGINNING = 2**20  # bytes that are read for the names of columns
_LONGEST_CELL = 100_000
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:([,.' \u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*.*")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:[. ][0-9]{3})+),[0-9]+(?:[eE].*)?")


def read_delimited(
    path: str | PathLike[str],
    what: str,
    *,
    encoding: str | None = None,
    separator: str | None = ",",
    decimal: str = ".",
) -> pd.DataFrame:
    r"""Read a text file with one row of column names; every cell stays text.

    Parameters
    ----------
    path : path
        Text, also compressed with gzip.
    what : str
        What the file is read for, for messages.
    encoding : str, optional
        Encoding of the text; UTF-8 (with or without a mark at its beginning) by default.
    separator : str or None
        Character between columns; None finds it in the row of names.
    decimal : {".", ","}
        Decimal mark of the numbers, for :func:`numbers`; it must not be the separator.

    Returns
    -------
    DataFrame
        Cells as text without blanks around them, an empty cell as ``""``. The index, ``line``,
        holds the line of the file; rows without any cell and columns without a name are left out.

    Raises
    ------
    ReadError
        If the file is missing, damaged, in another encoding or separated by another character;
        if a column occurs twice or a row has more or fewer cells than there are names.
    ArgumentError
        If an option has a value that it does not have.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "k.csv"
    ...     _ = file.write_text("iso2;value\nNA;1,5\n")
    ...     frame = read_delimited(file, "values", separator=";", decimal=",")
    >>> frame.iloc[0].to_list(), numbers(frame["value"], "k.csv", decimal=",").to_list()
    (['NA', '1,5'], [1.5])
    """
    path = Path(path)
    require_options(separator, decimal, encoding)
    if not path.is_file():
        raise ReadError(f"There is no file {path} to read {what} from.")
    text = decode(read_content(path), path.name, encoding)
    if separator is None:
        separator = _find_separator(text)
    lines = [row for row in rows_of(text, path.name, separator) if any(row[1])]
    names = _name_columns(lines, path.name, separator)
    rows, at = [], []
    for line, cells in lines[1:]:
        if len(cells) > len(names) and not any(cells[len(names) :]):
            cells = cells[: len(names)]
        if len(cells) != len(names):
            raise ReadError(
                f"{path.name}, line {line} has {len(cells)} cells where the row of names has "
                f"{len(names)}: complete the line, and put a cell that contains "
                f"{separator!r} in quotation marks."
            )
        rows.append(cells)
        at.append(line)
    frame = pd.DataFrame(rows, columns=names, index=pd.Index(at, name="line"), dtype=object)
    return frame.loc[:, [name != "" for name in names]]


def read_names(
    path: str | PathLike[str],
    what: str,
    *,
    encoding: str | None = None,
    separator: str | None = ",",
) -> tuple[str, ...]:
    r"""Read the names of the columns of a text file, and no more of it than they need.

    Parameters
    ----------
    path, what, encoding, separator
        As for :func:`read_delimited`.

    Returns
    -------
    tuple of str

    Raises
    ------
    ReadError, ArgumentError
        As :func:`read_delimited`, as far as the beginning of the file shows it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "k.csv"
    ...     _ = file.write_text("firm,year\n1,1935\n")
    ...     read_names(file, "a panel")
    ('firm', 'year')
    """
    path = Path(path)
    require_options(separator, ".", encoding)
    if not path.is_file():
        raise ReadError(f"There is no file {path} to read {what} from.")
    data = read_content(path, _BEGINNING)
    if len(data) > _BEGINNING:  # the last line may end anywhere
        if data.startswith(WIDE_MARKS) or "16" in (encoding or "") or "32" in (encoding or ""):
            data = read_content(path)
        else:
            data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]
    text = decode(data, path.name, encoding)
    if separator is None:
        separator = _find_separator(text)
    filled = (row for row in _parse_rows(text, path.name, separator) if any(row[1]))
    return tuple(filter(None, _name_columns([*islice(filled, 20)], path.name, separator)))


def labels(column: pd.Series, file: str) -> pd.Series:
    """Labels of a column, runs of blanks as one space.

    Raises
    ------
    ReadError
        If a cell is empty: its line is named.
    """
    tidy = column.map(_tidy_cell)
    empty = tidy.index[tidy == ""]
    if len(empty):
        raise ReadError(
            f"{file}, line {empty[0]}: the column {column.name!r} is empty; every row needs one."
        )
    return tidy


def numbers(
    column: pd.Series, file: str, *, decimal: str = ".", rows: pd.Index | None = None
) -> pd.Series:
    """Numbers of a column of text; NaN where a cell is empty or says that a number is missing.

    Parameters
    ----------
    column : Series
        Cells as text, of :func:`read_delimited`. Missing are empty cells and those of
        :data:`MISSING`.
    file : str
        For messages.
    decimal : {".", ","}
    rows : Index, optional
        What each row is about, for messages.

    Returns
    -------
    Series
        float64.

    Raises
    ------
    ReadError
        If a cell is text, or has a thousands separator or another decimal mark: its line is named.
    """
    cells = column.astype("string")
    missing = cells.isin(["", *MISSING]) | cells.isna()
    plain = cells.str.replace(",", ".") if decimal == "," else cells
    plain = plain.mask(cells.str.contains(".", regex=False), "?") if decimal == "," else plain
    good = plain.str.fullmatch(_NUMBER).fillna(False) & ~missing
    values = pd.Series(np.nan, index=column.index, name=column.name, dtype="float64")
    values[good] = plain[good].astype("float64")
    wrong = ~(good | missing) | np.isinf(values)
    if wrong.any():
        first = int(np.argmax(wrong))
        cell = str(column.iloc[first])
        about = "" if rows is None else f" ({places(rows[first : first + 1])})"
        more = int(wrong.sum()) - 1
        also = f" ({more} more such cell{'s' if more > 1 else ''})" if more else ""
        raise ReadError(
            f"{file}, column {column.name!r}, line {column.index[first]}{about} holds "
            f"{_show_cell(cell)} instead of a number{also}{why_no_number(cell, decimal)}."
        )
    return values


def years(column: pd.Series, file: str) -> pd.Series:
    """Years of a column, int64.

    Raises
    ------
    ReadError
        If a cell is no whole number of at most four digits: its line is named.
    """
    cells = column.astype("string")
    wrong = ~cells.str.fullmatch(r"[0-9]{1,4}(?:[.,]0*)?").fillna(False)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ReadError(
            f"{file}, column {column.name!r}, line {column.index[first]} holds "
            f"{_show_cell(str(column.iloc[first]))} instead of a year."
        )
    return cells.str.extract(r"^([0-9]+)", expand=False).astype("int64")


def parse_number(cell: str, decimal: str = ".") -> float | None:
    """Parse the number of a cell of text, or None; ``inf``, ``nan`` and ``1_000`` are no numbers.

    Examples
    --------
    >>> parse_number("1,5", decimal=","), parse_number("1,5"), parse_number("inf")
    (1.5, None, None)
    """
    text = cell.strip()
    if decimal == ",":
        text = "?" if "." in text else text.replace(",", ".")
    return float(text) if re.fullmatch(_NUMBER, text) else None


def why_no_number(cell: str, decimal: str = ".") -> str:
    """Say what is wrong with a cell that should be a number, as the end of a sentence.

    Examples
    --------
    >>> why_no_number("1.234,5")
    '; it has a decimal comma: pass decimal="," (and perhaps separator=";")'
    """
    text = cell.strip()
    if decimal == "." and re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]{3}", text):
        return (
            '; write numbers without a thousands separator, or pass decimal="," if the comma is a '
            "decimal mark"
        )
    if decimal == "." and _DECIMAL_COMMA.fullmatch(text):
        return '; it has a decimal comma: pass decimal="," (and perhaps separator=";")'
    if decimal == "," and "." in text and re.fullmatch(_NUMBER, text):
        return '; it has a point, but decimal="," says that the decimal mark is a comma'
    if _THOUSANDS.fullmatch(text):
        return "; write numbers without a thousands separator"
    if re.fullmatch(_NUMBER, text.replace(",", ".")):
        return "; it is too large"
    if text.startswith("#"):
        return "; it is an error value of a spreadsheet: correct it there"
    return ""


def rows_of(text: str, file: str, separator: str) -> list[tuple[int, list[str]]]:
    """Rows of a delimited text, each with the line on which it begins; cells without blanks around.

    An apostrophe that keeps a spreadsheet from taking a cell for a formula is left out.

    Raises
    ------
    ReadError
        If a quotation mark is not closed or stands within a cell, or a cell is huge.
    """
    return [*_parse_rows(text, file, separator)]


def _parse_rows(text: str, file: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    line = 1
    try:
        for cells in reader:
            cells = [as_given(cell.strip()) for cell in cells]
            if cells and len(max(cells, key=len)) > _LONGEST_CELL:
                raise csv.Error(f"a cell of more than {_LONGEST_CELL:,} characters")
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(
            f"{file} could not be read as CSV: line {line}: {error}; is a quotation mark missing?"
        ) from error


def require_options(separator: str | None, decimal: str, encoding: str | None = None) -> None:
    """Refuse a separator, a decimal mark or an encoding that cannot be one."""
    if encoding is not None:
        find_encoding(encoding)
    if decimal not in (".", ","):
        raise ArgumentError(f"decimal is '.' or ',', not {decimal!r}.")
    if separator is None:
        return
    if not isinstance(separator, str) or len(separator) != 1 or separator in "\"'\r\n\0.":
        raise ArgumentError(
            f"separator is one character, such as ',', ';' or '\\t' (a tab), not {separator!r}."
        )
    if separator.isalnum() or separator in "+-":
        raise ArgumentError(
            f"separator cannot be {separator!r}, which is part of labels or numbers."
        )
    if separator == decimal:
        raise ArgumentError(
            f"separator and decimal are both {decimal!r}: files with decimal commas are usually "
            "separated by ';', so pass separator=\";\" as well."
        )


def _find_separator(text: str) -> str:
    """Separator that stands most often in the first row with any text; a comma if none does."""
    first = next((line for line in text.splitlines()[:100] if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)


def _name_columns(lines: list[tuple[int, list[str]]], file: str, separator: str) -> list[str]:
    """Names in the first of some lines; a column without one has the empty text."""
    if not lines:
        raise ReadError(f"{file} could not be read as CSV: it is empty.")
    _, head = lines[0]
    names = [_tidy_cell(cell) for cell in head]
    while not names[-1]:  # a separator at the end of a line begins no column
        names.pop()
    _require_separator(head, lines[1:], file, separator)
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise ReadError(
            f"{file} has the column {listed(twice)} more than once: rename or remove one."
        )
    return names


def _require_separator(
    names: list[str], lines: list[tuple[int, list[str]]], file: str, separator: str
) -> None:
    """Refuse a file with one column whose only name holds another separator."""
    if len([name for name in names if name]) > 1:
        return
    whole = " ".join(names)
    likely = max(SEPARATORS, key=whole.count)
    if likely == separator or likely not in whole:
        return
    cells = [cell for _, row in lines[:20] for cell in ",".join(row).split(likely)]
    commas = any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cell in cells)
    also = ' and decimal=","' if commas else ""
    raise ReadError(
        f"{file} could not be read as CSV with {separator!r} between columns: it has {likely!r} "
        f"there; pass separator={_quote_shortly(likely)}{also}."
    )


def _tidy_cell(cell: str) -> str:
    return " ".join(str(cell).split())


def _quote_shortly(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _show_cell(cell: str) -> str:
    return repr(cell if len(cell) <= 60 else f"{cell[:57]}...")
