"""Hypothetical extraction: what is lost without some sectors, countries or trade links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.decomposition.economy import require_whole_world
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import ArgumentError
from ioecon.factor_use import FactorUse
from ioecon.printout import Printout
from ioecon.supply_chains.choice import Choice, choose_positions, choose_rows, name_choice
from ioecon.supply_chains.flows import Flows
from ioecon.supply_chains.removal import solve_without_block, solve_without_sectors
from ioecon.table import IOTable

__all__ = ["Extraction", "extraction"]

Links: TypeAlias = Literal["all", "backward", "forward"]


@dataclass(frozen=True, eq=False)
class Extraction:
    """What is lost when part of a table is hypothetically taken out.

    Made by :func:`ioecon.extraction`.

    Parameters
    ----------
    countries, sectors : tuple of str
        Labels of the rows.
    year : int
    extracted : str
        What is taken out, in words.
    before, after : ndarray, shape (n,)
        Output with and without it, in ``currency``.
    value_added, intensity : ndarray, shape (n,)
        Value added, and the account, per unit of output; without an account both are the same.
    currency : str
    unit, stressor : str
        Of the account.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    year: int
    extracted: str
    before: Array
    after: Array
    value_added: Array
    intensity: Array
    currency: str
    unit: str
    stressor: str

    def __post_init__(self) -> None:
        for array in (self.before, self.after, self.value_added, self.intensity):
            array.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come back from a pickle writeable

    def to_frame(self) -> pd.DataFrame:
        """Losses of every row.

        Returns
        -------
        DataFrame
            Index (country, sector); columns output (before), output_lost, value_added_lost, in
            ``currency``, account_lost, in ``unit``, and share_lost, of output.
        """
        index = pd.MultiIndex.from_product(
            [self.countries, self.sectors], names=["country", "sector"]
        )
        lost = self.before - self.after
        frame = pd.DataFrame(
            {
                "output": self.before,
                "output_lost": lost,
                "value_added_lost": self.value_added * lost,
                "account_lost": self.intensity * lost,
            },
            index=index,
        )
        return self._complete(frame)

    def by_country(self) -> pd.DataFrame:
        """Losses of every country: index country, columns as :meth:`to_frame`."""
        frame = self.to_frame().drop(columns="share_lost")
        return self._complete(frame.groupby("country", sort=False).sum())

    def world(self) -> pd.Series:
        """Losses of the whole world, entries as the columns of :meth:`to_frame`."""
        sums = self.to_frame().drop(columns="share_lost").sum()
        sums["share_lost"] = sums["output_lost"] / sums["output"]
        return sums.rename(self.extracted)

    def summary(self) -> str:
        """Text for people: the countries that lose most."""
        return self._printout().text()

    def _printout(self) -> Printout:
        frame = self.by_country().drop(columns="share_lost")
        most = frame.sort_values("output_lost", ascending=False, kind="stable").head(10)
        lost = self.world()
        note = (
            f"The world loses {lost['output_lost']:,.1f} {self.currency} of output "
            f"({100 * lost['share_lost']:.2f} %); account: {self.stressor}, {self.unit}."
        )
        return Printout(self._title(), {"": most}, note)

    def _title(self) -> str:
        return f"Lost without {self.extracted} in {self.year}"

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _complete(self, frame: pd.DataFrame) -> pd.DataFrame:
        output = frame["output"].where(frame["output"] != 0)
        meanings = {
            "output": "Output before",
            "output_lost": "Output that is lost",
            "value_added_lost": "Value added that is lost, taxes included",
            "account_lost": f"{self.stressor} that is lost",
            "share_lost": "Share of output that is lost",
        }
        units = dict.fromkeys(["output", "output_lost", "value_added_lost"], self.currency)
        units["account_lost"] = self.unit
        frame = frame.assign(share_lost=frame["output_lost"] / output)
        return label_columns(
            frame, self._title(), meanings, units=units, stressor=self.stressor, unit=self.unit
        )


