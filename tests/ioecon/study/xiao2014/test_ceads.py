"""A study of transfers between the provinces of CEADs' tables."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from benchmarks.layouts.ceads import write_ceads
from ioecon.study import load_study, run_study
from ioecon.study.steps import Steps
from ioecon.study.xiao2014.inputs import read_inputs

YEARS = (2018, 2020)
PROVINCES = ("Beijing", "Tianjin", "Hebei")
STUDY = """\
title = "Provinces"
kind = "xiao2014"

[tables]
format = "ceads"
path = "ceads"

"""
EMISSIONS = '[emissions]\nformat = "ceads-co2"\nfile = "ceads"\n'
COEFFICIENTS = '[coefficients]\nfile = "k.csv"\n'


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "ceads"
    folder.mkdir()
    for year in YEARS:
        write_ceads(folder, year=year, provinces=len(PROVINCES), sectors=2)
    return tmp_path


def write(place, text):
    (place / "study.toml").write_text(text, "utf-8")
    return load_study(place / "study.toml")


def test_a_study_with_the_emissions_of_the_tables(place):
    run_study(write(place, STUDY + EMISSIONS), place / "out")
    pair = ioecon.read_series(place / "ceads", format="ceads", progress=False)
    moved = ioecon.transfers(pair[2018], pair[2020], driven_by="exports")
    flows = pd.read_csv(place / "out" / "transfers.csv")
    by_exports = flows[flows["driven_by"] == "Exports"]
    assert set(flows["region"]) == set(PROVINCES)
    assert np.abs(moved.change).sum() > 0
    assert by_exports["change"].sum() == pytest.approx(moved.change.sum())
    page = (place / "out" / "index.html").read_text("utf-8")
    assert "Inner Mongolia" not in page
    assert "10,000 CNY" in page
    assert "Mt CO" in page
    assert "kt CO" not in page


@pytest.mark.parametrize("year", [None, 2020])
def test_coefficients_keep_the_unit_that_they_state(place, year):
    head = "unit,t/10000 yuan\n"
    rows = [f"{code},{','.join(['0.5'] * len(PROVINCES))}" for code in ("01", "02")]
    names = f"sector,{','.join(PROVINCES)}"
    if year is not None:
        names, rows = f"year,{names}", [f"{one},{row}" for one in YEARS for row in rows]
    (place / "k.csv").write_text("\n".join([head + names, *rows]), "utf-8")
    inputs = read_inputs(write(place, STUDY + COEFFICIENTS), Steps())
    assert inputs.coefficients.attrs["unit"] == "t/10000 yuan"
    moved = ioecon.transfers(*inputs.tables)
    assert ioecon.leakage(moved, inputs.coefficients).unit == "t"
