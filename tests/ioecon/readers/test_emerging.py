"""EMERGING: which way flows stand, groups while reading, labels, and what such files may hide."""

import os
import warnings
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pytest

from benchmarks.layouts.emerging import CATEGORIES, write_emerging, write_emerging_co2
from ioecon.errors import IoeconWarning, ReadError
from ioecon.readers import read_series, read_table


def read(path, **options):
    return read_table(path, format="emerging", cache=False, **options)


def content(path, names=("z", "f", "va", "X"), turned=True):
    with h5py.File(path) as file:
        z, f, va, x = (file[name][()] for name in names)
    return (z.T if turned else z), f.T, va.ravel(), x.ravel()


@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("upright", [True, False])
def test_flows_stand_as_their_sums_say(tmp_path, turned, packed, upright):
    path = write_emerging(tmp_path, turned=turned, packed=packed, upright=upright)
    with h5py.File(path) as file:
        z = file["z"][()]
        X = file["X"][()].ravel()
    table = read(path)
    np.testing.assert_array_equal(table.Z, z.T if turned else z)
    np.testing.assert_allclose(table.x, X, rtol=1e-12)
    assert table.countries == ("AUS", "CHN", "ROW")
    assert table.sectors == ("01", "02", "97", "98")
    assert table.sector_names == ("Live animals", "Meat", "Electricity", "Gas")
    assert table.categories == CATEGORIES
    assert (table.year, table.unit, table.currency) == (2018, "million", "USD")
    np.testing.assert_array_equal(table.printed_output, X)
    assert table.audit().ok


@pytest.mark.parametrize("turned", [True, False])
def test_final_demand_with_as_many_columns_as_rows(tmp_path, turned):
    path = write_emerging(tmp_path, sectors=("A", "B", "C"), turned=turned)
    z, f, _, x = content(path, turned=turned)
    table = read(path)
    np.testing.assert_array_equal(table.Z, z)
    np.testing.assert_array_equal(table.Y, f)
    np.testing.assert_allclose(table.x, x)


def test_final_demand_and_value_added(tmp_path):
    path = write_emerging(tmp_path)
    _, f, va, x = content(path)
    table = read(path)
    np.testing.assert_array_equal(table.Y, f)
    np.testing.assert_array_equal(table.primary_inputs[0], va)
    np.testing.assert_allclose(table.Z.sum(axis=0) + va, x)


@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize(
    ("regions", "sectors"),
    [
        ({"AUS": "East", "CHN": "East", "ROW": "ROW"}, None),
        (None, {"01": "food", "02": "food", "97": "energy", "98": "energy"}),
        ({"ROW": "rest", "CHN": "CHN", "AUS": "rest"},
         {"97": "power", "98": {"power": 0.25, "gas": 0.75}, "01": "food", "02": "food"}),
    ],
)  # fmt: skip
def test_groups_while_reading_are_groups_afterwards(tmp_path, turned, regions, sectors):
    path = write_emerging(tmp_path, turned=turned)
    if sectors is not None and isinstance(sectors["98"], dict):
        sectors = {k: v if isinstance(v, dict) else {v: 1.0} for k, v in sectors.items()}
    whole = read(path).aggregate(regions=regions, sectors=sectors)
    ours = read(path, regions=regions, sectors=sectors)
    assert (ours.countries, ours.sectors) == (whole.countries, whole.sectors)
    for name in ("Z", "Y", "x", "printed_output", "primary_inputs"):
        np.testing.assert_allclose(getattr(ours, name), getattr(whole, name), rtol=1e-12)


def test_a_matrix_larger_than_the_blocks_is_turned_where_it_stands(monkeypatch, tmp_path):
    from ioecon.readers import grouped_flows

    monkeypatch.setattr(grouped_flows, "_BLOCK", 5)
    path = write_emerging(tmp_path, dtype="float32")
    np.testing.assert_array_equal(read(path, dtype="float32").Z, content(path)[0])


@pytest.mark.parametrize(
    "name",
    ["global_mrio_{year}.mat", "EMERGING_V2_{year}.mat", "EMERGING_V2_{year}_m.mat",
     "EMERGING_V2.5_{year}.mat"],
)  # fmt: skip
def test_names_of_all_versions(tmp_path, name):
    path = write_emerging(tmp_path, name=name, year=2017, group="EMERGING_V2_2017")
    write_emerging_co2(tmp_path, year=2017, n=12)
    assert read(path).year == 2017
    series = read_series(tmp_path, format="auto", progress=False)
    assert series.years == (2017,)


def test_another_name_needs_the_year(tmp_path):
    path = write_emerging(tmp_path, name="mine.mat")
    with pytest.raises(ReadError, match="neither the file nor its name tells the year; pass year="):
        read(path)
    assert read(path, year=2015).year == 2015


