"""Excel workbooks of labels and numbers, written without loss.

Spreadsheet libraries print numbers with 15 or 16 digits, so that a table read back would differ
in its last bit. Here every number is written with the digits that identify it (``repr``), and the
same sheets always give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ioecon.files.excel_columns import column_letters

__all__ = ["Cell", "SheetContent", "workbook_bytes"]

Cell = str | float | int | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: no trace of when it was written
_HEADING = 1  # number of the style, see _STYLES
_CODED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/>'
    '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor '
    'rgb="FFE7EDF3"/></patternFill></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf fontId="1" '
    'fillId="2" applyFont="1" applyFill="1"/></cellXfs><cellStyles count="1"><cellStyle '
    'name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class SheetContent:
    """One sheet of a workbook.

    Parameters
    ----------
    name : str
        At most 31 characters, as Excel wants it.
    rows : sequence of sequences
        Cells from A1 on; None is an empty cell.
    head : (int, int)
        First row and last row + 1 of the column headings; the rows down to there stay in view.
    labels : int
        Number of columns of row labels, which stay in view.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    head: tuple[int, int] = (0, 0)
    labels: int = 0


def workbook_bytes(sheets: Sequence[SheetContent]) -> bytes:
    """Content of an xlsx file with the given sheets."""
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": _content_types_xml(numbers),
        "_rels/.rels": _relations_xml([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook_xml(sheets),
        "xl/_rels/workbook.xml.rels": _relations_xml(
            [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in numbers]
            + [("rIdStyles", "styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(_zip_entry(name), text)
        for number, sheet in zip(numbers, sheets, strict=True):
            with archive.open(_zip_entry(f"xl/worksheets/sheet{number}.xml"), "w") as file:
                for text in _sheet_xml(sheet):
                    file.write(text.encode("utf-8"))
    return buffer.getvalue()


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _content_types_xml(numbers: range) -> str:
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{office}.worksheet+xml"/>'
        for i in numbers
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/><Override '
        f'PartName="/xl/styles.xml" ContentType="{office}.styles+xml"/>{sheets}</Types>'
    )


def _relations_xml(targets: Sequence[tuple[str, str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _workbook_xml(sheets: Sequence[SheetContent]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{i}" r:id="rId{i}"/>'
        for i, sheet in enumerate(sheets, start=1)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>'


def _sheet_xml(sheet: SheetContent) -> Iterator[str]:
    first, end = sheet.head
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    if end or sheet.labels:
        corner = f"{column_letters(sheet.labels)}{end + 1}"
        yield (
            f'<pane xSplit="{sheet.labels}" ySplit="{end}" topLeftCell="{corner}" '
            'activePane="bottomRight" state="frozen"/>'
        )
    yield '</sheetView></sheetViews><cols><col min="1" max="3" width="20" customWidth="1"/>'
    yield '<col min="4" max="16384" width="14" customWidth="1"/></cols><sheetData>'
    for i, row in enumerate(sheet.rows):
        cells = (
            _cell_xml(
                cell, f"{column_letters(j)}{i + 1}", first <= i < end or _is_label(sheet, i, j)
            )
            for j, cell in enumerate(row)
            if cell is not None and cell != ""
        )
        yield f'<row r="{i + 1}">{"".join(cells)}</row>'
    yield "</sheetData></worksheet>"


def _is_label(sheet: SheetContent, row: int, column: int) -> bool:
    return column < sheet.labels and row >= sheet.head[1]


def _cell_xml(cell: str | float, place: str, heading: bool) -> str:
    style = f' s="{_HEADING}"' if heading else ""
    if isinstance(cell, str):
        # Excel takes _x0041_ for a coded character; the underscore itself is coded to keep it.
        text = escape(_CODED.sub(lambda match: "_x005F" + match[0], cell))
        return (
            f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        )
    if isinstance(cell, bool):
        return f'<c r="{place}"{style} t="b"><v>{int(cell)}</v></c>'
    return f'<c r="{place}"{style}><v>{float(cell)!r}</v></c>'
