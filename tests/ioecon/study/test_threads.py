"""A study computes with one thread of BLAS, so that the same inputs give the same bytes."""

import hashlib
import json
import os
import subprocess
import sys

from threadpoolctl import threadpool_info, threadpool_limits

from ioecon.study import run_study
from ioecon.threads import blas_in_use, one_thread

SOLVE = """
import hashlib, numpy as np, scipy.linalg
from threadpoolctl import threadpool_limits
from ioecon.leontief import Leontief
rng = np.random.default_rng(1)
Z, Y = rng.random((700, 700)), 700 * rng.random((700, 40))
with threadpool_limits(limits=1):
    print(hashlib.sha256(Leontief(Z, Z.sum(axis=1) + Y.sum(axis=1)).solve(Y).tobytes()).hexdigest())
"""


def test_any_number_of_threads_gives_the_same_bytes() -> None:
    found = set()
    for threads in ("1", "2"):
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        run = subprocess.run(
            [sys.executable, "-c", SOLVE], env=environment, capture_output=True, check=True
        )
        found.add(run.stdout)
    assert len(found) == 1


def test_threads_are_as_before_afterwards() -> None:
    with threadpool_limits(limits=2):
        before = threadpool_info()
        with one_thread():
            assert {pool["num_threads"] for pool in threadpool_info()} == {1}
        assert threadpool_info() == before


def hashes(folder) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_study_is_the_same_and_says_with_what(small_study, tmp_path) -> None:
    study = small_study()
    for threads in (1, 2):
        with threadpool_limits(limits=threads):
            run_study(study, tmp_path / str(threads), cache=False)
            assert max(pool["num_threads"] for pool in threadpool_info()) == threads
    assert hashes(tmp_path / "1") == hashes(tmp_path / "2")
    manifest = json.loads((tmp_path / "2" / "manifest.json").read_text())
    assert manifest["counted"] == {"stressor": "CO2", "unit": "kt"}  # left at their defaults
    recorded = manifest["versions"]["blas"]
    assert "1 thread" in recorded
    assert "threads" not in recorded
    with one_thread():
        assert recorded == blas_in_use()
