"""Decompose changes in emissions or another stressor over a series of tables; labelled results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ioecon.arrays import TOLERANCE, Array
from ioecon.audit import ROUNDING
from ioecon.column_labels import label_columns
from ioecon.decomposition.backends import count_jobs
from ioecon.decomposition.chunks import solve_in_processes
from ioecon.decomposition.periods import Question, solve_periods, sum_sectors
from ioecon.decomposition.two_polar import factors_of
from ioecon.emissions.by_sector import (
    Emissions,
    WithoutOutput,
    check_emissions,
)
from ioecon.errors import ArgumentError, IdentityError
from ioecon.printout import Printout
from ioecon.series import IOSeries
from ioecon.stressor import Labelled, Stressor, state_stressor

__all__ = ["Effects", "decompose"]

FLOOR = 1e-4  # a change below this share of the largest emissions counts as this much
_MEANINGS = {
    "country": "Country whose {} changed",
    "driver": "Country whose change drove it",
    "year": "Reporting year of the period",
    "factor": "What changed: technology, level, mix, distribution or intensity",
    "origin": "Whether the driver is the country itself (domestic) or another (foreign)",
    "effect": "Effect on the country",
}
_GROUPS = {"demand": ("level", "mix", "distribution")}


@dataclass(frozen=True, eq=False)
class Effects:
    """What drove each country's emissions, by factor and by the country whose change it was.

    Made by :func:`decompose`.

    Parameters
    ----------
    accounting : {"carbon_table", "satellite"}
    factors : tuple of str
        ``technology``, ``level``, ``mix``, ``distribution`` and, for ``satellite``,
        ``intensity``.
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
    processes : str
        Which processes computed it, with which linear algebra and threads; empty for one process.
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

    def __post_init__(self) -> None:
        for array in (self.values, self.row_changes, self.residuals, self.solve_residuals):
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
            One of :attr:`factors`, ``"demand"`` (level, mix and distribution) or ``"total"``.
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
        sums = self.by_country().sum().to_numpy().reshape(len(self.factors), 2)
        totals = pd.DataFrame(sums, index=self.factors, columns=["domestic", "foreign"])
        totals["all"] = totals.sum(axis=1)
        what = Stressor(self.stressor, self.unit)
        moved = "difference" if self.databases else "change"
        totals.loc[f"{moved} in {what.phrase}"] = totals.sum()
        of = "" if what.is_co2 else f"{what.name}, "
        when = f"{self.periods[0][0]}–{self.periods[-1][1]}"
        if self.databases:
            when = f"{' less '.join(reversed(self.databases))}, {self.periods[0][0]}"
        title = (
            f"Structural decomposition ({self.accounting}), {of}{len(self.countries)} countries, "
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
        names = _GROUPS.get(factor, (factor,))
        if names[0] not in self.factors:
            known = [*self.factors, *_GROUPS, "total"]
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


def decompose(
    series: IOSeries,
    emissions: Emissions,
    *,
    accounting: str = "carbon_table",
    periods: Sequence[tuple[int, int]] | None = None,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
    n_jobs: int | None = None,
    backend: str = "loky",
) -> Effects:
    """Two-polar structural decomposition of changes in emissions, domestic and foreign.

    Equations 1 to 25 of Dong, Wang and Dong. The effects on a country's emissions sum to their
    change exactly; this is checked for every country and period.

    Parameters
    ----------
    series : IOSeries
        Tables of at least two years. The two of a period must be in the same prices, for example
        t − 1 in current prices and t in those of t − 1, or both in current prices.
    emissions : Series or Account
        National totals indexed (country, year), or an account by (country, sector, year): CO2 in
        kt, or any extensive stressor that says its name and unit; see :class:`ioecon.Account`.
    accounting : {"carbon_table", "satellite"}
        ``carbon_table`` (the paper): each year's table is multiplied by its emission intensities
        and decomposed, so that changes in intensity appear inside technology and demand.
        ``satellite`` (the field's standard): c = diag(e) L y with an effect of its own for
        intensity.
    periods : sequence of (int, int), optional
        Base and reporting years; all consecutive years of the series by default.
    tolerance : float
        Breaks of an accounting identity up to this share of world output are carried with a
        warning, larger ones refused; see :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        What to do with emissions that an account gives to a sector without output.
    n_jobs : int, optional
        Most processes that solve periods side by side, -1 for all there are; by default this one,
        or all workers of a cluster that ``backend`` names.
    backend : {"loky", "dask", "ray"}
        What the processes are: joblib's on this machine, or workers of the Dask client or the Ray
        cluster in use (of one that is started on this machine for the time, where there is none).

    Returns
    -------
    Effects

    Raises
    ------
    EmissionsError
        If a country or year has no emissions, or a sector has output and no emissions, or
        negative ones, where the carbon table needs them.
    TableError
        If the tables of a period are in prices that cannot be compared.
    UnsoundTableError
        If a table breaks an accounting identity by more than ``tolerance``.
    PrecisionError
        If a table in float32 is too badly conditioned for it; take float64.
    IdentityError
        If the effects do not sum to the change to 1e-10 of the largest change.
    BackendError
        If a process ends before it has answered, for example for lack of memory.

    Notes
    -----
    One LU factorisation of (E − A) per year serves all periods that the year borders, and both
    accountings as long as it is kept (:func:`ioecon.leontief.set_factorisation_memory`). No two
    are needed at once: beyond the tables and the effects, memory is one matrix of the size of Z.
    Tables in float32 are factorised in float32 and their solves refined to double precision.

    Several processes share the threads of BLAS that this one has. Each opens the tables where they
    are stored; those that are not are written to a temporary folder (of ``TMPDIR``), which workers
    on other machines do not see: for them, write the series where all do
    (:func:`ioecon.write_series`) and read it from there. Results, warnings and errors are those of
    one process with as many threads as each has, to the last bit.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> effects = ioecon.decompose(world.series, world.emissions, accounting="satellite")
    >>> effects.factors
    ('technology', 'level', 'mix', 'distribution', 'intensity')
    >>> total = effects.by_country().sum(axis=1)
    >>> bool(abs(total - effects.change()).max() < 1e-6)
    True
    """
    if accounting not in ("carbon_table", "satellite"):
        raise ArgumentError(f"accounting is 'carbon_table' or 'satellite', not {accounting!r}.")
    most = count_jobs(n_jobs, backend)
    pairs = series.periods(periods)
    checked = check_emissions(emissions)  # once, for all years
    checked.require_coverage(series.countries, {year for pair in pairs for year in pair})

    size = len(series.countries), len(series.sectors)
    question = Question(checked, accounting, tolerance, without_output)
    if most == 1 or len(pairs) == 1:
        solved, processes = solve_periods(series, size, pairs, question), ""
    else:
        solved, processes = solve_in_processes(
            series, size, pairs, question, backend=backend, most=most
        )
    return Effects(
        accounting=accounting,
        factors=factors_of(accounting),
        countries=series.countries,
        sectors=series.sectors,
        periods=pairs,
        values=solved.values,
        row_changes=solved.row_changes,
        residuals=measure_residuals(
            solved.values,
            solved.row_changes,
            solved.largest,
            series.countries,
            pairs,
            checked.stressor,
        ),
        unit=checked.stressor.unit,
        stressor=checked.stressor.name,
        solve_residuals=join_residuals(solved.residuals),
        processes=processes,
    )


def join_residuals(found: Sequence[float | None]) -> Array | None:
    """Residuals that solves were refined to, by period; None where all flows are in float64."""
    if all(each is None for each in found):
        return None
    return np.array([0.0 if each is None else each for each in found])


def measure_residuals(
    values: Array,
    row_changes: Array,
    largest_emissions: Array,
    countries: tuple[str, ...],
    periods: tuple[tuple[int, int], ...],
    stressor: Stressor,
) -> Array:
    """Relative miss of the identity in each period, or IdentityError."""
    wanted = sum_sectors(row_changes, len(countries))
    misses = np.abs(sum_sectors(values.sum(axis=(1, 3)), len(countries)) - wanted)
    misses = np.nan_to_num(misses, nan=np.inf)
    # Where hardly anything changes, the last bits of the emissions are all there is to miss.
    scale = np.maximum(np.abs(wanted).max(axis=1), FLOOR * largest_emissions)
    relative: Array = misses.max(axis=1) / np.where(scale > 0, scale, 1.0)
    if np.any(relative > TOLERANCE):
        period = int(np.argmax(relative))
        country = countries[int(np.argmax(misses[period]))]
        first, last = periods[period]
        raise IdentityError(
            f"The effects on {country}, {first}–{last}, miss its change in {stressor.phrase} by "
            f"{misses[period].max():.3g} {stressor.unit} ({relative[period]:.1e} of the largest "
            "change). The table's rows do not add up to its output: use output='row_sums'."
        )
    return relative
