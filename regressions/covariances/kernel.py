"""Covariances of errors that are correlated over time: kernel sums over the lags of the calendar.

linearmodels counts observed periods or rows; here a gap makes lags longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.calendar import find_calendar, warn_doubts
from regressions.covariances.covariance import (
    Covariance,
    RowGroups,
    SampleCalendar,
    ScoreForm,
    Variance,
    add_forms,
)
from regressions.equation import EstimatingEquation
from regressions.errors import OptionError, SampleError, SampleWarning
from regressions.kernels import default_bandwidth, kernel_sum, lagged_pairs, sum_by_period
from regressions.user_warnings import warn_user

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["AC", "DRISCOLL_KRAAY"]


class KernelSum(Covariance):
    """Sandwich of a kernel sum over lags."""

    summed = ""
    """Within what the scores are summed."""

    def describe(self) -> str:
        """Words for a table note or a summary."""
        lags = "default bandwidth" if self.bandwidth is None else f"bandwidth {self.bandwidth}"
        return f"{self.name} ({self.kernel}, {lags})"

    def fit_options(self, *, absorbs: bool) -> dict[str, Any]:
        """Keyword arguments of linearmodels' ``fit``, with the kernel."""
        options = super().fit_options(absorbs=absorbs) | {"kernel": self.kernel}
        if self.bandwidth is not None:
            options["bandwidth"] = self.bandwidth
        return options

    def warn(self, clusters: Mapping[str, int], sample: SampleCalendar) -> None:
        """Warn of a doubtful calendar."""
        warn_doubts(sample.calendar)

    def compute_orthogonal(self, model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
        """Compute the sandwich of a kernel sum over the lags of the calendar, shape (k, k).

        Raises
        ------
        SampleError
            If the bandwidth is as long as the panel, or the panel has no calendar.
        """
        groups, positions = _calendar_codes(model, equation)
        x = equation.orthogonal()
        n, k = x.shape
        scores = x * equation.solution[1][:, None]
        bandwidth = _choose_bandwidth(self.bandwidth, positions)
        scores, groups, positions = self.sum_scores(scores, groups, positions, bandwidth)
        meat = kernel_sum(scores, groups, positions, self.kernel, bandwidth)
        bread = np.linalg.inv(x.T @ x)
        covariance = bread @ meat @ bread * self.sample_factor(n, k)
        return np.asarray((covariance + covariance.T) / 2)

    def sum_scores(
        self, scores: np.ndarray, groups: np.ndarray, positions: np.ndarray, bandwidth: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return scores with their groups and places, as the kernel takes them."""
        return scores, groups, positions

    def score_sums(
        self,
        model: FittedModel,
        equation: EstimatingEquation,
        scores: np.ndarray,
        variances: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the variances, which are sums over the lags of entities or of periods."""
        return {self.summed: variances}

    @property
    def negative_reason(self) -> str:
        """Why a variance can be negative."""
        return f"a {self.kernel} sum over lags need not be positive in a finite sample"

    def variance_function(
        self, model: FittedModel, equation: EstimatingEquation, influence: np.ndarray, j: int
    ) -> Variance:
        """Return the kernel sum over the lags of the calendar.

        Raises
        ------
        OptionError
            Of a between model.
        """
        if not isinstance(equation.rows, pd.MultiIndex):
            raise OptionError(f"cov={self.name!r} of a between model cannot be resampled")
        forms = self.score_forms(RowGroups((), lambda: _calendar_codes(model, equation)))
        return lambda e: add_forms(forms, influence[:, None] * e)

    def score_forms(self, groups: RowGroups) -> Sequence[ScoreForm]:
        """Return the kernel sum over the lags of the calendar.

        Raises
        ------
        SampleError
            If the bandwidth is as long as the panel, or the panel has no calendar.
        """
        entities, positions = groups.places()
        bandwidth = _choose_bandwidth(self.bandwidth, positions)
        nothing = np.zeros((len(positions), 1))
        _, codes, places = self.sum_scores(nothing, entities, positions, bandwidth)
        pairs = list(lagged_pairs(codes, places, self.kernel, bandwidth))

        def form(scores: np.ndarray) -> np.ndarray:
            sums = self.sum_scores(scores, entities, positions, bandwidth)[0]
            total = (sums**2).sum(axis=0)
            for now, before, weights in pairs:
                total = total + 2.0 * (weights @ (sums[now] * sums[before]))
            return np.asarray(total)

        return [(1.0, form)]


class Autocorrelated(KernelSum):
    """Kernel sum over the lags of each entity."""

    summed = "entity"

    def warn(self, clusters: Mapping[str, int], sample: SampleCalendar) -> None:
        """Warn of a doubtful calendar, and of gaps.

        Warns
        -----
        SampleWarning
        """
        super().warn(clusters, sample)
        if gaps := sample.count_gaps():
            warn_user(
                f"entities skip periods in {gaps} places: cov={self.name!r} counts lags by the "
                "calendar, so rows on both sides of a gap are more than one lag apart; programs "
                "that count rows give other standard errors",
                SampleWarning,
            )


class DriscollKraay(KernelSum):
    """Kernel sum over the lags of the sums of scores by period."""

    summed = "period"

    def inference_df(self, df_resid: float, clusters: Mapping[str, int], periods: int) -> float:
        """Return the number of periods less one."""
        return float(periods - 1)

    def rank_limit(self, model: FittedModel) -> int | None:
        """Return ``T - 1``: scores add up to zero over the sample."""
        return int(model.df_inference)

    def sum_scores(
        self, scores: np.ndarray, groups: np.ndarray, positions: np.ndarray, bandwidth: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the sums of scores by period, as one group.

        Raises
        ------
        SampleError
            If the bandwidth is as long as the panel.
        """
        span = int(np.ptp(positions)) + 1
        if bandwidth >= span:
            raise SampleError(
                f"the bandwidth of cov={self.name!r}, {bandwidth}, must be below the number of "
                f"periods, {span}: give a smaller bandwidth"
            )
        sums, places = sum_by_period(scores, positions)
        return sums, np.zeros(len(places), dtype=np.intp), places


def _calendar_codes(
    model: FittedModel, equation: EstimatingEquation
) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the entities, and places in the calendar, of the rows of an equation.

    Raises
    ------
    SampleError
        If the panel has no calendar.
    """
    rows = equation.rows
    calendar = find_calendar(rows) if model.calendar is None else model.calendar
    return (
        pd.factorize(rows.get_level_values(0))[0],
        calendar.positions(rows.get_level_values(1)),
    )


def _choose_bandwidth(bandwidth: int | None, positions: np.ndarray) -> int:
    """Lags of the kernel; by default those for the number of periods that are observed."""
    return default_bandwidth(len(np.unique(positions))) if bandwidth is None else bandwidth


DRISCOLL_KRAAY = DriscollKraay(
    name="driscoll-kraay",
    other_words=("dk", "scc", "xtscc", "kernel"),
    linearmodels_name="driscoll-kraay",
    sums_over_lags=True,
)
AC = Autocorrelated(
    name="ac",
    other_words=("newey-west", "autocorrelated"),
    linearmodels_name="ac",
    sums_over_lags=True,
)
