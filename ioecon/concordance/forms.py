"""What a concordance may look like, as entries of label, group and weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

from ioecon.alignment import numbers
from ioecon.concordance.country_classes import classifications
from ioecon.concordance.files import is_name_of_file, read_frame
from ioecon.concordance.value import Concordance
from ioecon.errors import LabelError
from ioecon.wording import did_you_mean, listed, near_words

__all__ = ["Entry", "entries_of", "is_hole"]

WEIGHT = ("weight", "weights", "share", "shares")
"""Names by which a third column says that it holds weights."""


@dataclass(frozen=True)
class Entry:
    """One label and one of its groups, neither checked yet.

    Parameters
    ----------
    label, group : object
    weight : float
    shared : bool
        Whether the label may have further groups.
    """

    label: Any
    group: Any
    weight: float = 1.0
    shared: bool = False


def entries_of(groups: Any, labels: Sequence[str], kind: str) -> list[Entry]:
    """Entries in the order given; see :func:`ioecon.concordance.read_concordance`.

    Raises
    ------
    LabelError
        If ``groups`` is nothing that a concordance may be, or a weight is no number.
    ReadError
        If it is a file that cannot be read.
    """
    if isinstance(groups, PathLike) or (isinstance(groups, str) and is_name_of_file(groups)):
        path = Path(groups)
        return _entries_of_frame(read_frame(path, kind), labels, f"{kind} in {path.name}")
    if isinstance(groups, Concordance):
        weights = groups.weights.toarray()
        return _entries_of_weights(weights, groups.labels, groups.groups)
    if isinstance(groups, pd.DataFrame):
        return _entries_of_frame(groups, labels, f"{kind} in a DataFrame")
    if isinstance(groups, pd.Series):
        if isinstance(groups.index, pd.MultiIndex):
            raise LabelError(f"A concordance of {kind} has one level of labels, not several.")
        return [Entry(*pair) for pair in zip(groups.index, groups.tolist(), strict=True)]
    if isinstance(groups, Mapping):
        return [entry for pair in groups.items() for entry in _entries_of_label(*pair)]
    if scipy.sparse.issparse(groups) or (isinstance(groups, np.ndarray) and groups.ndim == 2):
        return _entries_of_array(groups, labels, kind)
    raise LabelError(_say_what_it_may_be(groups, kind))


def _say_what_it_may_be(groups: Any, kind: str) -> str:
    files = "or the name of a file (.csv, .xlsx)"
    if kind == "countries":
        files += " or of a classification of country_converter, such as 'EU27' or 'continent'"
    sentence = (
        f"A concordance of {kind} is a mapping of label to group, a Series, a DataFrame (label, "
        f"group), a matrix, {files}, not a {type(groups).__name__}"
    )
    if not isinstance(groups, str):
        return f"{sentence}."
    alike = {name.lower(): name for name in classifications()} if kind == "countries" else {}
    near = [alike[name] for name in near_words(groups.lower(), alike, cutoff=0.75)]
    return f"{sentence} ({groups!r})" + (f"; {did_you_mean(near)}" if near else ".")


def _entries_of_label(label: Any, group: Any) -> list[Entry]:
    if isinstance(group, Mapping) and group:
        values = numbers(pd.Series(group, dtype=object), f"The weights of {label}")
        return [
            Entry(label, name, weight, shared=True)
            for name, weight in zip(group, values, strict=True)
        ]
    return [Entry(label, group)]


def _entries_of_frame(frame: pd.DataFrame, labels: Sequence[str], what: str) -> list[Entry]:
    """Entries of pairs, pairs with weights, or a matrix."""
    if isinstance(frame.index, pd.MultiIndex) or isinstance(frame.columns, pd.MultiIndex):
        raise LabelError(f"A concordance of {what} has one level of labels, not several.")
    labelled = not isinstance(frame.index, pd.RangeIndex)
    numeric = [_holds_numbers(frame.iloc[:, k]) for k in range(frame.shape[1])]
    if labelled and frame.shape[1] == 1 and not numeric[0]:
        return [Entry(*pair) for pair in zip(frame.index, frame.iloc[:, 0], strict=True)]
    if frame.shape[1] == 2 and not (labelled and all(numeric)):
        return [Entry(*pair) for pair in zip(frame.iloc[:, 0], frame.iloc[:, 1], strict=True)]
    if frame.shape[1] == 3 and str(frame.columns[2]).strip().lower() in WEIGHT:
        weights = numbers(frame.iloc[:, 2], f"The weights of a concordance of {what}")
        pairs = zip(frame.iloc[:, 0], frame.iloc[:, 1], weights, strict=True)
        return [Entry(*row, shared=True) for row in pairs]
    if labelled and frame.shape[1] and all(numeric):
        return _entries_of_matrix(frame, labels)
    if frame.shape[1] > 2 and not numeric[0] and all(numeric[1:]):
        return _entries_of_matrix(frame.set_index(frame.columns[0]), labels)
    raise LabelError(
        f"A concordance of {what} has two columns, label and group, a third one called 'weight' "
        "if labels have several groups, or is a matrix of numbers with labels as rows and groups "
        f"as columns; this one has {frame.shape[1]}: {listed(map(_show_name, frame.columns))}."
    )


def _show_name(name: Any) -> str:
    """Name of a column as part of one sentence, however long or odd it is."""
    text = str(name)
    text = text if len(text) <= 40 else f"{text[:37]}..."
    return text if text.isprintable() else repr(text)


def _holds_numbers(column: pd.Series) -> bool:
    kinds = pd.api.types.infer_dtype(column, skipna=True)
    return kinds in ("integer", "floating", "mixed-integer-float", "boolean", "decimal")


def _entries_of_matrix(frame: pd.DataFrame, labels: Sequence[str]) -> list[Entry]:
    """Entries of a matrix; the side on which more of the labels stand has the labels."""
    known = set(labels)
    if len(known.intersection(frame.columns)) > len(known.intersection(frame.index)):
        frame = frame.T
    for axis in (frame.index, frame.columns):
        if axis.has_duplicates:
            twice = axis[axis.duplicated()].unique()
            raise LabelError(f"The concordance names {listed(twice)} more than once.")
    values = frame.to_numpy(dtype=float)
    holes = np.isnan(values)
    if holes.any():
        row, column = (int(k) for k in np.argwhere(holes)[0])
        raise LabelError(
            f"The concordance has no weight of {frame.index[row]} in {frame.columns[column]}: "
            "write 0 where a label does not belong to a group."
        )
    return _entries_of_weights(values, list(frame.index), list(frame.columns))


def _entries_of_array(matrix: Any, labels: Sequence[str], kind: str) -> list[Entry]:
    """Entries of a matrix without names, whose rows are taken in the order of the labels."""
    values = matrix.toarray() if scipy.sparse.issparse(matrix) else np.asarray(matrix)
    if values.shape[0] != len(labels):
        turned = "; pass it turned round (.T)" if values.shape[1] == len(labels) else ""
        raise LabelError(
            f"A concordance of {kind} in an array has a row for each of the {len(labels)} {kind}, "
            f"in their order, and a column for each group; this one has the shape {values.shape}"
            f"{turned}."
        )
    if values.dtype.kind not in "biuf" or not np.isfinite(values.astype(float)).all():
        raise LabelError(f"A concordance of {kind} in an array holds numbers from 0 to 1 only.")
    names = [f"group {k + 1}" for k in range(values.shape[1])]
    return _entries_of_weights(values.astype(float), list(labels), names)


def _entries_of_weights(
    values: np.ndarray, rows: Sequence[Any], columns: Sequence[Any]
) -> list[Entry]:
    """Entries of the weights that are not zero; a row of zeros has a hole for its group."""
    empty = [str(columns[k]) for k in np.flatnonzero(~values.any(axis=0)).tolist()]
    if empty:
        raise LabelError(f"The concordance gives no label to {listed(empty)}: leave it out.")
    # Column by column, so that groups stand in the order of the columns.
    entries = [
        Entry(label, column, float(weight), shared=True)
        for column, weights in zip(columns, values.T, strict=True)
        for label, weight in zip(rows, weights, strict=True)
        if weight
    ]
    idle = [label for label, row in zip(rows, values, strict=True) if not row.any()]
    return entries + [Entry(label, None, shared=True) for label in idle]


def is_hole(group: Any) -> bool:
    """Whether nothing stands in the place of a group."""
    if isinstance(group, str):
        return not group.strip()
    return group is None or (pd.api.types.is_scalar(group) and bool(pd.isna(group)))
