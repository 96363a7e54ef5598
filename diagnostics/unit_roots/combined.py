"""Statistics of single entities combined: Im-Pesaran-Shin, Fisher, Choi."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.transformation import Floats
from diagnostics.unit_roots.tables import (
    IPS_LENGTHS,
    IPS_MEAN,
    IPS_SHORT_LENGTHS,
    IPS_SHORT_MEAN,
    IPS_SHORT_VARIANCE,
    IPS_VARIANCE,
)

__all__ = ["CombinedStatistic", "combine_pvalues", "im_pesaran_shin"]


@dataclass(frozen=True, eq=False)
class CombinedStatistic:
    """A statistic of all entities with its distribution, as `TestResult` has them."""

    statistic: float
    distribution: str
    df: tuple[int, ...]
    pvalue: float
    details: dict[str, Any]
    warnings: Sequence[str] = ()


def im_pesaran_shin(table: pd.DataFrame, terms: str) -> CombinedStatistic:
    """Standardise the mean of t statistics with the moments of Im, Pesaran and Shin.

    Raises
    ------
    DiagnosticError
        If moments are not tabulated for the terms, lags or lengths.
    """
    if terms == "none":
        raise DiagnosticError(
            "the Im-Pesaran-Shin test needs a constant or a trend in the regressions"
        )
    kind, kinds = pd.factorize(pd.MultiIndex.from_frame(table[["lags", "observations"]]))
    moments = np.empty((len(kinds), 2))
    clamped = False
    for i, (lag, length) in enumerate(kinds):
        if lag > 8:
            raise DiagnosticError(f"moments are tabulated for up to 8 lags, not {lag}")
        lengths, *rows = _tabulated_moments(terms, lag)
        clamped |= not lengths[0] <= length <= lengths[-1]
        moments[i] = [np.interp(length, lengths, row) for row in rows]
        if not np.isfinite(moments[i, 0]):
            raise DiagnosticError(
                f"Im, Pesaran and Shin tabulate no moments for {lag} lags and {length} "
                "observations; use fewer lags"
            )
    means, variances = moments[kind].T
    tbar = float(table["t"].mean())
    w = float(np.sqrt(len(table)) * (tbar - np.mean(means)) / np.sqrt(np.mean(variances)))
    warnings = (
        (
            "the moments are tabulated for 10 to 100 observations; those of the nearest length "
            "are used",
        )
        if clamped
        else ()
    )
    return CombinedStatistic(w, "N", (), float(scipy.stats.norm.cdf(w)), {"tbar": tbar}, warnings)


def _tabulated_moments(terms: str, lag: int) -> tuple[Floats, Floats, Floats]:
    """Tabulated lengths, means and variances; without lags and trend they begin at 6."""
    mean, variance = IPS_MEAN[terms][lag], IPS_VARIANCE[terms][lag]
    if terms == "trend" or lag > 0:
        return IPS_LENGTHS, mean, variance
    return (
        np.concatenate([IPS_SHORT_LENGTHS, IPS_LENGTHS]),
        np.concatenate([IPS_SHORT_MEAN, mean]),
        np.concatenate([IPS_SHORT_VARIANCE, variance]),
    )


def combine_pvalues(kind: str, p: Floats) -> CombinedStatistic:
    """Combine p-values (N,) of independent entities by Fisher's or one of Choi's rules."""
    N = p.size
    extreme = int(np.sum((p <= 0) | (p >= 1)))
    warnings = (f"{extreme} entities have a p-value that rounds to 0 or 1",) if extreme else ()
    with np.errstate(divide="ignore"):
        if kind == "maddala-wu":
            s = float(-2 * np.sum(np.log(p)))
            return CombinedStatistic(
                s, "chi2", (2 * N,), float(scipy.stats.chi2.sf(s, 2 * N)), {}, warnings
            )
        if kind == "choi-pm":
            s = float(-np.sum(np.log(p) + 1) / np.sqrt(N))
            return CombinedStatistic(s, "N", (), float(scipy.stats.norm.sf(s)), {}, warnings)
        if kind == "choi-z":
            s = float(np.sum(scipy.stats.norm.ppf(p)) / np.sqrt(N))
            return CombinedStatistic(s, "N", (), float(scipy.stats.norm.cdf(s)), {}, warnings)
        scale = np.sqrt(3 * (5 * N + 4) / (np.pi**2 * N * (5 * N + 2)))
        s = float(scale * np.sum(np.log(p) - np.log1p(-p)))
    return CombinedStatistic(
        s, "t", (5 * N + 4,), float(scipy.stats.t.cdf(s, 5 * N + 4)), {}, warnings
    )
