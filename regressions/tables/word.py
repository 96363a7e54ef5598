"""Word documents (extra ``word``)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from regressions.tables.archives import with_fixed_times
from regressions.tables.cells import HeaderRow, Row
from regressions.tables.errors import TableContentError
from regressions.tables.file_format import DocumentFormat
from regressions.tables.layout import choose_layout

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["WORD", "word_content"]

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
_HEAVY, _LIGHT = 12, 6  # eighths of a point
_BODY_SIZE, _NOTE_SIZE = 10, 9
_ROWS_OF_A_PAGE = 30  # a table of so many rows is not broken over two pages


def word_content(tables: Mapping[str, Table]) -> bytes:
    """Make a Word document with tables one beneath the other.

    Parameters
    ----------
    tables : mapping of str to Table
        Their names are not printed.

    Returns
    -------
    bytes

    Raises
    ------
    TableContentError
        If there is no table, or python-docx is not installed.
    """
    if not tables:
        raise TableContentError("There is no table to write into the document.")
    try:
        import docx
    except ImportError as error:
        raise TableContentError(
            "Word files need the package python-docx; install it with 'pip install ioecon[word]'."
        ) from error
    document = docx.Document()
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = _CREATED
    _set_fonts(document)
    for position, table in enumerate(tables.values()):
        layout = choose_layout(table)
        _turn_page(document, layout.landscape, first=position == 0)
        for part, widths in zip(layout.parts, layout.widths, strict=True):
            if document.element.body[:-1] and document.element.body[-2].tag.endswith("}tbl"):
                document.add_paragraph()  # or Word joins the two tables
            _write_table(document, part, widths)
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_times(buffer.getvalue())


WORD = DocumentFormat(".docx", word_content, package="docx", method="to_word")


def _set_fonts(document: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name in ("Normal", "Caption"):
        style = document.styles[name]
        style.font.name = "Times New Roman"
        style.font.size = Pt(_BODY_SIZE)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "SimSun")


def _turn_page(document: Any, landscape: bool, *, first: bool) -> None:
    """Begin a table: beneath the last one, or on a new page where that lies the other way."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Inches

    section = document.sections[-1]
    is_landscape = section.orientation == WD_ORIENT.LANDSCAPE
    if is_landscape == landscape and not first:
        document.add_paragraph()
    elif is_landscape != landscape:
        section = section if first else document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = section.page_height, section.page_width
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Inches(1))


def _set_widths(grid: Any, cells: list[list[Any]], widths: Sequence[float]) -> None:
    """Set column widths twice: Word follows the cells, other programs the grid."""
    from docx.shared import Inches

    grid.autofit = False
    for column, width in enumerate(widths):
        grid.columns[column].width = Inches(width)
        for row in cells:
            row[column].width = Inches(width)


def _write_table(document: Any, table: Table, widths: Sequence[float]) -> None:
    if table.title:
        document.add_paragraph(table.title, style="Caption").paragraph_format.keep_with_next = True
    titles = sum(bool(group.title) for group in table.groups)
    n_rows = len(table.header) + titles + len(table.rows)
    grid = document.add_table(rows=n_rows, cols=table.n_labels + table.n_columns)
    grid.alignment = 1
    cells = [list(row.cells) for row in grid.rows]
    _set_widths(grid, cells, widths)
    for line, header in enumerate(table.header):
        _repeat_as_header(grid.rows[line])
        _write_header(cells[line], header, table)
    _draw_rule(cells[0], "top", _HEAVY)
    line = len(table.header)
    for group in table.groups:
        if line < n_rows:
            _draw_rule(cells[line], "top", _LIGHT)
        if group.title:
            _fill_cell(cells[line][0].merge(cells[line][-1]), group.title, "left", italic=True)
            line += 1
        for row, following in zip(group.rows, (*group.rows[1:], None), strict=True):
            _write_row(cells[line], row, table)
            if n_rows <= _ROWS_OF_A_PAGE or (following is not None and following.continues):
                for cell in cells[line]:  # a coefficient and its error stay on one page
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
            line += 1
    _draw_rule(cells[-1], "bottom", _HEAVY)
    for note in table.notes:
        _write_note(document, note)


def _write_header(cells: list[Any], row: HeaderRow, table: Table) -> None:
    for cell, text in zip(cells, row.labels, strict=False):
        _fill_cell(cell, text, "left")
    start = table.n_labels
    for head in row.heads:
        last = start + head.span - 1
        if row.spanner and head.text:
            _draw_rule(cells[start : last + 1], "bottom", _LIGHT)
        cell = cells[start].merge(cells[last]) if head.span > 1 else cells[start]
        centred = head.span > 1 or table.numeric_columns[start - table.n_labels]
        _fill_cell(cell, head.text, "center" if centred else "left")
        start = last + 1


def _write_row(cells: list[Any], row: Row, table: Table) -> None:
    for cell, label in zip(cells, row.labels, strict=False):
        _fill_cell(cell, label.text, "left")
    for j, content in enumerate(row.cells):
        alignment = "center" if table.numeric_columns[j] else "left"
        _fill_cell(cells[table.n_labels + j], content.printed, alignment)


def _fill_cell(cell: Any, text: str, alignment: str, *, italic: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.alignment = (
        WD_ALIGN_PARAGRAPH.CENTER if alignment == "center" else WD_ALIGN_PARAGRAPH.LEFT
    )
    paragraph.paragraph_format.space_before = Pt(1)  # or rules touch Chinese letters
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.add_run(text).italic = italic


def _write_note(document: Any, note: str) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.add_run(note).font.size = Pt(_NOTE_SIZE)


def _repeat_as_header(row: Any) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _draw_rule(cells: list[Any], edge: str, size: int) -> None:
    """Draw a line at the top or bottom of cells."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", str(size)), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.insert(0 if edge == "top" else len(borders), line)
