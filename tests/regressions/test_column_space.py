"""The space of regressors and crossing effects is that of all their columns, without forming it."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import column_space as module
from regressions import fit, wild_cluster_bootstrap
from regressions.column_space import ColumnSpace
from regressions.groupings import is_nested

pytestmark = pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning")

GROUPINGS = ("entity", "time", "third")
EFFECTS = (
    (),
    ("entity",),
    ("time",),
    ("entity", "time"),
    ("third", "entity"),
    ("entity", "time", "third"),
    ("half", "third", "entity", "time"),
)


def groupings(unbalanced):
    rng = np.random.default_rng(12)
    entity, time = np.divmod(np.arange(14 * 9), 9)
    third = rng.integers(0, 5, len(entity))
    kept = rng.random(len(entity)) < (0.6 if unbalanced else 1.1)
    columns = {"entity": entity[kept], "time": time[kept], "third": third[kept]}
    columns["half"] = 3 * (columns["entity"] // 5) + columns["third"] % 3
    return {name: np.unique(codes, return_inverse=True)[1] for name, codes in columns.items()}


def projection(matrix):
    u, s, _ = np.linalg.svd(matrix, full_matrices=False)
    u = u[:, s > 1e-10 * s.max()]
    return u @ u.T


def case(effects, clusters, unbalanced, weighted):
    """Columns without the effects but for their means, and the projections to compare with."""
    codes = groupings(unbalanced)
    rng = np.random.default_rng(13)
    n = len(codes["entity"])
    weights = rng.uniform(0.1, 3.0, n) if weighted else None
    root = np.ones(n) if weights is None else np.sqrt(weights)
    columns = {name: np.eye(own.max() + 1)[own] * root[:, None] for name, own in codes.items()}
    nested = [name for name in effects if is_nested(codes[name], codes[clusters])]
    x = rng.normal(size=(n, 3)) + 5.0
    if effects:
        every = projection(np.concatenate([columns[name] for name in effects], axis=1))
        x = x * root[:, None]
        x = x - every @ x + 5.0 * root[:, None]
    x[:, 0] = root
    inner = np.eye(n)
    if nested:
        inner -= projection(np.concatenate([columns[name] for name in nested], axis=1))
    crossing = [inner @ columns[name] for name in effects if name not in nested]
    P = projection(np.concatenate([x, *crossing], axis=1))
    space = ColumnSpace.of_columns(x, [codes[name] for name in effects], codes[clusters], weights)
    return space, P, codes[clusters]


@pytest.mark.parametrize("few", [0, 10**6])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("unbalanced", [False, True])
@pytest.mark.parametrize("clusters", GROUPINGS)
@pytest.mark.parametrize("effects", EFFECTS)
def test_it_is_the_space_of_all_columns(effects, clusters, unbalanced, weighted, few, monkeypatch):
    monkeypatch.setattr(module, "_FEW_CELLS", few)
    monkeypatch.setattr(module, "_CELLS_AT_ONCE", 30)  # several blocks of clusters
    space, P, codes = case(effects, clusters, unbalanced, weighted)
    rng = np.random.default_rng(14)
    values = rng.normal(size=(len(codes), 4)) + 3.0
    np.testing.assert_allclose(space.project(values), P @ values, atol=1e-11)
    basis = space.basis()
    np.testing.assert_allclose(basis @ basis.T, P, atol=1e-11)
    a, u = values[:, 0], values[:, 1:3]
    links = space.links(a, u, codes)
    masks = np.eye(codes.max() + 1)[codes]
    for i in range(2):
        expected = (masks * a[:, None]).T @ P @ (masks * u[:, [i]])
        products = links.spread(links.directions[:, :, i], np.eye(len(expected)))
        np.testing.assert_allclose(products, expected, atol=1e-11)


@pytest.mark.parametrize("options", [{}, {"weights": "weight"}])
@pytest.mark.parametrize("clusters", ["entity", "time", "region"])
@pytest.mark.parametrize("effects", ["entity", "time", "twoway"])
def test_draws_are_those_of_all_columns(panel, effects, clusters, options, monkeypatch):
    data = panel.drop(panel.index[::7])
    model = fit("y ~ x + z", data, estimator="fixed", effects=effects, **options)
    groups = data["region"] if clusters == "region" else clusters
    found = []
    for few in (0, 10**6):
        monkeypatch.setattr(module, "_FEW_CELLS", few)
        test = wild_cluster_bootstrap(model, "x", clusters=groups, weights="webb", draws=199)
        found.append((*test.t_draws, *test.conf_int()))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


@pytest.fixture(scope="module")
def wide():
    rng = np.random.default_rng(15)
    index = pd.MultiIndex.from_product([range(1500), range(12)], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["y", "x"])
    return data[rng.random(len(data)) < 0.9]


def test_clusters_of_periods_take_no_dummies_of_entities(wide):
    model = fit("y ~ x", wide, estimator="fixed", effects="twoway")
    tracemalloc.start()
    test = wild_cluster_bootstrap(model, "x", clusters="time", weights="webb", draws=99)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert test.clusters == 12
    assert peak < 40 * wide["x"].nbytes  # dummies: 1,500 columns


@pytest.mark.parametrize("cov", ["CR2", "CR3"])
def test_adjusted_covariances_of_too_many_dummies_are_refused(wide, cov, monkeypatch):
    monkeypatch.setattr(module, "_MOST_DENSE_CELLS", 1_000_000)
    options = {"estimator": "fixed", "effects": "twoway", "cov": cov}
    assert fit("y ~ x", wide, clusters="entity", **options).std_errors["x"] > 0
    with pytest.raises(regressions.OptionError, match=rf"cov='{cov}' needs .* by the 1,500 groups"):
        fit("y ~ x", wide, clusters="time", **options)


def test_a_bootstrap_of_too_many_pairs_is_refused(wide, monkeypatch):
    monkeypatch.setattr(module, "_MOST_CELLS", 100)
    model = fit("y ~ x", wide, estimator="fixed", effects="twoway")
    with pytest.raises(regressions.OptionError, match=r"12 clusters .* 1,500 groups"):
        wild_cluster_bootstrap(model, "x", clusters="time")
