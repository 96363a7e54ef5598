"""Carbon transfer and weak leakage: plain reading, identities, published arithmetic, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioecon import carbon_transfer, emission_coefficients, leakage, transfers
from ioecon.errors import ArgumentError, EmissionsError


def test_plain_reading(make_pair, make_coefficients) -> None:
    pair = make_pair(6)
    moved = transfers(*pair)
    k = make_coefficients(pair[0])
    carbon, leaked = carbon_transfer(moved, k), leakage(moved, k)
    regions, sectors = moved.regions, moved.sectors
    change = moved.change
    for J, j in enumerate(regions):
        for K, kk in enumerate(regions):
            M = sum(
                k[j, s] * change[J, S, K] - k[kk, s] * change[K, S, J]
                for S, s in enumerate(sectors)
            )
            assert carbon.net_matrix().loc[j, kk] == pytest.approx(M, abs=1e-9)
            Lambda = sum(
                (change[K, S, J] - change[J, S, K]) * (k[kk, s] - k[j, s])
                for S, s in enumerate(sectors)
            )
            assert leaked.matrix().loc[j, kk] == pytest.approx(Lambda, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), countries=st.integers(1, 5), sectors=st.integers(1, 4))
def test_identities(make_pair, make_coefficients, seed, countries, sectors) -> None:
    pair = make_pair(seed, countries=countries, sectors=sectors)
    moved = transfers(*pair, driven_by="all")
    k = make_coefficients(pair[0], seed)
    carbon, leaked = carbon_transfer(moved, k), leakage(moved, k)
    net, scale = carbon.net_matrix().to_numpy(), np.abs(carbon.change).sum() + 1
    np.testing.assert_array_equal(net, -net.T)
    assert abs(carbon.net().sum()) < 1e-9 * scale
    matrix = leaked.matrix().to_numpy()
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9 * scale)
    assert leaked.total == pytest.approx(np.triu(matrix).sum(), abs=1e-9 * scale)
    assert leaked.by_sector().sum() == pytest.approx(leaked.total, abs=1e-9 * scale)
    assert leaked.by_region().sum() == pytest.approx(2 * leaked.total, abs=1e-9 * scale)
    assert leaked.pairs()["leakage"].sum() == pytest.approx(leaked.total, abs=1e-9 * scale)
    # Everything driven adds up to what each region emits (table 5 of the paper).
    emitted = (k.to_numpy() * pair[1].x).reshape(countries, -1).sum(axis=1)
    np.testing.assert_allclose(carbon.by_region()["total_2007"], emitted, rtol=1e-9)


def test_same_coefficients_everywhere_leak_nothing(make_pair) -> None:
    pair = make_pair(7)
    moved = transfers(*pair)
    k = pd.Series(2.0, index=pair[0].index)
    assert np.abs(leakage(moved, k).values).max() == 0
    np.testing.assert_allclose(carbon_transfer(moved, k).net(), 2 * moved.net())


def test_pairs_name_who_gained(make_pair, make_coefficients) -> None:
    pair = make_pair(8)
    moved = transfers(*pair)
    pairs = leakage(moved, make_coefficients(pair[0])).pairs()
    assert (pairs["moved"] >= 0).all()
    net = moved.net_matrix()
    for row in pairs.to_dict("records"):
        assert net.loc[row["to"], row["from"]] == pytest.approx(row["moved"])


def test_coefficients_of_each_year(make_pair, make_coefficients) -> None:
    pair = make_pair(9)
    moved = transfers(*pair)
    first, last = make_coefficients(pair[0], 1), make_coefficients(pair[0], 2)
    both = pd.concat({2002: first, 2007: last}, names=["year"]).reorder_levels([1, 2, 0])
    carbon = carbon_transfer(moved, both)
    np.testing.assert_allclose(
        carbon.change,
        last.to_numpy().reshape(3, 4, 1) * moved.last
        - first.to_numpy().reshape(3, 4, 1) * moved.first,
    )
    np.testing.assert_allclose(leakage(moved, both).values, leakage(moved, last).values)
    np.testing.assert_allclose(
        leakage(moved, both, at="first").values, leakage(moved, first).values
    )
    with pytest.raises(EmissionsError, match="no emission coefficients for 2007"):
        carbon_transfer(moved, both[both.index.get_level_values(2) == 2002])
    with pytest.raises(ArgumentError, match="'last' or 'first'"):
        leakage(moved, both, at="middle")


def test_coefficients_as_a_frame_either_way_round(make_pair, make_coefficients) -> None:
    pair = make_pair(10)
    moved = transfers(*pair)
    k = make_coefficients(pair[0])
    frame = pd.DataFrame(
        k.to_numpy().reshape(3, 4), index=list(moved.regions), columns=list(moved.sectors)
    )
    for given_frame in (frame, frame.T, frame.iloc[::-1, ::-1]):
        np.testing.assert_allclose(
            carbon_transfer(moved, given_frame).last, carbon_transfer(moved, k).last
        )


def test_coefficients_from_emissions(make_world) -> None:
    series, emissions = make_world()
    k = emission_coefficients(series[2001], emissions)
    totals = (k * series[2001].x).groupby(level="region").sum()
    for country in series.countries:
        assert totals[country] == pytest.approx(emissions[country, 2001])


def test_bad_coefficients(make_pair, make_coefficients) -> None:
    pair = make_pair()
    moved = transfers(*pair)
    k = make_coefficients(pair[0])
    with pytest.raises(EmissionsError, match="1 emission coefficients are missing: BRA s2"):
        carbon_transfer(moved, k.drop(("BRA", "s2")))
    with pytest.raises(EmissionsError, match="missing: CHN s1, CHN s2"):
        leakage(moved, k.drop("CHN", level=0))
    negative = k.copy()
    negative["AUS", "s3"] = -1.0
    with pytest.raises(EmissionsError, match="negative: AUS s3"):
        leakage(moved, negative)
    with pytest.raises(EmissionsError, match="stands twice"):
        leakage(moved, pd.concat([k, k.iloc[:1]]))
    with pytest.raises(EmissionsError, match="must be numbers"):
        leakage(moved, k.astype(str))
    with pytest.raises(EmissionsError, match=r"Series indexed \(region, sector\)"):
        leakage(moved, k.droplevel(0))
    with pytest.raises(EmissionsError, match=r"Series indexed \(region, sector\)"):
        leakage(moved, {2002: k, 2007: k})  # type: ignore[arg-type]
    with pytest.raises(EmissionsError, match="pass the Transfers of output"):
        leakage(carbon_transfer(moved, k), k)
    with pytest.raises(EmissionsError, match="pass the Transfers of output"):
        carbon_transfer(carbon_transfer(moved, k), k)


def test_units_of_coefficients_and_flows_must_fit(make_pair, make_coefficients) -> None:
    pair = make_pair()
    moved = transfers(*pair)
    k = make_coefficients(pair[0])
    assert carbon_transfer(moved, k).unit == "kt"
    assert leakage(moved, k, unit="Mt").unit == "Mt"
    k.attrs["unit"] = "t per million USD"
    assert carbon_transfer(moved, k).unit == "t"
    with pytest.raises(EmissionsError, match="give t, not kt"):
        carbon_transfer(moved, k, unit="kt")
    k.attrs["unit"] = "t per 100 million yuan"
    with pytest.raises(EmissionsError, match="per 100 million yuan, the flows in million USD"):
        leakage(moved, k)
