"""Made-up national tables in the layout of the OECD's tables of total use (``BEL2020ttl.csv``).

python benchmarks/layouts/oecd_national.py FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import BalancedTable
else:
    from balanced import BalancedTable

FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "CONS_NONRES", "EXPO", "IMPO")
SHARES = np.array([0.6, 0.02, 0.2, 0.2, 0.02, 0.01, 0.05, 0.3, -0.4])
# fmt: off
SECTORS = (
    "01", "02", "03", "05", "06", "07", "08", "09", "10T12", "13T15", "16", "17T18", "19", "20",
    "21", "22", "23", "24A", "24B", "25", "26", "27", "28", "29", "301", "302T309", "31T33", "35",
    "36T39", "41T43", "45T47", "49", "50", "51", "52", "53", "55T56", "58T60", "61", "62T63",
    "64T66", "68", "69T75", "77T82", "84", "85", "86T88", "90T93", "94T96", "97T98",
)
# fmt: on


def national_lines(
    year: int = 2020, sectors: Sequence[str] = SECTORS[:4], *, seed: int = 0, total: bool = False
) -> list[str]:
    """Lines of the file; ``total`` adds the column TOTAL that some files have."""
    n = len(sectors)
    table = BalancedTable(n, SHARES, seed=seed, year=year)
    heads = ["", *(f"D{s}" for s in sectors), *FINAL, *(["TOTAL"] if total else [])]
    lines = [",".join(f'"{label}"' for label in heads)]
    uses = np.zeros(n + len(FINAL))

    def add(label: str, values: np.ndarray, last: float) -> None:
        cells = [f'"{label}"', *(repr(float(value)) for value in values)]
        lines.append(",".join([*cells, *([repr(last)] if total else [])]))

    for i, (flows, demand) in enumerate(table.rows()):
        row = np.concatenate([flows, demand])
        uses += row
        add(f"TTL_{sectors[i]}", row, float(table.output[i]))
    taxes = {
        "TXS_IMP_FNL": 0.01 * np.concatenate([table.value_added, np.zeros(len(FINAL))]),
        "TXS_INT_FNL": 0.02 * np.concatenate([table.value_added, uses[n:]]),
    }
    for label, values in taxes.items():
        add(label, values, 0.0)
    inputs = uses + sum(taxes.values())
    none = np.zeros(len(FINAL))
    add("TTL_INT_FNL", inputs, 0.0)
    add("VALU", np.concatenate([table.output - inputs[:n], none]), 0.0)
    add("OUTPUT", np.concatenate([table.output, none]), 0.0)
    return lines


def write_oecd_national(
    folder: Path,
    *,
    country: str = "BEL",
    year: int = 2020,
    sectors: Sequence[str] = SECTORS[:4],
    seed: int = 0,
    total: bool = False,
    lines: Sequence[str] | None = None,
) -> Path:
    """Write one table and return its path.

    Parameters
    ----------
    folder : Path
    country : str
    year : int
    sectors : sequence of str
    seed : int
    total : bool
        Whether the file has a column TOTAL.
    lines : sequence of str, optional
        What to write instead of made-up numbers.
    """
    path = folder / f"{country}{year}ttl.csv"
    made = national_lines(year, sectors, seed=seed, total=total) if lines is None else lines
    path.write_text("\n".join([*made, ""]), encoding="ascii")
    return path


def main() -> None:
    """Write a made-up table of full size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    print(write_oecd_national(options.parse_args().folder, sectors=SECTORS))


if __name__ == "__main__":
    main()
