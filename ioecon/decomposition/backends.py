"""Processes that work beside each other: joblib's loky, Dask and Ray, each behind one function."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from ioecon.errors import ArgumentError, BackendError, IoeconError

__all__ = ["BACKENDS", "Workers", "count_jobs", "open_workers"]

Run = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]


@dataclass(frozen=True)
class Workers:
    """Processes to work with: how many, and what has a function called in each."""

    count: int
    call: Run


def count_jobs(n_jobs: int | None, backend: str) -> int | None:
    """Read how many processes are asked for; None is all that there are.

    Raises
    ------
    ArgumentError
        If the backend is unknown or the number is none.
    """
    if backend not in BACKENDS:
        known = ", ".join(map(repr, BACKENDS))
        raise ArgumentError(f"backend is one of {known}, not {backend!r}.")
    if n_jobs is None:
        return 1 if backend == "loky" else None
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or (n_jobs < 1 and n_jobs != -1):
        raise ArgumentError(
            f"n_jobs is a number of processes, or -1 for all there are, not {n_jobs!r}."
        )
    return None if n_jobs == -1 else n_jobs


@contextmanager
def open_workers(backend: str, most: int | None) -> Iterator[Workers]:
    """Give processes of a backend, no more than so many; those started here end with the block.

    Raises
    ------
    ArgumentError
        If the backend is not installed.
    BackendError
        If a process ends before it has answered.
    """
    with BACKENDS[backend](most) as workers:

        def call(function: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
            try:
                return workers.call(function, tasks)
            except IoeconError:
                raise
            except Exception as error:
                raise BackendError(
                    f"A process of backend={backend!r} ended before it had answered "
                    f"({type(error).__name__}: {error}); each holds a factorisation of its own: "
                    "give fewer n_jobs if memory ran out."
                ) from error

        yield Workers(workers.count, call)


@contextmanager
def _open_loky(most: int | None) -> Iterator[Workers]:
    from joblib import Parallel, cpu_count, delayed

    def call(function: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
        parallel = Parallel(n_jobs=len(tasks), backend="loky", batch_size=1)
        return list(parallel(delayed(function)(task) for task in tasks))

    yield Workers(most or cpu_count(), call)


@contextmanager
def _open_dask(most: int | None) -> Iterator[Workers]:
    """Take the client of the session, or a cluster of this machine's that listens to it only."""
    distributed = _import_extra("distributed", "dask", "Dask")
    with ExitStack() as stack:
        try:
            client = distributed.Client.current()
        except ValueError:
            with _starting("Dask"):
                cluster = distributed.LocalCluster(
                    n_workers=most or os.cpu_count(),
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                )
            stack.enter_context(cluster)
            client = stack.enter_context(distributed.Client(cluster, set_as_default=False))
        addresses = list(client.ncores()) or [None]
        count = min(most or len(addresses), len(addresses))

        def call(function: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
            futures = [
                client.submit(
                    function, task, pure=False, workers=address, allow_other_workers=bool(address)
                )
                for task, address in zip(tasks, addresses, strict=False)
            ]
            return list(client.gather(futures))

        yield Workers(count, call)


@contextmanager
def _open_ray(most: int | None) -> Iterator[Workers]:
    """Take the cluster of the session, or processes of this machine that listen to it only."""
    ray = _import_extra("ray", "ray", "Ray")
    with ExitStack() as stack:
        if not ray.is_initialized():
            own = {
                "num_cpus": most or os.cpu_count(),
                "include_dashboard": False,
                "_node_ip_address": "127.0.0.1",
            }
            with _starting("Ray"):
                ray.init(log_to_driver=False, **({} if "RAY_ADDRESS" in os.environ else own))
            stack.callback(ray.shutdown)
        there = max(int(ray.cluster_resources().get("CPU", 1)), 1)

        def call(function: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
            remote = ray.remote(max_retries=0)(function)
            return list(ray.get([remote.remote(task) for task in tasks]))

        yield Workers(min(most or there, there), call)


BACKENDS: dict[str, Callable[[int | None], AbstractContextManager[Workers]]] = {
    "loky": _open_loky,
    "dask": _open_dask,
    "ray": _open_ray,
}
"""What opens the processes of each backend, given the most that are wanted."""


@contextmanager
def _starting(name: str) -> Iterator[None]:
    """Say in a sentence that processes of a cluster could not be started."""
    try:
        yield
    except Exception as error:
        raise BackendError(
            f"No processes of {name} could be started ({type(error).__name__}: {error}). A script "
            'needs the call under if __name__ == "__main__":, since they load the script too.'
        ) from error


def _import_extra(module: str, extra: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ArgumentError(
            f"backend={extra!r} needs {name}; install it with pip install 'ioecon[{extra}]'."
        ) from error
