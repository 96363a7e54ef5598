"""Rows of numbers in text: exact, and every refusal names file, line and column."""

import io

import numpy as np
import pytest

from ioecon.errors import ReadError
from ioecon.number_rows import number_rows, text_lines


def read(text, **options):
    lines = text_lines(io.BytesIO(text), "Z.txt")
    options = {"file": "Z.txt", "columns": 2, "separator": "\t"} | options
    pieces = list(number_rows(lines, **options))
    labels = [label for piece in pieces for label in piece.labels]
    return labels, np.concatenate([piece.values for piece in pieces])


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("labels", [0, 1, 2])
def test_numbers_are_those_of_python_and_pieces_join(end, separator, labels):
    rng = np.random.default_rng(1)
    values = rng.standard_normal((150, 7)) * 10.0 ** rng.integers(-300, 300, (150, 7))
    values[rng.random(values.shape) < 0.3] = 0
    rows = [
        separator.join([f"r{k}", '"s"'][:labels] + [repr(float(v)) for v in row])
        for k, row in enumerate(values)
    ]
    text = end.join(row.encode() for row in rows)
    told, found = read(text, columns=7, separator=separator, label_columns=labels)
    np.testing.assert_array_equal(found, values)
    assert told[3] == ("r3", "s")[:labels]


@pytest.mark.parametrize("piece", [1, 40, 2**22])
@pytest.mark.parametrize("at_once", [1, 4, 64])
def test_pieces_have_as_many_rows_as_asked_for(monkeypatch, piece, at_once):
    monkeypatch.setattr("ioecon.number_rows._PIECE", piece)
    lines = [f"r{k},{k},{k}.5".encode() for k in range(10)]
    pieces = list(
        number_rows(iter(lines), file="Z", columns=2, label_columns=1, rows_at_once=at_once)
    )
    assert [p.first for p in pieces] == list(range(0, 10, at_once))
    values = np.concatenate([p.values for p in pieces])
    np.testing.assert_array_equal(values, [[k, k + 0.5] for k in range(10)])
    assert [label for p in pieces for label in p.labels] == [(f"r{k}",) for k in range(10)]


@pytest.mark.parametrize(
    "number",
    [
        "0.1", "1e22", "8.5e-320", "4.9e-324", "9007199254740993", "2.2250738585072011e-308",
        "123456789012345678901234567890.123", "1.7976931348623157e308", "-.5", "+1.", "1E+05", "-0",
        f"{0.1:.40f}", f"{1 / 3:.25e}",
    ],
)  # fmt: skip
def test_numbers_are_rounded_correctly(number):
    _, found = read(f"{number}\t{number}\n".encode())
    assert found.tolist() == [[float(number)] * 2]


def test_a_row_with_blanks_and_quotation_marks_among_plain_ones():
    _, found = read(b'1\t2\n 3 \t"4"\n5\t6\n')
    np.testing.assert_array_equal(found, [[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize("cell", ["1e", ".", "+-1", "1.2.3", "--1", "1e5e3", "e5", "1 2", "-"])
def test_signs_of_numbers_alone_are_none(cell):
    with pytest.raises(ReadError, match="line 2, column 2 holds"):
        read(f"1\t2\n3\t{cell}\n".encode())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"1\t2\n3\t4\t5\n", r"Z\.txt, line 2 has 3 numbers where there should be 2"),
        (b"1\t2\n3\n", r"line 2 has 1 numbers"),
        (b"1\t2\n3\tx\n", r"line 2, column b holds 'x', which is no number"),
        (b"1\t2,5\n", r"line 1, column b holds '2,5'.*decimal comma.*as it was published\.$"),
        (b"1\tnan\n", r"column b holds 'nan'"),
        (b"1\tinf\n", r"column b holds 'inf'"),
        (b"1\t1e999\n", r"column b holds '1e999'"),
        (b"1\t\n", r"column b is empty.*empty_cells='zero'"),
        (b"\t2\n", r"column a is empty"),
        (b"1\t0x10\n", r"column b holds '0x10'"),
        (b"1\t1_0\n", r"column b holds '1_0'"),
    ],
)
def test_what_is_no_number_is_named(text, says):
    with pytest.raises(ReadError, match=says):
        read(text, column_name="ab".__getitem__)


def test_empty_cells_are_zero_when_asked():
    np.testing.assert_array_equal(read(b"1\t\n\t2\n", empty="zero")[1], [[1, 0], [0, 2]])
    row = read(b"\t\t\t7\t\t\t\t\n", empty="zero", columns=8)[1]
    np.testing.assert_array_equal(row, [[0, 0, 0, 7, 0, 0, 0, 0]])


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("ioecon.number_rows._LONGEST", 2**20)
    with pytest.raises(ReadError, match="a line of more than 1 MiB"):
        read(b"1" * 2**24)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1e400", "which is no number; it is too large."),
        ("1,5", "which is no number; it has a decimal comma, as after saving it again: take"),
        ("NaN", "which is no number; take the file as it was published."),
        ("-", "which is no number; take the file as it was published."),
        ("inf", "which is no number; take the file as it was published."),
        ("#N/A", "which is no number; it is an error value of a spreadsheet: correct it there."),
    ],
)
def test_a_cell_that_is_no_number_says_why_and_what_to_do(cell, why):
    with pytest.raises(ReadError, match=r"^Z\.txt, line 1, column 2 holds ") as refused:
        read(f"1\t{cell}\n".encode())
    assert why in str(refused.value)


def test_a_thousands_separator_is_told_from_a_cell_too_many():
    with pytest.raises(ReadError, match=r"'1,234\.5' has a thousands separator") as refused:
        read(b'7,"1,234.5"\n', separator=",")
    assert str(refused.value).startswith("Z.txt, line 1 has 3 numbers where there should be 2.")


def test_lines_of_separators_below_a_table_are_no_rows():
    labels, values = read(b'a,1,2\n,,\n"",,\n\n', separator=",", label_columns=1)
    assert labels == [("a",)]
    assert values.tolist() == [[1, 2]]
    _, values = read(b"1,2\n,\n", separator=",", empty="zero")
    assert values.tolist() == [[1, 2], [0, 0]]  # without labels it may be a row of zeros


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gbk"])
def test_another_encoding_is_named_without_an_option_that_does_not_exist(encoding):
    with pytest.raises(ReadError, match="UTF-8") as refused:
        read("采矿业\t1\t2\n".encode(encoding), label_columns=1)
    assert "take the file as it was published" in str(refused.value)
    assert "encoding=" not in str(refused.value)
