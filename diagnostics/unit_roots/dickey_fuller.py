"""Augmented Dickey-Fuller regressions of the series of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from diagnostics.entity_regressions import entities_of_one_length, fit_entities
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import ols
from diagnostics.transformation import Floats
from diagnostics.unit_roots.series import SeriesOfEntities
from regressions.sample import listed, shown

__all__ = ["TERMS", "t_of_level", "t_of_levels", "t_statistics", "warn_of_few_degrees"]

TERMS = {"none": "n", "constant": "c", "trend": "ct"}
"""Deterministic terms, as statsmodels writes them."""

_SUFFIXES = {"none": "nc", "constant": "c", "trend": "ct"}
"""Deterministic terms in the names of statsmodels' tables."""

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
    used = np.zeros(len(panel.entities), dtype=np.intp)
    if not isinstance(lags, str):
        used[:] = lags
    else:
        for i in range(len(used)):
            _require_usable(panel, i, terms, lags)
            used[i] = _choose_lags(panel.series(i), terms, lags, max_lags)
    t = np.empty(len(used))
    unsound = np.zeros(len(used), dtype=bool)
    for lag in np.unique(used):
        of_lag = used == lag
        t[of_lag], unsound[of_lag] = t_of_levels(panel, of_lag, None, terms, int(lag))
    for i in np.flatnonzero(unsound).tolist():
        _require_usable(panel, i, terms, lags)
        name = shown(panel.entities[i])
        t[i] = t_of_level(
            panel.series(i),
            [],
            terms,
            int(used[i]),
            name,
            f"the Dickey-Fuller regression of {name}",
        )
    observations = panel.lengths - used - 1
    if not df_correction:
        t *= np.sqrt(observations / (observations - used - 1 - _count_terms(terms)))
    return pd.DataFrame(
        {
            "t": t,
            "pvalue": _mackinnon_pvalues(t, terms),
            "lags": used,
            "observations": observations,
        },
        index=pd.Index(panel.entities, name="entity"),
    )


def _count_terms(terms: str) -> int:
    return len(TERMS[terms].replace("n", ""))


def _require_usable(panel: SeriesOfEntities, i: int, terms: str, lags: int | str) -> None:
    """Raise if a series is too short for its regression, or constant."""
    n_terms, name, y = _count_terms(terms), shown(panel.entities[i]), panel.series(i)
    needed = (0 if isinstance(lags, str) else lags) * 2 + n_terms + 3
    if isinstance(lags, str):  # statsmodels asks for a longer series where it chooses lags
        needed = max(2 * (n_terms + 1), n_terms + 3)
    if y.size < needed:
        raise DiagnosticError(
            f"{name} has {y.size} periods; its Dickey-Fuller regression needs {needed}"
        )
    if np.ptp(y) == 0:
        raise DiagnosticError(f"the series of {name} is constant; leave it out")


