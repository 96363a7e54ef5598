"""How long it takes to import the packages, as ratios to numpy + scipy.linalg + pandas.

    python -m benchmarks --only imports [--quick]

Each is imported in a fresh interpreter, in turn, the first round left out; medians of the
cumulative microseconds of ``-X importtime``. Says, too, which heavy libraries each loads.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys

from benchmarks.measure import Row

BASIS = "numpy, scipy.linalg, pandas"
PACKAGES = ("ioecon", "regressions", "diagnostics", "ioecon.cli", "ioecon.study")
HEAVY = (
    "formulaic", "joblib", "linearmodels", "matplotlib", "narwhals", "pyarrow", "rich",
    "scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats", "statsmodels", "typer",
    "xarray",
)  # fmt: skip
_LINE = re.compile(r"import time:\s+(\d+) \|")


def seconds_and_modules(code: str) -> tuple[float, set[str]]:
    """Seconds of all imports of some code in a fresh interpreter, and the modules then loaded."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    own = [int(match[1]) for match in map(_LINE.match, done.stderr.splitlines()) if match]
    return sum(own) / 1e6, set(done.stdout.split())


def rows(quick: bool) -> list[Row]:
    """Measure the rows of the record; two rounds if ``quick``."""
    names = (BASIS, *PACKAGES)
    times: dict[str, list[float]] = {name: [] for name in names}
    modules: dict[str, set[str]] = {}
    for number in range((2 if quick else 9) + 1):
        for name in names:
            took, modules[name] = seconds_and_modules(f"import {name}")
            if number:
                times[name].append(took)
    median = {name: statistics.median(times[name]) for name in names}
    found = []
    for name in PACKAGES:
        heavy = ", ".join(library for library in HEAVY if library in modules[name]) or "nothing"
        work = f"import {name} ({len(modules[name]):,} modules; heavy: {heavy})"
        found.append(Row(work, median[name], BASIS, median[name] / median[BASIS], "≤ 1.3"))
    return found
