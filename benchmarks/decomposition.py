"""How long a structural decomposition takes, against one bare LU factorisation and other ways.

    python -m benchmarks --only decomposition [--quick]

Sides are measured in turn (``benchmarks/measure.py``): the whole decomposition of many years and
of two, whose difference is what a year adds; one bare ``scipy.linalg.lu_factor`` of the same size;
the plain method (inverses, and matrix products per country) on one country, extrapolated; pymrio's
``calc_all`` of the same two tables, where it is installed. Memory is counted beyond the tables
themselves, in matrices of n × n numbers of the table's precision. With ``IOECON_DATA`` set, the
same for the tables of WIOD 2013.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.linalg

import ioecon
from benchmarks.measure import Row, Work, in_turn, peak_bytes, with_version
from ioecon.errors import RoundingWarning
from ioecon.leontief import set_factorisation_memory, technical_coefficients


def synthetic_series(countries: int, sectors: int, years: int) -> ioecon.IOSeries:
    """Balanced random tables, dense as published ones are."""
    rng = np.random.default_rng(2464)
    n = countries * sectors
    Z = rng.gamma(0.3, 1.0, (n, n))
    Y = rng.gamma(0.3, n / 4, (n, countries))
    Y[:, 0] += np.maximum(1.3 * Z.sum(axis=0) - Z.sum(axis=1) - Y.sum(axis=1), 0)
    labels = {
        "countries": [f"C{i:02}" for i in range(countries)],
        "sectors": [f"s{i + 1}" for i in range(sectors)],
        "categories": ["final"],
    }
    tables = {}
    for year in range(2000, 2000 + years):
        tables[year] = ioecon.IOTable(Z=Z, Y=Y, year=year, **labels)
        Z = Z * rng.uniform(0.95, 1.05, Z.shape)
        Y = Y * rng.uniform(0.98, 1.12, Y.shape)
    return ioecon.IOSeries(tables)


def random_emissions(series: ioecon.IOSeries) -> pd.Series:
    index = pd.MultiIndex.from_product([series.countries, series.years], names=["country", "year"])
    return pd.Series(np.random.default_rng(1).uniform(1e4, 1e6, len(index)), index=index)


def part_of(series: ioecon.IOSeries, years: int) -> ioecon.IOSeries:
    """Take the first years as new objects, so that no factorisation is left from before."""
    return ioecon.IOSeries({year: series[year].replace() for year in series.years[:years]})


def bare_lu(table: ioecon.IOTable) -> Work:
    """Prepare one factorisation of (E − A), given column-major, as scipy likes it."""
    matrix = np.asfortranarray(np.eye(table.n) - technical_coefficients(table.Z, table.x))
    return lambda: scipy.linalg.lu_factor(matrix)


def plain_method(first: ioecon.IOTable, last: ioecon.IOTable) -> tuple[Work, Work]:
    """Prepare the two inverses, and the matrix products for one country, done plainly."""
    A0 = technical_coefficients(first.Z, first.x)
    A1 = technical_coefficients(last.Z, last.x)
    inverses: list[np.ndarray] = []
    y = first.F.sum(axis=1) + last.F.sum(axis=1)
    size = len(first.sectors)

    def invert() -> None:
        inverses[:] = [np.linalg.inv(np.eye(first.n) - A) for A in (A0, A1)]

    def one_country() -> None:
        L0, L1 = inverses
        dA = np.zeros_like(A0)
        dA[:, :size] = (A1 - A0)[:, :size]
        _ = (L1 @ dA @ L0) @ y / 2
        for _ in range(3):  # level, mix, distribution
            _ = (L0 + L1) / 2 @ y

    return invert, one_country


def peak_matrices(series: ioecon.IOSeries, emissions: pd.Series) -> float:
    """Peak memory beyond the tables themselves, in n × n matrices."""
    set_factorisation_memory(0)  # no more than the one at hand
    fresh = part_of(series, len(series))
    try:
        peak = peak_bytes(lambda: ioecon.decompose(fresh, emissions))
    finally:
        set_factorisation_memory(1024)
    return peak / fresh[fresh.years[0]].Z.nbytes


def added_year(name: str, series: ioecon.IOSeries, emissions: pd.Series, *, rounds: int) -> Row:
    """Measure what a further year costs, beside one bare factorisation."""
    years, lu = len(series), "one bare LU"
    took = in_turn(
        {
            "long": lambda: ioecon.decompose(part_of(series, years), emissions),
            "short": lambda: ioecon.decompose(part_of(series, 2), emissions),
            lu: bare_lu(series[series.years[0]]),
        },
        rounds,
    )
    seconds = (took["long"].cpu - took["short"].cpu) / (years - 2)
    table = series[series.years[0]]
    dtype = "" if table.Z.dtype == "float64" else f", {table.Z.dtype}"
    return Row(
        f"decomposition, added year, {name}, n = {table.n:,}{dtype}",
        seconds,
        lu,
        seconds / took[lu].cpu,
        "≤ 1.5" if name == "WIOD 2013" else "≤ 1.15",
        peak_matrices(series, emissions),
        "n × n",
    )


def two_years(series: ioecon.IOSeries, emissions: pd.Series, *, rounds: int) -> list[Row]:
    """Measure two years, beside inverses and products per country, and pymrio's accounts."""
    first, last = series[series.years[0]], series[series.years[1]]
    invert, one_country = plain_method(first, last)
    sides: dict[str, Work] = {
        "ours": lambda: ioecon.decompose(part_of(series, 2), emissions),
        "invert": invert,
        "country": one_country,
    }
    pymrio = with_version("pymrio")
    if pymrio is not None:
        systems = [ioecon.to_pymrio(table) for table in (first, last)]
        sides[pymrio] = lambda: [system.copy().calc_all() for system in systems]
    took = in_turn(sides, rounds)
    ours = took["ours"].cpu
    plain = took["invert"].cpu + took["country"].cpu * len(first.countries)
    work = f"decomposition, two years, n = {first.n:,}"
    peak = peak_matrices(part_of(series, 2), emissions)
    found = [Row(work, ours, "plain inverses and products", ours / plain, "", peak, "n × n")]
    if pymrio is not None:
        theirs = peak_bytes(sides[pymrio]) / first.Z.nbytes
        beside = f"calc_all of {pymrio} ({theirs:.1f} n × n)"
        found.append(Row(work, ours, beside, ours / took[pymrio].cpu, "< 1", peak, "n × n"))
    return found


