"""The catalogue: which databases there are, on which terms, and where their files are.

``catalogue.toml`` beside this module is the only place with addresses. A catalogue of one's own (a
mirror, a test server) has the same layout and is checked as strictly.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from importlib.resources import files as package_files
from os import PathLike
from pathlib import Path
from typing import Any

from ioecon.errors import ArgumentError, ReadError
from ioecon.wording import listed, suggest

__all__ = ["ACCESS", "Database", "Edition", "Entry", "database_of", "load_catalogue"]

ACCESS = ("open", "login", "by hand")
HASHES = {"md5": 32, "sha1": 40, "sha256": 64}
_LARGEST = 5_000_000_000  # bytes of a file of which the catalogue says nothing


@dataclass(frozen=True)
class Entry:
    """A file of an edition, or one for each year and system (``{year}``, ``{system}``)."""

    name: str
    address: str = ""
    part: str = ""
    system: str = ""
    years: tuple[int, int] | None = None  # a bundle of these years
    size: int | None = None
    hash: str = ""
    tables: str = ""  # format of its tables or account, if not the database's
    account: str = ""
    by_hand: bool = False  # although its edition has a listing
    optional: bool = False  # need not be in the listing


@dataclass(frozen=True)
class Edition:
    """A release of a database."""

    name: str
    known: date | str  # when the addresses were known to work, or "undated"
    known_from: str
    files: tuple[Entry, ...]
    listing: str = ""
    systems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    default_parts: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    largest: int = _LARGEST
    hashes: Mapping[str, str] = field(default_factory=dict)
    how: str = ""

    @property
    def when_known(self) -> str:
        """When and from where the addresses are known, as the end of a sentence."""
        return f"{self.known} ({self.known_from})"


@dataclass(frozen=True)
class Database:
    """A database: title, contents, terms and editions, the newest first."""

    name: str
    title: str
    what: str
    years: str
    size: str
    licence: str
    cite: str
    page: str
    access: str
    editions: tuple[Edition, ...]
    tables: str = ""  # the reader's name
    account: str = ""  # the name of the account's reader
    note: str = ""
    api: str = ""

    def edition(self, name: str | None) -> Edition:
        """Edition by name; the newest where none is named."""
        if name is None:
            return self.editions[0]
        found = {edition.name: edition for edition in self.editions}
        if name not in found:
            raise ArgumentError(
                f"{self.name} has no edition {name!r} in the catalogue: {suggest(name, found)}"
            )
        return found[name]


def load_catalogue(path: str | PathLike[str] | None = None) -> dict[str, Database]:
    """Read a catalogue, ioecon's own where no other is named.

    Raises
    ------
    ReadError
        If the file is missing, no TOML, or says what a catalogue does not.
    """
    if path is None:
        name = "catalogue.toml"
        text = package_files("ioecon.data_sources").joinpath(name).read_text(encoding="utf-8")
    else:
        name = Path(path).name
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ReadError(f"The catalogue {path} cannot be read: {error}.") from error
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ReadError(f"The catalogue {name} is no TOML file: {error}.") from error
    try:
        return {key: _database(key, table) for key, table in tables.items()}
    except ValueError as error:
        raise ReadError(f"The catalogue {name}: {error}") from error


def database_of(catalogue: Mapping[str, Database], name: str) -> Database:
    """Database by name.

    Raises
    ------
    ArgumentError
        If there is none of that name.
    """
    if name not in catalogue:
        raise ArgumentError(f"There is no database {name!r}: {suggest(name, catalogue)}")
    return catalogue[name]


def _database(name: str, table: Any) -> Database:
    told = _keys(f"[{name}]", Database, table, implied=("name",))
    if told["access"] not in ACCESS:
        raise ValueError(f"[{name}] access is one of {', '.join(ACCESS)}, not {told['access']!r}.")
    editions = _tables(f"[{name}] editions", told.pop("editions"))
    if not editions:
        raise ValueError(f"[{name}] has no editions.")
    for key in ("page", "api"):
        _require_address(f"[{name}] {key}", told.get(key, ""))
    return Database(
        name=name, editions=tuple(_edition(name, edition) for edition in editions), **told
    )


def _edition(database: str, table: dict[str, Any]) -> Edition:
    where = f"[{database}] edition {table.get('name')!r}"
    told = _keys(where, Edition, table)
    _require_address(f"{where} listing", told.get("listing", ""))
    if not (told["known"] == "undated" or type(told["known"]) is date):
        raise ValueError(f'{where}: known is a date or "undated", not {told["known"]!r}.')
    for key in ("systems", "parts", "default_parts"):
        told[key] = _texts(f"{where} {key}", told.get(key, []))
    entries = tuple(_entry(where, entry) for entry in _tables(f"{where} files", told["files"]))
    for key, known in (("part", told["parts"]), ("system", told["systems"])):
        strange = {getattr(entry, key) for entry in entries} - {"", *known}
        if strange:
            raise ValueError(f"{where}: {key}s do not name {listed(sorted(strange))}.")
    hashes = told.get("hashes", {})
    for name, value in hashes.items() if isinstance(hashes, dict) else [("hashes", None)]:
        _require_hash(f"{where} {name}", value)
    return Edition(**{**told, "files": entries})


def _entry(where: str, table: dict[str, Any]) -> Entry:
    told = _keys(f"{where} file {table.get('name')!r}", Entry, table)
    _require_address(f"{where} {told['name']}", told.get("address", ""))
    if told.get("hash"):
        _require_hash(f"{where} {told['name']}", told["hash"])
    years = told.get("years")
    if years is not None:
        whole = isinstance(years, list) and [type(year) for year in years] == [int, int]
        if not whole or years[0] > years[1]:
            raise ValueError(f"{where} {told['name']}: years are the first and the last one.")
        told["years"] = tuple(years)
    return Entry(**told)


def _keys(where: str, kind: Any, table: Any, implied: tuple[str, ...] = ()) -> dict[str, Any]:
    """Keys of a table that a value takes; texts where texts stand, none unknown, none missing."""
    if not isinstance(table, dict):
        raise ValueError(f"{where} is no table.")
    known = {entry.name: entry for entry in fields(kind) if entry.name not in implied}
    for key in table:
        if key not in known:
            raise ValueError(f"{where} has the unknown key {key!r}: {suggest(key, known)}")
    for key, entry in known.items():
        needed = entry.default is MISSING and entry.default_factory is MISSING
        if needed and key not in table:
            raise ValueError(f"{where} lacks {key!r}.")
        types = {"str": str, "int": int, "int | None": int, "bool": bool}
        if key in table and entry.type in types and type(table[key]) is not types[entry.type]:
            raise ValueError(f"{where}: {key} cannot be {table[key]!r}.")
    return dict(table)


def _tables(where: str, value: Any) -> list[dict[str, Any]]:
    if not (isinstance(value, list) and all(isinstance(entry, dict) for entry in value)):
        raise ValueError(f"{where} must be a list of tables.")
    return value


def _texts(where: str, value: Any) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(entry, str) for entry in value)):
        raise ValueError(f"{where} must be a list of texts.")
    return tuple(value)


def _require_address(where: str, address: str) -> None:
    if address and not re.match(r"https?://[^\s/]", address):
        raise ValueError(f"{where}: an address begins with https:// or http://, not {address!r}.")


def _require_hash(where: str, value: Any) -> None:
    kind, _, digits = value.partition(":") if isinstance(value, str) else ("", "", "")
    if len(digits) != HASHES.get(kind) or not re.fullmatch("[0-9a-f]+", digits):
        raise ValueError(
            f"{where}: a checksum is md5:, sha1: or sha256: and its hexadecimal digits, not "
            f"{value!r}."
        )
