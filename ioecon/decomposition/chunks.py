"""Solve the periods of a series in several processes, with the results and warnings of one.

Each process takes some base years that follow each other, so that a year is factorised twice at
most: where it is a base year, and where it is a reporting year. What each says (warnings, errors)
is kept, and said again in the order in which one process would have said it.
"""

from __future__ import annotations

import pickle
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ioecon.audit import note_warned_about
from ioecon.decomposition.backends import open_workers
from ioecon.decomposition.periods import Pair, Question, SolvedPeriods, solve_periods
from ioecon.errors import IoeconWarning, ReadError
from ioecon.factorisation import Namespace, choose_namespace, chosen_namespace
from ioecon.leontief import RECENT
from ioecon.series import IOSeries
from ioecon.store.references import StoredTable, refer_to
from ioecon.table import IOTable
from ioecon.threads import blas_in_use, count_threads, limit_threads
from ioecon.user_warnings import warn_user

__all__ = ["cut_periods", "solve_in_processes"]


@dataclass(frozen=True)
class _Said:
    """A warning, and what it pointed at."""

    message: str
    category: type[Warning]
    file: str
    line: int


@dataclass(frozen=True)
class _Event:
    """What was said in one step, and the error that ended it."""

    at: int
    what: str
    year: int
    said: tuple[_Said, ...]
    error: Exception | None


@dataclass(frozen=True)
class _Chunk:
    """What one process is asked; tables are where they are stored, or could not be read."""

    tables: Mapping[int, StoredTable | None]
    size: tuple[int, int]
    pairs: tuple[Pair, ...]
    all_pairs: tuple[Pair, ...]
    question: Question
    threads: int
    kept_bytes: int
    namespace: Namespace | None


@dataclass(frozen=True)
class _Answer:
    solved: SolvedPeriods | None
    events: tuple[_Event, ...]
    blas: str


class _StopError(Exception):
    """Ends the work of a process after an error that its events tell of."""


class _Recorder:
    def __init__(self) -> None:
        self.events: list[_Event] = []

    @contextmanager
    def step(self, at: int, what: str, year: int) -> Iterator[None]:
        error = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                yield
            except Exception as raised:
                error = raised
        said = tuple(
            _Said(str(each.message), each.category, each.filename, each.lineno) for each in caught
        )
        self.events.append(_Event(at, what, year, said, error and _as_sent(error)))
        if error is not None:
            raise _StopError from error


class _StoredTables(dict[int, IOTable]):
    """Tables by year, opened when they are needed."""

    def __init__(self, stored: Mapping[int, StoredTable | None]) -> None:
        self._stored = stored

    def __missing__(self, year: int) -> IOTable:
        stored = self._stored[year]
        if stored is None:
            raise ReadError(f"The table of {year} could not be read.")  # the caller knows why
        table = self[year] = stored.open()
        return table


