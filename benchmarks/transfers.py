"""How long bilateral transfers and carbon accounts take, against one bare LU and one solve.

    python -m benchmarks --only transfers [--quick]

What is compared with is one bare ``scipy.linalg.lu_factor`` of the size of the table and one
``lu_solve`` with a right-hand side per country. Transfers and accounts are computed from tables
that were never used before, and from tables whose factorisation is kept; the batch of domestic
systems for EEBT stands by itself.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

import ioecon
from benchmarks.decomposition import bare_lu, part_of, random_emissions, synthetic_series
from benchmarks.measure import Row, Work, in_turn
from ioecon.accounts.embodied import DomesticSystems, deliveries
from ioecon.leontief import technical_coefficients


def bare_solve(table: ioecon.IOTable) -> Work:
    """Prepare one bare solve with a right-hand side per country, the factors being there."""
    matrix = np.asfortranarray(np.eye(table.n) - technical_coefficients(table.Z, table.x))
    factors = scipy.linalg.lu_factor(matrix, overwrite_a=True, check_finite=False)
    demand = np.asfortranarray(table.F)
    return lambda: scipy.linalg.lu_solve(factors, demand, check_finite=False)


def solve_domestic_systems(table: ioecon.IOTable) -> None:
    """Make and solve all countries' domestic systems for all deliveries (EEBT)."""
    countries = len(table.countries)
    systems = DomesticSystems.of(table.Z, 1 / table.x, countries)
    systems.solve(deliveries(table.Z, table.F, countries))


def rows(quick: bool) -> list[Row]:
    """Measure the rows of the record; a table of a hundred rows if ``quick``."""
    series = synthetic_series(*((5, 20) if quick else (44, 56)), 2)
    emissions = random_emissions(series)
    kept = part_of(series, 2)
    first, last = (kept[year] for year in kept.years)

    def transfers_of_new_tables() -> None:
        fresh = part_of(series, 2)
        ioecon.transfers(*(fresh[year] for year in fresh.years))

    def accounts_of_a_new_table() -> None:
        fresh = part_of(series, 1)
        ioecon.carbon_accounts(fresh[fresh.years[0]], emissions)

    took = in_turn(
        {
            "lu": bare_lu(first),
            "solve": bare_solve(first),
            "transfers": transfers_of_new_tables,
            "transfers again": lambda: ioecon.transfers(first, last),
            "accounts": accounts_of_a_new_table,
            "accounts again": lambda: ioecon.carbon_accounts(first, emissions),
            "eebt": lambda: solve_domestic_systems(first),
        },
        rounds=2 if quick else 5,
    )
    unit = took["lu"].cpu + took["solve"].cpu
    size = f"n = {first.n:,}"
    works = {
        f"bilateral transfers, per year, {size}": took["transfers"].cpu / 2,
        f"bilateral transfers, per year, factorised before, {size}": took["transfers again"].cpu
        / 2,
        f"carbon accounts of one year, {size}": took["accounts"].cpu,
        f"carbon accounts of one year, factorised before, {size}": took["accounts again"].cpu,
        f"domestic systems of all countries (EEBT), {size}": took["eebt"].cpu,
    }
    return [
        Row(work, seconds, "bare LU and solve", seconds / unit) for work, seconds in works.items()
    ]
