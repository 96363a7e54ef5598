r"""LaTeX with the rules of booktabs.

Every text is escaped here, so that no label can break a document: the special characters
``\ { } $ & # % _ ^ ~ < > |``, the ligatures of hyphens, quotes and backticks, brackets and
stars that ``\\`` would take for its arguments. Greek letters and usual mathematical signs
become maths, because pdfLaTeX has no such letters in its text fonts. A combining mark goes into
the letter before it where such a letter exists, and becomes an accent command elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from regressions.tables.cells import NUMERIC_KINDS, Cell, Head, HeaderRow, Row
from regressions.tables.file_format import TextFormat
from regressions.tables.layout import COLUMN_GAP, choose_layout, natural_widths
from regressions.typography import true_minus

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["LATEX", "escape_latex", "latex_text"]

_PLAIN = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "\t": " ",
    "\N{NO-BREAK SPACE}": "~",
}
_MATHS = {
    "−": "-",
    "×": r"\times",
    "±": r"\pm",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "≈": r"\approx",
    "→": r"\rightarrow",
    "∞": r"\infty",
    "∑": r"\sum",
    "√": r"\surd",
    "∂": r"\partial",
    "·": r"\cdot",
}
_ACCENTS = {  # combining mark: command in text, command in maths
    "\N{COMBINING GRAVE ACCENT}": ("`", "grave"),
    "\N{COMBINING ACUTE ACCENT}": ("'", "acute"),
    "\N{COMBINING CIRCUMFLEX ACCENT}": ("^", "hat"),
    "\N{COMBINING TILDE}": ("~", "tilde"),
    "\N{COMBINING MACRON}": ("=", "bar"),
    "\N{COMBINING OVERLINE}": ("=", "bar"),
    "\N{COMBINING BREVE}": ("u", "breve"),
    "\N{COMBINING DOT ABOVE}": (".", "dot"),
    "\N{COMBINING DIAERESIS}": ('"', "ddot"),
    "\N{COMBINING RING ABOVE}": ("r", "mathring"),
    "\N{COMBINING CARON}": ("v", "check"),
    "\N{COMBINING DOUBLE ACUTE ACCENT}": ("H", None),
    "\N{COMBINING DOT BELOW}": ("d", None),
    "\N{COMBINING CEDILLA}": ("c", None),
    "\N{COMBINING OGONEK}": ("k", None),
    "\N{COMBINING MACRON BELOW}": ("b", None),
    "\N{COMBINING LOW LINE}": ("b", "underline"),
    "\N{COMBINING RIGHT ARROW ABOVE}": (None, "vec"),
}
_LATIN_CAPITALS = {  # Greek capitals without a LaTeX command of their own
    "Alpha": "A",
    "Beta": "B",
    "Epsilon": "E",
    "Zeta": "Z",
    "Eta": "H",
    "Iota": "I",
    "Kappa": "K",
    "Mu": "M",
    "Nu": "N",
    "Rho": "P",
    "Tau": "T",
    "Chi": "X",
}
_GREEK = re.compile(
    "GREEK (SMALL|CAPITAL) LETTER (ALPHA|BETA|GAMMA|DELTA|EPSILON|ZETA|ETA|THETA|IOTA|KAPPA|LAMDA"
    "|MU|NU|XI|PI|RHO|SIGMA|TAU|UPSILON|PHI|CHI|PSI|OMEGA)"
)
_LINE_END = r" \\ "
_LONGEST_FLOAT = 50  # rows that fit on a page
_OWN_NUMBER = re.compile(
    r"\s*(?:table|tab\.|表)\s*[A-Z]?\d+(?:[.–-]\d+)*(?![A-Za-z\d])\s*[.:：．、—–-]?\s*",
    re.IGNORECASE,
)
_LIGATURE = re.compile(r"-(?=-)|'(?=')|,(?=,)|(?<=[?!])`")


def latex_text(table: Table, *, threeparttable: bool = True) -> str:
    """Print a table as LaTeX without a final newline."""
    notes_below = threeparttable and bool(table.notes)
    if not (table.title or table.identifier):
        packages = ["booktabs", *(["threeparttable"] if notes_below else [])]
        lines = _wrap_with_notes(
            table, _tabular_lines(table, notes_as_rows=not threeparttable), notes_below
        )
        return "\n".join([_package_line(packages), *lines])
    layout = choose_layout(table)
    long = len(table.header) + len(table.rows) > _LONGEST_FLOAT
    packages = ["booktabs"]
    if long:
        packages += ["longtable", *(["pdflscape"] if layout.landscape else [])]
    else:
        packages += ["threeparttable"] if notes_below else []
        packages += ["rotating"] if layout.landscape else []
    lines = [_package_line(packages)]
    for number, (part, widths) in enumerate(zip(layout.parts, layout.widths, strict=True)):
        heading = _caption_lines(part.title, "" if number else table.identifier)
        if number:
            lines += ["", r"\addtocounter{table}{-1}"]  # parts of a table have one number
        if long:
            lines += _longtable_lines(part, widths, heading, landscape=layout.landscape)
            continue
        float_ = "sidewaystable" if layout.landscape else "table"
        body = _tabular_lines(part, notes_as_rows=not threeparttable, widths=widths)
        lines += [rf"\begin{{{float_}}}{'' if layout.landscape else '[htbp]'}", r"\centering"]
        lines += _wrap_with_notes(part, body, threeparttable and bool(part.notes), heading)
        lines.append(rf"\end{{{float_}}}")
    return "\n".join(lines)


LATEX = TextFormat(".tex", latex_text, method="to_latex")


def _package_line(names: list[str]) -> str:
    return f"% \\usepackage{{{','.join(names)}}}"


def _caption_lines(title: str, identifier: str) -> list[str]:
    """Caption and label; LaTeX counts tables itself, so the title's own number goes."""
    caption = _OWN_NUMBER.sub("", title, count=1) if _OWN_NUMBER.match(title) else title
    lines = [rf"\caption{{{escape_latex(caption)}}}"] if title else []
    return lines + ([rf"\label{{{identifier}}}"] if identifier else [])


