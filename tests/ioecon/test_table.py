"""IOTable and IOSeries: values with labels that cannot be changed."""

import gc
import pickle
import weakref
from functools import partial

import numpy as np
import pandas as pd
import pytest

from ioecon import IOSeries, IOTable, decompose
from ioecon.errors import LabelError, TableError, UnsoundTableError

TWO = {
    "Z": [[150, 500], [200, 100]],
    "Y": [[200, 150], [800, 900]],
    "countries": ["AUS", "BRA"],
    "sectors": ["all"],
    "categories": ["final"],
    "year": 2005,
}


def test_output_is_the_row_sum_by_default() -> None:
    table = IOTable(**TWO, printed_output=[1000, 2010])
    np.testing.assert_array_equal(table.x, [1000, 2000])


def test_printed_output_on_request() -> None:
    table = IOTable(**TWO, printed_output=[1000, 2010], output="printed")
    np.testing.assert_array_equal(table.x, [1000, 2010])
    with pytest.raises(TableError, match="no printed output"):
        IOTable(**TWO, output="printed")
    with pytest.raises(TableError, match="'row_sums' or 'printed'"):
        IOTable(**TWO, output="columns")


def test_arrays_cannot_be_changed_and_do_not_follow_the_caller() -> None:
    Z = np.array(TWO["Z"], dtype=float)
    table = IOTable(**{**TWO, "Z": Z})
    Z[0, 0] = -1
    assert table.Z[0, 0] == 150
    for array in (table.Z, table.Y, table.x, table.F):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        table.year = 2006


