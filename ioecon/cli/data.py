"""``ioecon data``: the list of databases, one of them in full, and a download."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ioecon.cli.console import open_console
from ioecon.cli.failures import Debug, failures

if TYPE_CHECKING:
    from ioecon.data_sources.catalogue import Database
    from ioecon.data_sources.fetch import Fetched

__all__ = ["data_app"]

data_app = typer.Typer(
    name="data",
    help="List databases, and download what may be downloaded.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
Catalogue = Annotated[
    Path | None, typer.Option("--catalogue", help="Another catalogue (TOML), such as a mirror's.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@data_app.callback()
def _list(
    context: typer.Context,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    debug: Debug = False,
) -> None:
    """List databases: what, years, size, licence, and whether a download needs a login."""
    if context.invoked_subcommand is not None:
        return
    with failures(debug, writes=False):
        from ioecon.data_sources.catalogue import load_catalogue

        found = load_catalogue(catalogue)
        if as_json:
            typer.echo(json.dumps([_plain(entry) for entry in found.values()], ensure_ascii=False))
            return
        _print_table(list(found.values()))


def _print_table(found: list[Database]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 2, 1, 0))
    table.add_column("name", no_wrap=True)
    table.add_column("years", max_width=14)
    table.add_column("access", no_wrap=True)
    table.add_column("what, size, licence, page, citation", ratio=1, overflow="fold")
    for entry in found:
        lines = (
            f"{entry.title}: {entry.what}",
            f"{entry.size}; {entry.licence}",
            entry.page,
            f"Cite: {entry.cite}",
        )
        cells = (entry.name, entry.years, entry.access, "\n".join(lines))
        table.add_row(*map(escape, cells))
    console = open_console()
    console.print(table)
    console.print(
        "ioecon data show NAME: editions and files. "
        "ioecon data get NAME --years 2010-2012: download (access open).",
        markup=False,
    )


@data_app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of the database.")],
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    debug: Debug = False,
) -> None:
    """Print all that is known of a database: editions, files, page, licence, what to cite."""
    with failures(debug, writes=False):
        from ioecon.data_sources.catalogue import database_of, load_catalogue

        entry = database_of(load_catalogue(catalogue), name)
        if as_json:
            typer.echo(json.dumps(_plain(entry), ensure_ascii=False))
            return
        for key, value in _plain(entry).items():
            if key != "editions" and value:
                typer.echo(f"{key + ':':10} {value}")
        for edition in entry.editions:
            typer.echo(f"\nedition {edition.name}; addresses known to work: {edition.when_known}")
            for key in ("systems", "parts"):
                if getattr(edition, key):
                    typer.echo(f"  {key}: {', '.join(getattr(edition, key))}")
            for file in edition.files:
                address = file.address or ("" if file.by_hand else edition.listing) or "by hand"
                typer.echo(f"  {file.name}  ({address})")


def _plain(entry: Database) -> dict[str, Any]:
    """Make the entry plain values, as they are printed."""
    from dataclasses import asdict

    told = asdict(entry)
    for edition in told["editions"]:
        edition["known"] = str(edition["known"])
        edition["hashes"] = dict(edition["hashes"])
    return told


@data_app.command()
def get(
    name: Annotated[str, typer.Argument(help="Name of the database.")],
    years: Annotated[
        str | None, typer.Option("--years", help='Years, for example "2010-2012" or "2000,2005".')
    ] = None,
    system: Annotated[
        str | None, typer.Option("--system", help="For example ixi or pxp of EXIOBASE.")
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="Parts, separated by commas; see data show.")
    ] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="Else the newest.")] = None,
    indicators: Annotated[
        str | None,
        typer.Option(
            "--indicators",
            help="Of worldbank: codes separated by commas, or column=CODE to name the column.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder; else one in IOECON_DATA_DIR or your data folder."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Fetch files again that are there.")
    ] = False,
    catalogue: Catalogue = None,
    debug: Debug = False,
) -> None:
    """Download files of a database; where it needs a login, print what to fetch by hand."""
    with failures(debug, writes=False):
        from ioecon.data_sources.by_hand import instructions
        from ioecon.data_sources.catalogue import database_of, load_catalogue
        from ioecon.data_sources.download import download
        from ioecon.data_sources.selection import Request

        wanted = None if years is None else _years(years)
        parts = None if part is None else tuple(text.strip() for text in part.split(","))
        database = database_of(load_catalogue(catalogue), name)
        request = Request(wanted, system, parts)
        words = instructions(database, database.edition(edition), request)
        if words is not None and indicators is None:
            typer.echo(words)
            return
        result = download(
            name,
            years=wanted,
            edition=edition,
            system=system,
            parts=parts,
            indicators=indicators,
            to=to,
            overwrite=overwrite,
            catalogue=catalogue,
            done=_say_done,
        )
        typer.echo(str(result))


def _years(text: str) -> tuple[int, ...]:
    from ioecon.errors import ArgumentError
    from ioecon.study.settings import parse_years

    try:
        return tuple(sorted({year for part in text.split(",") for year in parse_years(part)}))
    except ValueError as error:
        raise ArgumentError(f"--years {error}") from None


def _say_done(fetched: Fetched) -> None:
    size = fetched.path.stat().st_size
    how = "Downloaded" if fetched.fresh else "Already there:"
    typer.echo(f"{how} {fetched.path} ({size / 1e6:.1f} MB)")