def _choose_lags(y: Floats, terms: str, criterion: str, max_lags: int | None) -> int:
    from statsmodels.tsa.stattools import adfuller

    n_terms = _count_terms(terms)
    most = int(12 * (y.size / 100) ** 0.25) if max_lags is None else max_lags
    most = min(most, (y.size - n_terms - 3) // 2, y.size // 2 - n_terms - 1)
    options = {"maxlag": most, "autolag": criterion, "regression": TERMS[terms]}
    with np.errstate(divide="ignore", invalid="ignore"):  # an exact fit has no likelihood
        return int(adfuller(y, result_object=True, **options).lags)


def t_of_levels(
    panel: SeriesOfEntities,
    chosen: NDArray[np.bool_],
    mean: Floats | None,
    terms: str,
    lags: int,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Statistics t of the level of the chosen series.

    Parameters
    ----------
    panel : SeriesOfEntities
    chosen : ndarray of bool, shape (N,)
    mean : ndarray, shape (n,), optional
        Cross-section mean beside each value, for CIPS.
    terms : {"none", "constant", "trend"}
    lags : int

    Returns
    -------
    t : ndarray, shape (M,)
    unsound : ndarray of bool, shape (M,)
        Series whose regression has to be looked at by itself: too short, constant, exact.
    """
    t = np.full(len(chosen), np.nan)
    unsound = np.ones(len(chosen), dtype=bool)
    # the rows of series that are not chosen are passed over
    columns = (lags + 1) * (1 if mean is None else 2) + 4
    for entities, rows in entities_of_one_length(panel.lengths, columns):
        own, at = entities[chosen[entities]], rows[chosen[entities]]
        if not len(own) or at.shape[1] < lags + 2:
            continue
        y = panel.values[at]
        change, design = _lay_out(y, [] if mean is None else [mean[at]], terms, lags)
        fits = fit_entities(change, design)
        spread = fits.first_bread * fits.rss / max(1, change.shape[1] - design.shape[2])
        level = fits.beta[:, 0]
        unsound[own] = ~fits.sound | (np.ptp(y, axis=1) == 0) | _is_exact(spread, level)
        with np.errstate(divide="ignore", invalid="ignore"):
            t[own] = level / np.sqrt(spread)
    return t[chosen], unsound[chosen]


def t_of_level(
    y: Floats, means: list[Floats], terms: str, lags: int, entity: str, what: str
) -> float:
    """Statistic t of the level of one series (T,).

    Raises
    ------
    DiagnosticError
        If the regression has too few observations or collinear columns, or nothing is left of the
        change of the series: t is then a ratio of rounding errors.
    """
    fit = ols(*_lay_out(y, means, terms, lags), what)
    spread = np.asarray(fit.bread[0, 0] * fit.rss / fit.df_resid)
    if _is_exact(spread, fit.beta[0]):
        raise DiagnosticError(
            f"the Dickey-Fuller regression of {entity} fits exactly, as with a series that is a "
            "line or repeats itself; leave it out"
        )
    return float(fit.beta[0] / np.sqrt(spread))


def _lay_out(y: Floats, means: list[Floats], terms: str, lags: int) -> tuple[Floats, Floats]:
    """Change of series (..., T), and its level, lags, means and terms (..., T - 1 - lags, k)."""
    change = np.diff(y)
    used = change.shape[-1] - lags
    X = [y[..., lags:-1], *_lags_of(change, lags)]
    for mean in means:
        step = np.diff(mean)
        X += [step[..., lags:], mean[..., lags:-1], *_lags_of(step, lags)]
    if terms != "none":
        X.append(np.ones_like(X[0]))
    if terms == "trend":
        X.append(np.broadcast_to(np.arange(used) - (used - 1) / 2, X[0].shape))
    return change[..., lags:], np.stack(X, axis=-1)


def _lags_of(change: Floats, lags: int) -> list[Floats]:
    return [change[..., lags - k : change.shape[-1] - k] for k in range(1, lags + 1)]


def _is_exact(spread: Floats, level: Floats) -> NDArray[np.bool_]:
    return ~(spread > (_EXACT * np.maximum(np.abs(level), 1e-3)) ** 2)


def warn_of_few_degrees(degrees: Mapping[Any, int]) -> tuple[str, ...]:
    """Name entities whose regressions leave next to nothing to estimate a variance from."""
    few = [f"{shown(name)} ({df})" for name, df in degrees.items() if df < _FEW_DEGREES]
    if not few:
        return ()
    return (
        f"regressions with fewer than {_FEW_DEGREES} degrees of freedom have t statistics that are "
        f"far from their tabulated distribution: {listed(few)}",
    )


def _mackinnon_pvalues(t: Floats, terms: str) -> Floats:
    """MacKinnon's p-values, outside his range those at its nearest end (not 0 or 1)."""
    from statsmodels.tsa import adfvalues

    suffix = _SUFFIXES[terms]
    t = np.clip(t, *_mackinnon_range(terms))
    small, large = (
        np.polynomial.polynomial.polyval(t, getattr(adfvalues, f"tau_{suffix}_{part}")[0])
        for part in ("smallp", "largep")
    )
    border = getattr(adfvalues, f"tau_star_{suffix}")[0]
    return np.asarray(ndtr(np.where(t <= border, small, large)))


def _mackinnon_range(terms: str) -> tuple[float, float]:
    """Lowest and highest t that MacKinnon's response surface of one series covers."""
    from statsmodels.tsa import adfvalues

    low, high = (getattr(adfvalues, f"tau_{end}_{_SUFFIXES[terms]}")[0] for end in ("min", "max"))
    return float(low), float(high)
