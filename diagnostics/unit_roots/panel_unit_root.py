"""Unit root tests for one variable of a panel, built on statsmodels' augmented Dickey-Fuller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import Fit, ols
from diagnostics.result import TestResult, decide
from diagnostics.sample import calendar_positions
from diagnostics.transformation import Floats
from diagnostics.unit_roots.tables import (
    CIPS_BOUNDS,
    CIPS_CRITICAL,
    CIPS_LEVELS,
    CIPS_SIZES,
    IPS_LENGTHS,
    IPS_MEAN,
    IPS_SHORT_LENGTHS,
    IPS_SHORT_MEAN,
    IPS_SHORT_VARIANCE,
    IPS_VARIANCE,
)
from regressions.calendar import find_calendar
from regressions.columns import as_numbers
from regressions.errors import SampleError
from regressions.options import by_name
from regressions.sample import listed, shown

_KINDS = {
    "ips": ("Im-Pesaran-Shin test", "Im, Pesaran and Shin (2003), J. Econometrics 115"),
    "maddala-wu": ("Maddala-Wu test", "Maddala and Wu (1999), Oxford Bulletin 61; Fisher (1932)"),
    "choi-pm": ("Choi modified P test", "Choi (2001), J. International Money and Finance 20"),
    "choi-z": ("Choi inverse normal test", "Choi (2001), J. International Money and Finance 20"),
    "choi-logit": ("Choi logit test", "Choi (2001), J. International Money and Finance 20"),
    "cips": ("Pesaran CIPS test", "Pesaran (2007), J. Applied Econometrics 22"),
}
_TERMS = {"none": "n", "constant": "c", "trend": "ct"}
_EXACT = 1e-10
"""A standard error that is this share of the coefficient, or less, is rounding."""

_FEW_DEGREES = 5

_NULL = "every entity's series has a unit root"
_ALTERNATIVE = "the series of some entities are stationary"
_REJECTED = "a unit root in all series is rejected: some are stationary"
_KEPT = "a unit root in all series is not rejected"


@by_name(error=DiagnosticError)
def panel_unit_root(
    series: pd.Series,
    kind: str = "ips",
    *,
    terms: str = "constant",
    lags: int | str = 1,
    max_lags: int | None = None,
    df_correction: bool = True,
) -> TestResult:
    r"""Test that a variable has a unit root in every entity.

    An augmented Dickey-Fuller regression is run for each entity and the results combined:

    "ips"
        :math:`W = \sqrt N (\bar t - \bar E) / \sqrt{\bar V}` with the moments of table 3 of Im,
        Pesaran and Shin, interpolated in the length; N(0, 1), small values reject.
    "maddala-wu"
        :math:`-2 \sum \log p_i \sim \chi^2(2N)`; "choi-pm" standardises it for large N,
        "choi-z" is :math:`\sum \Phi^{-1}(p_i) / \sqrt N`, "choi-logit" has t(5N + 4).
    "cips"
        mean of t in regressions with cross-section means added, which allows a common factor;
        critical values of Pesaran's table II. `details["truncated"]` is CIPS*, the mean of t cut
        to Pesaran's bounds, under the same critical values; where an entity lies outside, a
        warning names it and says what CIPS* says.

    Parameters
    ----------
    series : pandas.Series
        Indexed by (entity, period), without missing values or gaps.
    kind : {"ips", "maddala-wu", "choi-pm", "choi-z", "choi-logit", "cips"}
        Test.
    terms : {"none", "constant", "trend"}
        Deterministic terms; "ips" needs a constant or trend.
    lags : int or {"aic", "bic", "t-stat"}
        Lagged differences, or the criterion that chooses them for each entity (not for "cips").
    max_lags : int, optional
        Most lags a criterion may choose; by default statsmodels' 12 (T/100)^(1/4), cut so that
        each regression keeps degrees of freedom.
    df_correction : bool
        Whether the variance of the regressions divides by degrees of freedom, as statsmodels
        does; False divides by observations, as plm's purtest does by default.

    Returns
    -------
    TestResult
        `details["entities"]` is the table of t, p, lags and observations of each entity. CIPS
        has no distribution function: its p-value is interpolated in the three critical values
        and NaN outside 1 to 10 %, where the verdict says on which side.

    Raises
    ------
    DiagnosticError
        If the series is not a panel, has missing values, duplicates or gaps, an entity is too
        short or constant, or the moments are not tabulated for the length.

    Notes
    -----
    All but "cips" assume that entities are independent. p-values of single entities are
    MacKinnon's (1994) approximation; a t outside the range it was fitted on gets the p-value at
    the end of that range, where plm extrapolates a cubic that turns back.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> index = pd.MultiIndex.from_product([range(12), range(40)], names=["firm", "year"])
    >>> walk = pd.Series(np.cumsum(rng.normal(size=(12, 40)), axis=1).ravel(), index=index)
    >>> noise = pd.Series(rng.normal(size=480), index=index)
    >>> panel_unit_root(walk).pvalue > 0.05, panel_unit_root(noise).pvalue < 0.001
    (True, True)
    """
    if kind not in _KINDS:
        raise DiagnosticError(f"unknown kind {kind!r}; one of {', '.join(_KINDS)}")
    if terms not in _TERMS:
        raise DiagnosticError(f"terms must be one of {', '.join(_TERMS)}, not {terms!r}")
    if isinstance(lags, str) and (lags not in ("aic", "bic", "t-stat") or kind == "cips"):
        raise DiagnosticError(
            f"lags must be a number{'' if kind == 'cips' else ', aic, bic or t-stat'}, not {lags!r}"
        )
    if not isinstance(lags, str) and lags < 0:
        raise DiagnosticError(f"lags must not be negative, and is {lags}")
    panel = _split(series)
    if kind == "cips":
        return _cips(panel, terms, int(lags))
    table = _dickey_fuller(panel, terms, lags, max_lags, df_correction)
    name, reference = _KINDS[kind]
    outcome = _ips(table, terms) if kind == "ips" else _combine(kind, table["pvalue"].to_numpy())

    n_terms = len(_TERMS[terms].replace("n", ""))
    degrees = table["observations"] - table["lags"] - 1 - n_terms
    warnings = [*outcome.warnings, *_few_degrees(degrees.to_dict()), *panel.doubts]
    warnings.append("assumes entities are independent; with a common factor use kind='cips'")
    return TestResult(
        name=name,
        statistic=outcome.statistic,
        distribution=outcome.distribution,
        df=outcome.df,
        pvalue=outcome.pvalue,
        null=_NULL,
        alternative=_ALTERNATIVE,
        variant=f"deterministic terms: {terms}, lags: {lags}",
        verdict=decide(outcome.pvalue, _REJECTED, _KEPT),
        details={"entities": table, **outcome.details},
        warnings=tuple(warnings),
        reference=reference,
    )


@dataclass(frozen=True, eq=False)
class _Panel:
    entities: list[Any]
    positions: list[np.ndarray]
    values: list[Floats]
    balanced: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Outcome:
    statistic: float
    distribution: str
    df: tuple[int, ...]
    pvalue: float
    details: dict[str, Any]
    warnings: Sequence[str] = ()


def _split(series: pd.Series) -> _Panel:
    """Series of each entity in time order, checked."""
    test = "a panel unit root test"
    if not isinstance(series, pd.Series) or series.index.nlevels != 2:
        raise DiagnosticError(f"{test} takes a Series indexed by (entity, period)")
    if series.index.has_duplicates:
        raise DiagnosticError(f"{test} met (entity, period) pairs that occur twice")
    try:
        series = as_numbers(series)
    except SampleError as error:
        raise DiagnosticError(f"{test} takes numbers: {error}") from error
    bad = series.index[~np.isfinite(series.to_numpy())]
    if len(bad):
        raise DiagnosticError(
            f"{test} met {len(bad)} missing or infinite values, the first at "
            f"({', '.join(shown(label) for label in bad[0])}); "
            "drop the entity or shorten the panel"
        )
    ordered = series.sort_index()
    periods = pd.Index(ordered.index.get_level_values(1).unique()).sort_values()
    calendar = find_calendar(ordered.index)
    place = pd.Series(calendar_positions(calendar, periods), index=periods)
    entities, positions, values = [], [], []
    for entity, group in ordered.groupby(level=0, sort=True):
        at = place[group.index.get_level_values(1)].to_numpy()
        if np.any(np.diff(at) != 1):
            raise DiagnosticError(f"{test} needs series without gaps; {entity} skips a period")
        entities.append(entity)
        positions.append(at)
        values.append(group.to_numpy(dtype=float))
    if len(entities) < 2:
        raise DiagnosticError(f"{test} needs at least two entities")
    balanced = all(np.array_equal(p, positions[0]) for p in positions)
    return _Panel(entities, positions, values, balanced, calendar.doubts)


def _dickey_fuller(
    panel: _Panel, terms: str, lags: int | str, max_lags: int | None, df_correction: bool
) -> pd.DataFrame:

    n_terms = len(_TERMS[terms].replace("n", ""))
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
        used = _chosen_lags(y, terms, lags, max_lags) if isinstance(lags, str) else lags
        fit = _augmented(y, [], terms, used, f"the Dickey-Fuller regression of {name}")
        t, observations = _t_of_level(fit, name), fit.resid.size
        if not df_correction:
            t *= np.sqrt(observations / fit.df_resid)
        rows.append((t, _mackinnon(t, terms), used, observations))
    return pd.DataFrame(
        rows,
        index=pd.Index(panel.entities, name="entity"),
        columns=["t", "pvalue", "lags", "observations"],
    )


def _chosen_lags(y: Floats, terms: str, criterion: str, max_lags: int | None) -> int:
    from statsmodels.tsa.stattools import adfuller

    n_terms = len(_TERMS[terms].replace("n", ""))
    most = int(12 * (y.size / 100) ** 0.25) if max_lags is None else max_lags
    most = min(most, (y.size - n_terms - 3) // 2, y.size // 2 - n_terms - 1)
    options = {"maxlag": most, "autolag": criterion, "regression": _TERMS[terms]}
    with np.errstate(divide="ignore", invalid="ignore"):  # an exact fit has no likelihood
        return int(adfuller(y, result_object=True, **options).lags)


def _augmented(y: Floats, means: list[Floats], terms: str, lags: int, what: str) -> Fit:
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


def _t_of_level(fit: Fit, entity: str) -> float:
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


def _few_degrees(degrees: Mapping[Any, int]) -> tuple[str, ...]:
    """Name entities whose regressions leave next to nothing to estimate a variance from."""
    few = [f"{shown(name)} ({df})" for name, df in degrees.items() if df < _FEW_DEGREES]
    if not few:
        return ()
    return (
        f"regressions with fewer than {_FEW_DEGREES} degrees of freedom have t statistics that are "
        f"far from their tabulated distribution: {listed(few)}",
    )


def _mackinnon(t: float, terms: str) -> float:
    """MacKinnon's p-value, outside his range that at its nearest end (not 0 or 1)."""
    from statsmodels.tsa.adfvalues import mackinnonp

    return float(mackinnonp(np.clip(t, *_mackinnon_range(terms)), regression=_TERMS[terms]))


