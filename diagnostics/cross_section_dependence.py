"""Dependence of the errors across entities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.entity_regressions import entities_of_one_length, fit_entities
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns, ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import Deferred, TestResult, decide
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

_MOST_VISITED = 25_000_000
"""Pairs of a balanced panel that are visited at once, for the mean absolute correlation."""

_BLOCK = 256
_BLOCK_CELLS = 1_000_000


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
        `details` holds the mean correlation, the mean absolute one and the number of pairs. A
        balanced panel is summed without visiting pairs, all but its mean absolute correlation:
        beyond 25 million pairs (7,000 entities) that is computed when it is first read, or when
        the result is pickled: some two seconds for 50,000 entities.

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
            "mean_correlation": pairs.correlations / pairs.count,
            "mean_absolute_correlation": _mean_absolute(pairs),
            "pairs": pairs.count,
            "pairs_left_out": pairs.left_out,
        },
        warnings=warnings,
        reference=reference,
    )


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Sums over the pairs of entities i < j whose correlation exists."""

    count: int
    left_out: int
    least_common: int
    most_common: int
    correlations: float
    """Sum of r."""
    absolute: float | Callable[[], float]
    """Sum of |r|, or its computation where the pairs are many to visit one by one."""
    roots: float
    """Sum of sqrt(T_ij) r."""
    squares: float
    """Sum of T_ij r^2."""


def _correlate_pairs(sample: PanelSample, u: Floats) -> _Pairs:
    """Sum the correlations over common periods of all pairs of entities."""
    if sample.n_entities < 2:
        raise DiagnosticError(f"{_TEST} needs at least two entities")
    centred = u - (np.bincount(sample.entity, weights=u) / sample.lengths)[sample.entity]
    floor = 1e-24 * max(float(u @ u), np.finfo(float).tiny)
    pairs = (
        _sum_balanced(centred.reshape(sample.n_entities, sample.n_periods), floor)
        if sample.balanced
        else _sum_by_blocks(sample, centred, floor)
    )
    if pairs is None:
        raise DiagnosticError(f"{_TEST} found no two entities with two periods in common")
    return pairs


def _sum_balanced(values: Floats, floor: float) -> _Pairs | None:
    r"""Sum by the T x T (or N x N) moments of residuals of unit length (N, T).

    With :math:`z_i` those residuals, :math:`\sum_{i<j} r_{ij} = (|\sum z_i|^2 - N) / 2` and
    :math:`\sum_{i<j} r_{ij}^2 = (|Z'Z|^2 - N) / 2`.
    """
    N, T = values.shape
    lengths = np.einsum("it,it->i", values, values)
    usable = lengths > floor
    m = int(usable.sum())
    if T < 2 or m < 2:
        return None
    z = values[usable] / np.sqrt(lengths[usable])[:, None]
    own = np.einsum("it,it->i", z, z)
    moments = z.T @ z if m > T else z @ z.T
    total = z.sum(axis=0)
    correlations = (float(total @ total) - float(own.sum())) / 2
    count = m * (m - 1) // 2
    return _Pairs(
        count=count,
        left_out=N * (N - 1) // 2 - count,
        least_common=T,
        most_common=T,
        correlations=correlations,
        absolute=_sum_absolute(z) if count <= _MOST_VISITED else partial(_sum_absolute, z),
        roots=float(np.sqrt(T)) * correlations,
        squares=T * (float(np.sum(moments**2)) - float(own @ own)) / 2,
    )


def _mean_absolute(pairs: _Pairs) -> float | Deferred:
    """Mean of |r|, deferred where pairs are many."""
    if isinstance(pairs.absolute, float):
        return pairs.absolute / pairs.count
    total = pairs.absolute
    return Deferred(lambda: total() / pairs.count)


def _sum_absolute(z: Floats) -> float:
    """Sum of |z_i'z_j| over i < j, a block of pairs at a time."""
    total = 0.0
    for rows in _blocks(len(z), z.shape[1]):
        own = np.abs(z[rows] @ z[rows].T)
        total += float((own.sum() - np.trace(own)) / 2)
        for others in _blocks(len(z), z.shape[1], start=rows.stop):
            total += float(np.abs(z[rows] @ z[others].T).sum())
    return total


