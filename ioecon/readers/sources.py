"""Where the files of a format lie: a folder, a zip as published, or files named one by one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ioecon.errors import ReadError
from ioecon.readers.archives import Archive
from ioecon.readers.registry import FileFormat

__all__ = ["PathLike", "SourceFile", "choose_years", "find_sources"]

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class SourceFile:
    """One file with one table: on disk, or inside a zip."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """Name for messages and for the table's source."""
        if self.member is None:
            return self.path.name
        return f"{self.path.name}/{PurePosixPath(self.member).name}"

    def read(self) -> bytes:
        """Content of the file; a member of a zip is read in memory and never written to disk.

        Raises
        ------
        ReadError
            If the file is missing, unreadable or damaged.
        """
        try:
            if self.member is None:
                return self.path.read_bytes()
            with Archive(self.path, self.path.name) as archive:
                return archive.read(self.member)
        except FileNotFoundError as error:
            raise ReadError(f"There is no file {self.path}.") from error
        except OSError as error:
            raise ReadError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        except KeyError as error:
            raise ReadError(f"{self.path} holds no {self.member} any more.") from error


def find_sources(
    path: PathLike | Mapping[int, PathLike], form: FileFormat
) -> dict[int, SourceFile]:
    """Every file of a format that ``path`` offers, by year.

    Parameters
    ----------
    path : path, or mapping of int to path
        A folder, a zip, a single file, or one file for every year.
    form : FileFormat
        Format whose file names are looked for.

    Raises
    ------
    ReadError
        If the path does not exist or two files claim the same year.
    """
    if isinstance(path, Mapping):
        return {int(year): SourceFile(Path(file)) for year, file in path.items()}
    place = Path(path)
    if place.is_dir():
        found = _by_year(((entry.name, SourceFile(entry)) for entry in _files(place)), form, place)
        if found:
            return found
        bundles = {name.lower() for name in form.archives}
        for entry in _files(place):
            if entry.name.lower() in bundles:
                return _in_zip(entry, form)
        return {}
    if not place.exists():
        raise ReadError(f"There is no file or folder {place}.")
    if place.suffix.lower() == ".zip":
        return _in_zip(place, form)
    source, year = SourceFile(place), form.year_of(place.name)
    if form.years_in is not None and year is None:
        return dict.fromkeys(form.years_in(source.read(), source.name), source)
    return {} if year is None else {year: source}


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_file())
    except OSError as error:
        raise ReadError(f"{folder} cannot be listed: {error.strerror or error}.") from error


def _in_zip(place: Path, form: FileFormat) -> dict[int, SourceFile]:
    try:
        with Archive(place, place.name) as archive:
            members = archive.names
    except OSError as error:
        raise ReadError(f"{place} cannot be read: {error.strerror or error}.") from error
    named = ((PurePosixPath(member).name, SourceFile(place, member)) for member in members)
    return _by_year(named, form, place)


def _by_year(
    files: Iterable[tuple[str, SourceFile]], form: FileFormat, place: Path
) -> dict[int, SourceFile]:
    found: dict[int, SourceFile] = {}
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
