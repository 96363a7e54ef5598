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
_LINE = re.compile(r"import time:\s+(\d+) \|")


def seconds_and_modules(code: str) -> tuple[float, set[str]]:
    """Seconds of all imports of some code in a fresh interpreter, and the modules then loaded."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    own = [int(match[1]) for match in map(_LINE.match, done.stderr.splitlines()) if match]
    return sum(own) / 1e6, set(done.stdout.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    names = (BASIS, *PACKAGES)
    times: dict[str, list[float]] = {name: [] for name in names}
    modules: dict[str, set[str]] = {}
    for number in range(rounds + 1):
        for name in names:
            took, modules[name] = seconds_and_modules(f"import {name}")
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
