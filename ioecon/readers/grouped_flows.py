"""Flows of a table that arrive country by country, summed over groups before they are kept.

For databases that are larger than memory: one country's rows are held, and the table of groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.concordance import read_concordance
from ioecon.errors import LabelError, ReadError
from ioecon.readers.options import ReadOptions

__all__ = ["GroupedFlows", "GroupedRows", "Grouping"]

_BLOCK = 2048  # rows and columns that are exchanged at once


@dataclass(frozen=True)
class Grouping:
    """Countries and sectors of a file, and those of the table that is made of it.

    Parameters
    ----------
    countries, sectors : tuple of str
        Of the table.
    by_country : ndarray, shape (countries of the table, countries of the file)
        Share of each country of the file that goes to each of the table; a column of zeros for
        one that is left out because it is empty.
    by_sector : ndarray, shape (sectors of the table, sectors of the file), or None
        The same of sectors; None where they are the file's.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    by_country: Array
    by_sector: Array | None

    @classmethod
    def of(
        cls,
        countries: Sequence[str],
        sectors: Sequence[str],
        options: ReadOptions,
        file: str,
        empty: Sequence[str] = (),
    ) -> Grouping:
        """Make the grouping that the options of reading ask for.

        Parameters
        ----------
        countries, sectors : sequence of str
            Of the file.
        options : ReadOptions
            With the concordances.
        file : str
            Name for messages.
        empty : sequence of str
            Countries without any flow, which are left out and need no group.

        Raises
        ------
        ReadError
            If a concordance does not fit; a country or sector that it leaves out is named.
        """
        kept = [country for country in countries if country not in empty]
        if not kept:
            raise ReadError(f"{file} holds no flow of any country.")
        try:
            country_names, by_kept = _sum_over(options.regions, kept, countries, "countries")
            sector_names, by_sector = _sum_over(options.sectors, sectors, sectors, "sectors")
        except LabelError as error:
            raise ReadError(f"{file}: {error}") from error
        by_country = np.zeros((len(country_names), len(countries)))
        by_country[:, [countries.index(country) for country in kept]] = by_kept
        return cls(
            country_names, sector_names, by_country, None if options.sectors is None else by_sector
        )

    @cached_property
    def is_plain(self) -> bool:
        """Whether every country and sector of the table is one of the file."""
        one = self.by_country
        return self.by_sector is None and bool(
            ((one == 0) | (one == 1)).all() and (one.sum(axis=1) == 1).all()
        )

    @property
    def n(self) -> int:
        """Rows of the table."""
        return len(self.countries) * len(self.sectors)

    @property
    def file_sectors(self) -> int:
        """Sectors of the file."""
        return len(self.sectors) if self.by_sector is None else self.by_sector.shape[1]

    def sum_sectors(self, rows: Array) -> Array:
        """Rows of one country, shape (sectors of the file, …), by sector of the table."""
        return rows if self.by_sector is None else self.by_sector @ rows

    def sum_columns(self, values: Array) -> Array:
        """Columns of the file's countries × sectors, shape (…, n), by those of the table."""
        count = values.shape[0]
        blocks = values.reshape(count, self.by_country.shape[1], self.file_sectors)
        if self.is_plain:
            chosen = self.by_country.argmax(axis=1)
            return blocks[:, chosen].reshape(count, -1)
        if self.by_sector is not None:
            blocks = blocks @ self.by_sector.T
        return np.einsum("grh,kr->gkh", blocks, self.by_country, optimize=True).reshape(count, -1)

    def sum_destinations(self, values: Array) -> Array:
        """Columns of the file's countries × categories by countries of the table × categories."""
        rows = values.shape[0]
        blocks = values.reshape(rows, self.by_country.shape[1], -1)
        return np.einsum("grh,kr->gkh", blocks, self.by_country, optimize=True).reshape(rows, -1)

    def sum_vector(self, values: Array) -> Array:
        """Vector over the file's countries × sectors by those of the table."""
        return self.sum_columns(values[None])[0]


