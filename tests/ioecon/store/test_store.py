"""Stored tables come back identical to the last bit; damaged stores are refused."""

import hashlib
import io
import json
import os
import shutil
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

import ioecon
from ioecon.errors import OutputError, ReadError, TableError
from ioecon.readers import read_series, read_table
from ioecon.store import folders, write_series, write_table

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
    for file in ("arrays.npz", "table.json"):
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

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match="No space left"):
        write_table(table.replace(year=1999), folder, overwrite=True)
    with pytest.raises(OutputError, match="No space left"):
        write_series({2005: table}, tmp_path / "s")
    assert [entry.name for entry in tmp_path.iterdir()] == ["t"]
    assert read_table(folder, format="ioecon").year == 2005


def test_a_truncated_store_is_refused(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    arrays = folder / "arrays.npz"
    os.truncate(arrays, arrays.stat().st_size // 2)
    with pytest.raises(ReadError, match=r"arrays.npz is truncated or was changed"):
        read_table(folder, format="ioecon")


def test_a_changed_number_is_noticed(table, tmp_path):
    folder = write_table(table, tmp_path / "t")
    data = bytearray((folder / "arrays.npz").read_bytes())
    data[len(data) // 3] ^= 1
    (folder / "arrays.npz").write_bytes(data)
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
    (folder / "arrays.npz").unlink()
    with pytest.raises(ReadError, match=r"incomplete: arrays.npz"):
        read_table(folder, format="ioecon")
    shutil.rmtree(folder)
    with pytest.raises(ReadError, match="There is no folder"):
        read_table(folder, format="ioecon")
    folder.mkdir()
    with pytest.raises(ReadError, match="holds no file like"):
        read_table(folder, format="ioecon")


def test_pickled_arrays_are_never_loaded(table, tmp_path):
    import hashlib

    folder = write_table(table, tmp_path / "t")
    np.savez(folder / "arrays.npz", Z=np.array([{"a": 1}], dtype=object), Y=np.zeros(1))
    header = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    header["arrays_sha256"] = hashlib.sha256((folder / "arrays.npz").read_bytes()).hexdigest()
    header["header_sha256"] = folders._digest_header(header)
    (folder / "table.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(ReadError, match="type object"):
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


def resigned(folder, *, change=None, arrays=None):
    """Change a stored table and sign it again, as one who knows the format could."""
    header = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    if arrays is not None:
        (folder / "arrays.npz").write_bytes(arrays)
        header["arrays_sha256"] = hashlib.sha256(arrays).hexdigest()
    header |= change or {}
    header["header_sha256"] = folders._digest_header(header)
    (folder / "table.json").write_text(json.dumps(header), encoding="utf-8")


def archive(members, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that stands twice
        for name, content in members:
            packed.writestr(name, content)
    return file.getvalue()


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


Z, Y = npy(np.ones((2, 2))), npy(np.ones((2, 2)))


def flipped(data, *, at):
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


HOSTILE = {
    "not a zip": b"nothing",
    "empty": b"",
    "truncated": archive([("Z.npy", Z), ("Y.npy", Y)])[:-30],
    "crc": flipped(archive([("Z.npy", Z), ("Y.npy", Y)]), at=160),
    "method": archive([("Z.npy", Z), ("Y.npy", Y)]).replace(
        b"PK\x01\x02\x14\x03\x14\0\0\0\0\0", b"PK\x01\x02\x14\x03\x14\0\0\0\x63\0"
    ),
    "compressed": archive([("Z.npy", Z), ("Y.npy", Y)], zipfile.ZIP_DEFLATED),
    "twice": archive([("Z.npy", Z), ("Z.npy", Z), ("Y.npy", Y)]),
    "another member": archive([("Z.npy", Z), ("Y.npy", Y), ("W.npy", Y)]),
    "path": archive([("../Z.npy", Z), ("Y.npy", Y)]),
    "no Y": archive([("Z.npy", Z)]),
    "float16": archive([("Z.npy", npy(np.ones((2, 2), "f2"))), ("Y.npy", Y)]),
    "big endian": archive([("Z.npy", npy(np.ones((2, 2), ">f8"))), ("Y.npy", Y)]),
    "integers": archive([("Z.npy", npy(np.ones((2, 2), int))), ("Y.npy", Y)]),
    "text": archive([("Z.npy", npy(np.full((2, 2), "1"))), ("Y.npy", Y)]),
    "records": archive([("Z.npy", npy_header((2, 2), [("a", "<f8")])), ("Y.npy", Y)]),
    "pickle": archive([("Z.npy", npy(np.full((2, 2), 1.0, object), allow_pickle=True))]),
    "shape": archive([("Z.npy", npy(np.ones((4, 1)))), ("Y.npy", Y)]),
    "one dimension": archive([("Z.npy", npy(np.ones(4))), ("Y.npy", Y)]),
    "huge": archive([("Z.npy", npy_header((2**40, 2**20))), ("Y.npy", Y)]),
    "negative": archive([("Z.npy", npy_header((-2, -2)) + b"0" * 32), ("Y.npy", Y)]),
    "short": archive([("Z.npy", Z[:-8]), ("Y.npy", Y)]),
    "long": archive([("Z.npy", Z + b"12345678"), ("Y.npy", Y)]),
    "no array": archive([("Z.npy", b"\x93NUMPY\x09\x09"), ("Y.npy", Y)]),
    "expression": archive([("Z.npy", Z[:10] + b"__import__('os')" + Z[26:]), ("Y.npy", Y)]),
}  # fmt: skip


@pytest.fixture
def small(tmp_path):
    table = ioecon.IOTable(
        Z=[[1, 2], [3, 4]], Y=[[5, 6], [7, 8]], countries=["FRA", "DEU"], sectors=["all"],
        categories=["final"], year=2005,
    )  # fmt: skip
    return write_table(table, tmp_path / "t")


@pytest.mark.parametrize("arrays", HOSTILE.values(), ids=HOSTILE)
def test_arrays_that_were_not_written_here_are_refused_in_one_sentence(small, arrays):
    resigned(small, arrays=arrays)
    with pytest.raises(ReadError, match=r"arrays\.npz") as caught:
        read_table(small, format="ioecon")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "change",
    [
        {"year": True}, {"year": 2005.0}, {"year": "2005"}, {"year": None}, {"year": 10**19},
        {"countries": "FR"}, {"countries": ["FRA", 1]}, {"countries": {"FRA": 1}}, {"sectors": []},
        {"unit": 1}, {"price_basis": "unheard of"}, {"output": "columns"}, {"output": "printed"},
        {"source": "file"}, {"source": {"path": "x"}}, {"sector_names": "x"},
        {"sector_names": ["x", "y"]}, {"categories": ["a", "b"]}, {"arrays_sha256": 5},
        {"arrays_sha256": "0" * 64}, {"version": True}, {"version": 2}, {"kind": []},
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


def test_a_stored_table_is_held_once_while_it_is_read(tmp_path):
    n = 800
    table = ioecon.IOTable(
        Z=np.random.default_rng(0).random((n, n)), Y=np.ones((n, 1)), countries=["AUS"],
        sectors=[f"s{k}" for k in range(n)], categories=["final"], year=2005,
    )  # fmt: skip
    folder = write_table(table, tmp_path / "table")
    read_table(folder, format="ioecon")  # what is loaded once is not counted
    tracemalloc.start()
    read_table(folder, format="ioecon")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.3 * (table.Z.nbytes + table.Y.nbytes)
