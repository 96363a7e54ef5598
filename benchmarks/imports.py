"""How long it takes to import the packages, as ratios to numpy + scipy.linalg + pandas.

    python -m benchmarks --only imports [--quick]

Each is imported in a fresh interpreter, in turn, the first round left out, which compiles to
bytecode; medians of the cumulative microseconds of ``-X importtime``. Says, too, which heavy
libraries each loads.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile

from benchmarks.measure import Row

BASIS = "numpy, scipy.linalg, pandas"
IMPORTS = (
    "import ioecon",
    "from ioecon import read_series, read_account, decompose, build_panel",
    "import regressions",
    "from regressions import fit, regression_table",
    "import diagnostics",
    "import ioecon.cli",
    "import ioecon.study",
)
HEAVY = (
    "formulaic", "joblib", "linearmodels", "matplotlib", "narwhals", "pyarrow", "rich",
    "scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats", "statsmodels", "typer",
    "xarray",
)  # fmt: skip
_LINE = re.compile(r"import time:\s+(\d+) \|")


def seconds_and_modules(code: str, bytecode: str) -> tuple[float, set[str]]:
    """Seconds of all imports of some code in a fresh interpreter, and the modules then loaded."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"{code}; import sys; print(*sys.modules)"],
        env=environment | {"PYTHONPYCACHEPREFIX": bytecode},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    own = [int(match[1]) for match in map(_LINE.match, done.stderr.splitlines()) if match]
    return sum(own) / 1e6, set(done.stdout.split())


def rows(quick: bool) -> list[Row]:
    """Measure the rows of the record; two rounds if ``quick``."""
    codes = (f"import {BASIS}", *IMPORTS)
    times: dict[str, list[float]] = {code: [] for code in codes}
    modules: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as bytecode:
        for number in range((2 if quick else 9) + 1):
            for code in codes:
                took, modules[code] = seconds_and_modules(code, bytecode)
                if number:
                    times[code].append(took)
    basis, *medians = (statistics.median(times[code]) for code in codes)
    found = []
    for code, median in zip(IMPORTS, medians, strict=True):
        heavy = ", ".join(library for library in HEAVY if library in modules[code]) or "nothing"
        work = f"{code} ({len(modules[code]):,} modules; heavy: {heavy})"
        found.append(Row(work, median, BASIS, median / basis, "≤ 1.3"))
    return found
