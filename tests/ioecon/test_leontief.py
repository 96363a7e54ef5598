"""(E − A): textbook numbers, independent implementation, singular and idle cases."""

import numpy as np
import pymrio
import pytest

from ioecon.errors import PrecisionError, UnsoundTableError
from ioecon.flow_products import multiply, multiply_transposed, read_strips
from ioecon.leontief import (
    Leontief,
    RecentFactorisations,
    _Refinement,
    block_row_sums,
    technical_coefficients,
)

# Miller and Blair (2009), Input-Output Analysis, section 2.3.
Z = np.array([[150.0, 500.0], [200.0, 100.0]])
X = np.array([1000.0, 2000.0])


def test_miller_and_blair_inverse() -> None:
    inverse = Leontief(Z, X).solve(np.eye(2))
    np.testing.assert_allclose(inverse, [[1.254, 0.330], [0.264, 1.122]], atol=5e-4)


def test_miller_and_blair_output_for_new_final_demand() -> None:
    np.testing.assert_allclose(Leontief(Z, X).solve([600, 1500]), [1247.52, 1841.58], atol=0.01)


def test_agrees_with_pymrio(make_table) -> None:
    table = make_table(3, countries=4, sectors=5)
    A = pymrio.calc_A(table.Z, table.x)
    np.testing.assert_allclose(technical_coefficients(table.Z, table.x), A, rtol=1e-14)
    np.testing.assert_allclose(
        Leontief(table.Z, table.x).solve(np.eye(table.n)), pymrio.calc_L(A), rtol=1e-11, atol=1e-14
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_solve_and_transposed_solve_undo_the_matrix(make_table, order: str) -> None:
    table = make_table(5)
    system = Leontief(np.asarray(table.Z, order=order), table.x)
    matrix = np.eye(table.n) - technical_coefficients(table.Z, table.x)
    b = np.random.default_rng(0).normal(size=(table.n, 3))
    kept = b.copy()
    np.testing.assert_allclose(matrix @ system.solve(b), b, atol=1e-12)
    np.testing.assert_allclose(matrix.T @ system.solve_transposed(b), b, atol=1e-12)
    np.testing.assert_array_equal(b, kept)  # right-hand sides are not overwritten


def test_output_is_what_final_demand_calls_for(make_table) -> None:
    table = make_table(6)
    np.testing.assert_allclose(table.leontief().solve(table.F.sum(axis=1)), table.x, rtol=1e-12)


def test_singular_system_is_refused() -> None:
    with pytest.raises(UnsoundTableError, match="singular"):
        Leontief([[0.0, 10.0], [10.0, 0.0]], [10.0, 10.0])


def test_inputs_without_output_are_refused() -> None:
    with pytest.raises(UnsoundTableError, match="inputs but no output"):
        technical_coefficients([[1.0, 2.0], [1.0, 2.0]], [10.0, 0.0])


def test_sector_without_output_and_inputs_has_zero_coefficients() -> None:
    A = technical_coefficients([[1.0, 0.0], [1.0, 0.0]], [10.0, 0.0])
    np.testing.assert_array_equal(A, [[0.1, 0.0], [0.1, 0.0]])


def test_productive_by_hawkins_and_simon() -> None:
    assert Leontief(Z, X).is_productive()
    assert not Leontief([[0.0, 12.0], [12.0, 0.0]], [10.0, 10.0]).is_productive()


def test_block_row_sums_are_sums_over_columns_of_a_country(make_table) -> None:
    table = make_table(7, countries=3, sectors=4)
    weights = np.random.default_rng(1).normal(size=table.n)
    plain = np.stack(
        [
            (table.Z[:, 4 * c : 4 * c + 4] * weights[4 * c : 4 * c + 4]).sum(axis=1)
            for c in range(3)
        ],
        axis=1,
    )
    np.testing.assert_allclose(block_row_sums(table.Z, weights, 3), plain, rtol=1e-13)


def test_recent_factorisations_are_kept_within_the_budget_but_never_fewer_than_one(
    make_table,
) -> None:
    tables = [make_table(seed) for seed in range(4)]
    made: list[int] = []

    def get(recent: RecentFactorisations, i: int) -> Leontief:
        def make() -> Leontief:
            made.append(i)
            return Leontief(tables[i].Z, tables[i].x)

        return recent.get(tables[i], make)

    small = RecentFactorisations(budget=0)
    assert get(small, 0) is get(small, 0)
    get(small, 1)
    get(small, 0)
    assert made == [0, 1, 0]

    made.clear()
    middling = RecentFactorisations(budget=2 * tables[0].Z.nbytes + 200)  # pivots too
    for i in (0, 1, 0, 2, 0, 1):  # 1, used longest ago, goes
        get(middling, i)
    assert made == [0, 1, 2, 1]

    made.clear()
    large = RecentFactorisations(budget=10**9)
    for i in (0, 1, 2, 3, 0, 1, 2, 3):
        get(large, i)
    assert made == [0, 1, 2, 3]


def test_factorisation_goes_with_its_table(make_table) -> None:
    recent = RecentFactorisations(budget=10**9)
    held = [make_table(1)]
    recent.get(held[0], lambda: Leontief(held[0].Z, held[0].x))
    assert len(recent._held) == 1
    held.clear()
    assert len(recent._held) == 0


def single(table):
    return np.asarray(table.Z, dtype=np.float32), table.x


@pytest.mark.parametrize("columns", [None, 1, 3, 40])
@pytest.mark.parametrize("order", ["C", "F"])
def test_solves_in_single_precision_are_refined_to_double(make_table, columns, order) -> None:
    Z, x = single(make_table(31, countries=5, sectors=8))
    Z = np.asarray(Z, order=order)
    refined, plain = Leontief(Z, x), Leontief(Z.astype(float), x)
    shape = (len(x),) if columns is None else (len(x), columns)
    # Columns of any size, as of small and large countries, and one of nothing.
    b = np.random.default_rng(2).normal(size=shape) * 10.0 ** np.linspace(-9, 40, shape[-1])
    if columns != 1:
        b[..., 0] = 0.0
    kept = b.copy()
    for name in ("solve", "solve_transposed"):
        ours, theirs = getattr(refined, name)(b), getattr(plain, name)(b)
        assert np.all(np.abs(ours - theirs) <= 1e-12 * np.abs(theirs).max(axis=0))
    np.testing.assert_array_equal(b, kept)
    assert refined.nbytes - 4 * plain.n == Z.nbytes
    assert 0 < refined.residual < 1e-14
    assert plain.residual is None


def test_the_residual_is_that_of_the_solution(make_table) -> None:
    Z, x = single(make_table(32))
    system = Leontief(Z, x)
    b = np.random.default_rng(3).random((len(x), 2))
    solution = system.solve(b)
    miss = b - solution + technical_coefficients(Z, x) @ solution
    size = np.abs(b).max(axis=0) + np.abs(solution).max(axis=0)
    assert np.abs(miss / size).max() <= system.residual + 1e-16


@pytest.mark.parametrize("gap", [1e-4, 1e-12])
@pytest.mark.parametrize("columns", [1, 9])
def test_badly_conditioned_flows_are_refined_or_refused_in_single_precision(gap, columns) -> None:
    """What is left for final demand is no more than float32 can tell from nothing."""
    rng = np.random.default_rng(4)
    Z = rng.random((20, 20)).astype(np.float32)
    x = Z.sum(axis=0, dtype=float) * (1 + gap)
    b = np.ones((20, columns))
    wide, system = Leontief(Z.astype(float), x).solve(b), Leontief(Z, x)
    assert np.isfinite(wide).all()
    if gap == 1e-4:
        np.testing.assert_allclose(system.solve(b), wide, rtol=1e-10)
        return
    with pytest.raises(PrecisionError, match=r"badly conditioned for flows in float32.*float64"):
        system.solve(b)
    with pytest.raises(PrecisionError):
        system.solve_transposed(b)


def test_flows_beyond_the_range_of_single_precision_are_refused() -> None:
    system = Leontief(np.array([[1.0, 1e30], [1.0, 1.0]], dtype=np.float32), [1e30, 1e-30])
    with pytest.raises(PrecisionError, match="float64"):
        system.solve([1.0, 1.0])


def test_singular_and_unproductive_systems_in_single_precision() -> None:
    with pytest.raises(UnsoundTableError, match="singular"):
        Leontief(np.array([[0, 10], [10, 0]], dtype=np.float32), [10.0, 10.0])
    assert not Leontief(np.array([[0, 12], [12, 0]], np.float32), [10.0, 10.0]).is_productive()
    assert Leontief(np.asarray(Z, np.float32), X).is_productive()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_strips_make_up_the_matrix(dtype) -> None:
    rng = np.random.default_rng(5)
    Z, B = rng.random((150, 60)).astype(dtype), rng.random((60, 4))
    read = np.concatenate([values.copy() for _, values in read_strips(Z)])
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, Z)
    np.testing.assert_allclose(multiply(Z, B), Z.astype(float) @ B, rtol=1e-14)
    np.testing.assert_allclose(multiply_transposed(Z.T.copy(), B), Z.astype(float) @ B, rtol=1e-13)
    weights = rng.random(60)
    sums = (Z.astype(float) * weights).reshape(150, 6, 10).sum(axis=2)
    np.testing.assert_allclose(block_row_sums(Z, weights, 6), sums, rtol=1e-13)


def test_a_residual_is_not_probed_where_the_first_shows_that_it_fails(
    make_table, monkeypatch
) -> None:
    table = make_table(12, countries=5, sectors=40)
    single = Leontief(table.Z.astype(np.float32), table.x)
    exact = Leontief(table.Z.astype(np.float32).astype(float), table.x)
    probed = []
    plain = _Refinement._probe
    monkeypatch.setattr(
        _Refinement, "_probe", lambda *given: probed.append(plain(*given)) or probed[-1]
    )
    solved = single.solve(table.F)
    np.testing.assert_allclose(solved, exact.solve(table.F), rtol=1e-12)
    assert probed == [single.last_residual]
    assert single.last_residual < 1e-14
