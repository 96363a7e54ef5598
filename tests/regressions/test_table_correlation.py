"""Correlation tables."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from regressions import TableContentError
from regressions.tables import correlation_table, correlations


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    x = rng.normal(size=40)
    frame = pd.DataFrame({"x": x, "y": 0.5 * x + rng.normal(size=40), "z": rng.integers(0, 4, 40)})
    frame.loc[:9, "z"] = np.nan
    return frame


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_pairwise_agrees_with_scipy(data: pd.DataFrame, method: str) -> None:
    found = correlations(data, method=method, missing="pairwise")  # type: ignore[arg-type]
    test = getattr(stats, f"{method}r")
    for one, two in [("x", "y"), ("x", "z"), ("y", "z")]:
        pair = data[[one, two]].dropna()
        wanted = test(pair[one], pair[two])
        assert found.coefficients.loc[one, two] == pytest.approx(wanted.statistic, rel=1e-12)
        assert found.pvalues.loc[two, one] == pytest.approx(wanted.pvalue, rel=1e-9)
        assert found.nobs.loc[one, two] == len(pair)


def test_listwise_uses_one_sample(data: pd.DataFrame) -> None:
    found = correlations(data)
    assert (found.nobs == 30).all(axis=None)
    wanted = data.dropna().corr()
    assert found.coefficients.to_numpy() == pytest.approx(wanted.to_numpy())


def test_perfect_and_constant_columns() -> None:
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0], "c": [1.0, 1.0, 1.0]})
    found = correlations(data)
    assert found.coefficients.loc["x", "y"] == 1
    assert found.pvalues.loc["x", "y"] == 0
    assert np.isnan(found.coefficients.loc["x", "c"])
    assert correlation_table(data).to_frame().loc["c", "x"] == "."


def test_the_table_is_a_lower_triangle_with_stars_and_pvalues(data: pd.DataFrame) -> None:
    table = correlation_table(
        data, stars=(0.05, 0.01), pvalues=True, numbered=True, labels={"x": "Index"},
        missing="pairwise",
    )  # fmt: skip
    printed = table.to_frame()
    found = correlations(data, missing="pairwise")
    assert printed.index.tolist() == ["(1) Index", "(2) y", "", "(3) z", ""]
    assert printed.columns.tolist() == ["(1)", "(2)", "(3)"]
    assert printed.iloc[0].tolist() == ["1.000", "", ""]
    p = found.pvalues.loc["x", "y"]
    stars = "*" * (int(p < 0.05) + int(p < 0.01))
    assert printed.iloc[1, 0] == f"{found.coefficients.loc['x', 'y']:.3f}{stars}"
    assert printed.iloc[2].tolist() == [f"({p:.3f})", "", ""]
    assert table.notes == (
        "Pearson correlations", "Pairwise observations, 30 to 40 per pair",
        "p-values in parentheses", "** p<0.01, * p<0.05",
    )  # fmt: skip
    assert correlation_table(data, language="zh").notes == ("Pearson 相关系数", "观测值：30")


def test_wrong_options_are_named(data: pd.DataFrame) -> None:
    for options, message in [
        ({"method": "kendall"}, "method='kendall'"),
        ({"missing": "drop"}, "missing='drop'"),
        ({"variables": ["x"]}, "need two columns; 'x' is the only one"),
    ]:
        with pytest.raises(TableContentError, match=message):
            correlations(data, **options)  # type: ignore[arg-type]
