"""No label can break a table: HTML gives it back, LaTeX stays balanced."""

import re
import unicodedata

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regressions import Table, TableContentError
from regressions.tables import Cell, Head, HeaderRow, Row, RowGroup
from regressions.tables.latex import escape_latex

html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed (extra test)")

NASTY = "a&b_c%d$e#f{g}h~i^j\\k<l>m|n\"o'p`q[r]s*t--u\nv 中文 é ΔCO₂"


def printable(text: str) -> bool:
    return not any(
        (unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t")
        or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
        or 0xFDD0 <= ord(c) <= 0xFDEF
        or ord(c) & 0xFFFE == 0xFFFE
        for c in text
    )


labels = st.one_of(
    st.text().filter(printable),
    st.text(alphabet="&_%$#{}~^\\<>|\"'`[]*-\n\t ab中?!,.", max_size=12),
)


def table_of(label: str) -> Table:
    """Put a label everywhere a label can stand."""
    return Table(
        header=(
            HeaderRow((label,), (Head(label, span=2),), spanner=True),
            HeaderRow((label,), (Head(label), Head("b"))),
        ),
        groups=(
            RowGroup(
                (
                    Row((Cell.label(label),), (Cell(label), Cell("0.1", "estimate", "*"))),
                    Row((Cell(),), (Cell(label), Cell("[0.1, 0.2]", "error")), continues=True),
                ),
                title=label,
            ),
        ),
        notes=(label, "last"),
        title=label,
    )


@given(labels)
@example(NASTY)
@example("</td><script>alert(1)</script>&amp;&#0;")
def test_html_is_valid_and_gives_the_label_back(label: str) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parseFragment(table_of(label).to_html())
    for newline in tree.iter("br"):
        newline.text = "\n"
    cells = ["".join(cell.itertext()) for cell in tree.iter() if cell.tag in {"td", "th"}]
    title = [label] * bool(label)
    wanted = [label] * 4 + ["b", *title, label, label, "0.1*", label, "[0.1, 0.2]", label, "last"]
    assert cells == wanted
    assert {e.tag for e in tree.iter()} <= {
        "DOCUMENT_FRAGMENT", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "br",
    }  # fmt: skip


def check_balanced(code: str) -> None:
    """Read LaTeX token by token: braces and maths close, nothing special stands unescaped."""
    depth, maths = 0, False
    for token in re.findall(r"\\[A-Za-z]+|\\.|.", code, flags=re.DOTALL):
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            assert depth >= 0, code
        elif token == "$":
            maths = not maths
        elif token in {"_", "^"}:
            assert maths, code
        else:
            assert token not in {"&", "#", "%", "\\"}, code
    assert depth == 0, code
    assert not maths, code


@given(labels)
@example(NASTY)
@example("*")
@example("αΩϑ ²₃ −×")
@example("χ̄² x̄_i β̂ &̄ ̄a α̣ X⃗ −̄")
def test_escaped_latex_is_balanced(label: str) -> None:
    code = escape_latex(label)
    check_balanced(code)
    assert "\n" not in code


@given(labels)
@example(NASTY)
def test_every_latex_row_has_all_its_cells(label: str) -> None:
    latex = table_of(label).to_latex(threeparttable=False)
    body = latex.split(r"\toprule")[1].split(r"\bottomrule")[0]
    for line in body.splitlines():
        if line.endswith(r" \\"):
            separators = len(re.findall(r"(?<!\\)(?:\\\\)*&", line))
            joined = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", line))
            assert separators + joined == 2, line
            assert not re.match(r"\s*[\[*]", line), "would be read as an argument of the row above"


@given(labels)
@example(NASTY)
def test_every_markdown_row_has_all_its_cells(label: str) -> None:
    table = table_of(label)
    lines = table.to_markdown().splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 2 + bool(label) + len(table.rows)
    for line in rows:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 4, line


@given(labels)
@example(NASTY)
def test_text_keeps_one_line_per_row(label: str) -> None:
    table = table_of(label)
    lines = table.to_text().split("\n")
    has_text = bool(label)
    assert len(lines) == has_text + 1 + 3 + 1 + has_text + len(table.rows) + 1 + 2


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85", "\ufffe", "\ufdd0"])
def test_characters_that_no_file_can_hold_are_named(character: str) -> None:
    with pytest.raises(TableContentError, match=rf"U\+{ord(character):04X}"):
        Cell(f"a{character}b")


@pytest.mark.parametrize(
    "character",
    ["\u202e", "\u202a", "\u2066", "\u2069", "\x00", "\x1b", "\x85", "\ufdd0"],
)
@pytest.mark.parametrize("place", ["label", "head", "cell", "note", "title"])
def test_signs_that_mislead_or_break_files_are_named(place: str, character: str) -> None:
    text = f"a{character}b"
    frame = pd.DataFrame(
        {text if place == "head" else "x": [text if place == "cell" else "y"]},
        index=[text if place == "label" else "z"],
    )
    with pytest.raises(TableContentError, match=rf"U\+{ord(character):04X}"):
        Table.from_frame(
            frame,
            notes=[text] if place == "note" else [],
            title=text if place == "title" else "",
        )


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029"])
def test_all_line_ends_are_one(end: str) -> None:
    table = Table.from_frame(pd.DataFrame({"x": [f"a{end}b"]}))
    assert "a<br>b" in table.to_markdown()
    assert "a<br>b" in table.to_html()


@pytest.mark.parametrize("note", ["# x", "- x", "+ x", "> x", "1. x", "12) x"])
def test_a_note_is_no_heading_or_list_in_markdown(note: str) -> None:
    last = Table.from_frame(pd.DataFrame({"x": [1]}), notes=[note]).to_markdown().splitlines()[-1]
    assert last.replace("\\", "") == note
    assert not re.match(r"#|[-+>]|\d+[.)]", last)