def _wrap_with_notes(
    table: Table, tabular: Iterable[str], below: bool, heading: Sequence[str] = ()
) -> list[str]:
    """Put the notes beneath a tabular and the heading above it."""
    if not below:
        return [*heading, *tabular]
    notes = [rf"\item {escape_latex(note)}" for note in table.notes]
    return [
        r"\begin{threeparttable}", *heading, *tabular,
        r"\begin{tablenotes}[flushleft]", r"\footnotesize", *notes,
        r"\end{tablenotes}", r"\end{threeparttable}",
    ]  # fmt: skip


def _longtable_lines(
    table: Table, widths: Sequence[float], heading: list[str], *, landscape: bool
) -> Iterator[str]:
    """Print a table over several pages, its header on each."""
    header = [line for row in table.header for line in _header_lines(row, table)]
    if landscape:
        yield r"\begin{landscape}"
    yield rf"\begin{{longtable}}{{{_column_types(table, widths)}}}"
    if heading:
        yield "".join(heading) + r" \\"
    yield from (r"\toprule", *header, r"\endfirsthead", r"\toprule", *header, r"\endhead")
    yield from _body_lines(table)
    yield r"\end{longtable}"
    for note in table.notes:
        yield rf"{{\footnotesize\noindent {escape_latex(note)}\par}}"
    if landscape:
        yield r"\end{landscape}"


def escape_latex(text: str) -> str:
    r"""Escape a text for LaTeX; lines are stacked.

    Parameters
    ----------
    text : str
        Any text without control characters.

    Returns
    -------
    str
        LaTeX that prints the text.

    Examples
    --------
    >>> print(escape_latex("R&D_share 5% #1 ΔCO₂"))
    R\&D\_share 5\% \#1 $\Delta$CO$_{2}$
    """
    lines = [_escape_line(line) for line in text.split("\n")]
    return lines[0] if len(lines) == 1 else rf"\shortstack[l]{{{_LINE_END.join(lines)}}}"


def _escape_line(line: str) -> str:
    marked = _LIGATURE.sub(lambda match: match.group() + "\0", line)
    text = "".join("{}" if c == "\0" else _escape_cluster(c) for c in _split_into_clusters(marked))
    return "{}" + text if line.lstrip().startswith("*") else text  # not the star of \\\\*


def _split_into_clusters(line: str) -> Iterator[str]:
    """Characters of a line, each with the combining marks that follow it."""
    start = 0
    for place in range(1, len(line) + 1):
        if place == len(line) or not unicodedata.combining(line[place]):
            yield line[start:place]
            start = place


