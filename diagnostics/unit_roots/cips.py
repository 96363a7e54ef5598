"""Pesaran's CIPS: unit roots beside a common factor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.result import TestResult, decide
from diagnostics.transformation import Floats
from diagnostics.unit_roots.dickey_fuller import (
    augmented_regression,
    t_of_level,
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
    first = min(int(p[0]) for p in panel.positions)
    last = max(int(p[-1]) for p in panel.positions)
    wide = np.full((last - first + 1, len(panel.entities)), np.nan)
    for i, (at, y) in enumerate(zip(panel.positions, panel.values, strict=True)):
        wide[at - first, i] = y
    mean = np.nanmean(wide, axis=1)
    fits = [
        _augmented_t(wide[:, i], mean, terms, lags, entity)
        for i, entity in enumerate(panel.entities)
    ]
    t = pd.Series([t for t, _ in fits], index=pd.Index(panel.entities, name="entity"), name="t")
    low, high = CIPS_BOUNDS[terms]
    truncated = t.clip(low, high)
    statistic = float(t.mean())
    length = wide.shape[0] - lags - 1
    critical, outside = _critical_values(terms, length, len(panel.entities))
    pvalue, verdict = _judge_cips(statistic, critical)
    truncated_pvalue, truncated_verdict = _judge_cips(float(truncated.mean()), critical)
    warnings = [
        *_warn_of_truncation(t, truncated, truncated_verdict),
        *warn_of_few_degrees(
            {name: df for name, (_, df) in zip(panel.entities, fits, strict=True)}
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


def _augmented_t(
    y: Floats, mean: Floats, terms: str, lags: int, entity: object
) -> tuple[float, int]:
    """Statistic t of the cross-sectionally augmented regression, and its degrees of freedom."""
    name = shown(entity)
    columns = 2 * (lags + 1) + 1 + {"none": 0, "constant": 1, "trend": 2}[terms]
    usable = int(np.isfinite(y).sum()) - lags - 1
    if usable <= columns:
        raise DiagnosticError(
            f"{name} has {max(usable, 0)} usable periods for the {columns} coefficients of "
            "its augmented regression; use fewer lags or a longer panel"
        )
    fit = augmented_regression(y, [mean], terms, lags, f"the CIPS test: {name}")
    return t_of_level(fit, name), fit.df_resid


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
