"""Correlations of regressors."""

import pandas as pd

import diagnostics
from regressions import fit


def test_correlations_are_of_the_variation_used(make_panel):
    data = make_panel(drop=0.2)
    fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
    raw = diagnostics.correlation_matrix(fixed)
    pd.testing.assert_frame_equal(raw, data[["x", "z"]].corr(), check_names=False)
    demeaned = data[["x", "z"]] - data[["x", "z"]].groupby(level=0).transform("mean")
    pd.testing.assert_frame_equal(
        diagnostics.correlation_matrix(fixed, transform="within"),
        demeaned.corr(),
        check_names=False,
    )
