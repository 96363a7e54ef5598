"""Structural decomposition of one period by logarithmic means (LMDI), on arrays.

Emissions of row r are the sum over rows j and destinations c of e_r L_rj y_jc, each a product of
the factors of a model. An effect is the sum of M ln(factor₁ / factor₀), with M the logarithmic mean
of the term in both years (Su and Ang 2012, additive LMDI-I), and its exact limit where a factor is
zero (Ang and Liu 2007). What is linear in changes says whose change it was:

    ln(L₁/L₀)_rj = ΔL_rj / mean(L₁, L₀)_rj,   ΔL = Σ_c L₁ ΔA_c L₀,

with ΔA_c the columns of ΔA of country c; likewise ln(f₁/f₀) = Σ_c Δf_c / mean(f₁, f₀) for the world
level f; demand belongs to the destination, and intensity to the country of the row.

Terms are looked at some rows at a time: memory is the two inverses and a few n × n matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.decomposition.demand import (
    CANCELLING,
    DemandOfYear,
    by_row,
    fill_from,
    ratios_by_row,
    ratios_of,
)
from ioecon.decomposition.logarithmic_mean import (
    changes_sign,
    log_ratio,
    logarithmic_mean,
    weighted_log_changes,
)
from ioecon.decomposition.one_period import Economy
from ioecon.decomposition.plan import Plan

__all__ = ["SignChange", "YearOfLogs", "decompose_by_log_means"]

_TERMS = 2**20  # looked at together: a few arrays of 8 MiB
_NEAR = 1e-3


class SignChange(Exception):  # noqa: N818
    """A factor with numbers of two signs, and where: rows, destinations and categories."""

    def __init__(self, factor: str, before: float, after: float, place: dict[str, int]) -> None:
        super().__init__(factor)
        self.factor, self.before, self.after, self.place = factor, before, after, place


@dataclass(frozen=True, eq=False)
class YearOfLogs:
    """What is held of one year.

    Parameters
    ----------
    economy : Economy
    A, L : ndarray, shape (n, n)
        Input coefficients, and the inverse of (E − A).
    """

    economy: Economy
    A: Array
    L: Array


@dataclass(frozen=True, eq=False)
class _Logs:
    """One factor, or all of a place: numbers of both years, their logarithmic change, zeros."""

    logs: Array
    zeros: tuple[NDArray[np.bool_], NDArray[np.bool_]]

    @classmethod
    def of(cls, x0: Array, x1: Array) -> _Logs:
        return cls(log_ratio(x1, x0), (x0 == 0, x1 == 0))


def decompose_by_log_means(first: YearOfLogs, last: YearOfLogs, plan: Plan, effects: Array) -> None:
    """Fill in the effects of all factors.

    Parameters
    ----------
    first, last : YearOfLogs
        Base and reporting year.
    plan : Plan
    effects : ndarray, shape (factors, n, I)
        Filled in: emissions of row r driven by country c's change.

    Raises
    ------
    SignChange
        Where a factor changes its sign.
    """
    effects[...] = 0.0
    one = _Terms(first, last, plan)
    n = len(first.A)
    height = max(1, _TERMS // (n * one.y[0].shape[1]))
    for start in range(0, n, height):
        one.take_rows(slice(start, min(start + height, n)), effects)


class _Terms:
    """Terms e_r L_rj y_jq of both years; q runs over categories and destinations."""

    def __init__(self, first: YearOfLogs, last: YearOfLogs, plan: Plan) -> None:
        self.plan, economies = plan, (first.economy, last.economy)
        n, self.countries = len(first.A), first.economy.demand.shape[2]
        w = np.ones(n), np.ones(n)
        if plan.carbon_table:
            w = fill_from(first.economy.intensity, last.economy.intensity, 1.0)
        self._lay_out_intensity(economies)
        self._lay_out_demand(economies, w)
        A, L = (
            [w[t][:, None] * matrix / w[t] if plan.carbon_table else matrix for t, matrix in pair]
            for pair in (
                ((0, first.A), (1, last.A)),
                ((0, first.L), (1, last.L)),
            )
        )
        wrong = np.argwhere(L[0] * L[1] < 0)
        if len(wrong):
            row, column = wrong[0]
            place = {"row": row, "column": column}
            raise SignChange("Leontief inverse", L[0][row, column], L[1][row, column], place)
        self.L = L
        self.changes = _changes_of_inputs(A[0], A[1], plan, self.countries)

    def _lay_out_intensity(self, economies: tuple[Economy, Economy]) -> None:
        n = len(economies[0].x)
        self.e = np.ones(n), np.ones(n)
        self.intensity: dict[int, _Logs] = {}
        ratios = zip(economies[0].ratios, economies[1].ratios, strict=True)
        pairs = [fill_from(x0, x1, 1.0) for x0, x1 in ratios]
        for x0, x1 in pairs:
            self.e = self.e[0] * x0, self.e[1] * x1
        for factor, (x0, x1) in zip(self.plan.intensity, pairs, strict=True):
            wrong = np.flatnonzero(changes_sign(x0[:, None], x1[:, None], *self.e)[:, 0])
            if wrong.size:
                row = wrong[0]
                raise SignChange(factor.name, x0[row], x1[row], {"row": row})
            self.intensity[self.plan.position(factor)] = _Logs.of(x0, x1)

    def _lay_out_demand(self, economies: tuple[Economy, Economy], w: tuple[Array, Array]) -> None:
        both = tuple(
            DemandOfYear(each[:, None] * economy.demand, economy.variables)
            for each, economy in zip(w, economies, strict=True)
        )
        shape = both[0].values.shape
        flat = lambda values: (  # noqa: E731
            np.broadcast_to(by_row(values, shape[1]), shape)
            .transpose(1, 0, 2)
            .reshape(shape[1], -1)
        )
        self.y = flat(both[0].values), flat(both[1].values)
        self.demand: dict[int, _Logs] = {}
        self.world: int | None = None
        pairs = [ratios_of(factor, both) for factor in self.plan.scales]
        pairs += [(x0, x1) for x0, x1 in ratios_by_row(self.plan, both, shape[1])]
        for factor, pair in zip((*self.plan.scales, *self.plan.profiles), pairs, strict=True):
            k = self.plan.position(factor)
            x0, x1 = (flat(each) for each in pair)
            wrong = np.argwhere(changes_sign(x0[..., None], x1[..., None], *self.y)[..., 0])
            if len(wrong):
                row, q = wrong[0]
                category, country = divmod(int(q), self.countries)
                place = {"row": int(row), "country": country}
                if shape[0] > 1:
                    place["category"] = category
                raise SignChange(factor.name, x0[row, q], x1[row, q], place)
            self.demand[k] = _Logs.of(x0, x1)
            if factor.totals == ("world", None):
                self.world = k
                change = (both[1].total("country") - both[0].total("country"))[0, 0]
                mean = logarithmic_mean(*(each.total("world")[0, 0, 0] for each in both[::-1]))
                # Σ of these over countries is the logarithmic change of the world.
                self.log_by_country = change / mean

    def take_rows(self, rows: slice, effects: Array) -> None:
        """Add the effects on some rows."""
        l0, l1 = (each[rows] for each in self.L)
        e0, e1 = (each[rows] for each in self.e)
        w0 = (e0[:, None] * l0)[:, :, None] * self.y[0]
        w1 = (e1[:, None] * l1)[:, :, None] * self.y[1]
        of_rows = sum((each.logs[rows] for each in self.intensity.values()), np.zeros(len(e0)))
        of_demand = sum((each.logs for each in self.demand.values()), np.zeros(self.y[0].shape))
        logs = (of_rows[:, None] + log_ratio(l1, l0))[:, :, None] + of_demand
        means = _log_means(w0, w1, logs)
        of_cells = means.sum(axis=2)
        own = np.repeat(np.arange(self.countries), len(self.L[0]) // self.countries)[rows]
        for k, factor in self.intensity.items():
            effects[k][np.arange(rows.start, rows.stop), own] += (
                of_cells.sum(axis=1) * factor.logs[rows]
            )
        for k, factor in self.demand.items():
            if k == self.world:
                effects[k][rows] += of_cells.sum(axis=1)[:, None] * self.log_by_country
            else:
                effects[k][rows] += self._by_destination(
                    np.einsum("rjq,jq->rq", means, factor.logs)
                )
        Q = np.divide(of_cells, logarithmic_mean(l1, l0), out=np.zeros_like(l0), where=l0 * l1 != 0)
        Q += self._take_limits(rows, w0, w1, effects, own)
        through = Q @ self.L[0].T
        for k, change in self.changes.items():
            by_column = (l1 @ change) * through
            effects[k][rows] += by_column.reshape(len(l0), self.countries, -1).sum(axis=2)

    def _by_destination(self, values: NDArray[Any]) -> Array:
        return np.asarray(values.reshape(len(values), -1, self.countries).sum(axis=1))

    def _take_limits(
        self, rows: slice, w0: Array, w1: Array, effects: Array, own: NDArray[Any]
    ) -> Array:
        """Share terms that appear or vanish by the factors that were zero; give those of L."""
        r, j, q = np.nonzero((w0 == 0) != (w1 == 0))
        height, n, columns = w0.shape
        l0, l1 = (each[rows] for each in self.L)
        if not len(r):
            return np.zeros((height, n))
        moved, late = (w1 - w0)[r, j, q], (w1[r, j, q] == 0).astype(int)

        def zero(pair: tuple[NDArray[Any], NDArray[Any]], *at: NDArray[Any]) -> Array:
            return np.asarray(np.where(late == 1, pair[1][at], pair[0][at]), dtype=float)

        of_L = zero((l0 == 0, l1 == 0), r, j)
        of_intensity = {k: zero(f.zeros, r + rows.start) for k, f in self.intensity.items()}
        of_demand = {k: zero(f.zeros, j, q) for k, f in self.demand.items()}
        count = of_L + sum(of_intensity.values()) + sum(of_demand.values())
        share = moved / np.maximum(count, 1)
        for k, flags in of_intensity.items():
            found = np.bincount(r, share * flags, minlength=height)
            effects[k][np.arange(rows.start, rows.stop), own] += found
        for k, flags in of_demand.items():
            found = np.bincount(r * columns + q, share * flags, minlength=height * columns)
            effects[k][rows] += self._by_destination(found.reshape(height, columns))
        found = np.bincount(r * n + j, share * of_L, minlength=height * n).reshape(height, n)
        return np.divide(found, l1 - l0, out=np.zeros_like(found), where=found != 0)


def _log_means(w0: Array, w1: Array, logs: Array) -> Array:
    """Logarithmic means of terms whose logarithmic change is known; zero where a term is."""
    kept = (w0 != 0) & (w1 != 0)
    near = np.abs(logs) < _NEAR
    # (w1 − w0) / ln(w1 / w0) loses digits where both are close: there its series in the logarithm.
    series = w0 * (1 + logs / 2 * (1 + logs / 3 * (1 + logs / 4 * (1 + logs / 5))))
    means = np.divide(w1 - w0, logs, out=series, where=~near)
    return np.where(kept, means, 0.0)


def _changes_of_inputs(A0: Array, A1: Array, plan: Plan, countries: int) -> dict[int, Array]:
    """ΔA of each factor of inputs, by its position; elements are split by logarithmic means."""
    change = A1 - A0
    positions = [plan.position(factor) for factor in plan.inputs]
    if len(positions) == 1:
        return {positions[0]: change}
    n, of_sums = len(A0), np.empty_like(A0)
    sums = [A.reshape(countries, -1, n).sum(axis=0) for A in (A0, A1)]
    size = len(sums[0])
    sizes = [np.abs(A).reshape(countries, -1, n).sum(axis=0) for A in (A0, A1)]
    cancels = np.logical_or(
        *(
            (np.abs(H) <= CANCELLING * each) & (each > 0)
            for H, each in zip(sums, sizes, strict=True)
        )
    )
    for start in range(0, n, size):
        rows = slice(start, start + size)
        shares = [
            np.divide(A[rows], H, out=np.full_like(H, np.nan), where=H != 0)
            for A, H in zip((A0, A1), sums, strict=True)
        ]
        filled = fill_from(shares[0], shares[1], 0.0)
        x0, x1 = (
            # Where inputs cancel out over origins, all of their change is one of their sum.
            np.stack([np.where(cancels, A[rows], H), np.where(cancels, 1.0, T)], axis=-1)
            for A, H, T in zip((A0, A1), sums, filled, strict=True)
        )
        wrong = np.argwhere(changes_sign(x0, x1, A0[rows], A1[rows]))
        if len(wrong):
            row, column, which = wrong[0]
            place = {"row": start + row, "column": column}
            name = plan.inputs[which].name
            raise SignChange(name, x0[row, column, which], x1[row, column, which], place)
        of_sums[rows] = weighted_log_changes(x0, x1, A0[rows], A1[rows])[..., 0]
    return {positions[0]: of_sums, positions[1]: change - of_sums}
