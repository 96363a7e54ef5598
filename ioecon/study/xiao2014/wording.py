"""Words and numbers that tables, figures and page share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.typography import true_minus

if TYPE_CHECKING:
    from ioecon.study.xiao2014.results import Findings

__all__ = ["TOTAL", "WEAK", "amounts", "digits_for", "driver_words", "scale"]

TOTAL = "Total"
WEAK = (
    "This is weak leakage: tables measure what trade carries, whatever moved it; a displacement "
    "that a policy caused cannot be told from any other."
)


def digits_for(largest: float) -> int:
    """Decimals that leave about four digits of the largest number.

    Examples
    --------
    >>> digits_for(25_000.0), digits_for(310.0), digits_for(0.42)
    (0, 1, 4)
    """
    if not np.isfinite(largest) or largest <= 0:
        return 0
    return int(np.clip(3 - np.floor(np.log10(largest)), 0, 6))


def amounts(values: pd.DataFrame) -> Callable[[Any], str]:
    """Print numbers with separators, a true minus and as many decimals as the largest needs.

    Examples
    --------
    >>> amounts(pd.DataFrame({"a": [-12345.6, 1.0]}))(-12345.6)
    '−12,346'
    """
    digits = digits_for(float(np.nanmax(np.abs(values.to_numpy(dtype=float)), initial=0.0)))

    def printed(value: Any) -> str:
        if pd.isna(value):
            return ""
        rounded = round(float(value), digits) + 0.0  # no minus before a zero
        return true_minus(f"{rounded:,.{digits}f}")

    return printed


def driver_words(findings: Findings) -> str:
    """Say what drives the totals."""
    names = [name.lower() for name in findings.transfers if name != TOTAL]
    if len(names) == 1:
        return f"driven by {names[0]}"
    return f"driven by {', '.join(names[:-1])} and {names[-1]}"


def scale(findings: Findings) -> tuple[float, str]:
    """Factor and unit in which figures and sentences give what moved with output."""
    largest = findings.carbon[TOTAL].net_matrix().abs().to_numpy().max()
    return findings.words.amount(float(largest))
