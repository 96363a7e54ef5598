"""One thread of linear algebra, so that the same inputs give the same bytes on any number of cores.

BLAS adds up in another order with each number of threads, and the last digits follow. On matrices
of the size of input-output tables one thread costs little: on two cores a study is faster with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_info, threadpool_limits

__all__ = ["blas_in_use", "one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS and OpenMP use one thread within the block.

    Examples
    --------
    >>> with one_thread():
    ...     "1 thread" in blas_in_use()
    True
    """
    with threadpool_limits(limits=1):
        yield


def blas_in_use() -> str:
    """Name, version, kernel and threads of the libraries that do the linear algebra.

    The kernel is chosen by the processor; another one may give other last digits.
    """
    found = set()
    for library in threadpool_info():
        if library["user_api"] == "blas":
            threads = library["num_threads"]
            kernel = library.get("architecture") or "no kernel named"
            found.add(
                f"{library['internal_api']} {library['version']} ({kernel}), "
                f"{threads} thread{'' if threads == 1 else 's'}"
            )
    return "; ".join(sorted(found)) or "unknown: its threads cannot be set"
