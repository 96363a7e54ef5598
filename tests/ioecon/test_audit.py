"""The audit finds planted faults, with place and size, and repairs none."""

import gc
import weakref

import numpy as np
import pytest

from ioecon import IOTable, read_series
from ioecon.audit import _inputs_die_out, audit, sound_table
from ioecon.errors import LabelError, RoundingWarning, UnsoundTableError


def changed(table: IOTable, array: str, spot: tuple[int, ...], value: float, **more) -> IOTable:
    values = getattr(table, array).copy()
    values[spot] = value
    return table.replace(**{array: values}, **more)


@pytest.fixture
def table(make_table) -> IOTable:
    return make_table(11)


def test_clean_table_has_no_findings(table: IOTable) -> None:
    report = table.audit()
    assert report.findings == ()
    assert report.ok
    assert "nothing to report" in str(report)
    assert sound_table(table) is table


@pytest.mark.parametrize(
    ("array", "spot", "value", "check", "severity", "place"),
    [
        ("Z", (1, 2), np.nan, "non_finite", "error", "AUS s2 → AUS s3"),
        ("Y", (5, 3), np.inf, "non_finite", "error", "BRA s2 → BRA y2"),
        ("Z", (0, 7), -4.0, "negative_Z", "warning", "AUS s1 → BRA s4"),
        ("Y", (2, 2), -3.0, "negative_Y", "note", "AUS s3 → BRA y1"),
        ("Y", (6, 1), -1e6, "negative_output", "error", "BRA s3"),
        ("Z", (2, 3), 1e7, "column_sums", "error", "AUS s4"),
    ],
)
def test_planted_fault_is_found(table, array, spot, value, check, severity, place) -> None:
    faulty = changed(table, array, spot, value)
    finding = faulty.audit()[check]
    assert finding.severity in (severity, "error")
    assert finding.place == place
    assert place.split(" → ")[0] in finding.message
    places = faulty.audit().places
    assert place in set(places.loc[places["check"] == check, "place"])
    spotted = getattr(faulty, array)[spot]
    assert np.isnan(spotted) if np.isnan(value) else spotted == value  # nothing repaired


def test_sector_without_output(table: IOTable) -> None:
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[4], Y[4], Z[:, 4] = 0, 0, 0
    idle = table.replace(Z=Z, Y=Y)
    assert idle.audit()["zero_output"].place == "BRA s1"
    assert idle.audit().ok
    Z[2, 4] = 5.0
    stray = table.replace(Z=Z, Y=Y)
    finding = stray.audit()["inputs_without_output"]
    assert (finding.place, finding.size, finding.severity) == ("BRA s1", 5.0, "error")
    with pytest.raises(UnsoundTableError, match=r"Table of 2000.*no output.*5 at BRA s1"):
        sound_table(stray)


def test_inputs_without_output_within_tolerance_become_final_use(table: IOTable) -> None:
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[4], Y[4], Z[:, 4] = 0, 0, 0
    Z[2, 4] = 1e-4
    stray = table.replace(Z=Z, Y=Y)
    with pytest.warns(RoundingWarning, match="BRA s1"):
        carried = sound_table(stray)
    np.testing.assert_array_equal(carried.x, stray.x)
    assert carried.Z[2, 4] == 0
    assert carried.F[2, 1] == pytest.approx(stray.F[2, 1] + 1e-4, rel=1e-12)
    assert stray.Z[2, 4] == 1e-4  # the table itself is untouched
    with pytest.raises(UnsoundTableError):
        sound_table(stray, tolerance=0)


def test_negative_output_beyond_rounding_is_refused(table: IOTable) -> None:
    faulty = changed(table, "Y", (6, 1), -1e6)
    with pytest.raises(UnsoundTableError, match="negative output"):
        sound_table(faulty)


def test_column_sum_of_one_or_more_is_refused_beyond_rounding(table: IOTable) -> None:
    # A sector that buys half as much again as it sells.
    Z = table.Z.copy()
    Z[:, 3] *= 1.5 * table.x[3] / Z[:, 3].sum()
    greedy = table.replace(Z=Z)
    assert greedy.audit()["column_sums"].severity == "error"
    with pytest.raises(UnsoundTableError, match="AUS s4"):
        sound_table(greedy)


