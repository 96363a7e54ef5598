"""Synthetic tables in the layout of EXIOBASE 3, as folders or zips.

    python benchmarks/layouts/exiobase3.py FOLDER --system pxp --regions 49 --sectors 200

Editions differ in what they hold: 3.4 coefficients only and codes of three letters; 3.8.2 flows,
coefficients, output, lists of sectors and one folder of satellite accounts; 3.9.6 a folder for
each kind of account and no lists.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
else:
    from balanced import Array, BalancedTable

# fmt: off
REGIONS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "GB", "US", "JP", "CN", "CA",
    "KR", "BR", "IN", "MX", "RU", "AU", "CH", "TR", "TW", "NO", "ID", "ZA", "WA", "WL", "WE", "WF",
    "WM",
)
# fmt: on
OLD_REGIONS = {"AT": "AUT", "RO": "ROM", "US": "USA", "CN": "CHN", "AU": "AUS"} | {
    f"W{letter}": f"WW{letter}" for letter in "ALEFM"
}
CATEGORIES = (
    "Final consumption expenditure by households",
    "Final consumption expenditure by non-profit organisations serving households (NPISH)",
    "Final consumption expenditure by government",
    "Gross fixed capital formation",
    "Changes in inventories",
    "Changes in valuables",
    "Exports: Total (fob)",
)
SHARES = (0.55, 0.02, 0.18, 0.22, 0.02, 0.01, 0.0)
FACTORS = (
    "Taxes less subsidies on products purchased: Total",
    "Other net taxes on production",
    "Compensation of employees; wages, salaries, & employers' social contributions: Low-skilled",
    "Compensation of employees; wages, salaries, & employers' social contributions: Medium-skilled",
    "Compensation of employees; wages, salaries, & employers' social contributions: High-skilled",
    "Operating surplus: Consumption of fixed capital",
    "Operating surplus: Rents on land",
    "Operating surplus: Royalties on resources",
    "Operating surplus: Remaining net operating surplus",
)
FACTOR_SHARES = (0.03, 0.02, 0.1, 0.25, 0.2, 0.15, 0.02, 0.03, 0.2)
#: Folder of an account in 3.9: stressors, their units and amounts per million EUR of output.
STRESSORS = {
    "air_emissions": (
        ("CO2 - combustion - air", "kg", 2e5),
        ("CH4 - combustion - air", "kg", 40.0),
        ("N2O - combustion - air", "kg", 8.0),
        ("CO2 - non combustion - Cement production - air", "kg", 3e4),
    ),
    "employment": (("Employment people: Low-skilled male", "1000 p", 0.01),),
    "energy": (("Energy Carrier Use: Total", "TJ", 5.0),),
    "water": (("Water Consumption Blue - Total", "Mm3", 0.02),),
}


def sector_names(count: int, system: str) -> tuple[str, ...]:
    """Names of made-up industries or products, with the marks that real ones have."""
    what = "Manufacture" if system == "ixi" else "Products"
    return tuple(f"{what} of goods nec, kind {k} (1{k % 10}); 'other' & rest" for k in range(count))


def write_exiobase3(
    folder: str | Path,
    *,
    year: int = 2019,
    system: str = "ixi",
    regions: Sequence[str] = REGIONS,
    sectors: Sequence[str] | int = 8,
    seed: int = 0,
    edition: str = "3.9.6",
    matrices: Sequence[str] = ("Z",),
    zipped: bool = True,
    zeros: float = 0.5,
    progress: Callable[[int], None] = lambda row: None,
) -> Path:
    """Write one year.

    Parameters
    ----------
    folder : path
        Where ``IOT_YYYY_ixi.zip``, or the folder of that name, is put.
    year : int
    system : {"ixi", "pxp"}
    regions : sequence of str
        Codes; in the edition 3.4 some are written with three letters.
    sectors : sequence of str or int
        Names, or how many.
    seed : int
    edition : {"3.9.6", "3.8.2", "3.4"}
    matrices : sequence of {"Z", "A"}
        Which are written; the edition 3.4 has ``A`` alone.
    zipped : bool
    zeros : float
        Part of the flows that are zero.
    progress : callable
        Told how many rows are written.

    Returns
    -------
    Path
        Of the zip or the folder.
    """
    names = sector_names(sectors, system) if isinstance(sectors, int) else tuple(sectors)
    if edition == "3.4":
        regions, matrices = [OLD_REGIONS.get(region, region) for region in regions], ("A",)
    rows = [(region, name) for region in regions for name in names]
    uses = [(region, name) for region in regions for name in CATEGORIES]
    shares = np.tile(SHARES, len(regions))
    table = BalancedTable(len(rows), shares, seed=seed, zeros=zeros, year=year)
    stem = f"IOT_{year}_{system}"
    with _Writer(Path(folder), stem, zipped) as writer:
        for matrix in matrices:
            table = BalancedTable(len(rows), shares, seed=seed, zeros=zeros, year=year)
            divisor = table.target if matrix == "A" else None
            demand = np.empty((len(rows), len(uses)))
            with writer.open(f"{matrix}.txt") as put:
                _write_head(put, rows, ("region", "sector"), 2)
                for i, (flows, final) in enumerate(table.rows()):
                    values = flows if divisor is None else flows / divisor
                    put("\t".join(rows[i]) + _join(values))
                    demand[i] = final
                    progress(i)
        with writer.open("Y.txt") as put:
            _write_head(put, uses, ("region", "category"), 2)
            for row, values in zip(rows, demand, strict=True):
                put("\t".join(row) + _join(values))
        writer.lines(
            "unit.txt", ["region\tsector\tunit", *("\t".join((*r, "M.EUR")) for r in rows)]
        )
        _write_metadata(writer, stem, system, edition, matrices)
        if edition != "3.4":
            output = zip(rows, table.output.tolist(), strict=True)
            writer.lines(
                "x.txt", ["region\tsector\tindout", *(f"{r}\t{s}\t{x!r}" for (r, s), x in output)]
            )
        if edition == "3.8.2":
            _write_lists(writer, names, system)
        _write_accounts(writer, table, rows, uses, edition)
        return writer.place


def _write_metadata(
    writer: _Writer, stem: str, system: str, edition: str, matrices: Sequence[str]
) -> None:
    known = {"3.8.2": ("exio382_ntnu", "v3.81"), "3.4": ("exiobase", "v3.4")}
    name, version = known.get(edition, (stem, f"v{edition}"))
    metadata = {"description": "synthetic", "name": name, "system": system, "version": version}
    files = {
        part: {"name": f"{part}.txt", "nr_index_col": "2", "nr_header": "2"}
        for part in (*matrices, "Y")
    }
    writer.lines("metadata.json", [json.dumps(metadata | {"history": []})])
    writer.lines("file_parameters.json", [json.dumps({"files": files, "systemtype": "IOSystem"})])


def _write_lists(writer: _Writer, names: Sequence[str], system: str) -> None:
    """Write lists of codes and names; that of the other system is there too."""
    head = "Number\tName\tCodeNr\tCodeTxt"
    for file, letter, mark in (("industries.txt", "i", "A"), ("products.txt", "p", "C")):
        own = (system == "ixi") == (letter == "i")
        listed = names if own else sector_names(len(names), "pxp" if system == "ixi" else "ixi")
        rows = [f"{k}\t{s}\t{letter}{k:02}.a\t{mark}_{k:04}" for k, s in enumerate(listed, start=1)]
        writer.lines(file, [head, *rows])
    codes = ("F_HOUS", "F_NPSH", "F_GOVE", "I_GFCF", "I_CHIN", "I_CHVA", "X_TOTA")
    rows = [
        f"{k}\t{name}\ty{k:02}\t{code}"
        for k, (name, code) in enumerate(zip(CATEGORIES, codes, strict=True), start=1)
    ]
    writer.lines("finaldemands.txt", [head, *rows])


def _write_accounts(
    writer: _Writer,
    table: BalancedTable,
    rows: Sequence[tuple[str, str]],
    uses: Sequence[tuple[str, str]],
    edition: str,
) -> None:
    rng = np.random.default_rng(1)
    factors = [(name, "M.EUR") for name in FACTORS]
    folders: dict[str, list[tuple[str, str, Array, Array]]] = {}
    spread = [np.asarray(share) * table.value_added for share in FACTOR_SHARES]
    if edition != "3.4":
        first = "satellite" if edition == "3.8.2" else "factor_inputs"
        taxes = [np.zeros(len(uses)) for _ in factors]
        taxes[0] = rng.uniform(0.0, 10.0, len(uses)) * (np.tile(SHARES, len(uses) // 7) > 0)
        kinds = zip(factors, spread, taxes, strict=True)
        folders[first] = [(*factor, value, tax) for factor, value, tax in kinds]
    households = np.array([category == CATEGORIES[0] for _, category in uses], dtype=float)
    for kind, stressors in STRESSORS.items():
        place = kind if edition.startswith("3.9") else "satellite"
        for name, unit, intensity in stressors:
            amounts = table.output * intensity * rng.lognormal(0.0, 1.0, len(rows))
            direct = households * amounts.mean() * rng.uniform(0.5, 2.0, len(uses))
            folders.setdefault(place, []).append((name, unit, amounts, direct))
    direct_file = "F_hh" if edition == "3.4" else "F_Y"
    for place, accounts in folders.items():
        for file, labels, second, part in (
            ("F", rows, "sector", 2),
            (direct_file, uses, "category", 3),
        ):
            with writer.open(f"{place}/{file}.txt") as put:
                _write_head(put, labels, ("region", second), 1, third=edition.startswith("3.9"))
                for account in accounts:
                    put(account[0] + _join(account[part]))
        units = ["stressor\tunit", *(f"{name}\t{unit}" for name, unit, _, _ in accounts)]
        writer.lines(f"{place}/unit.txt", units)
        files = {
            part: {"name": f"{part}.txt", "nr_index_col": "1", "nr_header": header}
            for part, header in (("F", "2"), (direct_file, "2"), ("unit", "1"))
        }
        parameters = {"files": files, "systemtype": "Extension", "name": place}
        writer.lines(f"{place}/file_parameters.json", [json.dumps(parameters)])


def _write_head(
    put: Callable[[str], None],
    columns: Sequence[tuple[str, str]],
    names: tuple[str, str],
    label_columns: int,
    *,
    third: bool = True,
) -> None:
    """Two lines of labels, and a third that names the columns of labels below them."""
    blank = "\t" * (label_columns - 1)
    for k, name in enumerate(names):
        put("\t".join([name + blank, *(column[k] for column in columns)]))
    if third:
        put(("region\tsector" if label_columns == 2 else "stressor") + "\t" * len(columns))


def _join(values: Array) -> str:
    return "".join(["\t" + repr(value) for value in values.tolist()])


class _Writer:
    """Files of one table, in a folder or streamed into a zip."""

    def __init__(self, folder: Path, stem: str, zipped: bool) -> None:
        self._stem = stem
        self.place = folder / (f"{stem}.zip" if zipped else stem)
        folder.mkdir(parents=True, exist_ok=True)
        self._zip = zipfile.ZipFile(self.place, "w", zipfile.ZIP_DEFLATED) if zipped else None

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Callable[[str], None]]:
        """Yield a function that writes a line."""
        if self._zip is not None:
            binary = self._zip.open(f"{self._stem}/{name}", "w", force_zip64=True)
        else:
            (self.place / name).parent.mkdir(parents=True, exist_ok=True)
            binary = (self.place / name).open("wb")
        with io.TextIOWrapper(binary, encoding="utf-8", newline="\n") as text:
            yield lambda line: print(line, file=text)

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Write a small file."""
        with self.open(name) as put:
            for line in lines:
                put(line)


def main(arguments: list[str] | None = None) -> None:
    """Write one table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--system", default="pxp", choices=("ixi", "pxp"))
    options.add_argument("--regions", type=int, default=49)
    options.add_argument("--sectors", type=int, default=200)
    options.add_argument("--edition", default="3.9.6", choices=("3.9.6", "3.8.2", "3.4"))
    options.add_argument("--folder-only", action="store_true", help="write no zip")
    given = options.parse_args(arguments)
    place = write_exiobase3(
        given.folder,
        system=given.system,
        regions=REGIONS[: given.regions],
        sectors=given.sectors,
        edition=given.edition,
        zipped=not given.folder_only,
    )
    print(place)


if __name__ == "__main__":
    main()
