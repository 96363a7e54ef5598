"""Tables in the layout of Eurostat's FIGARO, matrix and flat file, made up or of given flows.

    python benchmarks/layouts/figaro.py FOLDER --form flatfile --regions 50 --sectors 64

None of the numbers is Eurostat's. Rows are written one by one, so that a table of full size (3,200
rows) takes no memory.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
else:
    from balanced import Array, BalancedTable

FINAL = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
SHARES = np.array([0.2, 0.53, 0.02, 0.23, 0.02])
BELOW = ("W2_D21X31", "W2_OP_RES", "W2_OP_NRES", "W2_D1", "W2_D29X39", "W2_B2A3G")
FLAT_HEADER = {
    "ind-by-ind": "icioiRow,icioiCol,refArea,rowIi,counterpartArea,colIi,obsValue",
    "prod-by-prod": "iciopRow,iciopCol,refArea,rowPp,counterpartArea,colPp,obsValue",
}
# fmt: off
REGIONS = (
    "AR", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CN", "CY", "CZ", "DE", "DK", "EE", "EL", "ES",
    "FI", "FIGW1", "FR", "GB", "HR", "HU", "ID", "IE", "IN", "IT", "JP", "KR", "LT", "LU", "LV",
    "MT", "MX", "NL", "NO", "PL", "PT", "RO", "RU", "SA", "SE", "SI", "SK", "TR", "US", "ZA",
    "AL", "ME", "MK", "RS",
)
SECTORS = (
    "A01", "A02", "A03", "B", "C10T12", "C13T15", "C16", "C17", "C18", "C19", "C20", "C21", "C22",
    "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31_32", "C33", "D35", "E36", "E37T39",
    "F", "G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_60", "J61",
    "J62_63", "K64", "K65", "K66", "L", "M69_70", "M71", "M72", "M73", "M74_75", "N77", "N78",
    "N79", "N80T82", "O84", "P85", "Q86", "Q87_88", "R90T92", "R93", "S94", "S95", "S96", "T", "U",
)
# fmt: on


def write_figaro(
    folder: Path,
    *,
    year: int = 2019,
    form: str = "matrix",
    system: str = "ind-by-ind",
    edition: str = "_25ed",
    version: str = "",
    regions: Sequence[str] = ("AT", "EL", "FIGW1"),
    sectors: Sequence[str] = ("A01", "C10T12", "C31_32"),
    seed: int = 0,
    flows: tuple[Array, Array] | None = None,
    zeros: bool = True,
    zipped: bool = False,
) -> Path:
    """Write one table and return its path.

    Parameters
    ----------
    folder : Path
    year : int
    form : {"matrix", "flatfile"}
    system : {"ind-by-ind", "prod-by-prod"}
    edition, version : str
        As they stand in the name: ``""`` or ``"_25ed"``, ``""`` or ``"_v2"``.
    regions, sectors : sequence of str
    seed : int
        Of the made-up flows, which are in thousandths.
    flows : (Z, Y), optional
        Flows to write to the last bit.
    zeros : bool
        Whether a flat file has the cells that are zero.
    zipped : bool
        Whether the file is put into a zip of its name.
    """
    name = f"{form}_eu-ic-io_{system}{edition}_{year}{version}.csv"
    codes = [f"CPA_{s}" for s in sectors] if system == "prod-by-prod" else list(sectors)
    rows = [f"{region}_{code}" for region in regions for code in codes]
    final = [f"{region}_{code}" for region in regions for code in FINAL]
    made = (
        _make_up(len(rows), len(regions), seed, year) if flows is None else zip(*flows, strict=True)
    )
    values = _rows(rows, len(final), made, seed)
    if form == "matrix":
        lines = _matrix_lines([*rows, *final], values)
    else:
        lines = _flat_lines(FLAT_HEADER[system], [*rows, *final], values, zeros)
    if not zipped:
        with (folder / name).open("wb") as file:
            file.writelines(f"{line}\n".encode() for line in lines)
        return folder / name
    path = folder / f"{name.removesuffix('.csv')}.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        member.writelines(f"{line}\n".encode() for line in lines)
    return path


def _make_up(n: int, regions: int, seed: int, year: int) -> Iterator[tuple[Array, Array]]:
    shares = np.tile(SHARES / regions, regions)
    for flows, demand in BalancedTable(n, shares, seed=seed, zeros=0.1, year=year).rows():
        yield np.round(flows, 3), np.round(demand, 3)


def _rows(
    labels: Sequence[str], m: int, made: Iterator[tuple[Array, Array]], seed: int
) -> Iterator[tuple[str, Array]]:
    """Rows of flows, and then those below, whose sums make the columns as large as the rows."""
    n = len(labels)
    output, sums = np.zeros(n), np.zeros(n)
    for i, (label, (flows, demand)) in enumerate(zip(labels, made, strict=True)):
        output[i] = flows.sum() + demand.sum()
        sums += flows
        yield label, np.concatenate([flows, demand])
    taxes = np.round(np.random.default_rng((seed, n)).random(n + m), 3)
    value_added = output - sums - taxes[:n]
    below = {
        "W2_D21X31": taxes,
        "W2_OP_RES": np.append(np.zeros(n), np.full(m, 1.5)),
        "W2_OP_NRES": np.append(np.zeros(n), np.full(m, -0.5)),
        "W2_D1": np.append(0.6 * value_added, np.zeros(m)),
        "W2_D29X39": np.append(0.1 * value_added, np.zeros(m)),
        "W2_B2A3G": np.append(0.3 * value_added, np.zeros(m)),
    }
    for label in BELOW:
        yield label, below[label]


def _matrix_lines(columns: Sequence[str], rows: Iterator[tuple[str, Array]]) -> Iterator[str]:
    yield ",".join(["rowLabels", *columns])
    for label, row in rows:
        yield ",".join([label, *map(repr, row.tolist())])


def _flat_lines(
    header: str, columns: Sequence[str], rows: Iterator[tuple[str, Array]], zeros: bool
) -> Iterator[str]:
    yield header
    split = {label: label.replace("_", ",", 1) for label in columns}
    for label, row in rows:
        place = label.replace("_", ",", 1)
        cells = (
            f"{label},{column},{place},{split[column]},{value!r}"
            for column, value in zip(columns, row.tolist(), strict=True)
            if zeros or value
        )
        yield "\n".join(cells)


def main() -> None:
    """Write a made-up table of any size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--form", default="matrix", choices=("matrix", "flatfile"))
    options.add_argument("--regions", type=int, default=50)
    options.add_argument("--sectors", type=int, default=64)
    options.add_argument("--zip", action="store_true")
    given = options.parse_args()
    print(
        write_figaro(
            given.folder,
            form=given.form,
            edition="_26ed",
            regions=sorted(REGIONS[: given.regions]),
            sectors=SECTORS[: given.sectors],
            zipped=given.zip,
        )
    )


if __name__ == "__main__":
    main()