def test_unproductive_table_is_refused_at_any_tolerance() -> None:
    table = IOTable(
        Z=[[0, 12], [12, 0]], Y=[[-2, 0], [0, -2]], countries=["AUS", "BRA"],
        sectors=["all"], categories=["final"], year=2005,
    )  # fmt: skip
    assert "productive" in table.audit()
    with pytest.raises(UnsoundTableError, match="not productive"):
        sound_table(table, tolerance=np.inf)


@pytest.mark.parametrize("array", ["Z", "Y"])
def test_nan_is_refused_with_its_place(table: IOTable, array: str) -> None:
    faulty = changed(table, array, (9, 1), np.nan)
    with pytest.raises(UnsoundTableError, match="CHN s2"):
        sound_table(faulty, tolerance=np.inf)


def test_duplicate_and_missing_labels(table: IOTable) -> None:
    twice = table.replace(countries=("AUS", "AUS", "CHN"))
    assert twice.audit()["duplicate_labels"].place == "AUS"
    with pytest.raises(LabelError, match="AUS"):
        sound_table(twice)
    unnamed = table.replace(sectors=("s1", "", "s3", "s4"))
    assert unnamed.audit()["missing_labels"].place == "2"
    with pytest.raises(LabelError, match="position 2"):
        sound_table(unnamed)


def test_printed_output_is_compared_with_row_sums(table: IOTable) -> None:
    printed = table.x.copy()
    printed[5] += 7.0
    finding = table.replace(printed_output=printed).audit()["printed_output"]
    assert (finding.place, finding.count) == ("BRA s2", 1)
    assert finding.size == pytest.approx(7.0)
    used = table.replace(printed_output=printed, output="printed")
    assert used.audit()["row_balance"].size == pytest.approx(7.0)


def test_columns_are_checked_against_primary_inputs(table: IOTable) -> None:
    value_added = table.x - table.Z.sum(axis=0)
    balanced = table.replace(primary_inputs=value_added[None], primary_labels=("value added",))
    assert "column_balance" not in balanced.audit()
    value_added[7] -= 3.0
    off = table.replace(primary_inputs=value_added[None], primary_labels=("value added",))
    assert off.audit()["column_balance"].place == "BRA s4"


def test_report_escapes_labels(table: IOTable) -> None:
    named = table.replace(countries=("<b>", "BRA", "CHN"))
    html = changed(named, "Z", (0, 0), -1.0).audit()._repr_html_()
    assert "<b>" not in html.replace("<b>AUS", "")
    assert "&lt;b&gt;" in html


def test_audit_of_wiod_2013_rounding(data_root) -> None:
    """What the audit says of the published 2002 table, known from looking at it."""
    series = read_series(data_root / "wiod2013", format="wiod2013-rdata", years=[2002])
    report = series[2002].audit()
    assert report.ok
    assert report["inputs_without_output"].place == "LVA c24"
    assert report["inputs_without_output"].size == 1.0
    assert report["column_sums"].count == 3
    assert report["zero_output"].count == 21
    assert abs(report["printed_output"].size) == 98.0
    assert report["negative_Y"].count == 381


def test_closed_table_is_not_productive() -> None:
    """Every column of A sums to one: rounding leaves the singular matrix an inverse of 1e16."""
    closed = IOTable(
        Z=np.full((6, 6), 5.0),
        Y=np.zeros((6, 3)),
        countries=["AUS", "BRA", "CHN"],
        sectors=["s1", "s2"],
        categories=["y"],
        year=2000,
    )
    assert "productive" in closed.audit()


def test_moved_inputs_are_moved_once(table: IOTable) -> None:
    """The same table comes back, so that its factorisation is found again."""
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[1] = Y[1] = 0.0
    Z[:, 1] = 0.0
    Z[0, 1] = 1e-4
    stray = table.replace(Z=Z, Y=Y)
    with pytest.warns(RoundingWarning, match="inputs but no output"):
        carried = sound_table(stray)
    assert sound_table(stray) is carried
    with pytest.raises(UnsoundTableError, match="larger tolerance"):
        sound_table(stray, tolerance=0)


