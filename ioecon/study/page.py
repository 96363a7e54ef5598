"""The results page: everything on one self-contained page that a phone can show.

No script, no font, no file is loaded from elsewhere; every text is escaped.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

from ioecon.study.drawing import Picture
from regressions import Table

__all__ = ["Body", "Chapter", "Page", "page_html"]

# On paper: columns from which on a table takes smaller letters, and rows of more than a page.
_WIDE, _LONG = 9, 45


@dataclass(frozen=True, eq=False)
class Chapter:
    """Tables under one heading.

    Attributes
    ----------
    key, heading : str
        Anchor and heading.
    tables : mapping of str to Table
    statements : tuple of str
        What the tables say, listed above them.
    folded : tuple of str
        Tables that are shown on demand only.
    """

    key: str
    heading: str
    tables: Mapping[str, Table]
    statements: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Body:
    """What a kind of study says of its results.

    Attributes
    ----------
    lead : str
        The sentence beneath the heading.
    facts : mapping
        A few numbers, by name.
    first : tuple of (str, str)
        What to read first: a sentence and the anchor it leads to.
    chapters : tuple of Chapter
        Tables in the order of reading; one without tables is left out.
    """

    lead: str
    facts: Mapping[str, str]
    first: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, eq=False)
class Page:
    """What the page shows.

    Attributes
    ----------
    title : str
    body : Body
    notes, warnings : tuple of str
        Remarks of the study; warnings of the run.
    pictures : tuple of Picture
    manifest : mapping
        Versions, options, inputs.
    outputs : tuple of str
        Files of the folder.
    """

    title: str
    body: Body
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    pictures: tuple[Picture, ...]
    manifest: Mapping[str, Any]
    outputs: tuple[str, ...]


def page_html(page: Page) -> str:
    """Return the page as HTML."""
    style = files("ioecon.study").joinpath("page.css").read_text(encoding="utf-8")
    sections = [
        ("first", "What to read first", _reading_list(page)),
        ("figures", "Figures", "".join(_figure_html(picture) for picture in page.pictures)),
        *((chapter.key, chapter.heading, _chapter_html(chapter)) for chapter in page.body.chapters),
        ("settings", "Settings, inputs and files", _settings_html(page)),
    ]
    shown = [(key, heading, body) for key, heading, body in sections if body]
    links = "".join(f'<a href="#{key}">{escape(heading)}</a>' for key, heading, _ in shown)
    body = "".join(
        f'<section id="{key}" aria-labelledby="{key}-heading">'
        f'<h2 id="{key}-heading">{escape(heading)}</h2>\n{content}</section>\n'
        for key, heading, content in shown
    )
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in page.body.facts.items()
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(page.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header class="top"><p class="eyebrow">ioecon study</p><h1>{escape(page.title)}</h1>\n'
        f'<p class="lead">{escape(page.body.lead)}</p>\n<nav aria-label="Sections">{links}</nav>\n'
        f'<dl class="facts">{facts}</dl></header>\n<main>\n{body}</main>\n'
        f"<footer>{escape(_colophon_text(page.manifest))}</footer>\n</body>\n</html>\n"
    )


def _reading_list(page: Page) -> str:
    items = (
        f'<li>{_escape_sentence(sentence)} <a href="#{escape(anchor)}">Go there</a></li>'
        for sentence, anchor in page.body.first
    )
    text = f"<ol>{''.join(items)}</ol>\n"
    if page.notes:
        text += f"<h3>About this study</h3>{_list_html(page.notes)}"
    if page.warnings:
        text += (
            f'<details><summary class="warning">Warnings of the run ({len(page.warnings)})'
            f"</summary>{_list_html(page.warnings)}</details>"
        )
    return text


def _figure_html(picture: Picture) -> str:
    drawing = picture.drawing
    light, dark = _data_uri(picture.light), _data_uri(picture.dark)
    return (
        f'<figure id="figure-{escape(drawing.key)}"><div role="region" tabindex="0" '
        f'aria-label="{escape(drawing.title)}"><picture>'
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{escape(drawing.alternative)}" loading="lazy"></picture></div>'
        f"<figcaption><b>{escape(drawing.title)}.</b> {escape(drawing.caption)}</figcaption>"
        "</figure>\n"
    )


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _table_box(key: str, table: Table) -> str:
    """Put a table into a box of its own that scrolls, by finger or by keyboard."""
    words = all(cell.kind == "text" for row in table.rows for cell in row.cells)
    kind = f"box words labels{table.n_labels}" if words else f"box labels{table.n_labels}"
    columns = max((len(row.cells) for row in table.rows), default=0)
    kind += " wide" * (columns > _WIDE) + " long" * (len(table.rows) > _LONG)
    label = escape(table.title or key)
    return (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{label}">\n'
        f"{table.to_html()}\n</div>\n"
    )


def _chapter_html(chapter: Chapter) -> str:
    if not chapter.tables:
        return ""
    boxes = (
        f"<details><summary>{escape(table.title)}</summary>{_table_box(key, table)}</details>\n"
        if key in chapter.folded
        else _table_box(key, table)
        for key, table in chapter.tables.items()
    )
    statements = _list_html(chapter.statements) if chapter.statements else ""
    return statements + "".join(boxes)


def _settings_html(page: Page) -> str:
    rows = [
        (item["role"], item["name"], item["sha256"][:16] + "…") for item in page.manifest["inputs"]
    ]
    inputs = (
        _plain_table_html(("Input", "File", "SHA-256"), rows)
        if rows
        else ("<p>No files were read: embedded data come with the package.</p>")
    )
    options = json.dumps(page.manifest["options"], indent=2, ensure_ascii=False)
    files_ = ", ".join(f"<code>{escape(name)}</code>" for name in page.outputs)
    versions = _plain_table_html(("Software", "Version"), page.manifest["versions"].items())
    return (
        f"<h3>Inputs</h3>{inputs}<details><summary>All settings</summary>"
        f'<div class="box" role="region" tabindex="0" aria-label="All settings"><pre>'
        f"{escape(options)}</pre></div></details>"
        f"<details><summary>Versions</summary>{versions}</details>"
        f"<h3>Files in this folder</h3><p>{files_}</p>"
    )


def _plain_table_html(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="box words" role="region" tabindex="0" aria-label="{escape(head[0])}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _list_html(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_escape_sentence(item)}</li>' for item in items)}</ul>\n"


def _escape_sentence(text: str) -> str:
    """Escape a sentence; a number stays with its percent sign."""
    return escape(text).replace(" %", "&nbsp;%")


def _colophon_text(manifest: Mapping[str, Any]) -> str:
    versions = manifest["versions"]
    return (
        f"Made with ioecon {versions['ioecon']}, Python {versions['python']}. manifest.json lists "
        "options, inputs and every file with its SHA-256; the same inputs, versions and kind of "
        "processor give the same files, byte for byte."
    )