def _mackinnon_range(terms: str) -> tuple[float, float]:
    """Lowest and highest t that MacKinnon's response surface of one series covers."""
    from statsmodels.tsa import adfvalues

    suffix = {"none": "nc", "constant": "c", "trend": "ct"}[terms]
    low, high = (getattr(adfvalues, f"tau_{end}_{suffix}")[0] for end in ("min", "max"))
    return float(low), float(high)


def _ips(table: pd.DataFrame, terms: str) -> _Outcome:
    if terms == "none":
        raise DiagnosticError(
            "the Im-Pesaran-Shin test needs a constant or a trend in the regressions"
        )
    means, variances = [], []
    clamped = False
    for lag, length in zip(table["lags"], table["observations"], strict=True):
        if lag > 8:
            raise DiagnosticError(f"moments are tabulated for up to 8 lags, not {lag}")
        lengths, mean_row, variance_row = _ips_rows(terms, lag)
        clamped |= not lengths[0] <= length <= lengths[-1]
        mean = np.interp(length, lengths, mean_row)
        variance = np.interp(length, lengths, variance_row)
        if not np.isfinite(mean):
            raise DiagnosticError(
                f"Im, Pesaran and Shin tabulate no moments for {lag} lags and {length} "
                "observations; use fewer lags"
            )
        means.append(mean)
        variances.append(variance)
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
    return _Outcome(w, "N", (), float(scipy.stats.norm.cdf(w)), {"tbar": tbar}, warnings)


