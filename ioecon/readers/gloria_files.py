"""Where the files of a year of GLORIA lie, and which belong together.

The publisher offers, for release 059 and the year 2022, the folders (or zips)
``GLORIA_MRIOs_59_2022`` and ``GLORIA_SatelliteAccounts_059_2022`` with matrices named like
``20240111_120secMother_AllCountries_002_T-Results_2022_059_Markup001(full).csv`` (T, Y, V; TQ and
YQ), perhaps in folders ``GLORIA_MRIO_Loop059_part_…``, and ``GLORIA_ReadMe_059.xlsx`` beside them.
Release 059a has matrices named 059.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.wording import listed

__all__ = ["MATRIX", "GloriaFiles", "find_years", "locate"]

MATRIX = re.compile(
    r".*?(?P<part>TQ|YQ|T|Y|V)-Results_(?P<year>\d{4})_(?P<release>\d{2,3})[a-z]?_"
    r"Markup(?P<markup>\d{3})\(full\)\.csv",
    re.IGNORECASE,
)
_PACKED = re.compile(
    r"GLORIA_(?P<kind>MRIOs|SatelliteAccounts)_(?P<release>\d{2,3})(?P<letter>[a-z]?)_(?P<year>\d{4})"
    r"(?!\d).*\.zip",
    re.IGNORECASE,
)
_README = re.compile(
    r"GLORIA_ReadMe(?:_(?P<release>\d{2,3})(?P<letter>[a-z]?))?\.xlsx", re.IGNORECASE
)
_FOLDER = re.compile(r"gloria", re.IGNORECASE)
_DEEPEST = 3  # levels of folders named GLORIA… that are looked into
_UPWARD = 2  # levels above the matrices in which the ReadMe is looked for
MONEY, SATELLITES = ("T", "Y", "V"), ("TQ", "YQ")


def find_years(place: Path, parts: Sequence[str] = MONEY) -> dict[int, FileSet]:
    """Files of every year under a path: matrices, or zips of them, and the ReadMe.

    Parameters
    ----------
    place : Path
        A folder, a zip, or one of the matrices.
    parts : sequence of str
        Which matrices: ``("T", "Y", "V")`` or ``("TQ", "YQ")``.

    Returns
    -------
    dict of int to FileSet
        By year: the matrices or their zip, and the ReadMe behind them, if there is one.

    Raises
    ------
    ReadError
        If the path cannot be listed, or a year is there twice.
    """
    entries = [place] if place.is_file() else list(_list_files(place, _DEEPEST))
    years: dict[int, list[Path]] = {}
    for entry in entries:
        year = _year_of(entry.name, parts)
        if year is not None:
            years.setdefault(year, []).append(entry)
    if place.suffix.lower() == ".zip" and not years and place.is_file():
        named = (_year_of(PurePosixPath(name).name, parts) for name in FileSet.of(place).names)
        years = {year: [place] for year in named if year is not None}
    if place.is_file() and MATRIX.fullmatch(place.name):
        beside = _list_files(place.parent, 0)
        years = {
            year: [entry for entry in beside if _year_of(entry.name, parts) == year]
            for year in years
        }
    return {year: _join(files, place) for year, files in sorted(years.items())}


def _year_of(name: str, parts: Sequence[str]) -> int | None:
    """Year of a matrix of the parts, or of a zip with them."""
    matrix, packed = MATRIX.fullmatch(name), _PACKED.fullmatch(name)
    if matrix is not None and matrix["part"].upper() in parts and int(matrix["markup"]) == 1:
        return int(matrix["year"])
    if packed is not None and (packed["kind"].lower() == "mrios") == ("T" in parts):
        return int(packed["year"])
    return None


def _list_files(folder: Path, depth: int) -> Iterator[Path]:
    """Files of a folder, and of the folders within that are named like GLORIA's."""
    for entry in list_folder(folder):
        if entry.is_file():
            yield entry
        elif depth and _FOLDER.search(entry.name) and entry.is_dir() and not entry.is_symlink():
            yield from _list_files(entry, depth - 1)


def _join(files: Sequence[Path], place: Path) -> FileSet:
    """Set of the files of one year with the ReadMe, relative to the folder that has them all."""
    loose = [file for file in files if file.suffix.lower() != ".zip"]
    files = loose or files  # what is unpacked goes before the zip
    folders = {file.parent for file in files}
    packed = [file for file in files if file.suffix.lower() == ".zip"]
    if len(packed) > 1 or len(folders) > 1:
        places = listed(sorted(str(file) for file in packed or folders))
        raise ReadError(f"{place} has a year of GLORIA twice, {places}; pass one of them.")
    readme = _find_readme(files[0], place)
    root = files[0].parent
    if readme is not None:
        while root not in readme.parents:
            root = root.parent
        files = [*files, readme]
    return FileSet(root, tuple(file.relative_to(root).as_posix() for file in files))


