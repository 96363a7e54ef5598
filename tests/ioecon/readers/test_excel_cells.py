"""What a cell of a workbook holds: the same answer of every reader, with the cell's address."""

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

import ioecon
from ioecon.emissions import read_jrc_co2
from ioecon.errors import IoeconError
from ioecon.files.cells import DateCell, FaultyCell, is_empty, misfit
from ioecon.files.workbook import WorkbookReader
from ioecon.files.xlsx import SheetContent, workbook_bytes
from ioecon.readers import read_coefficients, read_table
from tests.ioecon.readers.conftest import MiniatureTable

ERRORS = ["#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NULL!", "#NUM!"]
NO_NUMBERS = {
    **{sign: f"holds the error {sign} instead of a number" for sign in ERRORS},
    "=4+1": "holds a formula without a stored value instead of a number",
    " ": "holds ' ' instead of a number",
    "n/a": "holds 'n/a' instead of a number",
    "12.5": "holds '12.5' instead of a number: it is a number stored as text",
    True: "holds the truth value TRUE instead of a number",
}


def save(path: Path, rows: list, sheet: str, cells: dict) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append([None if cell == "" else cell for cell in row])
    for place, value in cells.items():
        if isinstance(value, str) and not value.startswith(("#", "=")):
            page[place].data_type = "s"
        page[place] = value
        if value == "12.5":
            page[place].data_type = "s"
    book.save(path)
    return path


def regional(folder: Path, cells: dict, **options) -> ioecon.IOTable:
    rows = [
        ["year", 2002],
        ["unit", "million"],
        ["currency", "USD"],
        ["price basis", "current"],
        [],
        ["", "", "", *["intermediate use"] * 2, *["final demand"] * 2, "exports"],
        ["", "", "", "North", "South", "North", "South"],
        ["block", "region", "name", "Goods", "Goods", "households", "households", "exports"],
        ["products", "North", "Goods", 20, 10, 60, 10, 5],
        ["products", "South", "Goods", 10, 20, 30, 40, 8],
    ]
    path = save(folder / "regional_2002.xlsx", rows, "2002", cells)
    return read_table(path, format="regional", cache=False, **options)


def wiod(folder: Path, cells: dict, **options) -> ioecon.IOTable:
    path = save(folder / "WIOT2000_Nov16_ROW.xlsx", MiniatureTable().grid(2016), "2000", cells)
    return read_table(path, format="wiod2016-xlsx", cache=False, **options)


def coefficients(folder: Path, cells: dict):
    rows = [["unit", "kt per million USD"], ["sector", "North", "South"], ["Goods", 0.4, 0.7]]
    return read_coefficients(save(folder / "k.xlsx", rows, "k", cells))


READERS = {"regional": (regional, "F9"), "wiod": (wiod, "F9"), "coefficients": (coefficients, "B3")}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", NO_NUMBERS)
def test_every_reader_names_the_cell(tmp_path, reader, value):
    read, place = READERS[reader]
    with pytest.raises(IoeconError) as caught:
        read(tmp_path, {place: value})
    assert NO_NUMBERS[value] in str(caught.value)
    assert place in str(caught.value)


@pytest.mark.parametrize("reader", ["regional", "wiod"])
@pytest.mark.parametrize("value", [*ERRORS, "=4+1", " "])
def test_zero_fills_only_what_is_empty(tmp_path, reader, value):
    read, place = READERS[reader]
    table = read(tmp_path, {place: None}, empty_cells="zero")
    assert 0.0 in (table.Y if reader == "regional" else table.Z)
    with pytest.raises(IoeconError, match="instead of a number"):
        read(tmp_path, {place: value}, empty_cells="zero")


@pytest.mark.parametrize("value", [*ERRORS, "=4+1"])
def test_an_optional_column_of_errors_is_not_absent(tmp_path, value):
    assert regional(tmp_path, {"H9": None, "H10": None}).exports is None
    with pytest.raises(IoeconError, match="cell H9"):
        regional(tmp_path, {"H9": value, "H10": value})


