"""How the cost of a decomposition grows with years, sectors, countries and processes.

    python -m benchmarks --only scaling [--quick]

Random tables of the size of WIOD 2013 (41 countries × 35 sectors) are made longer, finer or wider,
one at a time; each is measured in turn with the smallest of its kind. Processes read tables from
the store and are measured by the clock, once they are there. The last rows say at which n the
memory of this machine ends, if a decomposition takes what it took at the largest size measured
here, and how long two years would take then, with time as n³.
"""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path

import numpy as np

import ioecon
from benchmarks.decomposition import part_of, peak_matrices, random_emissions, synthetic_series
from benchmarks.measure import Row, in_turn, machine

Size = tuple[int, int, int]  # countries, sectors, years
KINDS = ("years", "sectors", "countries")


def rows(quick: bool) -> list[Row]:
    """Measure growth along each axis, then processes, then the end of one machine."""
    base: Size = (5, 6, 3) if quick else (41, 35, 3)
    rounds = 2 if quick else 3
    found: list[Row] = []
    for kind in KINDS:
        found += growth(kind, grown(base, kind, quick=quick), rounds=rounds)
    found += processes((5, 20, 5) if quick else (41, 56, 9), rounds=rounds)
    return found + end_of_one_machine((10, 20, 2) if quick else (82, 60, 2))


def grown(base: Size, kind: str, *, quick: bool) -> list[Size]:
    """Three sizes, each about twice the one before, along one axis."""
    countries, sectors, years = base
    if kind == "years":  # 2, 4 and 8 periods
        return [(countries, sectors, periods + 1) for periods in (2, 4, *(() if quick else (8,)))]
    if kind == "sectors":
        return [(countries, sectors * k, years) for k in (1, 2, *(() if quick else (4,)))]
    return [(countries * k, sectors, years) for k in (1, 2, *(() if quick else (4,)))]


def growth(kind: str, sizes: list[Size], *, rounds: int) -> list[Row]:
    worlds = {size: synthetic_series(*size) for size in sizes}
    totals = {size: random_emissions(series) for size, series in worlds.items()}

    def decompose(size: Size) -> object:
        return ioecon.decompose(part_of(worlds[size], size[2]), totals[size])

    took = in_turn(
        {str(size): (lambda size=size: decompose(size)) for size in sizes},  # type: ignore[misc]
        rounds,
    )
    smallest = took[str(sizes[0])].cpu
    return [
        Row(
            f"{kind}: {size[0]} countries × {size[1]} sectors (n = {size[0] * size[1]:,}), "
            f"{size[2]} years",
            took[str(size)].cpu,
            "" if size == sizes[0] else f"the first of the {kind}",
            None if size == sizes[0] else took[str(size)].cpu / smallest,
            peak=peak_matrices(part_of(worlds[size], size[2]), totals[size]),
            peak_unit="n × n",
        )
        for size in sizes
    ]


def processes(size: Size, *, rounds: int) -> list[Row]:
    """One, two, four … processes, up to the cores of this machine and at least two."""
    counts = [2**k for k in range(1 + max(1, int(math.log2(os.cpu_count() or 1))))]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        series = synthetic_series(*size)
        emissions = random_emissions(series)
        place = ioecon.write_series(series, Path(folder) / "world")

        def decompose(count: int) -> object:
            stored = ioecon.read_series(place, format="ioecon")
            return ioecon.decompose(stored, emissions, n_jobs=count)

        took = in_turn(
            {str(n): (lambda n=n: decompose(n)) for n in counts},  # type: ignore[misc]
            rounds,
        )
    one = took["1"].wall
    what = f"n = {size[0] * size[1]:,}, {size[2]} years"
    return [
        Row(
            f"{count} process{'es' * (count > 1)}, {what} (seconds of the clock)",
            took[str(count)].wall,
            "" if count == 1 else "one process",
            None if count == 1 else took[str(count)].wall / one,
        )
        for count in counts
    ]


def end_of_one_machine(size: Size) -> list[Row]:
    """Reckon where memory ends from what two years of this size take."""
    countries, sectors, _ = size
    n = countries * sectors
    series = synthetic_series(*size)
    emissions = random_emissions(series)
    found = []
    for dtype in ("float64", "float32"):
        tables = ioecon.IOSeries(
            {
                year: table.replace(Z=table.Z.astype(dtype), Y=table.Y.astype(dtype))
                for year, table in series.items()
            }
        )
        took = in_turn(
            {"two": lambda tables=tables: ioecon.decompose(part_of(tables, 2), emissions)},  # type: ignore[misc]
            1,
        )
        matrices = peak_matrices(tables, emissions)
        memory = float(machine()["memory_gb"] or 8) * 2**30  # type: ignore[arg-type]
        largest = int(np.sqrt(memory / (matrices * np.dtype(dtype).itemsize)))
        found.append(
            Row(
                f"reckoned: {dtype}, two years of the largest n in {memory / 2**30:.0f} GiB "
                f"beside mapped tables, n = {largest:,}",
                took["two"].cpu * (largest / n) ** 3,
                f"measured at n = {n:,}, time as n³",
                peak=matrices,
                peak_unit="n × n",
            )
        )
    return found
