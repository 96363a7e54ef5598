"""(E − A) factorised by libraries of the array API, on the processor, against LAPACK."""

import sys

import numpy as np
import pytest

from ioecon import decompose, factorisation
from ioecon.errors import ArgumentError, PrecisionError
from ioecon.leontief import Leontief, set_array_namespace

LIBRARIES = ("array_api_strict", "torch", "numpy")


@pytest.fixture(params=LIBRARIES)
def library(request, monkeypatch):
    """Factorise with a library, in blocks that a small matrix has several of."""
    pytest.importorskip(request.param, exc_type=ImportError)
    monkeypatch.setattr(factorisation, "_BLOCK", 7)
    set_array_namespace(
        request.param, device="cpu" if request.param != "array_api_strict" else None
    )
    yield request.param
    set_array_namespace(None)


@pytest.fixture
def flows(make_table):
    table = make_table(5, countries=5, sectors=6)
    return np.array(table.Z), np.array(table.x)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [1, 6, 7, 8, 30])
def test_solves_are_those_of_the_inverse(library, flows, dtype, size) -> None:
    Z, x = flows[0][:size, :size].astype(dtype), flows[1][:size]
    system = Leontief(Z, x)
    inverse = np.linalg.inv(np.eye(size) - Z.astype(float) / x)
    b = np.random.default_rng(1).normal(size=(size, 3))
    given = b.copy()
    np.testing.assert_allclose(system.solve(b), inverse @ b, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(system.solve_transposed(b), inverse.T @ b, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(system.solve(b[:, 0]), inverse @ b[:, 0], rtol=1e-12, atol=1e-13)
    assert np.array_equal(b, given)
    assert system.n == size
    assert system.nbytes == Z.nbytes
    assert isinstance(system._factors, factorisation.BlockFactors)
    assert (system.residual is None) == (dtype == "float64")


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_a_decomposition_is_that_of_lapack(library, make_world, accounting) -> None:
    series, emissions = make_world(years=(2000, 2001, 2002), countries=4, sectors=5)
    effects = decompose(series, emissions, accounting=accounting)
    set_array_namespace(None)
    plain = decompose(series, emissions, accounting=accounting)
    largest = np.abs(plain.values).max()
    np.testing.assert_allclose(effects.values, plain.values, rtol=1e-11, atol=1e-13 * largest)
    assert isinstance(series[2000].leontief()._factors, factorisation.LapackFactors)


def test_processes_use_the_library_too(library, make_world, monkeypatch) -> None:
    if library != "numpy":
        pytest.skip("one library serves")
    series, emissions = make_world()
    one = decompose(series, emissions)
    several = decompose(series, emissions, n_jobs=2)
    np.testing.assert_allclose(several.values, one.values, rtol=1e-11, atol=1e-9)


def test_what_blocks_cannot_factorise_is_refused(library) -> None:
    """A leading block without an inverse in a matrix that has one: pivoting would find it."""
    Z = np.zeros((14, 14))
    Z[:7, :7] = np.eye(7)  # (E − A) of the first block is zero
    Z[:7, 7:] = Z[7:, :7] = 0.5 * np.eye(7)
    with pytest.raises(PrecisionError, match=r"set_array_namespace\(None\)"):
        Leontief(Z, np.ones(14)).solve(np.ones(14))
    set_array_namespace(None)
    assert np.isfinite(Leontief(Z, np.ones(14)).solve(np.ones(14))).all()


def test_a_badly_chosen_order_is_refined_or_refused(library) -> None:
    """Leading blocks that are nearly singular lose digits without pivoting: they are won back."""
    rng = np.random.default_rng(3)
    Z = rng.uniform(0, 0.02, (21, 21))
    Z[:7, :7] = (1 - 1e-6) * np.eye(7)
    system = Leontief(Z, np.ones(21))
    b = rng.normal(size=(21, 2))
    matrix = np.eye(21) - Z
    x = system.solve(b)
    assert np.abs(matrix @ x - b).max() <= 1e-13 * np.abs(x).max()


def test_a_library_that_is_not_there_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(ArgumentError, match="cupy cannot be imported"):
        set_array_namespace("cupy")


def test_what_is_no_array_library_is_refused() -> None:
    with pytest.raises(ArgumentError, match="json is no library of the array API"):
        set_array_namespace("json")
