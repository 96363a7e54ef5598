"""Industrial-transfer index: how much faster than in the world a country's sectors grow.

Equations 26 to 31 of Dong, Wang and Dong. The printed (28) does not say what its sum runs over:
world growth of a sector is taken over all countries, which reproduces the published moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ioecon.alignment import Axis, aligned_numbers
from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.errors import ArgumentError, TableError
from ioecon.prices import require_same_prices
from ioecon.series import IOSeries
from ioecon.table import IOTable

__all__ = ["TransferIndex", "foreign_input", "transfer_index"]

Weights = Literal["own", "output"]


@dataclass(frozen=True, eq=False)
class TransferIndex:
    """Industrial-transfer index of every country, sector and period.

    Made by :func:`transfer_index`.

    Parameters
    ----------
    of : str
        What grows: ``"output"``, ``"foreign_input"`` or ``"given"``.
    sectors_frame : DataFrame
        Index (country, sector, year); see :meth:`by_sector`.
    solve_residual : float, optional
        For foreign inputs of tables in float32: what solves were refined to; see
        :class:`ioecon.leontief.Leontief`.
    """

    of: str
    sectors_frame: pd.DataFrame
    solve_residual: float | None = None

    def by_country(self) -> pd.DataFrame:
        """ITI_i = Σ_s w_is (S_is − S_s), index (country, year), column ``iti`` (growth per year).

        Sectors that have no growth rate contribute nothing; :attr:`left_out` counts them.
        """
        frame = self.sectors_frame
        contribution = (frame["weight"] * frame["iti"]).fillna(0.0)
        total = contribution.groupby(level=["country", "year"], sort=False).sum()
        return total.reorder_levels(["country", "year"]).to_frame("iti")

    def by_sector(self) -> pd.DataFrame:
        """Detail by sector.

        Returns
        -------
        DataFrame
            Index (country, sector, year); columns ``growth`` S_is, ``world_growth`` S_s, ``iti``
            (their difference) and ``weight``, growth per year; NaN where a sector has no growth
            rate.
        """
        return self.sectors_frame.copy()

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: columns country, sector, year, growth, world_growth, iti, weight."""
        meanings = {
            "country": "Country",
            "sector": "Sector",
            "year": "Reporting year of the period",
            "growth": "Growth of the sector in the country",
            "world_growth": "Growth of the sector in the world",
            "iti": "Industrial-transfer index of the sector: growth less world_growth",
            "weight": "Share of the sector in the country, weight of its index",
        }
        rates = dict.fromkeys(("growth", "world_growth", "iti"), "per year")
        title = f"Industrial-transfer index of {self.of.replace('_', ' ')} by sector"
        return label_columns(self.sectors_frame.reset_index(), title, meanings, units=rates)

    @property
    def left_out(self) -> pd.Series:
        """Number of sectors without a growth rate, index (country, year)."""
        missing = self.sectors_frame["iti"].isna()
        return missing.groupby(level=["country", "year"], sort=False).sum().rename("left_out")

    def summary(self) -> str:
        """Text for people: moments, and how many sectors had no growth rate."""
        moments = self.by_country()["iti"].agg(["mean", "std", "min", "max"])
        left_out, of = int(self.left_out.sum()), len(self.sectors_frame)
        return (
            f"Industrial-transfer index of {self.of.replace('_', ' ')}: "
            + ", ".join(f"{name} {value:.5f}" for name, value in moments.items())
            + f"; {left_out} of {of} sector growth rates are undefined and contribute nothing."
            + (
                f" Solves in float32, refined to {self.solve_residual:.1e}."
                if self.solve_residual is not None
                else ""
            )
        )

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>"


