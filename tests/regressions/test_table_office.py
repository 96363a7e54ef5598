"""Word and Excel files: read back, and the same bytes at any time."""

import sys
import time
import zipfile
from pathlib import Path

import pytest

from regressions import Table, TableContentError
from regressions.tables import Cell, Head, HeaderRow, Row, RowGroup, write_excel, write_word
from regressions.tables.excel import number_format

LABEL = "R&D <50%> \"q\" 转移_指数 = 'x'"


@pytest.fixture
def table() -> Table:
    rows = (
        Row(
            (Cell.label(LABEL),),
            (Cell("-0.164", "estimate", "***", -0.16432), Cell("1,859", "estimate", "", 1859.2)),
        ),
        Row(
            (Cell(kind="label"),),
            (Cell("(0.0612)", "error", value=0.06121), Cell("[1, 2]", "error")),
            continues=True,
        ),
    )
    more = (
        Row((Cell.label("=SUM(A1)"),), (Cell("378", "count", value=378), Cell("=1+1"))),
        Row((Cell.label("small"),), (Cell("9.30e-05", "statistic", "", 9.3e-5), Cell("."))),
    )
    return Table(
        header=(
            HeaderRow(("",), (Head("Developed", span=2),), spanner=True),
            HeaderRow(("VARIABLES",), (Head("(1)"), Head("(2)"))),
        ),
        groups=(RowGroup(rows), RowGroup(more, title="Size")),
        notes=("Standard errors in parentheses", "*** p<0.01"),
        title="Table 3 & more",
    )


def test_word_reads_back(table: Table, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed (extra word)")
    table.to_word(tmp_path / "table.docx")
    document = docx.Document(str(tmp_path / "table.docx"))
    (read,) = document.tables
    assert [[cell.text for cell in row.cells] for row in read.rows] == [
        ["", "Developed", "Developed"],  # merged cells are read once per column
        ["VARIABLES", "(1)", "(2)"],
        [LABEL, "-0.164***", "1,859"],
        ["", "(0.0612)", "[1, 2]"],
        ["Size"] * 3,
        ["=SUM(A1)", "378", "=1+1"],
        ["small", "9.30e-05", "."],
    ]
    assert [p.text for p in document.paragraphs] == ["Table 3 & more", *table.notes]
    assert document.paragraphs[0].style.name == "Caption"


def test_word_rules_are_those_of_a_paper(table: Table, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed (extra word)")
    from docx.oxml.ns import qn

    table.to_word(tmp_path / "table.docx")
    (read,) = docx.Document(str(tmp_path / "table.docx")).tables
    edges = []
    for row in read.rows:
        borders = row.cells[-1]._tc.tcPr.find(qn("w:tcBorders"))
        lines = [] if borders is None else list(borders)
        edges.append({line.tag.partition("}")[2]: int(line.get(qn("w:sz"))) for line in lines})
    assert edges == [
        {"top": 12, "bottom": 6}, {}, {"top": 6}, {}, {"top": 6}, {}, {"bottom": 12},
    ]  # fmt: skip
    repeated = [row._tr.trPr is not None for row in read.rows]
    assert repeated == [True, True] + [False] * 5


def test_several_tables_in_one_document(table: Table, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed (extra word)")
    write_word([table, table], tmp_path / "tables.docx")
    assert len(docx.Document(str(tmp_path / "tables.docx")).tables) == 2
    with pytest.raises(TableContentError, match="no table"):
        write_word([], tmp_path / "none.docx")
    assert not (tmp_path / "none.docx").exists()


def test_excel_keeps_numbers_and_prints_them_as_the_table(table: Table, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed (extra test)")
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed (extra excel)")
    table.to_excel(tmp_path / "table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx")["Table"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values == [
        ["Table 3 & more", None, None],
        [None, "Developed", None],
        ["VARIABLES", "(1)", "(2)"],
        [LABEL, -0.16432, 1859.2],
        [None, 0.06121, "[1, 2]"],
        ["Size", None, None],
        ["=SUM(A1)", 378, "=1+1"],
        ["small", 9.3e-5, "."],
        ["Standard errors in parentheses", None, None],
        ["*** p<0.01", None, None],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["B4"].number_format == '0.000"***"'
    assert sheet["C4"].number_format == "#,##0"
    assert sheet["B5"].number_format == '"("0.0000")";"(-"0.0000")"'
    assert sheet["B8"].number_format == "0.00E+00"
    merged = {str(merged) for merged in sheet.merged_cells.ranges}
    assert merged == {"B2:C2", "A9:C9", "A10:C10"}  # heads and notes


def test_number_formats() -> None:
    assert number_format(Cell("2005", "count", value=2005.0)) == "0"
    assert number_format(Cell("(-1.20)", "error", value=-1.2)) == '"("0.00")";"(-"0.00")"'
    assert number_format(Cell(".", "statistic", value=float("nan"))) is None
    assert number_format(Cell("50%", "statistic", value=0.5)) is None
    assert number_format(Cell("0.5", "statistic")) is None


def test_several_sheets_and_their_names(table: Table, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed (extra test)")
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed (extra excel)")
    write_excel({"Base": table, "中文": table}, tmp_path / "tables.xlsx")
    assert openpyxl.load_workbook(tmp_path / "tables.xlsx").sheetnames == ["Base", "中文"]
    for name in ["", "a/b", "x" * 32, "'a"]:
        with pytest.raises(TableContentError, match="cannot name a sheet"):
            write_excel({name: table}, tmp_path / "none.xlsx")
    with pytest.raises(TableContentError, match="differ only in case"):
        write_excel({"base": table, "Base": table}, tmp_path / "none.xlsx")
    with pytest.raises(TableContentError, match="no table"):
        write_excel({}, tmp_path / "none.xlsx")
    assert not (tmp_path / "none.xlsx").exists()


@pytest.mark.parametrize(("suffix", "package"), [("docx", "docx"), ("xlsx", "xlsxwriter")])
def test_files_are_the_same_bytes_at_any_time(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, package: str
) -> None:
    pytest.importorskip(package, reason=f"{package} is not installed")
    write = table.to_word if suffix == "docx" else table.to_excel
    first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
    write(first)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400 * 400)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(now + 86_400 * 400))
    write(second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        assert core.count("2000-01-01T00:00:00Z") == 2


@pytest.mark.parametrize(
    ("package", "extra", "suffix"), [("docx", "word", "docx"), ("xlsxwriter", "excel", "xlsx")]
)
def test_a_missing_extra_is_named(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    package: str, extra: str, suffix: str,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, package, None)
    write = table.to_word if suffix == "docx" else table.to_excel
    with pytest.raises(TableContentError, match=rf"pip install ioecon\[{extra}\]"):
        write(tmp_path / f"table.{suffix}")
    assert not list(tmp_path.iterdir())