def _find_readme(file: Path, place: Path) -> Path | None:
    """ReadMe of the release: beside the files, in the folder that was passed, or above."""
    named = _PACKED.fullmatch(file.name) or MATRIX.fullmatch(file.name)
    release = "" if named is None else named["release"].zfill(3)
    letter = re.search(rf"_0*{int(release or 0)}([a-z])_", str(file), re.IGNORECASE)
    wanted = f"{release}{letter[1].lower() if letter else ''}"
    above = [file.parent, *file.parent.parents][: _UPWARD + 1]
    others: list[str] = []
    for folder in dict.fromkeys([*above, place if place.is_dir() else place.parent]):
        found = {}
        for entry in _list_files(folder, 0):
            match = _README.fullmatch(entry.name)
            if match is not None:
                told = match["release"]
                found[f"{told.zfill(3)}{match['letter'].lower()}" if told else ""] = entry
        for name in (wanted, release, f"{release}a", ""):
            if name in found:
                return found[name]
        others += [entry.name for entry in found.values()]
    if others:
        raise ReadError(
            f"Beside {file} there is {listed(others)}, but the matrices are of release {release}: "
            f"put GLORIA_ReadMe_{wanted}.xlsx there."
        )
    return None


@dataclass(frozen=True)
class GloriaFiles:
    """Matrices of one year, and the labels.

    Parameters
    ----------
    matrices : FileSet
        The folder or zip that has them.
    names : dict of str to str
        Name of each by its part: T, Y, V, TQ, YQ.
    readme : (FileSet, str)
        Set and name of the workbook with the labels.
    year : int
    release : str
        Three digits.
    """

    matrices: FileSet
    names: dict[str, str]
    readme: tuple[FileSet, str]
    year: int
    release: str

    def title(self, part: str) -> str:
        """Name of a matrix for messages."""
        return PurePosixPath(self.names[part]).name


def locate(files: FileSet, parts: Sequence[str], year: int | None) -> GloriaFiles:
    """Find the matrices of one year at basic prices in a set of files.

    Raises
    ------
    ReadError
        If one is missing or there twice, years or releases differ, or there is no ReadMe.
    """
    if files.path.is_file():  # one that was named by itself
        files = _only_year(find_years(files.path, parts), year, files)
    packed = [name for name in files.names if name.lower().endswith(".zip")]
    matrices = FileSet.of(files.path / packed[0]) if packed else files
    found: dict[str, list[re.Match[str]]] = {part: [] for part in parts}
    for name in matrices.names:
        match = MATRIX.fullmatch(PurePosixPath(name).name)
        if match is None or year not in (None, int(match["year"])):
            continue
        if match["part"].upper() in found and int(match["markup"]) == 1:
            found[match["part"].upper()].append(match)
    place = matrices.path.name
    for part, matches in found.items():
        if len(matches) != 1:
            have = listed(match.string for match in matches) if matches else "none"
            of = "" if year is None else f" of {year}"
            raise ReadError(
                f"{place} should hold one file …{part}-Results_…_Markup001(full).csv{of}: it holds "
                f"{have}."
            )
    told = {(int(one["year"]), one["release"].zfill(3)) for (one,) in found.values()}
    if len(told) > 1:
        mixed = listed(one.string for (one,) in found.values())
        raise ReadError(f"{place} holds matrices of different years or releases: {mixed}.")
    ((this_year, release),) = told
    names = {
        part: next(n for n in matrices.names if PurePosixPath(n).name == one.string)
        for part, (one,) in found.items()
    }
    return GloriaFiles(
        matrices, names, _choose_readme(files, matrices, release), this_year, release
    )


def _only_year(years: dict[int, FileSet], year: int | None, files: FileSet) -> FileSet:
    if len(years) != 1 or year not in (None, *years):
        raise ReadError(
            f"{files.path.name} is no matrix or zip of GLORIA"
            f"{'' if year is None else f' of {year}'}: pass the folder GLORIA_MRIOs_059_YYYY."
        )
    return next(iter(years.values()))


def _choose_readme(files: FileSet, matrices: FileSet, release: str) -> tuple[FileSet, str]:
    for holder in (files, matrices):
        named = [name for name in holder.names if _README.fullmatch(PurePosixPath(name).name)]
        if named:
            return holder, named[-1]
    raise ReadError(
        f"There is no GLORIA_ReadMe_{release}.xlsx beside {matrices.path}, in which the labels of "
        "the matrices are: put it there."
    )
