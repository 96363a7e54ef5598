"""Covariance estimators by name, what they need from linearmodels, and their t distribution.

Small-sample conventions (n rows, k regressors with the constant, d counted effects, G clusters):

==================  =====================================================  ====================
name                factor on the plain sandwich                           t degrees of freedom
==================  =====================================================  ====================
unadjusted          residual variance over n - k - d                       n - k - d
robust, HC1         n / (n - k - d)                                        n - k - d
HC0                 1                                                      n - k - d
HC2, HC3            residuals over (1 - h)^(1/2), (1 - h)                  n - k - d
clustered           G / (G - 1) x (n - 1) / (n - k - d)                    G - 1 (smallest G)
CR2                 residuals times (I - H_gg)^(-1/2)                      Satterthwaite, each b
CR3                 residuals times (I - H_gg)^(-1)                        G - 1
driscoll-kraay      n / (n - k - d)                                        T - 1
ac                  n / (n - k - d)                                        n - k - d
==================  =====================================================  ====================

The t degrees of freedom and the residual variance count every absorbed effect: the rank of the
dummies, ``N + T - C`` under two-way effects (:mod:`regressions.degrees_of_freedom`). Which of them
d counts in the factors follows ``count_effects``:

============================  ==========================  ==========================================
program                       effects in d                here
============================  ==========================  ==========================================
xtreg fe, vce(cluster);       all but those nested in     "auto" and "not-nested"
reghdfe; fixest by default    the clusters
xtreg fe, vce(conventional);  all                         "auto", or True
reghdfe, vce(robust)
areg, vce(cluster);           all, also nested ones       True
fixest, ssc(K.fixef="full")
plm, sandwich                 none                        False
============================  ==========================  ==========================================

"not-nested" differs from "auto" under HC0 alone, where "auto" counts nothing. The constant counts
once, in the formula or not: effects contain it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import pandas as pd

from regressions.degrees_of_freedom import effects_rank
from regressions.errors import FewClustersWarning, OptionError, SampleError
from regressions.groupings import is_nested
from regressions.names import as_spelled, given_names, nearest_term
from regressions.user_warnings import warn_user

FEW_CLUSTERS = 20

CountEffects = bool | Literal["auto", "not-nested"]

_LINEARMODELS_NAMES = {
    "unadjusted": "unadjusted",
    "robust": "robust",
    "HC0": "robust",
    "HC1": "robust",
    "clustered": "clustered",
    "driscoll-kraay": "driscoll-kraay",
    "ac": "ac",
}
_FROM_SCORES = ("HC2", "HC3", "CR2", "CR3")
COVARIANCES = (*_LINEARMODELS_NAMES, *_FROM_SCORES)
KERNELS = ("bartlett", "parzen", "quadratic-spectral")
_ELSEWHERE = {
    "iid": "unadjusted", "homoskedastic": "unadjusted", "conventional": "unadjusted",
    "white": "robust", "hetero": "robust", "heteroskedastic": "robust",
    "cluster": "clustered", "CR1": "clustered", "CRV1": "clustered", "twoway": "clustered",
    "CRV3": "CR3", "dk": "driscoll-kraay", "scc": "driscoll-kraay", "xtscc": "driscoll-kraay",
    "kernel": "driscoll-kraay", "newey-west": "ac", "autocorrelated": "ac",
}  # fmt: skip
CLUSTERED_COVARIANCES = ("clustered", "CR2", "CR3")
_KERNEL = ("driscoll-kraay", "ac")


@dataclass(frozen=True)
class CovarianceChoice:
    """A covariance estimator with its options.

    Attributes
    ----------
    name : str
        One of :data:`COVARIANCES`.
    clusters : tuple of str
        Up to two of "entity", "time" or column names; empty unless clustered.
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
    clusters: tuple[str, ...] = ()
    bandwidth: int | None = None
    kernel: str = "bartlett"
    debiased: bool | None = None
    group_debias: bool = True
    count_effects: CountEffects = "auto"

    @property
    def from_linearmodels(self) -> bool:
        """Whether linearmodels has this estimator."""
        return self.name in _LINEARMODELS_NAMES

    @property
    def sums_over_lags(self) -> bool:
        """Whether the covariance is a kernel sum over lags."""
        return self.name in _KERNEL

    def describe(self) -> str:
        """Words for a table note or a summary.

        Examples
        --------
        >>> CovarianceChoice("clustered", clusters=("entity",)).describe()
        'clustered by entity'
        """
        if self.name in CLUSTERED_COVARIANCES:
            what = "clustered" if self.name == "clustered" else f"clustered ({self.name})"
            return f"{what} by {' and '.join(self.clusters)}"
        if self.name in _KERNEL:
            lags = "default bandwidth" if self.bandwidth is None else f"bandwidth {self.bandwidth}"
            return f"{self.name} ({self.kernel}, {lags})"
        return self.name

    def unadjusted(self) -> CovarianceChoice:
        """Return the unadjusted covariance with the same counting of degrees of freedom."""
        return replace(self, name="unadjusted", clusters=())

    def fit_options(self, *, absorbs: bool) -> dict[str, Any]:
        """Keyword arguments of linearmodels' ``fit``; clusters are added by the caller.

        No effects are counted there: :meth:`effects_factor` counts them.
        """
        name = _LINEARMODELS_NAMES.get(self.name, "unadjusted")
        options: dict[str, Any] = {"cov_type": name, "debiased": self.is_debiased}
        if absorbs:
            options |= {"auto_df": False, "count_effects": False}
        if self.name in _KERNEL:
            options["kernel"] = self.kernel
            if self.bandwidth is not None:
                options["bandwidth"] = self.bandwidth
        if self.name == "clustered":
            options["group_debias"] = self.group_debias
        return options

    @property
    def is_debiased(self) -> bool:
        """Whether the covariance has its degrees-of-freedom factor."""
        return self.name != "HC0" if self.debiased is None else self.debiased

    def counted_effects(self, effects: pd.DataFrame, clusters: pd.DataFrame) -> int | None:
        """Parameters that absorbed effects count for, the constant among them.

        Parameters
        ----------
        effects, clusters : DataFrame of int, shape (n, ...)
            Codes of the absorbed effects and of the cluster variables.

        Returns
        -------
        int or None
            The rank of the dummies of all effects; without those nested in every cluster variable,
            whose place one constant takes, unless ``count_effects=True``. None if no effect is
            counted.
        """
        if self.count_effects is False or (self.name == "HC0" and self.count_effects == "auto"):
            return None
        codes = list(effects.to_numpy().T)
        nested = [
            effect
            for effect in codes
            if all(is_nested(effect, outer) for outer in clusters.to_numpy().T)
        ]
        if self.count_effects is True or self.name not in CLUSTERED_COVARIANCES or not nested:
            return effects_rank(codes)
        return effects_rank(codes) - effects_rank(nested) + 1

    def effects_factor(
        self, effects: pd.DataFrame, clusters: pd.DataFrame, nobs: int, k: int, constant: bool
    ) -> float:
        """Factor on a covariance that counts its coefficients alone, for the absorbed effects.

        Parameters
        ----------
        effects, clusters : DataFrame of int, shape (n, ...)
            Codes of the absorbed effects and of the cluster variables.
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
        counted = None if effects.empty else self.counted_effects(effects, clusters)
        if counted is None:
            return 1.0
        if self.is_debiased:
            return (nobs - k) / (nobs - (k - constant) - counted)
        return nobs / (nobs - counted + 1)


COVARIANCE_OPTIONS = tuple(one.name for one in fields(CovarianceChoice) if one.name != "name")
"""Options of :func:`regressions.fit` that concern the covariance alone."""


def choose_covariance(
    name: str,
    *,
    clusters: str | Sequence[str] | None,
    bandwidth: int | None,
    kernel: str,
    debiased: bool | None,
    group_debias: bool,
    count_effects: CountEffects,
) -> CovarianceChoice:
    """Check the options of a covariance estimator.

    Raises
    ------
    OptionError
        If the name is unknown (the nearest is suggested) or an option does not go with it.
    """
    name = as_spelled(name, COVARIANCES)
    if name not in COVARIANCES:
        raise OptionError(
            f"unknown covariance {name!r}{nearest_term(str(name), COVARIANCES, _ELSEWHERE)}; "
            f"choose one of {', '.join(COVARIANCES)}"
        )
    if clusters is not None and name not in CLUSTERED_COVARIANCES:
        raise OptionError(
            f"clusters={clusters!r} goes with cov='clustered', 'CR2' or 'CR3', not {name!r}"
        )
    if bandwidth is not None and name not in _KERNEL:
        raise OptionError(f"bandwidth goes with cov='driscoll-kraay' or 'ac', not {name!r}")
    if bandwidth is not None and (int(bandwidth) != bandwidth or bandwidth < 0):
        raise OptionError(f"bandwidth must be a whole number of lags, not {bandwidth!r}")
    if kernel not in KERNELS:
        raise OptionError(f"unknown kernel {kernel!r}; choose one of {', '.join(KERNELS)}")
    if count_effects not in (True, False, "auto", "not-nested"):
        raise OptionError(
            f"count_effects must be True, False, 'auto' or 'not-nested', not {count_effects!r}"
        )
    names: tuple[str, ...] = ()
    if name in CLUSTERED_COVARIANCES:
        names = ("entity",) if clusters is None else given_names(clusters, "clusters")
        if not 1 <= len(names) <= (2 if name == "clustered" else 1):
            raise OptionError(
                f"cov={name!r} takes {'one or two' if name == 'clustered' else 'one'} cluster "
                f"variables, not {len(names)}"
            )
        if len(set(names)) < len(names):
            raise OptionError(f"the cluster variable {names[0]!r} is given twice")
    return CovarianceChoice(
        name,
        clusters=names,
        bandwidth=None if bandwidth is None else int(bandwidth),
        kernel=kernel,
        debiased=debiased,
        group_debias=group_debias,
        count_effects=count_effects,
    )


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


def warn_few_clusters(counts: Mapping[str, int], cov: str) -> None:
    """Warn of cluster variables with fewer than twenty groups.

    Warns
    -----
    FewClustersWarning
        Below :data:`FEW_CLUSTERS` groups.
    """
    few = {name: count for name, count in counts.items() if count < FEW_CLUSTERS}
    if few:
        words = ", ".join(f"{count} of {name}" for name, count in few.items())
        advice = (
            "prefer cov='CR2' or wild_cluster_bootstrap"
            if cov == "clustered"
            else f"{cov} corrects for much of it; compare wild_cluster_bootstrap"
        )
        warn_user(
            f"few clusters ({words}): standard errors clustered on fewer than {FEW_CLUSTERS} "
            f"groups are too small; {advice}",
            FewClustersWarning,
        )


def inference_df(
    choice: CovarianceChoice, df_resid: float, clusters: Mapping[str, int], periods: int
) -> float:
    """Degrees of freedom of the t distribution: residual, G - 1 or T - 1.

    Examples
    --------
    >>> inference_df(CovarianceChoice("clustered", ("entity",)), 188, {"entity": 10}, 20)
    9.0
    """
    if choice.name in CLUSTERED_COVARIANCES:
        return float(min(clusters.values()) - 1)
    if choice.name == "driscoll-kraay":
        return float(periods - 1)
    return float(df_resid)
