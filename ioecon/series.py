"""A series of input-output tables with the same labels, one per year, read when needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.errors import IoeconWarning, LabelError, TableError
from ioecon.moved import find_moved
from ioecon.source import Source
from ioecon.table import IOTable, whole_year
from ioecon.user_warnings import warn_user

__all__ = ["IOSeries"]

Loader = Callable[[], IOTable]
_KEPT_BYTES = 2**31  # tables read on demand that stay in memory, together


class IOSeries(Mapping[int, IOTable]):
    """Tables of several years, a mapping from year to :class:`~ioecon.IOTable`.

    Parameters
    ----------
    tables : mapping of int to IOTable or callable, or sequence of IOTable
        Tables, or functions without arguments that read one. Tables that are read on demand
        stay in memory as long as together they take less than 2 GiB. A sequence of tables is
        taken by their years, which must differ.
    labels : IOTable, optional
        Any table of the series, when its labels are already known to agree across the years (a
        reader has checked them); without it, every table is looked at once.

    Raises
    ------
    LabelError
        If countries, sectors or categories differ between years.
    TableError
        If units, currencies or the years themselves do not agree, two tables are of one year, or
        there is no table.

    Notes
    -----
    Tables of one series may be in different prices; which two may be compared is decided where
    they are: (t−1 in current prices, t in prices of t−1), both in constant prices of one year, or
    both in current prices.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AAA", "BBB"], sectors=["all"], categories=["final"], year=2005)
    >>> series = IOSeries({2005: table, 2006: table.replace(year=2006)})
    >>> series.years
    (2005, 2006)
    >>> series.periods()
    ((2005, 2006),)
    """

    def __init__(
        self,
        tables: Mapping[int, IOTable | Loader] | Iterable[IOTable],
        labels: IOTable | None = None,
    ) -> None:
        self._sources = _index_by_year(tables)
        self._held: OrderedDict[int, IOTable] = OrderedDict()
        # No table is held for its labels: a series may be larger than memory.
        self._labels = _Labels.of(self[self.years[0]] if labels is None else labels)
        if labels is None:
            for year in self.years:
                check_agreement(self._labels, self[year])

    def __getitem__(self, year: int) -> IOTable:
        try:
            given = self._sources[year]
        except KeyError:
            raise KeyError(
                f"There is no table of {year}; the series has {self.years[0]} to {self.years[-1]}."
            ) from None
        if isinstance(given, IOTable):
            table = given
        elif year in self._held:
            self._held.move_to_end(year)
            return self._held[year]
        else:
            table = given()
            self._keep(year, table)
        if table.year != year:
            raise TableError(f"The table given for {year} is of {table.year}.")
        return table

    def _keep(self, year: int, table: IOTable) -> None:
        size = table.Z.nbytes + table.Y.nbytes
        while len(self._held) > 1 and (len(self._held) + 1) * size > _KEPT_BYTES:
            self._held.popitem(last=False)
        self._held[year] = table

    def __contains__(self, year: object) -> bool:
        return year in self._sources  # without reading the table

    def __reduce__(self) -> tuple[type[IOSeries], tuple[dict[int, IOTable], IOTable]]:
        # What reads a table may not exist where this is unpickled: the tables themselves go.
        tables = dict(self)
        return IOSeries, (tables, tables[self.years[0]])

    def __iter__(self) -> Iterator[int]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    @property
    def years(self) -> tuple[int, ...]:
        """Years in order."""
        return tuple(self._sources)

    @property
    def countries(self) -> tuple[str, ...]:
        """Country codes, the same in every year."""
        return self._labels.countries

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sector codes, the same in every year."""
        return self._labels.sectors

    @property
    def categories(self) -> tuple[str, ...]:
        """Final-demand categories, the same in every year."""
        return self._labels.categories

    @property
    def sector_names(self) -> tuple[str, ...] | None:
        """Sector names in words, where the source has them."""
        return self._labels.sector_names

    @property
    def unit(self) -> str:
        """Unit of the flows, for example ``"million"``."""
        return self._labels.unit

    @property
    def currency(self) -> str:
        """Currency of the flows."""
        return self._labels.currency

    def periods(
        self, periods: Sequence[tuple[int, int]] | None = None
    ) -> tuple[tuple[int, int], ...]:
        """Pairs of years to compare: the given ones, checked, or all consecutive ones.

        Parameters
        ----------
        periods : sequence of (int, int), optional
            Pairs (base year, reporting year), both in the series, the first before the second.

        Returns
        -------
        tuple of (int, int)
        """
        if periods is None:
            if len(self) < 2:
                raise TableError(
                    f"The series has one table only ({self.years[0]}); a change needs two years."
                )
            return tuple(zip(self.years[:-1], self.years[1:], strict=True))
        try:
            pairs = tuple((int(first), int(last)) for first, last in periods)
        except (TypeError, ValueError):
            pairs = ()
        if not pairs:
            raise TableError(
                "periods are pairs of a base and a reporting year such as [(2000, 2005)], not "
                f"{periods!r}."
            )
        for first, last in pairs:
            for year in (first, last):
                if year not in self._sources:
                    raise TableError(
                        f"The period {first}–{last} needs a table of {year}; the series has "
                        f"{', '.join(map(str, self.years))}."
                    )
            if first >= last:
                raise TableError(f"The period {first}–{last} does not run forward in time.")
        reporting = [last for _, last in pairs]
        if len(set(reporting)) != len(reporting):
            raise TableError("Two periods end in the same year; results are labelled by that year.")
        return pairs

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write all tables to a folder; a deprecated spelling of :func:`ioecon.write_series`."""
        write: Callable[..., Path] = find_moved("IOSeries.write", "ioecon.write_series")
        return write(self, folder, overwrite=overwrite)

    @classmethod
    def read(cls, folder: str | Path) -> IOSeries:
        """Read tables from a folder; a deprecated spelling of :func:`ioecon.read_series`."""
        read: Callable[..., IOSeries] = find_moved("IOSeries.read", "ioecon.read_series")
        return read(folder, format="ioecon")

    def __repr__(self) -> str:
        return (
            f"<IOSeries {self.years[0]}–{self.years[-1]} ({len(self)} tables): "
            f"{len(self.countries)} countries × {len(self.sectors)} sectors, "
            f"{self.unit} {self.currency}>"
        )


@dataclass(frozen=True)
class _Labels:
    """What the tables of a series have in common, as one of them has it."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    sector_names: tuple[str, ...] | None
    unit: str
    currency: str
    year: int
    source: Source | None
    system: str | None
    valuation: str | None
    edition: str | None

    @classmethod
    def of(cls, table: IOTable) -> _Labels:
        return cls(**{each.name: getattr(table, each.name) for each in fields(cls)})


