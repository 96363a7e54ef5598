"""Which files are read for which years: folders, zips as published, mappings, mistakes."""

import io
import os
import warnings
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from ioecon import transfers
from ioecon.errors import IoeconWarning, LabelError, ReadError, TableError
from ioecon.readers import formats, read_series, read_table
from ioecon.readers.registry import FORMATS
from ioecon.store import cache_folder

YEARS = range(2000, 2004)
FORMS = ["wiod2013-rdata", "wiod2013-xlsx", "wiod2016-rdata", "wiod2016-xlsx"]


@pytest.mark.parametrize("form", FORMS)
def test_a_folder(tmp_path, folder_of, form):
    folder = folder_of(tmp_path / "w", YEARS, form)
    (folder / "readme.txt").write_text("not a table")
    series = read_series(folder, format=form, years=range(2001, 2004))
    assert series.years == (2001, 2002, 2003)
    for year in series.years:
        assert series[year].year == year
        assert series[year].source.path in os.listdir(folder)
    assert series.countries == ("AUS", "ROU", "ROW")
    assert series[2003].Z.sum() > series[2001].Z.sum()


@pytest.mark.parametrize("form", FORMS)
def test_auto_tells_the_format_and_takes_all_years(tmp_path, folder_of, form):
    folder = folder_of(tmp_path / "w", YEARS, form)
    series = read_series(folder, format="auto")
    assert series.years == tuple(YEARS)
    assert series[2000].source.format == form


def test_auto_refuses_to_guess(tmp_path, folder_of):
    with pytest.raises(ReadError, match="cannot be told from its file names"):
        read_series(tmp_path, format="auto")
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    folder_of(folder, YEARS, "wiod2016-xlsx")
    with pytest.raises(ReadError, match="wiod2016-rdata and wiod2016-xlsx"):
        read_series(folder, format="auto")


def test_a_mapping_of_years_to_files(tmp_path, miniature):
    old = miniature.write_2016_rdata(tmp_path).rename(tmp_path / "first.RData")
    new = replace(miniature, year=2001).write_2016_rdata(tmp_path).rename(tmp_path / "b.RData")
    series = read_series({2001: new, 2000: str(old)}, format="wiod2016-rdata")
    assert series.years == (2000, 2001)
    assert series[2000].source.path == "first.RData"


def test_a_mapping_with_files_exchanged(tmp_path, miniature):
    old = miniature.write_2016_rdata(tmp_path)
    new = replace(miniature, year=2001).write_2016_rdata(tmp_path)
    with pytest.raises(ReadError, match="holds the table of 2001, not of 2000"):
        read_series({2000: new, 2001: old}, format="wiod2016-rdata")


def test_years_may_be_one_number_or_in_any_order(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    assert read_series(folder, format="auto", years=2002).years == (2002,)
    picked = read_series(folder, format="auto", years=np.array([2003, 2000, 2003]))
    assert picked.years == (2000, 2003)


@pytest.mark.parametrize("years", [[], ["first"], [2000.5], "2000"])
def test_years_that_are_none(tmp_path, folder_of, years):
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    with pytest.raises(ReadError, match="years should be whole numbers"):
        read_series(folder, format="auto", years=years)


# -- zips ---------------------------------------------------------------------------------------


def zipped(folder, name, inside="", extra=()):
    path = folder.parent / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, inside + file.name)
        for member, content in extra:
            archive.writestr(member, content)
    return path


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("inside", ["", "WIOT/tables/"])
def test_a_zip_is_read_without_unpacking(tmp_path, folder_of, form, inside):
    folder = folder_of(tmp_path / "w", YEARS, form)
    path = zipped(folder, "published.zip", inside, [("readme.txt", "WIOD")])
    before = sorted(tmp_path.rglob("*"))
    series = read_series(path, format=form, years=YEARS)
    assert sorted(tmp_path.rglob("*")) == before
    plain = read_series(folder, format=form, years=YEARS)
    for year in YEARS:
        np.testing.assert_array_equal(series[year].Z, plain[year].Z)
        assert series[year].source.sha256 == plain[year].source.sha256
        assert series[year].source.path == f"published.zip/{plain[year].source.path}"


