"""Pesaran's CIPS: unit roots beside a common factor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.result import TestResult, decide
from diagnostics.transformation import Codes, Floats
from diagnostics.unit_roots.dickey_fuller import (
    t_of_level,
    t_of_levels,
    warn_of_few_degrees,
)
from diagnostics.unit_roots.series import SeriesOfEntities
from diagnostics.unit_roots.tables import CIPS_BOUNDS, CIPS_CRITICAL, CIPS_LEVELS, CIPS_SIZES
from diagnostics.unit_roots.wording import (
    UNIT_ROOT_ALTERNATIVE,
    UNIT_ROOT_KEPT,
    UNIT_ROOT_NULL,
    UNIT_ROOT_REJECTED,
)
from regressions.sample import listed, shown

__all__ = ["cips"]

_NAME = "Pesaran CIPS test"
_REFERENCE = "Pesaran (2007), J. Applied Econometrics 22"


def cips(panel: SeriesOfEntities, terms: str, lags: int) -> TestResult:
    """Mean of cross-sectionally augmented Dickey-Fuller t statistics."""
    places = np.repeat(panel.first, panel.lengths) + _count_within(panel.lengths)
    places -= places.min()
    seen = np.bincount(places)
    mean = (np.bincount(places, panel.values) / np.maximum(seen, 1))[places]
    everyone = np.ones(len(panel.entities), dtype=bool)
    columns = 2 * (lags + 1) + 1 + {"none": 0, "constant": 1, "trend": 2}[terms]
    values, unsound = t_of_levels(panel, everyone, mean, terms, lags)
    for i in np.flatnonzero(unsound | (panel.lengths - lags - 1 <= columns)).tolist():
        values[i] = _t_of_one(panel, i, mean, terms, lags, columns)
    t = pd.Series(values, index=pd.Index(panel.entities, name="entity"), name="t")
    low, high = CIPS_BOUNDS[terms]
    truncated = t.clip(low, high)
    statistic = float(t.mean())
    length = len(seen) - lags - 1
    critical, outside = _critical_values(terms, length, len(panel.entities))
    pvalue, verdict = _judge_cips(statistic, critical)
    truncated_pvalue, truncated_verdict = _judge_cips(float(truncated.mean()), critical)
    warnings = [
        *_warn_of_truncation(t, truncated, truncated_verdict),
        *warn_of_few_degrees(
            dict(zip(panel.entities, panel.lengths - lags - 1 - columns, strict=True))
        ),
        *panel.doubts,
    ]
    if not panel.balanced:
        warnings.append("unbalanced: the means are over the entities observed in each period")
    if outside:
        warnings.append(
            "critical values are tabulated for 10 to 200 entities and periods; those of the "
            "nearest size are used"
        )
    return TestResult(
        name=_NAME,
        statistic=statistic,
        distribution="nonstandard",
        df=(),
        pvalue=pvalue,
        null=UNIT_ROOT_NULL,
        alternative=UNIT_ROOT_ALTERNATIVE,
        variant=f"deterministic terms: {terms}, lags: {lags}",
        verdict=verdict,
        details={
            "entities": t,
            "truncated": float(truncated.mean()),
            "truncated_pvalue": truncated_pvalue,
            "critical_values": dict(zip(CIPS_LEVELS.tolist(), critical.tolist(), strict=True)),
        },
        warnings=tuple(warnings),
        reference=_REFERENCE,
    )


def _count_within(lengths: Codes) -> Codes:
    """Count the rows of each series from zero, shape (n,)."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _t_of_one(
    panel: SeriesOfEntities, i: int, mean: Floats, terms: str, lags: int, columns: int
) -> float:
    """Statistic t of the cross-sectionally augmented regression of one entity."""
    name = shown(panel.entities[i])
    usable = int(panel.lengths[i]) - lags - 1
    if usable <= columns:
        raise DiagnosticError(
            f"{name} has {max(usable, 0)} usable periods for the {columns} coefficients of "
            "its augmented regression; use fewer lags or a longer panel"
        )
    own = slice(panel.ends[i] - panel.lengths[i], panel.ends[i])
    return t_of_level(panel.values[own], [mean[own]], terms, lags, name, f"the CIPS test: {name}")


def _judge_cips(statistic: float, critical: Floats) -> tuple[float, str]:
    """p-value, interpolated, and the verdict."""
    if statistic < critical[0]:
        return float("nan"), f"p < 0.01: at the 5 % level {UNIT_ROOT_REJECTED}."
    if statistic > critical[-1]:
        return float("nan"), f"p > 0.10: at the 5 % level {UNIT_ROOT_KEPT}."
    pvalue = float(np.interp(statistic, critical, CIPS_LEVELS))
    return pvalue, decide(pvalue, UNIT_ROOT_REJECTED, UNIT_ROOT_KEPT)


def _warn_of_truncation(t: pd.Series, truncated: pd.Series, verdict: str) -> tuple[str, ...]:
    outside = t.index[(t != truncated).to_numpy()]
    if not len(outside):
        return ()
    names = listed(f"{shown(name)} ({t[name]:.3g})" for name in outside)
    return (
        f"t statistics outside Pesaran's bounds move the mean of all: {names}; the truncated "
        f"CIPS* is {truncated.mean():.3f}, {verdict}",
    )


def _critical_values(terms: str, periods: int, entities: int) -> tuple[Floats, bool]:
    """Critical values at 1, 5 and 10 %, linearly interpolated in both sizes."""
    across = [
        [np.interp(entities, CIPS_SIZES, row) for row in level] for level in CIPS_CRITICAL[terms]
    ]
    critical = np.array([np.interp(periods, CIPS_SIZES, column) for column in across])
    low, high = CIPS_SIZES[0], CIPS_SIZES[-1]
    return critical, not (low <= periods <= high and low <= entities <= high)
