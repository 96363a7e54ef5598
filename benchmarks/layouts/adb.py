"""Multiregional tables in the layout of the Asian Development Bank's workbooks, made up.

    python benchmarks/layouts/adb.py FOLDER --economies 72

The layout is that of the tables of 62 and 72 economies; none of the numbers is ADB's. The sheet is
written row by row, so that a table of full size (2,555 rows) takes little memory.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
else:
    from balanced import Array, BalancedTable

# fmt: off
ECONOMIES = (
    "AUS", "AUT", "BEL", "BGR", "BRA", "CAN", "SWI", "PRC", "CYP", "CZE", "GER", "DEN", "SPA",
    "EST", "FIN", "FRA", "UKG", "GRC", "HRV", "HUN", "INO", "IND", "IRE", "ITA", "JPN", "KOR",
    "LTU", "LUX", "LVA", "MEX", "MLT", "NET", "NOR", "POL", "POR", "ROM", "RUS", "SVK", "SVN",
    "SWE", "TUR", "TAP", "USA", "BAN", "MAL", "PHI", "THA", "VIE", "KAZ", "MON", "SRI", "PAK",
    "FIJ", "LAO", "BRU", "BHU", "KGZ", "CAM", "MLD", "NEP", "SIN", "HKG", "ARG", "COL", "ECU",
    "ARM", "GEO", "EGY", "KUW", "SAU", "UAE", "NZL",
)
# fmt: on
SECTORS = (
    "Agriculture, hunting, forestry, and fishing",
    "Mining and quarrying",
    "Food, beverages, and tobacco",
    "Textiles and textile products",
    *(f"Industry {k}" for k in range(5, 36)),
)
FINAL = (
    "Final consumption expenditure by households",
    "Final consumption expenditure by non-profit organisations serving households (NPISH)",
    "Final consumption expenditure by government",
    "Gross fixed capital formation",
    "Changes in inventories and valuables",
)
SHARES = np.array([0.5, 0.05, 0.2, 0.2, 0.05])
BELOW = (
    ("Taxes less subsidies on products", "r99"),
    ("CIF/FOB adjustments on exports", "r61"),
    ("Direct purchases abroad by residents", "r62"),
    ("Purchases on the domestic territory by non-residents", "r63"),
    ("Value added at basic prices", "r64"),
    ("International Transport Margins", "trs"),
)
Cells = list[Any]


def adb_rows(
    *,
    year: int = 2019,
    economies: Sequence[str] = ("AUS", "PRC", "TAP"),
    sectors: int = 2,
    seed: int = 0,
    prices: str = "current prices",
    newest: bool = False,
) -> Iterator[Cells]:
    """Yield the cells of the sheet, row by row; an empty cell is None.

    Parameters
    ----------
    year : int
    economies : sequence of str
        ADB's codes; the rest of the world is added.
    sectors : int
    seed : int
        Of the made-up flows.
    prices : str
        As the title says it: ``"current prices"``, ``"constant 2010 prices"``.
    newest : bool
        Whether there is one more row of codes above the names.
    """
    regions = [*economies, "RoW"]
    n = len(regions) * sectors
    pairs = [(region, k) for region in regions for k in range(sectors)]
    yield [f"ADB Multiregional Input-Output Table {year}"]
    yield [f"{len(economies)} economies, at {prices} (industry by industry)"]
    yield ["In millions of US$"]
    gap: Cells = [None] * 4
    yield [*gap, *(f"{k:04d}" for k in range(1, n + 5 * len(regions) + 1))] if newest else []
    yield [*gap, *(SECTORS[k] for _, k in pairs), *(FINAL * len(regions)), "TOTAL"]
    yield [*gap, *(r for r, _ in pairs), *(r for r in regions for _ in FINAL), "ToT"]
    yield [*gap, *(f"c{k + 1}" for _, k in pairs), *(f"F{j}" for _ in regions for j in range(1, 6))]
    table = BalancedTable(n, np.tile(SHARES / len(regions), len(regions)), seed=seed, year=year)
    for i, (flows, demand) in enumerate(table.rows()):
        region, k = pairs[i]
        numbers = [*flows.tolist(), *demand.tolist(), float(table.output[i])]
        yield [None, SECTORS[k], region, f"c{k + 1}", *numbers]
    yield from _rows_below(table)


def _rows_below(table: BalancedTable) -> Iterator[Cells]:
    def row(name: str, code: str, numbers: Array) -> Cells:
        return [None, name, "ToT", code, *numbers.tolist()]

    yield row("Total intermediate consumption", "r60", table.inputs)
    taxes = np.round(0.05 * table.value_added, 3)
    for name, code in BELOW:
        value_added = table.value_added - taxes
        numbers = taxes if code == "r99" else value_added if code == "r64" else 0 * taxes
        yield row(name, code, numbers)
    yield row("Output at basic prices", "r69", table.output)


def write_adb(
    folder: Path, *, name: str = "", rows: Iterable[Cells] | None = None, **made: Any
) -> Path:
    """Write a workbook with the table and the sheet ``Legend``, and return its path.

    Parameters
    ----------
    folder : Path
    name : str
        Name of the file; by default one as published.
    rows : iterable of lists, optional
        Cells of the sheet; by default those of :func:`adb_rows`.
    **made
        Arguments of :func:`adb_rows`.
    """
    import openpyxl

    year = made.get("year", 2019)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(f"ADB MRIO {year}")
    for cells in adb_rows(**made) if rows is None else rows:
        sheet.append(cells)
    legend = book.create_sheet("Legend")
    legend.append(["Code", "Country", "Number"])
    path = folder / (name or f"ADB-MRIO-{year}_Dec2022.xlsx")
    book.save(path)
    return path


def emission_rows(
    *,
    year: int = 2019,
    economies: Sequence[str] = ("AUS", "PRC", "TAP"),
    sectors: int = 2,
    seed: int = 0,
    unit: str = "Gigagrams of CO2 equivalent",
) -> Iterator[Cells]:
    """Yield the cells of a sheet of air emissions, row by row: two IPCC sectors, four gases."""
    regions = [*economies, "RoW"]
    pairs = [(region, k) for region in regions for k in range(sectors)]
    yield ["Title:", "Environmentally-Extended Multiregional Input-Output Table (Air Emissions)"]
    yield ["Year:", year]
    yield ["Unit:", unit]
    yield []
    words = [SECTORS[k] for _, k in pairs]
    yield ["Main IPCC Sector", "GHG", None, *words, *(FINAL * len(regions)), "TOTAL"]
    gap: Cells = [None] * 3
    yield [*gap, *(r for r, _ in pairs), *(r for r in regions for _ in FINAL)]
    yield [*gap, *(f"c{k + 1}" for _, k in pairs), *(f"F{j}" for _ in regions for j in range(1, 6))]
    rng = np.random.default_rng([seed, year])
    width = len(pairs) + len(FINAL) * len(regions)
    by_gas = {gas: np.zeros(width) for gas in ("CO2", "CH4", "N2O", "F-gases")}
    for sector in ("Energy", "Agriculture"):
        for i, gas in enumerate(by_gas):
            numbers = np.round(rng.lognormal(3.0 - i, 1.0, width), 3)
            numbers[len(pairs) :] *= np.tile([1.0, 0.0, 0.0, 0.0, 0.0], len(regions))
            by_gas[gas] += numbers
            yield [sector if i == 0 else None, gas, None, *numbers.tolist(), float(numbers.sum())]
    totals = [*by_gas.items(), ("GHG", np.sum([*by_gas.values()], axis=0))]
    for i, (gas, numbers) in enumerate(totals):
        first = "Total by substance" if i == 0 else None
        yield [first, gas, None, *numbers.tolist(), float(numbers.sum())]


def write_emissions(folder: Path, *, rows: Iterable[Cells] | None = None, **made: Any) -> Path:
    """Write a workbook of air emissions and return its path; arguments as of the rows."""
    import openpyxl

    year = made.get("year", 2019)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(str(year))
    for cells in emission_rows(**made) if rows is None else rows:
        sheet.append(cells)
    book.create_sheet("Notes").append(["EDGAR and IEA, distributed over industries"])
    path = folder / f"{year} EE-MRIOT (Air Emissions).xlsx"
    book.save(path)
    return path


def main() -> None:
    """Write a made-up table of any size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--year", type=int, default=2019)
    options.add_argument("--economies", type=int, default=72)
    options.add_argument("--sectors", type=int, default=35)
    given = options.parse_args()
    economies = ECONOMIES[: given.economies]
    print(write_adb(given.folder, year=given.year, economies=economies, sectors=given.sectors))


if __name__ == "__main__":
    main()