def test_a_folder_with_the_zip_of_the_publisher(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    download = tmp_path / "download"
    download.mkdir()
    zipped(folder, "WIOTS_in_R.zip").rename(download / "WIOTS_in_R.zip")
    assert read_series(download, format="wiod2016-rdata").years == tuple(YEARS)
    assert read_table(download, format="auto", year=2002).year == 2002


def test_members_of_a_zip_never_leave_it(tmp_path, folder_of):
    (tmp_path / "deep").mkdir()
    folder = folder_of(tmp_path / "deep" / "w", [2000], "wiod2016-rdata")
    path = zipped(folder, "evil.zip", "../../../")
    before = sorted(tmp_path.rglob("*"))
    series = read_series(path, format="wiod2016-rdata")
    assert series.years == (2000,)
    assert sorted(tmp_path.rglob("*")) == before
    kept = [entry.relative_to(cache_folder()).parts[0] for entry in cache_folder().iterdir()]
    assert set(kept) <= {"tables", "hashes"}


def test_a_zip_that_is_none(tmp_path):
    path = tmp_path / "WIOTS_in_R.zip"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(ReadError, match="is not a complete zip archive"):
        read_series(path, format="wiod2016-rdata")


def test_a_damaged_member_is_named(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", [2000, 2001], "wiod2016-rdata")
    path = zipped(folder, "published.zip")
    with zipfile.ZipFile(path) as archive:
        info = archive.infolist()[1]
    data = bytearray(path.read_bytes())
    data[info.header_offset + 200 : info.header_offset + 260] = bytes(60)
    path.write_bytes(data)
    with pytest.raises(
        ReadError, match=r"published.zip is not a complete .*WIOT2001_October16_ROW"
    ):
        read_series(path, format="wiod2016-rdata")


def test_a_member_that_would_fill_the_memory_is_refused(tmp_path, folder_of, monkeypatch):
    from ioecon.files import archives

    folder = folder_of(tmp_path / "w", [2000], "wiod2016-rdata")
    monkeypatch.setattr(archives, "_LARGEST", 100)
    with pytest.raises(ReadError, match="would unpack to"):
        read_series(zipped(folder, "bomb.zip"), format="wiod2016-rdata")


def test_a_zip_within_a_zip_is_no_table(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", "a")
    path = tmp_path / "WIOTS_in_EXCEL.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("WIOT2000_Nov16_ROW.xlsx", inner.getvalue())
    with pytest.raises(ReadError, match="is not a complete Excel workbook"):
        read_series(path, format="wiod2016-xlsx")


# -- mistakes -----------------------------------------------------------------------------------


def test_a_missing_year_is_named_with_what_is_there(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", [2000, 2001, 2003], "wiod2016-rdata")
    with pytest.raises(ReadError) as caught:
        read_series(folder, format="wiod2016-rdata", years=range(2000, 2005))
    message = str(caught.value)
    assert "no table of 2002, 2004" in message
    assert "WIOTYYYY_October16_ROW.RData" in message
    assert "there: 2000, 2001, 2003" in message
    assert not (cache_folder() / "tables").exists()


def test_a_folder_of_another_format(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", YEARS, "wiod2013-rdata")
    with pytest.raises(ReadError, match=r"no file like WIOTYYYY_Nov16_ROW.xlsb"):
        read_series(folder, format="wiod2016-xlsx")
    with pytest.raises(ReadError, match="named as those of wiod2013-rdata"):
        read_series(folder, format="wiod2016-xlsx", years=YEARS)


def test_no_folder(tmp_path):
    with pytest.raises(ReadError, match="There is no file or folder"):
        read_series(tmp_path / "nowhere", format="wiod2016-xlsx", years=YEARS)


def test_two_files_for_one_year(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", [2000], "wiod2016-xlsx")
    (folder / "WIOT2000_Sep17_ROW.xlsb").write_bytes(b"")
    with pytest.raises(ReadError, match=r"two files for 2000.*pass a mapping"):
        read_series(folder, format="wiod2016-xlsx")


def test_a_folder_of_several_years_is_not_one_table(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    with pytest.raises(ReadError, match="pass year=, or use read_series"):
        read_table(folder, format="wiod2016-rdata")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"countries": ("AUS", "FRA", "ROW")}, "only in 2000: ROU; only in 2001: FRA"),
        ({"countries": ("ROU", "AUS", "ROW")}, "order differs"),
        ({"sectors": ("A01", "A02", "A03", "C16")}, "only in 2000: B; only in 2001: C16"),
    ],
)
def test_labels_that_differ_between_years(tmp_path, miniature, changes, words):
    miniature.write_2016_rdata(tmp_path)
    replace(miniature, year=2001, **changes).write_2016_rdata(tmp_path)
    with pytest.raises(LabelError, match=words) as caught:
        read_series(tmp_path, format="wiod2016-rdata")
    for year in (2000, 2001):
        assert f"WIOT{year}_October16_ROW.RData" in str(caught.value)


def test_prices_that_differ_between_years(tmp_path, miniature, write_sheet):
    miniature.write_xlsx(tmp_path, 2016)
    later = replace(miniature, year=2001)
    grid = later.grid(2016)
    grid[1][0] = "in previous year's prices"
    write_sheet(tmp_path / "WIOT2001_Nov16_ROW.xlsx", grid, "2001")
    series = read_series(tmp_path, format="wiod2016-xlsx")  # the pair that belongs together
    assert [series[year].price_basis for year in series] == ["current", "previous-year"]
    transfers(series[2000], series[2001])
    with pytest.raises(TableError, match=r"price basis of 2000 is 'current'.*'previous-year'"):
        transfers(series[2000], series[2001].replace(year=2002))


def test_one_bad_year_refuses_the_series_and_is_named(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    bad = folder / "WIOT2002_October16_ROW.RData"
    os.truncate(bad, 300)
    with pytest.raises(ReadError, match=f"{bad.name} is not a complete RData file"):
        read_series(folder, format="wiod2016-rdata", years=YEARS)


def test_nothing_is_printed_outside_a_terminal(tmp_path, folder_of, capfd):
    read_series(folder_of(tmp_path / "w", YEARS, "wiod2016-rdata"), format="auto")
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


@pytest.mark.parametrize("progress", [True, False])
def test_a_bar_on_a_terminal_only_when_wanted(tmp_path, folder_of, monkeypatch, capfd, progress):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    folder = folder_of(tmp_path / "w", YEARS, "wiod2016-rdata")
    read_series(folder, format="auto", progress=progress)
    assert ("Reading" in capfd.readouterr().err) == progress


def test_every_format_says_what_it_is():
    told = formats()
    assert {*FORMS, "regional", "ioecon"} <= set(told)
    assert set(told) == {*FORMATS, "ioecon"}
    assert all(text.endswith(".") and len(text) > 30 for text in told.values())


def test_a_year_that_is_missing_among_others_is_said(tmp_path, folder_of):
    folder = folder_of(tmp_path / "w", [2000, 2001, 2003], "wiod2016-rdata")
    with pytest.warns(IoeconWarning, match=r"2000-2001, 2003, .* of 2 years \(2001 to 2003\)"):
        assert read_series(folder, format="wiod2016-rdata").years == (2000, 2001, 2003)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_series(folder, format="wiod2016-rdata", years=[2000, 2001, 2003])  # as chosen
        even = folder_of(tmp_path / "v", [2000, 2002, 2004], "wiod2016-rdata")
        read_series(even, format="wiod2016-rdata")