def test_missing_numbers_that_nothing_is_computed_from_are_warnings(table: IOTable) -> None:
    primary = np.stack([table.x - table.Z.sum(axis=0), np.zeros(table.n)])
    primary[0, 3] = np.nan
    printed = table.x.copy()
    printed[1] = np.nan
    report = table.replace(
        primary_inputs=primary, primary_labels=("value added", "taxes"), printed_output=printed
    ).audit()
    assert report.ok
    assert report["non_finite_primary"].message == (
        "1 values of primary inputs are not finite numbers, the first at primary inputs of AUS s4."
    )
    assert report["non_finite_printed"].place == "printed output of AUS s2"
    assert "column_balance" not in report


@pytest.mark.parametrize("tolerance", [np.nan, -1, "much"])
def test_tolerance_is_a_share(table: IOTable, tolerance: object) -> None:
    with pytest.raises(UnsoundTableError, match="share of world output"):
        sound_table(table, tolerance=tolerance)


def test_what_a_computation_asks_of_a_table_says_what_the_audit_says():
    table = IOTable(
        Z=[[4, 3, 0], [2, 1, 5e-6], [0, 0, 0]], Y=[[1], [9], [0]], countries=["AUS"],
        sectors=["a", "b", "c"], categories=["final"], year=2005, printed_output=[8, 12, 0],
    )  # fmt: skip
    report = audit(table)
    with pytest.warns(RoundingWarning) as caught:
        moved = sound_table(table)
    assert report["inputs_without_output"].message in str(caught[0].message)
    assert sound_table(table) is moved  # one object, as long as it is used
    assert not moved.Z[:, 2].any()
    np.testing.assert_allclose(moved.x, table.x, rtol=1e-15)


def test_tables_with_inputs_moved_stay_no_longer_than_factorisations(monkeypatch):
    monkeypatch.setattr("ioecon.leontief.RECENT.budget", 0)
    table = IOTable(
        Z=[[4, 3e-7], [0, 0]], Y=[[1], [0]], countries=["AUS"], sectors=["a", "b"],
        categories=["final"], year=2005,
    )  # fmt: skip
    with pytest.warns(RoundingWarning):
        moved = sound_table(table)
    gone = weakref.ref(moved)
    del moved
    gc.collect()
    assert gone() is None
    np.testing.assert_array_equal(sound_table(table).Z, [[4, 0], [0, 0]])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_products_with_a_vector_tell_what_a_factorisation_tells(dtype, monkeypatch):
    monkeypatch.setattr("ioecon.audit._STRIP", 3)
    rng = np.random.default_rng(8)
    told = []
    for _ in range(60):
        n = 8
        A = rng.random((n, n)) * (rng.random((n, n)) < 0.4) * rng.uniform(0.1, 0.9)
        Z, x = A.astype(dtype), np.ones(n)
        known = np.abs(np.linalg.eigvals(Z.astype(float))).max() < 1
        if _inputs_die_out(Z, x, Z.min()):
            assert known
            told.append((Z.sum(axis=0) > 1).any())
        assert not _inputs_die_out(
            -Z - 1e-9, x, (-Z - 1e-9).min()
        )  # signs are left to the factorisation
    assert sum(told) > 10


def test_a_column_that_sums_to_more_than_one_needs_no_factorisation(monkeypatch):
    monkeypatch.setattr("ioecon.table.Leontief", None)
    table = IOTable(
        Z=[[1, 0, 0], [6, 10, 8], [6, 8, 10]], Y=[[9], [76], [76]], countries=["AUS"],
        sectors=["a", "b", "c"], categories=["final"], year=2005,
    )  # fmt: skip
    with pytest.warns(RoundingWarning, match="1 columns of A sum to one or more"):
        assert sound_table(table, tolerance=0.1) is table
