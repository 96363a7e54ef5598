"""What a model holds in memory while it is estimated: a few times its data."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from regressions import fit

PERIODS = 20


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    index = pd.MultiIndex.from_product([range(2_000), range(PERIODS)], names=["firm", "year"])
    names = [f"x{i}" for i in range(6)]
    data = pd.DataFrame(rng.normal(size=(len(index), 6)), index=index, columns=names)
    data["y"] = data.sum(axis=1) + rng.normal(size=len(index))
    return data


@pytest.mark.parametrize(
    ("options", "most"),
    [
        ({}, 2.5),
        ({"estimator": "fixed"}, 3.6),
        ({"estimator": "fixed", "effects": "twoway"}, 3.9),
    ],
    ids=["pooled", "entity", "twoway"],
)
def test_a_fit_holds_a_few_times_its_data(data, options, most):
    formula = "y ~ x0 + x1 + x2 + x3 + x4 + x5"
    fit(formula, data, **options)  # imports count once
    tracemalloc.start()
    try:
        fit(formula, data, **options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most * data.to_numpy().nbytes