def test_final_demand_by_country_sums_categories(make_table) -> None:
    table = make_table(1, countries=3, sectors=2, categories=2)
    np.testing.assert_allclose(table.F[:, 1], table.Y[:, 2] + table.Y[:, 3])
    assert table.index[3] == ("BRA", "s2")
    assert table.place(3) == "BRA s2"
    assert table.final_demand_place(3) == "BRA y2"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"Z": [[1.0, 2.0]]}, TableError, r"Z of 2005 has shape \(1, 2\)"),
        ({"Y": [[1.0], [2.0]]}, TableError, "Y of 2005 has shape"),
        ({"Z": [["a", 1], [1, 1]]}, TableError, "not numbers"),
        ({"countries": []}, LabelError, "at least one country"),
        ({"sector_names": ["a", "b"]}, LabelError, "2 sector names for 1 sectors"),
        ({"primary_inputs": [[1.0, 1.0]]}, TableError, "primary_inputs has shape"),
    ],
)
def test_labels_and_shapes_must_fit(change: dict, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        IOTable(**{**TWO, **change})


def test_pickle_keeps_everything_and_stays_read_only() -> None:
    table = IOTable(**TWO)
    _ = table.F
    copy = pickle.loads(pickle.dumps(table))
    np.testing.assert_array_equal(copy.Z, table.Z)
    np.testing.assert_array_equal(copy.F, table.F)
    assert copy.countries == table.countries
    assert not copy.Z.flags.writeable


def test_series_is_a_mapping_in_order_of_years() -> None:
    first = IOTable(**TWO)
    series = IOSeries({2006: first.replace(year=2006), 2005: first})
    assert series.years == (2005, 2006)
    assert list(series) == [2005, 2006]
    assert series[2005] is first
    assert series.periods() == ((2005, 2006),)
    with pytest.raises(KeyError, match="2005 to 2006"):
        series[2004]


def test_series_reads_when_needed_and_once() -> None:
    first = IOTable(**TWO)
    reads: list[int] = []

    def load() -> IOTable:
        reads.append(2006)
        return first.replace(year=2006)

    series = IOSeries({2005: first, 2006: load}, labels=first)
    assert reads == []
    assert series[2006] is series[2006]
    assert reads == [2006]


def test_series_refuses_tables_that_cannot_be_compared() -> None:
    first = IOTable(**TWO)
    other = first.replace(year=2006, countries=("AUS", "CHN"))
    with pytest.raises(LabelError, match=r"countries of 2005 and 2006.*BRA.*CHN"):
        IOSeries({2005: first, 2006: other})
    with pytest.raises(LabelError, match="order differs"):
        IOSeries({2005: first, 2006: first.replace(year=2006, countries=("BRA", "AUS"))})
    with pytest.raises(TableError, match="currency of 2005 is 'USD', of 2006 'EUR'"):
        IOSeries({2005: first, 2006: first.replace(year=2006, currency="EUR")})
    basic = first.replace(valuation="basic prices")
    with pytest.raises(TableError, match="valuation of 2005 is 'basic prices', of 2006"):
        IOSeries({2005: basic, 2006: basic.replace(year=2006, valuation="purchasers' prices")})
    assert IOSeries({2005: basic, 2006: first.replace(year=2006)}).years == (2005, 2006)
    with pytest.raises(TableError, match="given for 2007 is of 2006"):
        IOSeries({2005: first, 2007: first.replace(year=2006)})
    with pytest.raises(TableError, match="at least one table"):
        IOSeries({})


def test_periods_are_checked(make_world) -> None:
    series, _ = make_world()
    assert series.periods([(2000, 2002)]) == ((2000, 2002),)
    with pytest.raises(TableError, match="needs a table of 1999"):
        series.periods([(1999, 2001)])
    with pytest.raises(TableError, match="forward in time"):
        series.periods([(2002, 2001)])
    with pytest.raises(TableError, match="end in the same year"):
        series.periods([(2000, 2002), (2001, 2002)])
    with pytest.raises(TableError, match="needs two years"):
        IOSeries({2000: series[2000]}).periods()


def test_table_does_not_follow_what_its_arrays_are_views_of() -> None:
    memory = np.array(TWO["Z"], dtype=float)
    view = memory.view()
    view.setflags(write=False)
    frame = pd.DataFrame(TWO["Y"], dtype=float)
    table = IOTable(**{**TWO, "Z": view, "Y": frame})
    memory[0, 0] = -1
    frame.iloc[0, 0] = -1
    assert (table.Z[0, 0], table.Y[0, 0]) == (150, 200)


def test_array_that_nobody_can_change_is_not_copied() -> None:
    Z = np.array(TWO["Z"], dtype=float)
    Z.setflags(write=False)
    assert IOTable(**{**TWO, "Z": Z}).Z is Z


@pytest.mark.parametrize("year", [2005.5, None, "mid-2005", float("nan")])
def test_year_is_a_whole_number(year: object) -> None:
    with pytest.raises(TableError, match="whole number"):
        IOTable(**{**TWO, "year": year})


def test_complex_flows_are_refused() -> None:
    with pytest.raises(TableError, match="complex"):
        IOTable(**{**TWO, "Z": np.array(TWO["Z"]) * 1j})


def test_table_without_an_inverse_is_named() -> None:
    closed = IOTable(**{**TWO, "Z": [[5, 5], [5, 5]], "Y": np.zeros((2, 2))})
    with pytest.raises(UnsoundTableError, match=r"Table of 2005: .*singular"):
        closed.leontief()


def test_asking_for_a_year_does_not_read_it() -> None:
    def never() -> IOTable:
        raise AssertionError("read")

    series = IOSeries({2005: never}, labels=IOTable(**TWO))
    assert 2005 in series
    assert 2006 not in series


def test_series_that_reads_on_demand_is_pickled_with_its_tables() -> None:
    table = IOTable(**TWO)
    series = IOSeries({2005: lambda: table}, labels=table)
    back = pickle.loads(pickle.dumps(series))
    np.testing.assert_array_equal(back[2005].Z, table.Z)


@pytest.mark.parametrize("periods", [[2000, 2002], [], "all", [(2000, 2001, 2002)], 2001])
def test_periods_that_are_not_pairs_are_refused(make_world, periods: object) -> None:
    series, _ = make_world()
    with pytest.raises(TableError, match=r"periods are pairs"):
        series.periods(periods)


@pytest.mark.parametrize("kind", ["countries", "sectors", "categories"])
@pytest.mark.parametrize(
    ("label", "words"),
    [
        (None, "None in place of a label"),
        (float("nan"), "nan in place of a label"),
        (pd.NA, "<NA> in place of a label"),
        ("A\u202eB", r"U\+202E \(right-to-left override\), which cannot be seen"),
        ("A\u200b", r"U\+200B"),
        ("A\0", r"U\+0000"),
    ],
)
def test_labels_that_are_missing_or_cannot_be_seen(kind, label, words) -> None:
    labels = {"countries": ["AUS"], "sectors": ["a"], "categories": ["f"], kind: [label]}
    with pytest.raises(LabelError, match=f"One of the {kind}.*{words}"):
        IOTable(Z=[[1.0]], Y=[[1.0]], year=2005, **labels)


def test_flows_in_single_precision_stay_so_and_are_summed_in_double():
    rng = np.random.default_rng(3)
    Z = rng.random((4, 4)).astype(np.float32)
    Y = rng.random((4, 2)).astype(np.float32)
    labels = {"countries": ["AAA", "BBB"], "sectors": ["a", "b"], "categories": ["final"]}
    table = IOTable(Z=Z, Y=Y, year=2000, **labels)
    whole = IOTable(Z=Z.astype(float), Y=Y.astype(float), year=2000, **labels)
    assert table.Z.dtype == np.float32
    assert table.Z.nbytes * 2 == whole.Z.nbytes
    np.testing.assert_array_equal(table.x, whole.x)
    np.testing.assert_array_equal(table.F, whole.F)
    y = np.ones(4)
    # Factorised in single precision, and refined to double.
    np.testing.assert_allclose(table.leontief().solve(y), whole.leontief().solve(y), rtol=1e-14)


def test_discrepancies_are_no_use_and_are_told():
    table = IOTable(
        Z=[[1, 2], [3, 4]], Y=[[5, 1], [1, 6]], countries=["AAA", "BBB"], sectors=["a"],
        categories=["final"], year=2000, discrepancies=[0.5, 0.0], printed_output=[9.5, 14.0],
        system="industry × industry", valuation="basic prices",
    )  # fmt: skip
    np.testing.assert_array_equal(table.x, [9.0, 14.0])
    report = table.audit()
    assert "printed_output" not in report
    printed = table.replace(output="printed").audit()
    assert "row_balance" not in printed
    assert "1 rows have discrepancies" in report["discrepancies"].message
    assert "industry × industry, basic prices" in repr(table)
    whole = table.aggregate(regions={"AAA": "W", "BBB": "W"})
    np.testing.assert_array_equal(whole.discrepancies, [0.5])
    np.testing.assert_array_equal(table.within(["BBB"]).discrepancies, [0.0])


@pytest.mark.parametrize("output", ["row_sums", "printed"])
@pytest.mark.parametrize(("value_added", "miss"), [(5.5, None), (5.0, -0.5)])
def test_inputs_pay_for_output_and_its_discrepancy(output, value_added, miss):
    table = IOTable(
        Z=[[1, 2], [3, 4]], Y=[[5, 1], [1, 6]], countries=["AAA", "BBB"], sectors=["a"],
        categories=["final"], year=2000, discrepancies=[0.5, 0.0], printed_output=[9.5, 14.0],
        primary_inputs=[[value_added, 8.0]], primary_labels=["value added"], output=output,
    )  # fmt: skip
    report = table.audit()
    assert ("column_balance" in report) == (miss is not None)
    if miss is not None:
        assert report["column_balance"].size == pytest.approx(miss)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_map_of_a_file_is_taken_as_it_is_if_nobody_can_write_to_it(tmp_path, dtype):
    np.save(tmp_path / "Z.npy", np.ones((2, 2), dtype))
    settings = {"countries": ["A", "B"], "sectors": ["a"], "categories": ["f"], "year": 2005}
    for mode, shared in (("r", True), ("r+", False), ("c", False)):
        Z = np.load(tmp_path / "Z.npy", mmap_mode=mode)
        table = IOTable(Z=Z, Y=np.ones((2, 2)), **settings)
        assert np.shares_memory(table.Z, Z) == shared
        assert type(table.Z) is np.ndarray
        assert not table.Z.flags.writeable


def test_a_view_of_what_can_be_written_to_is_copied():
    memory = bytearray(np.ones((2, 2)).tobytes())
    Z = np.frombuffer(memoryview(memory).toreadonly()).reshape(2, 2)
    table = IOTable(
        Z=Z, Y=np.ones((2, 2)), countries=["A", "B"], sectors=["a"], categories=["f"], year=2005
    )
    memory[:8] = bytes(8)
    assert table.Z[0, 0] == 1.0
    assert table.x[0] == 4.0


def test_a_series_that_reads_on_demand_holds_two_tables_while_it_is_decomposed(
    make_table, monkeypatch
):
    monkeypatch.setattr("ioecon.series._KEPT_BYTES", 0)
    monkeypatch.setattr("ioecon.leontief.RECENT.budget", 0)
    alive: weakref.WeakSet[IOTable] = weakref.WeakSet()
    most = []

    def load(year):
        table = make_table(year, year=year)
        alive.add(table)
        gc.collect()
        most.append(len(alive))
        return table

    years = range(2000, 2006)
    series = IOSeries({year: partial(load, year) for year in years}, labels=make_table(1))
    index = pd.MultiIndex.from_product([series.countries, years], names=["country", "year"])
    decompose(series, pd.Series(1e3, index=index))
    assert len(most) == len(years)
    assert max(most) <= 3  # the one being read beside the two of a period
    assert IOSeries({2000: partial(load, 2000)}).countries == series.countries
    del series
    gc.collect()
    assert len(alive) == 0
