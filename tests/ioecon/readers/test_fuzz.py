"""A short run of ``benchmarks/fuzz_readers.py``; longer ones are for the command line."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "fuzz_readers.py"


def test_no_damage_is_silent_or_deadly():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--count", "160", "--seed", "7"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all " in done.stdout