def _ips_rows(terms: str, lag: int) -> tuple[Floats, Floats, Floats]:
    """Tabulated lengths, means and variances; without lags and trend they begin at 6."""
    mean, variance = IPS_MEAN[terms][lag], IPS_VARIANCE[terms][lag]
    if terms == "trend" or lag > 0:
        return IPS_LENGTHS, mean, variance
    return (
        np.concatenate([IPS_SHORT_LENGTHS, IPS_LENGTHS]),
        np.concatenate([IPS_SHORT_MEAN, mean]),
        np.concatenate([IPS_SHORT_VARIANCE, variance]),
    )


def _combine(kind: str, p: Floats) -> _Outcome:
    N = p.size
    extreme = int(np.sum((p <= 0) | (p >= 1)))
    warnings = (f"{extreme} entities have a p-value that rounds to 0 or 1",) if extreme else ()
    with np.errstate(divide="ignore"):
        if kind == "maddala-wu":
            s = float(-2 * np.sum(np.log(p)))
            return _Outcome(s, "chi2", (2 * N,), float(scipy.stats.chi2.sf(s, 2 * N)), {}, warnings)
        if kind == "choi-pm":
            s = float(-np.sum(np.log(p) + 1) / np.sqrt(N))
            return _Outcome(s, "N", (), float(scipy.stats.norm.sf(s)), {}, warnings)
        if kind == "choi-z":
            s = float(np.sum(scipy.stats.norm.ppf(p)) / np.sqrt(N))
            return _Outcome(s, "N", (), float(scipy.stats.norm.cdf(s)), {}, warnings)
        scale = np.sqrt(3 * (5 * N + 4) / (np.pi**2 * N * (5 * N + 2)))
        s = float(scale * np.sum(np.log(p) - np.log1p(-p)))
    return _Outcome(s, "t", (5 * N + 4,), float(scipy.stats.t.cdf(s, 5 * N + 4)), {}, warnings)


