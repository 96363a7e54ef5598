"""The satellite accounts of Eora26: names and units of rows, households and ROW."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest

import ioecon
from benchmarks.layouts.eora26 import COUNTRIES, write_eora26
from ioecon.emissions.eora26 import UNTOLD, name_row
from ioecon.errors import EmissionsError, IoeconWarning, ReadError

POWER = "I-GHG-CO2 emissions: Public electricity and heat production"
TRANSPORT = "I-GHG-CO2 emissions: Transport"
STEM = "Eora26_2010_bp"
MINIATURES = Path(os.environ.get("IOECON_DATA", "")) / "formats"


def write(folder, **options):
    return write_eora26(folder, **{"zipped": False} | options)


def read(path, stressor=POWER, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*stand in the line ROW", IoeconWarning)
        return ioecon.read_account(path, stressor=stressor, **options)


def matrix(path, part):
    return np.loadtxt(path / f"{STEM}_{part}.txt", delimiter="\t", ndmin=2)


def change(path, name, old, new, count=1):
    text = (path / name).read_text("utf-8")
    assert old in text
    (path / name).write_text(text.replace(old, new, count), "utf-8")


def cut(path, name):
    text = (path / name).read_text().splitlines(keepends=True)
    (path / name).write_text("".join(text[:-1]))


@pytest.mark.parametrize(
    ("group", "item", "name", "unit"),
    [
        ("Energy Usage (TJ)", "Natural Gas", "Energy Usage: Natural Gas", "TJ"),
        ("CO2 emissions (Gg) from EDGAR", "Total", "CO2 emissions from EDGAR: Total", "Gg"),
        ("Land", "Cropland (1000 ha)", "Land: Cropland", "1000 ha"),
        ("PRIMAP|TOTAL", "KYOTO|GgCO2eq", "PRIMAP|TOTAL: KYOTO", "GgCO2eq"),
        ("Employment", "Total", "Employment: Total", UNTOLD),
    ],
)  # fmt: skip
def test_names_and_units_of_rows(group, item, name, unit):
    assert name_row(group, item) == (name, unit)


@pytest.mark.parametrize("labels", ["within", "indices.zip"])
@pytest.mark.parametrize("zipped", [True, False])
def test_stressors_and_amounts(tmp_path, zipped, labels):
    path = write(tmp_path, zipped=zipped, labels=labels)
    loose = write(tmp_path / "loose")
    listed = ioecon.stressors(path)
    assert list(listed.unit) == ["TJ", "Gg", "Gg", "Gg", UNTOLD]
    assert listed.group[1] == "I-GHG-CO2 emissions"
    Q, QY = matrix(loose, "Q"), matrix(loose, "QY")
    for row, name in enumerate(listed.name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IoeconWarning)
            account = ioecon.read_account(path, stressor=name)
        np.testing.assert_array_equal(account.values, Q[row, :-1])
        direct = QY[row, :-6].reshape(len(COUNTRIES), 6).sum(axis=1)
        np.testing.assert_allclose(account.households, direct, rtol=1e-14)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        table = ioecon.read_table(path, format="eora26", cache=False)
    assert list(account.values.index.droplevel("year")) == list(table.index)


def test_what_is_in_the_line_row_is_told(tmp_path):
    path = write(tmp_path)
    amount = matrix(path, "Q")[1, -1] + matrix(path, "QY")[1, -6:].sum()
    with pytest.warns(IoeconWarning, match=f"{amount:,.6g} of {POWER} stand in the line ROW"):
        ioecon.read_account(path, stressor=POWER)


def test_rows_are_summed_and_a_unit_that_is_not_told_is_warned_of(tmp_path):
    path = write(tmp_path)
    both = read(path, [POWER, TRANSPORT], name="CO2")
    np.testing.assert_allclose(both.values, matrix(path, "Q")[1:3, :-1].sum(axis=0), rtol=1e-14)
    assert (both.name, both.unit) == ("CO2", "kt")  # a gigagram is a kilotonne
    with pytest.warns(IoeconWarning, match=r"labels_Q\.txt does not tell the unit of Employment"):
        assert read(path, "Employment: Total").unit == UNTOLD


def test_rows_of_one_name_have_their_number(tmp_path):
    path = write(tmp_path)
    change(path, "labels_Q.txt", "Transport", "Public electricity and heat production")
    names = list(ioecon.stressors(path).name)
    assert names[1:3] == [f"{POWER} (row 2)", f"{POWER} (row 3)"]
    np.testing.assert_array_equal(read(path, names[2]).values, matrix(path, "Q")[2, :-1])


def test_years_and_prices(tmp_path):
    for year in (2010, 2011):
        write(tmp_path, year=year, zipped=True, labels="indices.zip", valuation="purchasers")
    with pytest.raises(ReadError, match=r"in purchasers' prices \(pp\) only"):
        read(tmp_path, format="eora26-satellites")
    account = read(tmp_path, format="eora26-satellites", valuation="purchasers")
    assert account.years == (2010, 2011)
    with pytest.raises(
        ReadError, match=r"has no satellite accounts of Eora26 of 2012; it has 2010"
    ):
        read(tmp_path, format="eora26-satellites", valuation="purchasers", years=[2010, 2012])


FAULTS = {
    "Q cut": (lambda p: cut(p, f"{STEM}_Q.txt"), r"_Q\.txt has 4 rows, and .*labels_Q\.txt na"),
    "QY cut": (lambda p: cut(p, f"{STEM}_QY.txt"), r"_QY\.txt has 4 rows, and .*labels_Q"),
    "labels cut": (lambda p: cut(p, "labels_Q.txt"), r"_Q\.txt has 5 rows, and .* names 4"),
    "no labels": (lambda p: (p / "labels_Q.txt").unlink(), r"holds no labels_Q\.txt; Eora"),
    "no Q": (lambda p: (p / f"{STEM}_Q.txt").unlink(), "holds no satellite accounts of Eora26"),
    "a column too many": (
        lambda p: change(p, f"{STEM}_Q.txt", "\n", "\t1\n", 2),
        r"_Q\.txt, line 2 has 34 numbers where there should be 33",
    ),
    "no number": (
        lambda p: change(p, f"{STEM}_QY.txt", "\t", "\tx", 99),
        r"_QY\.txt, line 2, column AUT .* holds 'x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence(tmp_path, fault):
    damage, says = FAULTS[fault]
    path = write(tmp_path)
    damage(path)
    with pytest.raises(ReadError, match=says) as caught:
        read(path, format="eora26-satellites")
    assert "\n" not in str(caught.value)


def test_households_may_be_absent(tmp_path):
    path = write(tmp_path)
    (path / f"{STEM}_QY.txt").unlink()
    assert read(path).households is None
    with pytest.raises(EmissionsError, match="no stressor 'CO2'"):
        read(path, "CO2")


@pytest.mark.skipif(not MINIATURES.is_dir(), reason="IOECON_DATA is not set")
def test_pymrios_miniature():
    with pytest.warns(IoeconWarning, match="names no countries but Region 1"):
        account = read(MINIATURES / "eora26_mock", "I-GHG-CO2 emissions: emission_type1")
    assert account.unit == "kg"
    assert account.values["AAA", "food", 2010] == 1848064.8
    assert account.households["AAA", 2010] == 62335321.0