@pytest.mark.parametrize("value", ["#REF!", "=A1"])
@pytest.mark.parametrize(
    ("reader", "place"),
    [
        ("regional", "C9"),
        ("regional", "D8"),
        ("regional", "B3"),
        ("coefficients", "A3"),
        ("coefficients", "B2"),
        ("coefficients", "B1"),
        ("wiod", "A8"),
        ("wiod", "F4"),
    ],
)
def test_a_label_is_no_error(tmp_path, reader, place, value):
    with pytest.raises(IoeconError, match=rf"{place} holds .* instead of a label"):
        READERS[reader][0](tmp_path, {place: value})


@pytest.fixture(scope="module")
def jrc(data_root):
    """The published accounts of one country, with the notes."""
    book = openpyxl.load_workbook(data_root / "wiod2016/CO2 emissions.xlsx")
    for name in book.sheetnames:
        if name not in ("AUT", "Notes"):
            del book[name]
    return book


def test_the_jrc_accounts_take_no_error_for_nothing(jrc, tmp_path):
    path = tmp_path / "co2.xlsx"
    jrc["AUT"]["C5"] = None
    jrc.save(path)
    assert read_jrc_co2(path).values["AUT", "B", 2001] == 0
    for sign in (*ERRORS, "=1+1"):
        jrc["AUT"]["C5"] = sign
        jrc.save(path)
        with pytest.raises(IoeconError, match=r"AUT, sector B, 2001 .*AUT!C5\) holds (the e|a f)"):
            read_jrc_co2(path)


@pytest.mark.parametrize("other", ["CO2 Emission in Mt", "CH4 Emission in kt"])
def test_the_jrc_accounts_of_something_else_are_refused(jrc, tmp_path, other):
    kept = jrc["Notes"]["A6"].value
    jrc["AUT"]["C5"] = 1.0
    jrc["Notes"]["A6"] = other
    jrc.save(tmp_path / "co2.xlsx")
    jrc["Notes"]["A6"] = kept
    with pytest.raises(IoeconError, match=f"Notes says '{other}'"):
        read_jrc_co2(tmp_path / "co2.xlsx")


# -- the three forms of file ------------------------------------------------------------------


def rows_of(data: bytes, name: str = "Sheet") -> list:
    with WorkbookReader() as reader:
        assert name in reader.open(data, "x")
        return [list(row) for row in reader.sheet(name).rows]


def sheet_xml(cells: str) -> bytes:
    """Workbook whose only sheet holds the given XML of cells in its first row."""
    out = io.BytesIO()
    empty = io.BytesIO(workbook_bytes([SheetContent("Sheet", [])]))
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            content = old.read(item).decode()
            row = f"<sheetData><row r='1'>{cells}</row></sheetData>"
            new.writestr(item, content.replace("<sheetData></sheetData>", row))
    return out.getvalue()


@pytest.mark.parametrize(
    ("xml", "holds"),
    [
        ("<c r='A1'><f>B1</f></c>", "a formula without a stored value"),
        ("<c r='A1'><f>B1</f><v/></c>", "a formula without a stored value"),
        ("<c r='A1'><f t='shared' si='0'/><v></v></c>", "a formula without a stored value"),
        ("<c r='A1' t='str'><f>B1</f><v></v></c>", "a formula whose value is empty text"),
        ("<c t='e'><v>#N/A</v></c>", "the error #N/A"),
        ('<c r="A1"  t = "e" ><v>#REF!</v></c>', "the error #REF!"),
    ],
)
def test_ways_to_write_a_cell_without_a_value(xml, holds):
    assert [str(cell) for cell in rows_of(sheet_xml(f"{xml}<c r='B1'><v>2</v></c>"))[0]] == [
        holds,
        "2.0",
    ]


def test_a_faulty_cell_beyond_all_values_is_there():
    cells = rows_of(sheet_xml("<c r='A1'><v>1</v></c><c r='D1'><f>A1</f></c>"))
    assert [str(cell) for cell in cells[0]] == ["1.0", "", "", "a formula without a stored value"]