def shapley_of_seven(series: ioecon.IOSeries, emissions: pd.Series, *, rounds: int) -> list[Row]:
    """Measure seven factors in all their 5,040 orders, and the spread over them, for one period."""
    table = series[series.years[0]]
    rng = np.random.default_rng(3)
    population = pd.Series(rng.uniform(1e6, 1e8, len(emissions)), index=emissions.index)

    def solve(part: ioecon.IOSeries) -> ioecon.Effects:
        return ioecon.decompose(
            part,
            emissions,
            model="trade_technology",
            method="shapley",
            variables={"population": population},
        )

    lu = "one bare LU"
    took = in_turn(
        {
            "effects": lambda: solve(part_of(series, 2)),
            "with spread": lambda: solve(part_of(series, 2)).spread(),
            lu: bare_lu(table),
        },
        rounds,
    )
    set_factorisation_memory(0)
    try:
        fresh = part_of(series, 2)
        peak = peak_bytes(lambda: solve(fresh).spread()) / table.Z.nbytes
    finally:
        set_factorisation_memory(1024)
    return [
        Row(
            f"Shapley of trade_technology{what}, one period, n = {table.n:,}",
            took[side].cpu,
            lu,
            took[side].cpu / took[lu].cpu,
            "≤ 12",
            peak,
            "n × n",
        )
        for side, what in (("effects", ""), ("with spread", ", spread over 5,040 orders"))
    ]


