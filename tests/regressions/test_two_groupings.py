"""The projection on two groupings is least squares on their dummies, in any panel."""

import tracemalloc

import numpy as np
import pytest

from regressions import two_groupings as module
from regressions.groupings import is_nested
from regressions.two_groupings import TwoGroupings, two_groupings


def coded(*columns):
    return [np.unique(column, return_inverse=True)[1] for column in columns]


def dummies(*codes):
    return np.concatenate([np.eye(int(code.max()) + 1)[code] for code in codes], axis=1)


def panels():
    rng = np.random.default_rng(4)
    balanced = np.divmod(np.arange(60), 6)
    kept = rng.random(60) < 0.6
    yield "balanced", coded(*balanced)
    yield "unbalanced", coded(balanced[0][kept], balanced[1][kept])
    yield "turned", coded(balanced[1][kept], balanced[0][kept])
    yield "cohorts that share no period", coded(balanced[0], balanced[1] + 10 * (balanced[0] > 4))
    yield "sparse", coded(rng.integers(0, 90, 200), rng.integers(0, 80, 200))
    yield "chain", coded(np.repeat(np.arange(50), 2), (np.arange(100) + 1) // 2)
    yield "one group", coded(np.zeros(9), np.arange(9) % 3)


PANELS = dict(panels())


@pytest.mark.parametrize("limits", ["usual", "sparse"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", PANELS)
def test_residuals_and_effects_are_those_of_dummies(name, weighted, limits, monkeypatch):
    if limits == "sparse":
        monkeypatch.setattr(module, "_SMALL_CELLS", 0)
        monkeypatch.setattr(module, "_FILLED", 1e9)
        monkeypatch.setattr(module, "_DENSE_GROUPS", 0)
    first, second = PANELS[name]
    rng = np.random.default_rng(5)
    values = 1e4 + rng.normal(size=(len(first), 3)) * [1.0, 1e3, 1e-3]
    weights = rng.random(len(first)) + 0.01 if weighted else None
    root = np.ones(len(first)) if weights is None else np.sqrt(weights)
    D = dummies(first, second)
    solution = np.linalg.lstsq(D * root[:, None], values * root[:, None], rcond=None)[0]
    both = TwoGroupings(first, second, weights)
    left = both.residuals(values)
    size = np.abs(values).max(axis=0)
    np.testing.assert_allclose(left / size, (values - D @ solution) / size, atol=1e-13)
    of_first, of_second = both.effects(values)
    fitted = of_first[first] + of_second[second]
    np.testing.assert_allclose(fitted / size, (values - left) / size, atol=1e-13)


def test_the_last_projection_is_used_again_only_for_the_same_groups():
    first, second = PANELS["unbalanced"]
    one = two_groupings(first, second)
    assert two_groupings(first.copy(), second.copy()) is one
    assert two_groupings(first, second, np.ones(len(first))) is not one
    changed = second.copy()
    changed[0] = second[1]
    assert two_groupings(first, changed) is not two_groupings(first, second)


def test_a_large_panel_takes_the_memory_of_a_few_columns():
    entities, periods = coded(*np.divmod(np.arange(200_000), 20))
    values = np.random.default_rng(6).normal(size=(200_000, 4))
    tracemalloc.start()
    TwoGroupings(entities, periods).residuals(values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * values.nbytes


@pytest.mark.parametrize(
    ("inner", "outer", "nested"),
    [
        ([0, 0, 1, 2], [0, 0, 1, 1], True),
        ([0, 0, 1], [0, 1, 1], False),
        ([0, 1, 2], [0, 0, 0], True),
    ],
)
def test_nesting(inner, outer, nested):
    assert is_nested(np.array(inner), np.array(outer)) is nested
