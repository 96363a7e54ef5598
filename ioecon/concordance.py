"""From labels to groups: one check of what a user gives for countries, regions or sectors."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from ioecon.errors import LabelError
from ioecon.wording import did_you_mean, invisible_character, listed, near_words

__all__ = ["Concordance", "read_concordance"]

Concordance: TypeAlias = Mapping[str, str] | pd.Series | pd.DataFrame


def read_concordance(
    groups: Concordance,
    labels: Sequence[str],
    kind: str,
    *,
    holder: str = "the table",
    complete: bool = True,
) -> dict[str, str]:
    """Concordance as a dictionary from label to group, checked.

    Parameters
    ----------
    groups : mapping, Series or DataFrame
        A mapping or a Series (index: labels) of label to group, or a DataFrame with two columns,
        label and group, or with labels as its index and one column.
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
    dict of str to str
        In the order of ``groups``.

    Raises
    ------
    LabelError
        If a label has no group, several groups or is named twice, ``holder`` lacks it, or a label
        or group is no text or differs from another in blanks, case or invisible characters only.

    Examples
    --------
    >>> read_concordance(pd.Series({"AUS": "EU", "NZL": "EU"}), ["AUS", "NZL"], "countries")
    {'AUS': 'EU', 'NZL': 'EU'}
    """
    pairs = _read_pairs(groups, kind)
    _require_text_once([label for label, _ in pairs], kind)
    holes = [label for label, group in pairs if _is_hole(group)]
    named = {label for label, _ in pairs}
    missing = [label for label in labels if label not in named] if complete else []
    unknown = [_show_with_hint(label, labels) for label in named.difference(labels)]
    wrong = []
    if holes or missing:
        wrong.append(f"gives no group for the {kind} {listed([*holes, *missing])}")
    if unknown:
        wrong.append(f"names {kind} {holder} lacks: {listed(sorted(unknown))}")
    if wrong:
        raise LabelError(f"The concordance {', and '.join(wrong)}.")
    for label, group in pairs:
        _require_name(label, group)
    found = {label: str(group) for label, group in pairs}
    _require_distinct(found.values())
    return found


def _read_pairs(groups: Any, kind: str) -> list[tuple[Any, Any]]:
    """Labels and groups in the order given."""
    if isinstance(groups, pd.DataFrame):
        if groups.shape[1] == 1 and not isinstance(groups.index, pd.RangeIndex):
            groups = groups.iloc[:, 0]
        elif groups.shape[1] != 2:
            raise LabelError(
                f"A concordance of {kind} in a DataFrame has two columns, label and group; this "
                f"one has {groups.shape[1]}: {listed(groups.columns)}."
            )
        else:
            return list(zip(groups.iloc[:, 0].tolist(), groups.iloc[:, 1].tolist(), strict=True))
    if isinstance(groups, pd.Series):
        if isinstance(groups.index, pd.MultiIndex):
            raise LabelError(f"A concordance of {kind} has one level of labels, not several.")
        return list(zip(groups.index.tolist(), groups.tolist(), strict=True))
    if isinstance(groups, Mapping):
        return list(groups.items())
    raise LabelError(
        f"A concordance of {kind} is a mapping of label to group, a Series, or a DataFrame of two "
        f"columns (label, group), not {_describe_type(groups)}."
    )


def _describe_type(groups: Any) -> str:
    if getattr(groups, "ndim", 0) == 2:
        return "a matrix: its rows and columns have no names; give each label the name of its group"
    return f"a {type(groups).__name__}"


def _require_text_once(given: list[Any], kind: str) -> None:
    """Refuse labels that are no text or stand twice."""
    for label in given:
        if not isinstance(label, str):
            raise LabelError(
                f"The concordance has {label!r} among the {kind}, which is no text: labels are "
                "text, such as 'AUS' or '01'."
            )
    twice = [label for label, count in Counter(given).items() if count > 1]
    if twice:
        raise LabelError(f"The concordance names the {kind} {listed(twice)} more than once.")


def _show_with_hint(label: str, labels: Sequence[str]) -> str:
    """Label, with what may have been meant."""
    alike = {_fold_case(known): known for known in labels}
    near = near_words(_fold_case(label), alike, cutoff=0.75)
    plain = label.isprintable() and label == label.strip() and label
    shown = label if plain else repr(label)
    return f"{shown} ({did_you_mean([alike[near[0]]])})" if near else shown


def _is_hole(group: Any) -> bool:
    if isinstance(group, str):
        return not group.strip()
    return group is None or (pd.api.types.is_scalar(group) and bool(pd.isna(group)))


def _require_name(label: str, group: Any) -> None:
    """Refuse a group that is no name."""
    if not isinstance(group, str):
        many = not pd.api.types.is_scalar(group)
        raise LabelError(
            f"The concordance gives {label} {'several groups' if many else 'the group'} {group!r}: "
            + ("every label belongs to one group." if many else "the name of a group is text.")
        )
    found = invisible_character(group)
    if found is not None:
        raise LabelError(f"The group {group!r} of {label} holds {found[1]}, which cannot be seen.")
    if group != " ".join(group.split()):
        raise LabelError(
            f"The group {group!r} of {label} has blanks at its ends, or blanks that are no single "
            "spaces: write it with single spaces."
        )


def _require_distinct(groups: Any) -> None:
    """Refuse groups that a reader would take for one."""
    alike: dict[str, str] = {}
    for group in dict.fromkeys(groups):
        other = alike.setdefault(_fold_case(group), group)
        if other != group:
            raise LabelError(
                f"The concordance has the groups {other!r} and {group!r}, which differ in case or "
                "width only: write them alike, or name them apart."
            )


def _fold_case(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