def test_an_error_that_the_library_does_not_know_is_named():
    with pytest.raises(IoeconError, match="cell Sheet!A1 holds the error #SPILL!"):
        rows_of(sheet_xml("<c r='A1' t='e'><v>#SPILL!</v></c>"))


def test_computed_formulas_dates_and_truth_values():
    cells = rows_of(sheet_xml("<c r='A1'><f>2*2</f><v>4</v></c><c r='B1' t='b'><v>1</v></c>"))
    assert cells == [[4.0, True]]
    book = openpyxl.Workbook()
    book.active.title = "Sheet"
    book.active["A1"] = datetime.date(2020, 1, 2)
    buffer = io.BytesIO()
    book.save(buffer)
    (cell,) = rows_of(buffer.getvalue())[0]
    assert isinstance(cell, DateCell)
    assert misfit(cell) == "holds the date or time 2020-01-02 instead of a number."


XLSB = Path(__file__).parent / "fixtures" / "WIOT2000_Nov16_ROW.xlsb"


def with_records(change) -> bytes:
    """The miniature xlsb after a change of the records of its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(XLSB) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            content = old.read(item)
            new.writestr(item, change(content) if item.endswith("sheet1.bin") else content)
    return out.getvalue()


def replace_third_number(record: bytes):
    """Put a record in place of the third plain number of the sheet, in the same cell."""

    def change(content: bytes) -> bytes:
        at = -1
        for _ in range(3):
            at = content.index(b"\x05\x10", at + 1)
        place = content[at + 2 : at + 10]
        return content[:at] + record.replace(b"PLACE", place) + content[at + 18 :]

    return change


@pytest.mark.parametrize(
    ("record", "holds"),
    [
        (b"\x03\x09PLACE\x17", "the error #REF!"),
        (b"\x0b\x0bPLACE\x07\x00\x00", "the error #DIV/0!"),
        (b"\x08\x0ePLACE\x00\x00\x00\x00\x00\x00", "a formula whose value is empty text"),
    ],
)
@pytest.mark.parametrize("size", [2**20, 37, 1])
def test_cells_of_an_xlsb(tmp_path, monkeypatch, record, holds, size):
    monkeypatch.setattr("ioecon.files.archives._CHUNK", size)  # records lie across pieces
    path = tmp_path / XLSB.name
    path.write_bytes(with_records(replace_third_number(record)))
    for empty in ("error", "zero"):
        with pytest.raises(IoeconError, match=f"cell 2000!F8.* holds {holds}"):
            read_table(path, format="wiod2016-xlsx", empty_cells=empty, cache=False)


@pytest.mark.parametrize("size", [2**20, 37])
@pytest.mark.parametrize("lost", [1, 2, 9])
def test_a_record_of_an_xlsb_that_is_cut_off(tmp_path, monkeypatch, lost, size):
    monkeypatch.setattr("ioecon.files.archives._CHUNK", size)
    path = tmp_path / XLSB.name
    path.write_bytes(with_records(lambda content: content + b"\x05\x10" + bytes(16 - lost)))
    with pytest.raises(IoeconError, match="sheet 2000 is damaged: it ends within a record"):
        read_table(path, format="wiod2016-xlsx", cache=False)


def test_cells_of_an_xlsb_in_the_short_form_are_not_lost(tmp_path):
    path = tmp_path / XLSB.name
    path.write_bytes(with_records(replace_third_number(b"\x10\x0c\0\0\0\0" + bytes(8))))
    with pytest.raises(IoeconError, match="short form of xlsb"):
        read_table(path, format="wiod2016-xlsx", empty_cells="zero", cache=False)


def test_cells_of_an_xls(tmp_path):
    cells = rows_of((Path(__file__).parent / "fixtures" / "cells.xls").read_bytes())
    assert [[str(cell) for cell in row] for row in cells] == [
        ["the error #DIV/0!", "5.0", "the error #N/A"],
        ["", "the error #VALUE!", "the error #NAME?"],
        ["the error #VALUE!", "2.5", "True"],
    ]
    assert isinstance(cells[0][0], FaultyCell)
    assert is_empty(cells[1][0])
