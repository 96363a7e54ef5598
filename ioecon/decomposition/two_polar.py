"""Two-polar structural decomposition of one period, on arrays.

Equations 8 to 23 of Dong, Wang and Dong. x = L y and y = f·B·D, with f the world total of final
demand, D each country's share of it and B the product mix of each country's final demand;

    Δx = ½ ΔL (y0 + y1) + ½ (L0 + L1) Δy,   ΔL = L1 ΔA L0,
    Δy = ½ Δf (B0 D0 + B1 D1) + ½ (f0 ΔB D1 + f1 ΔB D0) + ½ (f0 B0 + f1 B1) ΔD.

Each change is split by the country whose change it is. Everything follows from L0 and L1 applied
to the final demand of both years, and L1 applied to ΔA: no matrix is inverted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ioecon.arrays import Array
from ioecon.leontief import Leontief, block_row_sums

__all__ = ["OUTPUT_FACTORS", "Economy", "carbon_table_effects", "satellite_effects"]

OUTPUT_FACTORS = ("technology", "level", "mix", "distribution")


@dataclass(frozen=True, eq=False)
class Economy:
    """One year, in arrays.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Intermediate flows.
    F : ndarray, shape (n, I)
        Final demand by destination country.
    x : ndarray, shape (n,)
        Gross output.
    intensity : ndarray, shape (n,)
        Emissions per unit of output; NaN where there is no output to relate them to.
    system : Leontief
        (E − A), factorised.
    """

    Z: Array
    F: Array
    x: Array
    intensity: Array
    system: Leontief

    @property
    def emissions(self) -> Array:
        """Emissions of each row, shape (n,)."""
        return np.where(self.x == 0, 0.0, self.intensity * self.x)

    @cached_property
    def own_output(self) -> Array:
        """L F: output of each row that each country's final demand drives, shape (n, I)."""
        return self.system.solve(self.F)


def carbon_table_effects(first: Economy, last: Economy) -> Array:
    """Effects on emissions when each year's table is turned into a carbon table.

    Rows are multiplied by the emission intensity of their producer, Zᶜ = diag(e) Z,
    Fᶜ = diag(e) F, xᶜ = c, and those tables are decomposed. The Leontief inverse of a carbon
    table is diag(e) L diag(e)⁻¹, so the factorisation of the plain table serves.

    Parameters
    ----------
    first, last : Economy
        Base year and reporting year; intensities are positive.

    Returns
    -------
    ndarray, shape (4, n, I)
        Emissions of row r driven by country c's change in technology, level, mix, distribution.
    """
    return _weighted_effects(first, last, *_fill_intensities(first, last))


def satellite_effects(first: Economy, last: Economy) -> Array:
    """Effects on emissions c = diag(e) L y, with a separate intensity effect ½ Δe (x0 + x1).

    Parameters
    ----------
    first, last : Economy
        Base year and reporting year.

    Returns
    -------
    ndarray, shape (5, n, I)
        As :func:`carbon_table_effects`, and the intensity effect last. The change of a row's
        intensity is the change of its own country.
    """
    n, countries = first.F.shape
    ones = np.ones(n)
    e0, e1 = _fill_intensities(first, last)
    mean_intensity = (e0 + e1) / 2
    effects = np.empty((5, n, countries))
    effects[:4] = _weighted_effects(first, last, ones, ones)
    effects[:4] *= mean_intensity[:, None]
    effects[4] = 0.0
    own = np.repeat(np.arange(countries), n // countries)
    change = (e1 - e0) * (first.x + last.x) / 2
    effects[4, np.arange(n), own] = change
    return effects


def _fill_intensities(first: Economy, last: Economy) -> tuple[Array, Array]:
    """Intensities of both years; where one year has none, that of the other year.

    So what a sector emits when it appears or vanishes is an effect of output, never of
    intensity. A row without output in both years multiplies zeros only: any number serves.
    """
    e0, e1 = first.intensity, last.intensity
    e0, e1 = np.where(np.isnan(e0), e1, e0), np.where(np.isnan(e1), e0, e1)
    return np.nan_to_num(e0, nan=1.0), np.nan_to_num(e1, nan=1.0)


def _weighted_effects(first: Economy, last: Economy, w0: Array, w1: Array) -> Array:
    """Decompose w·x with the rows of both tables multiplied by the weights w0 and w1."""
    countries = first.F.shape[1]
    F0, F1 = w0[:, None] * first.F, w1[:, None] * last.F

    def L0(b: Array) -> Array:
        return w0[:, None] * first.system.solve(b / w0[:, None])

    def L1(b: Array) -> Array:
        return w1[:, None] * last.system.solve(b / w1[:, None])

    L0F0, L1F1 = w0[:, None] * first.own_output, w1[:, None] * last.own_output
    L0F1 = L0(F1)

    effects = np.empty((4, *first.F.shape))
    # ½ L1 ΔA L0 (y0 + y1): the columns of ΔA that belong to one country, weighted and summed.
    v = (L0F0 + L0F1).sum(axis=1) / 2
    change_of_inputs = w1[:, None] * _sum_inputs_by_country(last, v / w1, countries)
    change_of_inputs -= w0[:, None] * _sum_inputs_by_country(first, v / w0, countries)
    # One call, one pass over the factors: technology beside the demand of the base year.
    solved = L1(np.hstack([change_of_inputs, F0]))
    effects[0], L1F0 = solved[:, :countries], solved[:, countries:]

    f0c, f1c = F0.sum(axis=0), F1.sum(axis=0)
    f0, f1 = f0c.sum(), f1c.sum()
    D0, D1 = f0c / f0, f1c / f1
    LB0, LB1 = _demand_mixes((L0F0 + L1F0) / 2, (L0F1 + L1F1) / 2, f0c, f1c)
    effects[1] = np.outer((LB0 @ D0 + LB1 @ D1) / 2, f1c - f0c)
    effects[2] = (LB1 - LB0) * ((f0 * D1 + f1 * D0) / 2)
    effects[3] = (f0 * LB0 + f1 * LB1) * ((D1 - D0) / 2)
    return effects


def _sum_inputs_by_country(economy: Economy, v: Array, countries: int) -> Array:
    """Sum A diag(v) over the columns of each country: (n, I)."""
    per_output = np.divide(v, economy.x, out=np.zeros_like(v), where=economy.x != 0)
    return block_row_sums(economy.Z, per_output, countries)


def _demand_mixes(LF0: Array, LF1: Array, f0c: Array, f1c: Array) -> tuple[Array, Array]:
    """½ (L0 + L1) B0 and B1; a country without final demand keeps the mix of its other year."""
    LB0 = np.divide(LF0, f0c, out=np.zeros_like(LF0), where=f0c != 0)
    LB1 = np.divide(LF1, f1c, out=np.zeros_like(LF1), where=f1c != 0)
    LB0[:, f0c == 0] = LB1[:, f0c == 0]
    LB1[:, f1c == 0] = LB0[:, f1c == 0]
    return LB0, LB1
