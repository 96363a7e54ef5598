"""Semantic HTML fragments without style."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from regressions.tables.cells import Cell, HeaderRow, Row, RowGroup
from regressions.tables.file_format import TextFormat

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["HTML", "escape_html", "html_text"]


def html_text(table: Table) -> str:
    """Print a table as one ``<table>`` element without a final newline."""
    anchor = f' id="{escape(table.identifier)}"' if table.identifier else ""
    lines = [f'<table class="publication" lang="{table.language}"{anchor}>']
    if table.title:
        lines.append(f"<caption>{escape_html(table.title)}</caption>")
    lines.append("<thead>")
    lines += [_header_row(row) for row in table.header]
    lines.append("</thead>")
    width = table.n_labels + table.n_columns
    for group in table.groups:
        lines += ["<tbody>", *_group_rows(group, width), "</tbody>"]
    if table.notes:
        lines.append("<tfoot>")
        lines += [
            f'<tr><td class="note" colspan="{width}">{escape_html(note)}</td></tr>'
            for note in table.notes
        ]
        lines.append("</tfoot>")
    lines.append("</table>")
    return "\n".join(lines)


HTML = TextFormat(
    ".html", html_text, method="to_html", preamble='<!doctype html>\n<meta charset="utf-8">\n'
)


def escape_html(text: str) -> str:
    """Escape a text; line ends become ``<br>``."""
    return escape(text).replace("\n", "<br>")


def _span_attribute(name: str, count: int) -> str:
    return f' {name}="{count}"' if count > 1 else ""


def _header_row(row: HeaderRow) -> str:
    cells = [
        f'<th scope="col">{escape_html(text)}</th>' if text else "<td></td>" for text in row.labels
    ]
    for head in row.heads:
        columns = _span_attribute("colspan", head.span)
        if head.text:
            scope = "colgroup" if head.span > 1 else "col"
            cells.append(f'<th scope="{scope}"{columns}>{escape_html(head.text)}</th>')
        else:
            cells.append(f"<td{columns}></td>")
    return f"<tr>{''.join(cells)}</tr>"


def _group_rows(group: RowGroup, width: int) -> Iterator[str]:
    if group.title:
        yield f'<tr><th scope="rowgroup" colspan="{width}">{escape_html(group.title)}</th></tr>'
    for position, row in enumerate(group.rows):
        yield _body_row(row, _count_with_continued(group.rows, position))


def _count_with_continued(rows: tuple[Row, ...], position: int) -> int:
    """Count a row and those that continue it."""
    height = 1
    while position + height < len(rows) and rows[position + height].continues:
        height += 1
    return height


def _body_row(row: Row, height: int) -> str:
    cells = [] if row.continues else [_row_head(cell, height) for cell in row.labels]
    cells += [f'<td class="{cell.kind}">{escape_html(cell.printed)}</td>' for cell in row.cells]
    return f"<tr>{''.join(cells)}</tr>"


def _row_head(cell: Cell, height: int) -> str:
    rows = _span_attribute("rowspan", height)
    return (
        f'<th scope="row"{rows}>{escape_html(cell.text)}</th>' if cell.text else f"<td{rows}></td>"
    )
