"""How long each database takes to read at its full size, and how much memory, beside pymrio.

    python benchmarks/databases.py [--only exiobase3 --only icio] [--small] [--dtype float32]

Files are made by ``benchmarks/layouts`` in the layout of the publisher, of its full size but of
random numbers. Each is read in a process of its own, without the cache; printed are seconds, and
how much the process grew at most over what it takes after a tiny table of the same layout, also in
sizes of the table (Z and Y); and what a process of its child grew by (workbooks). pymrio reads the
same file in the same way, where it reads that layout; it reads accounts along with the table.
GLORIA and EMERGING are read as 10 groups of regions by 10 of sectors, since their tables would not
fit; their size is that of the groups.

What has no layout yet is left out. ``--small`` makes tables of a few rows, to try the script.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HOURS = 3_600  # seconds after which a reader is given up
GROUPS = 10


@dataclass(frozen=True)
class Case:
    """A database: how its file is made, and how it is read.

    Parameters
    ----------
    write : callable
        ``write(layout, folder, small)``: make the file with the functions of its layout.
    year : int
    own : mapping
        Options of the one format, whose name is that of the case.
    pymrio : callable, optional
        Reads the folder with the module pymrio; None where pymrio does not read the layout.
    labels : callable, optional
        ``labels(small)``: regions and sectors, where they are summed into groups while read.
    """

    write: Callable[[Any, Path, bool], Any]
    year: int
    own: Mapping[str, str] = field(default_factory=dict)
    pymrio: Callable[[Any, Path], Any] | None = None
    labels: Callable[[bool], tuple[list[str], list[str]]] | None = None


def iso3(count: int) -> list[str]:
    """Codes of countries, and the rest of the world at the end: ``count`` in all."""
    import pandas as pd
    from country_converter.country_converter import COUNTRY_DATA_FILE

    data = pd.read_csv(COUNTRY_DATA_FILE, sep="\t", dtype=str, keep_default_na=False)
    codes = sorted(set(data.loc[data["obsolete"] == "", "ISO3"]))
    return [*codes[: count - 1], "ROW"]


def numbered(count: int) -> list[str]:
    return [f"Sector {k}" for k in range(1, count + 1)]


def _write_adb(layout: Any, folder: Path, small: bool) -> None:
    if small:
        layout.write_adb(folder, year=2019)
    else:
        layout.write_adb(folder, year=2019, economies=layout.ECONOMIES, sectors=35)


def _write_ceads(layout: Any, folder: Path, small: bool) -> None:
    sizes = {} if small else {"provinces": 31, "sectors": 42}
    layout.write_ceads(folder, year=2018, **sizes)


def _labels_of_emerging(small: bool) -> tuple[list[str], list[str]]:
    return (iso3(12), numbered(11)) if small else (iso3(245), numbered(134))


def _write_emerging(layout: Any, folder: Path, small: bool) -> None:
    regions, sectors = _labels_of_emerging(small)
    layout.write_emerging(folder, year=2018, regions=regions, sectors=sectors)


def _write_eora26(layout: Any, folder: Path, small: bool) -> None:
    countries = [(code, code) for code in iso3(190)[:-1]]
    sizes = {} if small else {"countries": countries, "sectors": layout.SECTORS}
    layout.write_eora26(folder, year=2015, **sizes)


def _write_exiobase3(layout: Any, folder: Path, small: bool) -> None:
    sizes = {"regions": layout.REGIONS[:3], "sectors": 2} if small else {"sectors": 200}
    layout.write_exiobase3(folder, year=2019, system="pxp", **sizes)


def _write_figaro(layout: Any, folder: Path, small: bool) -> None:
    sizes = {} if small else {"regions": sorted(layout.REGIONS), "sectors": layout.SECTORS}
    layout.write_figaro(folder, year=2019, **sizes)


def _labels_of_gloria(small: bool) -> tuple[list[str], list[str]]:
    countries, sectors = (iso3(9), numbered(11)) if small else (iso3(161), numbered(120))
    return [*countries[:-1], "XAM", "XEU", "XAF", "XAS"], sectors


def _write_gloria(layout: Any, folder: Path, small: bool) -> None:
    regions, sectors = _labels_of_gloria(small)
    layout.write_gloria(folder, year=2022, regions=regions, sectors=sectors)


def _write_icio(layout: Any, folder: Path, small: bool) -> None:
    countries = importlib.import_module("benchmarks.layouts.labels").COUNTRIES
    regions = [*countries[:66], "ROW"]
    sizes = {} if small else {"regions": regions, "sectors": layout.SECTORS}
    layout.write_icio(folder, year=2015, edition="2021", **sizes)


CASES: Mapping[str, Case] = {
    "adb": Case(_write_adb, 2019),
    "ceads": Case(_write_ceads, 2018),
    "emerging": Case(_write_emerging, 2018, labels=_labels_of_emerging),
    "eora26": Case(
        _write_eora26, 2015, pymrio=lambda pymrio, at: pymrio.parse_eora26(at, year=2015)
    ),
    "exiobase3": Case(
        _write_exiobase3,
        2019,
        {"system": "pxp"},
        pymrio=lambda pymrio, at: pymrio.parse_exiobase3(at / "IOT_2019_pxp.zip"),
    ),
    "figaro": Case(_write_figaro, 2019),
    "gloria": Case(
        _write_gloria,
        2022,
        pymrio=lambda pymrio, at: pymrio.parse_gloria(at, year=2022),
        labels=_labels_of_gloria,
    ),
    "icio": Case(_write_icio, 2015, pymrio=lambda pymrio, at: pymrio.parse_oecd(at, year=2015)),
}
"""Databases by the name of their layout and format."""


def written_layouts() -> list[str]:
    """Names of the cases whose layout is there."""
    found = {path.stem for path in (ROOT / "benchmarks" / "layouts").glob("*.py")}
    return [name for name in CASES if name in found]


def write(name: str, folder: Path, small: bool) -> None:
    """Make the file of a case."""
    layout = importlib.import_module(f"benchmarks.layouts.{name}")
    folder.mkdir(parents=True, exist_ok=True)
    CASES[name].write(layout, folder, small)


def read(name: str, folder: Path, *, small: bool, dtype: str = "float64") -> Any:
    """Read the file of a case with ioecon."""
    import ioecon

    case = CASES[name]
    options: dict[str, Any] = {**case.own, "dtype": dtype}
    if case.labels is not None:
        for kind, labels in zip(("regions", "sectors"), case.labels(small), strict=True):
            options[kind] = {
                label: f"{kind} {k * GROUPS // len(labels)}" for k, label in enumerate(labels)
            }
    series = ioecon.read_series(
        folder, format=name, years=[case.year], cache=False, progress=False, **options
    )
    return series[case.year]


def current_kilobytes(what: str) -> int:
    """Memory of this process, "VmRSS" now or "VmHWM" at most (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def measure(name: str, folder: Path, reader: str, small: bool, dtype: str) -> dict[str, float]:
    """Read in this process: seconds, growth in bytes, and bytes of the table."""
    import resource

    import numpy as np

    def run(folder: Path, small: bool) -> tuple[Any, Any]:
        if reader == "ioecon":
            table = read(name, folder, small=small, dtype=dtype)
            return table.Z, table.Y
        parse = CASES[name].pymrio
        assert parse is not None
        system = parse(importlib.import_module("pymrio"), folder)
        return system.A if system.Z is None else system.Z, system.Y

    with tempfile.TemporaryDirectory() as warm:  # libraries are loaded before it counts
        write(name, Path(warm), small=True)
        run(Path(warm), small=True)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak until now
    before = current_kilobytes("VmRSS")
    begun = time.perf_counter()
    Z, Y = run(folder, small)
    seconds = time.perf_counter() - begun
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - child
    return {
        "n": Z.shape[0],
        "seconds": seconds,
        "growth": 1024.0 * (current_kilobytes("VmHWM") - before),
        "child": 1024.0 * grown,
        "table": float(sum(np.asarray(part).nbytes for part in (Z, Y))),
    }


def measure_apart(
    name: str, folder: Path, reader: str, small: bool, dtype: str
) -> dict[str, float] | str:
    """Measure in a fresh process; a sentence if it fails."""
    command = [sys.executable, __file__, "--measure", name, reader, str(folder), dtype]
    command += ["--small"] if small else []
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=HOURS, check=False
        )
    except subprocess.TimeoutExpired:
        return "more than an hour"
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return words[-1][:100]
    return json.loads(done.stdout.splitlines()[-1])


