"""Tables on paper: page, widths and parts in Word, Excel and LaTeX, and files that are refused."""

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import Table, TableContentError, correlation_table, descriptive_table
from regressions.tables import write_excel, write_word
from regressions.tables.formats import FORMATS
from regressions.tables.layout import LANDSCAPE, PORTRAIT, choose_layout


def wide(columns: int, rows: int = 6, *, head: str = "d_emissions", title: str = "T") -> Table:
    frame = pd.DataFrame(
        np.full((rows, columns), -0.12345),
        index=[f"regressor {k}" for k in range(rows)],
        columns=[f"{head}{k}" for k in range(columns)],
    )
    return Table.from_frame(frame, title=title, notes=["A note."], digits=4)


# --- widths ---------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [1, 4, 7, 9, 14, 30])
def test_every_column_is_on_one_part_and_readable(columns):
    table = wide(columns)
    layout = choose_layout(table)
    room = LANDSCAPE if layout.landscape else PORTRAIT
    shown = [head for part in layout.parts for head in part.to_frame().columns]
    assert shown == table.to_frame().columns.tolist()
    for part, widths in zip(layout.parts, layout.widths, strict=True):
        assert sum(widths) <= room + 1e-9
        assert min(widths) >= 0.6
        assert part.to_frame().index.tolist() == table.to_frame().index.tolist()
    assert [part.notes for part in layout.parts] == [()] * (len(layout.parts) - 1) + [("A note.",)]


def test_the_page_is_turned_before_the_table_is_parted():
    assert [
        (len(choose_layout(wide(n)).parts), choose_layout(wide(n)).landscape) for n in (3, 7, 14)
    ] == [
        (1, False),
        (1, True),
        (2, True),
    ]


def test_parts_are_about_equal_and_say_that_they_continue():
    parts = choose_layout(wide(17, title="Table 3")).parts
    assert [part.n_columns for part in parts] == [6, 6, 5]
    assert [part.title for part in parts] == ["Table 3", *["Table 3 (continued)"] * 2]


def test_heads_over_several_columns_are_cut():
    columns = pd.MultiIndex.from_product([["first", "second"], [f"x{k}" for k in range(8)]])
    frame = pd.DataFrame(np.full((2, 16), 123456.789), columns=columns, index=["a", "b"])
    table = Table.from_frame(frame, digits=6)
    layout = choose_layout(table)
    assert len(layout.parts) > 1
    shown = [head for part in layout.parts for head in part.to_frame().columns]
    assert shown == [*columns]


def test_long_texts_wrap_and_chinese_counts_double():
    frame = pd.DataFrame({"verdict": ["a sentence that goes on and on " * 5], "value": [1.5]})
    layout = choose_layout(Table.from_frame(frame))
    assert (len(layout.parts), layout.landscape) == (1, False)
    assert 1.0 <= layout.widths[0][0] <= 2.5
    english, chinese = (
        choose_layout(wide(1, head=head)).widths[0][1] for head in ("emission", "碳排放强度指数")
    )
    assert chinese > english


# --- Word -----------------------------------------------------------------------------------


def read_word(path: Path):
    docx = pytest.importorskip("docx", reason="python-docx is not installed (extra word)")
    return docx.Document(str(path))


@pytest.mark.parametrize(
    ("columns", "landscape", "parts"), [(3, False, 1), (7, True, 1), (14, True, 2)]
)
def test_wide_tables_in_word(tmp_path, columns, landscape, parts):
    wide(columns).to_word(tmp_path / "t.docx")
    document = read_word(tmp_path / "t.docx")
    (section,) = document.sections
    assert (section.page_width > section.page_height) == landscape
    assert len(document.tables) == parts
    for table in document.tables:
        assert min(column.width.inches for column in table.columns) >= 0.6
        width = sum(column.width.inches for column in table.columns)
        margins = section.left_margin + section.right_margin
        assert width <= (section.page_width - margins) / 914400
        assert [cell.text for cell in table.columns[0].cells][1] == "regressor 0"
    assert [p.text for p in document.paragraphs if p.text] == [
        "T", *["T (continued)"] * (parts - 1), "A note."
    ]  # fmt: skip


def test_pages_turn_between_tables_of_a_document(tmp_path):
    write_word([wide(2), wide(7), wide(14), wide(2), wide(2)], tmp_path / "t.docx")
    document = read_word(tmp_path / "t.docx")
    turned = [section.page_width > section.page_height for section in document.sections]
    assert turned == [False, True, False]
    assert len(document.tables) == 6


