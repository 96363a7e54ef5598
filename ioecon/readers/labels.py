"""From labelled rows and columns in any order to the order of an IOTable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ioecon.countries import to_iso3
from ioecon.errors import LabelError, ReadError
from ioecon.wording import listed

__all__ = [
    "agreed_year",
    "iso3_by_label",
    "iso3_or_own",
    "positions",
    "require_finite",
    "unique",
]

_STRIP = 256  # rows that are looked through at once
_FORMER = {"USR": "XSU", "ANT": "XAN"}  # regions of the past: codes that ISO 3166 leaves to users

Label = tuple[str, str]


def unique(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels in order of first appearance, once each."""
    return tuple(dict.fromkeys(labels))


def positions(
    labels: Sequence[Label], first: Sequence[str], second: Sequence[str], *, what: str, file: str
) -> NDArray[np.intp]:
    """Where each (first, second) pair stands in ``labels``, first-major.

    Parameters
    ----------
    labels : sequence of (str, str)
        Labels as the file has them, in any order.
    first, second : sequence of str
        Labels whose product is called for, for example countries and sectors.
    what, file : str
        For messages.

    Returns
    -------
    ndarray, shape (len(first) * len(second),)

    Raises
    ------
    ReadError
        If a pair is missing, twice there, or not in the product.
    """
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise ReadError(f"{file}: {what} {_name_labels(twice)} appear(s) more than once.")
    wanted = [(one, other) for one in first for other in second]
    place = {label: position for position, label in enumerate(labels)}
    missing = [label for label in wanted if label not in place]
    if missing:
        raise ReadError(f"{file}: there is no {what} {_name_labels(missing)}.")
    surplus = set(labels).difference(wanted)
    if surplus:
        raise ReadError(
            f"{file}: {what} {_name_labels([label for label in labels if label in surplus])} "
            "fit(s) no row of the table; rows and columns must have the same countries and sectors."
        )
    return np.array([place[label] for label in wanted], dtype=np.intp)


def _name_labels(labels: Sequence[Label]) -> str:
    shown = ", ".join(" ".join(label) for label in labels[:3])
    return shown if len(labels) <= 3 else f"{shown} and {len(labels) - 3} more"


def iso3_by_label(labels: Iterable[str], file: str) -> dict[str, str]:
    """ISO 3166 code (or ROW) of every country label of a file."""
    names = unique(labels)
    try:
        codes = to_iso3(names)
    except LabelError as error:
        raise ReadError(f"{file}: {error}") from error
    return dict(zip(names, codes, strict=True))


def iso3_or_own(
    codes: Sequence[str], names: Sequence[str], file: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ISO 3166 code of every region of a file, or its own code where there is none.

    Parameters
    ----------
    codes, names : sequence of str
        Codes of the file, and its names in words, which are asked where a code is unknown.
    file : str
        For messages.

    Returns
    -------
    labels : tuple of str
    unknown : tuple of str
        Those of the labels that are no country; the reader should warn of them.

    Raises
    ------
    ReadError
        If two regions are the same country.

    Examples
    --------
    >>> iso3_or_own(["AUS", "SDS", "XAM", "USR"], ["Australia", "South Sudan", "", ""], "ReadMe")
    (('AUS', 'SSD', 'XAM', 'XSU'), ())
    """
    found = [_FORMER.get(code) or _find_code(code) for code in codes]
    taken = {label for label in found if label is not None}
    unknown: list[str] = []
    labels: list[str] = []
    for code, name, label in zip(codes, names, found, strict=True):
        if label is None:
            label = _find_code(name)
            if label is None or label in taken:
                unknown.append(code)
                label = code
            taken.add(label)
        labels.append(label)
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        alike = [code for code, label in zip(codes, labels, strict=True) if label == twice[0]]
        raise ReadError(f"{file}: the regions {listed(alike)} are all the country {twice[0]}.")
    return tuple(labels), tuple(unknown)


def _find_code(name: str) -> str | None:
    try:
        return to_iso3([name])[0] if name else None
    except LabelError:
        return None


def agreed_year(found: int | None, expected: int | None, file: str) -> int:
    """Year of a table from what its file says inside and what was asked for."""
    if found is None and expected is None:
        raise ReadError(f"{file}: neither the file nor its name tells the year; pass year=.")
    if found is not None and expected is not None and found != expected:
        raise ReadError(f"{file} holds the table of {found}, not of {expected}.")
    year = found if found is not None else expected
    assert year is not None
    return year


def require_finite(
    values: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str], file: str
) -> None:
    """Refuse NaN and infinity, naming the first by row and column."""
    strips = range(0, len(values), _STRIP)
    if not all(np.isfinite(values[at : at + _STRIP]).all() for at in strips):
        bad = ~np.isfinite(values)
        row, column = np.argwhere(bad)[0]
        count = int(bad.sum())
        more = f" (and {count - 1} more)" if count > 1 else ""
        raise ReadError(
            f"{file}: row {rows[row]}, column {columns[column]} holds "
            f"{values[row, column]} instead of a number{more}."
        )
