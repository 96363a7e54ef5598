"""Tables in float32: every computation gives what it gives of the same numbers in float64."""

import numpy as np
import pytest

import ioecon
from ioecon.errors import PrecisionError


def narrow(table: ioecon.IOTable) -> ioecon.IOTable:
    return table.replace(Z=table.Z.astype(np.float32), Y=table.Y.astype(np.float32))


def wide(table: ioecon.IOTable) -> ioecon.IOTable:
    return table.replace(Z=table.Z.astype(float), Y=table.Y.astype(float))


@pytest.fixture
def pairs(make_world):
    """Two years in float32 and the same numbers in float64, and emissions."""
    series, emissions = make_world(seed=61, years=(2000, 2001), countries=5, sectors=6)
    small = [narrow(table) for table in series.values()]
    return small, [wide(table) for table in small], emissions


def require_equal(ours, theirs) -> None:
    scale = np.abs(theirs).max()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12 * scale)


@pytest.mark.parametrize("driven_by", ["final_demand", "all"])
def test_transfers_and_leakage(pairs, driven_by) -> None:
    small, large, emissions = pairs
    ours, theirs = (ioecon.transfers(*tables, driven_by=driven_by) for tables in (small, large))
    require_equal(ours.last, theirs.last)
    require_equal(ours.change, theirs.change)
    assert ours.residual < 1e-12  # that of (E − A) T = Y too
    k = ioecon.emission_coefficients(large[1], emissions)
    leaked = [ioecon.leakage(moved, k).values for moved in (ours, theirs)]
    require_equal(*leaked)


@pytest.mark.parametrize("outside", [False, True])
def test_accounts(pairs, outside) -> None:
    small, large, emissions = pairs
    tables = [small[0], large[0]]
    if outside:
        tables = [table.within(table.countries[:3]) for table in tables]
    ours, theirs = (ioecon.carbon_accounts(table, emissions) for table in tables)
    for name in ("mrio", "eebt", "routes", "products"):
        require_equal(getattr(ours, name), getattr(theirs, name))
    assert 0 <= ours.misses["(E − A) L F = F, refined from float32"] < 1e-14
    assert not any("float32" in name for name in theirs.misses)


def test_transfer_index(pairs) -> None:
    ours, theirs = (
        ioecon.transfer_index(ioecon.IOSeries(tables), of="foreign_input") for tables in pairs[:2]
    )
    np.testing.assert_allclose(ours.by_country(), theirs.by_country(), rtol=1e-11)
    assert f"Solves in float32, refined to {ours.solve_residual:.1e}" in str(ours)
    assert theirs.solve_residual is None
    assert "float32" not in str(theirs)


@pytest.mark.parametrize("regions", [None, {"AUS": "W"}])
@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_decompose_between(pairs, accounting, regions) -> None:
    small, large, emissions = pairs
    if regions is not None:
        regions = dict.fromkeys(small[0].countries, "rest") | regions
    ours, theirs = (
        ioecon.decompose_between(
            tables[0], tables[0].replace(Z=tables[1].Z, Y=tables[1].Y), emissions, emissions,
            accounting=accounting, regions=regions,
        )
        for tables in (small, large)
    )  # fmt: skip
    require_equal(ours.values, theirs.values)
    # Sums over groups are made in float64, and stay in it.
    assert (ours.solve_residuals is not None) == (regions is None)


def test_views_are_summed_in_double(pairs) -> None:
    small, large, _ = pairs
    inside = small[0].countries[:2]
    ours, theirs = (tables[0].within(inside) for tables in (small, large))
    np.testing.assert_allclose(ours.exports, theirs.exports, rtol=1e-14)
    np.testing.assert_allclose(ours.primary_inputs, theirs.primary_inputs, rtol=1e-14)
    np.testing.assert_array_equal(ours.x, ours.row_sums())


def test_every_computation_refuses_what_is_too_badly_conditioned(pairs) -> None:
    _, large, emissions = pairs
    Z = large[0].Z / large[0].Z.sum(axis=0) * large[0].x
    shares = Z / large[0].x * (1 - 1e-9)
    table = narrow(large[0].replace(Z=shares * large[0].x, Y=large[0].Y * 1e-9, output="row_sums"))
    table = table.replace(printed_output=large[0].x, output="printed")
    for compute in (
        lambda: ioecon.carbon_accounts(table, emissions, tolerance=np.inf),
        lambda: ioecon.transfers(table, table.replace(year=2001), tolerance=np.inf),
    ):
        with pytest.raises(PrecisionError, match="dtype='float64'"):
            compute()