# -- EMERGING-E ------------------------------------------------------------------------------------


def write_book(path: Path, sheets: dict) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


COUNTRIES = [["Number", "Country", "ISO3"], [1, "Australia", "AUS"], [2, "China", "CHN"],
             [3, "Rest", "ROW"]]  # fmt: skip
SECTORS = [["Code", "Sector"], [1, "Animals"], [2, "Meat"], [3, "Coal power"], [4, "Wind power"]]
E_NAMES = ("MRIO_Z_E", "MRIO_F_E", "MRIO_VA_E", "MRIO_X_E")


def write_e(folder):
    return write_emerging(
        folder, name="EMERGING_E_{year}.mat", group="EMERGING_Power", power=True
    )  # fmt: skip


def test_emerging_e_has_its_labels_in_a_workbook(tmp_path):
    path = write_e(tmp_path)
    write_book(
        tmp_path / "EMERGING2.5_Sector&Country list.xlsx",
        {"Sector": SECTORS, "Country": COUNTRIES},
    )
    table = read(path)
    assert table.countries == ("AUS", "CHN", "ROW")
    assert table.sectors == ("Animals", "Meat", "Coal power", "Wind power")
    assert table.edition == "EMERGING-E"
    np.testing.assert_array_equal(
        table.Z, content(path, [f"EMERGING_Power/{name}" for name in E_NAMES])[0]
    )


def test_emerging_e_with_the_workbook_of_figures_has_numbered_sectors(tmp_path):
    path = write_e(tmp_path)
    write_book(tmp_path / "Figure data.xlsx", {"Figure S4": COUNTRIES})
    with pytest.warns(IoeconWarning, match="no workbook beside it names 4 sectors; they are num"):
        assert read(path).sectors == ("1", "2", "3", "4")


def test_emerging_e_without_labels_is_refused(tmp_path):
    path = write_e(tmp_path)
    with pytest.raises(ReadError, match="no workbook beside it names 3 regions in a column ISO3"):
        read(path)
    write_book(tmp_path / "Figure data.xlsx", {"Figure S4": COUNTRIES[:-1]})
    with pytest.raises(ReadError, match="no workbook beside it names 3 regions"):
        read(path)


# -- what does not fit -----------------------------------------------------------------------------


def changed(path, edit):
    with h5py.File(path, "r+") as file:
        edit(file)
    return path


def replaced(name, value):
    def edit(file):
        del file[name]
        file[name] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda f: f.__delitem__("va"), "should hold the data sets z, f, va, X .*it holds X, c"),
        (lambda f: f.__delitem__("sector_list"), "lacks the list sector_list"),
        (replaced("z", np.ones((12, 11))), r"z should be square; it is \(12, 11\)"),
        (replaced("z", np.ones(144)), "z is no matrix of numbers"),
        (replaced("f", np.ones((9, 11))), r"f should have 12 rows or columns; it is \(9, 11\)"),
        (replaced("f", np.ones((8, 12))), "12 rows, final demand 8 columns"),
        (replaced("X", np.ones((1, 11))), r"X should have 12 numbers; it is \(1, 11\)"),
        (replaced("X", np.ones((1, 12))), "it cannot be told which way the flows stand"),
        (replaced("X", np.full((1, 12), np.nan)), r"X holds nan instead of a number \(position 1,"),
        (lambda f: f["z"].__setitem__((3, 4), np.inf), "z holds inf instead of a number"),
        (replaced("country_list", np.ones((1, 3))), "country_list is no list of texts"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit(tmp_path, edit, says):
    path = changed(write_emerging(tmp_path), edit)
    with pytest.raises(ReadError, match=says):
        read(path)


def test_flows_that_are_alike_both_ways_are_refused(tmp_path):
    def even(file):
        file["z"][:] = 1.0
        file["X"][:] = 12 + file["f"][()].sum(axis=0)

    path = changed(write_emerging(tmp_path, packed=False), even)
    with pytest.raises(ReadError, match="it cannot be told which way the flows stand"):
        read(path)


def test_labels_that_stand_twice_and_regions_that_are_no_country(tmp_path):
    path = write_emerging(tmp_path, regions=("AUS", "AUS", "ROW"))
    with pytest.raises(ReadError, match="kind 'region' names AUS more than once"):
        read(path)
    path = write_emerging(tmp_path, regions=("AUS", "Atlantis", "ROW"))
    with pytest.warns(IoeconWarning, match="the regions Atlantis are no country of ISO 3166"):
        assert read(path).countries == ("AUS", "Atlantis", "ROW")


def test_sums_that_miss_output_are_warned_of(tmp_path):
    def more(file):
        file["X"][:] = file["X"][()] * 1.01

    path = changed(write_emerging(tmp_path), more)
    with pytest.warns(IoeconWarning, match=r"Uses and X differ by 0\.99% in sum, most for"):
        read(path)


@pytest.mark.parametrize(
    "data", [b"", b"an error page\n" * 100, b"MATLAB 5.0 MAT-file" + bytes(600)]
)
def test_what_is_no_hdf5(tmp_path, data):
    path = tmp_path / "global_mrio_2015.mat"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=r"is not a complete (HDF5|MATLAB) file|is empty"):
        read(path)


