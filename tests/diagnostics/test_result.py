"""The value that every test returns."""

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

import diagnostics
from diagnostics import TestResult
from regressions import fit


@pytest.fixture
def result() -> TestResult:
    return TestResult(
        name="A <b>test</b>",
        statistic=np.float64(4.0),
        distribution="F",
        df=(2, 30),
        pvalue=0.028,
        null="a & b are zero",
        alternative="not both",
        variant="plain",
        verdict="p = 0.028: rejected.",
        details={"inside": 1},
        warnings=("few <observations>",),
        reference="Nobody (1900)",
    )


def test_is_frozen(result):
    with pytest.raises(FrozenInstanceError):
        result.statistic = 5.0
    with pytest.raises(TypeError):
        result.details["inside"] = 2


def test_can_be_pickled(result, make_panel):
    copy = pickle.loads(pickle.dumps(result))
    assert copy.to_frame().equals(result.to_frame())
    assert dict(copy.details) == {"inside": 1}
    with pytest.raises(TypeError):
        copy.details["inside"] = 2
    model = fit("y ~ x + z", make_panel(), estimator="pooled")
    factors = diagnostics.vif(model)
    assert pickle.loads(pickle.dumps(factors)).values.equals(factors.values)


def test_frame_has_one_row(result):
    frame = result.to_frame()
    assert frame.shape == (1, 10)
    assert frame.index.tolist() == ["A <b>test</b>"]
    assert frame.loc["A <b>test</b>", "df"] == "2, 30"


def test_html_is_escaped(result):
    html = result._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;test" in html
    assert "a &amp; b" in html
    assert "few &lt;observations&gt;" in html


def test_summary_says_everything(result):
    text = result.summary()
    for part in ("a & b are zero", "F(2, 30)", "0.028", "rejected", "few", "Nobody (1900)"):
        assert part in text


def test_unknown_distribution_is_refused():
    with pytest.raises(ValueError, match="unknown distribution 'gamma'"):
        TestResult("x", 1.0, "gamma", (), 0.5)


def test_vif_html_is_escaped(make_panel):
    data = make_panel().rename(columns={"x": "a<b"})
    html = diagnostics.vif(fit("y ~ `a<b` + z", data, estimator="pooled"))._repr_html_()
    assert "a<b" not in html
    assert "a&lt;b" in html
