"""Markdown pipe tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regressions.tables.cells import Cell
from regressions.tables.file_format import TextFormat

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["MARKDOWN", "escape_markdown", "markdown_text"]

_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BLOCK = re.compile(r"^(\d*)([#>+.)-])")  # a heading, quotation or list
_ENTITY = re.compile(r"&(?=#?\w+;)")


def markdown_text(table: Table) -> str:
    """Print a table as a pipe table without a final newline."""
    heads = [_join_heads([row.labels[k] for row in table.header]) for k in range(table.n_labels)]
    heads += [_join_heads([row.columns[j] for row in table.header]) for j in range(table.n_columns)]
    rules = [":---"] * table.n_labels
    rules += [_alignment_rule(table, j) for j in range(table.n_columns)]
    lines = [f"**{escape_markdown(table.title)}**", ""] if table.title else []
    lines += [_pipe_row(heads), _pipe_row(rules)]
    for group in table.groups:
        if group.title:
            title = [f"*{escape_markdown(group.title)}*"] + [""] * (len(heads) - 1)
            lines.append(_pipe_row(title))
        lines += [
            _pipe_row([escape_markdown(cell.printed) for cell in (*row.labels, *row.cells)])
            for row in group.rows
        ]
    for note in table.notes:
        lines += ["", _BLOCK.sub(r"\1\\\2", escape_markdown(note))]
    return "\n".join(lines)


MARKDOWN = TextFormat(".md", markdown_text, method="to_markdown")


def escape_markdown(text: str) -> str:
    """Escape what Markdown would read as markup; line ends become ``<br>``."""
    text = _SPECIAL.sub(r"\\\1", text)
    text = _TAG.sub("&lt;", _ENTITY.sub("&amp;", text))
    return text.strip(" \t").replace("\n", "<br>")


def _join_heads(texts: list[str]) -> str:
    return "<br>".join(escape_markdown(text) for text in texts if text)


def _alignment_rule(table: Table, column: int) -> str:
    cells: list[Cell] = [row.cells[column] for row in table.rows]
    if any(cell.kind == "estimate" for cell in cells):
        return ":---:"
    return "---:" if table.numeric_columns[column] else ":---"


def _pipe_row(texts: list[str]) -> str:
    return "| " + " | ".join(texts) + " |"
