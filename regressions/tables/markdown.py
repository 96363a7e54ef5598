"""Markdown pipe tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regressions.tables.cells import Cell

if TYPE_CHECKING:
    from regressions.tables.table import Table

_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BLOCK = re.compile(r"^(\d*)([#>+.)-])")  # a heading, quotation or list
_ENTITY = re.compile(r"&(?=#?\w+;)")


def markdown_of(table: Table) -> str:
    """Print a table as a pipe table without a final newline."""
    heads = [_joined([row.labels[k] for row in table.header]) for k in range(table.n_labels)]
    heads += [_joined([row.columns[j] for row in table.header]) for j in range(table.n_columns)]
    rules = [":---"] * table.n_labels
    rules += [_rule(table, j) for j in range(table.n_columns)]
    lines = [f"**{escaped(table.title)}**", ""] if table.title else []
    lines += [_pipes(heads), _pipes(rules)]
    for group in table.groups:
        if group.title:
            title = [f"*{escaped(group.title)}*"] + [""] * (len(heads) - 1)
            lines.append(_pipes(title))
        lines += [
            _pipes([escaped(cell.printed) for cell in (*row.labels, *row.cells)])
            for row in group.rows
        ]
    for note in table.notes:
        lines += ["", _BLOCK.sub(r"\1\\\2", escaped(note))]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Escape what Markdown would read as markup; line ends become ``<br>``."""
    text = _SPECIAL.sub(r"\\\1", text)
    text = _TAG.sub("&lt;", _ENTITY.sub("&amp;", text))
    return text.strip(" \t").replace("\n", "<br>")


def _joined(texts: list[str]) -> str:
    return "<br>".join(escaped(text) for text in texts if text)


def _rule(table: Table, column: int) -> str:
    cells: list[Cell] = [row.cells[column] for row in table.rows]
    if any(cell.kind == "estimate" for cell in cells):
        return ":---:"
    return "---:" if table.numeric_columns[column] else ":---"


def _pipes(texts: list[str]) -> str:
    return "| " + " | ".join(texts) + " |"
