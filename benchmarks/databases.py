"""How long each database takes to read at its full size, and how much memory, beside pymrio.

    python benchmarks/databases.py [--only exiobase3 --only icio] [--small] [--dtype float32]
    python benchmarks/databases.py --chain

Files are made by ``benchmarks/layouts`` in the layout of the publisher, of its full size but of
random numbers. Each is read in a process of its own, without the cache; printed are seconds, those
that the process and its child worked, and how much the process grew at most over what it takes
after a tiny table of the same layout, also in sizes of the table (Z and Y); and what its child
grew by (workbooks). pymrio reads the same file in the same way, where it reads that layout; it
reads accounts along with the table.
GLORIA and EMERGING are read as 10 groups of regions by 10 of sectors, since their tables would not
fit; their size is that of the groups.

``--chain`` prints another table: what small years of each pass of the checks, which account is
read, and how far they go to a regression table (:mod:`benchmarks.chains`); it takes seconds.
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
    form, layout : str
        Names of the format, and of the module that writes it.
    write : callable
        ``write(layout, folder, small)``: make the file with the functions of its layout.
    year : int
    own : mapping
        Options of the one format.
    pymrio : callable, optional
        Reads the folder with the module pymrio; None where pymrio does not read the layout.
    labels : callable, optional
        ``labels(small)``: regions and sectors, where they are summed into groups while read.
    """

    form: str
    layout: str
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
    layout.write_emerging(folder, year=2018, regions=regions, sectors=sectors, digits=2)


def _write_eora26(layout: Any, folder: Path, small: bool) -> None:
    countries = [(code, code) for code in iso3(190)[:-1]]
    sizes = {} if small else {"countries": countries, "sectors": layout.SECTORS}
    layout.write_eora26(folder, year=2015, **sizes)


def _exiobase3(system: str, sectors: int) -> Case:
    def write(layout: Any, folder: Path, small: bool) -> None:
        sizes = {"regions": layout.REGIONS[:3], "sectors": 2} if small else {"sectors": sectors}
        layout.write_exiobase3(folder, year=2019, system=system, **sizes)

    file = f"IOT_2019_{system}.zip"
    own = {"system": system}
    return Case(
        "exiobase3",
        "exiobase3",
        write,
        2019,
        own,
        pymrio=lambda pymrio, at: pymrio.parse_exiobase3(at / file),
    )


def _figaro(form: str) -> Case:
    def write(layout: Any, folder: Path, small: bool) -> None:
        sizes = {} if small else {"regions": sorted(layout.REGIONS), "sectors": layout.SECTORS}
        layout.write_figaro(folder, year=2019, form=form, **sizes)

    return Case("figaro", "figaro", write, 2019)


def _wiod(form: str, file: str, release: int = 2016, prices: str = "current prices") -> Case:
    def write(layout: Any, folder: Path, small: bool) -> None:
        sizes = {} if small else {
            "countries": layout.COUNTRIES if release == 2016 else layout.COUNTRIES_2013,
            "sectors": layout.SECTORS_2016 if release == 2016 else layout.SECTORS_2013,
        }  # fmt: skip
        layout.write_wiod(folder, form=file, year=2009, release=release, prices=prices, **sizes)

    return Case(form, "wiod", write, 2009)


def _write_longrun(layout: Any, folder: Path, small: bool) -> None:
    sizes = {} if small else {"regions": layout.REGIONS, "sectors": layout.SECTORS}
    layout.write_wiod_longrun(folder, years=[1999, 2000], **sizes)


def _write_wiod_national(layout: Any, folder: Path, small: bool) -> None:
    sizes = {} if small else {"years": range(2000, 2015), "sectors": layout.SECTORS}
    layout.write_wiod_national(folder, **sizes)


