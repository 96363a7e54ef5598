"""Text files: what they leave open is asked for by name, what they damage is refused by line."""

import gzip

import pandas as pd
import pytest

from ioecon.delimited import numbers, read_delimited
from ioecon.errors import ArgumentError, ReadError

CHINESE = "国家,年份\n澳大利亚,2005\n"


@pytest.fixture
def read(tmp_path):
    def written(content, name="t.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_delimited(path, "tests", **options)

    return written


def test_cells_stay_text_and_lines_are_counted(read):
    frame = read(' a ,b,\n NA ,"x\ny"\n\n,,\n01,None\n')
    assert frame.columns.to_list() == ["a", "b"]
    assert frame["a"].to_dict() == {2: "NA", 6: "01"}
    assert frame["b"].to_dict() == {2: "x\ny", 6: "None"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"]
)
def test_an_encoding_that_is_named_is_read(read, encoding):
    assert read(CHINESE.encode(encoding), encoding=encoding)["国家"].to_list() == ["澳大利亚"]


def test_the_mark_of_utf8_needs_no_name(read):
    assert read(CHINESE.encode("utf-8-sig")).columns[0] == "国家"


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (CHINESE.encode("gbk"), 'encoding="gbk"'),
        (CHINESE.encode("utf-16"), 'encoding="utf-16"'),
        (b"a,b\nx,1\n".decode().encode("utf-16-le"), 'encoding="utf-16"'),
        ("a,b\nÖsterreich,1\n".encode("latin-1"), 'encoding="latin-1"'),
        ("a,b\n“x”,1\n".encode("cp1252"), 'encoding="cp1252"'),
    ],
)
def test_another_encoding_is_said_in_one_sentence(read, content, advice):
    with pytest.raises(ReadError, match=r"t\.csv is not text in UTF-8") as caught:
        read(content)
    assert advice in str(caught.value)


def test_an_encoding_that_does_not_fit_is_refused(read):
    with pytest.raises(ReadError, match=r"not text in gbk \(line 2\)"):
        read(b"a,b\nx,\xff\xff\n", encoding="gbk")
    with pytest.raises(ReadError, match="not text in gbk, but in UTF-8"):
        read(CHINESE.encode("utf-8-sig"), encoding="gbk")


@pytest.mark.parametrize("encoding", ["punycode", "zip", "rot13", "klingon", "", "unicode_escape"])
def test_what_is_no_encoding_is_refused(read, encoding):
    with pytest.raises(ArgumentError, match="encoding"):
        read("a,b\n", encoding=encoding)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("a;b\nx;1\n", r'pass separator=";"\.'),
        ("a;b\nx;1,5\n", r'pass separator=";" and decimal=","'),
        ("a\tb\nx\t1\n", r'pass separator="\\t"'),
    ],
)
def test_another_separator_is_recognised_in_the_error(read, content, advice):
    with pytest.raises(ReadError, match=advice):
        read(content)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_when_asked_for(read, separator):
    frame = read(f'"a,;b"{separator}c\n1{separator}2\n', separator=None)
    assert frame.columns.to_list() == ["a,;b", "c"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"separator": ",,"}, "separator is one character"),
        ({"separator": "."}, "separator is one character"),
        ({"separator": "e"}, "part of labels"),
        ({"separator": 3}, "separator is one character"),
        ({"decimal": ";"}, "decimal is"),
        ({"decimal": ","}, 'both .*separator=";"'),
    ],
)
def test_options_that_cannot_be(read, options, message):
    with pytest.raises(ArgumentError, match=message):
        read("a,b\n", **options)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "could not be read as CSV: it is empty"),
        ("\n \n", "it is empty"),
        ("a,b, a\n1,2,3\n", "the column a more than once"),
        ("a,b\n1,2\n\n3\n", "line 4 has 1 cells where the row of names has 2"),
        ("a,b\n1,2,3\n", "line 2 has 3 cells where the row of names has 2"),
        ('a,b\n1,2\n"3,4\n', "line 3: .*quotation mark"),
        ('a,b\n"1"2,3\n', "line 2: .*quotation mark"),
        ("a,b\n1,2\n\0,4\n", r"line 3 holds the character U\+0000"),
        ("a,b\n1,2\nx\u202e,4\n", r"line 3 holds .*U\+202E \(right-to-left override\)"),
        ("a,b\n1\u200b,2\n", r"line 2 holds .*U\+200B"),
        ("a,b\n1,2\n" + "x" * 110_000 + ",3\n", "line 3: a cell of more than 100,000"),
        ("a,b\n1,2\n" + "x" * 140_000 + ",3\n", "line 3: field larger"),
        (b"PK\x03\x04", "a zip or an Excel workbook"),
        (b"\x1f\x8b\x08", "damaged or incomplete gzip"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6], "damaged or incomplete gzip"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-8] + b"\0" * 8, "damaged or incomplete gzip"),
        (gzip.compress(b"1,2\n" * 10_000_000, mtime=0), "would unpack to more than"),
    ],
)
def test_damage_is_refused_with_its_line(read, content, message):
    with pytest.raises(ReadError, match=message):
        read(content)


def test_no_file(tmp_path):
    with pytest.raises(ReadError, match=r"no file .* to read prices from"):
        read_delimited(tmp_path / "x.csv", "prices")


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "NaN", "nan", "null", "None", "..", "."])
def test_what_counts_as_a_missing_number(cell):
    assert numbers(pd.Series([cell, "1"]), "t.csv").isna().to_list() == [True, False]


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("-1.5e3", ".", -1500.0),
        (".5", ".", 0.5),
        ("1,5", ",", 1.5),
        ("+3,", ",", 3.0),
        ("2E-2", ",", 0.02),
    ],
)
def test_numbers(cell, decimal, value):
    assert numbers(pd.Series([cell]), "t.csv", decimal=decimal).to_list() == [value]


@pytest.mark.parametrize(
    ("cell", "decimal", "message"),
    [
        ("1,5", ".", 'pass decimal=","'),
        ("1.234,5", ".", 'pass decimal=","'),
        ("1,742", ".", "thousands separator, or pass decimal="),
        ("1,742.4", ".", "without a thousands separator"),
        ("1,742,000", ".", "without a thousands separator"),
        ("1 742", ".", "without a thousands separator"),
        ("1\u00a0742", ".", "without a thousands separator"),
        ("1'742", ".", "without a thousands separator"),
        ("1.742", ",", "it has a point"),
        ("1.742,5", ",", "without a thousands separator"),
        ("1e999", ".", "too large"),
        ("inf", ".", "'inf' instead of a number"),
        ("1_000", ".", "'1_000' instead of a number"),
        ("０", ".", "instead of a number"),
        ("0x10", ".", "instead of a number"),
        ("#REF!", ".", "error value of a spreadsheet"),
        ("3 t", ".", "'3 t' instead of a number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_line(cell, decimal, message):
    column = pd.Series(["1", cell], index=[2, 7], name="co2")
    with pytest.raises(ReadError, match=rf"column 'co2', line 7 holds .*{message}"):
        numbers(column, "t.csv", decimal=decimal)
