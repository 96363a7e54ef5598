"""What a user calls: the list of databases, and a download by name."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ioecon.data_sources.answers import Patience, open_session
from ioecon.data_sources.by_hand import by_hand_text, is_by_hand
from ioecon.data_sources.catalogue import Database, Edition, database_of, load_catalogue
from ioecon.data_sources.fetch import (
    Fetched,
    fetch_all,
    hold_folder,
    import_pooch,
    require_folder,
)
from ioecon.data_sources.listings import is_plain_name, read_listing
from ioecon.data_sources.selection import Request, Selected, advice_of, select, web_files
from ioecon.data_sources.transfer import WebFile
from ioecon.data_sources.worldbank import fetch_indicators, parse_indicators, write_indicators
from ioecon.errors import ArgumentError, DownloadError
from ioecon.progress import report_progress, report_transfer
from ioecon.wording import listed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Download", "data_folder", "databases", "download"]

Years = int | Iterable[int]


@dataclass(frozen=True)
class Download:
    """What a download brought, and on which terms.

    Parameters
    ----------
    database, edition : str
        Names in the catalogue.
    folder : Path
        Where the files are.
    files : tuple of Path
        All files that were asked for and are in the folder now.
    fresh : tuple of Path
        Those of them that came now; the others were there.
    unverified : tuple of Path
        Those whose checksum nobody publishes; it is noted in ``downloads.json``.
    by_hand : tuple of str
        Files that have to be fetched by hand.
    licence, cite, page : str
        Terms, what to cite, and the page of the database.
    read_with : tuple of str
        Calls that read what came.
    notes : tuple of str
        What else is worth knowing.
    """

    database: str
    edition: str
    folder: Path
    files: tuple[Path, ...]
    fresh: tuple[Path, ...] = ()
    unverified: tuple[Path, ...] = ()
    by_hand: tuple[str, ...] = ()
    licence: str = ""
    cite: str = ""
    page: str = ""
    read_with: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        there = len(self.files) - len(self.fresh)
        lines = [
            f"{self.database} {self.edition}: {len(self.fresh)} "
            f"{'file' if len(self.fresh) == 1 else 'files'} downloaded"
            + (f", {there} already there" if there else "")
            + f", in {self.folder}"
        ]
        if self.unverified:
            names = listed(path.name for path in self.unverified)
            lines.append(f"No published checksum for {names}; noted in downloads.json.")
        if self.by_hand:
            lines.append(f"By hand from {self.page}: {listed(self.by_hand)}")
        lines += [*self.notes, *(f"Read with: {call}" for call in self.read_with)]
        return "\n".join([*lines, f"Licence: {self.licence}", f"Please cite: {self.cite}"])


def data_folder() -> Path:
    """Folder for downloads: ``IOECON_DATA_DIR``, or the user's data folder of the system.

    Examples
    --------
    >>> data_folder().name
    'ioecon'
    """
    named = os.environ.get("IOECON_DATA_DIR")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("ioecon", appauthor=False)


def databases(catalogue: str | PathLike[str] | None = None) -> pd.DataFrame:
    """List the databases that ioecon knows how to get, and on which terms.

    Parameters
    ----------
    catalogue : path, optional
        Another catalogue (TOML), for example of a mirror.

    Returns
    -------
    pandas.DataFrame
        Indexed by name: title, what, years, size, licence, access ("open", "login", "by hand"),
        editions, page, cite, and the name of the ``format`` that reads it.

    Raises
    ------
    ReadError
        If the other catalogue is not one.

    Examples
    --------
    >>> databases().loc["exiobase3", "access"]
    'open'
    """
    import pandas as pd

    rows = {
        name: {
            "title": entry.title,
            "what": entry.what,
            "years": entry.years,
            "size": entry.size,
            "licence": entry.licence,
            "access": entry.access,
            "editions": ", ".join(edition.name for edition in entry.editions),
            "page": entry.page,
            "cite": entry.cite,
            "format": entry.tables or entry.account,
        }
        for name, entry in load_catalogue(catalogue).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def download(
    name: str,
    *,
    years: Years | None = None,
    edition: str | None = None,
    system: str | None = None,
    parts: str | Sequence[str] | None = None,
    indicators: str | Sequence[str] | Mapping[str, str] | None = None,
    to: str | PathLike[str] | None = None,
    overwrite: bool = False,
    progress: bool = True,
    catalogue: str | PathLike[str] | None = None,
    patience: Patience | None = None,
    done: Callable[[Fetched], None] | None = None,
) -> Download:
    """Download files of a database from where they are published.

    A broken-off download goes on where it ended when it is called again. Files that are there and
    are what is known of them are not fetched again. Nothing is unpacked: the readers take the files
    as they come. Needs ``pip install "ioecon[data]"``.

    Parameters
    ----------
    name : str
        Name of the database; :func:`databases` lists them.
    years : int or iterable of int, optional
        Years; needed where a database has a file for each.
    edition : str, optional
        Edition; the newest by default.
    system : str, optional
        ``"ixi"``, ``"pxp"``, ... where a database has several; the first by default.
    parts : str or sequence of str, optional
        Parts of a database that has several, such as ``"accounts"``.
    indicators : str, sequence or mapping, optional
        For ``"worldbank"``: codes, or columns and their codes.
    to : path, optional
        Folder; a folder for the database and edition in :func:`data_folder` by default.
    overwrite : bool, default False
        Fetch files again that are there and differ.
    progress : bool, default True
        Show a bar on a terminal.
    catalogue : path, optional
        Another catalogue (TOML), for example of a mirror.
    patience : Patience, optional
        How long a server is waited for.
    done : callable, optional
        Called with each file that is there (``.path``, ``.fresh``, ``.verified``).

    Returns
    -------
    Download
        Files, folder, licence and what to cite.

    Raises
    ------
    ArgumentError
        If the database, edition, system, part or year is not there.
    DownloadError
        If files cannot be had, or are not what their publisher says, or must be fetched by hand.
    OutputError
        If the folder cannot be written to, the disk is full, or a file there differs.

    Examples
    --------
    >>> result = download("exiobase3", years=range(2010, 2013), system="ixi")  # doctest: +SKIP
    >>> result.cite  # doctest: +SKIP
    'Stadler, K., Wood, R., ...'
    """
    database = database_of(load_catalogue(catalogue), name)
    chosen = database.edition(edition)
    wanted = _whole_years(years)
    if indicators is not None and not database.api:
        raise ArgumentError(f"{name} has no indicators; they are the World Bank's (worldbank).")
    folder = _folder(to, database, chosen)
    patience = patience or Patience()
    done = done or (lambda fetched: None)
    if database.api:
        if system is not None or parts is not None:
            raise ArgumentError(f"{name} has no systems or parts; it has indicators and years.")
        return _download_indicators(
            database, chosen, wanted, indicators, folder, overwrite, progress, patience, done
        )
    texts = parts.split(",") if isinstance(parts, str) else parts
    request = Request(wanted, system, None if texts is None else tuple(t.strip() for t in texts))
    selected = select(database, chosen, request)
    automatic = [item for item in selected if not is_by_hand(database, chosen, item)]
    by_hand = tuple(item.name for item in selected if is_by_hand(database, chosen, item))
    if not automatic:
        raise DownloadError(by_hand_text(database, chosen, by_hand))
    import_pooch()
    with open_session() as session, report_transfer(progress) as report:
        listing = None
        if any(not item.address for item in automatic):
            listing = read_listing(
                session,
                chosen.listing,
                f"{name} {chosen.name}",
                advice_of(database, chosen),
                patience,
            )
        files = web_files(database, chosen, automatic, listing)
        for file in files:
            if not is_plain_name(file.name):
                raise DownloadError(f"{file.name!r} is no name for a file; nothing is downloaded.")
        require_folder(folder)
        with hold_folder(folder):
            fetched = fetch_all(
                session,
                files,
                folder,
                told={"database": name, "edition": chosen.name},
                overwrite=overwrite,
                patience=patience,
                report=report,
                done=done,
            )
    return Download(
        database=name,
        edition=chosen.name,
        folder=folder,
        files=tuple(one.path for one in fetched),
        fresh=tuple(one.path for one in fetched if one.fresh),
        unverified=tuple(one.path for one in fetched if not one.verified),
        by_hand=by_hand,
        licence=database.licence,
        cite=database.cite,
        page=database.page,
        read_with=_calls(database, automatic, files, folder),
    )


def _calls(
    database: Database, selected: Sequence[Selected], files: Sequence[WebFile], folder: Path
) -> tuple[str, ...]:
    """Write the calls that read what came: tables by their folder, accounts by their file."""
    calls: dict[str, None] = {}
    for item in selected:
        entry = item.entry
        account = entry.account or ("" if entry.tables else database.account)
        tables = "" if account else entry.tables or database.tables
        if tables:
            system = f', system="{item.system}"' if item.system in ("ixi", "pxp") else ""
            calls[f'ioecon.read_series({str(folder)!r}, format="{tables}"{system})'] = None
        elif account:
            for name in fnmatch.filter((file.name for file in files), item.name):
                calls[f'ioecon.read_account({str(folder / name)!r}, format="{account}")'] = None
    return tuple(calls)


def _download_indicators(
    database: Database,
    edition: Edition,
    years: tuple[int, ...] | None,
    indicators: str | Sequence[str] | Mapping[str, str] | None,
    folder: Path,
    overwrite: bool,
    progress: bool,
    patience: Patience,
    done: Callable[[Fetched], None],
) -> Download:
    columns = parse_indicators(indicators)
    if not years:
        raise ArgumentError("Name the years of the indicators, for example --years 2000-2010.")
    with open_session() as session, report_progress(progress, len(columns)) as begin:
        found = fetch_indicators(
            session,
            database.api,
            columns,
            years,
            advice=advice_of(database, edition),
            patience=patience,
            begin=begin,
        )
    require_folder(folder)
    terms = {"database": database.title, "licence": database.licence, "cite": database.cite}
    with hold_folder(folder):
        table, about, fresh = write_indicators(found, folder, terms=terms, overwrite=overwrite)
    done(Fetched(table, fresh, verified=True))
    notes = [f"Columns: {', '.join(['iso3', 'year', *found.columns])} (described in {about.name})."]
    if found.left_out:
        notes.append(f"Left out, as aggregates: {listed(sorted(found.left_out.values()))}.")
    if found.not_iso:
        notes.append(f"Left out, without an ISO3 code: {listed(sorted(found.not_iso.values()))}.")
    return Download(
        database=database.name,
        edition=edition.name,
        folder=folder,
        files=(table, about),
        fresh=(table, about) if fresh else (),
        licence=database.licence,
        cite=database.cite,
        page=database.page,
        notes=tuple(notes),
    )


def _whole_years(years: Years | None) -> tuple[int, ...] | None:
    if years is None:
        return None
    if isinstance(years, str) or not isinstance(years, Integral | Iterable):
        raise ArgumentError(f"years is {years!r}; pass whole numbers, such as range(2010, 2013).")
    given = [years] if isinstance(years, Integral) else list(years)
    for year in given:
        whole = isinstance(year, Integral) and not isinstance(year, bool)
        if not whole or not 1900 <= int(year) <= 2100:
            raise ArgumentError(f"{year!r} is no year that a database could have.")
    if not given:
        raise ArgumentError("years is empty; name at least one.")
    return tuple(sorted({int(year) for year in given}))


def _folder(to: str | PathLike[str] | None, database: Database, edition: Edition) -> Path:
    if to is not None:
        return Path(to).expanduser().resolve()
    return (data_folder() / database.name / edition.name.replace(" ", "-")).resolve()
