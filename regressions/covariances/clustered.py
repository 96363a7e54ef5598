"""Covariances of errors that are independent across clusters alone: CR1, one-way or two-way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.covariances.covariance import (
    Covariance,
    RowGroups,
    SampleCalendar,
    ScoreForm,
    Variance,
    add_forms,
)
from regressions.equation import EstimatingEquation
from regressions.errors import FewClustersWarning, OptionError, SampleError
from regressions.groupings import effect_level
from regressions.user_warnings import warn_user

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = [
    "CLUSTERED",
    "FEW_CLUSTERS",
    "Clustered",
    "cluster_codes",
    "count_clusters",
    "sum_by_group",
]

FEW_CLUSTERS = 20


class Clustered(Covariance):
    """Sandwich of the sums of scores by cluster."""

    def describe(self) -> str:
        """Words for a table note or a summary."""
        return f"{self._kind} by {' and '.join(self.clusters)}"

    @property
    def _kind(self) -> str:
        return self.name

    def fit_options(self, *, absorbs: bool) -> dict[str, Any]:
        """Keyword arguments of linearmodels' ``fit``, with the factor of the clusters."""
        options = super().fit_options(absorbs=absorbs)
        if self.from_linearmodels:
            options["group_debias"] = self.group_debias
        return options

    def inference_df(self, df_resid: float, clusters: Mapping[str, int], periods: int) -> float:
        """Return the smallest number of clusters less one."""
        return float(min(clusters.values()) - 1)

    def rank_limit(self, model: FittedModel) -> int | None:
        """Return the sum of ``G - 1``: scores add up to zero over the sample."""
        return sum(count - 1 for count in model.clusters.values())

    def warn(self, clusters: Mapping[str, int], sample: SampleCalendar) -> None:
        """Warn of cluster variables with fewer than twenty groups.

        Warns
        -----
        FewClustersWarning
            Below :data:`FEW_CLUSTERS` groups.
        """
        few = {name: count for name, count in clusters.items() if count < FEW_CLUSTERS}
        if few:
            words = ", ".join(f"{count} of {name}" for name, count in few.items())
            warn_user(
                f"few clusters ({words}): standard errors clustered on fewer than {FEW_CLUSTERS} "
                f"groups are too small; {self._advice}",
                FewClustersWarning,
            )

    @property
    def _advice(self) -> str:
        return "prefer cov='CR2' or wild_cluster_bootstrap"

    def compute_orthogonal(self, model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
        """Compute the sandwich: of both variables, less their intersection, shape (k, k)."""
        x = equation.orthogonal()
        n, k = x.shape
        scores = x * equation.solution[1][:, None]
        meat = np.zeros((k, k))
        for factor, codes in self._signed_groupings(cluster_codes(model, equation)):
            sums = sum_by_group(scores, codes)
            meat += factor * (sums.T @ sums)
        return meat * (self.sample_factor(n, k) / n**2)

    def score_sums(
        self,
        model: FittedModel,
        equation: EstimatingEquation,
        scores: np.ndarray,
        variances: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Squares of the sums of scores by cluster, of each cluster variable."""
        if model.kind.averages:
            return self._whole_sums(variances)
        names = model.cluster_codes.columns
        return {
            f"cluster of {name!r}": (sum_by_group(scores, codes) ** 2).sum(axis=0)
            for name, codes in zip(names, cluster_codes(model, equation), strict=True)
        }

    def _whole_sums(self, variances: np.ndarray) -> dict[str, np.ndarray]:
        return {f"cluster of {' and '.join(map(repr, self.clusters))}": variances}

    @property
    def negative_reason(self) -> str:
        """Why a variance can be negative."""
        if len(self.clusters) > 1:
            return "a two-way clustered covariance need not be positive"
        return super().negative_reason

    def variance_function(
        self, model: FittedModel, equation: EstimatingEquation, influence: np.ndarray, j: int
    ) -> Variance:
        """Return the sum of squares by cluster: of both variables, less their intersection."""
        forms = _cluster_forms(self._signed_groupings(cluster_codes(model, equation)))
        return lambda e: add_forms(forms, influence[:, None] * e)

    def score_forms(self, groups: RowGroups) -> Sequence[ScoreForm] | None:
        """Return the sums of squares by cluster: of both variables, less their intersection."""
        return _cluster_forms(self._signed_groupings(groups.clusters))

    def sample_factor(self, nobs: int, k: int) -> float:
        """Return ``n / (n - k)``, and ``(n - 1) / n`` beside the factor of the clusters."""
        return super().sample_factor(nobs, k) * ((nobs - 1) / nobs if self.group_debias else 1.0)

    def _signed_groupings(self, clusters: Sequence[np.ndarray]) -> list[tuple[float, np.ndarray]]:
        """Return groupings with signs and factors: both, less their intersection if two."""
        groupings = [(1.0, codes) for codes in clusters]
        if len(groupings) == 2:
            (_, first), (_, second) = groupings
            both = pd.factorize(first * (int(second.max()) + 1) + second)[0]
            groupings.append((-1.0, both))
        sizes = [int(codes.max()) + 1 for _, codes in groupings]
        return [
            (sign * (size / (size - 1) if self.group_debias else 1.0), codes)
            for (sign, codes), size in zip(groupings, sizes, strict=True)
        ]


def _cluster_forms(groupings: Sequence[tuple[float, np.ndarray]]) -> list[ScoreForm]:
    """Make the sums of squares of the sums by cluster, with their factors."""

    def form(codes: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return lambda scores: np.asarray((sum_by_group(scores, codes) ** 2).sum(axis=0))

    return [(factor, form(codes)) for factor, codes in groupings]


def cluster_codes(model: FittedModel, equation: EstimatingEquation) -> list[np.ndarray]:
    """Return codes of each cluster variable on the rows of the equation, each (n,).

    Raises
    ------
    OptionError
        If a group of a between model lies in several clusters.
    """
    codes = model.cluster_codes
    if model.kind.averages:
        level = codes.index.get_level_values(effect_level(model.effects))
        if (codes.groupby(level).transform("first") != codes).any(axis=None):
            raise OptionError("the clusters of a between model must be constant within its groups")
        codes = codes.groupby(level).first()
    codes = codes.loc[equation.rows]
    return [pd.factorize(codes[name])[0] for name in codes.columns]


def count_clusters(codes: pd.DataFrame) -> dict[str, int]:
    """Count the groups of each cluster variable; refuse a single group.

    Parameters
    ----------
    codes : DataFrame of int, shape (n, ...)
        Codes of the cluster variables on the rows that the estimator uses.

    Raises
    ------
    SampleError
        If a cluster variable has a single group.
    """
    counts = {str(name): int(codes[name].nunique()) for name in codes.columns}
    for name, count in counts.items():
        if count < 2:
            raise SampleError(
                f"the sample has a single cluster of {name!r}: clustered errors need many"
            )
    return counts


def sum_by_group(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sum rows, shape (n, B), by group, shape (G, B); codes 0..G-1, each of some row."""
    sums = np.empty((int(codes.max()) + 1, values.shape[1]))
    for j, column in enumerate(values.T):
        sums[:, j] = np.bincount(codes, column)
    return sums


CLUSTERED = Clustered(
    name="clustered",
    other_words=("cluster", "CR1", "CRV1", "twoway"),
    linearmodels_name="clustered",
    is_clustered=True,
    most_clusters=2,
)
