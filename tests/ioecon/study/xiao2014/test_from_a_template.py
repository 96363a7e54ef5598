"""A template, filled in with Chinese names, is all that a study needs."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import ioecon
from ioecon.readers import formats
from ioecon.study import TransferResults, load_study, run_study, write_template
from ioecon.writers import write_regional_template

REGIONS, SECTORS = ("东北", "京津", "北部沿海"), ("农业", "采掘业", "电力、燃气及水")
SAID = {"unit": "100 million", "currency": "CNY", "price basis": "current"}
RANGES = {"intermediate use": (1, 9), "final demand": (20, 60), "exports": (5, 20)}
UNIT = "10,000 t per 100 million CNY"


def filled(folder: Path, unit: str = UNIT) -> Path:
    """Fill in the workbook as a reader of its instructions would."""
    write_regional_template(folder, regions=REGIONS, sectors=SECTORS, years=[2002, 2007])
    book = openpyxl.load_workbook(folder / "regional.xlsx")
    draw = np.random.default_rng(4)
    for year in ("2002", "2007"):
        sheet = book[year]
        for row in sheet.iter_rows():
            if row[0].value in SAID:
                row[1].value = SAID[row[0].value]
        corner = next(row[0].row for row in sheet.iter_rows() if row[0].value == "block")
        for row in sheet.iter_rows(min_row=corner + 1):
            for cell in row[3:]:
                block = sheet.cell(corner - 2, cell.column).value
                if row[0].value == "products" and block in RANGES:
                    cell.value = float(draw.uniform(*RANGES[block]))
    for row in book["coefficients"].iter_rows():
        if row[0].value == "unit":
            row[1].value = unit
        elif row[0].value in SECTORS:
            for cell in row[1:]:
                cell.value = float(draw.uniform(0.1, 3))
    book.save(folder / "regional.xlsx")
    return folder / "regional.xlsx"


def study(folder: Path, file: str, tables: str) -> Path:
    path = folder / "study.toml"
    path.write_text(
        f'kind = "xiao2014"\n[tables]\nformat = "regional"\npath = "{tables}"\n'
        f'[coefficients]\nfile = "{file}"\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture(autouse=True)
def _signs_without_a_font() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        yield


def run(path: Path, out: Path) -> TransferResults:
    found = run_study(path, out)
    assert isinstance(found, TransferResults)
    return found


def test_a_filled_workbook_has_tables_and_coefficients(tmp_path: Path) -> None:
    book = filled(tmp_path / "cn")
    found = run(study(tmp_path, "cn/regional.xlsx", "cn/regional.xlsx"), tmp_path / "out")
    assert found.regions == REGIONS
    assert found.unit == "10,000 t"
    series = ioecon.read_series(book, format="regional")
    moved = ioecon.transfers(series[2002], series[2007], driven_by="exports")
    carbon = ioecon.carbon_transfer(moved, ioecon.read_coefficients(book))
    pd.testing.assert_series_equal(found.carbon["Exports"].net(), carbon.net())
    assert "10,000 t" in (found.folder / "tables" / "table3.txt").read_text(encoding="utf-8")
    assert "东北" in (found.folder / "index.html").read_text(encoding="utf-8")


def test_csv_files_give_the_same(tmp_path: Path) -> None:
    book = filled(tmp_path / "cn")
    whole = run(study(tmp_path, "cn/regional.xlsx", "cn/regional.xlsx"), tmp_path / "whole")
    series = ioecon.read_series(book, format="regional")
    apart = tmp_path / "apart"
    for year in series.years:
        ioecon.write_regional(series[year], apart / f"regional_{year}.csv")
    k = ioecon.read_coefficients(book)
    text = "unit," + f'"{UNIT}"\n' + k.reset_index().to_csv(index=False)
    (apart / "coefficients.csv").write_text(text, encoding="utf-8-sig")
    found = run(study(tmp_path, "apart/coefficients.csv", "apart"), tmp_path / "out")
    pd.testing.assert_series_equal(
        found.carbon["Total"].net(), whole.carbon["Total"].net(), rtol=1e-12
    )


def test_accounts_are_in_the_unit_of_the_coefficients_and_co2_in_kt(tmp_path: Path) -> None:
    book = filled(tmp_path / "cn", unit="TJ per 100 million CNY")
    k = ioecon.read_coefficients(book)
    rows = [f"{r},{s},{year},{k[r, s]}" for r in REGIONS for s in SECTORS for year in (2002, 2007)]
    head = 'unit,"TJ per 100 million CNY"\nregion,sector,year,k\n'
    for file, unit, written, factor in (("a.csv", "TJ", "TJ", 1), ("b.csv", "万吨", "kt", 10)):
        text = head.replace("TJ", unit) + "\n".join(rows) + "\n"
        (tmp_path / file).write_text(text, encoding="utf-8")
        found = run(study(tmp_path, file, "cn/regional.xlsx"), tmp_path / f"out_{file}")
        assert set(found.accounts) == {2002, 2007}
        assert found.accounts[2007].unit == written
        assert not any("left out" in warning for warning in found.warnings)
        table = found.accounts[2007].by_country()
        x = ioecon.read_series(book, format="regional")[2007].x
        assert table["pba"].sum() == pytest.approx(factor * float(k.to_numpy() @ x))


def test_the_study_template_names_formats_and_keys_that_exist(tmp_path: Path) -> None:
    text = write_template(tmp_path / "study.toml", "xiao2014").read_text(encoding="utf-8")
    named = [line.split('"')[1] for line in text.splitlines() if line.startswith("# format =")]
    assert "regional" in named
    assert {*named} <= {*formats(), "csv"}
    filled(tmp_path / "my_tables")
    chosen = text.replace('format = "regions"', "").replace(
        '# format = "regional" ', 'format = "regional" '
    )
    for key in ('path = "my_tables', "years = [2002", 'file = "my_tables', 'unit = "kt per'):
        chosen = chosen.replace(f"# {key}", key)
    (tmp_path / "study.toml").write_text(chosen, encoding="utf-8")
    settings = load_study(tmp_path / "study.toml")
    assert settings.coefficients.file == tmp_path / "my_tables" / "regional.xlsx"
    with pytest.raises(ioecon.errors.EmissionsError, match="says that its unit is"):
        run(tmp_path / "study.toml", tmp_path / "out")
