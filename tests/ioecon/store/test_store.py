"""Stored tables come back identical to the last bit; damaged stores are refused."""

import hashlib
import io
import json
import os
import shutil
import tracemalloc

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.errors import OutputError, ReadError, TableError
from ioecon.readers import read_series, read_table
from ioecon.store import array_files, folders, known_hashes, write_series, write_table

FIELDS = (
    "countries",
    "sectors",
    "categories",
    "year",
    "unit",
    "currency",
    "price_basis",
    "source",
    "output",
    "sector_names",
    "primary_labels",
)


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    return ioecon.IOTable(
        Z=rng.lognormal(0, 8, (6, 6)),
        Y=rng.normal(0, 1e3, (6, 4)),
        countries=["FRA", "ROW"],
        sectors=["a", "b", "ç"],
        categories=["final", "stocks"],
        year=2005,
        unit="thousand",
        currency="EUR",
        price_basis="previous-year",
        source=ioecon.Source("öffentlich.xlsx", "0" * 64, "somewhere"),
        printed_output=rng.lognormal(0, 5, 6),
        output="printed",
        sector_names=["A, «first»", "B", "C\t"],
        primary_inputs=np.where(rng.random((2, 6)) < 0.3, np.nan, 1.1),
        primary_labels=["Value added", "taxes"],
    )


def same(one, other):
    for name in ("Z", "Y", "x", "printed_output", "primary_inputs"):
        first, second = getattr(one, name), getattr(other, name)
        assert (first is None) == (second is None)
        if first is not None:
            assert first.tobytes() == second.tobytes()
    for name in FIELDS:
        assert getattr(one, name) == getattr(other, name)


def test_a_table_comes_back_identical(table, tmp_path):
    same(read_table(write_table(table, tmp_path / "t"), format="ioecon"), table)


def test_a_table_without_the_optional_parts_comes_back_identical(table, tmp_path):
    bare = table.replace(
        output="row_sums",
        source=None,
        printed_output=None,
        sector_names=None,
        primary_inputs=None,
        primary_labels=(),
    )
    same(read_table(write_table(bare, tmp_path / "deep" / "t"), format="ioecon"), bare)


