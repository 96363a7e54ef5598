"""A checked concordance: which label belongs to which group, and with what weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse
from numpy.typing import NDArray

from ioecon.errors import LabelError
from ioecon.wording import listed

__all__ = ["WEIGHTS_SUM_TO", "Concordance"]

Sparse: TypeAlias = scipy.sparse.csr_array

WEIGHTS_SUM_TO = 1e-9  # how far the weights of one label may miss one: the rounding of a sum


@dataclass(frozen=True, eq=False)
class Concordance:
    """Which group each label belongs to, with weights where a label belongs to several.

    Made by :func:`ioecon.read_concordance`, which checks what users give. L labels, G groups.

    Parameters
    ----------
    labels : tuple of str
        The L labels, finer or coarser ones, in the order in which they were given.
    groups : tuple of str
        The G groups, in the order in which they are first named.
    weights : sparse array, shape (L, G)
        Share of each label that goes to each group; rows sum to one. Many-to-one has a single
        one in each row.
    kind : str
        What the labels are, in the plural, for messages: ``"sectors"``.

    Raises
    ------
    LabelError
        If a label or group stands twice, weights are negative, missing or do not sum to one, or a
        group has no label.

    Examples
    --------
    >>> halves = Concordance(("energy", "rest"), ("coal", "gas", "rest"),
    ...                      [[0.75, 0.25, 0], [0, 0, 1]], kind="sectors")
    >>> halves.is_many_to_one, (halves.matrix() @ [100.0, 10.0]).tolist()
    (False, [75.0, 25.0, 10.0])
    """

    labels: tuple[str, ...]
    groups: tuple[str, ...]
    weights: Any
    kind: str = "labels"

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "groups", tuple(self.groups))
        weights = scipy.sparse.csr_array(self.weights, dtype=np.float64, copy=True)
        object.__setattr__(self, "weights", weights)
        shape = (len(self.labels), len(self.groups))
        if weights.shape != shape:
            raise LabelError(
                f"The weights of a concordance of {shape[0]} {self.kind} with {shape[1]} groups "
                f"have the shape {weights.shape}; labels are rows, groups are columns."
            )
        for names in (self.labels, self.groups):
            if len(set(names)) < len(names):
                twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
                raise LabelError(f"The concordance names {listed(twice)} more than once.")
        weights.sum_duplicates()
        self._require_weights()
        weights.eliminate_zeros()
        empty = np.setdiff1d(np.arange(shape[1]), weights.indices)
        if empty.size:
            named = listed(self.groups[k] for k in empty)
            raise LabelError(f"The concordance gives no label to {named}: leave such groups out.")

    def _require_weights(self) -> None:
        found = self.weights.tocoo()
        bad = ~np.isfinite(found.data) | (found.data < 0)
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            raise LabelError(
                f"The weight of {self.labels[found.row[k]]} in {self.groups[found.col[k]]} is "
                f"{found.data[k]:g}: weights of a concordance are shares from 0 to 1."
            )
        sums = np.asarray(self.weights.sum(axis=1)).ravel()
        wrong = np.flatnonzero(np.abs(sums - 1) > WEIGHTS_SUM_TO)
        none = [self.labels[k] for k in wrong if sums[k] == 0]
        if none:
            raise LabelError(f"The concordance gives no group for the {self.kind} {listed(none)}.")
        if wrong.size:
            named = listed((f"{self.labels[k]} ({sums[k]:.12g})" for k in wrong), limit=8)
            raise LabelError(
                f"The weights of the {self.kind} {named} do not sum to 1: a concordance shares "
                "each label out among its groups. Give weights that sum to 1 (divide them by "
                "their sum), or one group for each label."
            )

    @property
    def is_many_to_one(self) -> bool:
        """Whether every label belongs to one group whole."""
        return bool(self.weights.nnz == len(self.labels))

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {label: row for row, label in enumerate(self.labels)}

    def _find_rows(self, labels: Sequence[str] | None) -> NDArray[np.intp]:
        if labels is None:
            return np.arange(len(self.labels))
        unknown = [label for label in labels if label not in self._rows]
        if unknown:
            raise LabelError(
                f"The concordance gives no group for the {self.kind} {listed(unknown)}."
            )
        return np.array([self._rows[label] for label in labels], dtype=np.intp)

    def matrix(self, labels: Sequence[str] | None = None) -> Sparse:
        """Matrix that sums over groups: groups = matrix @ labels.

        Parameters
        ----------
        labels : sequence of str, optional
            Order of the columns, each label as often as it stands there; by default :attr:`labels`.

        Returns
        -------
        sparse array, shape (G, number of labels)
        """
        chosen = self.weights[self._find_rows(labels)]
        return scipy.sparse.csr_array(chosen.T)

    def positions(self, labels: Sequence[str] | None = None) -> NDArray[np.intp]:
        """Position in :attr:`groups` of the one group of each label: codes for adding up rows.

        Parameters
        ----------
        labels : sequence of str, optional
            By default :attr:`labels`.

        Returns
        -------
        ndarray, shape (number of labels,)

        Raises
        ------
        LabelError
            If a label is shared out among several groups: use :meth:`matrix`.
        """
        self.require_many_to_one("the position of one group is asked for each label")
        return np.asarray(self.weights.indices[self._find_rows(labels)], dtype=np.intp)

    def group_of(self) -> dict[str, str]:
        """Label to its one group, in the order given.

        Raises
        ------
        LabelError
            If a label is shared out among several groups.
        """
        return {
            label: self.groups[position]
            for label, position in zip(self.labels, self.positions(), strict=True)
        }

    def require_many_to_one(self, why: str) -> None:
        """Refuse a concordance that shares a label out among several groups."""
        if not self.is_many_to_one:
            shared = [self.labels[k] for k in np.flatnonzero(np.diff(self.weights.indptr) > 1)]
            raise LabelError(
                f"The concordance shares the {self.kind} {listed(shared)} out among several "
                f"groups, but {why}: give one group for each label."
            )

    def to_frame(self) -> pd.DataFrame:
        """One row per label and group: ``label``, ``group``, ``weight``."""
        found = self.weights.tocoo()
        return pd.DataFrame(
            {
                "label": [self.labels[k] for k in found.row],
                "group": [self.groups[k] for k in found.col],
                "weight": found.data,
            }
        )

    def __repr__(self) -> str:
        how = "many-to-one" if self.is_many_to_one else "weighted"
        return (
            f"<Concordance of {len(self.labels)} {self.kind} to {len(self.groups)} groups, {how}>"
        )
