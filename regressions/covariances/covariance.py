"""What a covariance estimator knows and does, with the options that were chosen for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import pandas as pd

from regressions.degrees_of_freedom import effects_rank
from regressions.equation import EstimatingEquation, estimating_equation
from regressions.groupings import is_nested

if TYPE_CHECKING:
    from regressions.calendar import Calendar
    from regressions.model import FittedModel

__all__ = [
    "CountEffects", "Covariance", "RowGroups", "SampleCalendar", "ScoreForm", "Variance",
    "add_forms",
]  # fmt: skip

CountEffects = bool | Literal["auto", "not-nested"]

Variance = Callable[[np.ndarray], np.ndarray]
"""Variance of one coefficient up to a constant, from residuals of shape (n, B)."""

ScoreForm = tuple[float, Callable[[np.ndarray], np.ndarray]]
"""A factor, and a quadratic form of each column of scores: from shape (n, B) to shape (B,)."""


class SampleCalendar(Protocol):
    """What covariances ask of a sample before they warn."""

    @property
    def calendar(self) -> Calendar:
        """How the periods follow each other."""

    def count_gaps(self) -> int:
        """Count the places where an entity skips at least one period."""


@dataclass(frozen=True, eq=False)
class RowGroups:
    """Groupings of the rows of an equation that scores are summed over.

    Attributes
    ----------
    clusters : sequence of ndarray of int, each shape (n,)
        Codes 0..G-1 of the cluster variables of the covariance.
    places : callable returning two ndarray of int, each shape (n,)
        Codes of the entities, and places in the calendar; called by those that sum over lags.
    """

    clusters: Sequence[np.ndarray]
    places: Callable[[], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Covariance:
    """A covariance estimator with its options; subclasses say how theirs is computed.

    Attributes
    ----------
    name : str
        As users write it.
    other_words : tuple of str
        Names in other programs, which errors translate.
    linearmodels_name : str
        Its ``cov_type`` in linearmodels; empty if linearmodels does not have it.
    debiased_default : bool
        Whether it has the degrees-of-freedom factor by default.
    counts_effects : bool
        Whether absorbed effects count as parameters by default.
    is_clustered, sums_over_lags : bool
        Whether scores are summed by cluster, or over the lags of a kernel.
    most_clusters : int
        Largest number of cluster variables.
    clusters : tuple of str
        "entity", "time" or column names; empty unless clustered.
    bandwidth : int or None
        Lags of the kernel; None is ``floor(4 (T/100)^(2/9))`` (xtscc, linearmodels).
    kernel : str
        "bartlett" (Newey-West), "parzen" or "quadratic-spectral".
    debiased : bool or None
        Degrees-of-freedom factor; None takes the default of the name (False for HC0).
    group_debias : bool
        Factor ``G/(G-1) (n-1)/n`` under clustering.
    count_effects : bool, "auto" or "not-nested"
        Whether absorbed effects count as parameters in the factor.
    """

    name: str
    other_words: tuple[str, ...] = ()
    linearmodels_name: str = ""
    debiased_default: bool = True
    counts_effects: bool = True
    is_clustered: bool = False
    sums_over_lags: bool = False
    most_clusters: int = 0
    clusters: tuple[str, ...] = ()
    bandwidth: int | None = None
    kernel: str = "bartlett"
    debiased: bool | None = None
    group_debias: bool = True
    count_effects: CountEffects = "auto"

    @property
    def from_linearmodels(self) -> bool:
        """Whether linearmodels has this estimator."""
        return bool(self.linearmodels_name)

    @property
    def is_debiased(self) -> bool:
        """Whether the covariance has its degrees-of-freedom factor."""
        return self.debiased_default if self.debiased is None else self.debiased

    def describe(self) -> str:
        """Words for a table note or a summary."""
        return self.name

    def fit_options(self, *, absorbs: bool) -> dict[str, Any]:
        """Keyword arguments of linearmodels' ``fit``; clusters are added by the caller.

        No effects are counted there: :meth:`counted_factor` counts them.
        """
        options: dict[str, Any] = {
            "cov_type": self.linearmodels_name or "unadjusted",
            "debiased": self.is_debiased,
        }
        if absorbs:
            options |= {"auto_df": False, "count_effects": False}
        return options

    def counted_effects(
        self, effects: Sequence[np.ndarray], clusters: Sequence[np.ndarray], rank: int
    ) -> int | None:
        """Parameters that absorbed effects count for, the constant among them.

        Parameters
        ----------
        effects, clusters : sequence of ndarray of int, each shape (n,)
            Codes of the absorbed effects and of the cluster variables.
        rank : int
            Of the dummies of all effects.

        Returns
        -------
        int or None
            The rank of the dummies of all effects; without those nested in every cluster variable,
            whose place one constant takes, unless ``count_effects=True``. None if no effect is
            counted.
        """
        if self.count_effects is False or (
            self.count_effects == "auto" and not self.counts_effects
        ):
            return None
        nested = [
            effect for effect in effects if all(is_nested(effect, outer) for outer in clusters)
        ]
        if self.count_effects is True or not self.is_clustered or not nested:
            return rank
        return rank + 1 - (rank if len(nested) == len(effects) else effects_rank(nested))

    def counted_factor(self, counted: int | None, nobs: int, k: int, constant: bool) -> float:
        """Factor on a covariance that counts its coefficients alone, for the absorbed effects.

        Parameters
        ----------
        counted : int or None
            From :meth:`counted_effects`.
        nobs, k : int
            Rows, and coefficients with the constant.
        constant : bool
            Whether the constant is among the coefficients; it is also among the effects, and
            leaving it out of the formula changes nothing.

        Returns
        -------
        float
            ``(n - k) / (n - slopes - d)``, d the counted effects with the constant, or
            ``n / (n - d + 1)`` if not debiased; 1 where no effect is counted.
        """
        if counted is None:
            return 1.0
        if self.is_debiased:
            return (nobs - k) / (nobs - (k - constant) - counted)
        return nobs / (nobs - counted + 1)

    def sample_factor(self, nobs: int, k: int) -> float:
        """Factor on a sandwich for the size of the sample: ``n / (n - k)`` if debiased."""
        return nobs / (nobs - k) if self.is_debiased else 1.0

    def score_forms(self, groups: RowGroups) -> Sequence[ScoreForm] | None:
        """Quadratic forms of the scores ``x (x'x)^-1 e`` that add up to the sandwich.

        Parameters
        ----------
        groups : RowGroups
            Of the n rows.

        Returns
        -------
        sequence of ScoreForm, or None
            The variance is their sum times :meth:`sample_factor` and :meth:`counted_factor`; None
            where scores alone do not make it.

        Raises
        ------
        SampleError
            If the rows cannot be summed as asked.
        """
        return None

    def inference_df(self, df_resid: float, clusters: Mapping[str, int], periods: int) -> float:
        """Degrees of freedom of the t distribution: residual, G - 1 or T - 1."""
        return float(df_resid)

    def rank_limit(self, model: FittedModel) -> int | None:
        """Largest number of restrictions to test at once; None without a limit."""
        return None

    def warn(self, clusters: Mapping[str, int], sample: SampleCalendar) -> None:
        """Warn of what makes the covariance doubtful in a sample.

        Parameters
        ----------
        clusters : mapping of str to int
            Number of groups of each cluster variable.
        sample : SampleCalendar
        """
        return None

    def warn_of_rows(self, model: FittedModel) -> None:
        """Warn of rows of a model whose error the covariance leaves out."""
        return None

    def compute(self, model: FittedModel) -> tuple[pd.DataFrame, pd.Series | None]:
        """Compute the covariance of the coefficients of a model from its equation.

        Parameters
        ----------
        model : FittedModel
            With the clusters of this covariance. Its rows are those of the sample, or first
            differences, each in the cluster of its later row.

        Returns
        -------
        covariance : DataFrame, shape (k, k)
            Without :meth:`counted_factor`, if :attr:`from_linearmodels`.
        df : Series, shape (k,), or None
            Degrees of freedom of each coefficient, where they differ.

        Raises
        ------
        ValueError
            If linearmodels refuses the options.
        """
        equation = estimating_equation(model)
        back = equation.back
        values = back @ self.compute_orthogonal(model, equation) @ back.T
        names = model.params.index
        return pd.DataFrame(values, index=names, columns=names), None

    def compute_orthogonal(self, model: FittedModel, equation: EstimatingEquation) -> np.ndarray:
        """Compute the covariance for orthogonal regressors of mean square one, shape (k, k)."""
        raise NotImplementedError

    def score_sums(
        self,
        model: FittedModel,
        equation: EstimatingEquation,
        scores: np.ndarray,
        variances: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Squares of the sums of scores that make the variances, by what is summed, each (k,)."""
        return {}

    @property
    def negative_reason(self) -> str:
        """Why a variance can be negative."""
        return (
            "the regressors are so nearly collinear that rounding decides what should be positive"
        )

    def variance_function(
        self, model: FittedModel, equation: EstimatingEquation, influence: np.ndarray, j: int
    ) -> Variance:
        """Return the variance of coefficient j up to a constant, as a function of residuals.

        Parameters
        ----------
        model : FittedModel
        equation : EstimatingEquation
        influence : ndarray, shape (n,)
            ``x (x'x)^-1 e_j``.
        j : int
        """
        return lambda e: np.asarray(influence**2 @ e**2)


def add_forms(forms: Sequence[ScoreForm], scores: np.ndarray) -> np.ndarray:
    """Sum quadratic forms of scores, from shape (n, B) to shape (B,)."""
    return np.asarray(sum(factor * form(scores) for factor, form in forms))