def _sum_over(
    groups: Any, kept: Sequence[str], labels: Sequence[str], kind: str
) -> tuple[tuple[str, ...], Array]:
    """Names of the groups of the kept labels, and the matrix (groups × kept) that sums."""
    if groups is None:
        return tuple(kept), np.eye(len(kept))
    found = read_concordance(groups, labels, kind, holder="the file", complete=False)
    matrix = found.matrix(kept).toarray()
    filled = matrix.any(axis=1)
    return tuple(np.array(found.groups, dtype=object)[filled]), matrix[filled]


class GroupedRows:
    """Rows of a matrix whose columns stay as they are, by country and sector of a table."""

    def __init__(self, grouping: Grouping, columns: int, dtype: str = "float64") -> None:
        self._grouping = grouping
        self._sums: NDArray[Any] = np.zeros((grouping.n, columns), dtype=dtype)

    def add_rows(self, country: int, rows: Array) -> None:
        """Add the rows of one country of the file."""
        rows = self._grouping.sum_sectors(rows)
        size = len(self._grouping.sectors)
        shares = self._grouping.by_country[:, country]
        for group in np.flatnonzero(shares):
            self._sums[group * size : (group + 1) * size] += shares[group] * rows

    def multiply_columns(self, at: slice, factor: Array) -> None:
        """Multiply some columns by a square matrix from the right."""
        self._sums[:, at] = self._sums[:, at] @ factor

    def finish(self) -> NDArray[Any]:
        """Return the matrix, which nobody else holds."""
        sums = self._sums
        del self._sums
        return sums


class GroupedFlows:
    """Square matrix of flows between the countries × sectors of a table.

    Parameters
    ----------
    grouping : Grouping
    dtype : str
        Of the finished matrix; sums over groups are made in float64.
    by_product : bool
        Whether columns are still to be multiplied by :meth:`mix_columns`, which must come before
        they are summed: then all columns of the file are held until then.
    """

    def __init__(self, grouping: Grouping, dtype: str, *, by_product: bool = False) -> None:
        self._grouping, self._dtype, self._by_product = grouping, dtype, by_product
        columns = len(grouping.by_country.T) * grouping.file_sectors if by_product else grouping.n
        self._rows = GroupedRows(grouping, columns, dtype if grouping.is_plain else "float64")

    def add_rows(self, country: int, rows: Array) -> None:
        """Add what one country of the file delivers: shape (its sectors, n of the file)."""
        rows = rows if self._by_product else self._grouping.sum_columns(rows)
        self._rows.add_rows(country, rows)

    def mix_columns(self, mixes: Sequence[Array]) -> None:
        """Multiply the columns of every country of the file by its square matrix."""
        for country, mix in enumerate(mixes):
            at = slice(country * len(mix), (country + 1) * len(mix))
            self._rows.multiply_columns(at, mix)

    def finish(self, *, turned: bool = False) -> NDArray[Any]:
        """Return the matrix, its rows and columns exchanged if they were ``turned``.

        Nobody else holds it, and it is read-only, so that a table need not copy it.
        """
        sums = self._rows.finish()
        if self._by_product and not self._keeps_columns():
            sums = self._grouping.sum_columns(sums)
        sums = sums.astype(self._dtype, copy=False)
        if turned:
            _turn(sums)
        sums.setflags(write=False)
        return sums

    def _keeps_columns(self) -> bool:
        """Whether the columns of the file are those of the table."""
        grouping = self._grouping
        one = grouping.by_country
        return grouping.is_plain and np.array_equal(one, np.eye(one.shape[1]))


def _turn(matrix: NDArray[Any]) -> None:
    """Exchange rows and columns of a square matrix where it stands."""
    for row in range(0, len(matrix), _BLOCK):
        at = slice(row, row + _BLOCK)
        matrix[at, at] = matrix[at, at].T.copy()
        for column in range(row + _BLOCK, len(matrix), _BLOCK):
            other = slice(column, column + _BLOCK)
            block = matrix[at, other].copy()
            matrix[at, other] = matrix[other, at].T
            matrix[other, at] = block.T
