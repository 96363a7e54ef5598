"""Two-polar structural decomposition of one period, on arrays.

Equations 8 to 23 of Dong, Wang and Dong. x = L y and y = f·B·D, with f the world total of final
demand, D each country's share of it and B the product mix of each country's final demand;

    Δx = ½ ΔL (y0 + y1) + ½ (L0 + L1) Δy,   ΔL = L1 ΔA L0,
    Δy = ½ Δf (B0 D0 + B1 D1) + ½ (f0 ΔB D1 + f1 ΔB D0) + ½ (f0 B0 + f1 B1) ΔD.

Each change is split by the country whose change it is. Everything follows from L0 and L1 applied
to the final demand of both years, and L1 applied to ΔA: no matrix is inverted. What L0 and Z0 give
is small, (n, I), and is kept until L1 is there, so that two years are never held at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ioecon.arrays import Array
from ioecon.leontief import Leontief, block_row_sums

__all__ = ["Economy", "Period", "factors_of", "solve_year"]

_OUTPUT_FACTORS = ("technology", "level", "mix", "distribution")


def factors_of(accounting: str) -> tuple[str, ...]:
    """Factors in the order of :attr:`Period.effects`: those of output, and of intensity last."""
    return _OUTPUT_FACTORS if accounting == "carbon_table" else (*_OUTPUT_FACTORS, "intensity")


@dataclass(frozen=True, eq=False)
class Economy:
    """What is held of one year, in arrays.

    Parameters
    ----------
    F : ndarray, shape (n, I)
        Final demand by destination country.
    x : ndarray, shape (n,)
        Gross output.
    intensity : ndarray, shape (n,)
        Emissions per unit of output; NaN where there is no output to relate them to.
    """

    F: Array
    x: Array
    intensity: Array

    @property
    def emissions(self) -> Array:
        """Emissions of each row, shape (n,)."""
        return np.where(self.x == 0, 0.0, self.intensity * self.x)


class Period:
    """Effects on emissions from one year to another; :func:`solve_year` fills them in.

    Under ``carbon_table``, rows are multiplied by the emission intensity of their producer,
    Zᶜ = diag(e) Z, Fᶜ = diag(e) F, xᶜ = c, and those tables are decomposed. The Leontief inverse
    of a carbon table is diag(e) L diag(e)⁻¹, so the factorisation of the plain table serves.
    ``satellite`` decomposes c = diag(e) L y, with a separate intensity effect ½ Δe (x0 + x1); the
    change of a row's intensity is the change of its own country.

    Parameters
    ----------
    first, last : Economy
        Base year and reporting year.
    accounting : {"carbon_table", "satellite"}
        For ``carbon_table`` intensities are positive.
    effects : ndarray, shape (4 or 5, n, I)
        Filled in when both years are solved: emissions of row r driven by country c's change in
        technology, level, mix, distribution and, for ``satellite``, intensity.

    Attributes
    ----------
    residual : float or None
        What the solves of both years were refined to, where flows are in float32.
    """

    def __init__(self, first: Economy, last: Economy, accounting: str, effects: Array) -> None:
        self.first, self.last, self.effects = first, last, effects
        self.residual: float | None = None
        self._intensities = _fill_intensities(first, last)
        self._is_carbon_table = accounting == "carbon_table"
        ones = np.ones(len(first.x))
        w0, w1 = self._intensities if self._is_carbon_table else (ones, ones)
        self._w0, self._w1 = w0[:, None], w1[:, None]

    def later_demand(self) -> Array:
        """Give the final demand of the reporting year that L0 is applied to, (n, I)."""
        return np.asarray(self._w1 / self._w0 * self.last.F)

    def leave_first(self, own: Array, other: Array, Z: Array) -> None:
        """Take L0 applied to the base year's final demand and to :meth:`later_demand`."""
        self._L0F0, self._L0F1 = self._w0 * own, self._w0 * other
        # ½ L1 ΔA L0 (y0 + y1): the columns of ΔA that belong to one country, weighted and summed.
        self._v = (self._L0F0 + self._L0F1).sum(axis=1) / 2
        self._first_inputs = self._sum_inputs(Z, self.first, self._w0)

    def asked_of_last(self, Z: Array) -> tuple[Array, Array]:
        """Give what L1 is applied to beside its own final demand, each (n, I)."""
        change_of_inputs = self._sum_inputs(Z, self.last, self._w1) - self._first_inputs
        return change_of_inputs / self._w1, self._w0 / self._w1 * self.first.F

    def finish(self, own: Array, technology: Array, other: Array) -> None:
        """Take L1 applied to its own final demand and to :meth:`asked_of_last`."""
        effects, countries = self.effects, own.shape[1]
        L1F1, L1F0 = self._w1 * own, self._w1 * other
        f0c = (self._w0 * self.first.F).sum(axis=0)
        f1c = (self._w1 * self.last.F).sum(axis=0)
        f0, f1 = f0c.sum(), f1c.sum()
        D0, D1 = f0c / f0, f1c / f1
        LB0, LB1 = _demand_mixes((self._L0F0 + L1F0) / 2, (self._L0F1 + L1F1) / 2, f0c, f1c)
        np.multiply(self._w1, technology, out=effects[0])
        effects[1] = np.outer((LB0 @ D0 + LB1 @ D1) / 2, f1c - f0c)
        effects[2] = (LB1 - LB0) * ((f0 * D1 + f1 * D0) / 2)
        effects[3] = (f0 * LB0 + f1 * LB1) * ((D1 - D0) / 2)
        if not self._is_carbon_table:
            e0, e1 = self._intensities
            effects[:4] *= ((e0 + e1) / 2)[:, None]
            effects[4] = 0.0
            own_column = np.repeat(np.arange(countries), len(e0) // countries)
            change = (e1 - e0) * (self.first.x + self.last.x) / 2
            effects[4, np.arange(len(e0)), own_column] = change
        del self._L0F0, self._L0F1, self._first_inputs

    def _sum_inputs(self, Z: Array, economy: Economy, weights: Array) -> Array:
        """Sum A diag(v) of the weighted table over the columns of each country: (n, I)."""
        v, x = self._v / weights[:, 0], economy.x
        per_output = np.divide(v, x, out=np.zeros_like(v), where=x != 0)
        return np.asarray(weights * block_row_sums(Z, per_output, economy.F.shape[1]))


def solve_year(
    Z: Array,
    economy: Economy,
    system: Leontief,
    ending: Sequence[Period],
    starting: Sequence[Period],
    elsewhere: tuple[int, int] = (0, 0),
) -> None:
    """Solve all that the periods which end or start in a year ask of it.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Intermediate flows of the year.
    economy : Economy
    system : Leontief
        (E − A) of the year, factorised.
    ending : sequence of Period
        Their base years are solved; they are finished here.
    starting : sequence of Period
    elsewhere : tuple of int
        How many periods that end, and that start, in the year are solved elsewhere. Results are
        those of solving all here, to the last bit.
    """
    asked = [[economy.F], *(list(period.asked_of_last(Z)) for period in ending)]
    asked += [[period.later_demand()] for period in starting]
    if not system.refines:
        # The last bits of a column depend on where it stands: zeros stand where others would.
        nothing = np.zeros_like(economy.F)
        asked[1:1] = [[nothing, nothing]] * elsewhere[0]
        asked += [[nothing]] * elsewhere[1]
        solved = _solve_together(system, asked)
        del solved[1 : 1 + elsewhere[0]]
    else:
        # Refinement goes on until all columns of a solve are exact: no period waits for others'.
        solved, reached = [], []
        while asked:
            solved += _solve_together(system, [asked.pop(0)])
            reached.append(system.last_residual)
        for period, residual in zip((*ending, *starting), reached[1:], strict=True):
            if residual is not None:
                period.residual = max(period.residual or 0.0, reached[0] or 0.0, residual)
    answers = iter(solved)
    (own,) = next(answers)
    for period in ending:
        technology, other = next(answers)
        period.finish(own, technology, other)
    for period in starting:
        (later,) = next(answers)
        period.leave_first(own, later, Z)


def _solve_together(system: Leontief, asked: list[list[Array]]) -> list[list[Array]]:
    """L applied to groups of matrices (n, I), in one solve; what was asked is let go."""
    sizes = [len(group) for group in asked]
    n, countries = asked[0][0].shape
    # Column-major, as LAPACK solves in place.
    sides = np.empty((n, sum(sizes) * countries), order="F")
    np.concatenate([side for group in asked for side in group], axis=1, out=sides)
    asked.clear()
    answers = iter(np.hsplit(system.solve(sides, overwrite_b=True), sum(sizes)))
    return [list(islice(answers, size)) for size in sizes]


def _fill_intensities(first: Economy, last: Economy) -> tuple[Array, Array]:
    """Intensities of both years; where one year has none, that of the other year.

    So what a sector emits when it appears or vanishes is an effect of output, never of
    intensity. A row without output in both years multiplies zeros only: any number serves.
    """
    e0, e1 = first.intensity, last.intensity
    e0, e1 = np.where(np.isnan(e0), e1, e0), np.where(np.isnan(e1), e0, e1)
    return np.nan_to_num(e0, nan=1.0), np.nan_to_num(e1, nan=1.0)


def _demand_mixes(LF0: Array, LF1: Array, f0c: Array, f1c: Array) -> tuple[Array, Array]:
    """½ (L0 + L1) B0 and B1; a country without final demand keeps the mix of its other year."""
    LB0 = np.divide(LF0, f0c, out=np.zeros_like(LF0), where=f0c != 0)
    LB1 = np.divide(LF1, f1c, out=np.zeros_like(LF1), where=f1c != 0)
    LB0[:, f0c == 0] = LB1[:, f0c == 0]
    LB1[:, f1c == 0] = LB0[:, f1c == 0]
    return LB0, LB1
