"""One sample with its effects and weights swept out: what specifications solve their systems on."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from regressions.calendar import Calendar, find_calendar, spells
from regressions.column_space import ColumnSpace
from regressions.covariances import Covariance
from regressions.covariances.covariance import RowGroups, ScoreForm
from regressions.covariances.heteroskedastic import Heteroskedastic
from regressions.covariances.unadjusted import Unadjusted
from regressions.degrees_of_freedom import count_parameters
from regressions.errors import OptionError, RegressionError, SampleError
from regressions.fit_options import FitOptions
from regressions.groupings import describe_effects, nested_effects
from regressions.specifications.shared_columns import SharedColumns
from regressions.user_warnings import WarningText, warning_texts
from regressions.within import dummy_leverage, remove_effects

__all__ = [
    "LEFT", "LEVERAGE_LEFT", "CovarianceOnSample", "SharedSample", "compact_codes", "sweep_sample",
]  # fmt: skip

LEFT = 1e-4
"""Share of a column that must be left by the effects, so that no digit that counts is lost."""

LEVERAGE_LEFT = 1e-6
_WELL_APART = 1e-6


@dataclass(frozen=True, eq=False)
class CovarianceOnSample:
    """What a covariance needs from a sample, whatever the regressors are.

    Attributes
    ----------
    choice : Covariance
    forms : sequence of ScoreForm, or None
        None for the homoskedastic covariance, which needs no scores.
    counted : int or None
        Absorbed effects that count as parameters.
    clusters : dict of str to int
        Number of groups of each cluster variable.
    warnings : tuple of (category, text)
        What the covariance warns of in the sample.
    """

    choice: Covariance
    forms: Sequence[ScoreForm] | None
    counted: int | None
    clusters: dict[str, int]
    warnings: tuple[WarningText, ...]


@dataclass(frozen=True, eq=False)
class SharedSample:
    """Columns of one sample without effects and means, times the roots of the weights.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        In the panel.
    panel : MultiIndex
        Of all rows.
    whole_rows : ndarray of bool
        Rows of the panel in the sample before incomplete ones were left out.
    places : mapping of str to int
        Column of each term that has enough variation left.
    values : ndarray, shape (n, 1 + m)
        The constant, then the terms.
    products : ndarray, shape (1 + m, 1 + m)
        Cross-products.
    means, sizes, largest : ndarray, shape (1 + m,)
        Weighted means, root mean squares and largest sizes of the columns before.
    effects : list of ndarray of int, each shape (n,)
    weights : ndarray, shape (n,), or None
    rank : int
        Of the effects, or of the constant.
    n_periods : int
    step : int or None
    """

    rows: np.ndarray
    panel: pd.MultiIndex
    whole_rows: np.ndarray
    places: dict[str, int]
    values: np.ndarray
    products: np.ndarray
    means: np.ndarray
    sizes: np.ndarray
    largest: np.ndarray
    effects: list[np.ndarray]
    weights: np.ndarray | None
    rank: int
    n_periods: int
    step: int | None
    _known: dict[str, CovarianceOnSample | None] = field(default_factory=dict)
    _spaces: dict[str, ColumnSpace] = field(default_factory=dict)

    @cached_property
    def spread_of_weights(self) -> float:
        """Root of the largest weight over the smallest."""
        w = self.weights
        return 1.0 if w is None else float(np.sqrt(w.max() / w.min()))

    @property
    def nobs(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def space_beside(self, blocks: np.ndarray, name: str) -> ColumnSpace:
        """Space of the constant and of the effects that cut across blocks."""
        if name not in self._spaces:
            constant = self.values[:, :1]
            self._spaces[name] = ColumnSpace.of_columns(
                constant, self.effects, blocks, self.weights
            )
        return self._spaces[name]

    @cached_property
    def index(self) -> pd.MultiIndex:
        """Entity and period of each row, shape (n,)."""
        return self.panel[self.rows]

    @cached_property
    def calendar(self) -> Calendar:
        """How the periods of the sample follow each other, incomplete rows included."""
        return find_calendar(self.panel[self.whole_rows], self.step)

    def count_gaps(self) -> int:
        """Count the places where an entity skips at least one period."""
        entities = self.index.get_level_values(0).nunique()
        return int(spells(self.index, self.calendar).max()) + 1 - entities

    def covariance(
        self, label: str, options: FitOptions, columns: SharedColumns
    ) -> CovarianceOnSample | None:
        """Prepare a covariance; None if it is not made of scores, or would be refused."""
        if label not in self._known:
            try:
                self._known[label] = self._prepare(options, columns)
            except SampleError:
                self._known[label] = None
        return self._known[label]

    def _prepare(self, options: FitOptions, columns: SharedColumns) -> CovarianceOnSample | None:
        choice = options.covariance
        if not choice.from_linearmodels:
            return None
        codes = [compact_codes(columns.codes(name)[self.rows]) for name in choice.clusters]
        clusters = {
            name: int(one.max()) + 1 for name, one in zip(choice.clusters, codes, strict=True)
        }
        if min(clusters.values(), default=2) < 2:
            return None
        forms = choice.score_forms(RowGroups(codes, self._entities_and_periods))
        if forms is None and not isinstance(choice, Unadjusted):
            return None
        if isinstance(choice, Heteroskedastic) and self._has_lone_row:
            return None
        counted = choice.counted_effects(self.effects, codes, self.rank) if self.effects else None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            choice.warn(clusters, self)
        return CovarianceOnSample(choice, forms, counted, clusters, warning_texts(caught))

    def _entities_and_periods(self) -> tuple[np.ndarray, np.ndarray]:
        entities = pd.factorize(self.index.get_level_values(0))[0]
        return entities, self.calendar.positions(self.index.get_level_values(1))

    @cached_property
    def _has_lone_row(self) -> bool:
        """Whether all columns together fit a row exactly, or nearly so."""
        size = np.sqrt(np.diag(self.products))
        columns = self.values / size
        roots, turned = np.linalg.eigh(self.products / np.outer(size, size))
        if roots[0] > _WELL_APART * roots[-1]:
            basis = columns @ (turned / np.sqrt(roots))
        else:
            u, s, _ = np.linalg.svd(columns, full_matrices=False)
            basis = u[:, s > 1e-8 * s.max()]
        leverage = (basis**2).sum(axis=1)
        if self.effects:
            try:
                leverage = leverage + dummy_leverage(self.effects, self.weights)
            except OptionError:  # too many groups, which the plain path looks at row by row
                return True
        return bool((1.0 - leverage < LEVERAGE_LEFT).any())


def compact_codes(codes: np.ndarray) -> np.ndarray:
    """Codes 0..G-1 of the groups that are there.

    Examples
    --------
    >>> compact_codes(np.array([4, 1, 4])).tolist()
    [1, 0, 1]
    """
    present = np.bincount(codes) > 0
    return codes if present.all() else (np.cumsum(present) - 1)[codes]


def sweep_sample(
    columns: SharedColumns,
    kept: np.ndarray,
    whole: np.ndarray,
    options: FitOptions,
    terms: Sequence[str],
) -> SharedSample | None:
    """Take effects, means and weights out of the terms of a sample.

    Parameters
    ----------
    columns : SharedColumns
    kept, whole : ndarray of bool, shape (n of the panel,)
        Rows of the sample: the complete ones, and all.
    options : FitOptions
        Of pooled least squares, fixed effects, or random effects, which are left in.
    terms : sequence of str

    Returns
    -------
    SharedSample or None
        None where :func:`regressions.fit` would refuse the sample or warn of it.
    """
    rows = np.flatnonzero(kept)
    if not len(rows):
        return None
    if options.step is not None:
        try:
            find_calendar(columns.index[whole], options.step)
        except RegressionError:
            return None
    names = options.effects if options.estimator.absorbs else ()
    effects = [compact_codes(columns.codes(name)[rows]) for name in names]
    entities = np.bincount(compact_codes(columns.codes("entity")[rows]))
    n_periods = len(np.unique(columns.codes("time")[rows]))
    grouped = describe_effects(options.effects)
    if len(entities) < 2 or (grouped in ("entity", "twoway") and entities.max() < 2):
        return None
    if grouped in ("time", "twoway") and n_periods < 2:
        return None
    rank, exact = count_parameters(effects) if effects else (1, True)
    if nested_effects(effects) or not exact:
        return None
    if any(np.bincount(codes).min() < 2 for codes in effects):
        return None
    weights = None
    if options.weights is not None:
        weights = columns.numbers(options.weights)[rows]
        if not (weights > 0).all():
            return None
    raw = np.column_stack([columns.terms[term][rows] for term in terms])
    means = np.average(raw, axis=0, weights=weights)
    sizes = np.sqrt((raw**2).mean(axis=0))
    left = raw - means
    if effects:
        left = remove_effects(left, effects, weights)
    enough = (left**2).mean(axis=0) > (LEFT * sizes) ** 2
    if not enough.any():
        return None
    root = np.ones(len(rows)) if weights is None else np.sqrt(weights)
    values = np.column_stack([root, left[:, enough] * root[:, None]])
    kept_terms = [term for term, good in zip(terms, enough, strict=True) if good]
    return SharedSample(
        rows=rows,
        panel=columns.index,
        whole_rows=whole,
        places={term: place for place, term in enumerate(kept_terms, start=1)},
        values=values,
        products=values.T @ values,
        means=np.r_[1.0, means[enough]],
        sizes=np.r_[1.0, sizes[enough]],
        largest=np.r_[1.0, np.abs(raw[:, enough]).max(axis=0)],
        effects=effects,
        weights=weights,
        rank=rank,
        n_periods=n_periods,
        step=options.step,
    )
