"""How numbers are printed: the automatic digits of outreg2, fixed digits, counts and stars."""

import math
from collections.abc import Sequence

__all__ = [
    "MISSING",
    "format_automatic",
    "format_fixed",
    "format_number",
    "star_legend",
    "stars_of",
]

MISSING = "."  # Stata's mark for a number that does not exist


def format_automatic(value: float) -> str:
    """Format a number with outreg2's automatic digits.

    Below one in absolute value three significant digits; from one on four, and never
    fewer than the integer part; below 0.0001 and from 1e9 on scientific notation.

    Parameters
    ----------
    value : float
        The number.

    Returns
    -------
    str
        The printed number; ``"."`` if it is not finite.

    Examples
    --------
    >>> [format_automatic(v) for v in (-0.000645, 0.0612, 1.859, 49.5122, 3597.4, 0.0000123)]
    ['-0.000645', '0.0612', '1.859', '49.51', '3,597', '1.23e-05']
    """
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    significant = 3 if abs(value) < 1 else 4
    exponent = int(f"{value:.{significant - 1}e}".partition("e")[2])  # after rounding
    if exponent < -4 or exponent >= 9:
        return f"{value:.2e}"
    decimals = 2 - exponent if exponent < 0 else max(3 - exponent, 0)
    return f"{value:,.{decimals}f}"


def format_fixed(value: float, digits: int) -> str:
    """Format a number with a fixed number of decimals and thousands separators.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Decimals, zero or more.

    Returns
    -------
    str
        The printed number, without the sign of a rounded zero; ``"."`` if it is not finite.

    Examples
    --------
    >>> format_fixed(-0.00004, 3), format_fixed(1234.5678, 2)
    ('0.000', '1,234.57')
    """
    if not math.isfinite(value):
        return MISSING
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def format_number(value: float, digits: int | None) -> str:
    """Format a number with `digits` decimals, or with the automatic digits when it is None."""
    return format_automatic(value) if digits is None else format_fixed(value, digits)


def stars_of(pvalue: float, levels: Sequence[float]) -> str:
    """Return the stars of a p-value: one for every level it lies below.

    Parameters
    ----------
    pvalue : float
        The p-value; a p-value that does not exist has no stars.
    levels : sequence of float
        Significance levels, in any order.

    Returns
    -------
    str
        ``""``, ``"*"``, ``"**"``, …

    Examples
    --------
    >>> [stars_of(p, (0.01, 0.05, 0.1)) for p in (0.001, 0.03, 0.05, 0.2)]
    ['***', '**', '*', '']
    """
    return "*" * sum(pvalue < level for level in levels)


def star_legend(levels: Sequence[float]) -> str:
    """Explain the stars, most of them first.

    Parameters
    ----------
    levels : sequence of float
        Significance levels in ascending order.

    Returns
    -------
    str
        The note of a table; it reads the same in every language.

    Examples
    --------
    >>> star_legend((0.01, 0.05, 0.1))
    '*** p<0.01, ** p<0.05, * p<0.1'
    """
    count = len(levels)
    return ", ".join(f"{'*' * (count - k)} p<{level:g}" for k, level in enumerate(levels))
