"""Threads of linear algebra: how many, set and named, since the last digits follow them.

BLAS adds up in another order with each number of threads. With one, the same inputs give the same
bytes on any number of cores; on matrices of the size of input-output tables that costs little: on
two cores a study is faster with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

__all__ = ["blas_in_use", "count_threads", "limit_threads", "one_thread"]


@contextmanager
def limit_threads(most: int) -> Iterator[None]:
    """Let BLAS and OpenMP use so many threads within the block.

    Examples
    --------
    >>> with limit_threads(1):
    ...     count_threads()
    1
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=most):
        yield


def one_thread() -> AbstractContextManager[None]:
    """Let BLAS and OpenMP use one thread within the block.

    Examples
    --------
    >>> with one_thread():
    ...     "1 thread" in blas_in_use()
    True
    """
    return limit_threads(1)


def count_threads() -> int:
    """Threads that BLAS uses in this process; one where that cannot be told."""
    from threadpoolctl import threadpool_info

    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return max((library["num_threads"] for library in blas), default=1)


def blas_in_use() -> str:
    """Name, version, kernel and threads of the libraries that do the linear algebra.

    The kernel is chosen by the processor; another one may give other last digits.
    """
    from threadpoolctl import threadpool_info

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