def test_the_same_table_is_written_byte_for_byte_the_same(table, tmp_path):
    for name in ("one", "two"):
        write_table(table, tmp_path / name)
    for file in ("Z.npy", "Y.npy", "primary_inputs.npy", "table.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_output_can_be_asked_for(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    table_of_sums = read_table(folder, format="ioecon", output="row_sums")
    np.testing.assert_array_equal(table_of_sums.x, table.Z.sum(axis=1) + table.Y.sum(axis=1))


def test_a_series_comes_back_identical(table, tmp_path):
    series = ioecon.IOSeries({year: table.replace(year=year) for year in (2004, 2005, 2006)})
    folder = write_series(series, tmp_path / "s")
    back = read_series(folder, format="ioecon")
    assert back.years == (2004, 2005, 2006)
    for year in back:
        same(back[year], series[year])
    assert read_series(folder, format="ioecon", years=[2006, 2004]).years == (2004, 2006)
    assert read_series(folder, format="auto").years == back.years
    assert read_table(folder, format="ioecon", year=2005).year == 2005


def test_a_year_that_is_not_stored_is_named(table, tmp_path):
    folder = write_series({2005: table}, tmp_path / "s")
    with pytest.raises(ReadError, match=r"no table of 2006.*there: 2005"):
        read_series(folder, format="ioecon", years=range(2005, 2007))


def test_a_table_under_another_year_is_refused(table, tmp_path):
    with pytest.raises(TableError, match="given for 2006 is of 2005"):
        write_series({2006: table}, tmp_path / "s")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_unless_asked(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    with pytest.raises(OutputError, match="overwrite=True"):
        write_table(table.replace(year=1999), folder)
    assert read_table(folder, format="ioecon").year == 2005
    write_table(table.replace(year=1999), folder, overwrite=True)
    assert read_table(folder, format="ioecon").year == 1999
    assert [entry.name for entry in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_ioecon_did_not_write_is_never_replaced(table, tmp_path, kind):
    place = tmp_path / "precious"
    if kind == "folder":
        place.mkdir()
        (place / "thesis.tex").write_text("years of work")
    else:
        place.write_text("years of work")
    with pytest.raises(OutputError, match="not a folder that ioecon wrote"):
        write_table(table, place, overwrite=True)
    assert place.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["precious"]


def test_a_failure_in_the_middle_leaves_nothing_and_keeps_what_was_there(
    table, tmp_path, monkeypatch
):
    folder = write_table(table, tmp_path / "t")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(OutputError, match="No space left"):
        write_table(table.replace(year=1999), folder, overwrite=True)
    with pytest.raises(OutputError, match="No space left"):
        write_series({2005: table}, tmp_path / "s")
    assert [entry.name for entry in tmp_path.iterdir()] == ["t"]
    assert read_table(folder, format="ioecon").year == 2005


def test_a_truncated_store_is_refused(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    arrays = folder / "Z.npy"
    os.truncate(arrays, arrays.stat().st_size // 2)
    with pytest.raises(ReadError, match=r"Z.npy is truncated or was changed"):
        read_table(folder, format="ioecon")


def test_a_changed_number_is_noticed(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    data = bytearray((folder / "Z.npy").read_bytes())
    data[-5] ^= 1
    (folder / "Z.npy").write_bytes(data)
    with pytest.raises(ReadError, match="was changed"):
        read_table(folder, format="ioecon")


def test_a_changed_label_is_noticed(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    header = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    header["currency"] = "USD"
    (folder / "table.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(ReadError, match=r"table.json was changed"):
        read_table(folder, format="ioecon")


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"kind": "other"}'])
def test_a_header_that_is_no_header_is_refused(table, tmp_path, text):
    folder = write_table(table, tmp_path / "t")
    (folder / "table.json").write_text(text)
    with pytest.raises(ReadError, match=r"table.json"):
        read_table(folder, format="ioecon")


def test_missing_parts_are_named(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    (folder / "printed_output.npy").unlink()
    with pytest.raises(ReadError, match=r"incomplete: printed_output.npy"):
        read_table(folder, format="ioecon")
    shutil.rmtree(folder)
    with pytest.raises(ReadError, match="There is no folder"):
        read_table(folder, format="ioecon")
    folder.mkdir()
    with pytest.raises(ReadError, match="holds no file like"):
        read_table(folder, format="ioecon")


def test_what_was_written_is_read_by_its_class(tmp_path, make_table) -> None:
    table = make_table(3, year=2005)
    series = ioecon.IOSeries({2005: table, 2006: table.replace(year=2006)})
    np.testing.assert_array_equal(
        ioecon.IOTable.read(write_table(table, tmp_path / "table")).Z, table.Z
    )
    back = ioecon.IOSeries.read(write_series(series, tmp_path / "series"))
    assert back.years == (2005, 2006)
    np.testing.assert_array_equal(back[2006].Y, table.Y)


def resigned(folder, *, change=None, Z=None):
    """Change a stored table and sign it again, as one who knows the format could."""
    header = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    if Z is not None:
        (folder / "Z.npy").write_bytes(Z)
        header["arrays"]["Z"] = hashlib.sha256(Z).hexdigest()
    header |= change or {}
    header["header_sha256"] = folders._digest_header(header)
    (folder / "table.json").write_text(json.dumps(header), encoding="utf-8")


def npy(array, **options):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **options)
    return file.getvalue()


def npy_header(shape, descr="<f8"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"shape": shape, "fortran_order": False, "descr": descr}
    )
    return file.getvalue()


ONES = npy(np.ones((2, 2)))
HOSTILE = {
    "no array": b"nothing at all",
    "empty": b"",
    "truncated": ONES[:-30],
    "float16": npy(np.ones((2, 2), "f2")),
    "big endian": npy(np.ones((2, 2), ">f8")),
    "integers": npy(np.ones((2, 2), int)),
    "text": npy(np.full((2, 2), "1")),
    "records": npy_header((2, 2), [("a", "<f8")]),
    "pickle": npy(np.full((2, 2), 1.0, object), allow_pickle=True),
    "shape": npy(np.ones((4, 1))),
    "one dimension": npy(np.ones(4)),
    "huge": npy_header((2**40, 2**20)),
    "negative": npy_header((-2, -2)) + b"0" * 32,
    "short": ONES[:-8],
    "long": ONES + b"12345678",
    "version": b"\x93NUMPY\x09\x09",
    "version 2": npy(np.ones((2, 2)), version=(2, 0)),
    "expression": ONES[:10] + b"__import__('os')" + ONES[26:],
    "deep": ONES[:8] + b"\xff\xff" + b"(" * 65_535,
}


@pytest.fixture
def small(tmp_path):
    table = ioecon.IOTable(
        Z=[[1, 2], [3, 4]], Y=[[5, 6], [7, 8]], countries=["FRA", "DEU"], sectors=["all"],
        categories=["final"], year=2005,
    )  # fmt: skip
    return write_table(table, tmp_path / "t")


@pytest.mark.parametrize("mapped", [0, 2**20])
@pytest.mark.parametrize("Z", HOSTILE.values(), ids=HOSTILE)
def test_an_array_that_was_not_written_here_is_refused_in_one_sentence(
    small, Z, mapped, monkeypatch
):
    monkeypatch.setattr(array_files, "_MAPPED", mapped)
    resigned(small, Z=Z)
    with pytest.raises(ReadError, match=r"Z\.npy") as caught:
        read_table(small, format="ioecon")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["Z.npy", "table.json"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_what_is_no_file_is_never_opened(small, name):
    (small / name).unlink()
    os.mkfifo(small / name)
    with pytest.raises(ReadError, match=str(small)):
        read_table(small, format="ioecon")


def test_a_store_of_before_is_refused_in_a_sentence(small):
    resigned(small, change={"version": 1})
    with pytest.raises(ReadError, match=r"of store version 1; .* reads version 2\. Write"):
        read_table(small, format="ioecon")


@pytest.mark.parametrize(
    "change",
    [
        {"year": True}, {"year": 2005.0}, {"year": "2005"}, {"year": None}, {"year": 10**19},
        {"countries": "FR"}, {"countries": ["FRA", 1]}, {"countries": {"FRA": 1}}, {"sectors": []},
        {"unit": 1}, {"price_basis": "unheard of"}, {"output": "columns"}, {"output": "printed"},
        {"source": "file"}, {"source": {"path": "x"}}, {"sector_names": "x"},
        {"sector_names": ["x", "y"]}, {"categories": ["a", "b"]}, {"arrays": 5},
        {"arrays": {"Z": "0" * 64}}, {"arrays": {"Z": 1, "Y": 2}}, {"arrays": {"../Z": ""}},
        {"arrays": {"Z": "0" * 64, "Y": "0" * 64}}, {"version": True}, {"version": 3}, {"kind": []},
        {"countries": ["FRA"] * 100_000},
    ],
)  # fmt: skip
def test_a_header_with_a_field_of_another_kind_is_refused(small, change):
    resigned(small, change=change)
    with pytest.raises(ReadError, match=str(small)):
        read_table(small, format="ioecon")


@pytest.mark.parametrize("text", ["[" * 100_000, "", "null", "[]", '{"kind": "ioecon table"', "\0"])
def test_a_header_that_is_none_is_refused(small, text):
    (small / "table.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=r"table\.json"):
        read_table(small, format="ioecon")


def test_arrays_by_columns_and_gaps_come_back(tmp_path):
    values = np.asfortranarray(np.array([[1.0, -0.0], [np.nan, np.inf]]))
    table = ioecon.IOTable(
        Z=values, Y=values.T, countries=["FRA", "DEU"], sectors=["all"], categories=["final"],
        year=2005,
    )  # fmt: skip
    back = read_table(write_table(table, tmp_path / "t"), format="ioecon")
    assert back.Z.tobytes() == table.Z.tobytes()
    assert back.Y.tobytes() == table.Y.tobytes()
    assert not back.Z.flags.writeable


@pytest.fixture
def series_folder(tmp_path, table):
    tables = {year: table.replace(year=year) for year in (2005, 2006, 2007)}
    return write_series(ioecon.IOSeries(tables), tmp_path / "s")


def test_a_series_that_lost_a_year_is_refused(series_folder):
    shutil.rmtree(series_folder / "2006")
    for years in (None, [2005], [2005, 2007]):
        with pytest.raises(ReadError, match=r"table of 2006 that series\.json names is gone"):
            read_series(series_folder, format="ioecon", years=years)


@pytest.mark.parametrize("year", [2005, 2006])
def test_a_table_that_was_replaced_is_refused(series_folder, table, year):
    shutil.rmtree(series_folder / "2006")
    write_table(table.replace(year=year, Z=2 * table.Z), series_folder / "2006")
    with pytest.raises(ReadError, match="2006 is not the one that was written with the series"):
        read_series(series_folder, format="ioecon")
    with pytest.raises(ReadError, match="2006 is not the one"):
        read_table(series_folder, format="ioecon", year=2005)


def test_years_that_were_exchanged_are_refused(series_folder):
    for source, target in (("2005", "x"), ("2006", "2005"), ("x", "2006")):
        (series_folder / source).rename(series_folder / target)
    with pytest.raises(ReadError, match="2005 is not the one"):
        read_series(series_folder, format="ioecon")


def test_a_table_too_many_is_refused(series_folder, table):
    write_table(table.replace(year=2008), series_folder / "2008")
    with pytest.raises(ReadError, match="2008 is a table that does not belong"):
        read_series(series_folder, format="ioecon")


@pytest.mark.parametrize(
    "text", ["{}", "[" * 100_000, "", '{"kind": "ioecon series", "version": 1, "years": [2005]}']
)
def test_a_damaged_list_of_the_years_is_refused(series_folder, text):
    (series_folder / "series.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=str(series_folder)):
        read_series(series_folder, format="ioecon")


def test_a_changed_list_of_the_years_is_refused(series_folder):
    text = (series_folder / "series.json").read_text(encoding="utf-8")
    header = json.loads(text)
    del header["tables"]["2006"]
    (series_folder / "series.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(ReadError, match="changed after it was written"):
        read_series(series_folder, format="ioecon")


def test_folders_of_tables_without_a_list_are_a_series_still(tmp_path, table):
    for year in (2005, 2006):
        write_table(table.replace(year=year), tmp_path / "loose" / str(year))
    assert read_series(tmp_path / "loose", format="ioecon").years == (2005, 2006)


def test_single_precision_and_what_is_told_of_a_table_are_kept(tmp_path):
    table = ioecon.IOTable(
        Z=np.ones((2, 2), "f4"), Y=np.ones((2, 2)), countries=["FRA", "DEU"], sectors=["a"],
        categories=["final"], year=2005, discrepancies=[1, 0], system="product × product",
        valuation="basic prices", edition="3.8.2", primary_labels=["taxes"], final_inputs=[[2, 3]],
    )  # fmt: skip
    back = ioecon.read_table(write_table(table, tmp_path / "table"), format="ioecon")
    assert back.Z.dtype == np.float32
    assert (back.system, back.valuation, back.edition) == (
        "product × product",
        "basic prices",
        "3.8.2",
    )
    np.testing.assert_array_equal(back.discrepancies, [1, 0])
    np.testing.assert_array_equal(back.final_inputs, [[2, 3]])


def make_large(**changes):
    n = 400
    settings = dict(
        Z=np.random.default_rng(0).random((n, n)), Y=np.ones((n, 1)), countries=["AUS"],
        sectors=[f"s{k}" for k in range(n)], categories=["final"], year=2005,
    )  # fmt: skip
    return ioecon.IOTable(**settings | changes)


def test_a_large_array_is_mapped_and_not_held(tmp_path):
    table = make_large()
    folder = write_table(table, tmp_path / "table")
    read_table(folder, format="ioecon")  # what is loaded once is not counted
    tracemalloc.start()
    back = read_table(folder, format="ioecon")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * table.Z.nbytes
    np.testing.assert_array_equal(back.Z, table.Z)
    np.testing.assert_array_equal(back.x, table.x)
    for values in (back.Z, back.Z.T, back.Y):
        with pytest.raises(ValueError, match=r"WRITEABLE|read-only"):
            values.setflags(write=True)


def settled(monkeypatch):
    monkeypatch.setattr(known_hashes, "_SETTLED_NS", -(10**12))
    made = []
    monkeypatch.setattr(
        hashlib, "file_digest", lambda *a, plain=hashlib.file_digest: made.append(1) or plain(*a)
    )
    return made


def test_a_large_array_is_hashed_once(tmp_path, monkeypatch, cache_dir):
    made = settled(monkeypatch)
    folder = write_table(make_large(), tmp_path / "table")
    for _ in range(3):
        read_table(folder, format="ioecon")
    assert len(made) == 1
    read_table(folder, format="ioecon", cache=False)
    assert len(made) == 2


@pytest.mark.parametrize("touched", ["bytes, at the same time", "another file"])
def test_a_changed_array_is_noticed_though_it_was_hashed_before(
    tmp_path, monkeypatch, cache_dir, touched
):
    settled(monkeypatch)
    folder = write_table(make_large(), tmp_path / "table")
    read_table(folder, format="ioecon")
    path = folder / "Z.npy"
    before, data = path.stat(), bytearray(path.read_bytes())
    data[-5] ^= 1
    if touched == "another file":
        (folder / "other").write_bytes(data)
        os.replace(folder / "other", path)
    else:
        with path.open("r+b") as file:
            file.write(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ReadError, match=r"Z\.npy is truncated or was changed"):
        read_table(folder, format="ioecon")


def test_a_note_does_not_vouch_for_another_array(tmp_path, monkeypatch, cache_dir):
    settled(monkeypatch)
    folder = write_table(make_large(), tmp_path / "table")
    read_table(folder, format="ioecon")
    resigned(folder, change={"arrays": {"Z": "0" * 64, "Y": "0" * 64}})
    with pytest.raises(ReadError, match="SHA-256"):
        read_table(folder, format="ioecon")


def test_a_table_replaced_after_it_was_found_is_refused(series_folder, table):
    found = folders.find_stored(series_folder)
    write_table(table.replace(year=2006, Z=2 * table.Z), series_folder / "2006", overwrite=True)
    assert found[2005]().year == 2005
    with pytest.raises(ReadError, match="2006 was replaced after it had been found"):
        found[2006]()


def test_a_table_may_be_written_over_the_one_it_is_mapped_from(tmp_path):
    folder = write_table(make_large(), tmp_path / "table")
    back = read_table(folder, format="ioecon")
    write_table(back.replace(unit="thousand"), folder, overwrite=True)
    again = read_table(folder, format="ioecon")
    assert again.unit == "thousand"
    np.testing.assert_array_equal(again.Z, back.Z)


def test_an_open_series_is_decomposed_as_one_in_memory(tmp_path):
    tables = {y: make_large(year=y, Y=np.full((400, 1), 300.0 + y)) for y in (2005, 2006, 2007)}
    emissions = pd.Series(
        [1.0, 2.0, 4.0], pd.MultiIndex.from_product([["AUS"], tables], names=["country", "year"])
    )
    back = read_series(write_series(tables, tmp_path / "s"), format="ioecon", progress=False)
    one = ioecon.decompose(ioecon.IOSeries(tables), emissions)
    np.testing.assert_array_equal(ioecon.decompose(back, emissions).values, one.values)
