"""The covariance estimators, by name: one value each, looked up once.

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
from dataclasses import replace

from regressions.covariances.bias_reduced import CR2, CR3
from regressions.covariances.clustered import CLUSTERED
from regressions.covariances.covariance import CountEffects, Covariance
from regressions.covariances.heteroskedastic import HC0, HC1, HC2, HC3, ROBUST
from regressions.covariances.kernel import AC, DRISCOLL_KRAAY
from regressions.covariances.unadjusted import UNADJUSTED
from regressions.errors import OptionError
from regressions.kernels import KERNELS
from regressions.names import as_spelled, given_names, nearest_term

__all__ = [
    "COVARIANCES",
    "COVARIANCE_OPTIONS",
    "CountEffects",
    "Covariance",
    "choose_covariance",
    "covariance_named",
]

COVARIANCES: Mapping[str, Covariance] = {
    one.name: one
    for one in (
        UNADJUSTED, ROBUST, HC0, HC1, CLUSTERED, DRISCOLL_KRAAY, AC, HC2, HC3, CR2, CR3,
    )
}  # fmt: skip

COVARIANCE_OPTIONS = (
    "clusters", "bandwidth", "kernel", "debiased", "group_debias", "count_effects",
)  # fmt: skip
"""Options of :func:`regressions.fit` that concern the covariance alone."""


def covariance_named(word: str) -> Covariance:
    """Return the covariance of a name, with its options by default.

    Raises
    ------
    OptionError
        If there is none; the nearest is suggested.
    """
    name = as_spelled(word, COVARIANCES)
    if name not in COVARIANCES:
        elsewhere = {other: one.name for one in COVARIANCES.values() for other in one.other_words}
        raise OptionError(
            f"unknown covariance {name!r}{nearest_term(str(name), COVARIANCES, elsewhere)}; "
            f"choose one of {', '.join(COVARIANCES)}"
        )
    return COVARIANCES[name]


def choose_covariance(
    name: str,
    *,
    clusters: str | Sequence[str] | None,
    bandwidth: int | None,
    kernel: str,
    debiased: bool | None,
    group_debias: bool,
    count_effects: CountEffects,
) -> Covariance:
    """Check the options of a covariance estimator.

    Raises
    ------
    OptionError
        If the name is unknown (the nearest is suggested) or an option does not go with it.

    Examples
    --------
    >>> choose_covariance(
    ...     "clustered", clusters=["firm", "year"], bandwidth=None, kernel="bartlett",
    ...     debiased=None, group_debias=True, count_effects="auto",
    ... ).describe()
    'clustered by firm and year'
    """
    kind = covariance_named(name)
    if clusters is not None and not kind.is_clustered:
        known = [one.name for one in COVARIANCES.values() if one.is_clustered]
        raise OptionError(f"clusters={clusters!r} goes with cov={_join(known)}, not {kind.name!r}")
    if bandwidth is not None and not kind.sums_over_lags:
        known = [one.name for one in COVARIANCES.values() if one.sums_over_lags]
        raise OptionError(f"bandwidth goes with cov={_join(known)}, not {kind.name!r}")
    if bandwidth is not None and (int(bandwidth) != bandwidth or bandwidth < 0):
        raise OptionError(f"bandwidth must be a whole number of lags, not {bandwidth!r}")
    if kernel not in KERNELS:
        raise OptionError(f"unknown kernel {kernel!r}; choose one of {', '.join(KERNELS)}")
    if count_effects not in (True, False, "auto", "not-nested"):
        raise OptionError(
            f"count_effects must be True, False, 'auto' or 'not-nested', not {count_effects!r}"
        )
    return replace(
        kind,
        clusters=_read_clusters(kind, clusters) if kind.is_clustered else (),
        bandwidth=None if bandwidth is None else int(bandwidth),
        kernel=kernel,
        debiased=debiased,
        group_debias=group_debias,
        count_effects=count_effects,
    )


def _read_clusters(kind: Covariance, clusters: str | Sequence[str] | None) -> tuple[str, ...]:
    names = ("entity",) if clusters is None else given_names(clusters, "clusters")
    if not 1 <= len(names) <= kind.most_clusters:
        raise OptionError(
            f"cov={kind.name!r} takes {'one or two' if kind.most_clusters == 2 else 'one'} cluster "
            f"variables, not {len(names)}"
        )
    if len(set(names)) < len(names):
        raise OptionError(f"the cluster variable {names[0]!r} is given twice")
    return names


def _join(names: Sequence[str]) -> str:
    """Join names in quotes: 'a', 'b' or 'c'."""
    *first, last = map(repr, names)
    return f"{', '.join(first)} or {last}"
