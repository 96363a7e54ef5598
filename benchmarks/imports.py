"""How long it takes to import the packages, as ratios to numpy + scipy.linalg + pandas.

    python benchmarks/imports.py [--rounds 9]

Each is imported in a fresh interpreter, in turn, the first round left out; medians of the
cumulative microseconds of ``-X importtime``. Prints, too, which heavy libraries each loads.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys

BASIS = "numpy, scipy.linalg, pandas"
PACKAGES = ("ioecon", "regressions", "diagnostics", "ioecon.cli", "ioecon.study")
HEAVY = (
    "formulaic", "joblib", "linearmodels", "matplotlib", "narwhals", "pyarrow", "rich",
    "scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats", "statsmodels", "typer",
    "xarray",
)  # fmt: skip
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def seconds(code: str) -> tuple[float, set[str]]:
    """Seconds of all imports of some code, in a fresh interpreter, and the modules it loads."""
    before = _timed("pass")[1]
    total, loaded = _timed(code)
    return total, loaded - before


def _timed(code: str) -> tuple[float, set[str]]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    )
    found = [match.groups() for match in map(_LINE.match, done.stderr.splitlines()) if match]
    return sum(int(own) for own, *_ in found) / 1e6, {name for *_, name in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    names = (BASIS, *PACKAGES)
    times: dict[str, list[float]] = {name: [] for name in names}
    modules: dict[str, set[str]] = {}
    for number in range(rounds + 1):
        for name in names:
            took, modules[name] = seconds(f"import {name}")
            if number:
                times[name].append(took)
    median = {name: statistics.median(times[name]) for name in names}
    width = max(map(len, names))
    print(f"{'':{width}}  seconds  ratio  modules  of them heavy")
    for name in names:
        heavy = [library for library in HEAVY if library in modules[name]]
        print(
            f"{name:{width}}  {median[name]:7.2f}  {median[name] / median[BASIS]:5.2f}  "
            f"{len(modules[name]):7}  {', '.join(heavy) or 'none'}"
        )


if __name__ == "__main__":
    main()
