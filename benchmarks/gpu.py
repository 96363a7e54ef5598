"""How long CuPy or PyTorch takes to factorise and solve (E − A), against LAPACK.

    python -m benchmarks --only gpu [--quick]
    python benchmarks/gpu.py [--n 2464 9840 19680] [--library torch] [--device cuda:1]

Whole work is measured, in turn: flows on the host, transfer, factorisation, solves for 200
right-hand sides, refinement, and the way back. Seconds and ratios are of the clock, since a device
does not count as processor time; the libraries that are installed are measured, on the device that
they choose. The peer numpy, by the same blocks, tells what the blocks cost where nothing is faster.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measure import Row, Work, in_turn, print_rows, with_version
from ioecon.leontief import Leontief, set_array_namespace

LIBRARIES = ("cupy", "torch", "numpy")
SIDES = 200


def rows(
    quick: bool,
    sizes: tuple[int, ...] = (2464, 9840),
    libraries: tuple[str, ...] = LIBRARIES,
    device: str | None = None,
) -> list[Row]:
    """Each library that is installed beside LAPACK, in both precisions."""
    there = [name for name in libraries if is_there(name)]
    found = []
    for n in (300,) if quick else sizes:
        rng = np.random.default_rng(n)
        Z = rng.gamma(0.3, 1.0, (n, n))
        x, b = 1.5 * Z.sum(axis=0), rng.random((n, SIDES))
        for dtype in ("float64", "float32"):
            flows = Z.astype(dtype)
            lapack = solve_with(None, None, flows, x, b)
            sides = {name: solve_with(name, device, flows, x, b) for name in there}
            took = in_turn({"LAPACK": lapack, **sides}, rounds=2 if quick else 5)
            found += [
                Row(
                    f"(E − A) factorised and solved by {with_version(name)}, n = {n:,}, {dtype}",
                    took[name].wall,
                    "LAPACK (seconds of the clock)",
                    took[name].wall / took["LAPACK"].wall,
                )
                for name in there
            ]
    return found


def is_there(name: str) -> bool:
    """Whether a library can be imported, and finds what it computes on."""
    try:
        library = importlib.import_module(name)
        np.asarray(library.asarray(np.ones(1)).shape)
    except Exception:  # CuPy without a device raises errors of the driver
        return False
    return True


def solve_with(
    name: str | None, device: str | None, Z: np.ndarray, x: np.ndarray, b: np.ndarray
) -> Work:
    def work() -> None:
        set_array_namespace(name, device=device)
        try:
            Leontief(Z, x).solve(b)
        finally:
            set_array_namespace(None)

    return work


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, nargs="+", default=[2464, 9840])
    parser.add_argument("--library", choices=LIBRARIES, action="append")
    parser.add_argument("--device", help="as the library's asarray takes it")
    options = parser.parse_args()
    chosen = tuple(options.library or LIBRARIES)
    print_rows(rows(False, tuple(options.n), chosen, options.device))
