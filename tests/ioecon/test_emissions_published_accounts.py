"""The WIOD zip and the JRC workbook: layout, checks of their own totals, and the real files."""

import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from ioecon.emissions import Account, read_emissions, read_jrc_co2, read_wiod_co2
from ioecon.emissions.jrc import SECTORS
from ioecon.emissions.wiod2013 import ACCOUNT_CODES, TABLE_SECTORS
from ioecon.errors import EmissionsError, ReadError

# --- files in the official layouts ----------------------------------------------------------


def wiod_rows(scale=1.0, households=5.0):
    """One sheet: blank cells stand for nothing emitted, as the published sheets print it."""
    sectors = {code: scale * k for k, code in enumerate(ACCOUNT_CODES, start=1)}
    sectors["secP"] = None
    total = sum(value for value in sectors.values() if value)
    rows = [[None, None, "HCOAL", "TOTAL"]]
    rows += [[f"name of {code}", code, 1.0, value] for code, value in sectors.items()]
    rows += [
        ["Extra-territorial organizations and bodies", "secQ", None, None],
        ["Total intermediate consumption", "secTOT", None, total],
        [None, None, None, None],
        ["Final consumption expenditure by households", "FC_HH", None, households],
        [None, None, None, None],
        ["Grand Total", "total", None, total + households],
    ]
    return rows


def set_cell(rows, code, value):
    for row in rows:
        if row[1] == code:
            row[-1] = value
    return rows


def workbook(sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def wiod_zip(tmp_path):
    def write(files=None, **members):
        path = tmp_path / "CO2_may12.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for country, sheets in (files or {}).items():
                book = workbook({"Notes": [["Country", country]], **sheets})
                archive.writestr(f"{country}_CO2_May12.xls", book)
            for name, content in members.items():
                archive.writestr(name, content)
        return path

    return write


@pytest.fixture
def jrc_workbook(tmp_path):
    def write(**countries):
        def rows(scale, damage=""):
            body = [[None, "2000", "2001"]]
            body += [[code, scale * k, None] for k, code in enumerate(SECTORS, start=1)]
            body += [["FC_HH", 9.0, 8.0]]
            return [row for row in body if row[0] != damage]

        path = tmp_path / "CO2 emissions.xlsx"
        sheets = {"Notes": [["x"]], "Sector": [["Code"]], "SectorAgr": [["a"]]}
        for name, given in countries.items():
            sheets[name] = rows(given) if isinstance(given, float) else given(rows)
        path.write_bytes(workbook(sheets))
        return path

    return write


# --- WIOD 2013 ------------------------------------------------------------------------------


def test_wiod_layout_is_read_with_table_labels(wiod_zip):
    path = wiod_zip(
        {"AUS": {"2000": wiod_rows(), "2001": wiod_rows(2)}, "ROM": {"2000": wiod_rows()}}
    )
    account = read_wiod_co2(path)
    assert account.countries == ("AUS", "ROU")
    assert account.sectors == tuple(f"c{k}" for k in range(1, 36))
    assert account.years == (2000, 2001)
    assert account.values["AUS", "c17", 2001] == 34
    assert account.values["AUS", "c35", 2000] == 0
    assert account.households["AUS", 2001] == 5
    assert account.source.path == "CO2_may12.zip"
    assert len(account.source.sha256) == 64


def test_wiod_text_and_negative_cells_name_the_place(wiod_zip):
    path = wiod_zip({"AUS": {"2000": set_cell(wiod_rows(), "secC", "..")}})
    with pytest.raises(EmissionsError, match=r"AUS, sector secC, 2000 .*cell 2000!D3. holds '..'"):
        read_wiod_co2(path)
    path = wiod_zip({"AUS": {"2000": set_cell(wiod_rows(), "secC", -2)}})
    with pytest.raises(EmissionsError, match=r"negative \(-2\.000 kt\) at AUS, sector secC, 2000"):
        read_wiod_co2(path)


@pytest.mark.parametrize(("code", "said"), [("secTOT", "secTOT prints"), ("total", "total prints")])
def test_wiod_own_totals_are_checked(wiod_zip, code, said):
    path = wiod_zip({"AUS": {"2000": set_cell(wiod_rows(), code, 1.0)}})
    with pytest.raises(EmissionsError, match=rf"AUS 2000 .*{said}"):
        read_wiod_co2(path)


def test_wiod_extraterritorial_emissions_are_not_lost(wiod_zip):
    path = wiod_zip({"AUS": {"2000": set_cell(wiod_rows(), "secQ", 3.0)}})
    with pytest.raises(EmissionsError, match=r"3\.0 kt are in secQ"):
        read_wiod_co2(path)


def test_wiod_other_layouts_are_named(wiod_zip):
    without_row = [row for row in wiod_rows() if row[1] != "secE"]
    with pytest.raises(ReadError, match="missing: secE"):
        read_wiod_co2(wiod_zip({"AUS": {"2000": without_row}}))
    with pytest.raises(ReadError, match="no column TOTAL"):
        read_wiod_co2(wiod_zip({"AUS": {"2000": [row[:-1] for row in wiod_rows()]}}))
    with pytest.raises(ReadError, match="no sheet named by a year"):
        read_wiod_co2(wiod_zip({"AUS": {"all": wiod_rows()}}))
    with pytest.raises(ReadError, match="no workbook named like"):
        read_wiod_co2(wiod_zip(**{"readme.txt": b"x"}))
    with pytest.raises(ReadError, match=r"AUS in CO2_may12\.zip is not a complete Excel"):
        read_wiod_co2(wiod_zip(**{"AUS_CO2_May12.xls": b"not a workbook"}))


def test_wiod_zip_is_only_read_in_memory(wiod_zip, tmp_path):
    book = workbook({"2000": wiod_rows()})
    path = wiod_zip(**{"../../AUS_CO2_May12.xls": book, "../evil.txt": b"x"})
    assert read_wiod_co2(path).countries == ("AUS",)
    assert [item.name for item in tmp_path.iterdir()] == ["CO2_may12.zip"]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_wiod_truncated_and_missing_zip(wiod_zip, tmp_path):
    path = wiod_zip({"AUS": {"2000": wiod_rows()}})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ReadError, match="is not a complete zip archive"):
        read_wiod_co2(path)
    with pytest.raises(ReadError, match="no file"):
        read_wiod_co2(tmp_path / "nowhere.zip")


