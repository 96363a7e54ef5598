"""Stored tables come back identical to the last bit; damaged stores are refused."""

import json
import os
import shutil

import numpy as np
import pytest

import ioecon
from ioecon.errors import OutputError, ReadError, TableError
from ioecon.readers import read_series, read_table, write_series, write_table

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
    same(read_table(bare.write(tmp_path / "deep" / "t"), format="ioecon"), bare)


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

    from ioecon.readers import store

    folder = write_table(table, tmp_path / "t")
    np.savez(folder / "arrays.npz", Z=np.array([{"a": 1}], dtype=object), Y=np.zeros(1))
    header = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    header["arrays_sha256"] = hashlib.sha256((folder / "arrays.npz").read_bytes()).hexdigest()
    header["header_sha256"] = store._digest(header)
    (folder / "table.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(ReadError, match="allow_pickle=False"):
        read_table(folder, format="ioecon")


def test_what_was_written_is_read_by_its_class(tmp_path, make_table) -> None:
    table = make_table(3, year=2005)
    series = ioecon.IOSeries({2005: table, 2006: table.replace(year=2006)})
    np.testing.assert_array_equal(ioecon.IOTable.read(table.write(tmp_path / "table")).Z, table.Z)
    back = ioecon.IOSeries.read(series.write(tmp_path / "series"))
    assert back.years == (2005, 2006)
    np.testing.assert_array_equal(back[2006].Y, table.Y)
