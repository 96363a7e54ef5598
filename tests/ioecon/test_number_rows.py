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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"1\t2\n3\t4\t5\n", r"Z\.txt, line 2 has 3 numbers where there should be 2"),
        (b"1\t2\n3\n", r"line 2 has 1 numbers"),
        (b"1\t2\n3\tx\n", r"line 2, column b holds 'x', which is no number"),
        (b"1\t2,5\n", r"line 1, column b holds '2,5'.*decimal comma"),
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


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("ioecon.number_rows._LONGEST", 2**20)
    with pytest.raises(ReadError, match="a line of more than 1 MiB"):
        read(b"1" * 2**24)
