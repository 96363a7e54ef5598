"""What a publisher's record holds: names, sizes, checksums and addresses, from its own list.

Read are the lists of Zenodo (``/api/records/ID``), figshare (``/v2/articles/ID/files``) and CIRCABC
(``/service/circabc/spaces/ID/children``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ioecon.data_sources.answers import Patience
from ioecon.data_sources.catalogue import HASHES
from ioecon.data_sources.transfer import WebFile, transfer
from ioecon.errors import DownloadError
from ioecon.wording import invisible_character

if TYPE_CHECKING:
    import requests

__all__ = ["Listed", "is_plain_name", "read_json", "read_listing"]

_LARGEST = 32_000_000  # bytes of a list


@dataclass(frozen=True)
class Listed:
    """A file in a list; ``hash`` and ``size`` where the publisher gives them."""

    name: str
    address: str
    size: int | None
    hash: str


def read_json(
    session: requests.Session, address: str, what: str, advice: str, patience: Patience
) -> Any:
    """Fetch a JSON document and parse it.

    Raises
    ------
    DownloadError
        If it cannot be had, or is no JSON.
    """
    with TemporaryDirectory(prefix="ioecon-") as folder:
        part = Path(folder) / "answer.json"
        file = WebFile(f"{what}.json", address, largest=_LARGEST, advice=advice)
        transfer(session, file, part, patience, lambda done, total: None)
        text = part.read_bytes()
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DownloadError(
            f"The answer for {what} is not complete JSON ({error}). {advice}".rstrip()
        ) from error


def _refuse_constant(word: str) -> float:
    raise ValueError(f"it holds {word}, which is no number of JSON")


def read_listing(
    session: requests.Session, address: str, what: str, advice: str, patience: Patience
) -> dict[str, Listed]:
    """Read the list of files of a record, by their names.

    Raises
    ------
    DownloadError
        If it cannot be had, or is not in a known layout.
    """
    document = read_json(session, address, f"the list of files of {what}", advice, patience)
    listed: dict[str, Listed] = {}
    for item in _items(document):
        name = item.get("key") or item.get("filename") or item.get("name")
        found = _address(item, address)
        if not (isinstance(name, str) and is_plain_name(name) and found):
            continue  # a folder, or what could not be written under its name
        if name in listed:
            raise DownloadError(f"The list of files of {what} names {name} twice. {advice}")
        size = item.get("size", item.get("filesize"))
        whole = isinstance(size, int) and not isinstance(size, bool) and size >= 0
        listed[name] = Listed(name, found, size if whole else None, _hash(item))
    if not listed:
        raise DownloadError(
            f"The list of files of {what} at {address} is empty, or not in a layout that is known. "
            f"{advice}".rstrip()
        )
    return listed


def is_plain_name(name: str) -> bool:
    """Whether a name can only be that of a visible file in the folder.

    Examples
    --------
    >>> is_plain_name("EMERGING2.5_Sector&Country list.xlsx")
    True
    >>> is_plain_name("../IOT_2010_ixi.zip")
    False
    """
    return (
        name.isprintable()
        and 0 < len(name.encode()) <= 200
        and not name.startswith((".", "~", "-"))
        and not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|]', name)
        and name == name.strip()
        and invisible_character(name) is None
    )


def _items(document: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, dict):
        found = document.get("files", document.get("data"))
        if isinstance(found, dict):
            found = found.get("entries")
        document = list(found.values()) if isinstance(found, dict) else found
    if isinstance(document, list):
        yield from (item for item in document if isinstance(item, dict))


def _address(item: Mapping[str, Any], listing: str) -> str:
    links = item.get("links")
    links = links if isinstance(links, dict) else {}
    found = links.get("content") or links.get("self") or item.get("download_url")
    if found is None and "/circabc/" in listing and isinstance(item.get("id"), str):
        found = urljoin(listing, f"/rest/download/{item['id']}")
    if isinstance(found, str) and re.match(r"https?://[^\s/]", found):
        return found
    return ""


def _hash(item: Mapping[str, Any]) -> str:
    """Checksum in the form of the catalogue; empty where there is none that is known."""
    told = item.get("checksum")
    if isinstance(told, str) and told:
        kind, _, digits = told.rpartition(":")
    else:
        kind, digits = "md5", item.get("computed_md5") or item.get("supplied_md5") or ""
    kind, digits = kind or "md5", str(digits).lower()
    fits = len(digits) == HASHES.get(kind) and re.fullmatch("[0-9a-f]+", digits)
    return f"{kind}:{digits}" if fits else ""