def _cips(panel: _Panel, terms: str, lags: int) -> TestResult:
    """Mean of cross-sectionally augmented Dickey-Fuller t statistics."""
    first = min(int(p[0]) for p in panel.positions)
    last = max(int(p[-1]) for p in panel.positions)
    wide = np.full((last - first + 1, len(panel.entities)), np.nan)
    for i, (at, y) in enumerate(zip(panel.positions, panel.values, strict=True)):
        wide[at - first, i] = y
    mean = np.nanmean(wide, axis=1)
    fits = [_cadf(wide[:, i], mean, terms, lags, entity) for i, entity in enumerate(panel.entities)]
    t = pd.Series([t for t, _ in fits], index=pd.Index(panel.entities, name="entity"), name="t")
    low, high = CIPS_BOUNDS[terms]
    truncated = t.clip(low, high)
    statistic = float(t.mean())
    length = wide.shape[0] - lags - 1
    critical, outside = _cips_critical(terms, length, len(panel.entities))
    pvalue, verdict = _judge_cips(statistic, critical)
    truncated_pvalue, truncated_verdict = _judge_cips(float(truncated.mean()), critical)
    warnings = [
        *_warn_of_truncation(t, truncated, truncated_verdict),
        *_few_degrees({name: df for name, (_, df) in zip(panel.entities, fits, strict=True)}),
        *panel.doubts,
    ]
    if not panel.balanced:
        warnings.append("unbalanced: the means are over the entities observed in each period")
    if outside:
        warnings.append(
            "critical values are tabulated for 10 to 200 entities and periods; those of the "
            "nearest size are used"
        )
    name, reference = _KINDS["cips"]
    return TestResult(
        name=name,
        statistic=statistic,
        distribution="nonstandard",
        df=(),
        pvalue=pvalue,
        null=_NULL,
        alternative=_ALTERNATIVE,
        variant=f"deterministic terms: {terms}, lags: {lags}",
        verdict=verdict,
        details={
            "entities": t,
            "truncated": float(truncated.mean()),
            "truncated_pvalue": truncated_pvalue,
            "critical_values": dict(zip(CIPS_LEVELS.tolist(), critical.tolist(), strict=True)),
        },
        warnings=tuple(warnings),
        reference=reference,
    )