def _index_by_year(
    tables: Mapping[int, IOTable | Loader] | Iterable[IOTable],
) -> dict[int, IOTable | Loader]:
    """Tables, or what reads them, by year in order."""
    if isinstance(tables, pd.Series):
        tables = tables.to_dict()
    pairs: list[tuple[int, Any]] = []
    if isinstance(tables, Mapping):
        pairs = [(whole_year(year), table) for year, table in tables.items()]
    elif not isinstance(tables, IOTable) and isinstance(tables, Iterable):
        pairs = [(getattr(table, "year", 0), table) for table in tables]
    if not pairs and isinstance(tables, Iterable):
        raise TableError("A series needs at least one table.")
    by_name = isinstance(tables, Mapping)
    strange = [t for _, t in pairs if not isinstance(t, IOTable) and not (by_name and callable(t))]
    if not pairs or strange:
        found = type(strange[0] if strange else tables).__name__
        raise TableError(
            "A series is made of a mapping from years to tables, or of a list of tables, not of "
            f"{found}."
        )
    years = [year for year, _ in pairs]
    twice = sorted({year for year in years if years.count(year) > 1})
    if twice:
        raise TableError(f"Two tables are of {twice[0]}; a series has one table a year.")
    return dict(sorted(pairs, key=lambda pair: pair[0]))


def check_agreement(first: IOTable | _Labels, other: IOTable) -> None:
    """Raise unless two tables have the same labels, unit, currency, system and valuation.

    Two editions of one database may be in one series, with a warning.
    """
    for kind in ("countries", "sectors", "categories"):
        ours, theirs = getattr(first, kind), getattr(other, kind)
        if ours == theirs:
            continue
        gone = [label for label in ours if label not in theirs]
        new = [label for label in theirs if label not in ours]
        difference = "; ".join(
            part
            for part in (
                f"only in {first.year}: {', '.join(gone[:5])}" if gone else "",
                f"only in {other.year}: {', '.join(new[:5])}" if new else "",
                "the order differs" if not gone and not new else "",
            )
            if part
        )
        raise LabelError(
            f"The {kind} of {first.year}{_name_file(first)} and {other.year}{_name_file(other)} do "
            f"not agree ({difference}); tables of one series need the same labels in the same "
            "order."
        )
    for kind in ("unit", "currency"):
        if getattr(first, kind) != getattr(other, kind):
            raise TableError(
                f"The {kind} of {first.year} is {getattr(first, kind)!r}, of "
                f"{other.year} {getattr(other, kind)!r}; convert one before comparing them."
            )
    for kind in ("system", "valuation"):
        ours, theirs = getattr(first, kind), getattr(other, kind)
        if None not in (ours, theirs) and ours != theirs:
            raise TableError(
                f"The {kind} of {first.year}{_name_file(first)} is {ours!r}, of {other.year}"
                f"{_name_file(other)} {theirs!r}; tables of one series need the same."
            )
    if None not in (first.edition, other.edition) and first.edition != other.edition:
        warn_user(
            f"The tables of {first.year} and {other.year} are of two editions ({first.edition}; "
            f"{other.edition}): a change from one to the other may be a revision.",
            IoeconWarning,
        )


def _name_file(table: IOTable | _Labels) -> str:
    return f" ({table.source.path})" if table.source else ""
