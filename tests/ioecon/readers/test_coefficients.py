"""Emission coefficients by region and sector are read whole, or not at all."""

from pathlib import Path

import openpyxl
import pytest

import ioecon
from ioecon.errors import EmissionsError, IoeconError, ReadError

WIDE = "unit,kt per million USD\n\nsector,North,西北\nGoods,0.4,0.7\n07,0,1e-3\n"
EXPECTED = {
    ("North", "Goods"): 0.4,
    ("North", "07"): 0.0,
    ("西北", "Goods"): 0.7,
    ("西北", "07"): 0.001,
}


@pytest.fixture
def file(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "k.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_sectors_down_and_regions_across(file):
    k = ioecon.read_coefficients(file(WIDE))
    assert k.index.names == ["region", "sector"]
    assert k.to_dict() == EXPECTED
    assert list(k.index) == list(EXPECTED)  # region by region
    assert k.attrs["unit"] == "kt per million USD"
    assert k.attrs["source"]["path"] == "k.csv"
    assert len(k.attrs["source"]["sha256"]) == 64


def test_regions_down_and_sectors_across(file):
    text = "Region;Goods;07\nNorth;0.4;0\n西北;0.7;0.001\n"
    k = ioecon.read_coefficients(file(text), unit="kt per million USD")
    assert k.to_dict() == EXPECTED


def test_one_coefficient_a_row_and_columns_to_ignore(file):
    lines = [f"{region},x,{sector},{value}" for (region, sector), value in EXPECTED.items()]
    text = "\n".join(["region,code,sector,intensity", *lines])
    assert ioecon.read_coefficients(file(text), unit="t/USD", ignore=["code"]).to_dict() == EXPECTED


def test_years(file):
    text = "sector,year,North,South\nGoods,2002,3,4\nGoods,2007,1,2\n"
    k = ioecon.read_coefficients(file(text), unit="t/USD")
    assert k.index.names == ["region", "sector", "year"]
    assert k["South", "Goods", 2002] == 4
    assert k["North", "Goods", 2007] == 1


def test_a_sheet_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    rows = [line.split(",") for line in WIDE.splitlines()]
    for name in ("one", "two"):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([float(c) if c[:1] in "01" and c != "07" and c else c for c in row])
    path = tmp_path / "k.xlsx"
    book.save(path)
    assert ioecon.read_coefficients(path, sheet="two").to_dict() == EXPECTED
    with pytest.raises(ReadError, match="several sheets with coefficients: one, two"):
        ioecon.read_coefficients(path)
    with pytest.raises(ReadError, match=r"sheet three of k\.xlsx has no row of headings"):
        ioecon.read_coefficients(path, sheet="three")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WIDE.replace("0.4", ""), r"Goods, column North \(line 4, field 2\) is empty"),
        (WIDE.replace("0.4", "n/a"), "Goods, column North .* holds 'n/a'"),
        (WIDE.replace("0.4", "nan"), "Goods, column North .* holds nan"),
        (WIDE.replace("0.4", "-0.4"), "negative is the emission coefficient of North Goods"),
        (WIDE.replace("07", "Goods"), "more than once there is the coefficient of North Goods"),
        (WIDE.replace("西北", "North"), "column North appears more than once"),
        (WIDE.replace("07", ""), "row 5 has no sector"),
        (WIDE.replace("unit", "units"), "does not say the unit"),
        ("a,b\n1,2\n", "no row of headings"),
        ("sector\nGoods\n", "should be columns of coefficients, not none"),
        ("region,sector,k,j\nN,G,1,2\n", "should be one column of coefficients, not k, j"),
        ("unit,t/USD\nregion,sector,k\nN,G,1\nS,G,1\nN,H,1\n", "no emission coefficient of S H"),
        ("unit,t/USD\nsector,year,N\nG,then,1\n", "the year 'then' is not a whole number"),
        ("unit,t/USD\nsector,year,N\nG,2002,1\nG,2007,1\nH,2002,1\n", "coefficient of N H 2007"),
        ("unit,t/USD\nsector,N\nG,\n", "holds no coefficient yet"),
    ],
)
def test_a_message_names_the_place(file, text, message):
    with pytest.raises(IoeconError, match=message) as caught:
        ioecon.read_coefficients(file(text))
    assert "k.csv" in str(caught.value)


def test_units_must_agree(file):
    with pytest.raises(EmissionsError, match="its unit is 'kt per million USD', not 't/USD'"):
        ioecon.read_coefficients(file(WIDE), unit="t/USD")


def test_a_column_to_ignore_must_exist(file):
    with pytest.raises(ReadError, match="no column code to ignore"):
        ioecon.read_coefficients(file(WIDE), ignore=["code"])


def jobs_file(tmp_path, *lines):
    path = tmp_path / "jobs.csv"
    path.write_text("\n".join([*lines, "sector,North,South", "Goods,4,7"]), encoding="utf-8")
    return path


def test_coefficients_of_another_stressor_say_so(tmp_path):
    unit = "unit,1000 persons per million USD"
    path = jobs_file(tmp_path, "stressor,Employment", unit)
    k = ioecon.read_coefficients(path)
    assert k.attrs["stressor"] == "Employment"
    assert k.attrs["unit"] == "1000 persons per million USD"
    same = ioecon.read_coefficients(path, unit="thousand persons / million USD")
    assert same.equals(k)
    with pytest.raises(EmissionsError, match="it is of 'Employment', not 'Hours'"):
        ioecon.read_coefficients(path, stressor="Hours")
    path = jobs_file(tmp_path, unit)
    with pytest.raises(EmissionsError, match="'1000 persons' cannot be read"):
        ioecon.read_coefficients(path)
    assert ioecon.read_coefficients(path, stressor="Jobs").attrs["stressor"] == "Jobs"
    with pytest.raises(EmissionsError, match="CO2 is measured in units of its mass"):
        ioecon.read_coefficients(path, stressor="CO2")
