"""Dependence of the errors across entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import PanelSample, panel_sample
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import transformed_equation

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["cross_section_dependence"]

_KINDS = {
    "cd": ("Pesaran CD test", "Pesaran (2004, 2015), Econometric Reviews 34"),
    "lm": ("Breusch-Pagan LM test", "Breusch and Pagan (1980), Rev. Econ. Studies 47"),
    "scaled-lm": ("Scaled LM test", "Pesaran (2004), CESifo working paper 1229"),
    "bias-corrected-lm": (
        "Bias-corrected scaled LM test",
        "Baltagi, Feng and Kao (2012), J. Econometrics 170",
    ),
}


_TEST = "the test for cross-section dependence"


@specification_test(
    BatteryPlace("Cross-section dependence", "Pesaran CD", 10),
    BatteryPlace("Cross-section dependence", "Breusch-Pagan LM", 20, options={"kind": "lm"}),
)
def cross_section_dependence(
    model: FittedModel, kind: str = "cd", *, residuals: str = "model"
) -> TestResult:
    r"""Test that the errors of different entities are uncorrelated.

    With the correlation :math:`r_{ij}` of the residuals of two entities over their
    :math:`T_{ij}` common periods and P pairs:

    .. math::
        CD &= \sum \sqrt{T_{ij}} r_{ij} / \sqrt{P} \sim N(0, 1) \\
        LM &= \sum T_{ij} r_{ij}^2 \sim \chi^2(P) \\
        scaled &= \sum (T_{ij} r_{ij}^2 - 1) / \sqrt{2 P} \sim N(0, 1)

    and the bias-corrected form subtracts :math:`N / (2 (T - 1))`.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    kind : {"cd", "lm", "scaled-lm", "bias-corrected-lm"}
        "lm" is for few entities and many periods; "scaled-lm" for many of both, T first;
        "bias-corrected-lm" for entity effects in balanced panels with N and T alike; "cd" for
        short panels too, but blind to correlations that average out.
    residuals : {"model", "individual"}
        Residuals of the model (quasi-demeaned under random effects), or of a separate regression
        for each entity.

    Returns
    -------
    TestResult
        `details` holds the mean correlation, the mean absolute one and the number of pairs.

    Raises
    ------
    DiagnosticError
        For "cd" when period effects (or period dummies) make residuals sum to zero in each
        period, which biases CD without bound as T grows (Juodis and Reese 2022). Also if no two
        entities share two periods, or entities are too short for their own regression.

    Notes
    -----
    The p-value of CD is two-sided; the scaled forms are two-sided as well, as in plm, although
    only large values speak against the null.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> model = fit("y ~ x", data, estimator="fixed", effects="entity")
    >>> cross_section_dependence(model).details["pairs"]
    190
    """
    if kind not in _KINDS:
        raise DiagnosticError(f"unknown kind {kind!r}; one of {', '.join(_KINDS)}")
    if residuals not in ("model", "individual"):
        raise DiagnosticError(f"residuals must be 'model' or 'individual', not {residuals!r}")
    sample = panel_sample(model, _TEST)
    if residuals == "model":
        u = transformed_equation(model, sample, _TEST).fit.resid
    else:
        u = _individual_residuals(sample)
    pairs = _correlate_pairs(sample, u)
    _require_informative(kind, pairs, centred=_period_sums_vanish(sample, u))
    warnings = _collect_warnings(model, sample, pairs, kind, residuals)
    statistic, distribution, df, pvalue = _compute_statistic(kind, sample, pairs)
    name, reference = _KINDS[kind]
    return TestResult(
        name=name,
        statistic=statistic,
        distribution=distribution,
        df=df,
        pvalue=pvalue,
        null="errors of different entities are uncorrelated"
        if kind != "cd"
        else "errors of different entities are at most weakly dependent",
        alternative="errors are correlated across entities",
        variant=f"{kind}, residuals of "
        + ("the model" if residuals == "model" else "a regression for each entity"),
        verdict=decide(
            pvalue,
            "errors are dependent across entities, so standard errors that assume independence "
            "are wrong; use period effects or a Driscoll-Kraay covariance",
            "no dependence across entities is detected",
        ),
        details={
            "mean_correlation": float(np.mean(pairs.r)),
            "mean_absolute_correlation": float(np.mean(np.abs(pairs.r))),
            "pairs": pairs.r.size,
            "pairs_left_out": pairs.left_out,
        },
        warnings=warnings,
        reference=reference,
    )


@dataclass(frozen=True, eq=False)
class _Pairs:
    r: Floats
    common: Floats
    left_out: int


def _correlate_pairs(sample: PanelSample, u: Floats) -> _Pairs:
    """Correlations over common periods of all pairs of entities, from products of matrices."""
    N, T = sample.n_entities, sample.n_periods
    if N < 2:
        raise DiagnosticError(f"{_TEST} needs at least two entities")
    centred = u - (np.bincount(sample.entity, weights=u) / sample.lengths)[sample.entity]
    values, seen = np.zeros((N, T)), np.zeros((N, T))
    values[sample.entity, sample.period] = centred
    seen[sample.entity, sample.period] = 1.0
    upper = np.triu_indices(N, 1)
    common = (seen @ seen.T)[upper]
    sums = values @ seen.T
    squares = values**2 @ seen.T
    with np.errstate(divide="ignore", invalid="ignore"):
        first = squares[upper] - sums[upper] ** 2 / common
        second = squares.T[upper] - sums.T[upper] ** 2 / common
        product = (values @ values.T)[upper] - sums[upper] * sums.T[upper] / common
        r = product / np.sqrt(first * second)
    floor = 1e-24 * max(float(u @ u), np.finfo(float).tiny)
    usable = (common >= 2) & (first > floor) & (second > floor)
    if not usable.any():
        raise DiagnosticError(f"{_TEST} found no two entities with two periods in common")
    return _Pairs(r=r[usable], common=common[usable], left_out=int(np.sum(~usable)))


def _compute_statistic(
    kind: str, sample: PanelSample, pairs: _Pairs
) -> tuple[float, str, tuple[int, ...], float]:
    count = pairs.r.size
    if kind == "cd":
        z = float(np.sum(np.sqrt(pairs.common) * pairs.r) / np.sqrt(count))
        return z, "N", (), 2 * float(scipy.stats.norm.sf(abs(z)))
    terms = pairs.common * pairs.r**2
    if kind == "lm":
        lm = float(np.sum(terms))
        return lm, "chi2", (count,), float(scipy.stats.chi2.sf(lm, count))
    z = float(np.sum(terms - 1) / np.sqrt(2 * count))
    if kind == "bias-corrected-lm":
        z -= sample.n_entities / (2 * (int(sample.lengths.max()) - 1))
    return z, "N", (), 2 * float(scipy.stats.norm.sf(abs(z)))


def _require_informative(kind: str, pairs: _Pairs, *, centred: bool) -> None:
    """Raise if the statistic is what it is by construction, whatever the errors."""
    if kind != "cd" and pairs.common.max() < 3:
        raise DiagnosticError(
            f"the {_KINDS[kind][0]} needs pairs of entities with three periods in common: over two "
            "every correlation is 1 or -1, so its square tells nothing; use kind='cd'"
        )
    if centred and kind == "cd":
        raise DiagnosticError(
            "the Pesaran CD test does not apply to residuals with period effects taken out: they "
            "sum to zero in each period, which forces the mean correlation to be negative; test "
            "a model with entity effects only, or use kind='lm'"
        )


def _collect_warnings(
    model: FittedModel, sample: PanelSample, pairs: _Pairs, kind: str, residuals: str
) -> tuple[str, ...]:
    """Say where the distribution of the statistic is in doubt."""
    found = []
    if kind == "bias-corrected-lm":
        if not model.kind.absorbs or model.effects != "entity" or residuals != "model":
            found.append("the bias correction is derived for residuals of entity effects")
        if not sample.balanced:
            found.append(
                "the bias correction is derived for balanced panels; T is taken as the longest T_i"
            )
    longest = int(sample.lengths.max())
    if kind in ("lm", "scaled-lm") and sample.n_entities > longest:
        found.append(
            f"{sample.n_entities} entities for {longest} periods: the statistic rejects far too "
            "often unless T is much larger than N; prefer kind='cd'"
        )
    if pairs.left_out:
        found.append(f"{pairs.left_out} pairs without two common periods are left out")
    if pairs.common.min() < 4:
        found.append(f"some pairs have only {int(pairs.common.min())} periods in common")
    return tuple(found)


def _period_sums_vanish(sample: PanelSample, u: Floats) -> bool:
    sums = np.bincount(sample.period, weights=u)
    scale = np.bincount(sample.period, weights=np.abs(u)).max()
    return bool(np.max(np.abs(sums)) < 1e-9 * scale)


def _individual_residuals(sample: PanelSample) -> Floats:
    """Residuals of a separate regression with a constant for each entity."""
    u = np.empty(sample.n)
    constant = np.ones((sample.n, 1))
    X = np.column_stack([constant, sample.X[:, sample.slopes]])
    short = np.flatnonzero(sample.lengths <= X.shape[1])
    if short.size:
        names = ", ".join(str(sample.entities[i]) for i in short[:5])
        raise DiagnosticError(
            f"{short.size} entities are too short for a regression of their own with "
            f"{X.shape[1]} coefficients ({names}{', …' if short.size > 5 else ''}); "
            "use residuals='model'"
        )
    for i in range(sample.n_entities):
        rows = sample.entity == i
        block = X[rows]
        keep = independent_columns(block[:, :0], block)
        u[rows] = ols(sample.y[rows], block[:, keep], _TEST).resid
    return u