def _cadf(y: Floats, mean: Floats, terms: str, lags: int, entity: object) -> tuple[float, int]:
    """Statistic t of the cross-sectionally augmented regression, and its degrees of freedom."""
    name = shown(entity)
    columns = 2 * (lags + 1) + 1 + {"none": 0, "constant": 1, "trend": 2}[terms]
    usable = int(np.isfinite(y).sum()) - lags - 1
    if usable <= columns:
        raise DiagnosticError(
            f"{name} has {max(usable, 0)} usable periods for the {columns} coefficients of "
            "its augmented regression; use fewer lags or a longer panel"
        )
    fit = _augmented(y, [mean], terms, lags, f"the CIPS test: {name}")
    return _t_of_level(fit, name), fit.df_resid


def _judge_cips(statistic: float, critical: Floats) -> tuple[float, str]:
    """p-value, interpolated, and the verdict."""
    if statistic < critical[0]:
        return float("nan"), f"p < 0.01: at the 5 % level {_REJECTED}."
    if statistic > critical[-1]:
        return float("nan"), f"p > 0.10: at the 5 % level {_KEPT}."
    pvalue = float(np.interp(statistic, critical, CIPS_LEVELS))
    return pvalue, decide(pvalue, _REJECTED, _KEPT)


def _warn_of_truncation(t: pd.Series, truncated: pd.Series, verdict: str) -> tuple[str, ...]:
    outside = t.index[(t != truncated).to_numpy()]
    if not len(outside):
        return ()
    names = listed(f"{shown(name)} ({t[name]:.3g})" for name in outside)
    return (
        f"t statistics outside Pesaran's bounds move the mean of all: {names}; the truncated "
        f"CIPS* is {truncated.mean():.3f}, {verdict}",
    )


def _cips_critical(terms: str, periods: int, entities: int) -> tuple[Floats, bool]:
    """Critical values at 1, 5 and 10 %, linearly interpolated in both sizes."""
    across = [
        [np.interp(entities, CIPS_SIZES, row) for row in level] for level in CIPS_CRITICAL[terms]
    ]
    critical = np.array([np.interp(periods, CIPS_SIZES, column) for column in across])
    low, high = CIPS_SIZES[0], CIPS_SIZES[-1]
    return critical, not (low <= periods <= high and low <= entities <= high)
