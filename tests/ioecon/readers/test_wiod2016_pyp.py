"""WIOD 2016 in prices of the previous year: never taken for a table in current prices."""

import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

import ioecon
from ioecon.errors import IoeconWarning, ReadError
from ioecon.readers import read_series, read_table
from ioecon.store import cache_folder

PREVIOUS = "miniature, in previous year prices"


@pytest.fixture
def write_pyp(miniature, write_sheet):
    """Function (folder, year, title, name): a workbook in previous year's prices."""

    def write(folder, year=2001, title=PREVIOUS, name="WIOT{year}_PYP_Nov16_ROW.xlsx"):
        grid = replace(miniature, year=year).grid(2016)
        grid[1][0] = title
        return write_sheet(folder / name.format(year=year), grid, str(year))

    return write


@pytest.mark.parametrize("name", ["WIOT{year}_PYP_Nov16_ROW.xlsx", "wiot{year}_Nov16_pyp_ROW.xlsx"])
@pytest.mark.parametrize("title", [PREVIOUS, "43 countries", "(PYP)"])
def test_the_name_tells_the_prices(tmp_path, write_pyp, miniature, title, name):
    path = write_pyp(tmp_path, title=title, name=name)
    for form in ("wiod2016-pyp", "auto"):
        table = read_table(path, format=form)
        assert table.price_basis == "previous-year"
        np.testing.assert_array_equal(table.Z, miniature.Z)


def test_a_title_of_current_prices_is_not_believed_and_said(tmp_path, write_pyp):
    path = write_pyp(tmp_path, title="43 countries, in current prices")
    with pytest.warns(IoeconWarning, match="PYP.*title says current prices"):
        assert read_table(path, format="wiod2016-pyp").price_basis == "previous-year"


@pytest.mark.filterwarnings("error")
def test_it_is_never_read_as_current_prices(tmp_path, write_pyp):
    path = write_pyp(tmp_path, title="43 countries, in current prices")
    with pytest.raises(ReadError, match=r"\(PYP\).*format='wiod2016-pyp'"):
        read_table(path, format="wiod2016-xlsx")
    with pytest.raises(ReadError, match="holds no file like"):
        read_series(tmp_path, format="wiod2016-xlsx")
    assert not (cache_folder() / "tables").exists()


def test_a_name_without_it_does_not_bring_the_table_back_from_the_cache(
    tmp_path, write_pyp, miniature
):
    path = write_pyp(tmp_path, title="43 countries")
    read_table(path, format="wiod2016-pyp")
    copy = shutil.copy(path, tmp_path / "WIOT2001_Nov16_ROW.xlsx")
    assert read_table(copy, format="wiod2016-xlsx").price_basis == "current"
    with pytest.raises(ReadError, match="neither its name"):
        read_table(copy, format="wiod2016-pyp", year=2001)
    other = shutil.copy(copy, tmp_path / "PYP.xlsx")
    with pytest.raises(ReadError, match="format='wiod2016-pyp'"):
        read_table(other, format="wiod2016-xlsx", year=2001)


def test_folders_and_zips_of_both_are_told_apart(tmp_path, write_pyp, miniature):
    replace(miniature, year=2001).write_xlsx(tmp_path, 2016)
    write_pyp(tmp_path)
    current = read_series(tmp_path, format="wiod2016-xlsx")
    previous = read_series(tmp_path, format="wiod2016-pyp")
    assert current[2001].price_basis == "current"
    assert previous[2001].price_basis == "previous-year"
    with pytest.raises(ReadError, match="wiod2016-xlsx and wiod2016-pyp"):
        read_series(tmp_path, format="auto")
    bundle = tmp_path / "zips" / "WIOTS_PYP_in_EXCEL.zip"
    bundle.parent.mkdir()
    with zipfile.ZipFile(bundle, "w") as archive:
        for year in (2001, 2002):
            path = write_pyp(tmp_path, year)
            archive.write(path, path.name)
    for place in (bundle, bundle.parent):
        assert read_series(place, format="auto").years == (2001, 2002)
    mixed = ioecon.IOSeries([current[2001], read_series(bundle, format="auto")[2002]])
    assert [mixed[year].price_basis for year in mixed] == ["current", "previous-year"]


def test_members_of_a_zip_of_them_are_known_by_the_zip(tmp_path, write_pyp):
    path = write_pyp(tmp_path, title="43 countries", name="WIOT{year}_Nov16_ROW.xlsx")
    bundle = tmp_path / "WIOTS_PYP_in_EXCEL.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.write(path, path.name)
    with pytest.raises(ReadError, match="format='wiod2016-pyp'"):
        read_table(bundle, format="wiod2016-xlsx", year=2001)


def test_the_release_of_2013_tells_it_by_its_name_too(tmp_path, miniature, write_sheet):
    grid = miniature.grid(2013)
    grid[1][0] = "41 countries"
    for name, basis in (("WIOT00_ROW_Apr12.xlsx", "current"), ("WIOT00_ROW_Apr12_PYP.xlsx", None)):
        path = write_sheet(tmp_path / name, grid, "WIOT_2000")
        found = read_table(path, format="wiod2013-xlsx").price_basis
        assert found == (basis or "previous-year")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda grid: grid[3].__setitem__(0, "(thousands of US$)"), "in millions of US"),
        (lambda grid: grid[7].__setitem__(4, "1,5"), "stored as text"),
        (lambda grid: grid.pop(8), "no row|rows and columns"),
        (lambda grid: grid[8].__setitem__(slice(0, 4), grid[7][:4]), "more than once"),
    ],
)
def test_bad_sheets_are_refused_in_one_sentence(tmp_path, miniature, write_sheet, change, words):
    grid = replace(miniature, year=2001).grid(2016)
    grid[1][0] = PREVIOUS
    change(grid)
    path = write_sheet(tmp_path / "WIOT2001_PYP_Nov16_ROW.xlsx", grid, "2001")
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format="wiod2016-pyp")
    assert "\n" not in str(caught.value)
