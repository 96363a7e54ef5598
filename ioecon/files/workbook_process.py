"""The process in which workbooks are decoded, run as a script by ``workbook.py``.

The libraries that decode Excel files can die of a damaged file, or never end. Here nothing is lost
with them. This file imports nothing of ioecon, so that it starts in some 50 ms.

Questions come on standard input and answers leave on standard output: JSON in lines; the bytes of
a workbook and the numbers of a row follow the line that tells their count.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

sys.path.append(os.path.dirname(__file__))  # behind all others

from decoder_process import answer, limit_resources, run

_OLE = b"\xd0\xcf\x11\xe0"


class _Modern:
    """An xlsx or xlsb."""

    def __init__(self, data: bytes) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum

        self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = self._book.sheets_metadata
        self.names = [s.name for s in sheets if s.typ == SheetTypeEnum.WorkSheet]

    def rows(self, name: str) -> tuple[int, int, Iterator[Sequence[Any]]]:
        """Return the number of rows and columns from A1 on, and the rows."""
        sheet = self._book.get_sheet_by_name(name)
        if sheet.start is None or sheet.end is None:
            return 0, 0, iter(())
        left = [""] * sheet.start[1]  # rows begin at row 1, but at the first column that is used
        rows = ([*left, *row] for row in sheet.iter_rows()) if left else sheet.iter_rows()
        return sheet.end[0] + 1, sheet.end[1] + 1, rows


class _Old:
    """An xls."""

    def __init__(self, data: bytes) -> None:
        import xlrd

        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            self._book = xlrd.open_workbook(
                file_contents=data, on_demand=True, ragged_rows=True, logfile=nowhere
            )
        self.names = self._book.sheet_names()

    def rows(self, name: str) -> tuple[int, int, Iterator[Sequence[Any]]]:
        """Return the number of rows and columns from A1 on, and the rows."""
        self._book.logfile = io.StringIO()
        sheet = self._book.sheet_by_name(name)
        cells = [[self._convert_value(cell) for cell in sheet.row(i)] for i in range(sheet.nrows)]
        return sheet.nrows, sheet.ncols, iter(cells)

    def _convert_value(self, cell: Any) -> Any:
        import xlrd

        if cell.ctype == xlrd.XL_CELL_ERROR:
            return _Error(xlrd.error_text_from_code.get(cell.value, f"number {cell.value}"))
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, self._book.datemode)
        return cell.value


class _Error:
    def __init__(self, sign: str) -> None:
        self.sign = sign


def _describe_cell(cell: Any) -> list[Any] | None:
    """Kind and value of a cell that is no number; None when it is empty."""
    if isinstance(cell, bool):
        return ["truth", cell]
    if isinstance(cell, str):
        return ["text", cell] if cell else None
    if isinstance(cell, _Error):
        return ["error", cell.sign]
    return ["date", str(cell)]


def _send_row(out: BinaryIO, row: Sequence[Any]) -> None:
    """Send the numbers of a row, and by column what else there is; empty cells at its end go."""
    cells = list(row)
    while cells and cells[-1] == "":
        cells.pop()
    others = []
    for column, cell in enumerate(cells):
        if type(cell) is not float and type(cell) is not int:
            others.append([column, _describe_cell(cell)])
            cells[column] = 0.0
    numbers = array("d", cells)
    words = json.dumps(others).encode("ascii") if others else b""
    out.write(struct.pack("<II", len(numbers), len(words)))
    out.write(numbers.tobytes())
    out.write(words)


def _serve(questions: BinaryIO, out: BinaryIO) -> None:
    book: _Modern | _Old | None = None
    while line := questions.readline():
        question = json.loads(line)
        if "size" in question:
            book = None
            limit_resources(question["seconds"], question["memory"])
            data = questions.read(question["size"])
            book = _Old(data) if data.startswith(_OLE) else _Modern(data)
            answer(out, sheets=book.names)
        elif book is not None:
            height, width, rows = book.rows(question["sheet"])
            answer(out, height=height, width=width)
            for row in rows:
                _send_row(out, row)
            out.write(struct.pack("<II", 0xFFFFFFFF, 0))
            out.flush()


if __name__ == "__main__":
    sys.exit(run(_serve))
