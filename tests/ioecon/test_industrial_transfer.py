"""Industrial-transfer index: hand-worked numbers, plain reading, identities."""

import numpy as np
import pandas as pd
import pytest

from ioecon import IOSeries, IOTable, transfer_index
from ioecon.errors import TableError
from ioecon.industrial_transfer import foreign_input


def with_output(year: int, x: list[float], countries=("AUS", "BRA")) -> IOTable:
    """Table without intermediate flows, so that output is final demand."""
    n = len(x)
    Y = np.zeros((n, len(countries)))
    Y[:, 0] = x
    return IOTable(
        Z=np.zeros((n, n)), Y=Y, countries=countries, categories=["y"], year=year,
        sectors=[f"s{i + 1}" for i in range(n // len(countries))],
    )  # fmt: skip


def test_hand_worked() -> None:
    """AUS grows 10% and 20%, BRA 30% and −50%, on the same base of 100."""
    series = IOSeries(
        {
            2000: with_output(2000, [100, 100, 100, 100]),
            2001: with_output(2001, [110, 120, 130, 50]),
        }
    )
    detail = transfer_index(series).by_sector()
    np.testing.assert_allclose(detail["growth"], [0.1, 0.2, 0.3, -0.5])
    np.testing.assert_allclose(detail["world_growth"], [0.2, -0.15, 0.2, -0.15])
    index = transfer_index(series).by_country()["iti"]
    assert index["AUS", 2001] == pytest.approx(110 / 230 * -0.1 + 120 / 230 * 0.35)
    assert index["BRA", 2001] == pytest.approx(130 / 180 * 0.1 + 50 / 180 * -0.35)


def test_growth_is_per_year() -> None:
    series = IOSeries({2000: with_output(2000, [100, 100]), 2004: with_output(2004, [160, 100])})
    growth = transfer_index(series).by_sector()["growth"]
    assert growth["AUS", "s1", 2004] == pytest.approx(1.6**0.25 - 1)


def test_sectors_without_a_growth_rate_contribute_nothing_and_are_counted() -> None:
    series = IOSeries(
        {2000: with_output(2000, [100, 0, 100, 100]), 2001: with_output(2001, [110, 40, 90, 0])}
    )
    index = transfer_index(series)
    assert index.left_out.to_dict() == {("AUS", 2001): 1, ("BRA", 2001): 0}
    assert np.isnan(index.by_sector().loc[("AUS", "s2", 2001), "iti"])
    assert index.by_country()["iti"]["AUS", 2001] == pytest.approx(110 / 150 * (0.1 - 0.0))
    assert "1 of 4 sector growth rates are undefined" in str(index)


def test_one_country_has_no_transfer(make_world) -> None:
    series, _ = make_world(countries=1)
    for of in ("output", "foreign_input"):
        np.testing.assert_allclose(transfer_index(series, of=of).by_country(), 0, atol=1e-12)


def test_foreign_input_agrees_with_the_inverse(make_table) -> None:
    table = make_table(21, countries=3, sectors=4)
    L = np.linalg.inv(np.eye(table.n) - table.Z / table.x)
    V = (L - np.eye(table.n)) * table.x
    for c in range(3):
        V[4 * c : 4 * c + 4, 4 * c : 4 * c + 4] = 0
    np.testing.assert_allclose(foreign_input(table), V.sum(axis=0), rtol=1e-10)


def test_foreign_index_is_the_index_of_foreign_input(make_world) -> None:
    series, _ = make_world(seed=22)
    y = np.stack([foreign_input(table) for table in series.values()])
    given = transfer_index(series, of=y, weights="own").by_country()
    pd.testing.assert_frame_equal(transfer_index(series, of="foreign_input").by_country(), given)
    assert not np.allclose(given, transfer_index(series, of=y).by_country())


def test_given_numbers(make_world) -> None:
    series, _ = make_world(seed=23)
    ours = transfer_index(series).by_country()
    outputs = np.stack([table.x for table in series.values()])
    pd.testing.assert_frame_equal(ours, transfer_index(series, of=outputs).by_country())
    frame = pd.DataFrame(outputs.T, index=series[2000].index, columns=list(series.years))
    shuffled = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(ours, transfer_index(series, of=shuffled).by_country())
    with pytest.raises(TableError, match="columns of the array of given numbers lack 2002"):
        transfer_index(series, of=frame.drop(columns=2002))
    with pytest.raises(TableError, match="rows of the array of given numbers lack AUS s2"):
        transfer_index(series, of=frame.drop(("AUS", "s2")))
    with pytest.raises(TableError, match=r"call for \(3, 12\)"):
        transfer_index(series, of=outputs[:, :5])
    with pytest.raises(ValueError, match="'output', 'foreign_input'"):
        transfer_index(series, of="value added")
    with pytest.raises(ValueError, match="'own' or 'output'"):
        transfer_index(series, weights="equal")


def test_currency_does_not_matter(make_world) -> None:
    series, _ = make_world(seed=24)
    dear = IOSeries({y: t.replace(Z=t.Z * 3, Y=t.Y * 3) for y, t in series.items()})
    for of in ("output", "foreign_input"):
        pd.testing.assert_frame_equal(
            transfer_index(series, of=of).by_country(), transfer_index(dear, of=of).by_country()
        )


def test_gap_of_one_country_is_not_growth_of_the_world() -> None:
    series = IOSeries({year: with_output(year, [1.0, 1.0]) for year in (2000, 2001)})
    detail = transfer_index(series, of=[[np.nan, 10.0], [30.0, 12.0]])
    frame = detail.by_sector().xs(2001, level="year").droplevel("sector")
    np.testing.assert_allclose(frame["world_growth"], 0.2)  # of BRA, the only one that is known
    assert np.isnan(frame["iti"]["AUS"])
    assert frame["iti"]["BRA"] == pytest.approx(0)
    assert detail.left_out.tolist() == [1, 0]


def test_given_numbers_twice_or_infinite_are_refused() -> None:
    series = IOSeries({year: with_output(year, [1.0, 1.0]) for year in (2000, 2001)})
    frame = pd.DataFrame({2000: [1.0, 2.0], 2001: [1.0, 2.0]}, index=series[2000].index)
    with pytest.raises(TableError, match="AUS s1 more than once"):
        transfer_index(series, of=pd.concat([frame, frame.iloc[:1]]))
    with pytest.raises(TableError, match="BRA s1 in 2001 is infinite"):
        transfer_index(series, of=frame.replace({2001: {2.0: np.inf}}))
