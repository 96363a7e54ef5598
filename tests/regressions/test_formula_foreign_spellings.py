"""Stata's and R's spellings are answered with those of this package."""

import re

import pytest

from regressions import FormulaError
from regressions.formula import parse_formula

COLUMNS = ["y", "x", "z", "g", "id", "year"]

SPELLINGS = {
    "y ~ x + i.year": "C(year)",
    "y ~ ib3.g": "C(g, Treatment(3))",
    "y ~ c.x": "x",
    "y ~ L.x": "lag(x)",
    "y ~ L2.x": "lag(x, 2)",
    "y ~ l.x": "lag(x)",
    "y ~ F3.x": "lead(x, 3)",
    "y ~ D.x": "diff(x)",
    "D.y ~ x": "diff(y)",
    "y ~ D2.x": "diff(diff(x))",
    "y ~ S2.x": "diff(x, 2)",
    "y ~ LD.x": "lag(diff(x))",
    "y ~ L(1/3).x": "lag(x, 1) + lag(x, 2) + lag(x, 3)",
    "y ~ L(0/1).x": "x + lag(x, 1)",
    "y ~ c.x#c.z": "x:z",
    "y ~ i.year#i.id": "C(year):C(id)",
    "y ~ i.g##c.x": "C(g) * x",
    "y ~ year#g": "C(year):C(g)",
    "y ~ factor(g)": "C(g)",
    "y ~ as.factor(g)": "C(g)",
    "y ~ as.numeric(x)": "x",
    "y ~ ln(x)": "log(x)",
    "ln(y) ~ x": "log(y)",
    "y ~ x^2": "I(x ** 2)",
    "y ~ x**2": "I(x ** 2)",
    "y ~ I(x^2)": "x ** 2",
    "y ~ lag(x, 1:3)": "lag(x, 1) + lag(x, 2) + lag(x, 3)",
    "y ~ lag(x, c(1, 4))": "lag(x, 1) + lag(x, 4)",
    "y ~ l(x, 1:2)": "lag(x, 1) + lag(x, 2)",
    "y ~ l(x)": "lag(x)",
    "y ~ x.shift(1)": "lag(x)",
    "y ~ poly(x, 2, raw=TRUE)": "True",
    "y ~ Between(x)": "estimator='mundlak'",
    "y ~ x | z": "effects=['z']",
    "y ~ x | id + year": "effects=['id', 'year']",
    "y ~ x + EntityEffects": "effects='entity'",
    "y ~ x / z": "I(x / z)",
    "y ~ -x": "I(-x)",
    "y x z": "y ~ x + z",
    "reg y x z": "y ~ x + z",
    "xtreg y x z, fe vce(cluster id)": "y ~ x + z",
    "xtset id year": "data.set_index(['id', 'year'])",
}


@pytest.mark.parametrize("formula", SPELLINGS)
def test_the_error_gives_the_spelling_to_type(formula):
    with pytest.raises(FormulaError, match=re.escape(SPELLINGS[formula])):
        parse_formula(formula, COLUMNS)


@pytest.mark.parametrize(
    ("formula", "column"),
    [("y ~ i.year", "i.year"), ("y ~ gdp.pc", "gdp.pc"), ("y ~ `x^2`", "x^2"), ("y ~ D.x", "D.x")],
)
def test_a_column_of_exactly_that_name_is_the_column(formula, column):
    assert parse_formula(formula, [*COLUMNS, column]).columns == ("y", column)


@pytest.mark.parametrize(
    "formula", ["y ~ log(x) + 1", "y ~ x + 0", "y ~ x - 1", "y ~ (x + z)^2", "y ~ x*z - x:z"]
)
def test_what_both_mean_alike_is_read(formula):
    assert "x" in parse_formula(formula, COLUMNS).columns
