"""Augmented Dickey-Fuller regressions of the series of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import Fit, ols
from diagnostics.transformation import Floats
from diagnostics.unit_roots.series import SeriesOfEntities
from regressions.sample import listed, shown

__all__ = ["TERMS", "augmented_regression", "t_of_level", "t_statistics", "warn_of_few_degrees"]

TERMS = {"none": "n", "constant": "c", "trend": "ct"}
"""Deterministic terms, as statsmodels writes them."""

_EXACT = 1e-10
"""A standard error that is this share of the coefficient, or less, is rounding."""

_FEW_DEGREES = 5


def t_statistics(
    panel: SeriesOfEntities, terms: str, lags: int | str, max_lags: int | None, df_correction: bool
) -> pd.DataFrame:
    """Statistic t of the level of each series, with its p-value, lags and observations.

    Raises
    ------
    DiagnosticError
        Naming an entity whose series is too short, constant or without noise.
    """
    n_terms = len(TERMS[terms].replace("n", ""))
    rows = []
    for entity, y in zip(panel.entities, panel.values, strict=True):
        name = shown(entity)
        needed = (0 if isinstance(lags, str) else lags) * 2 + n_terms + 3
        if isinstance(lags, str):  # statsmodels asks for a longer series where it chooses lags
            needed = max(2 * (n_terms + 1), n_terms + 3)
        if y.size < needed:
            raise DiagnosticError(
                f"{name} has {y.size} periods; its Dickey-Fuller regression needs {needed}"
            )
        if np.ptp(y) == 0:
            raise DiagnosticError(f"the series of {name} is constant; leave it out")
        used = _choose_lags(y, terms, lags, max_lags) if isinstance(lags, str) else lags
        fit = augmented_regression(y, [], terms, used, f"the Dickey-Fuller regression of {name}")
        t, observations = t_of_level(fit, name), fit.resid.size
        if not df_correction:
            t *= np.sqrt(observations / fit.df_resid)
        rows.append((t, _mackinnon_pvalue(t, terms), used, observations))
    return pd.DataFrame(
        rows,
        index=pd.Index(panel.entities, name="entity"),
        columns=["t", "pvalue", "lags", "observations"],
    )


def _choose_lags(y: Floats, terms: str, criterion: str, max_lags: int | None) -> int:
    from statsmodels.tsa.stattools import adfuller

    n_terms = len(TERMS[terms].replace("n", ""))
    most = int(12 * (y.size / 100) ** 0.25) if max_lags is None else max_lags
    most = min(most, (y.size - n_terms - 3) // 2, y.size // 2 - n_terms - 1)
    options = {"maxlag": most, "autolag": criterion, "regression": TERMS[terms]}
    with np.errstate(divide="ignore", invalid="ignore"):  # an exact fit has no likelihood
        return int(adfuller(y, result_object=True, **options).lags)


def augmented_regression(y: Floats, means: list[Floats], terms: str, lags: int, what: str) -> Fit:
    """Regression of the change of a series on its level, its changes, and those of `means`."""
    dy = np.diff(y)
    rows = np.arange(lags, dy.size)
    X = [y[rows], *(dy[rows - k] for k in range(1, lags + 1))]
    for mean in means:
        change = np.diff(mean)
        X += [change[rows], mean[rows], *(change[rows - k] for k in range(1, lags + 1))]
    if terms != "none":
        X.append(np.ones(rows.size))
    if terms == "trend":
        X.append(rows - rows.mean())
    design = np.column_stack(X)
    seen = np.isfinite(dy[rows]) & np.isfinite(design).all(axis=1)
    return ols(dy[rows][seen], design[seen], what)


def t_of_level(fit: Fit, entity: str) -> float:
    """Statistic t of the level, the first coefficient.

    Raises
    ------
    DiagnosticError
        If nothing is left of the change of the series: t is then a ratio of rounding errors.
    """
    spread = fit.bread[0, 0] * fit.rss / fit.df_resid
    if not spread > (_EXACT * max(abs(fit.beta[0]), 1e-3)) ** 2:
        raise DiagnosticError(
            f"the Dickey-Fuller regression of {entity} fits exactly, as with a series that is a "
            "line or repeats itself; leave it out"
        )
    return float(fit.beta[0] / np.sqrt(spread))


def warn_of_few_degrees(degrees: Mapping[Any, int]) -> tuple[str, ...]:
    """Name entities whose regressions leave next to nothing to estimate a variance from."""
    few = [f"{shown(name)} ({df})" for name, df in degrees.items() if df < _FEW_DEGREES]
    if not few:
        return ()
    return (
        f"regressions with fewer than {_FEW_DEGREES} degrees of freedom have t statistics that are "
        f"far from their tabulated distribution: {listed(few)}",
    )


def _mackinnon_pvalue(t: float, terms: str) -> float:
    """MacKinnon's p-value, outside his range that at its nearest end (not 0 or 1)."""
    from statsmodels.tsa.adfvalues import mackinnonp

    return float(mackinnonp(np.clip(t, *_mackinnon_range(terms)), regression=TERMS[terms]))


def _mackinnon_range(terms: str) -> tuple[float, float]:
    """Lowest and highest t that MacKinnon's response surface of one series covers."""
    from statsmodels.tsa import adfvalues

    suffix = {"none": "nc", "constant": "c", "trend": "ct"}[terms]
    low, high = (getattr(adfvalues, f"tau_{end}_{suffix}")[0] for end in ("min", "max"))
    return float(low), float(high)
