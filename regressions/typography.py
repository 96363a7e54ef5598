"""Signs as print has them."""

from __future__ import annotations

__all__ = ["true_minus"]


def true_minus(text: str) -> str:
    """Write the hyphens of formatted numbers as minus signs.

    Examples
    --------
    >>> true_minus(f"{-0.5:.2f}")
    '−0.50'
    """
    return text.replace("-", "\N{MINUS SIGN}")
