"""EMERGING, version 1, version 2 and EMERGING-E: a MATLAB 7.3 file of one year, which is HDF5.

Data sets, in the file or in its one group: z (flows), f (final demand), va, X, and the lists
country_list, sector_list and final_list of references to texts. EMERGING-E has MRIO_Z_E,
MRIO_F_E, MRIO_VA_E and MRIO_X_E in the group EMERGING_Power, and no lists: those of regions and
sectors come from a workbook of the same release. Current million USD.

MATLAB keeps columns together, so that what it saves as rows × columns stands turned in an HDF5
file; which way z stands is not taken for granted: with final demand its rows must add up to X.
Nothing was checked against a full original.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import IoeconWarning, ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.files.hdf5 import Hdf5Reader
from ioecon.readers.emerging_labels import EmergingLabels, read_lists, read_workbook
from ioecon.readers.grouped_flows import GroupedFlows, GroupedRows, Grouping
from ioecon.readers.labels import agreed_year
from ioecon.readers.options import ReadOptions
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user

__all__ = ["NAME", "find_sets", "parse_files", "read_labels_beside"]

NAME = re.compile(
    r"(?:global_mrio|EMERGING_V\d+(?:\.\d+)?|EMERGING_E)_(?P<year>\d{4})(?:_\w+)?\.mat",
    re.IGNORECASE,
)
_WORKBOOK = re.compile(r"EMERGING.*list\.xlsx|Figure data\.xlsx", re.IGNORECASE)
_PARTS = ("z", "f", "va", "X")
_PARTS_OF_E = ("MRIO_Z_E", "MRIO_F_E", "MRIO_VA_E", "MRIO_X_E")
_FITS, _APART = 0.05, 5  # largest miss of X that fits; how much better one way must fit
_UNBALANCED = 0.001


def find_sets(place: Path, options: ReadOptions) -> dict[int, FileSet]:
    """File of every year, with the workbooks of labels that lie beside it."""
    folder = place.parent if place.is_file() else place
    names = [entry.name for entry in list_folder(folder) if entry.is_file()]
    books = [name for name in names if _WORKBOOK.fullmatch(name)]
    found: dict[int, FileSet] = {}
    for name in [place.name] if place.is_file() else names:
        match = NAME.fullmatch(name)
        if match is None:
            continue
        year = int(match["year"])
        if year in found:
            raise ReadError(
                f"{place} has two files for {year}: {found[year].names[0]} and {name}; pass one."
            )
        found[year] = FileSet(folder, (name, *books))
    return found


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year.

    Raises
    ------
    ReadError
        If the file is damaged, lacks a part, or its sums fit in neither direction.
    """
    names = [name for name in files.names if name.lower().endswith(".mat")]
    if len(names) != 1 or (files.path.is_file() and files.path.suffix.lower() == ".zip"):
        raise ReadError(
            f"{files.name} should be one file like global_mrio_YYYY.mat or EMERGING_V2_YYYY_m.mat, "
            "not in a zip."
        )
    path = files.path if files.path.is_file() else files.path / names[0]
    match = NAME.fullmatch(PurePosixPath(names[0]).name)
    told = int(match["year"]) if match else None
    with Hdf5Reader(path, "emerging") as reader:
        parts = _find_parts(reader, path.name)
        labels = read_lists(reader, parts.prefix) or read_workbook(files, parts.regions, parts.n)
        return _TableOfYear(reader, parts, labels, path.name, options).read(
            agreed_year(told, year, path.name)
        )


def read_labels_beside(file: Path, year: int) -> EmergingLabels:
    """Labels of the table of a year that lies beside a file.

    Raises
    ------
    ReadError
        If there is none.
    """
    tables = find_sets(file.parent, ReadOptions())
    if year not in tables:
        raise ReadError(
            f"{file.name} has no labels: put the table of {year} beside it, a file like "
            f"EMERGING_V2_{year}_m.mat."
        )
    files = tables[year]
    path = files.path / files.names[0]
    with Hdf5Reader(path, "emerging") as reader:
        parts = _find_parts(reader, path.name)
        return read_lists(reader, parts.prefix) or read_workbook(files, parts.regions, parts.n)


@dataclass(frozen=True)
class _Parts:
    """Names of the data sets, and the sizes that they tell."""

    flows: str
    demand: str
    added: str
    output: str
    prefix: str
    n: int
    users: int  # columns of final demand
    power: bool

    @property
    def regions(self) -> int:
        """Regions, where every one has three kinds of final demand."""
        return self.users // 3


def _find_parts(reader: Hdf5Reader, file: str) -> _Parts:
    """Find the data sets, in the file or in one of its groups."""
    prefixes = sorted({name.rpartition("/")[0] for name in reader.datasets})
    for names, power in ((_PARTS, False), (_PARTS_OF_E, True)):
        for group in prefixes:
            prefix = f"{group}/" if group else ""
            paths = [f"{prefix}{name}" for name in names]
            if all(path in reader.datasets for path in paths):
                return _measure(reader, paths, prefix, power, file)
    have = ", ".join(list(reader.datasets)[:12]) or "none"
    raise ReadError(
        f"{file} should hold the data sets {', '.join(_PARTS)} (EMERGING-E: "
        f"{', '.join(_PARTS_OF_E)}); it holds {have}."
    )


