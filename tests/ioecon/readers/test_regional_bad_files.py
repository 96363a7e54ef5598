"""What is wrong with a regional table is said by row, column and cell."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ioecon import IOTable
from ioecon.errors import ReadError
from ioecon.readers import read_series, read_table
from ioecon.writers import write_regional

# Rows and columns of the layout, as the tests change them: the corner is rows[7][2], the first
# flow rows[8][3]; four columns of use, two of final demand, exports, output; three primary rows.
FIRST = 8


def small_table(**changes) -> IOTable:
    content = {
        "Z": [[20, 10, 1, 2], [10, 20, 3, 4], [1, 2, 10, 20], [3, 4, 20, 10]],
        "Y": [[60, 10], [30, 40], [20, 30], [10, 50]],
        "countries": ("North", "South"),
        "sectors": ("goods", "services"),
        "categories": ("final",),
        "exports": [5, 6, 7, 8],
        "printed_output": [108, 113, 90, 105],
        "primary_inputs": [[50, 60, 40, 50]],
        "primary_labels": ("value added",),
        "year": 2002,
    }
    return IOTable(**(content | changes))


Rows = list[list[str]]


@pytest.fixture
def changed(tmp_path) -> Callable[..., Path]:
    """CSV file of the small table after a change of its cells."""

    def make(change: Callable[[Rows], object], name: str = "bad.csv") -> Path:
        good = write_regional(small_table(), tmp_path / f"good_{name}")
        rows = list(csv.reader(good.read_text(encoding="utf-8-sig").splitlines()))
        change(rows)
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        file = tmp_path / name
        file.write_text(text.getvalue(), encoding="utf-8")
        return file

    return make


def put(row: int, column: int, text: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row][column] = text

    return change


def drop_column(column: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        for row in rows[5:]:
            del row[column]

    return change


def drop_row(row: int) -> Callable[[Rows], None]:
    return lambda rows: rows.pop(row)


def repeat_row(row: int) -> Callable[[Rows], None]:
    return lambda rows: rows.insert(row, list(rows[row]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            put(8, 3, "n.a."),
            r"row North goods, column North goods \(line 9, field 4\) holds 'n.a.'",
        ),
        (put(9, 6, ""), r"row North services, column South services .* is empty. Write 0"),
        (put(10, 8, "nan"), r"row South goods, column South final .* holds nan"),
        (put(10, 9, "inf"), r"row South goods, column exports .* holds inf"),
        (put(11, 4, "1,5"), "holds '1,5' instead of a number"),
        (put(12, 3, "-"), "row value added, column North goods .* holds '-'"),
        (put(7, 4, "servces"), "no column of intermediate use North services"),
        (put(6, 8, "Sauth"), "no column of final demand South final"),
        (put(11, 2, "repairs"), "no row North repairs"),
        (drop_row(11), "no row South services"),
        (repeat_row(9), r"row North services appear\(s\) more than once"),
        (put(7, 5, "services"), r"intermediate use South services appear\(s\) more than once"),
        (drop_column(4), "no column of intermediate use North services"),
        (put(5, 9, "export"), "'export'; known are .* Did you mean 'exports'"),
        (put(5, 9, "errors"), "'errors'; known are .* Did you mean 'discrepancies'"),
        (put(5, 9, "Others"), "'others'; known are .* Did you mean 'discrepancies'"),
        (put(5, 9, "balance error"), "'balance error'; .* Did you mean 'discrepancies'"),
        (put(5, 9, "误差"), "'误差'; .* Did you mean 'discrepancies'"),
        (put(5, 9, "outputs"), "Did you mean 'output'"),
        (put(12, 0, "errors"), "'errors'; known are products, primary inputs, total.$"),
        (put(5, 9, "output"), "block 'output' has one column, not several"),
        (lambda rows: [put(5, c, "total")(rows) for c in (7, 8)], "no column of the block 'final"),
        (lambda rows: [put(r, 0, "total")(rows) for r in range(8, 12)], "no row of the block 'pro"),
        (lambda rows: [put(7, 9, "")(rows), put(5, 9, "exports")(rows)], "exports.* has no name"),
        (lambda rows: [put(r, 3, "")(rows) for r in (5, 6)], "block ''; known are"),
        (lambda rows: [put(r, 9, "")(rows) for r in (5, 6, 7)], "column J has numbers but no name"),
        (lambda rows: [put(12, c, "")(rows) for c in (0, 2)], "row 13 has numbers but no name"),
        (put(1, 1, ""), "nothing is said about unit"),
        (lambda rows: [put(2, 0, "money")(rows), put(3, 1, "")(rows)], "currency, price basis"),
        (put(0, 1, "2002/03"), "the year is '2002/03', not a whole number"),
        (put(7, 0, "blocks"), "no row begins with the words block, region, name"),
    ],
)
def test_a_message_names_the_place(changed, change, message):
    with pytest.raises(ReadError, match=message) as caught:
        read_table(changed(change), format="regional")
    assert "bad.csv" in str(caught.value)


def test_empty_flows_are_zero_only_on_request(changed):
    file = changed(put(9, 6, ""))
    assert read_table(file, format="regional", empty_cells="zero").Z[1, 3] == 0


def test_optional_columns_and_rows_may_stay_empty(changed):
    def empty(rows: Rows) -> None:
        for row in rows[FIRST:12]:
            row[9] = row[10] = ""
        rows[12][3:] = [""] * len(rows[12][3:])

    table = read_table(changed(empty), format="regional")
    assert table.exports is None
    assert table.printed_output is None
    assert table.primary_inputs is None


def test_years_must_agree(changed, tmp_path):
    file = changed(put(0, 1, "2007"), "regional_2002.csv")
    with pytest.raises(ReadError, match=r"regional_2002.csv holds the table of 2007, not of 2002"):
        read_table(file, format="regional")
    with pytest.raises(ReadError, match="of 2007, not of 2005"):
        read_series({2005: file}, format="regional")
    book = openpyxl.load_workbook(write_regional(small_table(), tmp_path / "t.xlsx"))
    book.active["B1"] = 2007
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(ReadError, match="sheet 2002 says that its year is 2007"):
        read_table(tmp_path / "t.xlsx", format="regional")
    book.active.title = "mine"
    book.copy_worksheet(book.active)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(ReadError, match="more than one table of 2007"):
        read_series(tmp_path / "t.xlsx", format="regional")


def test_years_unsaid_are_missed(changed):
    file = changed(put(0, 1, ""))
    with pytest.raises(ReadError, match="nothing is said about year"):
        read_series(file, format="regional")
    with pytest.raises(ReadError, match="pass year="):
        read_table(file, format="regional")
    with pytest.raises(ReadError, match="nothing is said about year"):
        read_table(file, format="regional", year=2002)


def test_text_numbers_and_errors_in_a_workbook(tmp_path):
    file = write_regional(small_table(), tmp_path / "t.xlsx")
    for value in ("12", "#REF!", True):
        book = openpyxl.load_workbook(file)
        book.active["D9"] = value
        book.save(tmp_path / "bad.xlsx")
        with pytest.raises(ReadError, match=r"row North goods, column North goods \(cell D9\)"):
            read_table(tmp_path / "bad.xlsx", format="regional")


def test_damaged_and_foreign_files(tmp_path):
    data = write_regional(small_table(), tmp_path / "t.xlsx").read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadError, match="not a complete Excel workbook"):
        read_table(tmp_path / "cut.xlsx", format="regional")
    (tmp_path / "gbk.csv").write_bytes("区域,部门".encode("gbk"))
    with pytest.raises(ReadError, match="not text in UTF-8"):
        read_table(tmp_path / "gbk.csv", format="regional")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ReadError, match="holds no regional table"):
        read_series(tmp_path / "other.csv", format="regional")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ReadError, match="is empty"):
        read_table(tmp_path / "empty.csv", format="regional")
    with pytest.raises(ReadError, match="There is no file"):
        read_table(tmp_path / "none.csv", format="regional")


def test_a_line_above_the_table_cannot_say_two_things(changed):
    file = changed(lambda rows: rows.insert(0, ["currency", "CNY"]))
    with pytest.raises(ReadError, match=r"currency is 'CNY' in one line .* and 'USD' in another"):
        read_table(file, format="regional")


def test_comments_may_stand_below_the_table(changed, tmp_path):
    file = changed(lambda rows: rows.append(["# Source: the yearbook", "", "7"]))
    plain = write_regional(small_table(), tmp_path / "plain.csv")
    found, wanted = (read_table(path, format="regional") for path in (file, plain))
    assert (found.Z == wanted.Z).all()
    assert found.primary_labels == wanted.primary_labels
