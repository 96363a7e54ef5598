"""Results of a decomposition, with labels: effects by factor and by whose change it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.decomposition.models import PLACES, dong2022
from ioecon.decomposition.orderings import STATISTICS, mean_steps, spread_of
from ioecon.decomposition.plan import Plan
from ioecon.errors import ArgumentError
from ioecon.printout import Printout
from ioecon.stressor import Labelled, Stressor, state_stressor

__all__ = ["Effects"]

_MEANINGS = {
    "country": "Country whose {} changed",
    "driver": "Country whose change drove it",
    "year": "Reporting year of the period",
    "factor": "Factor of the model that changed",
    "origin": "Whether the driver is the country itself (domestic) or another (foreign)",
    "effect": "Effect on the country",
}


@dataclass(frozen=True, eq=False)
class Effects:
    """What drove each country's emissions, by factor and by the country whose change it was.

    Made by :func:`decompose`.

    Parameters
    ----------
    accounting : {"carbon_table", "satellite"}
    factors : tuple of str
        Of the model, in its order; for ``dong2022`` ``technology``, ``level``, ``mix``,
        ``distribution`` and, for ``satellite``, ``intensity``.
    countries, sectors : tuple of str
        Labels of the rows; countries are also the drivers.
    periods : tuple of (int, int)
        Base year and reporting year; results are labelled by the reporting year.
    values : ndarray, shape (periods, factors, n, I)
        Effects in ``unit``: emissions of row r driven by the change in country c.
    row_changes : ndarray, shape (periods, n)
        Change in emissions of each row.
    residuals : ndarray, shape (periods,)
        Largest miss of a country's sum of effects from its change in emissions, relative to the
        largest change of any country (or to 1e-4 of the largest emissions, if that is more).
    unit : str
        Of effects and changes: ``"kt"`` for CO2.
    stressor : str
        What was decomposed: ``"CO2"``, or the name of the account. Emissions stand for it in
        these pages.
    databases : tuple of str
        Names of two databases, where the difference between them was decomposed and not a change
        over time: the second less the first. See :func:`ioecon.decompose_between`.
    solve_residuals : ndarray, shape (periods,), optional
        Where flows are in float32: what solves were refined to, in double precision; see
        :class:`ioecon.leontief.Leontief`.
    plan : Plan, optional
        Model and method; see :attr:`model` and :attr:`method`.
    states : ndarray, shape (periods, 2**factors, I), optional
        Emissions of each country where some factors are those of the reporting year already and
        the others those of the base year; bit k of a state is set where factor k is. What
        :meth:`spread` and :meth:`multiplicative` come from.
    processes : str
        Which processes computed it, with which linear algebra and threads; empty for one process.
    is_chained : bool
        Whether effects are sums over the years of each period; see :meth:`chained`.
    """

    accounting: str
    factors: tuple[str, ...]
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    periods: tuple[tuple[int, int], ...]
    values: Array
    row_changes: Array
    residuals: Array
    unit: str = "kt"
    stressor: str = "CO2"
    databases: tuple[str, ...] = ()
    solve_residuals: Array | None = None
    processes: str = ""
    plan: Plan | None = None
    states: Array | None = None
    is_chained: bool = False

    def __post_init__(self) -> None:
        arrays = self.values, self.row_changes, self.residuals, self.solve_residuals, self.states
        for array in arrays:
            if array is not None:
                array.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come back from a pickle writeable

    @property
    def years(self) -> tuple[int, ...]:
        """Reporting years."""
        return tuple(last for _, last in self.periods)

    @property
    def residual(self) -> float:
        """Largest relative miss of the identity in any period."""
        return float(self.residuals.max())

    @property
    def model(self) -> str:
        """Name of the model."""
        return "dong2022" if self.plan is None else self.plan.model.name

    @property
    def method(self) -> str:
        """Name of the method."""
        return "two_polar" if self.plan is None else self.plan.method

    def chained(self) -> Effects:
        """Effects from the first year to each later one: sums over the periods between.

        Returns
        -------
        Effects
            Its periods all begin in the first year, and its effects sum to the change from there.
            Beside it stands the unchained form, which compares the two years alone:
            ``decompose(..., periods=[(first, last)])``.

        Raises
        ------
        ArgumentError
            If the periods do not follow each other.

        Notes
        -----
        Where national totals are shared by a country's sectors in proportion to output and periods
        are in prices of the year before, a year's shares differ between the two tables it has:
        sums over sectors are exact, single sectors then change by the shares of each period's
        prices.
        """
        order = np.argsort(self.years)
        periods = [self.periods[at] for at in order]
        gaps = [a for a, b in pairwise(periods) if a[1] != b[0]]
        if gaps or self.databases:
            raise ArgumentError(
                f"No period begins where {gaps[0][0]}–{gaps[0][1]} ends, so there is no chain; "
                "decompose consecutive years."
                if gaps
                else "A difference between two databases is no period and has no chain."
            )
        first = periods[0][0]
        solved = self.solve_residuals
        return replace(
            self,
            periods=tuple((first, last) for _, last in periods),
            values=np.cumsum(self.values[order], axis=0),
            row_changes=np.cumsum(self.row_changes[order], axis=0),
            residuals=np.maximum.accumulate(self.residuals[order]),
            solve_residuals=None if solved is None else np.maximum.accumulate(solved[order]),
            states=None,
            is_chained=True,
        )

    def spread(self) -> pd.DataFrame:
        """How far effects depend on the order in which the factors change, over all orders.

        Returns
        -------
        DataFrame
            Index (country, year), columns (factor, statistic) in ``unit``: ``mean`` (the Shapley
            effect), ``min``, ``max`` and ``sd`` of the effect of all drivers over all n!
            orderings of the factors, each counted once.

        Raises
        ------
        ArgumentError
            If the method is not one of orderings.

        Notes
        -----
        All are exact, from 2ⁿ states and without a loop over orderings: in an ordering, the effect
        of a factor depends on which others are before it only (Dietzenbacher and Los 1998).
        """
        found = spread_of(self._require_states())
        columns = pd.MultiIndex.from_product(
            [self.factors, STATISTICS], names=["factor", "statistic"]
        )
        flat = found.transpose(3, 0, 1, 2).reshape(-1, len(columns))
        return self._state(
            pd.DataFrame(flat, index=self._index(("country", "year")), columns=columns)
        )

    def multiplicative(self) -> pd.DataFrame:
        """Factors whose product is each country's emissions relative to those of the base year.

        Returns
        -------
        DataFrame
            Index (country, year), columns factor, without unit: exp Σ_S w_k(S) Δ_k(S), with
            Δ_k(S) the step of ln(emissions) and the weights of :attr:`method`, a geometric mean
            over the same orderings.

        Raises
        ------
        ArgumentError
            If a country's emissions are not above zero in some state, or the method is not one of
            orderings.
        """
        states = self._require_states()
        if not np.all(states > 0):
            period, _, country = np.argwhere(~(states > 0))[0]
            raise ArgumentError(
                f"Emissions of {self.countries[country]} are not above zero in every state between "
                f"{self.periods[period][0]} and {self.periods[period][1]}, so no factors multiply "
                "to their ratio; take the effects themselves."
            )
        assert self.plan is not None
        found = np.exp(mean_steps(np.log(states), self.plan.weights))
        return pd.DataFrame(
            found.transpose(2, 0, 1).reshape(-1, len(self.factors)),
            index=self._index(("country", "year")),
            columns=pd.Index(self.factors, name="factor"),
        )

    def _require_states(self) -> Array:
        if self.is_chained:
            raise ArgumentError(
                "Chained effects are sums over periods, each with orderings of its own: ask the "
                "effects that were chained."
            )
        if self.states is None:
            raise ArgumentError(
                f"method={self.method!r} is no mean over orders of the factors; take "
                "method='shapley'."
            )
        return self.states

    def by_country(self) -> pd.DataFrame:
        """Effects on each country's emissions, domestic and foreign.

        Returns
        -------
        DataFrame
            Index (country, year), columns (factor, origin); in ``unit``. ``domestic`` is the effect
            of the country's own changes, ``foreign`` of all the others'.
        """
        blocks = self._sum_by_country()
        own = np.einsum("pfcc->pfc", blocks)
        return self._join_origins(own, blocks.sum(axis=3) - own, ("country", "year"))

    def by_sector(self) -> pd.DataFrame:
        """Effects on each sector's emissions, domestic and foreign.

        Returns
        -------
        DataFrame
            Index (country, sector, year), columns (factor, origin); in ``unit``.
        """
        own_column = np.repeat(np.arange(len(self.countries)), len(self.sectors))
        rows = np.arange(len(own_column))
        own = self.values[:, :, rows, own_column]
        return self._join_origins(own, self.values.sum(axis=3) - own, ("country", "sector", "year"))

    def bilateral(self, factor: str = "total", year: int | None = None) -> pd.DataFrame:
        """Who drove whose emissions.

        Parameters
        ----------
        factor : str
            One of :attr:`factors`, ``"demand"`` (all of final demand), ``"inputs"`` or ``"total"``.
        year : int, optional
            Reporting year; without it all periods are returned.

        Returns
        -------
        DataFrame
            Rows are the countries that emit (with ``year`` as second level unless one is given),
            columns the countries whose change drove it; in ``unit``.
        """
        chosen = self._sum_by_country()[:, self._positions_of_factor(factor)].sum(axis=1)
        frame = pd.DataFrame(
            self._join_country_major(chosen),
            index=self._index(("country", "year")),
            columns=pd.Index(self.countries, name="driver"),
        )
        if year is None:
            return self._state(frame)
        if year not in self.years:
            raise KeyError(f"No period ends in {year}; they end in {list(self.years)}.")
        return self._state(frame.xs(year, level="year"))

    def change(self) -> pd.Series:
        """Change in each country's emissions, index (country, year)."""
        changes = self.row_changes.reshape(len(self.periods), len(self.countries), -1).sum(axis=2)
        index = self._index(("country", "year"))
        return self._state(pd.Series(changes.T.ravel(), index=index, name="change"))

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: one row per country, driver, year and factor.

        Returns
        -------
        DataFrame
            Columns country, driver, year, factor, origin, effect (in ``unit``).
        """
        years = [str(year) for year in self.years]
        index = pd.MultiIndex.from_product(
            [years, self.factors, self.countries, self.countries],
            names=["year", "factor", "country", "driver"],
        )
        frame = pd.Series(self._sum_by_country().ravel(), index=index, name="effect").reset_index()
        frame["year"] = frame["year"].astype(int)
        same = frame["country"] == frame["driver"]
        frame["origin"] = np.where(same, "domestic", "foreign")
        what = Stressor(self.stressor, self.unit).phrase
        return label_columns(
            self._state(frame[[*_MEANINGS]]),
            self._printout().title,
            {name: meaning.format(what) for name, meaning in _MEANINGS.items()},
            units={"effect": self.unit},
            accounting=self.accounting,
        )

    def summary(self) -> str:
        """Text for people: what the effects add up to over all countries and periods."""
        return self._printout().text()

    def _printout(self) -> Printout:
        effects = self.by_country()
        if self.is_chained:  # each period holds those before it
            effects = effects.xs(self.years[-1], level="year")
        sums = effects.sum().to_numpy().reshape(len(self.factors), 2)
        totals = pd.DataFrame(sums, index=self.factors, columns=["domestic", "foreign"])
        totals["all"] = totals.sum(axis=1)
        what = Stressor(self.stressor, self.unit)
        moved = "difference" if self.databases else "change"
        totals.loc[f"{moved} in {what.phrase}"] = totals.sum()
        of = "" if what.is_co2 else f"{what.name}, "
        when = f"{self.periods[0][0]}–{self.periods[-1][1]}"
        when += ", chained" if self.is_chained else ""
        if self.databases:
            when = f"{' less '.join(reversed(self.databases))}, {self.periods[0][0]}"
        way = self.accounting
        if (self.model, self.method) != ("dong2022", "two_polar"):
            way = f"{self.model}, {self.method}, {self.accounting}"
        title = (
            f"Structural decomposition ({way}), {of}{len(self.countries)} countries, "
            f"{when}, sums over all countries in {self.unit}"
        )
        note = f"Largest relative miss of the identity: {self.residual:.1e}"
        if self.solve_residuals is not None:
            note += f"; solves in float32, refined to {self.solve_residuals.max():.1e}"
        return Printout(title, {"": totals}, note, decimals=0)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _sum_by_country(self) -> Array:
        """Effects summed over sectors, shape (periods, factors, I, I)."""
        countries, sectors = len(self.countries), len(self.sectors)
        shape = (len(self.periods), len(self.factors), countries, sectors, countries)
        return self.values.reshape(shape).sum(axis=3)

    def _positions_of_factor(self, factor: str) -> list[int]:
        if factor == "total":
            return list(range(len(self.factors)))
        names: Sequence[str] = (factor,)
        if factor not in self.factors and factor in PLACES:
            factors = dong2022.factors if self.plan is None else self.plan.model.factors
            names = [each.name for each in factors if each.place == factor]
        if not names or names[0] not in self.factors:
            known = [*self.factors, *PLACES, "total"]
            raise KeyError(f"There is no factor {factor!r}; there are {', '.join(known)}.")
        return [self.factors.index(name) for name in names]

    def _index(self, names: tuple[str, ...]) -> pd.MultiIndex:
        levels = {"country": self.countries, "sector": self.sectors, "year": self.years}
        return pd.MultiIndex.from_product([levels[name] for name in names], names=names)

    @staticmethod
    def _join_country_major(values: Array) -> Array:
        """(periods, rows, columns) to (rows × periods, columns)."""
        return np.swapaxes(values, 0, 1).reshape(-1, values.shape[-1])

    def _join_origins(self, own: Array, foreign: Array, names: tuple[str, ...]) -> pd.DataFrame:
        """Columns (factor, origin) from two arrays of shape (periods, factors, rows)."""
        both = np.stack([own, foreign], axis=2)  # periods, factors, origins, rows
        flat = both.transpose(3, 0, 1, 2).reshape(-1, 2 * len(self.factors))
        columns = pd.MultiIndex.from_product(
            [self.factors, ["domestic", "foreign"]], names=["factor", "origin"]
        )
        return self._state(pd.DataFrame(flat, index=self._index(names), columns=columns))

    def _state(self, values: Labelled) -> Labelled:
        return state_stressor(values, self.stressor, self.unit)
