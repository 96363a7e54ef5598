"""The embedded fictional world: tables, emissions, controls and groups with known true effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.datasets.world_controls import control_frame, draw_controls, population
from ioecon.datasets.world_draws import stream
from ioecon.datasets.world_outcome import (
    COEFFICIENTS,
    SIGMA_E,
    SIGMA_U,
    Outcome,
    draw_outcome,
    emission_content,
    exported_emissions,
    obey,
)
from ioecon.datasets.world_tables import (
    CATEGORIES,
    YEARS,
    Atlas,
    Flows,
    Path,
    base_flows,
    grow,
    next_flows,
)
from ioecon.datasets.world_teaching import LESSONS, Lesson, teaching_frame
from ioecon.emissions import Account
from ioecon.errors import IoeconError
from ioecon.series import IOSeries
from ioecon.table import IOTable

__all__ = ["Truth", "World", "load_world"]

Labelled = TypeVar("Labelled", pd.Series, pd.DataFrame)

DEFAULT_SEED = 4
_ATTEMPTS = 50
_BELIEVABLE = 0.75  # largest shift θ of final demand between home and abroad in one year

# Mean over seeds 0 to 499 of pooled least squares on the formula of the truth, year effects left
# out; tests/ioecon/test_world.py recomputes it on fewer seeds.
POOLED_LIMIT = {
    "Intercept": 2.71,
    "ln_iti": -0.193,
    "d_gdp_pc": 0.00198,
    "d_urban": 3.75,
    "d_alt_nuclear": -0.419,
    "d_elec_pc": 0.00692,
    "d_energy_per_gdp": 0.0171,
}


class _Estimates(Protocol):
    @property
    def params(self) -> pd.Series: ...

    @property
    def std_errors(self) -> pd.Series: ...


@dataclass(frozen=True, eq=False)
class Truth:
    """What is true in the fictional world, for comparing with what is estimated.

    Attributes
    ----------
    formula : str
        The outcome equation. It holds exactly in the panel of ``ioecon.build_panel`` with the
        default accounting, with country effects, year effects and errors added.
    coefficients : pandas.Series
        True constant and slopes, per unit of the panel's columns. Effects by country have mean
        zero in expectation, those by year exactly (over 2001 to 2009).
    sigma_u, sigma_e : float
        Standard deviations from which country effects and errors are drawn. Both are independent
        of the regressors: pooled, random- and fixed-effects estimators are consistent as long as
        year effects are included.
    pooled_limit : pandas.Series
        Where pooled least squares *without* year effects ends up: the slump lowers incomes,
        electricity use and the outcome together.
    country_effects : pandas.Series, index country
    year_effects : pandas.Series, index year
    errors : pandas.Series, index (country, year)
    panel : pandas.DataFrame, index (country, year)
        ``ddfc`` (kt), ``ln_ddfc``, ``ln_iti`` and the changes of controls, as drawn: what
        ``build_panel`` has to find in the tables.
    transfer : pandas.DataFrame, index (country, sector, year)
        ``growth``, ``world_growth`` and ``iti`` of output as drawn: what
        ``transfer_index(series).by_sector()`` has to find.
    lessons : mapping of str to Lesson
        What is true of each outcome of ``World.teaching``.
    """

    formula: str
    coefficients: pd.Series
    sigma_u: float
    sigma_e: float
    pooled_limit: pd.Series
    country_effects: pd.Series
    year_effects: pd.Series
    errors: pd.Series
    panel: pd.DataFrame
    transfer: pd.DataFrame
    lessons: Mapping[str, Lesson]

    def compare(self, model: _Estimates, column: str = "ln_ddfc") -> pd.DataFrame:
        """Put estimates beside the truth.

        Parameters
        ----------
        model : object with ``params`` and ``std_errors``
            A fitted model, for example of ``regressions.fit``; regressors that the truth does
            not know are left out.
        column : str
            ``"ln_ddfc"`` or an outcome of the teaching frame.

        Returns
        -------
        pandas.DataFrame, index regressor
            ``truth``, ``estimate``, ``std_error`` and ``distance``, the difference in standard
            errors.

        Raises
        ------
        IoeconError
            If nothing is known of the column.

        Examples
        --------
        >>> from types import SimpleNamespace
        >>> estimates = pd.Series({"x1": 1.1}), pd.Series({"x1": 0.05})
        >>> model = SimpleNamespace(params=estimates[0], std_errors=estimates[1])
        >>> load_world().truth.compare(model, "y_re").round(2).to_dict("index")
        {'x1': {'truth': 1.0, 'estimate': 1.1, 'std_error': 0.05, 'distance': 2.0}}
        """
        if column == "ln_ddfc":
            known = self.coefficients
        elif column in self.lessons:
            known = pd.Series(dict(self.lessons[column].coefficients))
        else:
            raise IoeconError(
                f"Nothing is known of '{column}'; choose ln_ddfc or {', '.join(self.lessons)}."
            )
        names = [name for name in model.params.index if name in known.index]
        frame = pd.DataFrame(
            {
                "truth": known[names],
                "estimate": model.params[names],
                "std_error": model.std_errors[names],
            }
        )
        frame["distance"] = (frame["estimate"] - frame["truth"]) / frame["std_error"]
        return frame

    def to_frame(self) -> pd.DataFrame:
        """Put true coefficients beside the limit of pooled least squares without year effects."""
        return pd.DataFrame({"truth": self.coefficients, "pooled_limit": self.pooled_limit})

    def summary(self) -> str:
        """Text for people: the outcome equation and its parameters."""
        return (
            f"{self.formula} + country effects (sd {self.sigma_u:g}) + year effects + errors "
            f"(sd {self.sigma_e:g}), both independent of the regressors. Slopes: "
            + ", ".join(f"{name} {value:g}" for name, value in self.coefficients.items())
            + ". Year effects: "
            + ", ".join(f"{year} {value:+.2f}" for year, value in self.year_effects.items())
            + "."
        )

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>{self.to_frame().to_html()}"


@dataclass(frozen=True, eq=False)
class World:
    """A fictional world: everything ``ioecon`` needs, from one documented process.

    Attributes
    ----------
    series : IOSeries
        Tables in million current USD: 30 countries and ROW, 12 sectors, 3 categories.
    emissions : pandas.Series, index (country, year)
        National CO2 emissions, kt.
    account : Account
        The same by sector.
    controls : pandas.DataFrame, index (country, year)
        ``gdp_pc``, ``urban``, ``alt_nuclear``, ``elec_pc``, ``energy_per_gdp``; units in
        ``attrs["units"]``. ROW has none.
    groups : pandas.DataFrame, index country
        ``developed`` (bool); ROW belongs to no group.
    names : pandas.Series, index country
        Names of the countries.
    population : pandas.Series, index (country, year)
        Persons.
    teaching : pandas.DataFrame, index (country, year)
        Regressors x1, x2 and one outcome per textbook situation; see ``truth.lessons``.
    truth : Truth
        The true effects.
    seed : int
        Seed it was drawn with.
    """

    series: IOSeries
    emissions: pd.Series
    account: Account
    controls: pd.DataFrame
    groups: pd.DataFrame
    names: pd.Series
    population: pd.Series
    teaching: pd.DataFrame
    truth: Truth
    seed: int

    def summary(self) -> str:
        """Text for people: size, orders of magnitude, groups."""
        years = self.series.years
        first, last = self.series[years[0]], self.series[years[-1]]
        by_year = self.emissions.groupby(level="year").sum()
        developed = int(self.groups["developed"].sum())
        return (
            f"Fictional world, seed {self.seed}: {len(self.groups)} countries ({developed} "
            f"developed, {len(self.groups) - developed} developing) and ROW, "
            f"{len(self.series.sectors)} sectors, {years[0]}-{years[-1]}. World output "
            f"{first.x.sum() / 1e6:.1f} to {last.x.sum() / 1e6:.1f} trillion {first.currency}, "
            f"emissions {by_year[years[0]] / 1e6:.1f} to {by_year[years[-1]] / 1e6:.1f} Gt CO2."
        )

    def __reduce__(self) -> tuple[partial[World], tuple[()]]:
        # Seed and years determine every number.
        return partial(load_world, seed=self.seed, years=self.series.years), ()

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<World: {self.summary()}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>"


def load_world(*, seed: int = DEFAULT_SEED, years: Iterable[int] = YEARS) -> World:
    """Make the fictional world: balanced tables, emissions and controls with known true effects.

    Thirty invented countries (codes beginning with X, which ISO 3166 leaves to users) and the
    rest of the world trade in twelve sectors through a boom and the slump of 2009. The process
    is described, with formulas, in ``docs/world.md``.

    Parameters
    ----------
    seed : int
        Countries, technology and tastes are the same for every seed; comparative advantage,
        growth, intensities, controls and errors are drawn anew.
    years : iterable of int
        Consecutive years between 2000 and 2009. Fewer years are cut from the same world.

    Returns
    -------
    World
        Deterministic: the same seed gives the same world on every machine, up to rounding in
        the last digits.

    Raises
    ------
    IoeconError
        If the years are not consecutive or outside 2000 to 2009, or the seed is negative.

    Examples
    --------
    >>> world = load_world()
    >>> len(world.series.countries), len(world.series.sectors), world.series.years[-1]
    (31, 12, 2009)
    >>> world.truth.coefficients["ln_iti"]
    np.float64(-0.12)
    >>> world.names["XAD"]
    'Aldermark'
    """
    chosen = _check_years(years)
    if seed < 0:
        raise IoeconError(f"A seed is zero or a positive number, not {seed}.")
    atlas = Atlas.read()
    first = base_flows(atlas, seed)
    path = grow(atlas, seed, first.x)
    flows = [first]
    for period in range(len(YEARS) - 1):
        output = path.output[period + 1].ravel()
        flows.append(next_flows(atlas, seed, flows[-1], first, output, period))
    controls = draw_controls(atlas, seed, _value_added(flows, atlas))
    flows, outcome = _draw_outcome(atlas, seed, flows, path, controls)

    account = _make_account(atlas, path, chosen)
    codes = list(atlas.countries.index)
    panel_codes = codes[:-1]
    countries = pd.Index(panel_codes, name="country")
    groups = pd.DataFrame({"developed": atlas.developed[:-1]}, index=countries)
    people = _index_by_country_and_year(panel_codes, YEARS, population(atlas)).rename("population")
    return World(
        series=IOSeries(
            {year: _make_table(atlas, flows[year - YEARS[0]], year) for year in chosen}
        ),
        emissions=account.totals(),
        account=account,
        controls=_cut_years(control_frame(atlas, controls), chosen),
        groups=groups,
        names=atlas.countries["name"].rename_axis("country"),
        population=_cut_years(people, chosen),
        teaching=_cut_years(teaching_frame(seed, panel_codes, YEARS[1:]), chosen[1:]),
        truth=_compute_truth(atlas, path, outcome, chosen[1:]),
        seed=seed,
    )


def _check_years(years: Iterable[int]) -> tuple[int, ...]:
    chosen = tuple(sorted({int(year) for year in years}))
    if not chosen or chosen != tuple(range(chosen[0], chosen[-1] + 1)):
        raise IoeconError(f"The years must be consecutive, not {list(chosen)}.")
    if chosen[0] < YEARS[0] or chosen[-1] > YEARS[-1]:
        raise IoeconError(
            f"The fictional world has the years {YEARS[0]} to {YEARS[-1]}, "
            f"not {chosen[0]} to {chosen[-1]}."
        )
    return chosen


def _value_added(flows: list[Flows], atlas: Atlas) -> Array:
    """Value added of each country of the panel: (T + 1, J)."""
    added = np.stack([table.value_added.reshape(atlas.size).sum(axis=1) for table in flows])
    return added[:, :-1]


def _draw_outcome(
    atlas: Atlas, seed: int, flows: list[Flows], path: Path, controls: dict[str, Array]
) -> tuple[list[Flows], Outcome]:
    """Draw the outcome until the tables can obey it with believable shifts of demand.

    About one seed in fifteen needs a second draw.
    """
    intensity = path.country_intensity
    content = emission_content(flows[0], intensity[0])
    exported = exported_emissions(flows[0], content)[:-1]
    for attempt in range(_ATTEMPTS):
        generator = stream(seed, f"outcome, attempt {attempt}")
        outcome = draw_outcome(
            generator, path.iti[:, :-1], controls, exported, atlas.developed[:-1]
        )
        obedient, theta = obey(flows, intensity, outcome.ddfc)
        if np.abs(theta).max() <= _BELIEVABLE:
            return obedient, outcome
    raise IoeconError(f"No believable world was found for seed {seed}; choose another seed.")


def _make_table(atlas: Atlas, flows: Flows, year: int) -> IOTable:
    n = len(flows.x)
    return IOTable(
        Z=flows.Z,
        Y=flows.Y.reshape(n, -1),
        countries=tuple(atlas.countries.index),
        sectors=tuple(atlas.sectors.index),
        categories=CATEGORIES,
        year=year,
        unit="million",
        currency="USD",
        price_basis="current",
        sector_names=tuple(atlas.sectors["name"]),
        primary_inputs=flows.value_added[None, :],
        primary_labels=("value added",),
    )


def _make_account(atlas: Atlas, path: Path, years: tuple[int, ...]) -> Account:
    index = pd.MultiIndex.from_product(
        [atlas.countries.index, atlas.sectors.index, YEARS], names=["country", "sector", "year"]
    )
    values = pd.Series(path.emissions.transpose(1, 2, 0).ravel(), index=index, name="co2_kt")
    return Account(_cut_years(values, years))


def _compute_truth(atlas: Atlas, path: Path, outcome: Outcome, years: tuple[int, ...]) -> Truth:
    codes, reporting = list(atlas.countries.index), YEARS[1:]
    panel_codes = codes[:-1]
    columns = {"ddfc": outcome.ddfc, "ln_ddfc": outcome.ln_ddfc, **outcome.regressors}
    panel = pd.DataFrame(
        {
            name: _index_by_country_and_year(panel_codes, reporting, values)
            for name, values in columns.items()
        }
    )
    index = pd.MultiIndex.from_product(
        [codes, atlas.sectors.index, reporting], names=["country", "sector", "year"]
    )
    world_growth = np.broadcast_to(path.world_growth[:, None, :], path.growth.shape)
    drawn = {"growth": path.growth, "world_growth": world_growth, "iti": path.transfer}
    transfer = pd.DataFrame(
        {name: values.transpose(1, 2, 0).ravel() for name, values in drawn.items()}, index=index
    )
    year_effects = pd.Series(outcome.year_effects, pd.Index(reporting, name="year"))
    return Truth(
        formula="ln_ddfc ~ " + " + ".join(outcome.regressors),
        coefficients=pd.Series(COEFFICIENTS, name="truth"),
        sigma_u=SIGMA_U,
        sigma_e=SIGMA_E,
        pooled_limit=pd.Series(POOLED_LIMIT, name="pooled_limit"),
        country_effects=pd.Series(
            outcome.country_effects, pd.Index(panel_codes, name="country"), name="country_effect"
        ),
        year_effects=year_effects.loc[list(years)].rename("year_effect"),
        errors=_cut_years(
            _index_by_country_and_year(panel_codes, reporting, outcome.errors), years
        ).rename("error"),
        panel=_cut_years(panel, years),
        transfer=_cut_years(transfer, years),
        lessons=LESSONS,
    )


def _index_by_country_and_year(
    codes: list[str], years: tuple[int, ...], values: Array
) -> pd.Series:
    """Values (years, countries) as a Series indexed (country, year)."""
    index = pd.MultiIndex.from_product([codes, years], names=["country", "year"])
    return pd.Series(values.T.ravel(), index=index)


def _cut_years(data: Labelled, years: tuple[int, ...]) -> Labelled:
    """Rows of the chosen years."""
    return data[data.index.get_level_values("year").isin(years)]
