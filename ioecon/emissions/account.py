"""Emissions by country, sector and year, with those of households kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from ioecon.concordance import ConcordanceLike, read_concordance
from ioecon.emissions.checks import ACCOUNT, TOTALS, canonical_emissions
from ioecon.emissions.classification import EmptyParts, aggregate_account, split_account
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError
from ioecon.wording import places

if TYPE_CHECKING:
    from ioecon.source import Source
    from ioecon.table import IOTable

__all__ = ["EmissionAccount"]


@dataclass(frozen=True, eq=False)
class EmissionAccount:
    """CO2 of every producing sector (a satellite account), in kilotonnes.

    Attributes
    ----------
    values : pandas.Series
        Emissions of production, kt, indexed (country, sector, year) and named ``co2_kt``.
        Countries are ISO 3166 alpha-3 codes or ``ROW``; sectors are labelled as in the tables.
    households : pandas.Series or None
        Direct emissions of households, kt, indexed (country, year). They belong to no sector and
        so never enter a decomposition of production; they are part of national totals.
    unit : str
        Always ``"kt"``; another unit is refused, convert first.
    source : Source or None
        File name, SHA-256 and format of what was read.

    Raises
    ------
    EmissionsError
        When a value is text, NaN, infinite or negative, or a place is given twice.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples(
    ...     [("AUS", "farms", 2000), ("AUS", "power", 2000)], names=["country", "sector", "year"])
    >>> account = EmissionAccount(pd.Series([5.0, 20.0], index=index))
    >>> account.totals().to_dict()
    {('AUS', 2000): 25.0}
    """

    values: pd.Series
    households: pd.Series | None = None
    unit: str = "kt"
    source: "Source | None" = None

    def __post_init__(self) -> None:
        if self.unit != "kt":
            raise EmissionsError(
                f"An emission account must be in kt, not '{self.unit}': convert it."
            )
        for name, levels in (("values", ACCOUNT), ("households", TOTALS)):
            given = getattr(self, name)
            if given is not None:
                known = Provenance.of(given).in_kilotonnes(self.source)
                checked = known.write_on(canonical_emissions(given, levels))
                object.__setattr__(self, name, checked)

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
        """National emissions, kt, indexed (country, year).

        Parameters
        ----------
        households : bool
            Add the direct emissions of households. Emissions of production alone are what a
            decomposition of output explains, so the default leaves them out.

        Raises
        ------
        EmissionsError
            When ``households=True`` and the account has none for a country and year.
        """
        totals = self.values.groupby(level=["country", "year"], sort=False).sum()
        if households:
            if self.households is None:
                raise EmissionsError("This account has no emissions of households to add.")
            missing = totals.index.difference(self.households.index)
            if len(missing):
                raise EmissionsError(f"Emissions of households are missing for {places(missing)}.")
            totals = totals + self.households.reindex(totals.index)
        return self.provenance.write_on(totals.rename("co2_kt"))

    def rename_sectors(self, labels: ConcordanceLike) -> "EmissionAccount":
        """Account with other sector labels; sectors that get the same label are summed.

        Parameters
        ----------
        labels : mapping, Series or DataFrame
            Sector to its new label; sectors that are not named keep theirs.

        Returns
        -------
        EmissionAccount
            With the same total for every country and year.

        Raises
        ------
        LabelError
            When the account has no such sector, or a new label is missing or no text.

        Examples
        --------
        >>> index = pd.MultiIndex.from_tuples(
        ...     [("AUS", "coal", 2000), ("AUS", "gas", 2000)], names=["country", "sector", "year"])
        >>> account = EmissionAccount(pd.Series([15.0, 5.0], index=index))
        >>> account.rename_sectors({"coal": "power", "gas": "power"}).values.to_dict()
        {('AUS', 'power', 2000): 20.0}
        """
        new = read_concordance(
            labels, self.sectors, "sectors", holder="the account", complete=False
        ).group_of()
        frame = self.values.rename("co2_kt").reset_index()
        frame["sector"] = [new.get(sector, sector) for sector in frame["sector"]]
        values = frame.groupby(list(ACCOUNT), sort=False)["co2_kt"].sum()
        return replace(self, values=self.provenance.write_on(values))

    def aggregate(
        self,
        *,
        sectors: ConcordanceLike | None = None,
        regions: ConcordanceLike | None = None,
    ) -> "EmissionAccount":
        """Account of groups of sectors or countries, added up.

        Parameters
        ----------
        sectors, regions : mapping, Series, DataFrame, matrix, path or str, optional
            Concordance from each sector (country) of the account to its group; see
            :func:`ioecon.read_concordance`. Weights share a sector out by fixed shares.

        Returns
        -------
        EmissionAccount
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
        >>> account = EmissionAccount(pd.Series([15.0, 5.0], index=index))
        >>> account.aggregate(sectors={"coal": "power", "gas": "power"}).values.to_dict()
        {('AUS', 'power', 2000): 20.0}
        """
        return aggregate_account(self, sectors, regions)

    def split(
        self,
        sectors: ConcordanceLike,
        *,
        by: "IOTable | Mapping[int, IOTable]",
        without_output: EmptyParts = "raise",
    ) -> "EmissionAccount":
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
        EmissionAccount
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
        >>> account = EmissionAccount(pd.Series([28.0], index=index))
        >>> account.split({"coal": "power", "gas": "power"}, by=table).values.to_dict()
        {('AUS', 'coal', 2000): 20.0, ('AUS', 'gas', 2000): 8.0}
        """
        return split_account(self, sectors, by, without_output)

    def to_frame(self) -> pd.DataFrame:
        """One row per country, sector and year: ``co2_kt``; households as sector ``FC_HH``."""
        frame = self.values.to_frame().reset_index()
        if self.households is not None:
            rows = self.households.to_frame().reset_index()
            rows.insert(1, "sector", "FC_HH")
            frame = pd.concat([frame, rows[frame.columns]], ignore_index=True)
        return self.provenance.write_on(frame)

    def summary(self) -> str:
        """One paragraph: what is covered and how much of it is households'."""
        years = self.years
        text = (
            f"CO2 of {len(self.countries)} countries, {len(self.sectors)} sectors, "
            f"{years[0]}-{years[-1]}: "
            f"{self.values.sum() / len(years):,.0f} kt a year from production"
        )
        if self.households is not None:
            text += (
                f", {self.households.sum() / len(years):,.0f} kt a year directly from households"
            )
        if self.source is not None:
            text += f" (from {self.source.path})"
        steps = self.provenance.name_steps()
        return text + (f"; {steps}." if steps else ".")

    def __repr__(self) -> str:
        return f"<EmissionAccount: {self.summary()}>"
