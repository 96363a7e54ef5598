"""GLORIA, release 059 and later: supply and use tables of a year made into a square table.

The matrices have no labels; those are in ``GLORIA_ReadMe_059.xlsx``. Rows and columns of T are
region × (industries, then products): a region's industries deliver its products (supply V, in the
columns of the region's products), its products are used by industries everywhere (U, in the
columns of industries), and nothing else is filled. T is read once, a region at a time, made into
an industry × industry or product × product table (:mod:`ioecon.supply_use`) and, if asked for,
summed over groups before the next region is read. Current thousand USD at basic prices.

Checked: the number of rows and columns against the labels, the empty parts of T, Y and V, that
every region supplies its own products only, and supply against use. Nothing was checked against a
full original.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import IoeconWarning, ReadError, TableError
from ioecon.files.file_set import FileSet
from ioecon.number_rows import RowsOfNumbers, number_rows, text_lines
from ioecon.readers.gloria_files import MONEY, GloriaFiles, find_years, locate
from ioecon.readers.gloria_labels import GloriaLabels, read_labels
from ioecon.readers.grouped_flows import GroupedFlows, GroupedRows, Grouping
from ioecon.readers.labels import agreed_year
from ioecon.readers.options import ReadOptions
from ioecon.supply_use import market_shares, product_mix
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = [
    "BY_INDUSTRY",
    "BY_PRODUCT",
    "OPTIONS",
    "find_sets",
    "parse_files",
    "read_labels_of",
    "read_product_mixes",
]

BY_INDUSTRY, BY_PRODUCT = "fixed-product-sales", "industry-technology"
OPTIONS = {"construct": (BY_INDUSTRY, BY_PRODUCT), "valuation": ("basic", "purchasers")}
_SYSTEMS = {
    BY_INDUSTRY: "industry × industry, fixed product sales structure (model D)",
    BY_PRODUCT: "product × product, industry technology (model B)",
}
_EARLIEST = 59
_WITHOUT = {
    False: ("Uses of products that nobody supplies", "industry"),
    True: ("Inputs of industries without output", "product"),
}
_LABELS_DIFFER = "The labels may be those of another release."
_UNBALANCED = 0.001  # difference of supply and use, relative to supply, that is worth a warning


def find_sets(place: Path, options: ReadOptions) -> dict[int, FileSet]:
    """Files of every year under a path."""
    return find_years(place, MONEY)


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year from the matrices T, Y and V and the labels.

    Raises
    ------
    ReadError
        If a file is missing or damaged, or does not fit the labels.
    """
    _require_basic_prices(options)
    found = locate(files, MONEY, year)
    labels = read_labels_of(found)
    if int(found.release) < _EARLIEST:
        warn_user(
            f"{found.title('T')} is of release {found.release}; this reader was written for "
            f"0{_EARLIEST} and later, which are laid out alike.",
            IoeconWarning,
        )
    return _TableOfYear(found, labels, agreed_year(found.year, year, files.name), options).read()


def read_labels_of(found: GloriaFiles) -> GloriaLabels:
    """Labels of the matrices of a year."""
    holder, name = found.readme
    return read_labels(holder.read(name), PurePosixPath(name).name)


def _require_basic_prices(options: ReadOptions) -> None:
    if options.own["valuation"] != "basic":
        raise ReadError(
            "GLORIA at purchasers' prices is not read: Markup002 to Markup005 hold trade margins, "
            "transport margins, taxes and subsidies on products one by one (as its ReadMe names "
            "them; none of them alone is a table), and supply is at basic prices only. Pass "
            "valuation='basic'."
        )


