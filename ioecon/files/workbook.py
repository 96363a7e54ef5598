"""Excel workbooks (xlsx, xlsb, xls) as rows of cells: the one door through which all readers go.

A workbook is checked before it is decoded (``archives.py``, ``excel_faults.py``), and decoded in a
process of its own with a limit of time and memory (``workbook_process.py``), because the libraries
that do it can die of a damaged file, or never end.
"""

from __future__ import annotations

import json
import math
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ioecon.errors import ReadError
from ioecon.files.archives import Archive
from ioecon.files.cells import DateCell, FaultyCell
from ioecon.files.decoder import Decoder
from ioecon.files.excel_columns import column_letters
from ioecon.files.excel_faults import Faults, faults_of_sheets
from ioecon.files.web_page import BEGINNING, require_content
from ioecon.progress import report_part

__all__ = ["SheetRows", "WorkbookReader", "is_workbook"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SCRIPT = Path(__file__).with_name("workbook_process.py")
_SECONDS, _SECONDS_PER_MB = 3, 3  # of processor time; the largest published takes 7 s of 150
_PATIENCE = 5  # seconds of the clock for each of processor time, on a machine with much to do
_PIECE = 2**20  # bytes of a file that are sent at a time
_MEMORY, _MEMORY_PER_BYTE = 2**30, 8  # bytes, and per byte unpacked
_KNOWN_ERRORS = (
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#GETTING_DATA",
)


def is_workbook(data: bytes) -> bool:
    """Whether a file begins as Excel's do."""
    return data.startswith((_ZIP, _OLE))


@dataclass(frozen=True)
class SheetRows:
    """A sheet of a workbook, read row by row.

    Parameters
    ----------
    name : str
        Name of the sheet.
    height, width : int
        Number of rows and columns from A1 on.
    rows : iterator of lists
        Cells from column A on: numbers, text, truth values, :class:`FaultyCell`, and the empty
        string for an empty cell; empty cells at the end of a row may be left out.
    """

    name: str
    height: int
    width: int
    rows: Iterator[list[Any]]


class WorkbookReader:
    """Decodes workbooks one after the other, in one process beside this one.

    A context manager: the process ends with it.

    Examples
    --------
    >>> from ioecon.files.xlsx import SheetContent, workbook_bytes
    >>> data = workbook_bytes([SheetContent("2002", [["Goods", 2.5, None, 3.0]])])
    >>> with WorkbookReader() as reader:
    ...     reader.open(data, "table.xlsx")
    ...     list(reader.sheet("2002").rows)
    ['2002']
    [['Goods', 2.5, '', 3.0]]
    """

    def __init__(self) -> None:
        self._decoder = Decoder(_SCRIPT, "workbook", self._refusal_error)
        self._file = ""
        self._faults: dict[str, Faults] = {}

    def __enter__(self) -> WorkbookReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._decoder.stop()

    def open(self, data: bytes | Path, file: str) -> list[str]:
        """Open a workbook and return the names of its sheets.

        Parameters
        ----------
        data : bytes or Path
            Content of the workbook, or its place on disk: then it is never held as a whole.
        file : str
            Its name, for messages.

        Raises
        ------
        ReadError
            If it is none, or damaged.
        """
        self._file, self._faults = file, {}
        packed = size = len(data) if isinstance(data, bytes) else _size_of(data)
        first = data if isinstance(data, bytes) else next(_pieces(data, BEGINNING), b"")
        begin = first[:BEGINNING]
        require_content(begin, file)
        if not is_workbook(begin):
            raise self._refusal_error("it begins as no workbook does")
        if begin.startswith(_ZIP):
            with Archive(data, file, "Excel workbook") as archive:
                self._faults = faults_of_sheets(archive)
                size = sum(archive.size(name) for name in archive.names)
        seconds = _SECONDS + _SECONDS_PER_MB * packed / 2**20
        question = {
            "size": packed,
            "seconds": seconds,
            "memory": _MEMORY + _MEMORY_PER_BYTE * size,
        }
        self._decoder.start(math.ceil(seconds * _PATIENCE))
        pieces = [data] if isinstance(data, bytes) else _pieces(data, _PIECE)
        return list(self._decoder.ask(question, pieces)["sheets"])

    def sheet(self, name: str) -> SheetRows:
        """Sheet of the open workbook; read its rows before anything else is asked.

        Raises
        ------
        ReadError
            If it is damaged; also while its rows are read.
        """
        faults = self._faults.get(name, {})
        for (row, column), cell in faults.items():
            sign = cell.holds.removeprefix("the error ")
            if sign != cell.holds and sign not in _KNOWN_ERRORS:  # the library reads no such sheet
                place = f"{column_letters(column)}{row + 1}"
                raise ReadError(f"{self._file}: cell {name}!{place} holds {cell}. {cell.advice}")
        answer = self._decoder.ask({"sheet": name})
        height, width = int(answer["height"]), int(answer["width"])
        if faults:
            height = max(height, *(row + 1 for row, _ in faults))
            width = max(width, *(column + 1 for _, column in faults))
        return SheetRows(name, height, width, self._rows(height, faults))

    def _rows(self, height: int, faults: Faults) -> Iterator[list[Any]]:
        by_row: dict[int, list[tuple[int, FaultyCell]]] = {}
        for (row, column), cell in faults.items():
            by_row.setdefault(row, []).append((column, cell))
        sent = self._receive_rows()
        for row in range(height):
            report_part(self._file, row, height)
            cells = next(sent, [])
            for column, cell in by_row.get(row, ()):
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = cell
            yield cells
        for _ in sent:  # the mark of the end
            pass

    def _receive_rows(self) -> Iterator[list[Any]]:
        while True:
            count, length = struct.unpack("<II", self._decoder.receive(8))
            if count == 0xFFFFFFFF:
                return
            numbers = array("d", self._decoder.receive(8 * count))
            cells: list[Any] = numbers.tolist()
            for column, told in json.loads(self._decoder.receive(length)) if length else ():
                cells[column] = _make_cell(told)
            yield cells

    def _refusal_error(self, reason: str) -> ReadError:
        return ReadError(
            f"{self._file} is not a complete Excel workbook ({reason}); download it again, or save "
            "it anew in Excel or LibreOffice."
        )


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}.") from error


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    """Content of a file piece by piece."""
    try:
        with path.open("rb") as stream:
            while piece := stream.read(size):
                yield piece
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}.") from error


def _make_cell(told: list[Any] | None) -> Any:
    """Cell from the kind and value that the process told."""
    if told is None:
        return ""
    kind, value = told
    if kind == "error":
        return FaultyCell.error(value)
    return DateCell(value) if kind == "date" else value
