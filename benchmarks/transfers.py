"""How long bilateral transfers and carbon accounts take, against one bare LU and one solve.

    python benchmarks/transfers.py [--countries 44] [--sectors 56] [--repeats 3]

Prints, from one run: seconds of one bare ``scipy.linalg.lu_factor`` of the size of the table, and
of one ``lu_solve`` with a right-hand side per country; seconds of bilateral transfers between two
years and of the carbon accounts of one year, from a table that was never used before and from one
whose factorisation is kept; the batch of domestic systems for EEBT by itself.
"""

from __future__ import annotations

import argparse
import statistics

import numpy as np
import scipy.linalg
from decomposition import lu_seconds, part_of, random_emissions, seconds, synthetic_series

import ioecon
from ioecon.accounts.embodied import DomesticSystems, deliveries
from ioecon.leontief import technical_coefficients


def solve_seconds(table: ioecon.IOTable) -> float:
    """Seconds of one bare solve with a right-hand side per country, the factors being there."""
    matrix = np.asfortranarray(np.eye(table.n) - technical_coefficients(table.Z, table.x))
    factors = scipy.linalg.lu_factor(matrix, overwrite_a=True, check_finite=False)
    demand = np.asfortranarray(table.F)
    return seconds(lambda: scipy.linalg.lu_solve(factors, demand, check_finite=False))


def eebt_seconds(table: ioecon.IOTable) -> float:
    """Seconds of all countries' domestic systems, made and solved for all deliveries."""

    def work() -> None:
        countries = len(table.countries)
        systems = DomesticSystems.of(table.Z, 1 / table.x, countries)
        systems.solve(deliveries(table.Z, table.F, countries))

    return seconds(work)


def report(series: ioecon.IOSeries, repeats: int) -> None:
    emissions = random_emissions(series)
    names = ("lu", "solve", "transfers", "again", "accounts", "accounts again", "eebt")
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(repeats):
        fresh, alone = part_of(series, 2), part_of(series, 1)
        years = fresh.years
        first, last = fresh[years[0]], fresh[years[1]]
        only = alone[years[0]]

        def move(first: ioecon.IOTable = first, last: ioecon.IOTable = last) -> None:
            ioecon.transfers(first, last)

        def account(only: ioecon.IOTable = only) -> None:
            ioecon.carbon_accounts(only, emissions)

        times["lu"].append(lu_seconds(first))
        times["solve"].append(solve_seconds(first))
        times["transfers"].append(seconds(move))
        times["again"].append(seconds(move))
        times["accounts"].append(seconds(account))
        times["accounts again"].append(seconds(account))
        times["eebt"].append(eebt_seconds(only))
    took = {name: statistics.median(each) for name, each in times.items()}
    table = series[series.years[0]]
    countries = len(table.countries)
    once, kept = took["transfers"] / 2, took["again"] / 2
    unit = took["lu"] + took["solve"]
    lines = {
        "one bare lu_factor": took["lu"],
        f"one bare lu_solve, {countries} right-hand sides": took["solve"],
        "bilateral transfers, per year": once,
        "bilateral transfers, per year, factorised before": kept,
        "carbon accounts of one year": took["accounts"],
        "carbon accounts of one year, factorised before": took["accounts again"],
        f"of which {countries} domestic systems (EEBT)": took["eebt"],
    }
    print(f"Synthetic: n = {table.n}, {countries} countries")
    for name, value in lines.items():
        print(f"  {name:<50}{value:9.3f} s")
    print(f"  {'transfers per year to lu_factor + lu_solve':<50}{once / unit:9.2f}")
    print(f"  {'accounts to lu_factor + lu_solve':<50}{took['accounts'] / unit:9.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--countries", type=int, default=44)
    parser.add_argument("--sectors", type=int, default=56)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    report(synthetic_series(options.countries, options.sectors, 2), options.repeats)


if __name__ == "__main__":
    main()