def _measure(
    reader: Hdf5Reader, paths: Sequence[str], prefix: str, power: bool, file: str
) -> _Parts:
    shapes = [reader.datasets[path].shape for path in paths]
    for path, shape in zip(paths, shapes, strict=True):
        if reader.datasets[path].kind != "numbers" or len(shape) != 2:
            raise ReadError(f"{file}: {path} is no matrix of numbers.")
    n = shapes[0][0]
    if n == 0 or shapes[0] != (n, n):
        raise ReadError(f"{file}: {paths[0]} should be square; it is {shapes[0]}.")
    if n not in shapes[1]:
        raise ReadError(f"{file}: {paths[1]} should have {n} rows or columns; it is {shapes[1]}.")
    for path, shape in list(zip(paths, shapes, strict=True))[2:]:
        if sorted(shape) != [1, n]:
            raise ReadError(f"{file}: {path} should have {n} numbers; it is {shape}.")
    users = shapes[1][0] if shapes[1][1] == n else shapes[1][1]
    flows, demand, added, output = paths
    return _Parts(flows, demand, added, output, prefix, n, users, power)


class _TableOfYear:
    """Reads flows a few regions at a time, and finds out which way they stand."""

    def __init__(
        self,
        reader: Hdf5Reader,
        parts: _Parts,
        labels: EmergingLabels,
        file: str,
        options: ReadOptions,
    ) -> None:
        self._reader, self._parts, self._file = reader, parts, file
        self._labels, self._options = labels, options
        labels.require(parts.n, parts.users, file)
        self._grouping = Grouping.of(labels.countries, labels.sectors, options, file)

    def read(self, year: int) -> IOTable:
        """Table of the year."""
        parts, grouping = self._parts, self._grouping
        demand = self._read(parts.demand)
        output, added = self._read(parts.output).ravel(), self._read(parts.added)
        added = added.reshape(1, -1)
        flows, along, across = self._read_flows()
        ways = [way for way in (demand.T, demand) if len(way) == parts.n]
        turned, demand = self._choose_ways(along, across, ways, output)
        inputs = along if turned else across
        self._compare(inputs + added[0], output, "Inputs and X")
        self._compare((across if turned else along) + demand.sum(axis=1), output, "Uses and X")
        Z = flows.finish(turned=turned)
        final = GroupedRows(grouping, demand.shape[1])
        size = len(self._labels.sectors)
        for region in range(len(self._labels.countries)):
            final.add_rows(region, demand[region * size : (region + 1) * size])
        kind = "EMERGING-E" if parts.power else "EMERGING"
        return IOTable(
            Z=Z,
            Y=grouping.sum_destinations(final.finish()).astype(self._options.dtype, copy=False),
            countries=grouping.countries,
            sectors=grouping.sectors,
            sector_names=None if self._options.sectors is not None else self._labels.sector_names,
            categories=self._labels.categories,
            year=year,
            unit="million",
            currency="USD",
            printed_output=grouping.sum_vector(output),
            primary_inputs=grouping.sum_columns(added),
            primary_labels=("Value added",),
            edition=kind,
        )

    def _read(self, name: str) -> Array:
        values = self._reader.array(name)
        self._require_finite(values, name)
        return values

    def _read_flows(self) -> tuple[GroupedFlows, Array, Array]:
        """Flows as they stand, and the sums along their rows and across their columns."""
        name, size = self._parts.flows, len(self._labels.sectors)
        flows = GroupedFlows(self._grouping, self._options.dtype)
        along, across = np.zeros(self._parts.n), np.zeros(self._parts.n)
        axis = self._reader.best_axis(name)
        for first, rows in self._reader.slabs(name, axis, size):
            self._require_finite(rows, name)
            along[first : first + len(rows)] = rows.sum(axis=1)
            across += rows.sum(axis=0)
            for place in range(0, len(rows), size):
                flows.add_rows((first + place) // size, rows[place : place + size])
        return (flows, along, across)

    def _require_finite(self, values: Array, name: str) -> None:
        bad = ~np.isfinite(values)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise ReadError(
                f"{self._file}: {name} holds {values[row, column]} instead of a number (position "
                f"{row + 1}, {column + 1})."
            )

    def _choose_ways(
        self, along: Array, across: Array, finals: Sequence[Array], output: Array
    ) -> tuple[bool, Array]:
        """Whether what was read as rows are columns of the table, and final demand; told by X.

        Final demand may stand both ways only where it has as many columns as rows.
        """
        size = np.abs(output).sum() or 1.0
        ways = [(turned, final) for final in finals for turned in (False, True)]
        misses = np.array(
            [
                np.abs((across if turned else along) + final.sum(axis=1) - output).sum() / size
                for turned, final in ways
            ]
        )
        best = int(misses.argmin())
        others = np.delete(misses, best)
        if misses[best] > _FITS or (misses[best] * _APART >= others).any():
            shown = " or ".join(f"{miss:.2%}" for miss in misses)
            raise ReadError(
                f"{self._file}: {self._parts.flows} and {self._parts.demand} should add up to "
                f"{self._parts.output} along rows; they miss it by {shown} in sum, as they stand "
                "or turned, so that it cannot be told which way the flows stand."
            )
        return ways[best]

    def _compare(self, sums: Array, output: Array, what: str) -> None:
        missed = np.abs(sums - output)
        if missed.sum() > _UNBALANCED * np.abs(output).sum():
            worst = int(missed.argmax())
            region, sector = divmod(worst, len(self._labels.sectors))
            warn_user(
                f"{self._file}: {what} differ by {missed.sum() / np.abs(output).sum():.2%} in sum, "
                f"most for {self._labels.countries[region]} {self._labels.sectors[sector]} "
                f"({sums[worst]:,.6g} and {output[worst]:,.6g} million USD).",
                IoeconWarning,
            )