def cells_of(found: dict[str, float] | str) -> list[str]:
    """Seconds, growth in MB, and growth in sizes of the table."""
    if isinstance(found, str):
        return [found, "", ""]
    times = found["growth"] / found["table"]
    beside = f" (+{found['child'] / 1e6:.0f} in a child)" if found["child"] > 10e6 else ""
    return [f"{found['seconds']:.1f}", f"{found['growth'] / 1e6:.0f}{beside}", f"{times:.2f}"]


def row_of(name: str, small: bool, dtype: str, place: Path, with_pymrio: bool) -> list[str]:
    """One row of the table that is printed."""
    folder = place / name
    if not folder.exists():
        write(name, folder, small)
    megabytes = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6
    found = measure_apart(name, folder, "ioecon", small, dtype)
    n = "" if isinstance(found, str) else f"{found['n']:.0f}"
    row = [name, n, f"{megabytes:.0f}", *cells_of(found)]
    if with_pymrio and CASES[name].pymrio:
        return [*row, *cells_of(measure_apart(name, folder, "pymrio", small, dtype))]
    return [*row, "", "", ""]


HEAD = ("database", "n", "file MB", "seconds", "peak MB", "× table",
        "pymrio seconds", "pymrio peak MB", "pymrio × table")  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Print a table with a row for each database."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--only", action="append", choices=CASES, help="may be repeated")
    options.add_argument("--small", action="store_true", help="a few rows, to try the script")
    options.add_argument("--dtype", default="float64", choices=("float64", "float32"))
    options.add_argument("--folder", type=Path, help="keep the files here and use them again")
    options.add_argument("--no-pymrio", action="store_true")
    options.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    given = options.parse_args(arguments)
    if given.measure:
        name, reader, folder, dtype = given.measure
        print(json.dumps(measure(name, Path(folder), reader, given.small, dtype)))
        return
    names = [name for name in written_layouts() if not given.only or name in given.only]
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD), flush=True)
    with tempfile.TemporaryDirectory(prefix="ioecon-databases-") as temporary:
        place = given.folder or Path(temporary)
        for name in names:
            row = row_of(name, given.small, given.dtype, place, not given.no_pymrio)
            print("| " + " | ".join(row) + " |", flush=True)


sys.path.insert(0, str(ROOT))
if __name__ == "__main__":
    main()
