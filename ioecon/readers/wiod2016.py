"""What the files of the WIOD 2016 release have in common."""

from __future__ import annotations

import re

__all__ = ["CATEGORY_OF_NUMBER", "is_total"]

# Columns of final demand: households, non-profit institutions serving households, government,
# gross fixed capital formation, changes in inventories and valuables.
CATEGORY_OF_NUMBER = {57: "CONS_h", 58: "CONS_np", 59: "CONS_g", 60: "GFCF", 61: "INVEN"}

_TOTALS = re.compile(r"total intermediate consumption|output at basic prices", re.IGNORECASE)


def is_total(label: str) -> bool:
    """Whether a row below Z repeats a sum of the table instead of a primary input."""
    return _TOTALS.fullmatch(label.strip()) is not None