def transfer_index(
    series: IOSeries,
    *,
    of: Literal["output", "foreign_input"] | pd.DataFrame | ArrayLike = "output",
    weights: Weights | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
    tolerance: float = ROUNDING,
) -> TransferIndex:
    """Industrial-transfer index (D 26–31).

    S_is = (e_is,1 / e_is,0)^(1/t) − 1 is the growth per year of sector s in country i over a
    period of t years, S_s = (Σ_i e_is,1 / Σ_i e_is,0)^(1/t) − 1 that of the sector in the world,
    ITI_is = S_is − S_s and ITI_i = Σ_s w_is ITI_is with shares w of the reporting year.

    Parameters
    ----------
    series : IOSeries
        Tables of at least two years.
    of : {"output", "foreign_input"} or DataFrame or array_like
        What e is: gross output; all foreign intermediate input, direct and indirect, embodied in
        the sector's output (the foreign variant, D 31); or given numbers such as value added or
        employment: an array of shape (years, n) in the order of the series, or a DataFrame
        indexed (country, sector) with a column per year.
    weights : {"own", "output"}, optional
        Shares of e itself, or of gross output. Default: ``"own"`` for ``foreign_input`` as in
        (31), ``"output"`` otherwise as in (29).
    periods : sequence of (int, int), optional
        Base and reporting years; all consecutive years by default.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.

    Returns
    -------
    TransferIndex

    Raises
    ------
    TableError
        If given numbers do not fit the labels, a table is unsound, or the two tables of a period
        are in prices that cannot be compared.

    Notes
    -----
    A growth rate needs a positive base and a reporting value of zero or more; sectors without
    one contribute nothing and are counted. Where a given number is missing (NaN) in either year,
    the country is left out of the sector's world growth in that period too.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> index = ioecon.transfer_index(world.series)
    >>> list(index.by_country().columns)
    ['iti']
    """
    pairs = series.periods(periods)
    years = sorted({year for pair in pairs for year in pair})
    tables = {year: sound_table(series[year], tolerance=tolerance) for year in years}
    name = of if isinstance(of, str) else "given"
    if name != "given":  # given numbers grow in whatever prices they are in
        for first, last in pairs:
            require_same_prices(tables[first], tables[last])
    refined: list[float] = []
    if name == "output":
        e = {year: table.x for year, table in tables.items()}
    elif name == "foreign_input":
        e = {}
        for year, table in tables.items():
            e[year] = foreign_input(table)
            refined += [found for found in [table.leontief().residual] if found is not None]
    elif isinstance(of, str):
        raise ArgumentError(f"of is 'output', 'foreign_input' or numbers, not {of!r}.")
    else:
        e = _check_given(of, series)
    if weights not in (None, "own", "output"):
        raise ArgumentError(f"weights is 'own' or 'output', not {weights!r}.")
    own = weights == "own" or (weights is None and name == "foreign_input")
    shape = (len(series.countries), len(series.sectors))
    blocks = []
    for first, last in pairs:
        growth, world = _growth_rates(e[first].reshape(shape), e[last].reshape(shape), last - first)
        base = (e[last] if own else tables[last].x).reshape(shape)
        blocks.append(np.stack([growth, world, growth - world, _base_shares(base)], axis=-1))
    reporting = [last for _, last in pairs]
    values = np.stack(blocks, axis=2)  # countries, sectors, periods, columns
    frame = pd.DataFrame(
        values.reshape(-1, 4),
        index=pd.MultiIndex.from_product(
            [series.countries, series.sectors, reporting], names=["country", "sector", "year"]
        ),
        columns=["growth", "world_growth", "iti", "weight"],
    )
    return TransferIndex(name, frame, max(refined, default=None))


def foreign_input(table: IOTable) -> Array:
    """All foreign intermediate input, direct and indirect, in each sector's output (D 31).

    V = (L − E) diag(x) with each country's own block set to zero, summed over rows: the column
    sums need one transposed solve with I right-hand sides and no inverse.

    Parameters
    ----------
    table : IOTable
        n rows, I countries.

    Returns
    -------
    ndarray, shape (n,)
        In the unit of the table.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AAA", "BBB"], sectors=["all"], categories=["final"], year=2005)
    >>> foreign_input(table).round(2)
    array([264.03, 660.07])
    """
    countries, sectors = len(table.countries), len(table.sectors)
    home = np.repeat(np.arange(countries), sectors)
    indicator = np.zeros((table.n, countries))
    indicator[np.arange(table.n), home] = 1.0
    from_country = table.leontief().solve_transposed(indicator)  # (n, I): rows of L summed
    own = from_country[np.arange(table.n), home]
    return np.asarray((from_country.sum(axis=1) - own) * table.x)


def _growth_rates(e0: Array, e1: Array, years: int) -> tuple[Array, Array]:
    """Growth per year of each sector and of its world total, both of shape (I, S)."""

    def rate(first: Array, last: Array) -> Array:
        defined = (first > 0) & (last >= 0)  # NaN fails both
        ratio = np.divide(last, first, out=np.full_like(last, np.nan), where=defined)
        return np.asarray(ratio ** (1 / years) - 1)

    # A country that is missing in one year must be missing in both, or its gap looks like growth.
    known = np.isfinite(e0) & np.isfinite(e1)
    world = rate(e0.sum(axis=0, where=known), e1.sum(axis=0, where=known))
    return rate(e0, e1), np.broadcast_to(world, e0.shape)


def _base_shares(base: Array) -> Array:
    total = np.nansum(base, axis=1, keepdims=True)
    return np.divide(base, total, out=np.zeros_like(base), where=total != 0)


def _check_given(values: pd.DataFrame | ArrayLike, series: IOSeries) -> dict[int, Array]:
    """Given numbers per year, in the order of the rows."""
    index = pd.MultiIndex.from_product([series.countries, series.sectors])
    rows = Axis("rows", (series.countries, series.sectors), ("country", "sector"))
    years = Axis("columns", (tuple(map(str, series.years)),), ("year",))
    if isinstance(values, pd.Series):
        raise TableError(
            "The given numbers are a Series; pass a DataFrame indexed (country, sector) with a "
            "column for each year."
        )
    if isinstance(values, pd.DataFrame):
        known = values.loc[:, [str(column) in years.levels[0] for column in values.columns]]
        array = aligned_numbers(known, "the array of given numbers", [rows, years]).T
    else:
        array = aligned_numbers(values, "the array of given numbers", [years, rows])
    if np.isinf(array).any():
        position, row = np.argwhere(np.isinf(array))[0]
        raise TableError(
            f"The given number of {' '.join(index[row])} in {series.years[position]} is infinite; "
            "give NaN where a number is not known."
        )
    return dict(zip(series.years, array, strict=True))
