"""Formulas may come from files nobody trusts: only columns, arithmetic and named transforms."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions.formula import parse_formula

COLUMNS = ["y", "x", "z", "group", "ln gdp"]

HOSTILE = [
    "y ~ __import__('os').system('echo hacked')",
    "y ~ x.__class__.__mro__",
    "y ~ x.to_csv('stolen.csv')",
    "y ~ np.load('secret.npy')",
    "y ~ np.core.numeric.os.system('ls')",
    "y ~ (lambda: 1)()",
    "y ~ {[c for c in ().__class__.__base__.__subclasses__()]}",
    "y ~ {x if open('f') else z}",
    "y ~ I(exec('1'))",
    "y ~ eval('x')",
    "y ~ C(group, contr.custom({'a': 1}))",
    "y ~ C(group, contr.__dict__)",
    "y ~ hashed(group, levels=3)",
    "y ~ Q('x')",
    "y ~ I(x[0])",
    "y ~ I(9 ** 9 ** 9)",
    "y ~ I('a' * 1000000000)",
    "y ~ C(group, Treatment('a\")+open(\"b'))",
    "y ~ poly(x, *z)",
    "y ~ poly(x, **z)",
    "y ~ scale(x, _state=z)",
    "y ~ I(x := 3)",
    "y ~ I(f'{x}')",
    "y ~ I(x @ z)",
    "y ~ log(x).real",
    "open('f') ~ x",
    "np.log(x, where=None) ~ x",
    "y ~ np.log(x, where=None)",
    "y ~ np.log(x, z)",
    "y ~ log(x, z)",
    "y ~ np.minimum(x, z, y)",
    "y ~ np.maximum(x, [1, 2])",
    "y ~ np.log(x, out=z)",
    "y ~ np.sqrt(x, dtype='int8')",
    "y ~ np.exp(x, casting='unsafe')",
    "y ~ np.abs()",
    "y ~ np.minimum(x)",
    "y ~ abs(x, z)",
    "y ~ signed_log(x, None)",
    "y ~ I(x, z)",
    "y ~ center(x, z)",
    "y ~ scale(x, center=z)",
    "y ~ poly(x, 2, False, {})",
    "y ~ poly(x, degree=2, _state=None)",
    "y ~ bs(x, df=4, knots=z)",
    "y ~ C(group, spans_intercept=False)",
    "y ~ C(group, z)",
    "y ~ C(group, 'north')",
    "y ~ C(group, Treatment(z))",
    "y ~ C(contrasts=contr.sum)",
    "y ~ Treatment('north')",
    "y ~ lag(x, z)",
    "y ~ lag(x, 1, 2)",
    "y ~ lag(x, j=1)",
    "y ~ lag(x, True)",
    "y ~ exp(x > 0)",
    "y ~ I((x > 0) + (z > 0))",
    "y ~ I(-(x > 0))",
    "y ~ I(log(x) > 0)",
    "y ~ I(1 / x > 0)",
    "y ~ I(x * 99999999999999999999)",
]


@pytest.mark.parametrize("formula", HOSTILE)
def test_anything_but_columns_arithmetic_and_transforms_is_refused(formula):
    with pytest.raises(regressions.FormulaError):
        parse_formula(formula, COLUMNS)


ALLOWED = {
    "y ~ x + z": ["x", "z"],
    "log(y) ~ log(x) * C(group)": ["y", "x", "group"],
    "y ~ I(x ** 2) + {x / z} + `ln gdp`": ["x", "z", "ln gdp"],
    "y ~ lag(x) + lag(x, 2) + diff(`ln gdp`) + lead(z)": ["x", "ln gdp", "z"],
    "signed_log(y) ~ asinh(x) + np.log1p(z)": ["y", "x", "z"],
    "y ~ C(group, Treatment('north')) + C(group, contr.sum)": ["group"],
    "y ~ bs(x, df=4) + poly(z, 2) + center(x):scale(z)": ["x", "z"],
    "y ~ C(x > 2) + (x + z) ** 2 - 1": ["x", "z"],
    "y ~ C(group, levels=['north', 'south'])": ["group"],
    "y ~ np.minimum(x, 0) + np.maximum(x, z)": ["x", "z"],
    "y ~ poly(x, degree=2, raw=True) + bs(z, 4, None, 2)": ["x", "z"],
    "y ~ lag(x, k=2) + lag(diff(z), -1) + I((x > 0) * z)": ["x", "z"],
    "y ~ I(1.0 * (x > 0) + 1.0 * (z > 0)) + I(abs(x) > 1)": ["x", "z"],
    "y ~ C(group, Treatment(reference='north')) + C(group, contr.treatment('north'))": ["group"],
}


@pytest.mark.parametrize("formula", ALLOWED)
def test_the_usual_terms_are_allowed_and_their_columns_known(formula):
    parsed = parse_formula(formula, COLUMNS)
    assert set(ALLOWED[formula]) <= set(parsed.columns) <= set(COLUMNS)


def test_an_unknown_column_is_named_with_its_nearest():
    with pytest.raises(regressions.FormulaError, match=r"unknown column 'gruop'.*'group'"):
        parse_formula("y ~ x + C(gruop)", COLUMNS)


def test_an_unknown_transform_is_named_with_its_nearest():
    with pytest.raises(regressions.FormulaError, match=r"unknown transform 'signedlog'.*'signed_l"):
        parse_formula("y ~ signedlog(x)", COLUMNS)


def test_effects_written_as_terms_are_explained():
    with pytest.raises(regressions.FormulaError, match="effects='entity'"):
        parse_formula("y ~ x + EntityEffects", COLUMNS)


@pytest.mark.parametrize(
    "formula",
    ["y", "y ~ x ~ z", "y + z ~ x", "~ x", "y ~ x +", "y ~ (x", "", "y ~ (x ]z", "y ~ {``}"],
)
def test_formulas_that_cannot_be_read_say_so(formula):
    with pytest.raises(regressions.FormulaError, match="formula"):
        parse_formula(formula, COLUMNS)


def test_a_column_named_like_a_transform_is_data_and_cannot_be_called():
    with pytest.raises(regressions.FormulaError, match="cannot be called"):
        parse_formula("y ~ log(x)", [*COLUMNS, "log"])
    assert parse_formula("y ~ log", [*COLUMNS, "log"]).columns == ("y", "log")


def test_nothing_of_the_caller_is_visible_to_a_formula(panel):
    secret = np.arange(len(panel))  # noqa: F841
    with pytest.raises(regressions.FormulaError, match="unknown column 'secret'"):
        regressions.fit("y ~ x + secret", panel)


def test_index_levels_can_be_used_like_columns(panel):
    model = regressions.fit("y ~ x + C(year)", panel)
    assert len(model.params) == 2 + 7
    trend = regressions.fit("y ~ x + year", panel)
    assert isinstance(trend.exog, pd.DataFrame)
    assert "year" in trend.params.index


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ (x + z + group) ** 400",
        "y ~ (x + z)^(50)",
        "y ~ " + " + ".join(["x"] * 5000),
        "y ~ I(" + "-" * 4000 + "x)",
        "y ~ poly(x, 5000)",
        "y ~ poly(x, degree=9 * 9 * 9)",
        "y ~ bs(x, df=100000)",
        "y ~ bs(x, 4, None, 400)",
        "y ~ cr(x, df=z)",
        "y ~ (x + z + y + group + `ln gdp`) ** 9",
        "y ~ ((x + z) ** 9 + (y + group) ** 9) ** 9",
        "y ~ " + "*".join(["x", "z", "y", "group"] * 100),
        "y ~ " + ":".join(f"I(x + {i})" for i in range(7)),
        "y ~ " + "+".join(f"I(x + {i})" for i in range(1001)),
        "y ~ I(" + "(" * 900 + "x" + ")" * 900 + ")",
        "y ~ " + "[" * 4000,
        "y ~ " + "lag(" * 500 + "x" + ")" * 500,
        "y ~ I(x" + " * x" * 3000 + ")",
        "y ~ x:" + "1" * 5000,
        "y ~ lag(x, 0:999999999999)",
    ],
)
def test_formulas_made_to_exhaust_the_machine_are_refused(formula):
    with pytest.raises(regressions.FormulaError) as error:
        parse_formula(formula, COLUMNS)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ C(f)",
        "y ~ C(f) * C(h)",
        "y ~ x:g:C(h)",
        "y ~ C(x)",
        "y ~ C(lag(f2))",
        "y ~ bs(x, 30) : poly(z, 30) : g",
    ],
)
def test_more_columns_than_can_be_computed_with_are_refused_before_they_are_made(formula):
    index = pd.MultiIndex.from_product([range(300), range(2000, 2010)])
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(3000, 3)), index, ["y", "x", "z"])
    data["f"] = [f"f{i}" for i in range(3000)]
    data["f2"] = np.arange(3000.0)
    data["h"] = np.arange(3000) % 600
    data["g"] = pd.Categorical(np.arange(3000) % 7)
    with pytest.raises(
        regressions.FormulaError, match=r"columns in \d,\d00 rows, which is too many"
    ):
        regressions.fit(formula, data)


def test_absorbed_effects_after_a_bar_and_dots_are_explained():
    with pytest.raises(regressions.FormulaError, match="absorbed effects are given by effects="):
        parse_formula("y ~ x | group", COLUMNS)
    with pytest.raises(regressions.FormulaError, match="name the regressors"):
        parse_formula("y ~ .", COLUMNS)
    assert parse_formula("y ~ I(x * 1.5) + I(.5 * z) + I(2. * z)", COLUMNS).columns == (
        "y",
        "x",
        "z",
    )
