"""Estimate specifications from shared cross-products: one small system each, no data of its own.

Specifications on the same rows with the same effects and weights share the columns without effects
and means, and their products. With S the products of the regressors of one, ``b = S^-1 x'y``; the
scores ``x S^-1 e`` of all its coefficients give robust, clustered and kernel variances. What does
not fit into this frame, or comes near a limit at which :func:`regressions.fit` warns or refuses,
is left to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regressions.covariances import COVARIANCE_OPTIONS
from regressions.covariances.covariance import Variance, add_forms
from regressions.degenerate import CANCELLED, DIGITS_LOST
from regressions.estimators.fixed import FIXED
from regressions.estimators.pooled import POOLED
from regressions.fit_options import FitOptions, read_options
from regressions.fitting import default_options
from regressions.groupings import level_codes
from regressions.names import level_of
from regressions.specifications.choices import Choices
from regressions.specifications.joint import BLOCKS, NullRegression, Resampling
from regressions.specifications.shared_columns import SharedColumns, share_columns
from regressions.specifications.shared_samples import (
    CovarianceOnSample,
    SharedSample,
    sweep_sample,
)
from regressions.user_warnings import WarningText

__all__ = ["SharedEstimate", "share_estimates"]

_CONDITION = 1e4
_EXACT = 1e-9
_NEAR_EXACT = 1e-2
_SUMS_LEFT = 1e-2
_CELLS_AT_ONCE = 4_000_000
_LONGEST = 900

Labels = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SharedEstimate:
    """One estimate under all its covariances.

    Attributes
    ----------
    sample : SharedSample
    regressors : ndarray of int, shape (k,)
        Places of the regressors, the one of interest first.
    dependent : int
    inverse : ndarray, shape (k, k)
    coefficients : ndarray, shape (k,)
    variances, factors, dfs : mapping of str to float
        By covariance: of the coefficient of interest; its factor; degrees of freedom of t.
    covariances : mapping of str to CovarianceOnSample
    """

    sample: SharedSample
    regressors: np.ndarray
    dependent: int
    inverse: np.ndarray
    coefficients: np.ndarray
    variances: Mapping[str, float]
    factors: Mapping[str, float]
    dfs: Mapping[str, float]
    covariances: Mapping[str, CovarianceOnSample]

    @property
    def estimate(self) -> float:
        """Coefficient of interest."""
        return float(self.coefficients[0])

    @property
    def nobs(self) -> int:
        """Number of rows."""
        return len(self.sample.rows)

    @property
    def warnings(self) -> tuple[WarningText, ...]:
        """What the covariances warn of, in their order."""
        return tuple(text for one in self.covariances.values() for text in one.warnings)

    def null_regression(self, resampling: Resampling) -> NullRegression:
        """Return what curves under the null need of the estimate."""
        sample = self.sample
        x, y = sample.values[:, self.regressors], sample.values[:, self.dependent]
        others = self.regressors[1:]
        restricted = y
        if len(others):
            products = sample.products
            size = np.sqrt(np.diag(products)[others])
            system = products[np.ix_(others, others)] / np.outer(size, size)
            known = products[others, self.dependent] / size
            restricted = y - sample.values[:, others] @ (np.linalg.solve(system, known) / size)
        influence = x @ self.inverse[:, 0]
        blocks = level_codes(sample.index, BLOCKS.index(resampling.blocks))
        beside = sample.space_beside(blocks, resampling.blocks)
        variances: dict[str, tuple[Variance, float]] = {}
        for label, one in self.covariances.items():
            scale = self.factors[label] * (
                float(self.inverse[0, 0]) / self.nobs if one.forms is None else 1.0
            )
            variances[label] = _variance(one, influence, scale), self.dfs[label]
        basis = np.column_stack([beside, np.linalg.qr(x)[0]])
        return NullRegression(
            sample.index, influence, restricted, basis, variances, sample.weights is not None
        )


def _variance(one: CovarianceOnSample, influence: np.ndarray, scale: float) -> Variance:
    """Variance of the coefficient of interest as a function of residuals."""
    forms = one.forms
    if forms is None:
        return lambda e: np.asarray(scale * (e**2).sum(axis=0))
    return lambda e: scale * add_forms(forms, influence[:, None] * e)


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
    read = {label: _read_options(choices, options, label) for label in choices.estimator}
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
            whole = masks[name, sample][columns.order]
            yield from _estimate_group(columns, whole, missing, tasks)


def _read_options(
    choices: Choices, common: Mapping[str, Any], estimator: str
) -> dict[str, FitOptions] | None:
    """Options of an estimator under each covariance; None if they may be refused or not share."""
    defaults = default_options()
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
        if one.estimator is not POOLED and one.estimator is not FIXED:
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
    whole = mask[columns.order]
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
    for k, members in by_size.items():
        if sample.nobs - k - sample.rank <= 0:
            continue
        step = max(1, _CELLS_AT_ONCE // (sample.nobs * (k + 1)))
        for start in range(0, len(members), step):
            yield from _solve(sample, covariances, members[start : start + step])


def _solve(
    sample: SharedSample, covariances: Mapping[str, CovarianceOnSample], tasks: Sequence[_Task]
) -> Iterator[tuple[Labels, SharedEstimate]]:
    """Solve systems of one size, with the variances of all their coefficients.

    Let n be the rows, s the specifications and k the regressors of each.
    """
    n, k = sample.nobs, len(tasks[0].regressors)
    places = np.array([[sample.places[term] for term in task.regressors] for task in tasks])
    targets = np.array([sample.places[task.dependent] for task in tasks])
    products = sample.products
    size = np.sqrt(np.diag(products))
    own = size[places]
    system = products[places[:, :, None], places[:, None, :]] / (own[:, :, None] * own[:, None, :])
    roots = np.linalg.eigvalsh(system)
    good = roots[:, 0] * _CONDITION > roots[:, -1]
    system[~good] = np.eye(k)
    inverse = np.linalg.inv(system) / (own[:, :, None] * own[:, None, :])
    known = products[places, targets[:, None]]
    b = np.linalg.solve(system, (known / own)[:, :, None])[:, :, 0] / own
    rss = _sums_of_squares(sample, places, targets, b, known)
    heaviest = 1.0 if sample.weights is None else float(sample.weights.max())
    parts = np.abs(b) * sample.sizes[places]
    scale = np.maximum(parts.max(axis=1), sample.sizes[targets])
    good &= rss > _EXACT * size[targets] ** 2
    good &= rss > n * heaviest * (_EXACT * scale) ** 2
    sums = _score_sums(sample, covariances, places, targets, b, inverse)
    variances, factors, dfs = {}, {}, {}
    for label, one in covariances.items():
        factor = one.choice.sample_factor(n, k + 1) * one.choice.counted_factor(
            one.counted, n, k + 1, True
        )
        df = one.choice.inference_df(float(n - k - sample.rank), one.clusters, sample.n_periods)
        if one.forms is None:
            values = factor * rss / n * inverse[:, 0, 0]
        else:
            total, sound = sums[label]
            values, good = factor * total, good & sound
        good = good & np.isfinite(values) & (values > 0.0)
        variances[label], factors[label], dfs[label] = values, factor, df
    for i in np.flatnonzero(good).tolist():
        yield tasks[i].labels, SharedEstimate(
            sample, places[i], int(targets[i]), inverse[i], b[i],
            {label: float(values[i]) for label, values in variances.items()},
            factors, dfs, covariances,
        )  # fmt: skip


def _sums_of_squares(
    sample: SharedSample,
    places: np.ndarray,
    targets: np.ndarray,
    b: np.ndarray,
    known: np.ndarray,
) -> np.ndarray:
    """Sum squared residuals: from products, or from the residuals where those lose digits."""
    total = np.diag(sample.products)[targets]
    rss = np.asarray(total - (known * b).sum(axis=1))
    near = np.flatnonzero(rss < _NEAR_EXACT * total)
    for i in near:
        left = sample.values[:, targets[i]] - sample.values[:, places[i]] @ b[i]
        rss[i] = left @ left
    return rss


def _score_sums(
    sample: SharedSample,
    covariances: Mapping[str, CovarianceOnSample],
    places: np.ndarray,
    targets: np.ndarray,
    b: np.ndarray,
    inverse: np.ndarray,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Sandwiches of the coefficient of interest, and whether those of all coefficients are sound.

    Returns
    -------
    dict of str to (ndarray, shape (s,), ndarray of bool, shape (s,))
        By covariance; empty where none needs scores. A sandwich is sound if nothing of it cancels:
        the plain path tells rounding from certainty.
    """
    if all(one.forms is None for one in covariances.values()):
        return {}
    (s, k), (n, width) = places.shape, sample.values.shape
    residual = np.zeros((width, s))
    residual[targets, np.arange(s)] = 1.0
    influence = np.zeros((width, s, k + 1))
    constant = -np.einsum("sij,sj->si", inverse, sample.means[places])
    for i in range(s):
        residual[places[i], i] -= b[i]
        influence[0, i, 0] = 1.0 / sample.products[0, 0]
        influence[places[i], i, 0] = constant[i]
        influence[places[i], i, 1:] = inverse[i]
    e = sample.values @ residual
    scores = (sample.values @ influence.reshape(width, -1)).reshape(n, s, k + 1)
    scores *= e[:, :, None]
    flat = scores.reshape(n, -1)
    squares = (flat**2).sum(axis=0)
    least = np.repeat(_share_to_be_left(sample, places, targets, e)[:, None], k + 1, axis=1)
    least[:, 1] = _SUMS_LEFT**2
    least = least.ravel()
    sums = {}
    for label, one in covariances.items():
        if one.forms is None:
            continue
        found = [(factor, form(flat)) for factor, form in one.forms]
        total = sum(factor * part for factor, part in found)
        sound = np.asarray(total) > least * squares
        for factor, part in found:
            sound &= (part > least * squares) | (factor < 0.0)
        by_coefficient = np.asarray(total).reshape(s, k + 1)
        sums[label] = by_coefficient[:, 1], sound.reshape(s, k + 1).all(axis=1)
    return sums


def _share_to_be_left(
    sample: SharedSample, places: np.ndarray, targets: np.ndarray, residuals: np.ndarray
) -> np.ndarray:
    """Share of its squares that a sum of squared sums of scores must have to be no rounding, (s,).

    Ten times what :mod:`regressions.degenerate` asks for, so that it has the last word.
    """
    size = np.sqrt(np.diag(sample.products) / sample.nobs)
    outcome = sample.largest[targets] / np.sqrt((residuals**2).mean(axis=0))
    before = (sample.largest[places] / size[places]).max(axis=1)
    risk = np.maximum(outcome, before) * sample.spread_of_weights
    share = 10.0 * np.maximum(CANCELLED, DIGITS_LOST * risk)
    return np.asarray(np.minimum(share, _SUMS_LEFT) ** 2)