def cut_periods(pairs: Sequence[Pair], jobs: int) -> list[list[int]]:
    """Positions of the periods that each process solves.

    They follow each other by base year, and periods of one base year stay together, so that no
    year is factorised more than twice.

    Examples
    --------
    >>> cut_periods([(2000, 2001), (2001, 2002), (2002, 2003), (2003, 2004)], 2)
    [[0, 1], [2, 3]]
    >>> cut_periods([(2005, 2006), (2000, 2005), (2000, 2004)], 3)
    [[1, 2], [0]]
    """
    order = sorted(range(len(pairs)), key=lambda position: pairs[position][0])
    chunks: dict[int, list[int]] = {}
    place: dict[int, int] = {}
    for number, position in enumerate(order):
        base = pairs[position][0]
        chunks.setdefault(place.setdefault(base, number * jobs // len(pairs)), []).append(position)
    return list(chunks.values())


def solve_in_processes(
    series: IOSeries,
    size: tuple[int, int],
    pairs: Sequence[Pair],
    question: Question,
    *,
    backend: str,
    most: int | None,
) -> tuple[SolvedPeriods, str]:
    """Solve periods as :func:`~ioecon.decomposition.periods.solve_periods` does, side by side.

    Parameters
    ----------
    series : IOSeries
        Tables that are not stored are written to a temporary store.
    size, pairs, question
        As for one process.
    backend : str
        One of :data:`~ioecon.decomposition.backends.BACKENDS`.
    most : int or None
        Processes; None for all there are.

    Returns
    -------
    SolvedPeriods
        The same to the last bit, given the same number of threads of BLAS.
    str
        Which processes did it, with what; empty where it was this one.
    """
    with open_workers(backend, most) as workers:
        chunks = cut_periods(pairs, workers.count)
        if len(chunks) == 1:
            return solve_periods(series, size, pairs, question), ""
        threads, namespace = max(1, count_threads() // len(chunks)), chosen_namespace()
        with TemporaryDirectory(prefix="ioecon-", ignore_cleanup_errors=True) as folder:
            stored, reading = _store_tables(series, pairs, Path(folder))
            tasks = []
            for positions in chunks:
                own = tuple(pairs[position] for position in positions)
                years = {year for pair in own for year in pair}
                tables = {year: stored[year] for year in sorted(years)}
                kept = RECENT.budget // len(chunks)
                tasks.append(
                    _Chunk(tables, size, own, tuple(pairs), question, threads, kept, namespace)
                )
            answers: list[_Answer] = workers.call(_solve_chunk, tasks)
    _say_again(series, reading, [event for answer in answers for event in answer.events])
    solved = _join_solved(chunks, [answer.solved for answer in answers])
    blas = "; or ".join(sorted({answer.blas for answer in answers}))
    return solved, f"{len(chunks)} processes ({backend}), each with {blas}"


def _store_tables(
    series: IOSeries, pairs: Sequence[Pair], folder: Path
) -> tuple[dict[int, StoredTable | None], dict[int, _Event]]:
    """Refer to all tables, and keep what was said when each was read."""
    stored: dict[int, StoredTable | None] = {}
    reading = _Recorder()
    for year in sorted({year for pair in pairs for year in pair}):
        try:
            with reading.step(year, "read", year):
                table = series[year]
        except _StopError:
            stored[year] = None
        else:
            stored[year] = refer_to(table, folder)
    return stored, {event.year: event for event in reading.events}


_alone = threading.Lock()  # warnings and threads of BLAS belong to a process, not to a thread of it


def _solve_chunk(chunk: _Chunk) -> _Answer:
    recorder, solved = _Recorder(), None
    with _alone, limit_threads(chunk.threads):
        before = RECENT.budget, chosen_namespace()
        RECENT.budget = chunk.kept_bytes
        try:
            choose_namespace(chunk.namespace)
            solved = solve_periods(
                _StoredTables(chunk.tables),
                chunk.size,
                chunk.pairs,
                chunk.question,
                all_pairs=chunk.all_pairs,
                step=recorder.step,
            )
        except _StopError:
            pass
        finally:
            RECENT.budget = before[0]
            choose_namespace(before[1])
        return _Answer(solved, tuple(recorder.events), blas_in_use())


def _say_again(series: IOSeries, reading: Mapping[int, _Event], events: Sequence[_Event]) -> None:
    """Warn and raise as one process would have, with warnings at the user's line."""
    before: set[tuple[str, int]] = set()
    # All that starts in a year is done by one process; it is solved afterwards.
    for event in sorted(events, key=lambda event: (event.at, event.what == "solve")):
        if event.what == "read":
            here = reading[event.year]
            if event.error is None or here.error is not None:
                event = here
        key = event.what, event.year
        known = key in before or (
            event.what == "audit" and event.error is None and note_warned_about(series[event.year])
        )
        before.add(key)
        if not known:
            for each in event.said:
                _warn_again(each)
        if event.error is not None:
            raise event.error


def _warn_again(said: _Said) -> None:
    if issubclass(said.category, IoeconWarning):
        warn_user(said.message, said.category)
    else:
        warnings.warn_explicit(said.message, said.category, said.file, said.line)


def _as_sent(error: Exception) -> Exception:
    """Give an error that can be sent from process to process."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _join_solved(
    chunks: Sequence[Sequence[int]], parts: Sequence[SolvedPeriods | None]
) -> SolvedPeriods:
    known = [part for part in parts if part is not None]
    assert len(known) == len(parts)  # otherwise an error was said
    shape = known[0].values.shape[1:]
    joined = SolvedPeriods.empty(sum(map(len, chunks)), *shape)
    for positions, part in zip(chunks, known, strict=True):
        where = list(positions)
        joined.values[where] = part.values
        joined.states[where] = part.states
        joined.row_changes[where] = part.row_changes
        joined.largest[where] = part.largest
        for position, residual in zip(where, part.residuals, strict=True):
            joined.residuals[position] = residual
    return joined