# --- JRC ------------------------------------------------------------------------------------


def test_jrc_layout_is_read(jrc_workbook):
    account = read_jrc_co2(jrc_workbook(AUT=1.0, RoW=2.0))
    assert account.countries == ("AUT", "ROW")
    assert account.sectors == tuple(SECTORS)
    assert account.years == (2000, 2001)
    assert account.values["ROW", "A02", 2000] == 4
    assert account.values["ROW", "A02", 2001] == 0
    assert account.households["AUT", 2001] == 8


def test_jrc_other_layouts_are_named(jrc_workbook, tmp_path):
    with pytest.raises(ReadError, match=r"Sheet AUT .* missing rows: D35"):
        read_jrc_co2(jrc_workbook(AUT=lambda rows: rows(1.0, damage="D35")))
    with pytest.raises(ReadError, match="no sheet named by a country"):
        read_jrc_co2(jrc_workbook())
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(ReadError, match=r"broken\.xlsx is not a complete Excel workbook"):
        read_jrc_co2(broken)


# --- the real files -------------------------------------------------------------------------


def assert_agree(account: Account, tidy: Account) -> None:
    """The tidy files print six significant digits."""
    ours, theirs = account.values.sort_index(), tidy.values.sort_index()
    assert ours.index.equals(theirs.index)
    np.testing.assert_allclose(ours, theirs, rtol=6e-6, atol=0)
    pd.testing.assert_series_equal(
        account.households.sort_index(), tidy.households.sort_index(), rtol=6e-6, check_names=False
    )


def test_real_wiod_zip_against_the_independent_tidy_file(data_root):
    account = read_wiod_co2(data_root / "wiod2013/CO2_may12.zip")
    tidy = read_emissions(
        data_root / "wiod2013/co2_sector_wiod2013.csv.gz",
        sector="sector",
        totals=["secTOT", "total", "secQ"],
    ).rename_sectors(TABLE_SECTORS)
    assert len(account.countries) == 41
    assert account.years == tuple(range(1995, 2010))
    assert_agree(account, tidy)


def test_real_jrc_workbook_against_the_independent_tidy_file(data_root):
    account = read_jrc_co2(data_root / "wiod2016/CO2 emissions.xlsx")
    tidy = read_emissions(data_root / "wiod2016/co2_sector_wiod2016_jrc.csv.gz", sector="sector")
    assert len(account.countries) == 44
    assert account.years == tuple(range(2000, 2017))
    assert_agree(account, tidy)


def test_sector_labels_are_those_of_the_published_lists(data_root):
    wiod2013 = pd.read_csv(data_root / "wiod2013/sectors.csv")
    assert dict(zip(wiod2013.account_code, wiod2013.wiot_code, strict=True)) == TABLE_SECTORS
    wiod2016 = pd.read_csv(data_root / "wiod2016/sectors.csv")
    assert tuple(wiod2016.code) == SECTORS


@pytest.mark.parametrize(
    ("source", "read", "file"),
    [
        ("WIOD2013_accounts_total_incl_households", read_wiod_co2, "wiod2013/CO2_may12.zip"),
        ("JRC_WIOD2016_total_incl_households", read_jrc_co2, "wiod2016/CO2 emissions.xlsx"),
    ],
)
def test_national_totals_of_the_accounts(data_root, source, read, file):
    printed = read_emissions(data_root / "co2.csv", where={"source": source})
    totals = read(data_root / file).totals(households=True)
    np.testing.assert_allclose(totals.reindex(printed.index), printed, rtol=1e-6)
