"""How long a run of the embedded studies takes, beside importing what it cannot do without.

    python -m benchmarks --only studies [--quick]

Every run is in a process of its own, with a cache of its own: *first* finds it empty, *again* finds
what the first run kept, also after a change of one regression. Seconds are of the whole process,
imports included. In the place of memory stands the size of the page.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.imports import BASIS
from benchmarks.measure import Row

STUDIES = {"embedded world": ("dong2022", 5), "embedded regions": ("xiao2014", 3)}
WITH_REGRESSIONS = ("dong2022",)
_RUN = """
import sys, warnings
from dataclasses import replace
from ioecon.study import embedded_study, run_study
warnings.simplefilter("ignore")
study = embedded_study(sys.argv[1])
if "changed" in sys.argv:
    table, *others = study.regressions
    study = replace(study, regressions=(replace(table, columns=table.columns[1:]), *others))
run_study(study, sys.argv[2], overwrite=True)
"""


def processor_seconds(code: str, *arguments: str, cache: Path) -> float:
    """Processor time of a fresh interpreter that runs some code."""
    environment = os.environ | {"IOECON_CACHE_DIR": str(cache)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def rows(quick: bool) -> list[Row]:
    """Measure the rows of the record; one study, once, if ``quick``."""
    rounds = 1 if quick else 5
    found = []
    for title, (kind, wanted) in list(STUDIES.items())[-1 if quick else 0 :]:
        basis, first, again, changed = [], [], [], []
        with tempfile.TemporaryDirectory(prefix="ioecon-run-") as name:
            for number in range(rounds):
                cache, out = Path(name) / f"cache{number}", str(Path(name) / "results")
                basis.append(processor_seconds(f"import {BASIS}", cache=cache))
                first.append(processor_seconds(_RUN, kind, out, cache=cache))
                again.append(processor_seconds(_RUN, kind, out, cache=cache))
                if kind in WITH_REGRESSIONS:
                    took = processor_seconds(_RUN, kind, out, "changed", cache=cache)
                    changed.append(took)
            page = (Path(name) / "results" / "index.html").stat().st_size / 1e6
        base = statistics.median(basis)
        runs = {"first": first, "again": again, "again, one regression changed": changed}
        for what, times in runs.items():
            if not times:
                continue
            took = statistics.median(times)
            target = f"≤ {wanted} s, page ≤ 1 MB" if what == "first" else "≤ 1 s"
            work = f"run, {title}, {what}"
            found.append(Row(work, took, BASIS, took / base, target, page, "MB of page"))
    return found
