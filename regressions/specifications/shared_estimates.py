"""Estimate specifications from shared cross-products: one small system each, no data of its own.

Specifications on the same rows with the same effects and weights share the columns without effects
and means, and their products (:mod:`regressions.specifications.shared_systems`); random effects
share products within and between groups (:mod:`regressions.specifications.shared_random`). What
does not fit into this frame, or comes near a limit at which :func:`regressions.fit` warns or
refuses, is left to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regressions.covariances import COVARIANCE_OPTIONS
from regressions.estimators.fixed import FIXED
from regressions.estimators.pooled import POOLED
from regressions.estimators.random import RANDOM
from regressions.fit_options import FitOptions, read_options
from regressions.fitting import default_options
from regressions.names import level_of
from regressions.specifications.choices import Choices
from regressions.specifications.shared_columns import SharedColumns, share_columns
from regressions.specifications.shared_random import split_sample
from regressions.specifications.shared_samples import sweep_sample
from regressions.specifications.shared_systems import (
    SharedEstimate,
    solve_systems,
    swept_systems,
)

__all__ = ["share_estimates"]

_CELLS_AT_ONCE = 4_000_000
_LONGEST = 900

Labels = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Task:
    """A specification that may share: its terms, the interest first, and its options."""

    labels: Labels
    dependent: str
    regressors: tuple[str, ...]
    options: Mapping[str, FitOptions]


def share_estimates(
    choices: Choices,
    masks: Mapping[tuple[str, str], np.ndarray],
    options: Mapping[str, Any],
) -> Iterator[tuple[Labels, SharedEstimate]]:
    """Estimate the specifications of a curve that can share cross-products.

    One sample at a time is in memory, as long as no estimate of another is kept.

    Parameters
    ----------
    choices : Choices
    masks : mapping of (frame, sample) to ndarray of bool
        Rows of each sample.
    options : mapping
        Options of :func:`regressions.fit` common to all.

    Yields
    ------
    labels, SharedEstimate
        The labels are those of :meth:`Choices.estimates`; what does not come is left to
        :func:`regressions.fit`, which may refuse it or warn.
    """
    controls = [term for terms in choices.controls.values() for term in terms]
    terms = [*choices.dependent.values(), *choices.interest.values(), *controls]
    defaults = default_options()
    read = {label: _read_options(choices, defaults, options, label) for label in choices.estimator}
    for name, frame in choices.data.items():
        if not any(read.values()):
            return
        columns = share_columns(frame, terms)
        if columns is None:
            continue
        groups: dict[tuple[Any, ...], list[_Task]] = {}
        incomplete = _incomplete_columns(columns)
        for labels in choices.estimates():
            own = read[labels[5]]
            if labels[0] == name and own is not None:
                task = _make_task(choices, labels, own)
                key = _sample_key(columns, task, masks[name, labels[4]], incomplete)
                if key is not None:
                    groups.setdefault((labels[4], labels[5], key), []).append(task)
        for (sample, _, missing), tasks in groups.items():
            whole = columns.in_order(masks[name, sample])
            yield from _estimate_group(columns, whole, missing, tasks)


def _read_options(
    choices: Choices, defaults: Mapping[str, Any], common: Mapping[str, Any], estimator: str
) -> dict[str, FitOptions] | None:
    """Options of an estimator under each covariance; None if they may be refused or not share."""
    words = {**defaults, **common, **choices.estimator[estimator]}
    if len(words) > len(defaults) or words["missing"] not in ("raise", "drop"):
        return None
    read = {}
    for label, own in choices.covariance.items():
        if any(name not in ("cov", *COVARIANCE_OPTIONS) for name in own):
            return None
        try:
            one = read_options({**words, **own})
        except (TypeError, ValueError, AttributeError):
            return None
        if one.estimator not in (POOLED, FIXED, RANDOM):
            return None
        read[label] = one
    return read


def _make_task(choices: Choices, labels: Labels, options: Mapping[str, FitOptions]) -> _Task:
    _, dependent, interest, controls, _, _ = labels
    regressors = (choices.interest[interest], *choices.controls[controls])
    return _Task(labels, choices.dependent[dependent], regressors, options)


def _incomplete_columns(columns: SharedColumns) -> dict[str, np.ndarray]:
    """Rows that each column of the terms has, of those that miss some."""
    present = {name: columns.present(name) for name in set(columns.column_of.values())}
    return {name: rows for name, rows in present.items() if not rows.all()}


def _sample_key(
    columns: SharedColumns,
    task: _Task,
    mask: np.ndarray,
    incomplete: Mapping[str, np.ndarray],
) -> frozenset[str] | None:
    """Columns that leave rows out of the sample of a specification; None if it cannot share."""
    terms = (task.dependent, *task.regressors)
    if len(set(terms)) < len(terms) or any(term not in columns.terms for term in terms):
        return None
    if sum(map(len, terms)) + 3 * len(terms) > _LONGEST:
        return None
    used = {columns.column_of[term] for term in terms}
    whole = columns.in_order(mask)
    keys = set()
    for options in task.options.values():
        names = {*options.effects, *options.covariance.clusters}
        if options.weights is not None:
            if options.weights not in columns.frame.columns:
                return None
            names.add(options.weights)
        if not all(map(columns.knows_grouping, names)):
            return None
        beside = {name for name in names if level_of(name, columns.index) is None}
        missing = {
            name
            for name in used & incomplete.keys() | beside
            if not columns.present(name)[whole].all()
        }
        if missing and options.missing == "raise":
            return None
        keys.add(frozenset(missing))
    return keys.pop() if len(keys) == 1 else None


def _estimate_group(
    columns: SharedColumns, whole: np.ndarray, missing: frozenset[str], tasks: Sequence[_Task]
) -> Iterator[tuple[Labels, SharedEstimate]]:
    """Estimate the specifications of one sample, one estimator and one set of weights."""
    kept = whole.copy()
    for name in missing:
        kept &= columns.present(name)
    terms = list(dict.fromkeys(t for task in tasks for t in (task.dependent, *task.regressors)))
    terms = [term for term in terms if np.isfinite(columns.terms[term][kept]).all()]
    options = tasks[0].options
    if not terms:
        return
    sample = sweep_sample(columns, kept, whole, next(iter(options.values())), terms)
    if sample is None:
        return
    covariances = {}
    for label, one in options.items():
        prepared = sample.covariance(label, one, columns)
        if prepared is None:
            return
        covariances[label] = prepared
    by_size: dict[int, list[_Task]] = {}
    for task in tasks:
        if all(term in sample.places for term in (task.dependent, *task.regressors)):
            by_size.setdefault(len(task.regressors), []).append(task)
    systems_of = swept_systems
    first = next(iter(options.values()))
    if first.estimator is RANDOM:
        systems_of = split_sample(sample, columns, first.effects, first.small_sample).systems
    for k, members in by_size.items():
        if sample.nobs - k - sample.rank <= 0:
            continue
        step = max(1, _CELLS_AT_ONCE // (sample.nobs * (k + 1)))
        for start in range(0, len(members), step):
            block = members[start : start + step]
            places = np.array([[sample.places[t] for t in task.regressors] for task in block])
            targets = np.array([sample.places[task.dependent] for task in block])
            for i, found in solve_systems(systems_of(sample, places, targets), covariances):
                yield block[i].labels, found
