"""An account: any extensive quantity by country, sector and year, households kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ioecon.column_labels import label_columns
from ioecon.concordance import ConcordanceLike, read_concordance
from ioecon.emissions.checks import ACCOUNT, TOTALS, canonical_emissions
from ioecon.emissions.classification import EmptyParts, aggregate_account, split_account
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError
from ioecon.moved import find_moved
from ioecon.stressor import Stressor, require_same
from ioecon.wording import listed, places, spans

if TYPE_CHECKING:
    from ioecon.source import Source
    from ioecon.table import IOTable

__all__ = ["Account"]


@dataclass(frozen=True, eq=False)
class Account:
    """What every producing sector emits, uses, employs or earns: a satellite account.

    Attributes
    ----------
    values : pandas.Series
        Amounts of production, indexed (country, sector, year) and named by the stressor and its
        unit (``co2_kt``). Countries are ISO 3166 alpha-3 codes or ``ROW``; sectors are labelled
        as in the tables.
    households : pandas.Series or None
        What households emit or use directly, indexed (country, year). It belongs to no sector and
        so never enters a decomposition of production; it is part of national totals.
    unit : str
        Any text: ``"kt"``, ``"TJ"``, ``"1000 persons"``; by default what ``values.attrs`` says,
        or kt of CO2. A unit other than kt needs a name.
    source : Source or None
        File name, SHA-256 and format of what was read.
    name : str
        What it is: ``"CO2"``, ``"Water consumption blue"``, ``"Value added"``; by default what
        ``values.attrs["stressor"]`` says, or CO2.
    signed : bool
        Whether amounts may be negative, as value added may.

    Raises
    ------
    EmissionsError
        When a value is text, NaN, infinite, or negative without ``signed``, a place is given
        twice, or name and unit contradict what the values say of themselves.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples(
    ...     [("AUS", "farms", 2000), ("AUS", "power", 2000)], names=["country", "sector", "year"])
    >>> Account(pd.Series([5.0, 20.0], index=index)).totals().to_dict()
    {('AUS', 2000): 25.0}
    >>> jobs = Account(pd.Series([3.0, 1.0], index=index), name="Employment", unit="1000 persons")
    >>> jobs.to_unit("persons").values.to_list()
    [3000.0, 1000.0]
    """

    values: pd.Series
    households: pd.Series | None = None
    unit: str = ""
    source: Source | None = None
    name: str = field(default="", kw_only=True)
    signed: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        stressor = self._settle_stressor()
        object.__setattr__(self, "name", stressor.name)
        object.__setattr__(self, "unit", stressor.unit)
        if Provenance.of(self.values).signed is True:
            object.__setattr__(self, "signed", True)
        for name, levels in (("values", ACCOUNT), ("households", TOTALS)):
            given = getattr(self, name)
            if given is not None:
                known = Provenance.of(given)
                if known.stressor is not None or known.unit is not None:
                    _require_stated(known.read_stressor(), stressor, name)
                known = known.of_stressor(stressor, self.source, signed=self.signed)
                checked = canonical_emissions(given, levels, stressor, signed=self.signed)
                object.__setattr__(self, name, known.write_on(checked))

    def _settle_stressor(self) -> Stressor:
        """Name and unit as given, or as the values say."""
        stated = Provenance.of(self.values)
        if self.name:
            unit = self.unit or stated.unit or ""
            if not unit and not Stressor(self.name).is_co2:
                raise EmissionsError(f"The account {self.name!r} needs a unit: pass unit=.")
            return Stressor(self.name, unit or "kt")
        stressor = stated.read_stressor()
        if self.unit and not stressor.has_unit(self.unit):
            raise EmissionsError(
                f"An account of {stressor.name} must be in {stressor.unit}, not '{self.unit}': "
                "convert it; or say what it is with name=."
            )
        return stressor

    @property
    def stressor(self) -> str:
        """The name, as results have it."""
        return self.name

    @property
    def quantity(self) -> Stressor:
        """Name and unit, with the words made of them."""
        return Stressor(self.name, self.unit)

    @property
    def provenance(self) -> Provenance:
        """Unit, origin and history of the values."""
        return Provenance.of(self.values)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries in the order of the account."""
        return tuple(self.values.index.unique("country"))

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors in the order of the account."""
        return tuple(self.values.index.unique("sector"))

    @property
    def years(self) -> tuple[int, ...]:
        """Years, ascending."""
        return tuple(sorted(int(year) for year in self.values.index.unique("year")))

    def totals(self, *, households: bool = False) -> pd.Series:
        """National totals, indexed (country, year).

        Parameters
        ----------
        households : bool
            Add what households emit or use directly. Production alone is what a decomposition of
            output explains, so the default leaves them out.

        Raises
        ------
        EmissionsError
            When ``households=True`` and the account has none for a country and year.
        """
        totals = self.values.groupby(level=["country", "year"], sort=False).sum()
        if households:
            if self.households is None:
                raise EmissionsError(
                    f"This account has no {self.quantity.phrase} of households to add."
                )
            missing = totals.index.difference(self.households.index)
            if len(missing):
                raise EmissionsError(
                    f"{self.quantity.subject} of households are missing for {places(missing)}."
                )
            totals = totals + self.households.reindex(totals.index)
        return self.provenance.write_on(totals.rename(self.quantity.column))

    def rename_sectors(self, labels: ConcordanceLike) -> Account:
        """Account with other sector labels; sectors that get the same label are summed.

        Parameters
        ----------
        labels : mapping, Series or DataFrame
            Sector to its new label; sectors that are not named keep theirs.

        Returns
        -------
        Account
            With the same total for every country and year.

        Raises
        ------
        LabelError
            When the account has no such sector, or a new label is missing or no text.

        Examples
        --------
        >>> index = pd.MultiIndex.from_tuples(
        ...     [("AUS", "coal", 2000), ("AUS", "gas", 2000)], names=["country", "sector", "year"])
        >>> account = Account(pd.Series([15.0, 5.0], index=index))
        >>> account.rename_sectors({"coal": "power", "gas": "power"}).values.to_dict()
        {('AUS', 'power', 2000): 20.0}
        """
        new = read_concordance(
            labels, self.sectors, "sectors", holder="the account", complete=False
        ).group_of()
        frame = self.values.rename("value").reset_index()
        frame["sector"] = [new.get(sector, sector) for sector in frame["sector"]]
        values = frame.groupby(list(ACCOUNT), sort=False)["value"].sum()
        return replace(self, values=self.provenance.write_on(values))

    def aggregate(
        self,
        *,
        sectors: ConcordanceLike | None = None,
        regions: ConcordanceLike | None = None,
    ) -> Account:
        """Account of groups of sectors or countries, added up.

        Parameters
        ----------
        sectors, regions : mapping, Series, DataFrame, matrix, path or str, optional
            Concordance from each sector (country) of the account to its group; see
            :func:`ioecon.read_concordance`. Weights share a sector out by fixed shares.

        Returns
        -------
        Account
            With the same totals. What households emit or use directly stays out of sectors and is
            summed over regions. ``attrs["completed"]`` and the summary say what was done.

        Raises
        ------
        LabelError
            If the concordance does not cover the account; all labels are named.
        EmissionsError
            If a group lacks some of its members somewhere: nothing is taken for zero.

        Examples
        --------
        >>> index = pd.MultiIndex.from_tuples(
        ...     [("AUS", "coal", 2000), ("AUS", "gas", 2000)], names=["country", "sector", "year"])
        >>> account = Account(pd.Series([15.0, 5.0], index=index))
        >>> account.aggregate(sectors={"coal": "power", "gas": "power"}).values.to_dict()
        {('AUS', 'power', 2000): 20.0}
        """
        return aggregate_account(self, sectors, regions)

    def split(
        self,
        sectors: ConcordanceLike,
        *,
        by: IOTable | Mapping[int, IOTable],
        without_output: EmptyParts = "raise",
    ) -> Account:
        """Account in the finer sectors of tables, shared out in proportion to output.

        For a sector g of the account with the parts s in the table, the part of country r in year
        t gets c_r(s, t) = c_r(g, t) x_r(s, t) / Σ_{s' in g} x_r(s', t): all parts are taken to emit
        the same per unit of output. That is an assumption, and the result says so.

        Parameters
        ----------
        sectors : mapping, Series, DataFrame, matrix, path or str
            Concordance from each sector **of the tables** to the sector of the account that it is
            part of, many-to-one.
        by : IOTable or IOSeries
            Tables of all years of the account whose output shares them out.
        without_output : {"raise", "equal"}
            What to do with a value of a sector none of whose parts has output: refuse, naming it,
            or share it out equally.

        Returns
        -------
        Account
            With the same totals; households are kept as they are. ``attrs["completed"]`` and the
            summary name the split.

        Raises
        ------
        LabelError, EmissionsError
            If concordance, account and tables do not fit together, a part has negative output, or
            nothing tells how to share a value out.

        Examples
        --------
        >>> from ioecon.table import IOTable
        >>> table = IOTable(Z=[[10, 20], [30, 0]], Y=[[70], [10]], year=2000,
        ...                 countries=["AUS"], sectors=["coal", "gas"], categories=["final"])
        >>> index = pd.MultiIndex.from_tuples(
        ...     [("AUS", "power", 2000)], names=["country", "sector", "year"])
        >>> account = Account(pd.Series([28.0], index=index))
        >>> account.split({"coal": "power", "gas": "power"}, by=table).values.to_dict()
        {('AUS', 'coal', 2000): 20.0, ('AUS', 'gas', 2000): 8.0}
        """
        return split_account(self, sectors, by, without_output)

    def within_years(self, years: Iterable[int]) -> Account:
        """Account of some of its years.

        Raises
        ------
        EmissionsError
            If it lacks one of them.
        """
        wanted = sorted({int(year) for year in years})
        absent = [year for year in wanted if year not in self.years]
        if absent or not wanted:
            raise EmissionsError(
                f"The account has {spans(self.years)}, not {listed(absent) or 'no year at all'}."
            )
        direct = None if self.households is None else _within_years(self.households, wanted)
        return replace(self, values=_within_years(self.values, wanted), households=direct)

    def to_unit(self, unit: str) -> Account:
        """Account in another unit of the same quantity.

        Parameters
        ----------
        unit : str

        Raises
        ------
        EmissionsError
            If the unit of the account cannot be converted into it.
        """
        factor = self.quantity.convert(unit)
        direct = None if self.households is None else _bare(self.households) * factor
        return replace(self, values=_bare(self.values) * factor, households=direct, unit=unit)

    def __add__(self, other: Account) -> Account:
        """Sum of two accounts of the same places in the same unit, named after both.

        Raises
        ------
        EmissionsError
            If units or places differ, or one has households and the other has not.
        """
        if not isinstance(other, Account):
            return NotImplemented
        require_same(
            Stressor(self.name, self.unit),
            Stressor(self.name, other.unit),
            f"What is to be added, {other.name},",
        )
        if (self.households is None) != (other.households is None):
            lacking = self if self.households is None else other
            raise EmissionsError(f"{lacking.name} has no households, so they cannot be summed.")
        name = self.name if self.name == other.name else f"{self.name} + {other.name}"
        direct = None
        if self.households is not None and other.households is not None:
            direct = _add_places(self.households, other.households, name)
        return replace(
            self,
            values=_add_places(self.values, other.values, name),
            households=direct,
            name=name,
            signed=self.signed or other.signed,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per country, sector and year, a column named by the stressor (``co2_kt``).

        Households stand as the sector ``FC_HH``.
        """
        frame = self.values.to_frame().reset_index()
        if self.households is not None:
            rows = self.households.to_frame().reset_index()
            rows.insert(1, "sector", "FC_HH")
            frame = pd.concat([frame, rows[frame.columns]], ignore_index=True)
        column = str(self.values.name)
        meanings = {
            "country": "Country",
            "sector": "Sector; FC_HH is what households emit or use directly",
            "year": "Year",
            column: self.name,
        }
        title = f"{self.name} by country, sector and year"
        frame = self.provenance.write_on(frame)
        return label_columns(frame, title, meanings, units={column: self.unit})

    def summary(self) -> str:
        """One paragraph: what is covered and how much of it is households'."""
        years = self.years
        text = (
            f"{self.name} of {len(self.countries)} countries, {len(self.sectors)} sectors, "
            f"{spans(years)}: "
            f"{self._count(self.values.sum() / len(years))} a year from production"
        )
        if self.households is not None:
            direct = self._count(self.households.sum() / len(years))
            text += f", {direct} a year directly from households"
        if self.source is not None:
            text += f" (from {self.source.path})"
        steps = self.provenance.name_steps()
        return text + (f"; {steps}." if steps else ".")

    def _count(self, amount: float) -> str:
        """Amount with its unit, for people: "5 kt", "5 × 1000 ha"."""
        return f"{amount:,.0f} {'× ' if self.unit[0].isdigit() else ''}{self.unit}"

    def __repr__(self) -> str:
        return f"<Account: {self.summary()}>"


def _require_stated(stated: Stressor, stressor: Stressor, name: str) -> None:
    """Refuse values whose ``attrs`` say something else than the account."""
    if not stated.is_same(stressor):
        raise EmissionsError(
            f"{name}.attrs say {stated}, but the account is {stressor}: correct name= and unit=, "
            f"or set {name}.attrs = {{}} where they are not true any more."
        )


def _within_years(part: pd.Series, years: list[int]) -> pd.Series:
    return part.loc[part.index.get_level_values("year").isin(years)]


def _bare(part: pd.Series) -> pd.Series:
    """Return the same without a word on stressor and unit."""
    return replace(Provenance.of(part), unit=None, stressor=None).write_on(part)


def _add_places(left: pd.Series, right: pd.Series, name: str) -> pd.Series:
    """Sum place by place; refused where only one of the two has a place."""
    apart = left.index.symmetric_difference(right.index)
    if len(apart):
        raise EmissionsError(
            f"{name}: only one of the two has {places(apart)}; sums need the same places."
        )
    return _bare(left) + _bare(right).reindex(left.index)


def __getattr__(name: str) -> Any:
    if name == "EmissionAccount":
        return find_moved("ioecon.emissions.account.EmissionAccount", "ioecon.Account")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
