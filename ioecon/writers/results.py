"""One way to write any result: CSV, Parquet, Excel or Stata, by the ending of the file's name.

Beside the numbers goes what they are: title, stressor and unit of the whole, unit and meaning of
every column. A CSV file cannot hold that, so a codebook lies beside it; a workbook has it on a
sheet of its own, a Parquet file in its metadata (pandas gives it back in ``attrs``), a Stata file
in the labels of data set and variables.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.errors import ArgumentError, IoeconWarning, OutputError
from ioecon.files.source_file import PathLike
from ioecon.files.whole_file import write_whole
from ioecon.files.xlsx import Cell, SheetContent, workbook_bytes
from ioecon.spreadsheet_text import csv_bytes
from ioecon.user_warnings import warn_user
from ioecon.wording import did_you_mean, near_words
from ioecon.writers.flat_result import FlatResult, flatten_result
from ioecon.writers.stata import describe_renamed, stata_bytes

__all__ = ["write_result"]

_SHEET_ROWS, _SHEET_COLUMNS, _CELL_TEXT = 1_048_576, 16_384, 32_767
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NEWER = {".xls": ".xlsx", ".pq": ".parquet", ".feather": ".parquet", ".tsv": ".csv"}


def write_result(result: Any, path: PathLike, *, overwrite: bool = False) -> Path:
    """Write a result to one file, with what its columns are.

    Parameters
    ----------
    result : result of ioecon, regressions or diagnostics, DataFrame or Series
        Whatever has ``to_frame`` (or, as a fitted model, ``tidy``); a frame may be a part of what
        that gives. The index becomes the first columns.
    path : path
        The ending says the format:

        ``.csv``
            UTF-8, numbers in full; text that a spreadsheet could take for a formula has an
            apostrophe before it. Title, units and meanings are in ``NAME_codebook.csv`` beside it.
        ``.parquet``
            With the index and ``attrs``, which pandas gives back; needs the extra ``parquet``.
        ``.xlsx``
            Sheets ``data`` and ``about``; numbers in full.
        ``.dta``
            Stata 14 and later: title and meanings with units as labels, cut to 80 characters.
            Names are made of 32 letters, digits and underscores; a warning says which changed,
            and the variable's label begins with the whole name. Missing text is empty, truth
            values are 0 and 1.
    overwrite : bool
        Whether a file that is there may be replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ArgumentError
        If it is no result (tables: :func:`write_table`), a column mixes kinds of values or holds
        what the format cannot (infinity in Excel or Stata).
    OutputError
        If the ending is not known, an extra is missing, or the file is there already or cannot be
        written; nothing is left behind then.

    Examples
    --------
    >>> import tempfile, ioecon
    >>> world = ioecon.datasets.load_world()
    >>> panel = ioecon.build_panel(world.series, world.emissions)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = ioecon.write_result(panel[["ddfc", "iti"]], f"{folder}/panel.dta")
    ...     labels = pd.io.stata.StataReader(file).variable_labels()
    >>> labels["iti"]
    'Industrial transfer index of gross output (per year)'
    """
    place = Path(path).expanduser()
    make = _find_writer(place)
    flat = flatten_result(result)
    write_whole(make(flat, place), overwrite=overwrite)
    return place


def _csv_files(flat: FlatResult, place: Path) -> dict[Path, bytes]:
    book = place.with_name(f"{place.stem}_codebook.csv")
    return {
        book: csv_bytes(flat.codebook(), index=False),
        place: csv_bytes(flat.frame, index=False),
    }


def _parquet_files(flat: FlatResult, place: Path) -> dict[Path, bytes]:
    if find_spec("pyarrow") is None:
        raise OutputError(
            f"{place} needs the package pyarrow; install it with 'pip install ioecon[parquet]', or "
            "write another file (.csv, .xlsx, .dta)."
        )
    frame = flat.frame
    if flat.keys:
        frame = frame.set_index(list(frame.columns[: flat.keys]))
    frame.attrs = dict(flat.attrs)
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=None)
    return {place: buffer.getvalue()}


def _excel_files(flat: FlatResult, place: Path) -> dict[Path, bytes]:
    rows, columns = flat.frame.shape
    if rows + 1 > _SHEET_ROWS or columns > _SHEET_COLUMNS:
        raise OutputError(
            f"{place}: a sheet holds {_SHEET_ROWS:,} rows and {_SHEET_COLUMNS:,} columns, and the "
            f"result has {rows + 1:,} and {columns:,}: write another file (.csv, .parquet, .dta)."
        )
    sheets = [
        SheetContent(name, [list(frame.columns), *_rows_of_cells(frame)], head=(0, 1))
        for name, frame in (("data", flat.frame), ("about", flat.codebook()))
    ]
    return {place: workbook_bytes(sheets)}


def _rows_of_cells(frame: pd.DataFrame) -> list[tuple[Cell, ...]]:
    for name in frame:
        _require_cell_text(str(name), "The name of a column")
    columns = [_cells_of(frame[name]) for name in frame]
    return list(zip(*columns, strict=True))


def _cells_of(column: pd.Series) -> list[Cell]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if pd.isna(moment) else moment.isoformat() for moment in column]
    if pd.api.types.is_float_dtype(column.dtype):
        values = column.to_numpy(dtype=float).tolist()
        if any(math.isinf(value) for value in values):
            raise ArgumentError(
                f"The column {column.name!r} holds infinity, which Excel cannot: leave it missing, "
                "or write another file (.csv, .parquet)."
            )
        return [None if math.isnan(value) else value for value in values]
    if pd.api.types.is_integer_dtype(column.dtype):
        whole = [None if pd.isna(value) else int(value) for value in column]
        large = next((value for value in whole if value is not None and abs(value) > 2**53), None)
        if large is not None:
            raise ArgumentError(
                f"The column {column.name!r} holds {large}, a whole number that Excel does not "
                "hold exactly: write it as text."
            )
        return [*whole]
    if pd.api.types.is_bool_dtype(column.dtype):
        return [None if pd.isna(value) else bool(value) for value in column]
    for text in column:
        if text is not None:
            _require_cell_text(text, f"A cell of the column {column.name!r}")
    return [*column]


def _require_cell_text(text: str, where: str) -> None:
    if len(text) > _CELL_TEXT:
        raise ArgumentError(
            f"{where} holds {len(text):,} characters, and a cell of Excel {_CELL_TEXT:,}: write "
            "another file (.csv, .parquet, .dta)."
        )
    found = _NOT_IN_XML.search(text)
    if found is not None:
        sign = f"U+{ord(found.group()):04X}"
        raise ArgumentError(f"{where} holds {sign}, which Excel cannot: take it out.")


def _stata_files(flat: FlatResult, place: Path) -> dict[Path, bytes]:
    data, renamed = stata_bytes(flat.frame, flat.columns, flat.facts.get("title", ""))
    if renamed:
        warn_user(describe_renamed(renamed), IoeconWarning)
    return {place: data}


_WRITERS: Mapping[str, Callable[[FlatResult, Path], dict[Path, bytes]]] = {
    ".csv": _csv_files,
    ".parquet": _parquet_files,
    ".xlsx": _excel_files,
    ".dta": _stata_files,
}


def _find_writer(place: Path) -> Callable[[FlatResult, Path], dict[Path, bytes]]:
    ending = place.suffix.lower()
    if ending in _WRITERS:
        return _WRITERS[ending]
    meant = did_you_mean(near_words(_NEWER.get(ending, ending), _WRITERS))
    ends = f"ends in {ending}" if ending else "has no ending"
    raise OutputError(
        f"{place} {ends}; a result is written to a file that ends in {', '.join(_WRITERS)}"
        f"{f': {meant}' if meant else '.'}"
    )
