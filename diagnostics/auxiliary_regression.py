"""Auxiliary regressions with any covariance that `regressions.fit` offers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import ols, wald
from diagnostics.sample import PanelSample
from diagnostics.transformation import Floats
from regressions import FewClustersWarning, InferenceWarning, RegressionError, fit
from regressions.covariances import covariance_named

__all__ = ["FEW_GROUPS", "AuxiliaryFit", "auxiliary_regression"]

FEW_GROUPS = 20
"""Fewer clusters or periods than this make a clustered or kernel covariance unreliable."""


@dataclass(frozen=True, eq=False)
class AuxiliaryFit:
    """Coefficients of an auxiliary regression with their covariance.

    Attributes
    ----------
    beta : ndarray (k,)
    V : ndarray (k, k)
    df : float
        Denominator degrees of freedom of F tests: residual, G - 1 or T - 1.
    cov : str
        Name of the covariance.
    groups : mapping of str to int
        Number of groups of each cluster variable, or of periods.
    """

    beta: Floats
    V: Floats
    df: float
    cov: str
    groups: Mapping[str, int]

    def wald(self, last: int, test: str) -> float:
        """Wald statistic of the hypothesis that the last coefficients are zero."""
        limit = sum(count - 1 for count in self.groups.values())
        if self.groups and last > limit:
            words = " and ".join(f"{count} of {name}" for name, count in self.groups.items())
            raise DiagnosticError(
                f"{test} tests {last} coefficients together, but a {self.cov} covariance with few "
                f"groups ({words}) has rank {limit} at most; use another covariance"
            )
        return wald(self.beta[-last:], self.V[-last:, -last:], test)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say where the covariance rests on few groups."""
        few = [f"{n} of {name}" for name, n in self.groups.items() if n < FEW_GROUPS]
        if not few:
            return ()
        return (
            f"few groups ({', '.join(few)}): the {self.cov} covariance is unreliable and "
            "chi-square rejects too often; compare the F form in details",
        )


def auxiliary_regression(
    y: Floats,
    X: Floats,
    sample: PanelSample,
    cov: str,
    test: str,
    *,
    clusters: str | Sequence[str] | None = None,
    bandwidth: int | None = None,
    small_sample: bool = True,
) -> AuxiliaryFit:
    """Least squares of y on X with the covariance of a name.

    Parameters
    ----------
    y, X : ndarray (n,), (n, k)
        Data in the order of `sample`, transformed as wanted.
    sample : PanelSample
        Gives entities and periods for clusters and kernels.
    cov : str
        As in `regressions.fit`: "unadjusted", "robust", "HC0" to "HC3", "clustered", "CR2",
        "driscoll-kraay", "ac".
    test : str
        Name of the test, for messages.
    clusters : {"entity", "time"} or both, optional
        Under "clustered" and "CR2"; by default "entity".
    bandwidth : int, optional
        Lags under "driscoll-kraay" and "ac".
    small_sample : bool
        Whether the covariance has its degrees-of-freedom factors.

    Raises
    ------
    DiagnosticError
        If columns are collinear, or the covariance is unknown or cannot be computed.
    """
    plain = ols(y, X, test)  # refuses collinear columns in the words of the test
    try:
        covariance = covariance_named(cov)
    except RegressionError as error:
        raise DiagnosticError(f"{test}: {error}") from error
    cov = covariance.name
    if cov == "unadjusted":
        s2 = plain.rss / (plain.df_resid if small_sample else y.size)
        return AuxiliaryFit(plain.beta, s2 * plain.bread, plain.df_resid, cov, {})
    along_time = sample.position if covariance.sums_over_lags else sample.period
    index = pd.MultiIndex.from_arrays([sample.entity, along_time], names=["entity", "time"])
    names = [f"x{j}" for j in range(X.shape[1])]
    data = pd.DataFrame(np.column_stack([y, X]), index=index, columns=["y", *names])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewClustersWarning)  # said in the result
            warnings.simplefilter("ignore", InferenceWarning)  # refused where it is tested
            model = fit(
                f"y ~ {' + '.join(names)} - 1",
                data,
                estimator="pooled",
                cov=cov,
                clusters=clusters,
                bandwidth=bandwidth,
                debiased=None if small_sample else False,
                group_debias=small_sample,
                step=1,
            )
    except RegressionError as error:
        raise DiagnosticError(f"{test}: {error}") from error
    groups = dict(model.clusters)
    if cov == "driscoll-kraay":
        groups = {"time": sample.n_periods}
    return AuxiliaryFit(
        model.params[names].to_numpy(),
        model.covariance.loc[names, names].to_numpy(),
        model.df_inference,
        cov,
        groups,
    )
