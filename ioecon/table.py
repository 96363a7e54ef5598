"""One multi-region input-output table: flows with their labels, unit and origin."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ioecon.alignment import Axis, aligned_numbers
from ioecon.arrays import Array
from ioecon.errors import LabelError, TableError, UnsoundTableError
from ioecon.flow_sums import FlowSums
from ioecon.frame_labels import (
    label_one_category,
    labels_of_flows,
    labels_of_rows,
    names_in_order,
    require_labels,
)
from ioecon.leontief import RECENT, Leontief
from ioecon.moved import find_moved
from ioecon.prices import price_basis
from ioecon.source import Source
from ioecon.wording import invisible_character

if TYPE_CHECKING:
    from ioecon.audit import Audit
    from ioecon.concordance import ConcordanceLike
    from ioecon.emissions.by_sector import Emissions

__all__ = ["IOTable", "Source"]


def _freeze_aligned(values: ArrayLike, name: str, *axes: Axis, keep_single: bool = False) -> Array:
    """Read-only array in the order of its labels; no copy where none is needed."""
    array = aligned_numbers(values, name, axes, keep_single=keep_single)
    if (array is values or array.base is not None) and not _is_unchangeable(array):
        array = array.copy()
    array.setflags(write=False)
    return array


def whole_year(year: Any) -> int:
    """Year as a whole number, or TableError."""
    try:
        whole = int(year)
        if not isinstance(year, bool | np.bool_) and (isinstance(year, str) or whole == year):
            return whole
    except (TypeError, ValueError, OverflowError):
        pass
    raise TableError(f"The year of a table is a whole number, not {year!r}.")


def _is_unchangeable(array: Array) -> bool:
    """Whether nobody can write to the array's memory, not even what it is a view of."""
    part: Any = array
    while isinstance(part, np.ndarray):
        if part.flags.writeable:
            return False
        part = part.base
    if isinstance(part, memoryview):  # of what the array was made from
        part = part.obj
    if isinstance(part, mmap.mmap):  # of a file: see "Notes" of the table
        return memoryview(part).readonly
    return part is None or isinstance(part, bytes)


def _check_label(label: object, kind: str) -> str:
    """Label as text; a missing one, or one with characters that cannot be seen, is refused."""
    if pd.api.types.is_scalar(label) and pd.isna(label):
        raise LabelError(f"One of the {kind} has {label!r} in place of a label.")
    found = invisible_character(str(label))
    if found is not None:
        raise LabelError(
            f"One of the {kind}, {label!r}, holds {found[1]}, which cannot be seen: remove it."
        )
    return str(label)


