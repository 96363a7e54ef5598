"""Periods solved by several processes: results, warnings and errors of one, tables by reference."""

import io
import pickle
import sys
import warnings
from contextlib import contextmanager
from functools import partial
from itertools import chain, pairwise

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOSeries, IOTable, decompose
from ioecon.decomposition import backends, chunks, periods
from ioecon.emissions import Account
from ioecon.errors import (
    ArgumentError,
    BackendError,
    EmissionsError,
    PrecisionError,
    ReadError,
    RoundingWarning,
    UnsoundTableError,
)
from ioecon.leontief import Leontief
from ioecon.threads import one_thread

YEARS = tuple(range(2000, 2007))


class Pickled:
    """A backend that sends everything through pickles, in this process."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    @contextmanager
    def open(self, most):
        def call(function, tasks):
            answers = []
            for task in tasks:
                content = pickle.dumps((function, task))
                self.sent.append(len(content))
                work, given = pickle.loads(content)
                answers.append(pickle.loads(pickle.dumps(work(given))))
            return answers

        yield backends.Workers(most, call)


@pytest.fixture
def pickled(monkeypatch):
    backend = Pickled()
    monkeypatch.setitem(backends.BACKENDS, "pickled", backend.open)
    return backend


def require_same(one, several) -> None:
    for name in ("values", "row_changes", "residuals"):
        assert np.array_equal(getattr(one, name), getattr(several, name)), name
    if one.solve_residuals is None:
        assert several.solve_residuals is None
    else:
        assert np.array_equal(one.solve_residuals, several.solve_residuals)
    assert one.periods == several.periods
    pd.testing.assert_frame_equal(one.by_country(), several.by_country(), check_exact=True)


def in_single(series: IOSeries) -> IOSeries:
    return IOSeries(
        {
            year: table.replace(Z=table.Z.astype("float32"), Y=table.Y.astype("float32"))
            for year, table in series.items()
        }
    )


def fresh(series: IOSeries) -> IOSeries:
    """The same tables as new objects, which nobody was warned about."""
    return IOSeries({year: table.replace() for year, table in series.items()})


@pytest.mark.parametrize("n_jobs", [2, 3, 20])
@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
@pytest.mark.parametrize(
    "periods",
    [
        None,
        [(2001, 2006), (2000, 2004), (2003, 2005), (2000, 2001), (2001, 2003), (2002, 2002 + 0)][
            :5
        ],
        [(2000, 2003), (2000, 2001), (2000, 2006), (2001, 2002)],
    ],
    ids=["consecutive", "overlapping", "of one base year"],
)
def test_results_are_those_of_one_process(
    make_world, pickled, periods, single, accounting, n_jobs
) -> None:
    series, emissions = make_world(seed=3, years=YEARS)
    if single:
        series = in_single(series)
    options = {"accounting": accounting, "periods": periods}
    several = decompose(fresh(series), emissions, n_jobs=n_jobs, backend="pickled", **options)
    require_same(decompose(series, emissions, **options), several)
    assert len(pickled.sent) == min(n_jobs, len({first for first, _ in several.periods}))


@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
@pytest.mark.parametrize("model", ["trade_technology", "demand_categories"])
def test_other_models_are_those_of_one_process(make_world, pickled, model, single) -> None:
    series, emissions = make_world(seed=3, years=YEARS, countries=5, sectors=7)
    if single:
        series = in_single(series)
    people = emissions.abs() + 1.0
    options = {
        "model": model,
        "method": "shapley",
        "variables": {"population": people},
        "periods": [(2000, 2001), (2001, 2002), (2000, 2005), (2002, 2003), (2003, 2006)],
    }
    one = decompose(series, emissions, **options)
    several = decompose(fresh(series), emissions, n_jobs=3, backend="pickled", **options)
    require_same(one, several)
    assert np.array_equal(one.states, several.states)


@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
def test_last_bits_are_the_same_where_columns_are_solved_in_other_company(
    make_world, pickled, single
) -> None:
    series, emissions = make_world(years=(2000, 2001, 2002), countries=11, sectors=41)
    if single:
        series = in_single(series)
    one = decompose(series, emissions)
    require_same(one, decompose(series, emissions, n_jobs=2, backend="pickled"))
    # Without regard for the company, they differ here.
    system, table = series[2001].leontief(), series[2001]
    both = system.solve(np.hstack([table.F, series[2002].F]))
    assert single or not np.array_equal(both[:, 11:], system.solve(series[2002].F))


def test_no_year_is_factorised_more_than_twice(make_world, pickled, monkeypatch) -> None:
    series, emissions = make_world(years=YEARS)
    made = []
    plain = Leontief.__init__

    def counting(self, Z, x, **settings) -> None:
        made.append(x.tobytes())
        plain(self, Z, x, **settings)

    monkeypatch.setattr(Leontief, "__init__", counting)
    decompose(series, emissions, n_jobs=3, backend="pickled")
    assert len(made) == len(YEARS) + 2  # two years border two chunks
    assert max(map(made.count, made)) == 2
    pairs = [(a, b) for a in YEARS for b in YEARS if a < b][::2]
    for jobs in (2, 3, 9):
        cut = chunks.cut_periods(pairs, jobs)
        assert sorted(chain(*cut)) == list(range(len(pairs)))
        bases = [{pairs[position][0] for position in part} for part in cut]
        assert all(max(one) < min(other) for one, other in pairwise(bases))


def test_tables_are_sent_by_reference(make_world, pickled, tmp_path, monkeypatch) -> None:
    series, emissions = make_world(years=YEARS, countries=6, sectors=30)
    one = decompose(series, emissions)
    require_same(one, decompose(series, emissions, n_jobs=2, backend="pickled"))
    assert max(pickled.sent) < series[2000].Z.nbytes / 10
    stored = ioecon.read_series(ioecon.write_series(series, tmp_path / "world"), format="ioecon")
    monkeypatch.setattr(
        "ioecon.store.references.write_array_file", lambda *_: pytest.fail("written again")
    )
    require_same(one, decompose(stored, emissions, n_jobs=2, backend="pickled"))


def test_a_table_replaced_in_its_store_is_written_again(make_world, pickled, tmp_path) -> None:
    series, emissions = make_world(years=YEARS, countries=6, sectors=30)
    place = ioecon.write_series(series, tmp_path / "world")
    stored = ioecon.read_series(place, format="ioecon")
    one = decompose(stored, emissions)
    ioecon.write_series(make_world(seed=2, years=YEARS)[0], place, overwrite=True)
    require_same(one, decompose(stored, emissions, n_jobs=2, backend="pickled"))


def said(work) -> tuple[list[tuple[type, str, str, int]], str]:
    """Warnings in order with their files, and the error, of a decomposition."""
    error = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            work()
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    return [(each.category, str(each.message), each.filename) for each in caught], error


def with_stray_inputs(table: IOTable) -> IOTable:
    """The last sector has no output and a tiny input."""
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[-1], Y[-1] = 0, 0
    Z[:, -1] = 0
    Z[0, -1] = 1e-8 * table.year / 2000
    return table.replace(Z=Z, Y=Y)


def account_of(series: IOSeries) -> Account:
    index = pd.MultiIndex.from_product(
        [series.countries, series.sectors, series.years], names=["country", "sector", "year"]
    )
    rng = np.random.default_rng(2)
    values = pd.Series(rng.uniform(1, 9, len(index)), index=index)
    return Account(values)


def load_with_warning(table: IOTable):
    def load() -> IOTable:
        warnings.warn(f"Reading {table.year}.", UserWarning, stacklevel=1)
        return table

    return load


@pytest.mark.parametrize("periods", [None, [(2002, 2006), (2000, 2004), (2001, 2003)]])
def test_warnings_come_once_and_in_order(make_world, pickled, periods) -> None:
    series, _ = make_world(years=YEARS)
    tables = {year: with_stray_inputs(table) for year, table in series.items()}

    def lazily() -> IOSeries:
        copies = {year: table.replace() for year, table in tables.items()}
        loaders = {year: load_with_warning(table) for year, table in copies.items()}
        return IOSeries(loaders, labels=copies[2000])

    account = account_of(series)
    options = {"periods": periods, "without_output": "leave_out", "accounting": "satellite"}
    first, second = lazily(), lazily()
    one = said(lambda: decompose(first, account, **options))
    several = said(lambda: decompose(second, account, **options, n_jobs=3, backend="pickled"))
    assert several == one
    kinds = [category for category, _, _ in one[0]]
    assert kinds.count(UserWarning) == kinds.count(RoundingWarning) == (7 if periods is None else 6)
    assert {file for category, _, file in one[0] if category is RoundingWarning} == {__file__}
    # A table is warned about once, however it is used.
    again = said(lambda: decompose(second, account, **options, n_jobs=2, backend="pickled"))
    assert again == said(lambda: decompose(first, account, **options))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RoundingWarning)
        with pytest.raises(RoundingWarning, match="Table of 2000" if not periods else "2000"):
            decompose(fresh(IOSeries(tables)), account, **options, n_jobs=2, backend="pickled")


def break_table(table: IOTable) -> IOTable:
    Z = table.Z.copy()
    Z[0, 0] = np.nan
    return table.replace(Z=Z)


def refuse() -> IOTable:
    raise ReadError("The file of 2005 is truncated.")


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({2003: break_table}, UnsoundTableError),
        ({2006: break_table, 2001: break_table}, UnsoundTableError),
        ({2005: None}, ReadError),
        ({2005: None, 2002: break_table}, UnsoundTableError),
        ({2005: None, 2006: break_table}, ReadError),
        (
            {2004: lambda table: table.replace(price_basis="constant 1995")},
            ioecon.errors.TableError,
        ),
        ({2003: lambda table: table.replace(exports=np.ones(table.n))}, ioecon.errors.TableError),
        ({2002: with_stray_inputs}, EmissionsError),
    ],
)
@pytest.mark.parametrize(
    "periods", [None, [(2002, 2006), (2000, 2004), (2001, 2003), (2004, 2005)]]
)
def test_errors_are_those_of_one_process(make_world, pickled, broken, error, periods) -> None:
    series, _ = make_world(years=YEARS)
    account = account_of(series)

    def spoil() -> IOSeries:
        tables: dict = {year: table.replace() for year, table in series.items()}
        for year, change in broken.items():
            tables[year] = refuse if change is None else change(tables[year])
        return IOSeries(tables, labels=series[2000])

    one = said(lambda: decompose(spoil(), account, periods=periods))
    for jobs in (2, 4):
        options = {"periods": periods, "n_jobs": jobs, "backend": "pickled"}
        assert said(partial(decompose, spoil(), account, **options)) == one
    if periods is None:
        assert one[1].startswith(error.__name__)


@pytest.mark.parametrize("broken", [2002, 2006, None])
def test_an_error_of_a_solve_waits_for_years_before_it(
    make_world, pickled, monkeypatch, broken
) -> None:
    """The process of 2000 and 2001 solves 2003; the other one starts with 2002 and its 2006."""
    series, emissions = make_world(years=YEARS)
    plain = periods.solve_year

    def solve_unless_2003(Z, *arguments) -> None:
        if np.array_equal(Z, series[2003].Z):
            raise PrecisionError("2003 cannot be solved.")
        plain(Z, *arguments)

    monkeypatch.setattr(periods, "solve_year", solve_unless_2003)
    tables = {**series} | ({} if broken is None else {broken: break_table(series[broken])})
    pairs = [(2002, 2006), (2000, 2004), (2001, 2003), (2004, 2005)]
    for options in ({}, {"n_jobs": 2, "backend": "pickled"}):
        with pytest.raises(
            PrecisionError if broken is None else UnsoundTableError, match=str(broken or 2003)
        ):
            decompose(IOSeries(tables, labels=series[2000]), emissions, periods=pairs, **options)


@pytest.mark.parametrize("n_jobs", [0, -2, 1.5, True, "2"])
def test_a_number_of_processes_is_a_number(make_world, n_jobs) -> None:
    with pytest.raises(ArgumentError, match="n_jobs is a number of processes"):
        decompose(*make_world(), n_jobs=n_jobs)


def test_an_unknown_backend_is_refused(make_world) -> None:
    with pytest.raises(ArgumentError, match=r"'loky', 'dask', 'ray', not 'threads'"):
        decompose(*make_world(), backend="threads")


@pytest.mark.parametrize(("backend", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_a_backend_that_is_not_installed_is_named(make_world, monkeypatch, backend, module) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ArgumentError, match=rf"pip install 'ioecon\[{backend}\]'"):
        decompose(*make_world(), n_jobs=2, backend=backend)


def test_a_process_that_dies_is_told_of(make_world, monkeypatch) -> None:
    @contextmanager
    def opened(most):
        def call(function, tasks):
            raise io.UnsupportedOperation("worker 7 is gone")

        yield backends.Workers(2, call)

    monkeypatch.setitem(backends.BACKENDS, "mortal", opened)
    with pytest.raises(BackendError, match=r"'mortal' ended .* worker 7 is gone.*fewer n_jobs"):
        decompose(*make_world(), backend="mortal")


@pytest.mark.parametrize(
    ("backend", "module", "function"),
    [("dask", "distributed", "LocalCluster"), ("ray", "ray", "init")],
)
def test_a_cluster_that_does_not_start_is_told_of(
    make_world, monkeypatch, backend, module, function
) -> None:
    library = pytest.importorskip(module)

    def fail(**_) -> None:
        raise RuntimeError("no port is free")

    monkeypatch.setattr(library, function, fail)
    with pytest.raises(BackendError, match=r'no port is free.*if __name__ == "__main__"'):
        decompose(*make_world(), n_jobs=2, backend=backend)


def test_joblib(make_world) -> None:
    series, emissions = make_world(years=YEARS)
    with one_thread():
        several = decompose(series, emissions, n_jobs=2)
        require_same(decompose(series, emissions), several)
    assert several.processes.startswith("2 processes (loky), each with ")
    assert "1 thread" in several.processes
    assert "threads" not in several.processes


def test_a_dask_cluster_on_loopback(make_world) -> None:
    distributed = pytest.importorskip("distributed")
    series, emissions = make_world(years=YEARS)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        one_thread(),
    ):
        several = decompose(series, emissions, backend="dask")
        require_same(decompose(series, emissions), several)
        assert several.processes.startswith("2 processes (dask), each with ")
        broken = IOSeries({**series, 2005: break_table(series[2005])}, labels=series[2000])
        with pytest.raises(UnsoundTableError, match="2005"):
            decompose(broken, emissions, backend="dask")
        assert client.status == "running"  # a client that was there stays


def test_ray(make_world) -> None:
    ray = pytest.importorskip("ray")
    series, emissions = make_world(years=YEARS)
    with one_thread():
        several = decompose(series, emissions, n_jobs=2, backend="ray")
        require_same(decompose(series, emissions), several)
    assert several.processes.startswith("2 processes (ray), each with ")
    assert not ray.is_initialized()  # what was started for it is gone
