"""How long a structural decomposition takes, against one bare LU factorisation and the plain way.

    python benchmarks/decomposition.py [--countries 44] [--sectors 56] [--repeats 3]

Prints, from one run: seconds per added year of the whole decomposition; seconds of one bare
``scipy.linalg.lu_factor`` of the same size; their ratio; the plain method (inverses, and matrix
products per country) timed on one country and extrapolated; peak memory in n × n matrices. With
``IOECON_DATA`` set, the same for the WIOD 2013 release.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.linalg

import ioecon
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


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def lu_seconds(table: ioecon.IOTable, *, in_place: bool = False) -> float:
    """Seconds of one bare factorisation of (E − A), given column-major, as scipy likes it.

    ``in_place`` is the best case: overwritten, unchecked, in memory already touched.
    """
    matrix = np.asfortranarray(np.eye(table.n) - technical_coefficients(table.Z, table.x))
    if in_place:
        return seconds(lambda: scipy.linalg.lu_factor(matrix, overwrite_a=True, check_finite=False))
    return seconds(lambda: scipy.linalg.lu_factor(matrix))


def plain_seconds(first: ioecon.IOTable, last: ioecon.IOTable) -> tuple[float, float]:
    """Seconds of the two inverses, and of the matrix products for one country, done plainly."""
    A0 = technical_coefficients(first.Z, first.x)
    A1 = technical_coefficients(last.Z, last.x)
    inverses: list[np.ndarray] = []

    def invert() -> None:
        inverses.extend(np.linalg.inv(np.eye(first.n) - A) for A in (A0, A1))

    once = seconds(invert)
    L0, L1 = inverses
    y = first.F.sum(axis=1) + last.F.sum(axis=1)
    size = len(first.sectors)

    def one_country() -> None:
        dA = np.zeros_like(A0)
        dA[:, :size] = (A1 - A0)[:, :size]
        _ = (L1 @ dA @ L0) @ y / 2
        for _ in range(3):  # level, mix, distribution
            _ = (L0 + L1) / 2 @ y

    return once, seconds(one_country)


def peak_matrices(series: ioecon.IOSeries, emissions: pd.Series) -> float:
    """Peak memory beyond the tables themselves, in n × n matrices."""
    set_factorisation_memory(0)  # no more than the two years that border a period
    fresh = part_of(series, len(series))
    gc.collect()
    tracemalloc.start()
    ioecon.decompose(fresh, emissions)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    set_factorisation_memory(1024)
    return peak / fresh[fresh.years[0]].Z.nbytes


def report(name: str, series: ioecon.IOSeries, emissions: pd.Series, repeats: int) -> None:
    table = series[series.years[0]]
    years = len(series)
    added, bare, best, all_of_it = [], [], [], []
    for _ in range(repeats):
        whole = part_of(series, years)
        part = part_of(series, 2)
        bare.append(statistics.median(lu_seconds(table) for _ in range(3)))
        best.append(statistics.median(lu_seconds(table, in_place=True) for _ in range(3)))
        long = seconds(lambda whole=whole: ioecon.decompose(whole, emissions))
        short = seconds(lambda part=part: ioecon.decompose(part, emissions))
        added.append((long - short) / (years - 2))
        all_of_it.append(long / (years - 1))
    per_year, lu = statistics.median(added), statistics.median(bare)
    ratio = statistics.median(a / b for a, b in zip(added, bare, strict=True))
    to_best = statistics.median(a / b for a, b in zip(added, best, strict=True))
    inverses, per_country = plain_seconds(series[series.years[0]], series[series.years[1]])
    plain = inverses + per_country * len(series.countries)
    peak = peak_matrices(series, emissions)
    print(f"{name}: n = {table.n}, {len(series.countries)} countries, {years} years")
    print(f"  whole decomposition, per period          {statistics.median(all_of_it):9.3f} s")
    print(f"  whole decomposition, per added year      {per_year:9.3f} s")
    print(f"  one bare lu_factor of the same size      {lu:9.3f} s")
    print(f"  ratio, added year to bare factorisation  {ratio:9.2f}")
    print(f"  ratio to one in place, the best case     {to_best:9.2f}")
    print(f"  plain method, per period, extrapolated   {plain:9.1f} s")
    print(f"  plain method to added year               {plain / per_year:9.0f} times")
    print(f"  peak memory beyond the tables            {peak:9.2f} n × n matrices")
    print(f"  with the two tables of a period          {peak + 2:9.2f} n × n matrices")


def wiod_2013() -> tuple[ioecon.IOSeries, pd.Series]:
    root = Path(os.environ["IOECON_DATA"])
    with tempfile.TemporaryDirectory() as cache:
        os.environ["IOECON_CACHE_DIR"] = cache
        series = ioecon.read_series(
            root / "wiod2013", format="wiod2013-rdata", years=range(2000, 2010), progress=False
        )
        series = ioecon.IOSeries({year: series[year].replace() for year in series})
    return series, random_emissions(series)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--countries", type=int, default=44)
    parser.add_argument("--sectors", type=int, default=56)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore", RoundingWarning)
    series = synthetic_series(options.countries, options.sectors, options.years)
    report("Synthetic", series, random_emissions(series), options.repeats)
    if os.environ.get("IOECON_DATA"):
        report("WIOD 2013", *wiod_2013(), options.repeats)


if __name__ == "__main__":
    main()
