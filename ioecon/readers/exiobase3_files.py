"""The files of one year of EXIOBASE 3: where they lie, and what the small ones say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.files.plain_text import decode
from ioecon.readers.exiobase3_matrix import (
    LabelledMatrix,
    require_once,
    show_cells,
    split_cells,
    tidy,
)
from ioecon.readers.options import ReadOptions

__all__ = ["DIRECT_USE", "ExiobaseFiles", "find_sets", "find_years", "recognises"]

_YEAR_FOLDER = re.compile(r"IOT_(?P<year>\d{4})_(?P<system>ixi|pxp)(\.zip)?", re.IGNORECASE)
#: What an account has of final demand: its file, and what that was called before.
DIRECT_USE = ("F_Y.txt", "F_hh.txt")

_SMALL = 2**24  # bytes of a file of labels
_OTHERS = (
    (r"mr_?h(sut|iot)s?_.*", "the hybrid EXIOBASE, in physical units"),
    (r"mr_?sut_.*|.*/mrsut_.*", "supply and use tables of EXIOBASE (MRSUT)"),
    (r"mriot_.*|mrfinaldemand_.*", "EXIOBASE 2 (mrIot), an earlier database"),
)


@dataclass(frozen=True)
class ExiobaseFiles:
    """Files of one year, wherever in a folder or zip they lie.

    Parameters
    ----------
    files : FileSet
    root : str
        Folder of them within, empty or with a slash at its end.
    """

    files: FileSet
    root: str

    @classmethod
    def of(cls, files: FileSet) -> ExiobaseFiles:
        """Find the folder with the flows.

        Raises
        ------
        ReadError
            If there is none, or more than one.
        """
        roots = [name[: -len("Y.txt")] for name in files.find(r"Y\.txt")]
        whole = [root for root in roots if _has_flows(files, root)]
        if len(whole) == 1:
            return cls(files, whole[0])
        if len(whole) > 1:
            places = " and ".join(root or "." for root in whole[:3])
            raise ReadError(
                f"{files.name} holds {len(whole)} tables, in {places}: pass one of them."
            )
        raise ReadError(f"{files.name} is no table of EXIOBASE 3: {_describe_lack(files, roots)}.")

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return self.root + name in self.files.names

    def name_of(self, name: str) -> str:
        """Name of a file for messages."""
        return f"{self.files.name}/{name}"

    @property
    def year(self) -> int | None:
        """Year that the names of folders tell, or else the metadata, as the only one there.

        Raises
        ------
        ReadError
            If names and metadata tell different years; :attr:`system` likewise.
        """
        named = self._find_in_names()
        written = _YEAR_FOLDER.fullmatch(str(self.metadata.get("name", "")))
        if named and written:
            self._require_equal(named["year"], written["year"])
        if named or written:
            return int((named or written)["year"])  # type: ignore[index]
        words = f"{self.metadata.get('name', '')} {self.metadata.get('description', '')}"
        years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", words))
        return int(years.pop()) if len(years) == 1 else None

    @property
    def system(self) -> str:
        """``"ixi"`` or ``"pxp"`` as the names of folders, or else the metadata, tell; or empty."""
        named = self._find_in_names()
        written = str(self.metadata.get("system", "")).lower()
        written = written if written in ("ixi", "pxp") else ""
        if named is None:
            return written
        if written:
            self._require_equal(named["system"].lower(), written)
        return named["system"].lower()

    def _require_equal(self, named: str, written: str) -> None:
        if named != written:
            raise ReadError(
                f"{self.files.name} is named like a table of {named}, but its metadata.json says "
                f"{written}; which is it?"
            )

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Content of metadata.json; empty without one."""
        if not self.has("metadata.json"):
            return {}
        try:
            found = json.loads(self._read_text("metadata.json"))
        except (ValueError, RecursionError) as error:
            file = self.name_of("metadata.json")
            raise ReadError(f"{file} is no complete JSON file: {error}.") from error
        return found if isinstance(found, dict) else {}

    def _find_in_names(self) -> re.Match[str] | None:
        """Find the name IOT_YYYY_ixi among the folders within, or else of the folder or zip."""
        names = (*reversed(PurePosixPath(self.root).parts), self.files.path.name)
        return next((match for name in names if (match := _YEAR_FOLDER.fullmatch(name))), None)

    @property
    def accounts(self) -> tuple[str, ...]:
        """Folders that hold accounts by sector, in the order of their names."""
        found = [name for name in self.files.find(r"F\.txt") if name.startswith(self.root)]
        inner = [PurePosixPath(name[len(self.root) :]) for name in found]
        return tuple(sorted(str(path.parent) for path in inner if len(path.parts) == 2))

    def cells(self, name: str) -> list[list[str]]:
        """Cells of a small file of labels, line by line; blank lines are left out."""
        return [split_cells(line) for line in self._read_text(name).splitlines() if line.strip()]

    def _read_text(self, name: str) -> str:
        if not self.has(name):
            raise ReadError(f"{self.files.name} holds no {name}.")
        size = self.files.size(self.root + name)
        if size > _SMALL:
            raise ReadError(
                f"{self.name_of(name)} has {size / 2**20:,.0f} MiB, too much for a list of labels."
            )
        return decode(self.files.read(self.root + name), self.name_of(name), may_be_named=False)

    @contextmanager
    def matrix(self, name: str, label_columns: int, second: str) -> Iterator[LabelledMatrix]:
        """Open a matrix and read its labels.

        Parameters
        ----------
        name : str
            For example ``"Z.txt"``.
        label_columns : int
            Cells before the numbers.
        second : str
            What the second line of labels is headed by: ``"sector"`` or ``"category"``.

        Raises
        ------
        ReadError
            If the file is missing or begins with other lines.
        """
        if not self.has(name):
            raise ReadError(f"{self.files.name} holds no {name}.")
        with self.files.open(self.root + name) as stream:
            yield LabelledMatrix.read(stream, self.name_of(name), label_columns, second)

    def units_of(self, folder: str) -> dict[str, str]:
        """Units of the rows of an account, in the order of the file."""
        name = f"{folder}/unit.txt"
        head, *rows = self.cells(name)
        if [cell.lower() for cell in head[:2]] != ["stressor", "unit"]:
            raise ReadError(
                f"{self.name_of(name)}: line 1 should be stressor and unit, and is "
                f"{show_cells(head[:3])}."
            )
        for row in rows:
            if len(row) < 2 or not all(row[:2]):
                raise ReadError(f"{self.name_of(name)}: {row[0]!r} has no unit.")
        require_once([(tidy(row[0]),) for row in rows], "the unit of", self.name_of(name))
        return {tidy(row[0]): tidy(row[1]) for row in rows}

    def columns(self, name: str, second: str) -> LabelledMatrix:
        """Labels of the columns of an account; its rows are not read."""
        with self.matrix(name, 1, second) as matrix:
            return replace(matrix, lines=iter(()))

    def account_rows(
        self,
        name: str,
        second: str,
        wanted: Sequence[str],
        place: Mapping[tuple[str, ...], int],
        labels_file: str,
    ) -> NDArray[np.float64]:
        """Rows of an account in the order wanted, columns in the order of a table.

        Parameters
        ----------
        name : str
            For example ``"satellite/F.txt"``.
        second : {"sector", "category"}
            What columns are of, besides regions.
        wanted : sequence of str
            Rows.
        place : mapping of (str, str) to int
            Position of each column.
        labels_file : str
            Where these columns come from, for messages.

        Returns
        -------
        ndarray, shape (len(wanted), len(place))
        """
        rows = {label: k for k, label in enumerate(wanted)}
        values = np.empty((len(wanted), len(place)))
        found: set[str] = set()
        with self.matrix(name, 1, second) as matrix:
            require_once(matrix.columns, "column", matrix.file)
            given = set(matrix.columns)
            for one, other, holder, lacker in (
                (matrix.columns, place, matrix.file, labels_file),
                (place, given, labels_file, matrix.file),
            ):
                pair = next((pair for pair in one if pair not in other), None)
                if pair is not None:
                    raise ReadError(f"{holder} has the column {' '.join(pair)}, {lacker} has not.")
            order = [place[pair] for pair in matrix.columns]
            for piece in matrix.only(rows).rows():  # to its end, where the checksum is tested
                for (text,), numbers in zip(piece.labels, piece.values, strict=True):
                    label = tidy(text)
                    if label in found:
                        raise ReadError(
                            f"{matrix.file}: row {label!r} stands there more than once."
                        )
                    found.add(label)
                    values[rows[label], order] = numbers
        absent = [label for label in wanted if label not in found]
        if absent:
            raise ReadError(f"{self.name_of(name)} has no row {absent[0]!r}.")
        return values


