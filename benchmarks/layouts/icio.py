"""Tables in the layout of OECD ICIO, made up or of given flows.

    python benchmarks/layouts/icio.py FOLDER --edition 2023 --regions 77 --sectors 45

The layouts are those of the editions of 2016, 2018, 2021, 2023 and 2025; none of the numbers is the
OECD's. Rows are written one by one, so that a table of full size (3,645 rows) takes no memory.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
    from benchmarks.layouts.labels import COUNTRIES
else:
    from balanced import Array, BalancedTable
    from labels import COUNTRIES

FINAL = {
    "2016": ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DIRP"),
    "2018": ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "P33"),
} | dict.fromkeys(("2021", "2023", "2025"), ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"))
SHARES = np.array([0.5, 0.02, 0.2, 0.23, 0.02, 0.03])
PARTS = {"2016": ("MX1", "MX2", "MX3", "CN1", "CN2", "CN3", "CN4")} | dict.fromkeys(
    ("2018", "2021", "2023", "2025"), ("MX1", "MX2", "CN1", "CN2")
)
WHOLE = {"CN": "CHN", "MX": "MEX"}
# fmt: off
SECTORS = (
    "A01_02", "A03", "B05_06", "B07_08", "B09", "C10T12", "C13T15", "C16", "C17_18", "C19",
    "C20", "C21", "C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31T33", "D",
    "E", "F", "G", "H49", "H50", "H51", "H52", "H53", "I", "J58T60", "J61", "J62_63", "K", "L",
    "M", "N", "O", "P", "Q", "R", "S", "T",
)
# fmt: on


@dataclass(frozen=True)
class Layout:
    """Labels of a table, in the order of its edition."""

    edition: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def rows(self) -> list[str]:
        """Labels of the rows of flows, those of parts of countries last."""
        return [f"{r}_{s}" for r in (*self.regions, *self.parts) for s in self.sectors]

    @property
    def final(self) -> list[str]:
        """Labels of the columns of final demand."""
        if self.edition == "2016":  # the code comes first, and all countries of one code together
            return [f"{k}_{r}" for k in FINAL["2016"] for r in self.regions]
        return [f"{r}_{k}" for r in self.regions for k in FINAL[self.edition]]

    @property
    def final_order(self) -> np.ndarray:
        """Positions of these columns where countries come first."""
        order = np.arange(len(self.final))
        by_country = order.reshape(len(self.regions), -1)
        return by_country.T.ravel() if self.edition == "2016" else order

    @property
    def active(self) -> np.ndarray:
        """Rows that have flows: not those of a country whose parts have them."""
        whole = {WHOLE[part[:2]] for part in self.parts}
        return np.array([row.split("_", 1)[0] not in whole for row in self.rows])

    @property
    def file_name(self) -> str:
        """Name that the OECD gives the file, with ``{year}`` in it."""
        if self.edition == "2018":
            return "ICIO2018_{year}.CSV"
        if self.edition in ("2016", "2021"):
            return f"ICIO{self.edition}_{{year}}.csv"
        return "{year}.csv" if self.parts else "{year}_SML.csv"


def write_icio(
    folder: Path,
    *,
    year: int = 2019,
    edition: str = "2023",
    regions: Sequence[str] = ("AUS", "CHN", "MEX", "ROW"),
    sectors: Sequence[str] = ("A01_02", "C10T12"),
    split: bool = True,
    seed: int = 0,
    flows: tuple[Array, Array] | None = None,
    discrepancy: float = 0.0,
) -> Path:
    """Write one table and return its path.

    Parameters
    ----------
    folder : Path
    year : int
    edition : {"2016", "2018", "2021", "2023", "2025"}
    regions, sectors : sequence of str
    split : bool
        Whether China and Mexico are split into parts (the extended table).
    seed : int
        Of the made-up flows, which are in thousandths.
    flows : (Z, Y), optional
        Flows to write to the last bit, in the order of the labels: parts last, countries first.
    discrepancy : float
        What the column DISC of 2016 holds in each row.
    """
    parts = tuple(p for p in PARTS[edition] if WHOLE[p[:2]] in regions) if split else ()
    layout = Layout(edition, tuple(regions), tuple(sectors), parts)
    path = folder / layout.file_name.format(year=year)
    rows = _make_up(layout, seed, year) if flows is None else zip(*flows, strict=True)
    with path.open("w", newline="\n") as file:
        for line in _lines(layout, rows, seed, discrepancy):
            file.write(f"{line}\n")
    return path


def _make_up(layout: Layout, seed: int, year: int) -> Iterator[tuple[Array, Array]]:
    active = layout.active
    shares = np.tile(SHARES / len(layout.regions), len(layout.regions))
    made = BalancedTable(int(active.sum()), shares, seed=seed, zeros=0.1, year=year).rows()
    for has_flows in active:
        flows, demand = np.zeros(active.size), np.zeros(shares.size)
        if has_flows:
            flows[active], demand = next(made)
        yield np.round(flows, 3), np.round(demand, 3)


def _lines(
    layout: Layout, rows: Iterator[tuple[Array, Array]], seed: int, discrepancy: float
) -> Iterator[str]:
    old = layout.edition == "2016"
    last = "DISC" if old else "TOTAL" if layout.edition == "2018" else "OUT"
    quote = '"{}"'.format if old else str
    corner = "V1" if layout.edition in ("2021", "2023", "2025") else ""
    yield ",".join(map(quote, [corner, *layout.rows, *layout.final, last]))
    n = len(layout.rows)
    output, sums = np.zeros(n), np.zeros(n + len(layout.final))
    for i, (label, (flows, demand)) in enumerate(zip(layout.rows, rows, strict=True)):
        row = np.concatenate([flows, demand[layout.final_order]])
        sums += row
        missing = discrepancy if old and layout.active[i] else 0.0
        output[i] = row.sum() + missing
        yield _join(quote(label), [*row, missing if old else output[i]])
    if old:
        empty = "," * (len(layout.final) + 1)
        yield _join('"VA+TAXSUB"', output - sums[:n]) + empty
        yield _join('"OUT"', output) + empty
    else:
        yield from _rows_below(layout, sums, output, seed)


def _rows_below(layout: Layout, sums: Array, output: Array, seed: int) -> Iterator[str]:
    n, m = output.size, sums.size - output.size
    totals = layout.edition == "2018"
    names = [f"{r}_TAXSUB" for r in layout.regions] if totals else ["TLS"]
    taxes = np.round(np.random.default_rng((seed, n)).random((len(names), n + m)), 3)
    taxes[:, :n] *= layout.active
    value_added = output - sums[:n] - taxes[:, :n].sum(axis=0)
    below = np.append(output, sums[n:] + taxes[:, n:].sum(axis=0))
    last = [("VALU" if totals else "VA", np.append(value_added, np.zeros(m)))]
    last += [("OUTPUT" if totals else "OUT", below)]
    for name, row in [*zip(names, taxes, strict=True), *last]:
        yield f"{_join(name, row)},{float(row.sum())!r}" if totals else f"{_join(name, row)},"


def _join(label: str, numbers: Sequence[float] | Array) -> str:
    return ",".join([label, *map(repr, np.asarray(numbers, dtype=float).tolist())])


def main() -> None:
    """Write a made-up table of any size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--edition", default="2023", choices=FINAL)
    options.add_argument("--regions", type=int, default=77)
    options.add_argument("--sectors", type=int, default=45)
    options.add_argument("--small", action="store_true", help="without parts of countries")
    given = options.parse_args()
    sectors = [*SECTORS, *(f"S{k:02d}" for k in range(given.sectors))][: given.sectors]
    regions = [*COUNTRIES[: given.regions - 1], "ROW"]
    print(write_icio(given.folder, edition=given.edition, regions=regions, sectors=sectors,
                     split=not given.small))  # fmt: skip


if __name__ == "__main__":
    main()
