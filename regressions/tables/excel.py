"""Excel workbooks (extra ``excel``): numbers stay numbers, formats print them as in the table."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from regressions.tables.archives import with_fixed_times
from regressions.tables.cells import Cell, HeaderRow, Row
from regressions.tables.errors import TableContentError
from regressions.tables.file_format import DocumentFormat
from regressions.tables.layout import characters, column_characters

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["EXCEL", "excel_content", "number_format"]

_NUMBER = re.compile(r"([(\[]?)-?([\d,]+)(?:\.(\d+))?(e[+-]\d+)?([)\]]?)")
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_FONT = {"font_name": "Times New Roman", "font_size": 11}
_CREATED = datetime(2000, 1, 1)
_LABEL_WIDTHS, _COLUMN_WIDTHS = (12, 45), (11, 45)  # characters, at least and at most
_PORTRAIT, _LANDSCAPE = 95, 145  # characters of a page's width
_SMALLEST = 0.6  # scale at which print stays readable
_NOTE_HEIGHT, _A4 = 13.0, 9


def excel_content(tables: Mapping[str, Table]) -> bytes:
    """Make an Excel workbook with one sheet per table.

    Parameters
    ----------
    tables : mapping of str to Table
        By the names of their sheets.

    Returns
    -------
    bytes

    Raises
    ------
    TableContentError
        If there is no table, a sheet name is not allowed, or XlsxWriter is not installed.
    """
    if not tables:
        raise TableContentError("There is no table to write into the workbook.")
    for name in tables:
        _check_sheet_name(name)
    if len({name.lower() for name in tables}) < len(tables):
        raise TableContentError(
            f"Two of the sheet names {[*tables]} differ only in case, which Excel does not allow."
        )
    try:
        import xlsxwriter
    except ImportError as error:
        raise TableContentError(
            "Excel files need the package XlsxWriter; install it with 'pip install ioecon[excel]'."
        ) from error
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": _CREATED})
        for name, table in tables.items():
            _Sheet(workbook, workbook.add_worksheet(name)).write(table)
    return with_fixed_times(buffer.getvalue())


EXCEL = DocumentFormat(".xlsx", excel_content, package="xlsxwriter", method="to_excel")


def _check_sheet_name(name: str) -> None:
    if (
        not 0 < len(name) <= 31
        or _SHEET_FORBIDDEN.search(name)
        or name[0] == "'"
        or name[-1] == "'"
    ):
        raise TableContentError(
            f"{name!r} cannot name a sheet; use 1 to 31 characters other than [ ] : * ? / \\, "
            "and no apostrophe at either end."
        )


def number_format(cell: Cell) -> str | None:
    """Return the Excel number format that prints a cell's number as the cell prints it.

    Parameters
    ----------
    cell : Cell
        The cell.

    Returns
    -------
    str or None
        None when the text is not a number in a form that Excel can print.

    Examples
    --------
    >>> number_format(Cell("-0.164", "estimate", "***", -0.16432))
    '0.000"***"'
    >>> number_format(Cell("(0.0612)", "error", "", 0.06121))
    '"("0.0000")";"(-"0.0000")"'
    """
    match = _NUMBER.fullmatch(cell.text)
    if cell.value is None or not math.isfinite(cell.value) or match is None:
        return None
    before, whole, decimals, exponent, after = match.groups()
    digits = "#,##0" if "," in whole else "0"
    if decimals:
        digits += "." + "0" * len(decimals)
    if exponent:
        digits += "E+00"
    if not before:
        return digits + (f'"{cell.stars}"' if cell.stars else "")
    ending = f'{digits}"{after}{cell.stars}"'
    return f'"{before}"{ending};"{before}-"{ending}'


class _Sheet:
    """One worksheet being written from top to bottom."""

    def __init__(self, workbook: Any, sheet: Any) -> None:
        self.workbook = workbook
        self.sheet = sheet
        self.line = 0
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **properties: Any) -> Any:
        """Return the format of some properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format({**_FONT, **properties})
        return self.formats[key]

    def write_text(self, column: int, text: str, style: Any) -> None:
        """Write a text into the current line, or a blank cell if it is empty."""
        if text:
            self.sheet.write_string(self.line, column, text, style)
        else:
            self.sheet.write_blank(self.line, column, None, style)

    def write(self, table: Table) -> None:
        """Write title, header, body and notes."""
        self.sheet.hide_gridlines(2)
        widths = self.set_widths(table)
        if table.title:
            self.write_text(0, table.title, self.style(bold=True))
            self.line += 1
        self.set_printing(table, sum(widths))
        for position, header in enumerate(table.header):
            self.write_header(table, header, first=position == 0)
        for group in table.groups:
            first = True
            if group.title:
                self.write_text(0, group.title, self.style(italic=True, top=1))
                for column in range(1, table.n_labels + table.n_columns):
                    self.write_text(column, "", self.style(top=1))
                self.line += 1
                first = False
            for row in group.rows:
                self.write_row(table, row, first=first, last=row is table.rows[-1])
                first = False
        for note in table.notes:
            self.write_note(note, widths)

    def set_widths(self, table: Table) -> list[int]:
        """Make columns as wide as what they hold; long texts wrap."""
        widths = []
        for column, count in enumerate(column_characters(table)):
            least, most = _LABEL_WIDTHS if column < table.n_labels else _COLUMN_WIDTHS
            widths.append(min(max(count + 2, least), most))
            self.sheet.set_column(column, column, widths[-1])
        return widths

    def set_printing(self, table: Table, width: int) -> None:
        """Fit the sheet to the page; the header follows in the current line."""
        self.sheet.set_paper(_A4)
        self.sheet.set_margins(left=0.5, right=0.5)
        if width > _PORTRAIT:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(math.ceil(width * _SMALLEST / _LANDSCAPE), 0)
        self.sheet.repeat_rows(self.line, self.line + len(table.header) - 1)
        if table.n_labels:
            self.sheet.repeat_columns(0, table.n_labels - 1)

    def write_note(self, text: str, widths: list[int]) -> None:
        """Write a note over all columns, wrapped: what runs over prints on a page more."""
        style = self.style(font_size=9, text_wrap=True, valign="top")
        last = len(widths) - 1
        if last:
            self.sheet.merge_range(self.line, 0, self.line, last, "", style)
        self.write_text(0, text, style)
        lines = sum(-(-max(characters(line), 1) // sum(widths)) for line in text.split("\n"))
        self.sheet.set_row(self.line, _NOTE_HEIGHT * lines)
        self.line += 1

    def write_header(self, table: Table, row: HeaderRow, *, first: bool) -> None:
        """Write one header row, spans merged."""
        edges = {"top": 2} if first else {}
        for column, text in enumerate(row.labels):
            self.write_text(column, text, self.style(**edges))
        start = table.n_labels
        for head in row.heads:
            rule = {"bottom": 1} if row.spanner and head.text else {}
            style = self.style(align="center", text_wrap=True, **edges, **rule)
            if head.span > 1:
                self.sheet.merge_range(
                    self.line, start, self.line, start + head.span - 1, head.text, style
                )
            self.write_text(start, head.text, style)
            start += head.span
        self.line += 1

    def write_row(self, table: Table, row: Row, *, first: bool, last: bool) -> None:
        """Write one row of the body."""
        edges = ({"top": 1} if first else {}) | ({"bottom": 2} if last else {})
        for column, cell in enumerate(row.labels):
            self.write_text(column, cell.text, self.style(text_wrap=True, valign="top", **edges))
        for j, cell in enumerate(row.cells):
            column = table.n_labels + j
            align = {"align": "center" if table.numeric_columns[j] else "left", "valign": "top"}
            printed = number_format(cell)
            if printed is None:
                style = self.style(text_wrap=True, **align, **edges)
                self.write_text(column, cell.printed, style)
            else:
                style = self.style(num_format=printed, **align, **edges)
                self.sheet.write_number(self.line, column, cell.value, style)
        self.line += 1
