"""Plain text, aligned at the decimal point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regressions.tables.cells import NUMERIC_KINDS, Cell, HeaderRow
from regressions.tables.file_format import TextFormat
from regressions.tables.layout import characters

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["TEXT", "plain_text"]

_GAP = "  "


def plain_text(table: Table) -> str:
    """Print a table as plain text without a final newline."""
    labels = [_label_texts(table, k) for k in range(table.n_labels)]
    columns = [_align_numbers([row.cells[j] for row in table.rows]) for j in range(table.n_columns)]
    label_widths = [max(map(characters, texts), default=0) for texts in labels]
    widths = [max(map(characters, texts), default=0) for texts in columns]
    for row in table.header:
        label_widths = [
            max(width, characters(_on_one_line(text)))
            for width, text in zip(label_widths, row.labels, strict=True)
        ]
    widths = _widen_for_heads(widths, table.header)
    rule = "-" * _span_width([*label_widths, *widths])
    lines = [_on_one_line(table.title)] if table.title else []
    lines.append(rule)
    for row in table.header:
        lines += _header_lines(table, row, label_widths, widths)
    position = 0
    for group in table.groups:
        lines.append(rule)
        if group.title:
            lines.append(_on_one_line(group.title))
        for _ in group.rows:
            parts = [
                _align_left(texts[position], w)
                for texts, w in zip(labels, label_widths, strict=True)
            ]
            parts += [
                (_align_center if table.numeric_columns[j] else _align_left)(
                    texts[position], widths[j]
                )
                for j, texts in enumerate(columns)
            ]
            lines.append(_GAP.join(parts).rstrip())
            position += 1
    lines.append(rule)
    lines += [_on_one_line(note) for note in table.notes]
    return "\n".join(lines)


TEXT = TextFormat(".txt", plain_text, method="to_text")


def _on_one_line(text: str) -> str:
    return " ".join(text.split("\n")).replace("\t", " ")


def _align_left(text: str, width: int) -> str:
    return text + " " * (width - characters(text))


def _align_center(text: str, width: int) -> str:
    free = width - characters(text)
    return " " * (free - free // 2) + text + " " * (free // 2)


def _span_width(widths: list[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _label_texts(table: Table, level: int) -> list[str]:
    return [_on_one_line(row.labels[level].text) for row in table.rows]


def _align_numbers(cells: list[Cell]) -> list[str]:
    """Pad numbers so that their decimal points stand beneath each other."""
    counts_apart = any(cell.kind == "estimate" for cell in cells)
    splits = [
        None if counts_apart and cell.kind == "count" else _split_at_point(cell) for cell in cells
    ]
    left = max((characters(s[0]) for s in splits if s), default=0)
    right = max((characters(s[1]) for s in splits if s), default=0)
    return [
        " " * (left - characters(s[0])) + s[0] + _align_left(s[1], right)
        if s
        else _on_one_line(cell.printed)
        for cell, s in zip(cells, splits, strict=True)
    ]


def _split_at_point(cell: Cell) -> tuple[str, str] | None:
    text = cell.text
    interval = ", " in text or text.count(".") > 1
    if cell.kind not in NUMERIC_KINDS or interval or "\n" in text:
        return None
    whole, point, decimals = text.partition(".")
    if not point:
        digits = whole.rstrip(")")
        return digits, whole[len(digits) :] + cell.stars
    return whole, point + decimals + cell.stars


def _widen_for_heads(widths: list[int], header: tuple[HeaderRow, ...]) -> list[int]:
    """Widen columns until every head fits above those it spans."""
    widths = list(widths)
    for row in reversed(header):
        start = 0
        for head in row.heads:
            spanned = range(start, start + head.span)
            lacking = characters(_on_one_line(head.text)) - _span_width(
                [widths[j] for j in spanned]
            )
            for j in spanned:
                if lacking > 0:
                    widths[j] += -(-lacking // head.span)
            start += head.span
    return widths


def _header_lines(
    table: Table, row: HeaderRow, label_widths: list[int], widths: list[int]
) -> list[str]:
    heads = [
        _align_left(_on_one_line(text), w) for text, w in zip(row.labels, label_widths, strict=True)
    ]
    rules = [" " * width for width in label_widths]
    start = 0
    for head in row.heads:
        width = _span_width(widths[start : start + head.span])
        centred = head.span > 1 or table.numeric_columns[start]
        heads.append((_align_center if centred else _align_left)(_on_one_line(head.text), width))
        rules.append(("-" if head.text else " ") * width)
        start += head.span
    lines = [_GAP.join(heads).rstrip()]
    if row.spanner:
        lines.append(_GAP.join(rules).rstrip())
    return lines