def _sum_by_blocks(sample: PanelSample, values: Floats, floor: float) -> _Pairs | None:
    """Sum over blocks of pairs, each correlation over the periods that its pair shares."""
    N, T = sample.n_entities, sample.n_periods
    starts = np.concatenate([[0], np.cumsum(sample.lengths)])

    def spread(block: slice) -> tuple[Floats, Floats]:
        rows = slice(starts[block.start], starts[block.stop])
        at = (sample.entity[rows] - block.start, sample.period[rows])
        wide, seen = np.zeros((2, block.stop - block.start, T))
        wide[at], seen[at] = values[rows], 1.0
        return wide, seen

    count, least, most = 0, T, 0
    sums = np.zeros(4)
    for block in _blocks(N, T):
        first = spread(block)
        for other in _blocks(N, T, start=block.start):
            same = other.start == block.start
            r, common = _correlate_block(first, first if same else spread(other), floor, same)
            if r.size:
                count += r.size
                least, most = min(least, int(common.min())), max(most, int(common.max()))
                sums += (
                    r.sum(),
                    np.abs(r).sum(),
                    np.sqrt(common) @ r,
                    common @ r**2,
                )
    if count == 0:
        return None
    return _Pairs(count, N * (N - 1) // 2 - count, least, most, *sums.tolist())


def _correlate_block(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], floor: float, same: bool
) -> tuple[Floats, Floats]:
    """Correlations that exist, and numbers of common periods, of entities of two blocks."""
    (x, x_seen), (y, y_seen) = first, second
    common = x_seen @ y_seen.T
    usable = common >= 2
    if same:
        usable &= np.triu(np.ones(usable.shape, dtype=bool), 1)
    x_sum, y_sum = x @ y_seen.T, x_seen @ y.T
    with np.errstate(divide="ignore", invalid="ignore"):
        x_square = x**2 @ y_seen.T - x_sum**2 / common
        y_square = x_seen @ (y**2).T - y_sum**2 / common
        r = (x @ y.T - x_sum * y_sum / common) / np.sqrt(x_square * y_square)
        usable &= (x_square > floor) & (y_square > floor)
    return r[usable], common[usable]


def _blocks(entities: int, periods: int, start: int = 0) -> Iterator[slice]:
    """Ranges of entities so small that a block of pairs, and their periods, stay in cache."""
    step = min(_BLOCK, max(1, _BLOCK_CELLS // periods))
    # ranges begin at multiples of the step, so that pairs of blocks tile all pairs
    return (slice(i, min(i + step, entities)) for i in range(start, entities, step))


def _compute_statistic(
    kind: str, sample: PanelSample, pairs: _Pairs
) -> tuple[float, str, tuple[int, ...], float]:
    count = pairs.count
    if kind == "cd":
        z = pairs.roots / np.sqrt(count)
        return z, "N", (), 2 * float(scipy.stats.norm.sf(abs(z)))
    if kind == "lm":
        lm = pairs.squares
        return lm, "chi2", (count,), float(scipy.stats.chi2.sf(lm, count))
    z = (pairs.squares - count) / np.sqrt(2 * count)
    if kind == "bias-corrected-lm":
        z -= sample.n_entities / (2 * (int(sample.lengths.max()) - 1))
    return z, "N", (), 2 * float(scipy.stats.norm.sf(abs(z)))


def _require_informative(kind: str, pairs: _Pairs, *, centred: bool) -> None:
    """Raise if the statistic is what it is by construction, whatever the errors."""
    if kind != "cd" and pairs.most_common < 3:
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
    if pairs.least_common < 4:
        found.append(f"some pairs have only {pairs.least_common} periods in common")
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
    for _, rows in entities_of_one_length(sample.lengths, X.shape[1]):
        fits = fit_entities(sample.y[rows], X[rows])
        u[rows] = fits.resid
        for own in rows[~fits.sound]:
            keep = independent_columns(X[own][:, :0], X[own])
            u[own] = ols(sample.y[own], X[own][:, keep], _TEST).resid
    return u