def in_float32(series: ioecon.IOSeries, emissions: pd.Series, *, rounds: int) -> Row:
    """Measure two years in float32, beside the same numbers in float64; memory in their n × n."""
    small = {year: series[year] for year in series.years[:2]}
    sides = {}
    for dtype in ("float32", "float64"):
        # From float32 both, so that the numbers are the same.
        tables = {
            year: table.replace(
                Z=table.Z.astype("float32").astype(dtype), Y=table.Y.astype("float32").astype(dtype)
            )
            for year, table in small.items()
        }
        sides[dtype] = ioecon.IOSeries(tables)
    works: dict[str, Work] = {
        dtype: lambda given=given: ioecon.decompose(part_of(given, 2), emissions)
        for dtype, given in sides.items()
    }
    took = in_turn(works, rounds)
    first = series[series.years[0]]
    return Row(
        f"decomposition, two years in float32, n = {first.n:,}",
        took["float32"].cpu,
        "float64",
        took["float32"].cpu / took["float64"].cpu,
        "≤ 0.7 at 19,680",
        peak_matrices(sides["float32"], emissions),
        "n × n",
    )


def stored(name: str, series: ioecon.IOSeries, emissions: pd.Series, *, rounds: int) -> Row:
    """Measure the opening of a stored series, beside hashing it whole; memory is of its use."""
    first = series[series.years[0]]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IOECON_CACHE_DIR"] = f"{folder}/cache"
        place = ioecon.write_series(series, Path(folder) / "series")
        time.sleep(2.1)  # a hash is noted of what was not changed only just now

        def read(cache: bool = True) -> ioecon.IOSeries:
            return ioecon.read_series(place, format="ioecon", progress=False, cache=cache)

        took = in_turn({"opened": read, "hashed": lambda: read(cache=False)}, rounds)
        set_factorisation_memory(0)
        try:
            peak = peak_bytes(lambda: ioecon.decompose(read(), emissions)) / first.Z.nbytes
        finally:
            set_factorisation_memory(1024)
    work = f"open a stored series, {name}, n = {first.n:,}, {len(series)} years"
    seconds, whole = took["opened"].cpu, took["hashed"].cpu
    return Row(work, seconds, "hash all of it", seconds / whole, "", peak, "n × n, decomposed")


def wiod_2013() -> tuple[ioecon.IOSeries, pd.Series]:
    """Read the tables of WIOD 2013, without the cache of the user."""
    root = Path(os.environ["IOECON_DATA"])
    with tempfile.TemporaryDirectory() as cache:
        os.environ["IOECON_CACHE_DIR"] = cache
        series = ioecon.read_series(
            root / "wiod2013", format="wiod2013-rdata", years=range(2000, 2010), progress=False
        )
        series = ioecon.IOSeries({year: series[year].replace() for year in series})
    return series, random_emissions(series)


def rows(quick: bool) -> list[Row]:
    """Measure the rows of the record; tables of a hundred rows if ``quick``."""
    warnings.simplefilter("ignore", RoundingWarning)
    rounds = 2 if quick else 5
    found = []
    sizes = [(5, 20, 4)] if quick else [(44, 56, 5), (49, 100, 3)]
    for countries, sectors, years in sizes:
        series = synthetic_series(countries, sectors, years)
        emissions = random_emissions(series)
        found.append(added_year("random", series, emissions, rounds=rounds))
        found.append(in_float32(series, emissions, rounds=min(rounds, 3)))
        if (countries, sectors, years) == sizes[0]:
            found.append(stored("random", series, emissions, rounds=rounds))
            found += two_years(series, emissions, rounds=min(rounds, 3))
            found += shapley_of_seven(series, emissions, rounds=min(rounds, 3))
    if os.environ.get("IOECON_DATA") and not quick:
        world = wiod_2013()
        found.append(added_year("WIOD 2013", *world, rounds=rounds))
        found.append(stored("WIOD 2013", *world, rounds=rounds))
    return found