def _has_flows(files: FileSet, root: str) -> bool:
    return any(root + name in files.names for name in ("Z.txt", "A.txt"))


def _describe_lack(files: FileSet, roots: Sequence[str]) -> str:
    """Say what is missing, and what it may be instead."""
    if roots:
        return "it holds Y.txt, but neither Z.txt (flows) nor A.txt (coefficients)"
    for pattern, what in _OTHERS:
        for name in (files.path.name, *files.names):
            if re.fullmatch(pattern, name, re.IGNORECASE):
                return f"it is {what}, which is not read; take IOT_YYYY_ixi.zip or IOT_YYYY_pxp.zip"
    if files.path.name in ("A.txt", "Y.txt", "Z.txt", "x.txt"):
        return "it is one of its files; pass the folder that holds them"
    return "there is no Y.txt in it, as in IOT_YYYY_ixi.zip"


def recognises(files: FileSet) -> bool:
    """Whether files are those of a year of EXIOBASE 3."""
    try:
        ExiobaseFiles.of(files)
    except ReadError:
        return False
    return True


def find_sets(path: Path, options: ReadOptions) -> dict[int, FileSet]:
    """Find the years that a folder or a zip holds.

    Parameters
    ----------
    path : Path
        A folder or zip of one year, or a folder with several.
    options : ReadOptions
        With ``own["system"]``: ``"ixi"``, ``"pxp"``, or ``"auto"`` for whatever is there.

    Raises
    ------
    ReadError
        If both systems are there and none is chosen, the one chosen is not, or a year is there
        twice.
    """
    return {
        year: part.files.only(_names_needed(part))
        for year, part in find_years(path, options).items()
    }


