"""What was downloaded into a folder: ``downloads.json``, by which a later change is noticed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ioecon.errors import IoeconWarning
from ioecon.user_warnings import warn_user

__all__ = ["NAME", "note_download", "read_manifest", "write_whole"]

NAME = "downloads.json"


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Entries by file; one that cannot be read is warned of and counts as empty."""
    path = folder / NAME
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {name: entry for name, entry in files.items() if _is_entry(entry)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        warn_user(
            f"{path} cannot be read ({type(error).__name__}); what was downloaded before is not "
            "compared with it.",
            IoeconWarning,
        )
        return {}


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("sha256"), str)
        and re.fullmatch("[0-9a-f]{64}", entry["sha256"]) is not None
        and isinstance(entry.get("downloaded"), str)
    )


def note_download(folder: Path, name: str, entry: Mapping[str, Any]) -> None:
    """Add a file to the manifest, or replace its entry."""
    files = read_manifest(folder) | {name: dict(entry)}
    told = {"written_by": "ioecon", "files": dict(sorted(files.items()))}
    write_whole(folder / NAME, json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text file under its name when it is complete, never a part of it."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with open(fresh, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