def _escape_cluster(cluster: str) -> str:
    """Escape a character with its combining marks."""
    composed = unicodedata.normalize("NFC", cluster)
    if len(cluster) == 1 or len(composed) == 1:
        return _escape_character(composed if len(cluster) > 1 else cluster)
    text, marks = ("", cluster) if unicodedata.combining(cluster[0]) else (
        _escape_character(cluster[0]), cluster[1:]
    )  # fmt: skip
    for mark in marks:
        in_text, in_maths = _ACCENTS.get(mark, (None, None))
        maths = len(text) > 2 and text.startswith("$")
        if maths and in_maths:
            text = rf"$\{in_maths}{{{text[1:-1]}}}$"
        elif in_text and not maths:
            text = rf"\{in_text}{{{text}}}"
        elif in_maths and not maths:
            text = rf"$\{in_maths}{{\mbox{{{text}}}}}$"
        else:
            text += mark
    return text


def _escape_character(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    if character in _MATHS:
        return f"${_MATHS[character]}$"
    if character.isascii():
        return character
    name = unicodedata.name(character, "")
    if greek := _GREEK.fullmatch(name):
        return _greek_command(*greek.groups())
    for position, mark in (("SUPERSCRIPT", "^"), ("SUBSCRIPT", "_")):
        if name.startswith(position) and character.isdigit():
            return f"${mark}{{{unicodedata.digit(character)}}}$"
    return character


def _greek_command(case: str, letter: str) -> str:
    name = letter.replace("LAMDA", "LAMBDA").lower()
    if case == "SMALL":
        return rf"$\{name}$"
    name = name.capitalize()
    latin = _LATIN_CAPITALS.get(name)
    return rf"$\{name}$" if latin is None else rf"$\mathrm{{{latin}}}$"


def _tabular_lines(
    table: Table, *, notes_as_rows: bool, widths: Sequence[float] | None = None
) -> Iterator[str]:
    yield rf"\begin{{tabular}}{{{_column_types(table, widths)}}}"
    yield r"\toprule"
    for row in table.header:
        yield from _header_lines(row, table)
    yield from _body_lines(table)
    if notes_as_rows:
        for note in table.notes:
            width = table.n_labels + table.n_columns
            yield rf"\multicolumn{{{width}}}{{l}}{{\footnotesize {escape_latex(note)}}} \\"
    yield r"\end{tabular}"


def _body_lines(table: Table) -> Iterator[str]:
    """Print rules and rows beneath the header."""
    for group in table.groups:
        yield r"\midrule"
        if group.title:
            width = table.n_labels + table.n_columns
            yield rf"\multicolumn{{{width}}}{{l}}{{\textit{{{escape_latex(group.title)}}}}} \\"
        for body_row in group.rows:
            yield _row_line(body_row)
    yield r"\bottomrule"


def _column_types(table: Table, widths: Sequence[float] | None) -> str:
    """Alignment of every column; text that does not fit its width is set in a paragraph."""
    types = ["l"] * table.n_labels + [_column_alignment(table, j) for j in range(table.n_columns)]
    for column, needed in enumerate(natural_widths(table) if widths else ()):
        if types[column] == "l" and widths and widths[column] < needed:
            types[column] = rf"p{{{widths[column] - COLUMN_GAP:.2f}in}}"
    return "".join(types)


def _column_alignment(table: Table, column: int) -> str:
    if any(row.cells[column].kind == "estimate" for row in table.rows):
        return "c"
    return "r" if table.numeric_columns[column] else "l"


def _header_lines(row: HeaderRow, table: Table) -> Iterator[str]:
    cells = [escape_latex(text) for text in row.labels]
    rules = []
    start = table.n_labels + 1
    for head in row.heads:
        single = head.span == 1 and not row.spanner
        cells.append(
            _head_cell(
                head, _column_alignment(table, start - table.n_labels - 1) if single else "c"
            )
        )
        end = start + head.span - 1
        if row.spanner and head.text:
            rules.append(rf"\cmidrule(lr){{{start}-{end}}}")
        start = end + 1
    yield " & ".join(cells) + r" \\"
    if rules:
        yield " ".join(rules)


def _head_cell(head: Head, alignment: str) -> str:
    text = escape_latex(head.text) if head.latex is None else head.latex
    if not text and head.span == 1:
        return ""
    return rf"\multicolumn{{{head.span}}}{{{alignment}}}{{{text}}}"


def _row_line(row: Row) -> str:
    return " & ".join(_body_cell(cell) for cell in (*row.labels, *row.cells)) + r" \\"


def _body_cell(cell: Cell) -> str:
    if cell.latex is not None:
        return cell.latex + cell.stars
    text = true_minus(cell.text) if cell.kind in NUMERIC_KINDS else cell.text
    return escape_latex(text) + cell.stars
