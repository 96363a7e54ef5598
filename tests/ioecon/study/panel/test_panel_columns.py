"""Periods, new variables and samples of a panel from a file."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ioecon.errors import PanelError
from ioecon.study.panel.inputs import read_inputs
from ioecon.study.panel.periods import as_periods
from ioecon.study.panel.settings import PanelStudy, parse_samples
from ioecon.study.panel.variables import with_variables
from ioecon.study.steps import Steps


def periods(values: Any, form: str | None = None) -> pd.Index:
    return as_periods(pd.Series(values, name="when", index=[2, 3]), "f.csv", "line", form)


@pytest.mark.parametrize(
    ("values", "form", "expected"),
    [
        ([2001, 2002], None, ["2001", "2002"]),
        ([2001.0, 2003.0], None, ["2001", "2003"]),
        ([200111, 200112], None, ["200111", "200112"]),
        (["2001", "2003"], None, ["2001", "2003"]),
        (["2001-11", "2001-12"], None, ["2001-11", "2001-12"]),
        (["1960m1", "1960m12"], None, ["1960-01", "1960-12"]),
        (["2001Q4", "2002q1"], None, ["2001Q4", "2002Q1"]),
        (["2001-05-31", "2001-06-30"], None, ["2001-05-31", "2001-06-30"]),
        (["31/05/2001", "30/06/2001"], "%d/%m/%Y", ["2001-05-31", "2001-06-30"]),
        ([20010531, 20010630], "%Y%m%d", ["2001-05-31", "2001-06-30"]),
        (["FY01", "FY02"], "FY%y", ["2001", "2002"]),
        (pd.to_datetime(["2001-01-01", "2002-01-01"]), None, ["2001", "2002"]),
        (pd.to_datetime(["2001-01-01", "2001-02-01"]), None, ["2001-01", "2001-02"]),
        (pd.to_datetime(["2001-01-01", "2001-01-08"]), None, ["2001-01-01", "2001-01-08"]),
    ],
)
def test_periods(values: Any, form: str | None, expected: list[str]) -> None:
    found = periods(values, form)
    assert [str(label).removesuffix(" 00:00:00") for label in found] == expected


@pytest.mark.parametrize(
    ("values", "form", "sentence"),
    [
        (["31/05/2001", "30/06/2001"], None, r"line 2: the period '31/05/2001' .*period_format"),
        (["2001", "2002*"], None, r"line 2|line 3"),
        (["2001-05", "2001-13"], None, r"line 3: the period '2001-13'"),
        (["2001-02-28", "2001-02-30"], None, r"line 3: the period '2001-02-30'"),
        (["2001-05", "2001Q3"], None, r"the period .* not in the same way"),
        (["2001", None], None, r"line 3: the period \(column 'when'\) is empty"),
        (["2001-05-01", "05/2001"], "%Y-%m-%d", r"line 3: .* not written as data.period_format"),
        ([True, False], None, r"line 2: the period 'True'"),
    ],
)
def test_periods_that_cannot_be_read(values: Any, form: str | None, sentence: str) -> None:
    with pytest.raises(PanelError, match=sentence):
        periods(values, form)


def test_months_of_stata_are_months(tmp_path: Path) -> None:
    months = pd.to_datetime(["2001-11-01", "2001-12-01", "2002-01-01"] * 2)
    frame = pd.DataFrame({"id": [1, 1, 1, 2, 2, 2], "month": months, "x": [1.0, 2, 4, 1, 3, 9]})
    frame.to_stata(tmp_path / "f.dta", write_index=False, convert_dates={"month": "tm"})
    from ioecon.study.panel.settings import Data

    study = PanelStudy(
        data=Data(file=tmp_path / "f.dta", entity="id", period="month"),
        variables={"growth": "x / lag(x)"},
    )
    panel = read_inputs(study, Steps(None)).panel
    assert str(panel.index[2][1]) == "2002-01"
    np.testing.assert_array_equal(panel["growth"], [np.nan, 2, 2, np.nan, 3, 3])


@pytest.fixture
def panel() -> pd.DataFrame:
    rows = pd.MultiIndex.from_product([["a", "b"], [2001, 2002, 2004]], names=["firm", "year"])
    return pd.DataFrame({"x": [1.0, 2, 4, np.nan, 0, 8], "t": list("uvwuvw")}, index=rows)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lag(x)", [np.nan, 1, np.nan, np.nan, np.nan, np.nan]),  # none across the gap of 2003
        ("x > 1.5", [0, 1, 1, np.nan, 0, 1]),
        ("t == 'u'", [1, 0, 0, 1, 0, 0]),
        ("x + year - 2000", [2, 4, 8, np.nan, 2, 12]),
        ("x - center(x)", [3, 3, 3, np.nan, 3, 3]),  # the mean of the five that are there
    ],
)
def test_variables(panel: pd.DataFrame, expression: str, expected: list[float]) -> None:
    found = with_variables(panel, {"new": expression}, "raise")["new"]
    np.testing.assert_allclose(found, expected)


def test_a_variable_may_use_those_before_it(panel: pd.DataFrame) -> None:
    found = with_variables(panel, {"y": "x + 1", "z": "log(y)"}, "raise")
    np.testing.assert_allclose(found["z"], np.log(panel["x"] + 1))


def test_text_that_looks_like_numbers_is_not_computed_with(panel: pd.DataFrame) -> None:
    with pytest.raises(PanelError, match=r"variables\.new: line 3 holds '1,2'"):
        with_variables(panel, {"new": "log(x)"}, "raise", {"x": "line 3 holds '1,2'"})


def test_undefined_values(panel: pd.DataFrame) -> None:
    with pytest.raises(
        PanelError, match=r"variables.l = 'log\(x\)' is not defined for \(b, 2002\)"
    ):
        with_variables(panel, {"l": "log(x)"}, "raise")
    found = with_variables(panel, {"l": "log(x)"}, "drop")["l"]
    assert found.isna().to_list() == [False, False, False, True, True, False]


@pytest.mark.parametrize(
    "expression",
    ["__import__('os').system('true')", "x.to_csv('f')", "x) + (t", "x ~ t", "open('f')", "", "q"],
)
def test_expressions_hold_nothing_but_formulas(panel: pd.DataFrame, expression: str) -> None:
    with pytest.raises(PanelError, match=r"variables\.new: "):
        with_variables(panel, {"new": expression}, "raise")


def samples(**rules: Any) -> pd.DataFrame:
    study = PanelStudy(samples=parse_samples(rules))
    return read_inputs(study, Steps(None)).panel


def test_samples() -> None:
    panel = samples(
        coast="coastal", members="market", inner={"region": ["Plain", "Hills"]},
        both={"region": "Coast", "market": 1}, early={"year": [2008, 2009]},
    )  # fmt: skip
    region, market = panel["region"], panel["market"] == 1
    assert (panel["coast"] == (region == "Coast")).all()
    assert (panel["members"] == market).all()
    assert (panel["inner"] == (region != "Coast")).all()
    assert (panel["both"] == ((region == "Coast") & market)).all()
    assert panel["early"].sum() == 120


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("region", r"samples.s: the column 'region' is not true or false .*s = \{ region = "),
        ({"region": "Cost"}, r"samples.s: no row has 'Cost' .*did you mean 'Coast'"),
        ({"gdp": "1"}, r"samples.s: no row has '1' in the column 'gdp'"),
    ],
)
def test_samples_that_say_nothing(rule: Any, sentence: str) -> None:
    with pytest.raises(PanelError, match=sentence):
        samples(s=rule)
