"""The file formats of tables: the one list of them, and how a file is written.

A new format is a module with a `TextFormat` or `DocumentFormat`, and a line in `FORMATS`:
:meth:`Table.to_file` and the results of a study write it from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from regressions.tables.excel import EXCEL
from regressions.tables.file_format import DocumentFormat, TextFormat
from regressions.tables.files import checked_target
from regressions.tables.html import HTML
from regressions.tables.latex import LATEX
from regressions.tables.markdown import MARKDOWN
from regressions.tables.text import TEXT
from regressions.tables.word import WORD

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = [
    "FORMATS",
    "TableFormat",
    "write_document",
    "write_excel",
    "write_file",
    "write_text",
    "write_word",
]

TableFormat = TextFormat | DocumentFormat

FORMATS: Mapping[str, TableFormat] = {
    one.suffix: one for one in (TEXT, MARKDOWN, HTML, LATEX, WORD, EXCEL)
}
"""Formats by the suffix of their files."""

_METHODS = {suffix: one.method for suffix, one in FORMATS.items()}
_ONE_TABLE = "Table"  # the name of a table that is alone in its document


def write_text(
    table: Table, form: TextFormat, path: str | PathLike[str] | None = None, **options: Any
) -> str:
    """Return a table as text, and write it where a path is given.

    Parameters
    ----------
    table : Table
    form : TextFormat
    path : str or path, optional
        A file with the suffix of the format; an existing one is replaced.
    **options
        Of the format.

    Returns
    -------
    str
        Without a final newline.

    Raises
    ------
    TableContentError
        If the path cannot be written.
    """
    printed = form.text_of(table, **options)
    if path is not None:
        page = f"{form.preamble}{printed}\n"
        checked_target(path, [form.suffix], _METHODS).write_bytes(page.encode())
    return printed


def write_document(
    tables: Mapping[str, Table], form: DocumentFormat, path: str | PathLike[str]
) -> None:
    """Write one document of several tables.

    Parameters
    ----------
    tables : mapping of str to Table
        By name; names are sheets in a workbook and not printed in a Word document.
    form : DocumentFormat
    path : str or path
        A file with the suffix of the format; an existing one is replaced.

    Raises
    ------
    TableContentError
        If there is no table, a name is not allowed, the path cannot be written, or the package
        that makes the format is not installed.
    """
    target = checked_target(path, [form.suffix], _METHODS)
    target.write_bytes(form.content_of(tables))


def write_file(table: Table, path: str | PathLike[str], form: TableFormat | None = None) -> None:
    """Write a table in one format, or in the one that the suffix of the file says.

    Parameters
    ----------
    table : Table
    path : str or path
        An existing file is replaced.
    form : TextFormat or DocumentFormat, optional

    Raises
    ------
    TableContentError
        If no format has the suffix, or the path cannot be written.
    """
    if form is None:
        form = FORMATS[checked_target(path, [*FORMATS], _METHODS).suffix.lower()]
    if isinstance(form, DocumentFormat):
        write_document({_ONE_TABLE: table}, form, path)
    else:
        write_text(table, form, path)


def write_word(tables: Sequence[Table], path: str | PathLike[str]) -> None:
    """Write one Word document with the tables one beneath the other (extra ``word``).

    Titles are paragraphs of the style Caption, header rows repeat on every page, rules are
    those of a paper (heavy, light, heavy). A table wider than a page stands on a landscape page;
    one wider than that is parted, the labels repeated.

    Parameters
    ----------
    tables : sequence of Table
        The tables.
    path : str or path
        The ``.docx`` file; an existing one is replaced.

    Raises
    ------
    TableContentError
        If there is no table, the path cannot be written, or python-docx is not installed.
    """
    write_document({str(j): table for j, table in enumerate(tables)}, WORD, path)


def write_excel(tables: Mapping[str, Table], path: str | PathLike[str]) -> None:
    r"""Write one Excel workbook with one sheet per table (extra ``excel``).

    Sheets print on one page's width where that is readable, on as few as it takes otherwise, with
    header rows and labels repeated on each.

    Parameters
    ----------
    tables : mapping of str to Table
        Sheet names (at most 31 characters, none of ``[ ] : * ? / \``) and tables.
    path : str or path
        The ``.xlsx`` file; an existing one is replaced.

    Raises
    ------
    TableContentError
        If there is no table, a sheet name is not allowed, the path cannot be written, or
        XlsxWriter is not installed.
    """
    write_document(tables, EXCEL, path)
