"""The table: typed rows in, one writer per format out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from typing import Any

import pandas as pd

from regressions.tables.cells import (
    NUMERIC_KINDS,
    Cell,
    HeaderRow,
    Label,
    Row,
    RowGroup,
    checked_text,
    text_of,
)
from regressions.tables.errors import TableContentError
from regressions.tables.excel import EXCEL
from regressions.tables.formats import write_file, write_text
from regressions.tables.frame_cells import (
    CellFormat,
    cell_of_value,
    frame_header,
    is_plain_index,
    label_of_key,
)
from regressions.tables.html import HTML
from regressions.tables.latex import LATEX
from regressions.tables.markdown import MARKDOWN
from regressions.tables.text import TEXT
from regressions.tables.word import WORD
from regressions.tables.words import Language, checked_language

__all__ = ["Table"]


@dataclass(frozen=True)
class Table:
    """A publication table that every writer prints.

    Parameters
    ----------
    header : tuple of HeaderRow
        Header rows from top to bottom.
    groups : tuple of RowGroup
        The body.
    notes : tuple of str
        Notes beneath the table, one line each.
    title : str
        Caption; empty for none.
    identifier : str
        Anchor in HTML and label in LaTeX; letters, digits and ``: . _ -`` only.
    language : {"en", "zh"}
        Language of the fixed words; the HTML writer declares it.
    left_out : tuple of str
        Names of what could have been printed and is not, such as regressors; no format prints it.

    Raises
    ------
    TableContentError
        If rows differ in length, or the identifier holds other characters.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"published": [-0.164], "computed": [-0.1639]}, index=["ln_iti"])
    >>> print(Table.from_frame(frame, title="Check").to_text())
    Check
    ---------------------------
            published  computed
    ---------------------------
    ln_iti     -0.164    -0.164
    ---------------------------
    """

    header: tuple[HeaderRow, ...]
    groups: tuple[RowGroup, ...]
    notes: tuple[str, ...] = ()
    title: str = ""
    identifier: str = ""
    language: Language = "en"
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.header:
            raise TableContentError("A table needs at least one header row.")
        for row in self.header:
            if (len(row.labels), len(row.columns)) != (self.n_labels, self.n_columns):
                raise TableContentError(
                    f"The header row {row.columns} spans {len(row.labels)} label and "
                    f"{len(row.columns)} body columns; the first one spans {self.n_labels} and "
                    f"{self.n_columns}."
                )
        for body_row in self.rows:
            if (len(body_row.labels), len(body_row.cells)) != (self.n_labels, self.n_columns):
                label = body_row.labels[0].text if body_row.labels else ""
                raise TableContentError(
                    f"The row {label!r} has {len(body_row.labels)} labels and "
                    f"{len(body_row.cells)} cells; the header has {self.n_labels} and "
                    f"{self.n_columns}."
                )
        if self.identifier and not re.fullmatch(r"[A-Za-z][A-Za-z0-9:._-]*", self.identifier):
            raise TableContentError(
                f"identifier={self.identifier!r} cannot be an anchor; use a letter, then letters, "
                "digits, ':', '.', '_' or '-'."
            )
        object.__setattr__(self, "title", checked_text(self.title))
        object.__setattr__(self, "notes", tuple(checked_text(note) for note in self.notes))
        object.__setattr__(self, "language", checked_language(self.language))

    @property
    def n_labels(self) -> int:
        """Number of label columns."""
        return len(self.header[0].labels)

    @property
    def n_columns(self) -> int:
        """Number of columns of the body."""
        return len(self.header[0].columns)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows of the body."""
        return tuple(row for group in self.groups for row in group.rows)

    @cached_property
    def numeric_columns(self) -> tuple[bool, ...]:
        """Whether each column holds numbers, which writers align."""
        return tuple(
            any(row.cells[j].kind in NUMERIC_KINDS for row in self.rows)
            for j in range(self.n_columns)
        )

    def with_columns(
        self, start: int, stop: int, *, title: str | None = None, notes: Sequence[str] | None = None
    ) -> "Table":
        """Take some columns of the body, with all labels.

        Parameters
        ----------
        start, stop : int
            From column `start` up to, not including, column `stop`; counted from 0. Heads over
            several columns are cut.
        title : str, optional
            Another title.
        notes : sequence of str, optional
            Other notes.

        Returns
        -------
        Table
            Without an identifier.

        Examples
        --------
        >>> import pandas as pd
        >>> table = Table.from_frame(pd.DataFrame({"a": [1], "b": [2], "c": [3]}))
        >>> table.with_columns(1, 3).to_frame().columns.tolist()
        ['b', 'c']
        """
        groups = tuple(
            replace(group, rows=tuple(replace(r, cells=r.cells[start:stop]) for r in group.rows))
            for group in self.groups
        )
        return Table(
            header=tuple(_cut_header(row, start, stop) for row in self.header),
            groups=groups,
            notes=self.notes if notes is None else tuple(notes),
            title=self.title if title is None else title,
            language=self.language,
            left_out=self.left_out,
        )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        title: str = "",
        notes: Sequence[str] = (),
        labels: Mapping[str, str | Label] | None = None,
        digits: int | None = None,
        formats: Mapping[Any, CellFormat] | None = None,
        missing: str = "",
        index: bool | None = None,
        identifier: str = "",
        language: Language = "en",
    ) -> "Table":
        """Make a table of any data frame.

        Strings are printed as they are, integers without separators (they may be years),
        truth values as Yes and No, other numbers with outreg2's automatic digits. Column
        levels become header rows, with equal neighbours of the upper levels joined.

        Parameters
        ----------
        frame : DataFrame
            The values, one row per row of the table.
        title, identifier, language
            As in `Table`.
        notes : sequence of str
            Notes beneath the table.
        labels : mapping of str to str or Label, optional
            Printed names of index values, index names and columns.
        digits : int, optional
            Decimals of all floating-point numbers; automatic digits by default.
        formats : mapping, optional
            By column (a tuple when the columns have levels): decimals, or a function from
            the value to its text.
        missing : str
            What stands for missing values.
        index : bool, optional
            Whether to print the index; by default unless it is an unnamed 0, 1, 2, ….

        Returns
        -------
        Table
            The table.

        Raises
        ------
        TableContentError
            If the frame has no column, or `formats` names one that it does not have.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"code": ["AUT", "DEU"], "share": [0.1234, None]})
        >>> print(Table.from_frame(frame, missing="n/a").to_markdown())
        | code | share |
        | :--- | ---: |
        | AUT | 0.123 |
        | DEU | n/a |
        """
        if frame.shape[1] == 0:
            raise TableContentError("The data frame has no columns, so there is nothing to print.")
        formats = dict(formats or {})
        unknown = [column for column in formats if column not in frame.columns]
        if unknown:
            raise TableContentError(
                f"formats names the column {unknown[0]!r}, which the data frame does not have; "
                f"its columns are {[*frame.columns]}."
            )
        labels = dict(labels or {})
        with_index = not is_plain_index(frame.index) if index is None else index
        names = [label_of_key(name, labels) for name in frame.index.names] if with_index else []
        rows = []
        for position, key in enumerate(frame.index):
            keys = (key if isinstance(key, tuple) else (key,)) if with_index else ()
            cells = (
                cell_of_value(
                    frame.iloc[position, j], formats.get(column, digits), missing, language
                )
                for j, column in enumerate(frame.columns)
            )
            rows.append(
                Row(tuple(Cell.label(label_of_key(part, labels)) for part in keys), tuple(cells))
            )
        return cls(
            header=frame_header(frame.columns, [text_of(name) for name in names], labels),
            groups=(RowGroup(tuple(rows)),),
            notes=tuple(notes),
            title=title,
            identifier=identifier,
            language=language,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the printed texts as a data frame.

        Returns
        -------
        DataFrame
            One row per printed row; the index holds the labels (empty in a row that
            continues the one above), the columns the heads, with one level per header row.
        """
        header = [row.columns for row in self.header]
        columns = pd.Index(header[0]) if len(header) == 1 else pd.MultiIndex.from_arrays(header)
        texts = [[cell.printed for cell in row.cells] for row in self.rows]
        frame = pd.DataFrame(texts, columns=columns)
        labels = [[row.labels[k].text for row in self.rows] for k in range(self.n_labels)]
        if len(labels) == 1:
            frame.index = pd.Index(labels[0], name=self.header[-1].labels[0] or None)
        elif labels:
            frame.index = pd.MultiIndex.from_arrays(
                labels, names=[name or None for name in self.header[-1].labels]
            )
        return frame

    def to_text(self, path: str | PathLike[str] | None = None) -> str:
        """Write plain text, columns aligned at the decimal point.

        Parameters
        ----------
        path : str or path, optional
            A ``.txt`` file to write as well; an existing one is replaced.

        Returns
        -------
        str
            The table without a final newline.
        """
        return write_text(self, TEXT, path)

    def to_markdown(self, path: str | PathLike[str] | None = None) -> str:
        """Write a pipe table; several header rows share one, line by line.

        Parameters
        ----------
        path : str or path, optional
            A ``.md`` file to write as well; an existing one is replaced.

        Returns
        -------
        str
            Markdown without a final newline.
        """
        return write_text(self, MARKDOWN, path)

    def to_html(self, path: str | PathLike[str] | None = None) -> str:
        """Write a ``<table>`` element with scopes, classes named after the cell kinds and no style.

        Parameters
        ----------
        path : str or path, optional
            A ``.html`` file to write as well; an existing one is replaced.

        Returns
        -------
        str
            An HTML fragment, every text escaped.
        """
        return write_text(self, HTML, path)

    def to_latex(
        self, path: str | PathLike[str] | None = None, *, threeparttable: bool = True
    ) -> str:
        r"""Write LaTeX with the rules of booktabs, every text escaped.

        A table with a title or an identifier is a float: one that is wider than a page is turned
        on its side (``sidewaystable``), beyond that it is parted; one that is longer than a page
        is a ``longtable``. LaTeX numbers the caption, so a number at the start of the title
        ("Table 3.") is left out.

        Parameters
        ----------
        path : str or path, optional
            A ``.tex`` file to write as well; an existing one is replaced.
        threeparttable : bool
            Put the notes into a ``threeparttable``, so that they are as wide as the table;
            else into rows beneath it.

        Returns
        -------
        str
            A ``tabular``, within a ``table`` when there is a title or an identifier. The
            first line names the packages that the preamble needs; Chinese needs XeLaTeX
            or LuaLaTeX with a Chinese font (``ctex``).
        """
        return write_text(self, LATEX, path, threeparttable=threeparttable)

    def to_file(self, path: str | PathLike[str]) -> None:
        """Write a file in the format that its suffix says.

        Parameters
        ----------
        path : str or path
            With one of the suffixes of ``regressions.tables.FORMATS``: ``.txt``, ``.tex``,
            ``.docx`` and so on; an existing file is replaced.
        """
        write_file(self, path)

    def to_word(self, path: str | PathLike[str]) -> None:
        """Write a Word document with this table (extra ``word``).

        Parameters
        ----------
        path : str or path
            The ``.docx`` file; an existing one is replaced.
        """
        write_file(self, path, WORD)

    def to_excel(self, path: str | PathLike[str]) -> None:
        """Write an Excel workbook with this table (extra ``excel``).

        Numbers stay numbers at full precision; number formats print them as in the table.

        Parameters
        ----------
        path : str or path
            The ``.xlsx`` file; an existing one is replaced.
        """
        write_file(self, path, EXCEL)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def _cut_header(row: HeaderRow, start: int, stop: int) -> HeaderRow:
    heads = []
    place = 0
    for head in row.heads:
        span = min(place + head.span, stop) - max(place, start)
        if span > 0:
            heads.append(replace(head, span=span))
        place += head.span
    return replace(row, heads=tuple(heads))
