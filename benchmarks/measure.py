"""How benchmarks measure: sides in turn, medians of processor and clock, counted memory.

One side after the other, round by round, so that a busy machine slows both; what is compared is
the ratio of the medians of processor time. Every benchmark has ``rows(quick)``, and
``python -m benchmarks`` prints the rows of all and keeps them in ``record.json``.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Work = Callable[[], object]


@dataclass(frozen=True)
class Took:
    """Medians over the rounds: seconds of all processors, and of the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Row:
    """One line of the record.

    Parameters
    ----------
    work : str
        What was done, of which size.
    seconds : float
        Of processor time.
    beside : str
        What it is compared with, with its version where it is another program's.
    ratio : float, optional
        To processor time of what is beside it; None where the peer is not installed.
    wanted : str
        The bound that it is built for.
    peak : float, optional
        Most memory held at once, in ``peak_unit``.
    """

    work: str
    seconds: float
    beside: str = ""
    ratio: float | None = None
    wanted: str = ""
    peak: float | None = None
    peak_unit: str = "MB"

    def cells(self) -> list[str]:
        """Give the cells of its line in a table, as ``HEAD`` names them."""
        return [
            self.work,
            f"{self.seconds:.3g}",
            self.beside,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.wanted,
            "" if self.peak is None else f"{self.peak:.3g} {self.peak_unit}",
        ]


HEAD = ("work", "CPU seconds", "beside", "ratio", "wanted", "peak memory")


def in_turn(sides: Mapping[str, Work], rounds: int = 5, warm_up: bool = True) -> dict[str, Took]:
    """Do each side once per round, the order turned round every time, and take medians."""
    if warm_up:
        for work in sides.values():
            work()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            gc.collect()
            clock, processor = time.perf_counter(), time.process_time()
            sides[name]()
            spent = time.process_time() - processor, time.perf_counter() - clock
            times[name].append(spent)
    return {
        name: Took(*(statistics.median(column) for column in zip(*each, strict=True)))
        for name, each in times.items()
    }


def ratio(took: Mapping[str, Took], side: str, other: str) -> float | None:
    """Processor time of one side to the other's; None where the other is not there."""
    return took[side].cpu / took[other].cpu if other in took else None


def peak_bytes(work: Work) -> int:
    """Most bytes that Python and numpy held at once beyond those held before."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def with_version(package: str) -> str | None:
    """Name and version of a package, or None where it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return None


def machine() -> dict[str, object]:
    """Where the figures come from: processor, memory, system, libraries, kernel, threads."""
    import scipy.linalg  # noqa: F401 - loads the BLAS that is told of
    from threadpoolctl import threadpool_info

    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    kernels = {
        f"{library['internal_api']} {library['version']} {library.get('architecture', '')}".strip()
        for library in blas
    }
    return {
        "ioecon": version("ioecon"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": [with_version(name) for name in ("numpy", "scipy", "pandas", "linearmodels")],
        "kernels": sorted(kernels),
        "threads": max((library["num_threads"] for library in blas), default=1),
    }


def print_rows(rows: list[Row]) -> None:
    """Print rows as a Markdown table, columns aligned."""
    lines = [list(HEAD), *[row.cells() for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    for number, line in enumerate(lines):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
        if number == 0:
            print(f"|{'|'.join('-' * (width + 2) for width in widths)}|")


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.processor()


def _memory_gb() -> float | None:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return round(pages / 2**30, 1)
