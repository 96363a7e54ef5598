"""Concordances as users give them, checked against the labels that are to be grouped."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse
from numpy.typing import NDArray

from ioecon.concordance.country_classes import classify_countries
from ioecon.concordance.forms import Entry, entries_of, is_hole
from ioecon.concordance.value import Concordance
from ioecon.errors import LabelError
from ioecon.wording import did_you_mean, invisible_character, listed, near_words

__all__ = ["ConcordanceLike", "read_concordance"]

ConcordanceLike: TypeAlias = (
    Concordance
    | Mapping[str, str]
    | Mapping[str, Mapping[str, float]]
    | pd.Series
    | pd.DataFrame
    | NDArray[Any]
    | str
    | PathLike[str]
)


LONGEST = 200  # characters of a name


def read_concordance(
    groups: ConcordanceLike,
    labels: Sequence[str],
    kind: str,
    *,
    holder: str = "the table",
    complete: bool = True,
) -> Concordance:
    """Concordance of labels with groups, checked.

    Parameters
    ----------
    groups : Concordance, mapping, Series, DataFrame, matrix, path or str
        One group for each label, or several with weights:

        - a mapping or a Series (index: labels) of label to group; a mapping of label to a mapping
          of group to weight;
        - a DataFrame with the columns label and group, a third one called ``weight`` if there are
          weights, or with labels as its index and one column of groups;
        - a matrix of zeros and ones, or of weights: a DataFrame with labels as its index (or in
          its first column) and groups as its columns, or turned round; an array with a row for
          each of ``labels`` in their order, whose groups are then called ``"group 1"``, …;
        - a path of a CSV or Excel file that holds one of these three tables; an Excel file has
          one sheet with cells;
        - for countries, a column of country_converter by its name (``"EU27"``, ``"OECD"``,
          ``"continent"``, ``"UNregion"``, ``"EXIO3"``, ``"WIOD"``, ``"BRIC"``, ``"IEA"``, …). Of
          a club the members are one group and the other countries ``"not EU27"``: today's
          members, whatever the year of a table. ROW, and regions with a code of their own, stay
          groups of their own unless the classification has such a group.
    labels : sequence of str
        Labels that are to be grouped.
    kind : str
        What the labels are, in the plural, for messages: ``"countries"``.
    holder : str
        What has the labels, for messages.
    complete : bool
        Whether every label needs a group; otherwise those that are not named are left out.

    Returns
    -------
    Concordance
        Of the labels in their order; groups in the order in which they are first named.

    Raises
    ------
    LabelError
        If a label has no group, is named twice or has weights that do not sum to one; if
        ``holder`` lacks it; if a label or group is no text or differs from another in blanks, case
        or invisible characters only; if a classification leaves countries out.
    ReadError
        If a file cannot be read.

    Examples
    --------
    >>> read_concordance({"AUS": "EU", "NZL": "EU"}, ["AUS", "NZL"], "countries").group_of()
    {'AUS': 'EU', 'NZL': 'EU'}
    >>> read_concordance("continent", ["AUS", "CHN", "ROW"], "countries").group_of()
    {'AUS': 'Oceania', 'CHN': 'Asia', 'ROW': 'ROW'}
    >>> shares = {"power": {"coal power": 0.6, "gas power": 0.4}}
    >>> read_concordance(shares, ["power"], "sectors").matrix().toarray()
    array([[0.6],
           [0.4]])
    """
    if isinstance(groups, str) and kind == "countries":
        groups = classify_countries(groups, labels) or groups
    entries = entries_of(groups, labels, kind)
    _require_short(entries, kind)
    _require_text_once(entries, kind)
    named = dict.fromkeys(entry.label for entry in entries)
    holes = [entry.label for entry in entries if is_hole(entry.group)]
    known = set(labels)
    missing = [label for label in labels if label not in named] if complete else []
    unknown = [_show_with_hint(label, labels) for label in named if label not in known]
    wrong = []
    if holes or missing:
        wrong.append(f"gives no group for the {kind} {listed([*holes, *missing])}")
    if unknown:
        wrong.append(f"names {kind} {holder} lacks: {listed(sorted(unknown))}")
    if wrong:
        raise LabelError(f"The concordance {', and '.join(wrong)}.")
    for entry in entries:
        _require_name(entry.label, entry.group)
    columns = list(dict.fromkeys(str(entry.group) for entry in entries))
    _require_distinct(columns)
    grouped = [label for label in dict.fromkeys(labels) if label in named]
    row = {label: k for k, label in enumerate(grouped)}
    column = {group: k for k, group in enumerate(columns)}
    weights = scipy.sparse.coo_array(
        (
            np.array([entry.weight for entry in entries], dtype=float),
            ([row[entry.label] for entry in entries], [column[str(e.group)] for e in entries]),
        ),
        shape=(len(row), len(column)),
    )
    return Concordance(tuple(grouped), tuple(columns), weights, kind)


def _require_short(entries: Sequence[Entry], kind: str) -> None:
    """Refuse names that no message and no table could show."""
    for entry in entries:
        for name in (entry.label, entry.group):
            if isinstance(name, str) and len(name) > LONGEST:
                raise LabelError(
                    f"The concordance of {kind} holds a name of {len(name):,} characters, "
                    f"{name[:40]!r}…; names have at most {LONGEST}."
                )


def _require_text_once(entries: Sequence[Entry], kind: str) -> None:
    """Refuse labels that are no text or stand twice."""
    for entry in entries:
        if not isinstance(entry.label, str):
            raise LabelError(
                f"The concordance has {entry.label!r} among the {kind}, which is no text: labels "
                "are text, such as 'AUS' or '01'."
            )
    whole = Counter(entry.label for entry in entries if not entry.shared)
    split = {entry.label for entry in entries if entry.shared}
    twice = [label for label, count in whole.items() if count > 1 or label in split]
    if twice:
        raise LabelError(f"The concordance names the {kind} {listed(twice)} more than once.")
    pairs = Counter((entry.label, str(entry.group)) for entry in entries)
    again = [f"{label} in {group}" for (label, group), count in pairs.items() if count > 1]
    if again:
        raise LabelError(f"The concordance gives more than one weight to {listed(again)}.")


def _show_with_hint(label: str, labels: Sequence[str]) -> str:
    """Label, with what may have been meant."""
    alike = {_fold_case(known): known for known in labels}
    near = near_words(_fold_case(label), alike, cutoff=0.75)
    plain = label.isprintable() and label == label.strip() and label
    shown = label if plain else repr(label)
    return f"{shown} ({did_you_mean([alike[near[0]]])})" if near else shown


def _require_name(label: str, group: Any) -> None:
    """Refuse a group that is no name."""
    if not isinstance(group, str):
        many = not pd.api.types.is_scalar(group)
        raise LabelError(
            f"The concordance gives {label} {'several groups' if many else 'the group'} {group!r}: "
            + (
                "every label belongs to one group, or to several with a weight for each, "
                "{group: weight}."
                if many
                else "the name of a group is text."
            )
        )
    found = invisible_character(group)
    if found is not None:
        raise LabelError(f"The group {group!r} of {label} holds {found[1]}, which cannot be seen.")
    if group != " ".join(group.split()):
        raise LabelError(
            f"The group {group!r} of {label} has blanks at its ends, or blanks that are no single "
            "spaces: write it with single spaces."
        )


def _require_distinct(groups: Sequence[str]) -> None:
    """Refuse groups that a reader would take for one."""
    alike: dict[str, str] = {}
    for group in groups:
        other = alike.setdefault(_fold_case(group), group)
        if other != group:
            raise LabelError(
                f"The concordance has the groups {other!r} and {group!r}, which differ in case or "
                "width only: write them alike, or name them apart."
            )


def _fold_case(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
