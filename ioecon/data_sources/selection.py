"""Which files of an edition are asked for: years, system and parts against the catalogue."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ioecon.data_sources.catalogue import Database, Edition, Entry
from ioecon.data_sources.listings import Listed
from ioecon.data_sources.transfer import WebFile
from ioecon.errors import ArgumentError, DownloadError
from ioecon.wording import listed as phrase
from ioecon.wording import spans, suggest

__all__ = ["Request", "Selected", "advice_of", "select", "web_files"]


@dataclass(frozen=True)
class Request:
    """What is asked of a database."""

    years: tuple[int, ...] | None = None
    system: str | None = None
    parts: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Selected:
    """An entry with its year and system put in."""

    name: str  # a pattern where the edition has a listing
    entry: Entry
    year: int | None = None
    system: str = ""

    @property
    def address(self) -> str:
        """Its fixed address, if it has one."""
        return self.entry.address


def select(
    database: Database, edition: Edition, request: Request, *, years_needed: bool = True
) -> list[Selected]:
    """Select the files that are asked for, those fetched by hand among them.

    Without years, and where they are not needed, YYYY stands in the names.

    Raises
    ------
    ArgumentError
        If a year, system or part is not there, or years are needed and none is named.
    """
    where = f"{database.name} {edition.name}"
    system = _choose_system(where, edition, request.system)
    parts = _choose_parts(where, edition, request.parts)
    entries = [
        entry
        for entry in edition.files
        if entry.system in ("", system) and (entry.part in parts or not entry.part)
    ]
    yearly = [entry for entry in entries if "{year}" in entry.name or entry.years]
    if request.years is None and not years_needed:
        return [_fill(entry, "YYYY", system) for entry in entries]
    years = _choose_years(where, edition, yearly, request.years)
    found: list[Selected] = []
    for entry in entries:
        if "{year}" in entry.name:
            found += [_fill(entry, year, system) for year in years]
        elif entry.years is None or any(entry.years[0] <= y <= entry.years[1] for y in years):
            found.append(_fill(entry, None, system))
    return found


def _fill(entry: Entry, year: int | str | None, system: str) -> Selected:
    """Put year and system into the name and address of an entry."""
    name, address = (
        text.replace("{year}", str(year)).replace("{system}", system)
        for text in (entry.name, entry.address)
    )
    found = year if isinstance(year, int) else None
    return Selected(name, replace(entry, address=address), found, system)


def _choose_system(where: str, edition: Edition, asked: str | None) -> str:
    if asked is None:
        return edition.systems[0] if edition.systems else ""
    if not edition.systems:
        raise ArgumentError(f"{where} has no systems to choose from; leave {asked!r} out.")
    if asked not in edition.systems:
        raise ArgumentError(f"{where} has no system {asked!r}: {suggest(asked, edition.systems)}")
    return asked


def _choose_parts(where: str, edition: Edition, asked: tuple[str, ...] | None) -> tuple[str, ...]:
    if asked is None:
        return edition.default_parts or edition.parts[:1]
    if not edition.parts:
        raise ArgumentError(f"{where} has no parts to choose from; leave {phrase(asked)} out.")
    for part in asked:
        if part not in edition.parts:
            raise ArgumentError(f"{where} has no part {part!r}: {suggest(part, edition.parts)}")
    return asked


def _choose_years(
    where: str, edition: Edition, yearly: Sequence[Entry], asked: tuple[int, ...] | None
) -> tuple[int, ...]:
    """Years that are asked for, tested against what the catalogue knows of them."""
    bundles = [entry.years for entry in yearly if entry.years is not None]
    known: set[int] = {year for first, last in bundles for year in range(first, last + 1)}
    if edition.first_year is not None and edition.last_year is not None:
        known |= set(range(edition.first_year, edition.last_year + 1))
    if asked is None:
        if yearly:
            of = f" of {spans(known)}" if known else ""
            raise ArgumentError(
                f"{where} has a file for each year or bundle of years: name the years{of}, for "
                f"example --years {max(known, default=2010)}."
            )
        return ()
    strange = sorted(set(asked) - known) if known else []
    if strange:
        raise ArgumentError(f"{where} has the years {spans(known)}, not {spans(strange)}.")
    return tuple(sorted(set(asked)))


def advice_of(database: Database, edition: Edition) -> str:
    """Say where else to look, and when the addresses were known to work."""
    return f"The address was known to work {edition.when_known}; see {database.page}." + (
        f" {database.note}" if database.note else ""
    )


def web_files(
    database: Database,
    edition: Edition,
    selected: Sequence[Selected],
    listing: Mapping[str, Listed] | None,
) -> list[WebFile]:
    """Files with their addresses; what the publisher's list says of size and checksum comes first.

    Raises
    ------
    DownloadError
        If the list lacks a file that is asked for.
    """
    advice = advice_of(database, edition)
    files: dict[str, WebFile] = {}
    for item in selected:
        if item.address:
            found = [Listed(item.name, item.address, item.entry.size, item.entry.hash)]
        else:
            assert listing is not None
            names = fnmatch.filter(listing, item.name)
            if not names and item.entry.optional:
                continue
            if not names:
                raise DownloadError(_lacking(database, edition, item, listing))
            found = [listing[name] for name in sorted(names)]
        for one in found:
            known = edition.hashes.get(one.name, "")
            if known and one.hash.startswith(f"{known.partition(':')[0]}:") and one.hash != known:
                raise DownloadError(
                    f"{one.name} has another checksum in its publisher's list ({one.hash}) than "
                    f"ioecon's catalogue ({known}): the record was changed. {advice}"
                )
            files[one.name] = WebFile(
                one.name, one.address, edition.largest, one.size, one.hash or known, advice
            )
    return list(files.values())


def _lacking(
    database: Database, edition: Edition, item: Selected, listing: Mapping[str, Listed]
) -> str:
    pattern = item.name if item.year is None else item.name.replace(str(item.year), "*", 1)
    near = sorted(fnmatch.filter(listing, pattern)) or sorted(listing)
    return (
        f"The record of {database.name} {edition.name} has no file {item.name}; it has "
        f"{phrase(near)}. See {database.page}."
    )
