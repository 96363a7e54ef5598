"""Where the cache is, and what parts it has."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["PICTURES", "STEPS", "cache_folder"]

PICTURES = "pictures"  # figures of studies
STEPS = "steps"  # what steps of studies gave


def cache_folder() -> Path:
    """Folder of the cache: ``IOECON_CACHE_DIR``, or the user's cache folder of the system."""
    named = os.environ.get("IOECON_CACHE_DIR")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("ioecon", appauthor=False)
