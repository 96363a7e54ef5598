"""Files that a person must fetch: behind a login, not to be passed on, or at unknown addresses."""

from __future__ import annotations

from collections.abc import Sequence

from ioecon.data_sources.catalogue import Database, Edition
from ioecon.data_sources.selection import Request, Selected, select

__all__ = ["by_hand_text", "instructions", "is_by_hand"]


def is_by_hand(database: Database, edition: Edition, item: Selected) -> bool:
    """Whether a file is fetched by hand."""
    unknown = not item.address and not edition.listing
    return database.access != "open" or item.entry.by_hand or unknown


def instructions(database: Database, edition: Edition, request: Request) -> str | None:
    """Say what to fetch by hand if all that is asked for is; None if some can be downloaded.

    Raises
    ------
    ArgumentError
        If a year, system or part is not there.
    """
    if database.api:
        return None
    needed = database.access == "open"
    selected = select(database, edition, request, years_needed=needed)
    if not all(is_by_hand(database, edition, item) for item in selected):
        return None
    return by_hand_text(database, edition, [item.name for item in selected])


def by_hand_text(database: Database, edition: Edition, names: Sequence[str]) -> str:
    """Say which files to fetch by hand, from which page, on which terms."""
    why = {
        "login": "needs a login",
        "by hand": "has no addresses that programs may use",
    }.get(database.access, "has no known addresses for these files")
    return "\n".join(
        [
            f"{database.title} ({database.name} {edition.name}) {why}. Fetch by hand:",
            *(f"  {name}" for name in names),
            f"Page: {database.page}",
            *([edition.how] if edition.how else []),
            *([database.note] if database.note else []),
            f"Licence: {database.licence}",
            f"Please cite: {database.cite}",
        ]
    )