@pytest.mark.parametrize("part", [0.3, 0.7, 0.99])
def test_truncated(tmp_path, part):
    path = write_emerging(tmp_path)
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(ReadError, match=r"EMERGING_V2_2018_m\.mat is not a complete HDF5 file"):
        read(path)


def test_a_file_of_something_else(tmp_path):
    path = write_emerging_co2(tmp_path, n=12, hdf5=True, name="global_mrio_{year}.mat")
    with pytest.raises(ReadError, match=r"should hold the data sets z, f, va, X .* it holds CO2"):
        read(path)
    with pytest.raises(ReadError, match="holds no file like global_mrio_YYYY"):
        read(tmp_path / "..")


def test_in_a_zip(tmp_path):
    import zipfile

    path = write_emerging(tmp_path)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as out:
        out.write(path, path.name)
    with pytest.raises(ReadError):
        read(tmp_path / "all.zip", year=2018)


def test_without_h5py(tmp_path, monkeypatch):
    path = write_emerging(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ReadError, match=r"pip install 'ioecon\[emerging\]'"):
        read(path)


# -- what an HDF5 file may hide --------------------------------------------------------------------


def other_file(tmp_path):
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["z"] = np.ones((12, 12))
    return path


def link_elsewhere(file, tmp_path):
    del file["z"]
    file["z"] = h5py.ExternalLink(str(other_file(tmp_path)), "/z")


def soft_link(file, tmp_path):
    del file["z"]
    file["z"] = h5py.SoftLink("/f")


def virtual(file, tmp_path):
    layout = h5py.VirtualLayout(shape=(12, 12), dtype="f8")
    layout[:] = h5py.VirtualSource(str(other_file(tmp_path)), "z", shape=(12, 12))
    del file["z"]
    file.create_virtual_dataset("z", layout)


def data_elsewhere(file, tmp_path):
    del file["z"]
    raw = tmp_path / "raw.bin"
    raw.write_bytes(bytes(12 * 12 * 8))
    file.create_dataset("z", (12, 12), "f8", external=[(str(raw), 0, 1152)])


def huge(file, tmp_path):
    del file["z"]
    file.create_dataset("z", (10**9, 10**9), "f8", chunks=(100, 100))


def large_and_empty(file, tmp_path):
    for name, shape in (("z", (9999, 9999)), ("f", (9, 9999)), ("X", (1, 9999)), ("va", (1, 9999))):
        del file[name]
        file.create_dataset(name, shape, "f8", chunks=True)
    store, codes = file["#refs#"], np.arange(0x4E00, 0x4E00 + 3333, dtype="u2")
    texts = [store.create_dataset(f"more{k}", data=[code]).ref for k, code in enumerate(codes)]
    del file["sector_list"]
    file.create_dataset("sector_list", data=[texts], dtype=h5py.ref_dtype)


def objects(file, tmp_path):
    del file["country_list"]
    file.create_dataset("country_list", data=np.array(["AUS"], dtype=object),
                        dtype=h5py.string_dtype())  # fmt: skip


def reference_to_a_matrix(file, tmp_path):
    references = file["country_list"][()]
    references[0, 0] = file["z"].ref
    file["country_list"][:] = references


@pytest.mark.parametrize(
    ("hide", "says"),
    [
        (link_elsewhere, "z is a link to another place, not data"),
        (soft_link, "z is a link to another place, not data"),
        (virtual, "the data of z lie in another file"),
        (data_elsewhere, "the data of z lie in another file"),
        (huge, r"f should have 1000000000 rows or columns"),
        (large_and_empty, "z would unpack to 763 MB, which its size denies"),
        (objects, "country_list is no list of texts"),
        (reference_to_a_matrix, "country_list refers to something that is no text"),
    ],
)
def test_nothing_but_data_of_the_file_itself_is_read(tmp_path, hide, says):
    path = changed(write_emerging(tmp_path), lambda file: hide(file, tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        with pytest.raises(ReadError, match=says):
            read(path)


def test_the_cache_keeps_it(tmp_path):
    path = write_emerging(tmp_path)
    first = read_table(path, format="emerging")
    again = read_table(path, format="emerging")
    np.testing.assert_array_equal(first.Z, again.Z)
    assert again.sector_names == first.sector_names
