"""The condition number."""

import numpy as np
import pytest

import diagnostics
from regressions import fit


def test_condition_number_is_the_ratio_of_singular_values(make_panel):
    model = fit("y ~ x + z", make_panel(), estimator="pooled")
    X = model.exog.to_numpy()
    result = diagnostics.condition_number(model)
    assert result.statistic == pytest.approx(np.linalg.cond(X / np.linalg.norm(X, axis=0)))
    shares = result.details["variance_proportions"]
    assert shares.sum().to_numpy() == pytest.approx(np.ones(3))
