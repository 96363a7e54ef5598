"""The typed parts of a table: cells, header rows, rows and row groups.

Texts are kept as given; each writer escapes them for its own format, never earlier.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from regressions.tables.errors import TableContentError

__all__ = [
    "NUMERIC_KINDS",
    "Cell",
    "CellKind",
    "Head",
    "HeaderRow",
    "Label",
    "Row",
    "RowGroup",
    "checked_text",
    "latex_of",
    "text_of",
]

CellKind = Literal["label", "text", "estimate", "error", "statistic", "count"]
NUMERIC_KINDS: frozenset[CellKind] = frozenset({"estimate", "error", "statistic", "count"})

_LINE_END = re.compile("\r\n|[\r\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
_DIRECTIONS = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


@dataclass(frozen=True)
class Label:
    """A label that has its own LaTeX form.

    Parameters
    ----------
    text : str
        What every format prints, escaped.
    latex : str
        What the LaTeX writer prints, exactly as given.

    Examples
    --------
    >>> Label("R²", latex="$R^2$").text
    'R²'
    """

    text: str
    latex: str


def text_of(label: str | Label) -> str:
    """Return the plain text of a label."""
    return label.text if isinstance(label, Label) else label


def latex_of(label: str | Label) -> str | None:
    """Return the LaTeX form of a label, None if it has none of its own."""
    return label.latex if isinstance(label, Label) else None


def checked_text(text: str) -> str:
    """Check that every format can hold a text, and write its line ends as one newline.

    Raises
    ------
    TableContentError
        If the text holds a control character, a lone surrogate or a non-character, which
        HTML, Word and Excel files cannot hold; or one that turns the direction of writing, so
        that readers see another text (U+202E and its kind).
    """
    text = _LINE_END.sub("\n", text)
    for character in text:
        code = ord(character)
        control = unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"
        control = control or character in _DIRECTIONS
        if (
            control
            or character in _DIRECTIONS
            or 0xFDD0 <= code <= 0xFDEF
            or code & 0xFFFE == 0xFFFE
        ):
            raise TableContentError(
                f"The text {text!r} holds the character U+{code:04X}, which a table cannot "
                "print; remove it from the label."
            )
    return text


@dataclass(frozen=True)
class Cell:
    """One cell of the body.

    Parameters
    ----------
    text : str
        The printed text without stars, unescaped.
    kind : {"label", "text", "estimate", "error", "statistic", "count"}
        What the cell holds; writers align by it and name HTML classes after it.
    stars : str
        Significance stars, printed behind the text.
    value : float, optional
        The number behind the text at full precision; Excel cells hold it.
    latex : str, optional
        LaTeX code printed in place of the escaped text.

    Examples
    --------
    >>> Cell("-0.164", kind="estimate", stars="***").printed
    '-0.164***'
    """

    text: str = ""
    kind: CellKind = "text"
    stars: str = ""
    value: float | None = None
    latex: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", checked_text(self.text))

    @property
    def printed(self) -> str:
        """Text and stars."""
        return self.text + self.stars

    @classmethod
    def label(cls, label: str | Label) -> "Cell":
        """Make the label cell of a row."""
        return cls(text_of(label), kind="label", latex=latex_of(label))


@dataclass(frozen=True)
class Head:
    """One cell of a header row, over `span` columns.

    Parameters
    ----------
    text : str
        The head, unescaped; empty over columns without one.
    span : int
        Number of columns, at least one.
    latex : str, optional
        LaTeX code printed in place of the escaped text.
    """

    text: str = ""
    span: int = 1
    latex: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", checked_text(self.text))
        if self.span < 1:
            raise TableContentError(
                f"The column head {self.text!r} spans {self.span} columns; it needs at least one."
            )


@dataclass(frozen=True)
class HeaderRow:
    """One row of heads: over the label columns and over the columns of the body.

    Parameters
    ----------
    labels : tuple of str
        Heads of the label columns.
    heads : tuple of Head
        Heads of the body's columns; their spans add up to the number of columns.
    spanner : bool
        Whether the heads join columns, so that a rule is drawn beneath each.
    """

    labels: tuple[str, ...]
    heads: tuple[Head, ...]
    spanner: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(checked_text(text) for text in self.labels))

    @property
    def columns(self) -> list[str]:
        """The head above each column of the body, repeated under a span."""
        return [head.text for head in self.heads for _ in range(head.span)]


@dataclass(frozen=True)
class Row:
    """One row of the body.

    Parameters
    ----------
    labels : tuple of Cell
        Label cells, one per label column; empty texts in a row that continues.
    cells : tuple of Cell
        One per column.
    continues : bool
        Whether the row belongs to the labels of the row above (standard errors beneath
        estimates).
    """

    labels: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    continues: bool = False


@dataclass(frozen=True)
class RowGroup:
    """Rows that stand together, under a title if one is given; groups are separated by a rule.

    Parameters
    ----------
    rows : tuple of Row
        The rows.
    title : str
        The group's title; empty for none.
    """

    rows: tuple[Row, ...]
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", checked_text(self.title))
        if self.rows and self.rows[0].continues:
            raise TableContentError("The first row of a group cannot continue another row.")
