"""The outcome equation of the fictional world, and the tables made to obey it.

The signed log of the emissions that foreign demand adds to a country in a year *is*

    ln_ddfc = β0 + β' (ln_iti, Δ controls) + α_country + λ_year + ε.

The right-hand side is drawn first. Then the final demand of every country is split anew between
buyers at home and abroad, one number θ per country and year, so that the decomposition of the
finished tables gives exactly this left-hand side. Output, technology and the transfer index do
not depend on that split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.datasets.world_draws import bounded_normal
from ioecon.datasets.world_tables import Flows
from ioecon.leontief import Leontief

__all__ = [
    "COEFFICIENTS",
    "SIGMA_E",
    "SIGMA_U",
    "YEAR_EFFECTS",
    "Outcome",
    "draw_outcome",
    "emission_content",
    "exported_emissions",
    "obey",
    "split_demand",
]

COEFFICIENTS = {
    "Intercept": 5.2,
    "ln_iti": -0.12,
    "d_gdp_pc": 0.0002,
    "d_urban": 1.0,
    "d_alt_nuclear": -0.40,
    "d_elec_pc": 0.002,
    "d_energy_per_gdp": 0.05,
}
SIGMA_U = 0.6  # of the country effects
SIGMA_E = 0.6  # of the errors
_YEARS = np.array([-0.3, 0.0, 0.2, 0.3, 0.1, 0.1, 0.2, -0.1, -13.2])
YEAR_EFFECTS = _YEARS - _YEARS.mean()


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything in the outcome equation, as drawn.

    Attributes
    ----------
    regressors : dict of str to ndarray, shape (T, J)
        ``ln_iti`` and the changes of the controls.
    country_effects : ndarray, shape (J,)
    year_effects : ndarray, shape (T,)
    errors : ndarray, shape (T, J)
    """

    regressors: dict[str, Array]
    country_effects: Array
    year_effects: Array
    errors: Array

    @property
    def ln_ddfc(self) -> Array:
        """Left-hand side, shape (T, J)."""
        systematic = sum(COEFFICIENTS[name] * x for name, x in self.regressors.items())
        noise = self.country_effects + self.year_effects[:, None] + self.errors
        outcome: Array = COEFFICIENTS["Intercept"] + systematic + noise
        return outcome

    @property
    def ddfc(self) -> Array:
        """Change of emissions due to foreign demand, kt: the signed log undone, (T, J)."""
        change: Array = np.sign(self.ln_ddfc) * np.exp(np.abs(self.ln_ddfc))
        return change


def draw_outcome(
    generator: np.random.Generator,
    iti: Array,
    controls: dict[str, Array],
    exported: Array,
    developed: NDArray[np.bool_],
) -> Outcome:
    """Draw effects and errors, independent of the regressors and of each other.

    Within each development group the larger country effect goes to the country whose exports
    carry more emissions: the same percentage is more kilotonnes there.

    Parameters
    ----------
    generator : numpy.random.Generator
        Source of the country effects and errors.
    iti : ndarray, shape (T, J)
        Transfer index of each country.
    controls : dict of str to ndarray, shape (T + 1, J)
        Levels of the controls.
    exported : ndarray, shape (J,)
        Emissions due to foreign demand in the first year, kt.
    developed : ndarray of bool, shape (J,)
        Development group of each country.
    """
    scaled = 1e4 * iti
    regressors = {"ln_iti": np.sign(scaled) * np.log(np.abs(scaled))}
    regressors |= {f"d_{name}": np.diff(level, axis=0) for name, level in controls.items()}
    effects = bounded_normal(generator, len(exported), SIGMA_U, bound=2.0)
    for group in (developed, ~developed):
        members = np.flatnonzero(group)
        effects[members[np.argsort(exported[members])]] = np.sort(effects[members])
    return Outcome(
        regressors=regressors,
        country_effects=effects,
        year_effects=YEAR_EFFECTS,
        errors=bounded_normal(generator, iti.shape, SIGMA_E, bound=2.0),
    )


