"""Descriptive statistics, and their split between and within entities as xtsum has it."""

import numpy as np
import pandas as pd
import pytest

from regressions import Label, TableContentError
from regressions.tables import describe, descriptive_table, panel_variation


@pytest.fixture(scope="module")
def unbalanced() -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(
        [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("c", 1)], names=["country", "year"]
    )
    return pd.DataFrame(
        {"x": [1.0, 2.0, 6.0, 10.0, 14.0, np.nan], "z": [1, 2, 3, 4, 5, 6]}, index=index
    )


def test_statistics_leave_missing_values_out_by_column(unbalanced: pd.DataFrame) -> None:
    frame = describe(unbalanced, statistics=["count", "mean", "median", "std"], quantiles=[0.25])
    x = np.array([1.0, 2.0, 6.0, 10.0, 14.0])
    assert frame.loc["x"].to_numpy() == pytest.approx([5, x.mean(), 6, x.std(ddof=1), 2])
    assert frame.loc["z", "count"] == 6


def test_variation_by_its_definition(unbalanced: pd.DataFrame) -> None:
    frame = panel_variation(unbalanced, ["x"]).loc["x"]
    # entity means 3 and 12; overall mean 6.6; c has no value of x and counts for nothing
    within = np.array([1 - 3, 2 - 3, 6 - 3, 10 - 12, 14 - 12]) + 6.6
    assert frame.loc["overall", "mean"] == pytest.approx(6.6)
    assert frame.loc["between", ["count", "std", "min", "max"]].to_numpy() == pytest.approx(
        [2, np.std([3, 12], ddof=1), 3, 12]
    )
    assert frame.loc["within", ["count", "std", "min", "max"]].to_numpy() == pytest.approx(
        [2.5, within.std(ddof=1), within.min(), within.max()]
    )


def test_balanced_variances_add_up() -> None:
    """In a balanced panel the sums of squares split exactly into between and within."""
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([range(12), range(2000, 2007)])
    data = pd.DataFrame({"x": rng.normal(size=84)}, index=index)
    std = panel_variation(data).loc["x", "std"]
    total = 83 * std["overall"] ** 2
    assert 83 * std["within"] ** 2 + 7 * 11 * std["between"] ** 2 == pytest.approx(total)


def test_the_table_prints_them(unbalanced: pd.DataFrame) -> None:
    table = descriptive_table(
        unbalanced, labels={"x": Label("ln(ΔDfC)", latex=r"$\ln$")}, quantiles=[0.25, 0.975]
    )
    assert table.header[0].columns == ["Obs", "Mean", "Std. dev.", "Min", "Max", "P25", "P97.5"]
    printed = table.to_frame()
    assert printed.loc["ln(ΔDfC)"].tolist()[:5] == ["5", "6.600", "5.459", "1.000", "14.00"]
    assert printed.loc["z", "Min"] == "1.000"
    assert table.to_latex().count(r"$\ln$ & 5") == 1


def test_the_table_of_variation(unbalanced: pd.DataFrame) -> None:
    table = descriptive_table(unbalanced, ["x"], variation=True, digits=2, language="zh")
    printed = table.to_frame()
    assert printed.index.tolist() == [("x", "总体"), ("", "组间"), ("", "组内")]
    assert printed["观测值"].tolist() == ["5", "2", "2.50"]
    assert printed["均值"].tolist() == ["6.60", "", ""]
    assert "国家" in table.notes[0]


def test_what_cannot_be_described_is_named(unbalanced: pd.DataFrame) -> None:
    infinite = unbalanced.assign(inf=np.inf, name="a")
    for call, message in [
        (lambda: describe(unbalanced, ["w"]), "no column 'w'"),
        (lambda: describe(infinite, ["inf"]), "'inf' holds an infinite value"),
        (lambda: describe(infinite, ["name"]), "not numeric: the column 'name' is text"),
        (lambda: describe(unbalanced, ["x", "x"]), "'x' is named twice"),
        (lambda: describe(infinite[["name"]]), "no numeric column"),
        (lambda: describe(unbalanced, statistics=["variance"]), "'variance' is not known"),
        (lambda: describe(unbalanced, quantiles=[25]), "quantile 25 is not between"),
        (lambda: panel_variation(unbalanced.reset_index()), "has 1 level"),
    ]:
        with pytest.raises(TableContentError, match=message):
            call()
