"""What a study of any panel gets wrong is told before a cell is read, each thing in a sentence."""

from pathlib import Path

import pandas as pd
import pytest

from ioecon.study import check_study, examine_study, write_template
from ioecon.study.panel.example import EXAMPLE, TRUTH, example_frame

STUDY = """
title = "Firms"
kind = "panel"

[data]
file = "firms.csv"
entity = "firm"
period = "year"

[variables]
ln_sales = "log(sales)"

[samples]
listed = "listed"

[[regressions]]
key = "table1"
title = "Sales"
dependent = "ln_sales"
columns = [["staff"], "staff + lag(staff)"]
sample = "listed"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = pd.MultiIndex.from_product([["A", "B", "C"], range(2001, 2007)], names=["firm", "year"])
    frame = pd.DataFrame({"sales": 2.0, "staff": range(18), "listed": True}, index=keys)
    frame.to_csv(tmp_path / "firms.csv")
    return tmp_path


def problems(folder: Path, *changes: tuple[str, str], more: str = "") -> list[str]:
    text = STUDY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "study.toml").write_text(text + more, encoding="utf-8")
    return [problem.message for problem in examine_study(folder / "study.toml")[1]]


def test_a_sound_study_has_no_problem(folder: Path) -> None:
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"firms.csv"', '"frims.csv"', "there is no file"),
        ('"firms.csv"', '"firms.sav"', "names no format of panels"),
        ('entity = "firm"', "", "data.entity is missing: name the column of firms.csv"),
        ('entity = "firm"', 'entity = "frim"', "no column 'frim'"),
        ('entity = "firm"', 'entity = "year"', "are both 'year'"),
        ('entity = "firm"', 'entity = "firm"\nsheet = "A"', "data.sheet means nothing to firms"),
        ('entity = "firm"', 'entity = "firm"\ndecimal = ","', 'needs data.separator'),
        ('entity = "firm"', 'entity = "firm"\nencoding = "utf8x"', "encoding 'utf8x' is not known"),
        ('entity = "firm"', 'entity = "firm"\ncolumns = ["slaes"]', "did you mean 'sales'"),
        ('entity = "firm"', 'entity = "firm"\nmissing = "skip"', "'skip' is not known"),
        ('file = "firms.csv"\n', "", "data.entity goes with data.file"),
        ('"log(sales)"', '"log(slaes)"', "variables.ln_sales: unknown column 'slaes'"),
        ('"log(sales)"', "\"__import__('os')\"", "unknown transform '__import__'"),
        ("ln_sales =", "sales =", "variables.sales: the panel has a column 'sales' already"),
        ('listed = "listed"', 'listed = "lsited"', "did you mean 'listed'"),
        ('listed = "listed"', 'sales = "listed"', "samples.sales: the panel has a column 'sales'"),
        ('listed = "listed"', "listed = 3", "listed' as the number 3"),
        ('sample = "listed"', 'sample = "quoted"', "'quoted'"),
        ('["staff"]', '["satff"]', "names 'satff', which the panel does not have"),
        ("lag(staff)", "lga(staff)", "lga"),
        ('key = "table1"', 'key = "correlations"', "is that of another table"),
    ],
)  # fmt: skip
def test_problems_are_told(folder: Path, old: str, new: str, sentence: str) -> None:
    found = problems(folder, (old, new))
    assert any(sentence in message for message in found), found


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('[correlations]\nvariables = ["sales"]', "needs two variables or more"),
        ('[correlations]\nvariables = ["sales", "stff"]', "correlations.variables names 'stff'"),
        ('[figures]\ndistribution = ["listed"]', "'listed' is a sample, true or false"),
        ('[figures]\nscatter = ["sales"]', "figures.scatter names two variables"),
        ('[descriptives]\nvariables = ["slaes"]', "descriptives.variables names 'slaes'"),
        ('[choice]\ndependent = "sales"\nregressors = ["q"]', "'q'"),
        ('[labels]\nslaes = "Sales"', "labels names 'slaes'"),
    ],
)
def test_problems_of_other_sections_are_told(folder: Path, more: str, sentence: str) -> None:
    found = problems(folder, more=more)
    assert any(sentence in message for message in found), found


def test_a_header_that_cannot_be_read_is_told_once(folder: Path) -> None:
    (folder / "firms.csv").write_bytes(b"\xff\xfe\xfa")
    found = problems(folder)
    assert len(found) == 1
    assert found[0].startswith("data: firms.csv ")


def test_cells_are_not_read_by_a_check(folder: Path) -> None:
    text = (folder / "firms.csv").read_text(encoding="utf-8")
    (folder / "firms.csv").write_text(text + "A,2001,no number,1,True\n", encoding="utf-8")
    assert problems(folder) == []


def test_the_template_is_sound(tmp_path: Path) -> None:
    study = check_study(write_template(tmp_path / "p.toml", "panel"))
    assert study.kind == "panel"


def test_the_example_is_what_its_script_makes() -> None:
    made = example_frame()
    pd.testing.assert_frame_equal(pd.read_csv(EXAMPLE), made, check_dtype=False, rtol=1e-12)
    assert made["market"].sum() == 12 * 7 + 12 * 4
    assert TRUTH["market"] == -0.1