class _TableOfYear:
    """Reads the matrices of a year: V and Y first, which tell the empty regions, then T."""

    def __init__(
        self, found: GloriaFiles, labels: GloriaLabels, year: int, options: ReadOptions
    ) -> None:
        self._found, self._labels, self._year, self._options = found, labels, year, options
        self._regions, self._sectors = len(labels.acronyms), len(labels.sectors)
        self._by_product = options.own["construct"] == BY_PRODUCT
        n = self._regions * self._sectors
        self._output, self._supplied, self._used = np.zeros(n), np.zeros(n), np.zeros(n)
        self._inputs = np.zeros(n)  # of every industry, value added with them
        self._mixes: list[Array] = []
        self._without: list[int] = []  # products that nobody supplies, industries without output

    def read(self) -> IOTable:
        """Table of the year."""
        labels = self._labels
        added, demand = self._read_value_added(), self._read_demand()
        grouping, empty = self._leave_out_empty(added, demand)
        flows = GroupedFlows(grouping, self._options.dtype, by_product=self._by_product)
        final = GroupedRows(grouping, demand.shape[1])
        self._inputs += added.sum(axis=0)
        for region, supply, uses in self._read_regions(empty):
            at = slice(region * self._sectors, (region + 1) * self._sectors)
            shares = self._find_shares(supply, at.start)
            self._output[at], self._supplied[at] = supply.sum(axis=1), supply.sum(axis=0)
            self._used[at] = uses.sum(axis=1) + demand[at].sum(axis=1)
            self._inputs += uses.sum(axis=0)
            if self._by_product:
                self._mixes.append(shares)
            flows.add_rows(region, uses if self._by_product else shares @ uses)
            final.add_rows(region, demand[at] if self._by_product else shares @ demand[at])
        self._warn_of_differences()
        if self._by_product:
            flows.mix_columns(self._mixes)
            for region, mix in enumerate(self._mixes):
                at = slice(region * self._sectors, (region + 1) * self._sectors)
                added[:, at] = added[:, at] @ mix
        return IOTable(
            Z=flows.finish(),
            Y=grouping.sum_destinations(final.finish()).astype(self._options.dtype, copy=False),
            countries=grouping.countries,
            sectors=grouping.sectors,
            categories=labels.final_demand,
            year=self._year,
            unit="thousand",
            currency="USD",
            printed_output=grouping.sum_vector(
                self._supplied if self._by_product else self._output
            ),
            primary_inputs=grouping.sum_columns(added),
            primary_labels=labels.value_added,
            system=_SYSTEMS[self._options.own["construct"]],
            valuation="basic prices",
            edition=f"GLORIA {self._found.release}",
        )

    # -- the matrices ------------------------------------------------------------------------------

    def _read_value_added(self) -> Array:
        """Read value added of every industry by category, shape (categories, n)."""
        kinds = len(self._labels.value_added)
        added = np.zeros((kinds, len(self._output)))
        rows = 0
        for block in self._read_blocks("V", self._wide, kinds):
            values = self._split_columns(block, "V", "product")
            for place, row in enumerate(values, start=block.first):
                added[place % kinds] += row
            rows += len(values)
        self._require_rows("V", rows, kinds * self._regions)
        return added

    def _read_demand(self) -> Array:
        """Read final demand for every product, shape (n, regions × categories)."""
        columns = self._regions * len(self._labels.final_demand)
        demand = np.empty((len(self._output), columns))
        rows = 0
        for block in self._read_blocks("Y", columns, self._sectors):
            region, kind = divmod(block.first // self._sectors, 2)
            rows += len(block.values)
            if region >= self._regions or len(block.values) != self._sectors:
                continue
            if kind == 0:
                if block.values.any():
                    row = block.first + int(np.argwhere(block.values)[0, 0])
                    raise ReadError(
                        f"{self._title('Y')}: row {row + 1}, {self._labels.place(row)}, has final "
                        f"demand, which only rows of products should have. {_LABELS_DIFFER}"
                    )
            else:
                demand[region * self._sectors : (region + 1) * self._sectors] = block.values
        self._require_rows("Y", rows, self._wide)
        return demand

    def _read_regions(self, empty: Sequence[int]) -> Iterator[tuple[int, Array, Array]]:
        """Supply (s, s) and uses (s, n) of every region, in order."""
        rows, supply = 0, np.zeros((0, 0))
        for block in self._read_blocks("T", self._wide, self._sectors):
            region, kind = divmod(block.first // self._sectors, 2)
            rows += len(block.values)
            if region >= self._regions or len(block.values) != self._sectors:
                continue
            self._require_empty(block, region, kind, empty)
            blocks = block.values.reshape(self._sectors, self._regions, 2, self._sectors)
            if kind == 0:
                supply = blocks[:, region, 1].copy()
            else:
                yield region, supply, blocks[:, :, 0].reshape(self._sectors, -1)
        self._require_rows("T", rows, self._wide)

    def _read_blocks(self, part: str, columns: int, rows_at_once: int) -> Iterator[RowsOfNumbers]:
        return read_blocks(self._found, part, self._labels, columns, rows_at_once)

    @property
    def _wide(self) -> int:
        return 2 * len(self._output)

    def _title(self, part: str) -> str:
        return self._found.title(part)

    # -- checks ------------------------------------------------------------------------------------

    def _split_columns(self, block: RowsOfNumbers, part: str, nothing: str) -> Array:
        """Industries' columns of rows; the products' must be empty."""
        columns = block.values.reshape(-1, self._regions, 2, self._sectors)
        if columns[:, :, 1].any():
            row, region, sector = np.argwhere(columns[:, :, 1])[0]
            column = (2 * region + 1) * self._sectors + sector
            raise ReadError(
                f"{self._title(part)}: row {block.first + row + 1} holds "
                f"{columns[row, region, 1, sector]:g} in the column of {self._labels.place(column)}"
                f", where no {nothing} should have any. {_LABELS_DIFFER}"
            )
        return columns[:, :, 0].reshape(len(columns), -1)

    def _require_empty(
        self, block: RowsOfNumbers, region: int, kind: int, empty: Sequence[int]
    ) -> None:
        """Check that rows of T hold nothing but a region's own supply, or uses by industries."""
        allowed = block.values.reshape(self._sectors, self._regions, 2, self._sectors)
        count = np.count_nonzero(allowed)
        wanted = allowed[:, region, 1] if kind == 0 else allowed[:, :, 0]
        if count != np.count_nonzero(wanted):
            filled = allowed != 0
            filled[:, region if kind == 0 else slice(None), 1 - kind] = False
            row, *column = np.argwhere(filled)[0]
            at = block.first + int(row)
            place = self._labels.place((column[0] * 2 + column[1]) * self._sectors + column[2])
            where = "products of its own region" if kind == 0 else "industries"
            raise ReadError(
                f"{self._title('T')}: row {at + 1}, {self._labels.place(at)}, holds "
                f"{block.values[int(row)].reshape(allowed.shape[1:])[tuple(column)]:g} in the "
                f"column of {place}; it should deliver to {where} only. {_LABELS_DIFFER}"
            )
        named = [other for other in empty if other == region or (kind and wanted[:, other].any())]
        if count and named:
            raise ReadError(
                f"{self._title('T')}: {self._labels.acronyms[named[0]]} has flows in rows of "
                f"{self._labels.acronyms[region]}, but neither value added nor final demand."
            )

    def _require_rows(self, part: str, rows: int, wanted: int) -> None:
        if rows != wanted:
            raise ReadError(
                f"{self._title(part)} has {rows:,} rows where {self._labels.file} calls for "
                f"{wanted:,} ({self._regions} regions, {self._sectors} sectors): it is cut off, or "
                "the labels are of another release."
            )

    def _leave_out_empty(self, added: Array, demand: Array) -> tuple[Grouping, list[int]]:
        """Make the grouping without the regions that have neither value added nor final demand."""
        labels = self._labels
        by_region = added.reshape(len(added), self._regions, -1).any(axis=(0, 2))
        for axes in ((self._regions, -1), (len(demand), self._regions, -1)):
            others = tuple(k for k in range(len(axes)) if k != len(axes) - 2)
            by_region |= demand.reshape(axes).any(axis=others)
        empty = [int(region) for region in np.flatnonzero(~by_region)]
        left_out = [labels.countries[region] for region in empty]
        grouping = Grouping.of(
            labels.countries, labels.sectors, self._options, self._title("T"), left_out
        )
        if empty:
            warn_user(
                f"{self._title('T')}: {listed(labels.acronyms[region] for region in empty)} "
                f"{'has' if len(empty) == 1 else 'have'} no flow in {self._year} and "
                f"{'is' if len(empty) == 1 else 'are'} left out.",
                IoeconWarning,
            )
        unknown = [code for code in labels.unknown if code not in left_out]
        if unknown:
            warn_user(
                f"{labels.file}: the regions {listed(unknown)} are no country of ISO 3166; they "
                "keep their acronyms as codes.",
                IoeconWarning,
            )
        return grouping, empty

    def _find_shares(self, supply: Array, first: int) -> Array:
        find = product_mix if self._by_product else market_shares
        try:
            shares, without = find(supply)
        except TableError as error:
            place = self._labels.acronyms[first // self._sectors]
            raise ReadError(f"{self._title('T')}: {place}: {error}") from error
        self._without += [first + int(place) for place in without]
        return shares

    def _warn_of_differences(self) -> None:
        """Warn where supply and use, or output and inputs, of the file differ, and by how much."""
        kept = self._inputs if self._by_product else self._used
        lost = [place for place in self._without if kept[place] != 0]
        if lost:
            kinds, where = _WITHOUT[self._by_product]
            warn_user(
                f"{self._title('T')}: {kinds} are kept with the {where} of the same name: "
                f"{listed((self._name(place) for place in lost), 6)}, together "
                f"{kept[lost].sum():,.4g} thousand USD.",
                IoeconWarning,
            )
        for have, need, what in (
            (self._supplied, self._used, "use and supply of products"),
            (self._output, self._inputs, "inputs and output of industries"),
        ):
            missed = np.abs(need - have)
            if missed.sum() > _UNBALANCED * np.abs(have).sum():
                worst = int(missed.argmax())
                warn_user(
                    f"{self._title('T')}: {what} differ by {missed.sum() / np.abs(have).sum():.2%} "
                    f"in sum, most for {self._name(worst)} ({need[worst]:,.6g} and "
                    f"{have[worst]:,.6g} thousand USD). Flows are kept as they are; output is row "
                    "sums, and printed_output is supply.",
                    IoeconWarning,
                )

    def _name(self, place: int) -> str:
        region, sector = divmod(place, self._sectors)
        return f"{self._labels.acronyms[region]} {self._labels.sectors[sector]}"


def read_product_mixes(found: GloriaFiles, labels: GloriaLabels) -> list[Array]:
    """Product mix of every region's industries, from the supply in T: a matrix (s, s) for each.

    Raises
    ------
    ReadError
        If T does not fit the labels.
    """
    sectors, regions = len(labels.sectors), len(labels.acronyms)
    mixes = []
    for block in read_blocks(found, "T", labels, 2 * sectors * regions, sectors):
        region, kind = divmod(block.first // sectors, 2)
        if kind == 0 and region < regions and len(block.values) == sectors:
            start = (2 * region + 1) * sectors
            mixes.append(product_mix(block.values[:, start : start + sectors])[0])
    if len(mixes) != regions:
        raise ReadError(
            f"{found.title('T')} has the supply of {len(mixes)} regions; {labels.file} names "
            f"{regions}."
        )
    return mixes


def read_blocks(
    found: GloriaFiles, part: str, labels: GloriaLabels, columns: int, rows_at_once: int
) -> Iterator[RowsOfNumbers]:
    """Rows of one matrix, so many at a time."""
    wide = 2 * len(labels.sectors) * len(labels.acronyms)
    file = found.title(part)
    with found.matrices.open(found.names[part]) as stream:
        lines = text_lines(stream, file)
        first = next(lines, b"")
        labels.require_columns(first, columns, file)
        yield from number_rows(
            chain([first], lines),
            file=file,
            columns=columns,
            column_name=labels.place if columns == wide else None,
            rows_at_once=rows_at_once,
        )
