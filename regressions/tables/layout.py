"""How wide a table is on paper: column widths, portrait or landscape, and parts of wide tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = [
    "COLUMN_GAP",
    "LANDSCAPE",
    "PORTRAIT",
    "PaperLayout",
    "characters",
    "choose_layout",
    "column_characters",
    "natural_widths",
]

PORTRAIT, LANDSCAPE = 6.3, 9.0
"""Width of the text on a page with margins of an inch, in inches (A4 and Letter, the narrower)."""

_CHARACTER = 0.075  # inches of a character at ten points
COLUMN_GAP = 0.17
"""Inches between columns."""

_WIDEST_TEXT, _NARROWEST_TEXT, _NARROWEST = 2.5, 1.0, 0.6
_CONTINUED = {"en": "{} (continued)", "zh": "{}（续）"}


@dataclass(frozen=True)
class PaperLayout:
    """A table on paper.

    Attributes
    ----------
    parts : tuple of Table
        One beneath the other; more than one where the table is wider than a landscape page.
    widths : tuple of tuple of float
        Inches of every column of each part, label columns first.
    landscape : bool
        Whether the page lies on its side.
    """

    parts: tuple[Table, ...]
    widths: tuple[tuple[float, ...], ...]
    landscape: bool


def choose_layout(table: Table) -> PaperLayout:
    """Choose page and column widths so that every column is readable.

    Text wraps before the page is turned, and the page is turned before the table is parted;
    every part repeats the labels, the last one has the notes.

    Parameters
    ----------
    table : Table

    Returns
    -------
    PaperLayout
    """
    natural = [min(width, _WIDEST_TEXT) for width in natural_widths(table)]
    narrow = _narrow_widths(table, natural)
    for room, landscape in ((PORTRAIT, False), (LANDSCAPE, True)):
        if sum(narrow) <= room:
            return PaperLayout((table,), (_share_room(natural, narrow, room),), landscape)
    labels = table.n_labels
    spans = _part_evenly(narrow[:labels], narrow[labels:])
    parts = []
    widths = []
    for number, (start, stop) in enumerate(spans):
        title = table.title
        if number and title:
            title = _CONTINUED[table.language].format(title)
        notes = table.notes if stop == table.n_columns else ()
        parts.append(table.with_columns(start, stop, title=title, notes=notes))
        columns = [*range(labels), *range(labels + start, labels + stop)]
        widths.append(
            _share_room([natural[j] for j in columns], [narrow[j] for j in columns], LANDSCAPE)
        )
    return PaperLayout(tuple(parts), tuple(widths), True)


def column_characters(table: Table) -> list[int]:
    """Count the characters of every column's longest line, label columns first."""
    return [
        max(
            (characters(line) for t in _column_texts(table, column) for line in t.split("\n")),
            default=0,
        )
        for column in range(table.n_labels + table.n_columns)
    ]


def characters(text: str) -> int:
    """Count a text's width in characters: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _column_inches(count: int) -> float:
    return count * _CHARACTER + COLUMN_GAP


def _column_texts(table: Table, column: int) -> Iterable[str]:
    """Texts of one column: of the labels first, then of the body; heads over one column only."""
    if column < table.n_labels:
        yield from (row.labels[column] for row in table.header)
        yield from (row.labels[column].text for row in table.rows)
        return
    column -= table.n_labels
    for row in table.header:
        start = 0
        for head in row.heads:
            if start == column and head.span == 1:
                yield head.text
            start += head.span
    yield from (row.cells[column].printed for row in table.rows)


def natural_widths(table: Table) -> list[float]:
    """Inches at which no line of a column wraps, label columns first."""
    return [max(_column_inches(count), _NARROWEST) for count in column_characters(table)]


def _narrow_widths(table: Table, natural: Sequence[float]) -> list[float]:
    """Widths below which a number or a word would break."""
    widths = []
    for column, width in enumerate(natural):
        body = column - table.n_labels
        words = [
            word for text in _column_texts(table, column) for word in _split_where_lines_end(text)
        ]
        longest = _column_inches(max(map(characters, words), default=0))
        floor = _NARROWEST if body >= 0 and table.numeric_columns[body] else _NARROWEST_TEXT
        widths.append(min(max(longest, floor), width))
    return widths


def _split_where_lines_end(text: str) -> list[str]:
    """Pieces of a text between which a line may end."""
    if any(unicodedata.east_asian_width(c) in "WF" for c in text):
        return list(text)
    return re.split(r"[\s/-]+(?!\d)", text)


def _share_room(
    natural: Sequence[float], narrow: Sequence[float], room: float
) -> tuple[float, ...]:
    """Share the room between columns that would rather be wider."""
    wanted = sum(natural) - sum(narrow)
    share = 1.0 if wanted <= 0 else min(1.0, (room - sum(narrow)) / wanted)
    return tuple(n + share * (w - n) for w, n in zip(natural, narrow, strict=True))


def _part_evenly(labels: Sequence[float], columns: Sequence[float]) -> list[tuple[int, int]]:
    """Part columns evenly over as few pages as hold them."""
    room = LANDSCAPE - sum(labels)
    parts = _fill_pages(columns, room)
    while len(parts) > 1:
        room -= 0.1  # the narrowest room for as many parts leaves them about equal
        tighter = _fill_pages(columns, room)
        if len(tighter) > len(parts):
            break
        parts = tighter
    return parts


def _fill_pages(columns: Sequence[float], room: float) -> list[tuple[int, int]]:
    spans = []
    start, used = 0, 0.0
    for column, width in enumerate(columns):
        if column > start and used + width > room:
            spans.append((start, column))
            start, used = column, 0.0
        used += width
    return [*spans, (start, len(columns))]