def emission_content(flows: Flows, intensity: Array) -> Array:
    """Emissions of country i per unit of final demand for row r: (n, I), kt per million USD.

    Parameters
    ----------
    flows : Flows
        Table of one year.
    intensity : ndarray, shape (I,)
        Emissions per unit of output of each country (equation 6: one for all its sectors).
    """
    n, countries = len(flows.x), len(intensity)
    source = np.zeros((n, countries))
    country = np.repeat(np.arange(countries), n // countries)
    source[np.arange(n), country] = intensity[country]
    return Leontief(flows.Z, flows.x).solve_transposed(source)


def obey(flows: Sequence[Flows], intensity: Array, target: Array) -> tuple[list[Flows], Array]:
    """Tables whose decomposition gives the target: each year's final demand is split anew.

    Parameters
    ----------
    flows : sequence of T + 1 Flows
        Tables of all years, as grown.
    intensity : ndarray, shape (T + 1, I)
        Emissions per unit of output of each country.
    target : ndarray, shape (T, J)
        Change of emissions due to foreign demand, kt, for the first J countries.

    Returns
    -------
    list of T + 1 Flows
        The same outputs, inputs and row sums; the first table as it was.
    ndarray, shape (T, I)
        θ of every year, see :func:`split_demand`: the caller judges whether it is believable.
    """
    content = [
        emission_content(table, k) / k[_country_of_rows(table, k)][:, None]
        for table, k in zip(flows, intensity, strict=True)
    ]
    result = [flows[0]]
    odds = np.ones(len(flows[0].x))
    thetas = []
    for t in range(len(target)):
        split, theta, step = split_demand(
            before=result[-1],
            after=_resplit_sales(flows[t + 1], odds),
            intensity=(intensity[t], intensity[t + 1]),
            mean_content=0.5 * (content[t] + content[t + 1]),
            target=target[t],
        )
        odds = odds * step
        result.append(split)
        thetas.append(theta)
    return result, np.stack(thetas)


def exported_emissions(flows: Flows, content: Array) -> Array:
    """Emissions of each country due to final demand of the others: (I,), kt."""
    F = flows.Y.sum(axis=2)
    exported: Array = (content * (F.sum(axis=1, keepdims=True) - F)).sum(axis=0)
    return exported


def split_demand(
    before: Flows,
    after: Flows,
    intensity: tuple[Array, Array],
    mean_content: Array,
    target: Array,
) -> tuple[Flows, Array, Array]:
    """Split one year's final demand between home and abroad so that the target is met.

    In the carbon table of equation 6 the emissions that foreign demand adds to country i (level,
    mix and distribution of equation 23, drivers other than i) are linear in the year's final
    demand as long as row sums are kept: the terms with Δf, ΔB and ΔD of one driver add up to
    ½ Δf (s0 + s1) + ½ (f0 + f1) Δ(F / f), with s the world's mix of products. Row r sells h at
    home and a abroad; the split moves θ·h·a / (h + a) abroad, with one θ for all rows of a
    country: one (J, J) system a year.

    Parameters
    ----------
    before, after : Flows
        Tables of both years; only the final demand of ``after`` changes.
    intensity : pair of ndarray, shape (I,)
        Emissions per unit of output in both years.
    mean_content : ndarray, shape (n, I)
        ½ (L0 + L1) of the carbon tables, summed over the rows of each country (its columns).
    target : ndarray, shape (J,)
        Change of emissions due to foreign demand, kt, for the first J countries.

    Returns
    -------
    Flows
        Table with the new split: same output, same inputs, same row sums.
    ndarray, shape (I,)
        θ: all flows stay positive while it is between −1 and 1. 0 for the rest of the world.
    ndarray, shape (n,)
        Factor by which each row's ratio of sales abroad to sales at home changed.
    """
    countries, J = len(intensity[0]), len(target)
    rows, country = np.arange(len(after.x)), _country_of_rows(after, intensity[0])
    F0, F1 = before.Y.sum(axis=2), after.Y.sum(axis=2)
    home = F1[rows, country]
    abroad = F1.sum(axis=1) - home
    room = home * abroad / (home + abroad)
    shift = F1 * (room / abroad)[:, None]
    shift[rows, country] = -room

    # Carbon terms: f the world total, s the world's mix of products.
    k0, k1 = intensity[0][country, None], intensity[1][country, None]
    F0, F1, shift = k0 * F0, k1 * F1, k1 * shift
    f0, f1 = F0.sum(), F1.sum()
    mixes = F0.sum(axis=1) / f0 + F1.sum(axis=1) / f1
    per_level = 0.5 * mixes @ mean_content
    per_share = 0.5 * (f0 + f1) * mean_content

    # Own demand drives the level by Δf_i, and mix and distribution together by Δ(F_i / f); the
    # total is out of θ's reach, because row sums are.
    total = (F1 - F0).sum(axis=1) @ mean_content
    own = per_level * (F1 - F0).sum(axis=0) + (per_share * (F1 / f1 - F0 / f0)).sum(axis=0)
    response = -(per_level + per_share / f1) * shift
    response = response.reshape(countries, -1, countries).sum(axis=1).T

    theta = np.zeros(countries)
    theta[:J] = np.linalg.solve(response[:J, :J], target - (total - own)[:J])
    gain, loss = 1 + theta[country] * room / abroad, 1 - theta[country] * room / home
    return _scale_sales(after, gain, loss), theta, gain / loss


def _country_of_rows(flows: Flows, per_country: Array) -> NDArray[np.intp]:
    """Country of each row."""
    return np.repeat(np.arange(len(per_country)), len(flows.x) // len(per_country))


def _resplit_sales(flows: Flows, odds: Array) -> Flows:
    """Table whose rows sell abroad, against home, ``odds`` times as much; row sums kept."""
    F = flows.Y.sum(axis=2)
    home = F[np.arange(len(F)), _country_of_rows(flows, F[0])]
    total = F.sum(axis=1)
    loss = total / (odds * (total - home) + home)
    return _scale_sales(flows, odds * loss, loss)


def _scale_sales(flows: Flows, gain: Array, loss: Array) -> Flows:
    """Table with sales abroad times ``gain`` and sales at home times ``loss``."""
    n, countries, _ = flows.Y.shape
    factor = np.repeat(gain[:, None], countries, axis=1)
    factor[np.arange(n), _country_of_rows(flows, factor[0])] = loss
    return Flows(Z=flows.Z, Y=flows.Y * factor[:, :, None], x=flows.x)
