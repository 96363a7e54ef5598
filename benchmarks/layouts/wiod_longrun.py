"""Made-up tables in the long form of long-run WIOD: one number a line, all years in one file.

python benchmarks/layouts/wiod_longrun.py FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
else:
    from balanced import Array, BalancedTable

FINAL = ("xCONS_h", "xCONS_g", "xGFCF", "xINV")
SHARES = np.array([0.6, 0.2, 0.18, 0.02])
HEADER = "year,row_country,row_id,row_isic3,col_country,col_id,col_isic3,value"
# fmt: off
REGIONS = (
    "AUS", "AUT", "BEL", "BRA", "CAN", "CHN", "DEU", "DNK", "ESP", "FIN", "FRA", "GBR", "GRC",
    "HKG", "IND", "IRL", "ITA", "JPN", "KOR", "MEX", "NLD", "PRT", "SWE", "TWN", "USA", "xROW",
)
SECTORS = (
    "AtB", "C", "D15t16", "D17t19", "D21t22", "D23", "D24", "D25", "D26", "D27t28", "D29",
    "D30t33", "D34t35", "Dnec", "E", "F", "G", "H", "I60t63", "I64", "J", "K", "LtQ",
)
# fmt: on
BELOW = {
    "xVA": 0.94,
    "xTXSP": 0.05,
    "xSD": 0.0,
    "xPURNR": 0.0,
    "xPURR": 0.0,
    "xMRG_int": 0.01,
}  # fmt: skip


def longrun_lines(
    year: int,
    regions: Sequence[str],
    sectors: Sequence[str],
    *,
    seed: int = 0,
    margins: float = 0.0,
) -> Iterator[str]:
    """Lines of one year; ``margins`` is the part of output that no use shows."""
    pairs = [(r, s) for r in regions for s in sectors]
    # Final demand stands after the industries of each country.
    columns = [(r, label) for r in regions for label in (*sectors, *FINAL)]
    table = BalancedTable(
        len(pairs), np.tile(SHARES / len(regions), len(regions)), seed=seed, year=year
    )
    shape = (len(regions), len(FINAL))

    def order(flows: Array, demand: Array) -> list[float]:
        blocks = zip(flows.reshape(len(regions), -1), demand.reshape(shape), strict=True)
        return [float(value) for block in blocks for part in block for value in part]

    def line(row: tuple[str, str], row_id: int, column: tuple[str, str], value: float) -> str:
        return f"{year},{row[0]},{row_id},{row[1]},{column[0]},1,{column[1]},{value!r}"

    for i, (flows, demand) in enumerate(table.rows()):
        for column, value in zip(columns, order(flows, demand), strict=True):
            yield line(pairs[i], i + 1, column, value)
        extra = margins * float(table.output[i])
        table.output[i] += extra
        for code, value in (
            ("xX", 0.0),
            ("xM", 0.0),
            ("xMRG_int", extra),
            ("xGO", table.output[i]),
        ):
            yield line(pairs[i], i + 1, ("xTOT", code), float(value))
    none = np.zeros(len(FINAL) * len(regions))
    rows = {"xII": table.inputs}
    rows |= {code: share * table.value_added for code, share in BELOW.items()}
    rows["xGO"] = table.output
    for k, (code, values) in enumerate(rows.items()):
        for column, value in zip(columns, order(values, none), strict=True):
            yield line(("xTOT", code), len(pairs) + k + 1, column, value)


def write_wiod_longrun(
    folder: Path,
    *,
    years: Sequence[int] = (1999, 2000),
    regions: Sequence[str] = ("AUS", "DEU", "xROW"),
    sectors: Sequence[str] = SECTORS[:3],
    seed: int = 0,
    margins: float = 0.0,
) -> Path:
    """Write all years to one file and return its path."""
    path = folder / "lr_wiod_wiot_final_filled.csv"
    with path.open("w", encoding="ascii", newline="") as stream:
        stream.write(f"{HEADER}\n")
        for year in years:
            for line in longrun_lines(year, regions, sectors, seed=seed, margins=margins):
                stream.write(f"{line}\n")
    return path


def main() -> None:
    """Write a made-up file of full size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--first", type=int, default=1965)
    given = options.parse_args()
    years = range(given.first, 2001)
    print(write_wiod_longrun(given.folder, years=years, regions=REGIONS, sectors=SECTORS))


if __name__ == "__main__":
    main()
