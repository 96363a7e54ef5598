"""Sums that a publisher prints beside the flows, against the sums of the flows that were read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError

__all__ = ["require_printed_sums"]

_SHARE = 1e-4  # of a printed sum: beyond the rounding of any publisher, below any lost number
_OF_TOTAL = 1e-6  # of all printed sums together, at most one unit
_ROUNDING = 0.5  # of a flow that is printed as a whole number


def require_printed_sums(
    printed: Array, parts: tuple[Array, ...], name: Callable[[int], str], *, file: str, what: str
) -> None:
    """Refuse printed sums that are not those of the numbers which were read.

    Differences up to the rounding of the flows pass; the audit reports them.

    Parameters
    ----------
    printed : ndarray, shape (n,)
    parts : tuple of ndarray, each of shape (n,) or (n, m)
        What each sum consists of.
    name : callable
        Name of a row (or column) at a position, for the message.
    file, what : str
        For the message; ``what`` as in "printed output".

    Raises
    ------
    ReadError
        If a difference is larger: the largest is named.

    Examples
    --------
    >>> names = ["AUS c1"]
    >>> require_printed_sums(
    ...     np.array([5.0]), (np.array([[2.5, 4.0]]),), names.__getitem__, file="a.xlsx",
    ...     what="printed output")
    Traceback (most recent call last):
    ioecon.errors.ReadError: a.xlsx: the printed output of AUS c1 is 5, but what was read sums to...
    """
    sums = np.sum([part.reshape(len(printed), -1).sum(axis=1) for part in parts], axis=0)
    strange = np.flatnonzero(~np.isfinite(printed + sums))
    if strange.size:
        raise ReadError(
            f"{file}: the {what} of {name(int(strange[0]))}, or what it is the sum of, is no "
            "finite number. Download it again."
        )
    least = min(1.0, _OF_TOTAL * float(np.abs(printed).sum()))
    excess = np.abs(sums - printed) - np.maximum(_SHARE * np.abs(printed), least)
    if excess.max(initial=0.0) > 0 and all(bool((part == np.rint(part)).all()) for part in parts):
        excess -= _ROUNDING * sum(part.size for part in parts) / len(printed)
    bad = np.flatnonzero(excess > 0)
    if bad.size:
        worst = int(bad[np.argmax(excess[bad])])
        more = f" ({bad.size - 1} more differ)" if bad.size > 1 else ""
        raise ReadError(
            f"{file}: the {what} of {name(worst)} is {printed[worst]:.12g}, but what was read "
            f"sums to {sums[worst]:.12g}{more}. A number of the file is wrong or missing; download "
            "it again."
        )