# --- Excel ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "landscape", "pages"), [(4, False, 1), (9, True, 1), (40, True, 3)]
)
def test_sheets_fit_the_page(tmp_path, columns, landscape, pages):
    openpyxl = pytest.importorskip("openpyxl")
    write_excel({"t": wide(columns)}, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["t"]
    assert (sheet.page_setup.orientation == "landscape") == landscape
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (pages, None if pages == 1 else pages)
    assert sheet.page_setup.fitToHeight == 0
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$2:$2", "$A:$A")
    assert sheet.column_dimensions["A"].width >= len("regressor 0")


# --- LaTeX ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "caption"),
    [
        ("Table 3. Determinants", "Determinants"),
        ("Table 3: Determinants", "Determinants"),
        ("Table A1 Tests", "Tests"),
        ("table 2.1 — Tests", "Tests"),
        ("表3 决定因素", "决定因素"),
        ("表 3-1：决定因素", "决定因素"),
        ("Table 3", ""),
        ("Table 3D printing", "Table 3D printing"),
        ("Tables of 1990", "Tables of 1990"),
        ("Timetable 3. x", "Timetable 3. x"),
    ],
)
def test_captions_have_one_number(title, caption):
    latex = wide(2, title=title).to_latex()
    assert re.findall(r"\\caption\{(.*)\}", latex) == [caption]
    assert title in wide(2, title=title).to_text()


def test_wide_and_long_tables_in_latex():
    assert r"\begin{table}[htbp]" in wide(3).to_latex()
    turned = wide(7).to_latex()
    assert turned.startswith("% \\usepackage{booktabs,threeparttable,rotating}")
    assert turned.count(r"\begin{sidewaystable}") == turned.count(r"\end{sidewaystable}") == 1
    parted = wide(14).to_latex()
    assert parted.count(r"\begin{sidewaystable}") == 2
    assert parted.count(r"\addtocounter{table}{-1}") == 1
    long = wide(2, rows=80).to_latex()
    assert (long.count(r"\begin{longtable}"), long.count(r"\endhead")) == (1, 1)
    assert r"\begin{table}" not in long
    assert r"\begin{landscape}" in wide(8, rows=80).to_latex()
    assert r"\begin{tabular}" in wide(14, title="").to_latex()  # the reader's own float


# --- paths ----------------------------------------------------------------------------------


WRITERS = ["to_text", "to_markdown", "to_html", "to_latex", "to_word", "to_excel"]
SUFFIXES = dict(zip(WRITERS, [".txt", ".md", ".html", ".tex", ".docx", ".xlsx"], strict=True))


def kinds() -> dict[str, Table]:
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([range(8), range(10)], names=["id", "year"])
    data = pd.DataFrame(rng.normal(size=(80, 2)), index=index, columns=["x", "y"])
    return {
        "regression": regressions.RegressionTable([regressions.fit("y ~ x", data)], title="T"),
        "descriptive": descriptive_table(data),
        "correlation": correlation_table(data),
        "frame": Table.from_frame(data.head(3)),
    }


@pytest.fixture(scope="module", params=["regression", "descriptive", "correlation", "frame"])
def table(request) -> Table:
    return kinds()[request.param]


@pytest.mark.parametrize("writer", WRITERS)
def test_every_kind_writes_every_file(table, writer, tmp_path):
    path = tmp_path / f"table{SUFFIXES[writer].upper()}"
    text = getattr(table, writer)(path)
    assert path.stat().st_size > 0
    if text is not None:
        assert text in path.read_text(encoding="utf-8")
        assert text == getattr(table, writer)()


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_written_by_its_suffix(table, suffix, tmp_path):
    by_suffix, by_method = tmp_path / f"one{suffix.upper()}", tmp_path / f"two{suffix}"
    table.to_file(by_suffix)
    getattr(table, FORMATS[suffix].method)(by_method)
    assert by_suffix.read_bytes() == by_method.read_bytes() != b""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.pdf", re.escape(f"end its name in {', '.join([*FORMATS][:-1])} or {[*FORMATS][-1]}.")),
        ("x", "end its name in"),
        ("x.csv", r"or use to_frame\(\)\.to_csv\(\) for a \.csv file"),
        ("no/such/x.tex", "There is no folder .*make it first"),
    ],
)
def test_files_that_no_format_writes_are_refused(name, message, tmp_path):
    with pytest.raises(TableContentError, match=message):
        wide(2).to_file(tmp_path / name)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.csv", "is not the name of a .* file: end its name in"),
        ("x.doc", "end its name in"),
        ("x.xls", "end its name in"),
        ("x", "end its name in"),
        ("", "is a folder; name the file in it"),
        ("no/such/x{}", "There is no folder .*make it first"),
        ("folder{}", "is a folder; name the file in it"),
        ("a\0b{}", r"U\+0000"),
    ],
)
def test_other_paths_are_refused_and_nothing_is_written(writer, name, message, tmp_path):
    (tmp_path / f"folder{SUFFIXES[writer]}").mkdir()
    before = sorted(tmp_path.rglob("*"))
    path = f"{tmp_path}/{name.format(SUFFIXES[writer])}"
    with pytest.raises(TableContentError, match=message):
        getattr(wide(2), writer)(path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("target", [io.BytesIO(), 3, ["x.tex"]])
def test_what_is_no_path_is_refused(writer, target):
    with pytest.raises(TableContentError, match="is a path such as 'table"):
        getattr(wide(2), writer)(target)


def test_the_right_writer_is_suggested(tmp_path):
    with pytest.raises(TableContentError, match=r"use to_excel\(\) for a .xlsx file"):
        wide(2).to_word(tmp_path / "x.xlsx")
    with pytest.raises(TableContentError, match=r"end its name in .docx\.$"):
        wide(2).to_word(tmp_path / "x.doc")
