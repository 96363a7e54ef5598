"""All benchmarks in one table, and the record of them.

    python -m benchmarks [--quick] [--only decomposition] [--threads 1] [--record]

Each benchmark runs in a process of its own with so many threads of BLAS. ``--quick`` takes small
sizes and a few rounds: it shows that all of them run, and its figures mean little. ``--record``
adds the figures to ``benchmarks/record.json``, by version and machine, and writes
``benchmarks/record.md``. Peers are installed by ``pip install -r benchmarks/requirements.txt``;
without them their columns stay empty.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measure import HEAD, Row, machine, print_rows

FOLDER = Path(__file__).parent
BENCHMARKS = (
    "decomposition",
    "fits",
    "panel",
    "diagnostics",
    "transfers",
    "imports",
    "studies",
    "largest",
    "gpu",
    "scaling",
)
RECORD = FOLDER / "record.json"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, few rounds")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="may be repeated")
    parser.add_argument("--threads", type=int, default=1, help="threads of BLAS (default 1)")
    parser.add_argument("--record", action="store_true", help="keep the figures in record.json")
    parser.add_argument("--one", choices=BENCHMARKS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        rows = importlib.import_module(f"benchmarks.{options.one}").rows(options.quick)
        print(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}))
        return
    if options.quick and options.record:
        parser.error("--quick figures are not kept: leave out --quick or --record")
    found = {name: run(name, options.quick, options.threads) for name in options.only or BENCHMARKS}
    for name, result in found.items():
        print(f"\n## {name}\n")
        print_rows([Row(**row) for row in result["rows"]])
    if options.record:
        keep(found)


def run(name: str, quick: bool, threads: int) -> dict[str, Any]:
    """Rows of one benchmark, from a process of its own."""
    limits = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    command = [sys.executable, "-m", "benchmarks", "--one", name, *(["--quick"] if quick else [])]
    print(f"{name} …", file=sys.stderr, flush=True)
    done = subprocess.run(
        command,
        env=os.environ | dict.fromkeys(limits, str(threads)),
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def keep(found: dict[str, dict[str, Any]]) -> None:
    """Add the figures to the record, in place of older ones of this version and machine."""
    runs: list[dict[str, Any]] = []
    if RECORD.exists():
        runs = json.loads(RECORD.read_text(encoding="utf-8"))
    for name, result in found.items():
        place = {"benchmark": name, **result["machine"]}
        what = ("benchmark", "ioecon", "processor", "threads")
        runs = [entry for entry in runs if any(entry[key] != place[key] for key in what)]
        runs.append(place | {"date": date.today().isoformat(), "rows": result["rows"]})
    RECORD.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (FOLDER / "record.md").write_text(record_page(runs), encoding="utf-8")


def record_page(runs: list[dict[str, Any]]) -> str:
    """Write the record as a page: a table for each benchmark, version and machine."""
    lines = [
        "# Record of benchmarks",
        "",
        "Written by `python -m benchmarks --record`. Seconds are processor time, medians of sides"
        " measured in turn; ratios compare both sides of one run. Seconds of different machines"
        " compare badly, ratios better.",
    ]
    for entry in runs:
        where = (
            f"{entry['processor']}, {entry['cores']} cores, {entry['memory_gb']} GiB, "
            f"{entry['threads']} thread(s); {', '.join(filter(None, entry['libraries']))}; "
            f"{', '.join(entry['kernels'])}; Python {entry['python']}; {entry['date']}"
        )
        lines += ["", f"## {entry['benchmark']}, ioecon {entry['ioecon']}", "", where, ""]
        lines += [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
        lines += [f"| {' | '.join(Row(**row).cells())} |" for row in entry["rows"]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
