"""Tables whose Z is compressed by rows in an npz file, and what may be wrong with such a file."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from ioecon import read_series, read_table
from ioecon.errors import IoeconError, ReadError
from ioecon.readers.options import ReadOptions
from ioecon.readers.sparse_npz import parse

Z = np.array([[0, 25, 0, 1], [3, 0, 0, 0], [0, 0, 7, 0], [0, 0, 0, 0]])
F = np.array([[10, 2], [0, 5], [1, 1], [0, 9]])


def arrays(**changes) -> dict:
    rows = scipy.sparse.csr_array(Z)
    return {
        "Z_data": rows.data.astype(np.int32),
        "Z_indices": rows.indices.astype(np.uint16),
        "Z_indptr": rows.indptr.astype(np.int32),
        "F": F.astype(np.int32),
        "countries": np.array(["AUS", "ROM"]),
        "sectors": np.array(["A", "B"]),
        "year": np.int64(2003),
        "scale": np.float64(0.5),
    } | changes


def write(folder: Path, name: str = "tiny_2003.npz", **changes) -> Path:
    path = folder / name
    np.savez_compressed(path, **{k: v for k, v in arrays(**changes).items() if v is not None})
    return path


@pytest.mark.parametrize("form", ["sparse-npz", "auto"])
def test_a_table_is_read_whole(tmp_path, form):
    write(tmp_path)
    table = read_series(tmp_path, format=form, cache=False)[2003]
    np.testing.assert_array_equal(table.Z, Z * 0.5)
    np.testing.assert_array_equal(table.F, F * 0.5)
    assert (table.countries, table.sectors) == (("AUS", "ROU"), ("A", "B"))
    assert (table.unit, table.currency, table.price_basis) == ("million", "USD", "current")


def test_single_precision_on_request(tmp_path):
    table = read_table(write(tmp_path), format="sparse-npz", dtype="float32", cache=False)
    assert table.Z.dtype == np.float32
    np.testing.assert_array_equal(table.Z, Z * np.float32(0.5))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"F": None}, "lacks F: a sparse table holds"),
        ({"scale": np.float64(0)}, "scale is 0.0, not a number above zero"),
        ({"scale": np.float64("nan")}, "scale is nan"),
        ({"F": F[:, :1]}, r"F has the shape \(4, 1\).*call for \(4, 2\)"),
        ({"F": F.astype(float) * np.nan}, "row AUS A, column AUS final demand holds nan"),
        ({"F": F.astype(str)}, "F is numbers in 2 dimensions, not <U"),
        ({"F": F.astype(object)}, "the array F cannot be read"),
        ({"countries": np.array(["AUS"])}, r"F has the shape"),
        ({"countries": np.array(["AUS", "AU"])}, "two of its countries are the same one"),
        ({"countries": np.array(["AUS", "Utopia"])}, "'Utopia'"),
        ({"sectors": np.array(["A", "A"])}, "list of sectors holds A more than once"),
        ({"sectors": np.array(["A", ""])}, "list of sectors lacks labels"),
        ({"sectors": np.array([1, 2])}, "sectors is text in 1 dimensions"),
        ({"year": np.int64(2004)}, "holds the table of 2004, not of 2003"),
        ({"year": np.float64(2003.5)}, "year is whole numbers"),
        ({"Z_indices": np.array([1, 9, 0, 2], np.uint16)}, "names a column that Z, 4 × 4, does"),
        ({"Z_indices": np.array([1, 1, 0, 2], np.uint16)}, "names a column twice in one row"),
        ({"Z_indptr": np.array([0, 2, 3, 4], np.int32)}, "do not make 4 rows: 4 pointers"),
        ({"Z_indptr": np.array([0, 3, 2, 4, 4], np.int32)}, "do not make 4 rows"),
        ({"Z_data": np.array([1, 2], np.int32)}, "do not make 4 rows: .* and 2 numbers"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, changes, message):
    with pytest.raises(IoeconError, match=message):
        read_table(write(tmp_path, **changes), format="sparse-npz", cache=False)


def outcome(data: bytes) -> str:
    """What the reader makes of a damaged file: the good table, or one sentence."""
    try:
        table = parse(data, "bad.npz", 2003, ReadOptions())
    except ReadError as error:
        return str(error)
    np.testing.assert_array_equal(table.Z, Z * 0.5)
    return ""


def test_damaged_files_are_refused(tmp_path):
    good = write(tmp_path).read_bytes()
    told = [
        outcome(good[:k] + bytes([good[k] ^ 0x55]) + good[k + 1 :]) for k in range(0, len(good), 7)
    ]
    assert sum(map(bool, told)) > len(told) / 2
    assert not [sentence for sentence in told if "\n" in sentence]
    assert outcome(good[: len(good) // 2])


def test_an_array_that_promises_more_than_it_has_is_refused(tmp_path):
    path = write(tmp_path)
    header = b"{'descr': '<i4', 'fortran_order': False, 'shape': (9999999999, 2), }"
    header += b" " * (117 - len(header)) + b"\n"
    huge = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(8)
    made = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, huge if name == "F.npy" else old.read(name))
    with pytest.raises(ReadError, match="the array F cannot be read: it promises 79999999992 byte"):
        parse(made.getvalue(), "huge.npz", 2003, ReadOptions())


def test_the_estimate_in_the_classification_of_2016(data_root):
    file = data_root / "wiod2016_estimated/wiot16est_2000.npz"
    table = read_table(file, format="auto", dtype="float32", cache=False)
    assert (len(table.countries), len(table.sectors), table.n) == (44, 56, 2464)
    assert table.countries[-1] == "ROW"
    assert np.count_nonzero(table.Z) / table.n**2 < 0.3