def extraction(
    table: IOTable,
    account: Emissions | None = None,
    *,
    countries: Choice = None,
    sectors: Choice = None,
    links: Links = "all",
    buyers: Choice = None,
    buying_sectors: Choice = None,
    final_demand: bool | None = None,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> Extraction:
    """Output, value added and an account's amounts lost without sectors, countries or trade links.

    Parameters
    ----------
    table : IOTable
        Of the whole world.
    account : Series or Account, optional
        Emissions, jobs, a row of primary inputs; by default the table's value added.
    countries, sectors : str or iterable of str, optional
        Whose sectors are extracted: these sectors of these countries, all where one is left out.
    links : {"all", "backward", "forward"}
        What of them is taken out: all that they buy and sell, what they buy from the other
        sectors only, or what they sell to the other sectors only.
    buyers, buying_sectors : str or iterable of str, optional
        Instead, only what they sell to these sectors of these countries: trade links.
    final_demand : bool, optional
        Whether what they deliver to final demand (of ``buyers`` only, where these are given) is
        taken out too. By default it is with ``links="all"`` and with ``buyers``, unless
        ``buying_sectors`` are given.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        See :func:`ioecon.decompose`.

    Returns
    -------
    Extraction

    Raises
    ------
    TableError
        If the table delivers to places outside it.
    LabelError
        If a label is not in the table.
    ArgumentError
        If nothing is chosen, or options contradict one another.

    Notes
    -----
    What is taken out comes from outside the system, of which nothing is counted; value added and
    the account per unit of output stay as they are. Final demand that is not taken out stays as
    it is, and nothing replaces what is. A few solves against the table's factorisation, as many
    as there are rows or columns in the block that is taken out: see
    :mod:`ioecon.supply_chains.removal`.

    References
    ----------
    Dietzenbacher, van der Linden and Steenge (1993), Economic Systems Research 5(2), 185-206.
    Dietzenbacher and Lahr (2013), Expanding extractions, Economic Systems Research 25(3), 341-360.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> table = world.series[2007]
    >>> lost = extraction(table, world.emissions, countries="XAD", sectors="ELE").world()
    >>> bool(lost["output_lost"] > table.x[table.index.get_loc(("XAD", "ELE"))])
    True
    """
    _require_sensible(countries, sectors, links, buyers, buying_sectors, final_demand)
    require_whole_world(table)
    sound = sound_table(table, tolerance=tolerance)
    chosen = choose_rows(sound, countries, sectors)
    value_added = FactorUse.of(sound, None)
    factor = value_added if account is None else FactorUse.of(sound, account, without_output)
    flows = Flows.of(sound)
    demand = sound.F.sum(axis=1)
    left = demand.copy()
    rows, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    trade = buyers is not None or buying_sectors is not None
    if final_demand is None:
        final_demand = buying_sectors is None if trade else links == "all"
    if final_demand:
        destinations = choose_positions(buyers, sound.countries, "countries")
        left[rows] -= sound.F[np.ix_(rows, destinations)].sum(axis=1)
        if buyers is None:
            left[rows] = 0.0  # exactly
    if trade:
        bought = np.flatnonzero(choose_rows(sound, buyers, buying_sectors))
        after = solve_without_block(flows, rows, bought, left)
    elif links == "all":
        after = solve_without_sectors(flows, rows, left)
    else:
        block = (others, rows) if links == "backward" else (rows, others)
        after = solve_without_block(flows, *block, left)
    return Extraction(
        countries=table.countries,
        sectors=table.sectors,
        year=table.year,
        extracted=_name_extracted(links, countries, sectors, buyers, buying_sectors),
        before=flows.system.solve(demand),
        after=after,
        value_added=value_added.per_output(sound.x),
        intensity=factor.per_output(sound.x),
        currency=f"{table.unit} {table.currency}",
        unit=factor.stressor.unit,
        stressor=factor.stressor.name,
    )


def _require_sensible(
    countries: Choice,
    sectors: Choice,
    links: str,
    buyers: Choice,
    buying_sectors: Choice,
    final_demand: bool | None,
) -> None:
    if countries is None and sectors is None:
        raise ArgumentError("Nothing is extracted: name countries, sectors or both.")
    if links not in ("all", "backward", "forward"):
        raise ArgumentError(f"links is 'all', 'backward' or 'forward', not {links!r}.")
    trade = buyers is not None or buying_sectors is not None
    if trade and links != "all":
        raise ArgumentError(
            f"What is sold to buyers is one kind of links, links={links!r} another: give one."
        )
    if links == "backward" and final_demand:
        raise ArgumentError("What a sector buys is no final demand: leave final_demand out.")
    if final_demand and buying_sectors is not None:
        raise ArgumentError("Sectors that buy are no final demand: leave final_demand out.")


def _name_extracted(
    links: str, countries: Choice, sectors: Choice, buyers: Choice, buying_sectors: Choice
) -> str:
    """Say what is taken out."""
    whose = name_choice(countries, sectors)
    if buyers is not None or buying_sectors is not None:
        return f"sales of {whose} to {name_choice(buyers, buying_sectors)}"
    return {"all": whose, "backward": f"inputs of {whose}", "forward": f"sales of {whose}"}[links]
