"""Where the files of a format lie: a folder, a zip as published, or files named one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TypeAlias, TypeVar

from ioecon.errors import IoeconWarning, ReadError
from ioecon.files.archives import Archive
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.files.source_file import PathLike, SourceFile
from ioecon.readers.options import ReadOptions
from ioecon.readers.registry import FileFormat
from ioecon.user_warnings import warn_user
from ioecon.wording import spans

__all__ = [
    "Origin",
    "choose_years",
    "find_origin",
    "find_sources",
    "undated_files",
    "warn_of_uneven_years",
]

Origin: TypeAlias = SourceFile | FileSet
AnyOrigin = TypeVar("AnyOrigin", SourceFile, FileSet)


def find_sources(
    path: PathLike | Mapping[int, PathLike], form: FileFormat, options: ReadOptions
) -> Mapping[int, Origin]:
    """Every file, or set of files, of a format that ``path`` offers, by year.

    Parameters
    ----------
    path : path, or mapping of int to path
        A folder, a zip, a single file, or one file for every year.
    form : FileFormat
        Format whose file names are looked for.
    options : ReadOptions
        For a file that must be read to tell its years.

    Raises
    ------
    ReadError
        If the path does not exist or two files claim the same year.
    """
    if isinstance(path, Mapping):
        return {
            int(year): find_origin(Path(file), form, options, int(year))
            for year, file in path.items()
        }
    place = Path(path)
    if form.parse_files is not None:
        if not place.exists():
            raise ReadError(f"There is no file or folder {place}.")
        return dict(form.find_sets(place, options) if form.find_sets else _find_sets(place, form))
    if place.is_dir():
        found = _index_by_year(
            ((entry.name, SourceFile(entry)) for entry in _list_files(place)), form, place
        )
        if found:
            return found
        bundles = {name.lower() for name in form.archives}
        for entry in _list_files(place):
            if entry.name.lower() in bundles:
                return _find_in_zip(entry, form)
        return {}
    if not place.exists():
        raise ReadError(f"There is no file or folder {place}.")
    if place.suffix.lower() == ".zip":
        return _find_in_zip(place, form)
    source, year = SourceFile(place), form.year_of(place.name)
    if form.years_in is not None and year is None:
        return dict.fromkeys(form.years_in(source.read(), source.name, options), source)
    return {} if year is None else {year: source}


def find_origin(place: Path, form: FileFormat, options: ReadOptions, year: int | None) -> Origin:
    """File that a path names, or the files of its one year with those that lie beside it.

    Raises
    ------
    ReadError
        If it does not exist.
    """
    if form.parse_files is None:
        return SourceFile(place)
    found = form.find_sets(place, options) if form.find_sets and place.exists() else {}
    if year is None and len(found) == 1:
        (year,) = found
    return FileSet.of(place) if year is None or year not in found else found[year]


def _find_sets(place: Path, form: FileFormat) -> dict[int, FileSet]:
    """Find sets of files by year: what the path is or holds, by the names of the format."""
    if form.year_of(place.name) is not None:
        return _index_by_year([(place.name, FileSet.of(place))], form, place)
    if place.is_dir():
        entries = list_folder(place)
        found = _index_by_year(
            ((e.name, FileSet.of(e)) for e in entries if form.year_of(e.name) is not None),
            form,
            place,
        )
        bundles = {name.lower() for name in form.archives}
        for entry in () if found else entries:
            if entry.name.lower() in bundles:
                return _find_sets_in_zip(entry, form)
        return found
    return _find_sets_in_zip(place, form) if place.suffix.lower() == ".zip" else {}


def _find_sets_in_zip(place: Path, form: FileFormat) -> dict[int, FileSet]:
    """Find sets in a bundle: files, folders or zips within that are named like a year."""
    whole = FileSet.of(place)
    groups: dict[str, list[str]] = {}
    for name in whole.names:
        parts = PurePosixPath(name).parts
        named = next((k for k, part in enumerate(parts) if form.year_of(part) is not None), None)
        if named is not None:
            groups.setdefault("/".join(parts[: named + 1]), []).append(name)
    sets = (
        (
            PurePosixPath(group).name,
            FileSet.of(place, nested=group)
            if group.lower().endswith(".zip")
            else whole.only(names),
        )
        for group, names in groups.items()
    )
    return _index_by_year(sets, form, place)


def undated_files(path: PathLike, form: FileFormat) -> list[Path]:
    """Files of a format whose names tell no year: in a folder, or the file itself."""
    place = Path(path)
    if form.undated is None:
        return []
    entries = _list_files(place) if place.is_dir() else [place] if place.is_file() else []
    return [entry for entry in entries if form.undated.fullmatch(entry.name)]


def _list_files(folder: Path) -> list[Path]:
    return [entry for entry in list_folder(folder) if entry.is_file()]


def _find_in_zip(place: Path, form: FileFormat) -> dict[int, SourceFile]:
    try:
        with Archive(place, place.name) as archive:
            members = archive.names
    except OSError as error:
        raise ReadError(f"{place} cannot be read: {error.strerror or error}.") from error
    named = ((PurePosixPath(member).name, SourceFile(place, member)) for member in members)
    return _index_by_year(named, form, place)


def _index_by_year(
    files: Iterable[tuple[str, AnyOrigin]], form: FileFormat, place: Path
) -> dict[int, AnyOrigin]:
    found: dict[int, AnyOrigin] = {}
    for name, source in files:
        year = form.year_of(name)
        if year is None:
            continue
        if year in found:
            raise ReadError(
                f"{place} has two files for {year}: {found[year].name} and {source.name}; pass a "
                "mapping of years to files."
            )
        found[year] = source
    return found


def choose_years(
    found: Iterable[int], years: Iterable[int] | int | None, *, place: str, looks_like: str
) -> tuple[int, ...]:
    """Years to read: the given ones, all of which must be there, or all that are there.

    Raises
    ------
    ReadError
        If a year is missing; the message names it, the file looked for and what is there.
    """
    there = sorted(found)
    listed = ", ".join(map(str, there)) or "no table of this format"
    if years is None:
        if not there:
            raise ReadError(f"{place} holds no file like {looks_like}.")
        return tuple(there)
    wanted = [years] if isinstance(years, int) else list(years)
    try:
        chosen = sorted({int(year) for year in wanted if int(year) == year})
    except (TypeError, ValueError):
        chosen = []
    if not chosen or len(chosen) != len({*wanted}):
        raise ReadError(f"years should be whole numbers such as range(2000, 2010), not {years!r}.")
    missing = [year for year in chosen if year not in set(there)]
    if missing:
        raise ReadError(
            f"{place} has no table of {', '.join(map(str, missing))}: looked for files like "
            f"{looks_like}; there: {listed}."
        )
    return tuple(chosen)


def warn_of_uneven_years(years: Sequence[int], place: str) -> None:
    """Say that periods between years differ in length."""
    lengths = {last - first: (first, last) for first, last in pairwise(years)}
    if len(lengths) < 2:
        return
    first, last = lengths[max(lengths)]
    warn_user(
        f"{place} has the years {spans(years)}, which are not equally far apart: a period of "
        f"{last - first} years ({first} to {last}) stands beside others of {min(lengths)}. Pass "
        "years= to choose.",
        IoeconWarning,
    )