@dataclass(frozen=True, eq=False, kw_only=True)
class IOTable:
    """A multi-region input-output table of one year. Immutable; its arrays are read-only.

    I countries, S sectors and K categories of final demand; rows and columns are ordered by
    country and then by sector (or category), n = I·S.

    Parameters
    ----------
    Z : array_like or DataFrame, shape (n, n)
        Intermediate flows; rows deliver to columns.
    Y : array_like or DataFrame, shape (n, I·K)
        Final demand by destination country and category.
    countries : sequence of str
        I country codes: ISO 3166 alpha-3 and ``ROW``.
    sectors : sequence of str
        S sector codes.
    categories : sequence of str
        K names of final-demand categories.
    year : int
        Year of the table.
    unit, currency : str
        For example ``"million"``, ``"USD"``.
    price_basis : str
        ``"current"``, ``"previous-year"`` or ``"constant 2010"``.
    source : Source, optional
        File the table was read from.
    printed_output : array_like, shape (n,), optional
        Output as the source prints it.
    output : {"row_sums", "printed"}
        Which output :attr:`x` is. Row sums (the default) make every accounting identity hold;
        :meth:`audit` tells how far the printed output is from them.
    sector_names : sequence of str, optional
        S names in words.
    primary_inputs : array_like, shape (m, n), optional
        Value added, taxes and other rows below Z, as published.
    primary_labels : sequence of str, optional
        Their m names.
    final_inputs : array_like, shape (m, I·K), optional
        What stands in the same rows below Y: taxes on what households buy, and other primary
        inputs of final demand (the fourth quadrant). No output contains them; GDP at market
        prices does.
    exports : array_like, shape (n,) or (n, M), optional
        Deliveries to places outside the table, by destination: a regional table's column of
        exports. A world table has none.
    export_labels : sequence of str, optional
        Names of the M destinations.
    imports : array_like, shape (n,), optional
        Competitive imports: products from outside the table that Z and Y still contain, as
        positive numbers. A table of domestic flows (non-competitive) has none; see
        :meth:`domestic`.
    discrepancies : array_like, shape (n,), optional
        What the publisher's output holds beyond the uses that the table shows: its column of
        errors or statistical discrepancies. No use, so never part of row sums; the audit says
        how large they are.
    system : str, optional
        What rows and columns are and how they were made, for example ``"industry × industry,
        fixed product sales structure (model D)"``.
    valuation : str, optional
        For example ``"basic prices"``.
    edition : str, optional
        Release of the database that the reader took the file for.

    Attributes
    ----------
    x : ndarray, shape (n,)
        Gross output; as row sums Z + Y + exports − imports.
    F : ndarray, shape (n, I)
        Final demand by destination country, categories summed.
    index : pandas.MultiIndex
        Row labels (country, sector).

    Raises
    ------
    TableError
        If shapes and labels do not fit, a value is not a number, the price basis is unknown, or
        the printed output is asked for and missing.
    LabelError
        If labels of a DataFrame or Series are not those of the table.

    Notes
    -----
    Arrays of flows in float32 stay so, at half the memory; frames become float64. Every sum is made
    in float64, every solve refined to it (:class:`ioecon.leontief.Leontief`). An array that nobody
    can write to is not copied, be it in memory or a map of a file opened for reading only
    (``numpy.load(..., mmap_mode="r")``); such a file must stay as it is while the table is in use.
    Arrays are taken in the order of the labels; a DataFrame or Series is put in that order by its
    own labels, (country, sector) for rows and columns, (country, category) for columns of ``Y``, or
    refused. Rows numbered 0, 1, 2, … carry no labels.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AAA", "BBB"], sectors=["all"], categories=["final"], year=2005)
    >>> table.x
    array([1000., 2000.])
    >>> table
    <IOTable 2005: 2 countries × 1 sectors, 1 final-demand categories, million USD, current prices>
    """

    Z: Array
    Y: Array
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    year: int
    unit: str = "million"
    currency: str = "USD"
    price_basis: str = "current"
    source: Source | None = None
    printed_output: Array | None = None
    output: str = "row_sums"
    sector_names: tuple[str, ...] | None = None
    primary_inputs: Array | None = None
    primary_labels: tuple[str, ...] = ()
    exports: Array | None = None
    export_labels: tuple[str, ...] = ()
    imports: Array | None = None
    discrepancies: Array | None = None
    final_inputs: Array | None = None
    system: str | None = None
    valuation: str | None = None
    edition: str | None = None

    def __post_init__(self) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        for name in ("countries", "sectors", "categories", "primary_labels", "export_labels"):
            put(name, tuple(_check_label(label, name) for label in getattr(self, name)))
        n = len(self.countries) * len(self.sectors)
        if n == 0 or not self.categories:
            raise LabelError("A table needs at least one country, one sector and one category.")
        put("year", whole_year(self.year))
        put("price_basis", price_basis(self.price_basis, self.year))
        rows, columns = (
            Axis(what, (self.countries, self.sectors), ("country", "sector"))
            for what in ("rows", "columns")
        )
        uses = Axis("columns", (self.countries, self.categories), ("country", "category"))
        put("Z", _freeze_aligned(self.Z, f"Z of {self.year}", rows, columns, keep_single=True))
        put("Y", _freeze_aligned(self.Y, f"Y of {self.year}", rows, uses, keep_single=True))
        if self.sector_names is not None:
            put("sector_names", tuple(str(name) for name in self.sector_names))
            if len(self.sector_names or ()) != len(self.sectors):
                raise LabelError(
                    f"{len(self.sector_names or ())} sector names for {len(self.sectors)} sectors."
                )
        labels = Axis("rows", (self.primary_labels,), ("input",))
        for name, axis in (("primary_inputs", columns), ("final_inputs", uses)):
            if getattr(self, name) is not None:
                put(name, _freeze_aligned(getattr(self, name), name, labels, axis))
        for name in ("printed_output", "imports", "discrepancies"):
            if getattr(self, name) is not None:
                put(name, _freeze_aligned(getattr(self, name), f"{name} of {self.year}", rows))
        if self.exports is not None:
            put("exports", self._align_exports(rows))
        self._check_output()

    @classmethod
    def from_frames(
        cls,
        Z: pd.DataFrame,
        Y: pd.DataFrame,
        *,
        year: int,
        exports: pd.Series | pd.DataFrame | None = None,
        imports: pd.Series | None = None,
        primary_inputs: pd.DataFrame | None = None,
        final_inputs: pd.DataFrame | None = None,
        printed_output: pd.Series | None = None,
        discrepancies: pd.Series | None = None,
        sector_names: Mapping[str, str] | pd.Series | None = None,
        **settings: Any,
    ) -> IOTable:
        """Table of labelled frames, aligned by their labels.

        Countries and sectors are those of Z's rows, categories those of Y's columns, in the order
        in which they first stand there; every other axis may be in any order. The order of the
        levels is told by their names (region and sector, country and industry, …), without such
        names it is (country, sector) and (country, category).

        Parameters
        ----------
        Z : DataFrame, shape (n, n)
            Intermediate flows, rows and columns labelled (country, sector).
        Y : DataFrame, shape (n, I·K)
            Final demand; columns labelled (country, category), or by country alone where there is
            one category, then called ``"final demand"``.
        year : int
        exports : Series or DataFrame, optional
            Deliveries to places outside the table, by row; a column for each destination.
        imports, printed_output, discrepancies : Series, optional
            By row.
        primary_inputs : DataFrame, optional
            A row for each input, columns as Z.
        final_inputs : DataFrame, optional
            The same inputs of final demand, columns as Y.
        sector_names : mapping or Series, optional
            Sector to its name in words.
        **settings
            ``unit``, ``currency``, ``price_basis``, ``output``, ``system``, ``valuation``,
            ``edition``, ``source``: as for :class:`IOTable`.

        Returns
        -------
        IOTable

        Raises
        ------
        LabelError
            If a label is missing, too many, given twice, or stands on one axis only; a pair of
            country and sector that is not there is named.
        TableError
            If something has no labels, or a value is not a number.

        Examples
        --------
        >>> rows = pd.MultiIndex.from_product([["AUS", "NZL"], ["all"]])
        >>> Z = pd.DataFrame([[150, 500], [200, 100]], rows, rows)
        >>> Y = pd.DataFrame([[150, 200], [900, 800]], rows, ["NZL", "AUS"])
        >>> table = IOTable.from_frames(Z, Y, year=2005)
        >>> table.F
        array([[200., 150.],
               [800., 900.]])
        """
        countries, sectors, categories = labels_of_flows(Z, Y)
        beside = {
            "exports": exports,
            "imports": imports,
            "primary_inputs": primary_inputs,
            "final_inputs": None if final_inputs is None else label_one_category(final_inputs),
            "printed_output": printed_output,
            "discrepancies": discrepancies,
        }
        given = {name: values for name, values in beside.items() if values is not None}
        for name, values in given.items():
            require_labels(values, name.replace("_", " "))
        if primary_inputs is not None:
            given["primary_labels"] = labels_of_rows(primary_inputs, 0, "primary inputs")
        if isinstance(exports, pd.DataFrame):
            given["export_labels"] = labels_of_rows(exports, 1, "destinations of exports")
        return cls(
            Z=Z,
            Y=label_one_category(Y),
            countries=countries,
            sectors=sectors,
            categories=categories,
            year=year,
            sector_names=names_in_order(sector_names, sectors),
            **given,
            **settings,
        )

    def _align_exports(self, rows: Axis) -> Array:
        exports: Any = self.exports
        name = f"exports of {self.year}"
        if isinstance(exports, pd.Series) or (
            not isinstance(exports, pd.DataFrame) and np.ndim(exports) == 1
        ):
            exports = aligned_numbers(exports, name, [rows])[:, None]
        if not self.export_labels and np.ndim(exports) == 2 and np.shape(exports)[1] == 1:
            object.__setattr__(self, "export_labels", ("exports",))
            if isinstance(exports, pd.DataFrame):  # its one column needs no name
                exports = exports.set_axis([0], axis=1)
        return _freeze_aligned(
            exports, name, rows, Axis("columns", (self.export_labels,), ("export",))
        )

    def row_sums(self) -> Array:
        """Z + Y + exports − imports, summed over each row: shape (n,)."""
        sums = self.flow_sums.Z.rows + self.flow_sums.Y.rows
        if self.exports is not None:
            sums = sums + self.exports.sum(axis=1)
        if self.imports is not None:
            sums = sums - self.imports
        return np.asarray(sums)

    def _check_output(self) -> None:
        if self.output not in ("row_sums", "printed"):
            raise TableError(f"output is 'row_sums' or 'printed', not {self.output!r}.")
        if self.output == "printed" and self.printed_output is None:
            raise TableError(
                f"The table of {self.year} carries no printed output; use output='row_sums'."
            )

    @cached_property
    def x(self) -> Array:
        """Gross output, shape (n,)."""
        if self.output == "printed":
            assert self.printed_output is not None
            return self.printed_output
        sums = self.row_sums()
        sums.setflags(write=False)
        return sums

    @property
    def n(self) -> int:
        """Number of rows, countries × sectors."""
        return len(self.countries) * len(self.sectors)

    @cached_property
    def index(self) -> pd.MultiIndex:
        """Row labels (country, sector)."""
        return pd.MultiIndex.from_product(
            [self.countries, self.sectors], names=["country", "sector"]
        )

    @cached_property
    def flow_sums(self) -> FlowSums:
        """Sums of Z and Y over rows and columns, which output and the audit share."""
        return FlowSums.of(self.Z, self.Y)

    @cached_property
    def F(self) -> Array:
        """Final demand by destination country, shape (n, I)."""
        shape = (self.n, len(self.countries), len(self.categories))
        # As .sum(axis=2), which is ten times slower along so short an axis.
        demand = np.einsum("nck->nc", self.Y.reshape(shape), dtype=float)
        demand.setflags(write=False)
        return demand

    def place(self, row: SupportsIndex) -> str:
        """Country and sector of a row, in words for messages."""
        country, sector = divmod(int(row), len(self.sectors))
        return f"{self.countries[country]} {self.sectors[sector]}"

    def final_demand_place(self, column: SupportsIndex) -> str:
        """Country and category of a column of Y, in words for messages."""
        country, category = divmod(int(column), len(self.categories))
        return f"{self.countries[country]} {self.categories[category]}"

    @property
    def flows_to_scale(self) -> Array:
        """Z for products with diag(x)⁻¹, in which a column without output counts as zero."""
        return self.Z

    def leontief(self) -> Leontief:
        """(E − A) of this table, factorised; the recently used ones are kept."""
        return RECENT.get(self, self._factorise)

    def _factorise(self) -> Leontief:
        try:
            return self._make_system()
        except UnsoundTableError as error:
            raise UnsoundTableError(f"Table of {self.year}: {error}") from error

    def _make_system(self) -> Leontief:
        # Sums that are there tell sooner than columns of Z, which lie apart in memory.
        stray = self.flow_sums.Z.column_sizes[self.x == 0].any()
        return Leontief(self.Z, self.x, stray_inputs="raise" if stray else "leave_out")

    def audit(self, emissions: Emissions | None = None) -> Audit:
        """Find every break of an identity and what looks wrong; see :func:`ioecon.audit.audit`."""
        from ioecon.audit import audit

        return audit(self, emissions)

    def aggregate(
        self,
        *,
        regions: ConcordanceLike | None = None,
        sectors: ConcordanceLike | None = None,
    ) -> IOTable:
        """Table of groups of countries or sectors; see :func:`ioecon.views.aggregate`."""
        from ioecon.views import aggregate

        return aggregate(self, regions=regions, sectors=sectors)

    def within(
        self, countries: Sequence[str], *, destinations: Mapping[str, Sequence[str]] | None = None
    ) -> IOTable:
        """Table of some countries, the others being outside; see :func:`ioecon.views.within`."""
        from ioecon.views import within

        return within(self, countries, destinations=destinations)

    def domestic(self) -> IOTable:
        """Table with competitive imports taken out; see :func:`ioecon.views.domestic`."""
        from ioecon.views import domestic

        return domestic(self)

    def replace(self, **changes: Any) -> IOTable:
        """Copy of the table with some fields changed; output is chosen anew."""
        return replace(self, **changes)

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table to a folder; a deprecated spelling of :func:`ioecon.write_table`."""
        write: Callable[..., Path] = find_moved("IOTable.write", "ioecon.write_table")
        return write(self, folder, overwrite=overwrite)

    @classmethod
    def read(cls, folder: str | Path) -> IOTable:
        """Read a table from a folder; a deprecated spelling of :func:`ioecon.read_table`."""
        read: Callable[..., IOTable] = find_moved("IOTable.read", "ioecon.read_table")
        return read(folder, format="ioecon")

    def __repr__(self) -> str:
        told = (self.system, self.valuation)
        return (
            f"<IOTable {self.year}: {len(self.countries)} countries × {len(self.sectors)} sectors, "
            f"{len(self.categories)} final-demand categories, {self.unit} {self.currency}, "
            f"{self.price_basis} prices{''.join(f', {about}' for about in told if about)}>"
        )

    def __getstate__(self) -> dict[str, Any]:
        cached = ("index", "F")
        return {name: value for name, value in self.__dict__.items() if name not in cached}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        self.__dict__.update(state)
