"""A model prints like Stata's xtreg and never breaks HTML."""

import numpy as np
import pytest

from regressions import fit

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


def test_the_summary_shows_what_xtreg_shows(panel):
    text = fit("y ~ x + z", panel, estimator="random", cov="clustered").summary()
    for words in (
        "Random-effects GLS regression",
        "Number of obs",
        "within  =",
        "Prob > F",
        "clustered by entity",
        "_cons",
        "sigma_u",
        "rho",
        "fraction of variance due to effects",
        "12 clusters of entity",
        "11 degrees of freedom",
    ):
        assert words in text


def test_numbers_of_the_summary_are_those_of_the_model(panel):
    model = fit("y ~ x + z", panel, estimator="fixed")
    row = next(line for line in model.summary().splitlines() if line.strip().startswith("x |"))
    shown = [float(word) for word in row.split("|")[1].split()]
    low, high = model.conf_int().loc["x"]
    expected = [model.params["x"], model.std_errors["x"], model.tstats["x"], model.pvalues["x"]]
    np.testing.assert_allclose(shown, [*expected, low, high], rtol=1e-2, atol=1e-3)


def test_columns_line_up(panel):
    long = panel.rename(columns={"z": "a_regressor_with_a_rather_long_name"})
    lines = fit("y ~ x + a_regressor_with_a_rather_long_name", long).summary().splitlines()
    bars = {line.index("|") for line in lines if line.count("|") == 1}
    assert len(bars) == 1


def test_html_is_escaped(panel):
    hostile = panel.rename(columns={"x": "<script>alert(1)</script>"})
    model = fit("y ~ `<script>alert(1)</script>` + z", hostile, label="<b>")
    html = model._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_repr_says_what_it_is(panel):
    assert repr(fit("y ~ x", panel, estimator="fixed")) == (
        "<FittedModel 'fixed': fixed (entity), y ~ x, n = 96, unadjusted>"
    )
