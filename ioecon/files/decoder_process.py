"""What the scripts that decode files share; they find it beside them.

It imports nothing of ioecon, so that they start fast.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

__all__ = ["answer", "limit_resources", "run"]


def limit_resources(seconds: float, memory: int) -> None:
    """Let the system end this process when it takes more; without effect on Windows."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    for kind, amount in (
        (resource.RLIMIT_CPU, math.ceil(spent + seconds)),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            amount = min(amount, hard)
        resource.setrlimit(kind, (amount, hard))


def answer(out: BinaryIO, **content: Any) -> None:
    """Send an answer."""
    out.write(json.dumps(content).encode("ascii") + b"\n")
    out.flush()


def run(serve: Callable[[BinaryIO, BinaryIO], None]) -> int:
    """Answer questions until there are no more; say what went wrong, and tell by the exit code."""
    out = sys.stdout.buffer
    try:
        serve(sys.stdin.buffer, out)
    except BaseException as error:  # a panic of Rust is no Exception
        words = " ".join(str(error).split())[:200]
        answer(out, error=f"{type(error).__name__}: {words}" if words else type(error).__name__)
        return 1
    return 0