def find_years(path: Path, options: ReadOptions) -> dict[int, ExiobaseFiles]:
    """Find the years that a folder or a zip holds, with their accounts; as :func:`find_sets`."""
    wanted = options.own.get("system", "auto")
    found = list(_find_all(path))
    systems = {system for _, system, _ in found}
    if wanted == "auto" and {"ixi", "pxp"} <= systems:
        raise ReadError(
            f"{path} holds tables industry × industry (ixi) and product × product (pxp); pass "
            "system='ixi' or system='pxp'."
        )
    fitting = [entry for entry in found if wanted == "auto" or entry[1] in (wanted, "")]
    if found and not fitting:
        other = next(iter(systems))
        raise ReadError(f"{path} holds tables of the system {other!r} only, not {wanted!r}.")
    years: dict[int, ExiobaseFiles] = {}
    for year, _, part in fitting:
        if year in years:
            raise ReadError(
                f"{path} has two tables for {year}: {years[year].files.name} and "
                f"{part.files.name}; pass a mapping of years to files."
            )
        years[year] = part
    return dict(sorted(years.items()))


def _find_all(path: Path) -> Iterator[tuple[int, str, ExiobaseFiles]]:
    """Year, system (empty where the name does not tell) and files of every table under a path."""
    if path.is_dir():
        entries = list_folder(path)
        unpacked = {f"{entry.name.lower()}.zip" for entry in entries if entry.is_dir()}
        for entry in entries:  # a folder goes before the zip that it was unpacked from
            if _YEAR_FOLDER.fullmatch(entry.name) and entry.name.lower() not in unpacked:
                yield from _find_within(FileSet.of(entry))
        if any(entry.name == "Y.txt" for entry in entries):
            yield from _find_within(FileSet.of(path))
    elif path.suffix.lower() == ".zip":
        yield from _find_within(FileSet.of(path))


def _find_within(files: FileSet) -> Iterator[tuple[int, str, ExiobaseFiles]]:
    for place in files.find(r"Y\.txt"):
        root = place[: -len("Y.txt")]
        if not {f"{root}Z.txt", f"{root}A.txt"} & {*files.names}:
            continue
        part = ExiobaseFiles(files, root)
        year = part.year
        if year is None:  # whoever knows it passes a mapping of the year to the folder
            continue
        yield year, part.system, part


def _names_needed(part: ExiobaseFiles) -> list[str]:
    """Names of the files that a table is read from."""
    factors = {
        f"{folder}/{file}"
        for folder in ("factor_inputs", "satellite")
        for file in ("F.txt", "unit.txt", *DIRECT_USE)
    }
    unread = {"A.txt"} if part.has("Z.txt") else set()
    inner = [(name, name[len(part.root) :]) for name in part.files.names]
    return [
        name
        for name, short in inner
        if name.startswith(part.root)
        and ((short in factors or "/" not in short) and short not in unread)
    ]