def _write_oecd_national(layout: Any, folder: Path, small: bool) -> None:
    layout.write_oecd_national(folder, **({} if small else {"sectors": layout.SECTORS}))


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
    "adb": Case("adb", "adb", _write_adb, 2019),
    "ceads": Case("ceads", "ceads", _write_ceads, 2018),
    "emerging": Case("emerging", "emerging", _write_emerging, 2018, labels=_labels_of_emerging),
    "eora26": Case(
        "eora26",
        "eora26",
        _write_eora26,
        2015,
        pymrio=lambda pymrio, at: pymrio.parse_eora26(at, year=2015),
    ),
    "exiobase3 pxp": _exiobase3("pxp", 200),
    "exiobase3 ixi": _exiobase3("ixi", 163),
    "figaro matrix": _figaro("matrix"),
    "figaro flat": _figaro("flatfile"),
    "gloria": Case(
        "gloria",
        "gloria",
        _write_gloria,
        2022,
        pymrio=lambda pymrio, at: pymrio.parse_gloria(at, year=2022),
        labels=_labels_of_gloria,
    ),
    "icio": Case(
        "icio", "icio", _write_icio, 2015, pymrio=lambda pymrio, at: pymrio.parse_oecd(at, 2015)
    ),
    "oecd-national": Case("oecd-national", "oecd_national", _write_oecd_national, 2020),
    "wiod2013 xlsx": _wiod("wiod2013-xlsx", "xlsx", release=2013),
    "wiod2016 xlsx": _wiod("wiod2016-xlsx", "xlsx"),
    "wiod2016 xlsb": _wiod("wiod2016-xlsx", "xlsb"),
    "wiod2016 rdata": _wiod("wiod2016-rdata", "rdata"),
    "wiod2016-pyp": _wiod("wiod2016-pyp", "xlsb", prices="previous year prices"),
    "wiod2016-national": Case("wiod2016-national", "wiod_national", _write_wiod_national, 2001),
    "wiod-longrun": Case("wiod-longrun", "wiod_longrun", _write_longrun, 2000),
}
"""Databases and their forms at full size."""


def write(name: str, folder: Path, small: bool) -> None:
    """Make the file of a case."""
    layout = importlib.import_module(f"benchmarks.layouts.{CASES[name].layout}")
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
        folder, format=case.form, years=[case.year], cache=False, progress=False, **options
    )
    return series[case.year]


def current_kilobytes(what: str) -> int:
    """Memory of this process, "VmRSS" now or "VmHWM" at most (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def worked_seconds() -> float:
    """Seconds that this process and its ended children have worked."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


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
    begun, worked = time.perf_counter(), worked_seconds()
    Z, Y = run(folder, small)
    seconds, worked = time.perf_counter() - begun, worked_seconds() - worked
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - child
    return {
        "n": Z.shape[0],
        "seconds": seconds,
        "worked": worked,
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
        return [found, "", "", ""]
    times = found["growth"] / found["table"]
    beside = f" (+{found['child'] / 1e6:.0f} in a child)" if found["child"] > 10e6 else ""
    return [f"{found['seconds']:.1f}", f"{found['worked']:.1f}",
            f"{found['growth'] / 1e6:.0f}{beside}", f"{times:.2f}"]  # fmt: skip


def row_of(name: str, small: bool, dtype: str, place: Path, with_pymrio: bool) -> list[str]:
    """One row of the table that is printed."""
    folder = place / name.replace(" ", "-")
    if not folder.exists():
        write(name, folder, small)
    megabytes = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6
    found = measure_apart(name, folder, "ioecon", small, dtype)
    n = "" if isinstance(found, str) else f"{found['n']:.0f}"
    row = [name, n, f"{megabytes:.0f}", *cells_of(found)]
    if with_pymrio and CASES[name].pymrio:
        return [*row, *cells_of(measure_apart(name, folder, "pymrio", small, dtype))]
    return [*row, *[""] * 4]


HEAD = ("database", "n", "file MB", "seconds", "worked", "peak MB", "× table",
        "pymrio seconds", "pymrio worked", "pymrio peak MB", "pymrio × table")  # fmt: skip


CHAIN_HEAD = ("database", "labels", "printed output", "sums", "audit", "account", "goes to", "why")


def print_chains() -> None:
    """Print a table with a row for each chain: its checks, and how far it goes."""
    chains = importlib.import_module("benchmarks.chains")
    print("| " + " | ".join(CHAIN_HEAD) + " |\n|" + "---|" * len(CHAIN_HEAD), flush=True)
    for name, chain in chains.CHAINS.items():
        with tempfile.TemporaryDirectory(prefix="ioecon-chain-") as folder:
            done = chains.walk(chain, Path(folder))
        cells = [name, *done.checks.values(), done.account, done.steps[-1], done.reason]
        print("| " + " | ".join(cells) + " |", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Print a table with a row for each database."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--only", action="append", choices=CASES, help="may be repeated")
    options.add_argument("--chain", action="store_true", help="how far each goes, on small years")
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
    if given.chain:
        print_chains()
        return
    names = [name for name in CASES if not given.only or name in given.only]
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD), flush=True)
    with tempfile.TemporaryDirectory(prefix="ioecon-databases-") as temporary:
        place = given.folder or Path(temporary)
        for name in names:
            row = row_of(name, given.small, given.dtype, place, not given.no_pymrio)
            print("| " + " | ".join(row) + " |", flush=True)


sys.path.insert(0, str(ROOT))
if __name__ == "__main__":
    main()
