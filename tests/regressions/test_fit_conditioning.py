"""Badly conditioned regressors keep their digits: equivalent models have equal estimates."""

import numpy as np
import pytest

import regressions
from regressions import fit
from regressions.coordinates import coordinates

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")


@pytest.fixture
def trends(panel):
    year = panel.index.get_level_values("year").to_numpy(dtype=float)
    return panel.assign(t=year, t2=year**2, c=year - 2003, c2=(year - 2003) ** 2)


@pytest.mark.parametrize("cov", ["unadjusted", "clustered", "HC3", "CR2", "driscoll-kraay"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weights": "weight"},
        {"estimator": "fixed"},
        {"estimator": "fixed", "constant": " - 1"},
        {"estimator": "first-difference"},
        {"estimator": "random"},
        {"estimator": "random", "gaps": True},
        {"estimator": "mundlak"},
    ],
)
def test_a_quadratic_in_calendar_years_is_that_of_centred_years(trends, options, cov):
    options = dict(options)
    constant = options.pop("constant", "")
    if options.pop("gaps", False):
        trends = trends.drop(trends.index[[1, 5, 6, 17, 33, 34, 35, 70]])
    if options.get("weights") and cov == "CR2":
        pytest.skip("CR2 has no form with weights")
    raw = fit(f"y ~ x + t + t2{constant}", trends, cov=cov, **options)
    centred = fit(f"y ~ x + c + c2{constant}", trends, cov=cov, **options)
    for ours, same in (("x", "x"), ("t2", "c2")):
        assert raw.params[ours] == pytest.approx(centred.params[same], rel=1e-8)
        assert raw.std_errors[ours] == pytest.approx(centred.std_errors[same], rel=1e-8)
    np.testing.assert_allclose(raw.resids, centred.resids, atol=1e-8)
    assert raw.rsquared == pytest.approx(centred.rsquared, rel=1e-8)
    assert raw.df_resid == centred.df_resid
    slope = raw.params["t"] + 2 * 2003 * raw.params["t2"]
    assert slope == pytest.approx(centred.params["c"], rel=1e-5, abs=1e-7)


def test_random_effects_keep_their_digits_in_every_period_mean(trends):
    uneven = trends.drop(trends.index[[1, 5, 6, 17, 33, 34, 35, 70]])
    raw = fit("y ~ x + t + t2", uneven, estimator="mundlak", cov="clustered")
    centred = fit("y ~ x + c + c2", uneven, estimator="mundlak", cov="clustered")
    for ours, same in (("x", "x"), ("t2", "c2"), ("mean(x)", "mean(x)")):
        error = abs(raw.params[ours] - centred.params[same]) / centred.std_errors[same]
        assert error < 1e-7  # the means of squared years have no more digits
        assert raw.std_errors[ours] == pytest.approx(centred.std_errors[same], rel=1e-7)
    np.testing.assert_allclose(raw.theta, centred.theta, rtol=1e-9)


def test_standard_errors_of_nearly_collinear_regressors_are_those_of_a_qr_fit(panel):
    near = panel.assign(w=2 * panel["x"] + 1e-7 * panel["z"])
    model = fit("y ~ x + w", near)
    matrix = np.column_stack([np.ones(96), near["x"], near["w"]])
    root = np.linalg.inv(np.linalg.qr(matrix, mode="r"))
    rss = np.linalg.lstsq(matrix, near["y"].to_numpy(), rcond=None)[1].item()
    expected = np.sqrt(np.diag(root @ root.T) * rss / 93)
    np.testing.assert_allclose(model.std_errors, expected, rtol=1e-7)


def test_well_conditioned_regressors_are_left_alone(panel):
    model = fit("y ~ x + z", panel, estimator="fixed")
    np.testing.assert_allclose(model.params, model.result.params, rtol=1e-13)
    exog = model.exog
    seen = exog[["x", "z"]].to_numpy()
    assert coordinates(exog, seen, constant_free=True).exog is exog


def test_exactly_collinear_regressors_are_still_refused(panel):
    with pytest.raises(regressions.CollinearityError, match="'w' is an exact linear combination"):
        fit("y ~ x + z + w", panel.assign(w=panel["x"] - 3 * panel["z"]))
