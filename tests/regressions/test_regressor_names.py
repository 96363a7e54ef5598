"""One name for one interaction, and labels inside factor levels and transforms."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import Label, RegressionTable, compare_nested, fit, fit_many, specification_curve
from regressions.regressor_names import find_regressor, parts_of


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(22)
    index = pd.MultiIndex.from_product([range(20), range(2000, 2010)], names=["id", "year"])
    frame = pd.DataFrame(rng.gamma(4, size=(200, 4)), index=index, columns=["x", "z", "w", "y"])
    frame["region"] = rng.choice(["East", "North", "West"], 200)
    frame["zone"] = frame["region"].astype("category")
    frame["gdp pc"] = rng.gamma(4, size=200)
    return frame


def labels_of(table):
    return [label for label in table.to_frame().index if label]


SAME = [
    ("x:z", "z:x"),
    ("x:z:w", "w:x:z"),
    ("lag(x):z", "z:lag(x)"),
    ("I(x**2):z", "z:I(x**2)"),
    ("np.log(x):diff(z, 2)", "diff(z, 2):np.log(x)"),
    ("`gdp pc`:z", "z:`gdp pc`"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_an_interaction_is_one_regressor_in_either_order(data, one, other):
    first, second = fit(f"y ~ x + {one}", data), fit(f"y ~ x + {other}", data, label="second")
    rows = labels_of(RegressionTable([first, second], statistics=["nobs"]))
    assert len(rows) == 4  # x, the interaction, the constant, observations
    cells = RegressionTable([first, second]).to_frame().loc[str(first.params.index[-1])]
    assert cells.iloc[0] == cells.iloc[1] != ""
    both = fit_many([f"y ~ x + {one}", f"y ~ x + {other}"], data).to_frame()
    assert both.shape == (3, 2)
    assert both.notna().all().all()


def test_levels_of_factors_in_either_order(data):
    first = fit("y ~ C(region) + x + C(region):x", data)
    second = fit("y ~ C(region) + x + x:C(region)", data)
    rows = labels_of(RegressionTable([first, second], statistics=["nobs"]))
    assert len(rows) == len(first.params) + 1


def test_other_order_counts_as_nested_and_tested(data):
    small, large = fit("y ~ x:z", data, label="s"), fit("y ~ z:x + w", data, label="l")
    assert compare_nested([small, large])["added"].tolist() == ["", "w"]
    assert small.joint_test(["z:x"]).statistic == small.joint_test(["x:z"]).statistic


def test_a_curve_finds_the_interaction_of_interest_in_either_order(data):
    options = {"dependent": "y", "controls": {"none": [], "both": ["lag(x)", "z"]}}
    curve = specification_curve(data, interest="z:lag(x)", **options).to_frame()
    other = specification_curve(data, interest="lag(x):z", **options).to_frame()
    assert curve["estimate"].notna().all()
    np.testing.assert_allclose(curve["estimate"], other["estimate"])


def test_the_interaction_of_interest_is_no_control_in_either_order(data):
    with pytest.raises(regressions.OptionError, match="variable of interest"):
        specification_curve(data, dependent="y", interest="z:x", controls={"c": ["x:z"]})


def test_coef_map_and_labels_know_an_interaction_in_either_order(data):
    model = fit("y ~ x + z:x", data)
    table = RegressionTable(
        [model], coef_map={"x:z": "Product", "x": "Exposure"}, statistics=["nobs"]
    )
    assert labels_of(table) == ["Product", "Exposure", "Observations"]
    assert table.left_out == ("Intercept",)
    assert "Product" in labels_of(RegressionTable([model], labels={"x:z": "Product"}))


@pytest.mark.parametrize("name", ["C(hour)[T.08:00]", "g[T.a:b]", "C(g, Treatment('a:b'))[T.c]"])
def test_colons_inside_levels_part_nothing(name):
    assert parts_of(name) == [name]
    assert parts_of(f"{name}:x") == [name, "x"]
    assert find_regressor(f"x:{name}", ["x", f"{name}:x"]) == f"{name}:x"


LABELS = {"region": "Area", "zone": "Zone", "x": "Exposure", "gdp pc": "Income", "z": "Zeal"}
PRINTED = {
    "C(region)": "Area: West",
    "zone": "Zone: West",
    "C(region, Treatment('East'))": "Area: West",
    "C(region, contr.helmert)": "Area: West",
    "lag(x)": "lag(Exposure)",
    "lead(x)": "lead(Exposure)",
    "diff(x, 2)": "diff(Exposure, 2)",
    "log(x)": "log(Exposure)",
    "np.log(x)": "log(Exposure)",
    "signed_log(x)": "signed_log(Exposure)",
    "I(x**2)": "Exposure²",
    "I(x * z)": "Exposure * Zeal",
    "bs(x, df=4)": "bs(Exposure, df=4)[1]",
    "poly(x, 2)": "poly(Exposure, 2)[1]",
    "`gdp pc`": "Income",
    "log(`gdp pc`)": "log(Income)",
    "x:z": "Exposure × Zeal",
    "lag(x):z": "lag(Exposure) × Zeal",
    "w:log(x)": "w × log(Exposure)",
    "C(region):lag(x)": "Area: West × lag(Exposure)",
    "C(region):w": "Area: West × w",
    "C(x > 4)": "Exposure > 4: 1",
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("term", "printed"), PRINTED.items())
def test_labels_reach_into_names(data, term, printed, language):
    table = RegressionTable([fit(f"y ~ {term}", data)], labels=LABELS, language=language)
    assert printed in labels_of(table)


def test_labels_reach_means_and_the_dependent_variable(data):
    model = fit("log(y) ~ x + C(region)", data, estimator="mundlak")
    table = RegressionTable([model], labels={**LABELS, "y": "Emissions"})
    assert {"mean(Exposure)", "mean(Area: West)", "Area: West"} <= set(labels_of(table))
    assert "log(Emissions)" in table.to_text()


@pytest.mark.parametrize(
    ("labels", "printed"),
    [
        ({"region": "Area", "C(region)[T.West]": "The West"}, "The West"),
        ({"region": "Area", "C(region)": "Zone"}, "Zone: West"),
        ({"x": "Exposure"}, "C(region)[T.West]"),
        ({"West": "nothing"}, "C(region)[T.West]"),
    ],
)
def test_the_label_of_the_longer_name_comes_first(data, labels, printed):
    assert printed in labels_of(RegressionTable([fit("y ~ C(region)", data)], labels=labels))


def test_options_of_transforms_are_no_columns(data):
    model = fit("y ~ bs(x, df=4) + np.log(z)", data)
    table = RegressionTable([model], labels={"df": "Wrong", "np": "Wrong", "log": "Wrong"})
    assert "Wrong" not in table.to_text()


def test_latex_of_labels_stays_inside_names(data):
    table = RegressionTable(
        [fit("y ~ lag(x) + lag(x):w", data)], labels={"x": Label("CO2", r"CO$_2$")}
    )
    assert r"lag(CO$_2$)" in table.to_latex()
    assert r"lag(CO$_2$) $\times$ w" in table.to_latex()
    assert "lag(CO2) × w" in table.to_text()


def test_unlabelled_names_stay_as_written(data):
    names = list(fit("y ~ C(region) + I(x**2) + np.log(z) + x:z", data).params.index)
    model = fit("y ~ C(region) + I(x**2) + np.log(z) + x:z", data)
    rows = labels_of(regressions.RegressionTable([model]))
    assert set(names) - {"Intercept"} <= set(rows)
