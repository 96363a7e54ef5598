"""Made-up national tables in the layout of WIOD's 2016 release: a country, all its years.

python benchmarks/layouts/wiod_national.py FOLDER --country AUS --sectors 56
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import BalancedTable
else:
    from balanced import BalancedTable

Cells = list[object]
FINAL = ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
BELOW = (
    ("TXSP", "taxes less subsidies on products", 0.05),
    ("EXP_adj", "Cif/ fob adjustments on exports", 0.0),
    ("PURR", "Direct purchases abroad by residents", 0.0),
    ("PURNR", "Purchases on the domestic territory by non-residents ", 0.0),
    ("VA", "Value added at basic prices", 0.75),
    ("IntTTM", "International Transport Margins", 0.01),
)
IMPORTED = 0.19  # of what inputs from home leave of output
# fmt: off
SECTORS = (
    "A01", "A02", "A03", "B", "C10-C12", "C13-C15", "C16", "C17", "C18", "C19", "C20", "C21",
    "C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31_C32", "C33", "D35", "E36",
    "E37-E39", "F", "G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_J60",
    "J61", "J62_J63", "K64", "K65", "K66", "L68", "M69_M70", "M71", "M72", "M73", "M74_M75", "N",
    "O84", "P85", "Q", "R_S", "T", "U",
)
# fmt: on


def national_rows(
    years: Sequence[int] = (2000, 2001), sectors: Sequence[str] = SECTORS[:4], seed: int = 0
) -> Iterator[Cells]:
    """Cells of the sheet ``National IO-tables``, row by row."""
    columns = [*sectors, *FINAL, "EXP", "GO"]
    yield ["Year", "Code", "Description", "Origin", *columns]
    yield [None, None, None, None, *(f"name of {label}" for label in columns)]
    for year in years:
        yield from _rows_of_year(year, list(sectors), seed)


def _rows_of_year(year: int, sectors: list[str], seed: int) -> Iterator[Cells]:
    table = BalancedTable(len(sectors), np.array([*[0.8 / 5] * 5, 0.2]), seed=seed, year=year)
    for i, (flows, demand) in enumerate(table.rows()):
        head = [year, sectors[i], f"name of {sectors[i]}", "Domestic"]
        yield [*head, *flows.tolist(), *demand.tolist(), float(table.output[i])]
    left = table.value_added
    shares = np.random.default_rng([seed, year]).dirichlet(np.ones(len(sectors)))
    imported = IMPORTED * np.outer(shares, left)
    for sector, row in zip(sectors, imported, strict=True):
        head = [year, sector, f"name of {sector}", "Imports"]
        yield [*head, *row.tolist(), *[1.0] * len(FINAL), 0.0, float(row.sum() + len(FINAL))]
    empty = [0.0] * (len(FINAL) + 2)
    inputs = (table.inputs + imported.sum(axis=0)).tolist()
    yield [year, "II_fob", "Total intermediate consumption", "TOT", *inputs, *empty]
    for code, name, share in BELOW:
        yield [year, code, name, "TOT", *(share * left).tolist(), *empty]
    yield [year, "GO", "Output at basic prices", "TOT", *table.output.tolist(), *empty]


def write_wiod_national(
    folder: Path,
    *,
    country: str = "AUS",
    years: Sequence[int] = (2000, 2001),
    sectors: Sequence[str] = SECTORS[:4],
    seed: int = 0,
    rows: Iterable[Cells] | None = None,
    sheet: str = "National IO-tables",
) -> Path:
    """Write the workbook of a country and return its path.

    Parameters
    ----------
    folder : Path
    country : str
    years : sequence of int
    sectors : sequence of str
    seed : int
    rows : iterable of lists, optional
        Cells of the sheet, instead of made-up ones.
    sheet : str
        Its name.
    """
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("Notes").append(["World Input-Output Database"])
    page = book.create_sheet(sheet)
    for cells in national_rows(years, sectors, seed) if rows is None else rows:
        page.append(cells)
    path = folder / f"{country}_NIOT_nov16.xlsx"
    book.save(path)
    return path


def main() -> None:
    """Write a made-up table of any size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--country", default="AUS")
    options.add_argument("--sectors", type=int, default=len(SECTORS))
    given = options.parse_args()
    years, sectors = range(2000, 2015), SECTORS[: given.sectors]
    print(write_wiod_national(given.folder, country=given.country, years=years, sectors=sectors))


if __name__ == "__main__":
    main()
