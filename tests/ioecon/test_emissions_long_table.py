"""Accounts in plain tables: CSV, Excel, Parquet."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.errors import EmissionsError, LabelError, ReadError

from .test_emissions_published_accounts import workbook

ROWS = pd.DataFrame(
    [
        (country, sector, year, 10.0 * k + s + year - 2000, "Water use", "Mm3")
        for k, country in enumerate(["AUS", "ROW"])
        for s, sector in enumerate(["01", "NA", "FC_HH"])
        for year in (2000, 2001)
    ],
    columns=["country", "sector", "year", "value", "stressor", "unit"],
)


def write(frame, path, **options):
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        frame.to_parquet(path, index=False)
    elif path.suffix == ".xlsx":
        cells = frame.astype(object).where(frame.notna(), None)
        path.write_bytes(workbook({"data": [list(frame.columns), *cells.to_numpy().tolist()]}))
    else:
        frame.to_csv(path, index=False, **options)
    return path


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".xlsx", ".parquet"])
def test_one_table_in_every_form(tmp_path, ending):
    path = write(ROWS, tmp_path / f"water{ending}")
    listed = ioecon.stressors(path)
    assert listed[["name", "unit"]].to_numpy().tolist() == [["Water use", "Mm3"]]
    account = ioecon.read_account(path)
    assert (account.name, account.unit) == ("Water use", "Mm3")
    assert account.sectors == ("01", "NA")
    assert account.values["ROW", "NA", 2001] == 12.0
    assert account.households["ROW", 2001] == 13.0
    assert ioecon.read_account(path, years=2001).years == (2001,)
    assert account.source.format == "long-table"


def test_text_options_of_csv(tmp_path):
    path = write(ROWS, tmp_path / "water.csv", sep=";", decimal=",", encoding="utf-16")
    account = ioecon.read_account(path, encoding="utf-16", separator=";", decimal=",")
    assert account.values["ROW", "01", 2000] == 10.0
    book = write(ROWS, tmp_path / "water.xlsx")
    with pytest.raises(ReadError, match=r"decimal goes with CSV, not with water\.xlsx"):
        ioecon.read_account(book, decimal=",")


@pytest.mark.parametrize(
    ("unit", "factor"), [("kt", 1.0), ("Mt", 1e3), ("万吨", 10.0), ("MtC", 3664.0)]
)
def test_co2_becomes_kilotonnes(tmp_path, unit, factor):
    frame = ROWS.drop(columns="stressor").assign(unit=unit)
    account = ioecon.read_account(write(frame, tmp_path / "a.csv"))
    assert (account.name, account.unit) == ("CO2", "kt")
    np.testing.assert_allclose(account.values["ROW", "01", 2000], 10.0 * factor)


def test_co2_is_taken_where_nothing_is_said(tmp_path):
    plain = ROWS.drop(columns=["stressor", "unit"])
    account = ioecon.read_account(write(plain, tmp_path / "a.csv"))
    assert (account.name, account.unit) == ("CO2", "kt")
    again = ioecon.read_account(write(account.to_frame(), tmp_path / "b.csv"))
    pd.testing.assert_series_equal(
        again.values.sort_index(), account.values.sort_index(), check_flags=False
    )


def test_several_stressors_are_chosen_and_summed(tmp_path):
    blue = ROWS.assign(stressor="Blue", unit="1000 m3", value=ROWS["value"] * 1000)
    path = write(pd.concat([ROWS, blue]), tmp_path / "a.csv")
    with pytest.raises(EmissionsError, match=r"2 stressors.*Water use .Mm3., Blue .1000 m3."):
        ioecon.read_account(path)
    total = ioecon.read_account(path, stressor=["Water use", "Blue"], name="Water")
    assert (total.name, total.unit) == ("Water", "Mm3")
    assert total.values["ROW", "NA", 2001] == pytest.approx(24.0)


def test_regions_that_are_no_countries_are_kept_on_request(tmp_path):
    path = write(ROWS.replace({"AUS": "Beijing", "ROW": "Hebei"}), tmp_path / "a.csv")
    with pytest.raises(LabelError, match="Beijing"):
        ioecon.read_account(path)
    assert ioecon.read_account(path, labels="kept").countries == ("Beijing", "Hebei")


def test_negative_amounts_need_a_word(tmp_path):
    path = write(ROWS.assign(value=-ROWS["value"]), tmp_path / "a.csv")
    with pytest.raises(EmissionsError, match="Values of Water use are negative at AUS 01 2001"):
        ioecon.read_account(path)
    assert ioecon.read_account(path, signed="yes").values["ROW", "01", 2000] == -10


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (ROWS.drop(columns="sector"), "no column sector; it has .*read_emissions"),
        (ROWS.assign(region="x"), "two columns for the country, 'country' and 'region'"),
        (ROWS.drop(columns="unit"), "has Water use and no column unit"),
        (ROWS.assign(unit=["Mm3", "km3"] * 6), "has Water use in Mm3, km3: give each"),
        (ROWS.assign(unit="%"), "is a ratio"),
        (ROWS.assign(stressor="CO2", unit="kt CO2e"), "which is not CO2"),
        (ROWS.assign(value=["x", *ROWS["value"][1:]]), "AUS 01 2000. holds 'x'"),
        (ROWS.assign(value=[None, *ROWS["value"][1:]]), "missing or not finite .NaN. at AUS 01"),
        (ROWS.assign(year="2000a"), "instead of a year"),
        (pd.concat([ROWS, ROWS[:1]]), "several rows of Water use for AUS 01 2000"),
        (ROWS[ROWS["sector"] == "FC_HH"], "no row of a producing sector"),
        (ROWS[:0], "no rows below"),
    ],
)
def test_bad_input_names_its_place(tmp_path, frame, message, ending):
    path = write(frame, tmp_path / f"a{ending}")
    with pytest.raises((ReadError, EmissionsError), match=message):
        ioecon.read_account(path)


@pytest.mark.parametrize("ending", [".xlsx", ".parquet"])
def test_a_damaged_file_is_a_sentence(tmp_path, ending):
    path = write(ROWS, tmp_path / f"a{ending}")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ReadError, match="is not a complete"):
        ioecon.read_account(path)


def test_a_workbook_of_countries_is_still_known_by_its_content(tmp_path):
    path = write(ROWS, tmp_path / "CO2 accounts.xlsx")
    assert ioecon.read_account(path).source.format == "long-table"
