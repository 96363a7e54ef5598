"""The largest table that is decomposed whole: GLORIA after its construct, n = 19,680, two years.

    python -m benchmarks --only largest [--quick]

Tables of random numbers are written as npy a strip at a time, in float32 and in float64 (9 GB of
disk in all), and decomposed from the maps of these files, each type in a process of its own; peak
memory is that of the process, mapped pages included. Some ten minutes with one thread.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import ioecon
from benchmarks.measure import Row

YEARS = (2020, 2021)
_STRIP = 480  # rows that are made at once


def write_tables(folder: Path, countries: int, sectors: int, dtype: str) -> None:
    """Write two balanced tables, the same numbers in either type."""
    n = countries * sectors
    for year in YEARS:
        rng = np.random.default_rng(year)
        Z = np.lib.format.open_memmap(folder / f"Z{year}.npy", mode="w+", dtype=dtype, shape=(n, n))
        Y = np.empty((n, countries), dtype=dtype)
        for start in range(0, n, _STRIP):
            strip = rng.random((min(_STRIP, n - start), n), dtype="float32")
            Z[start : start + len(strip)] = strip
            Y[start : start + len(strip)] = (
                n / countries * (0.6 + 0.4 * rng.random((len(strip), countries), dtype="float32"))
            )
        Z.flush()
        np.save(folder / f"Y{year}.npy", Y)


def decompose_mapped(folder: Path, countries: int, sectors: int) -> dict[str, float]:
    """Decompose the two tables of a folder in this process, and say what it took."""
    names = [f"C{i:03}" for i in range(countries)]
    tables = {
        year: ioecon.IOTable(
            Z=np.load(folder / f"Z{year}.npy", mmap_mode="r"),
            Y=np.load(folder / f"Y{year}.npy", mmap_mode="r"),
            year=year,
            countries=names,
            sectors=[f"s{i:03}" for i in range(sectors)],
            categories=["final"],
        )
        for year in YEARS
    }
    series = ioecon.IOSeries(tables)
    index = pd.MultiIndex.from_product([names, YEARS], names=["country", "year"])
    emissions = pd.Series(np.random.default_rng(1).uniform(1e4, 1e6, len(index)), index=index)
    clock, processor = time.perf_counter(), time.process_time()
    effects = ioecon.decompose(series, emissions)
    cpu, wall = time.process_time() - processor, time.perf_counter() - clock
    np.save(folder / "effects.npy", effects.values)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu": cpu, "wall": wall, "peak": kilobytes / 2**20}


def rows(quick: bool) -> list[Row]:
    """Measure the row of the record; a table of a few hundred rows if ``quick``."""
    countries, sectors = (12, 20) if quick else (164, 120)
    took, values = {}, {}
    for dtype in ("float32", "float64"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_tables(folder, countries, sectors, dtype)
            code = (
                "import json, sys; from pathlib import Path; "
                "from benchmarks.largest import decompose_mapped as d; "
                "print(json.dumps(d(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, name, str(countries), str(sectors)],
                cwd=Path(__file__).parents[1],
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            took[dtype] = json.loads(done.stdout)
            values[dtype] = np.load(folder / "effects.npy")
    single, double = took["float32"], took["float64"]
    beside = f"float64 ({double['cpu']:.3g} s, {double['peak']:.1f} GiB"
    apart = np.abs(values["float32"] - values["float64"]).max() / np.abs(values["float64"]).max()
    return [
        Row(
            f"decomposition, two mapped years in float32, n = {countries * sectors:,}",
            single["cpu"],
            f"{beside}; effects within {apart:.0e})",
            single["cpu"] / double["cpu"],
            "≤ 0.7, ≤ 6 GB",
            single["peak"],
            "GiB of the process",
        )
    ]
