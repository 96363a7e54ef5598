"""The choices of a specification curve and their combinations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from regressions.errors import OptionError, SampleError
from regressions.names import grouping_values, with_text_labels
from regressions.regressor_names import regressor_key

__all__ = [
    "DIMENSIONS",
    "Choices",
    "Sample",
    "all_subsets",
    "label_controls",
    "label_frames",
    "label_terms",
    "sample_mask",
]

DIMENSIONS = (
    "data", "dependent", "interest", "controls", "sample", "estimator", "covariance",
)  # fmt: skip
_MOST = 100_000

Sample: TypeAlias = "str | pd.Series | Mapping[str, Any] | None"


@dataclass(frozen=True, eq=False)
class Choices:
    """Options of every dimension, by label.

    Attributes
    ----------
    data : mapping of str to DataFrame
    dependent, interest : mapping of str to str
        Terms of a formula.
    controls : mapping of str to tuple of str
    sample : mapping of str to None, str, Series or mapping
    estimator, covariance : mapping of str to options of :func:`regressions.fit`
    """

    data: Mapping[str, pd.DataFrame]
    dependent: Mapping[str, str]
    interest: Mapping[str, str]
    controls: Mapping[str, tuple[str, ...]]
    sample: Mapping[str, Sample]
    estimator: Mapping[str, Mapping[str, Any]]
    covariance: Mapping[str, Mapping[str, Any]]

    def __post_init__(self) -> None:
        for dimension in DIMENSIONS:
            if not getattr(self, dimension):
                raise OptionError(f"there is no choice of {dimension}: give at least one")
        for label, terms in self.controls.items():
            taken = {regressor_key(t) for t in (*self.interest.values(), *self.dependent.values())}
            both = [term for term in terms if regressor_key(term) in taken]
            if both:
                raise OptionError(
                    f"the controls {label!r} hold {sorted(both)[0]!r}, which is a dependent "
                    "variable or the variable of interest"
                )
        if len(self) > _MOST:
            raise OptionError(
                f"{len(self):,} specifications are too many: at most {_MOST:,}; choose fewer"
            )

    def __len__(self) -> int:
        return int(np.prod([len(getattr(self, dimension)) for dimension in DIMENSIONS]))

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Labels of the options of each dimension."""
        return {dimension: tuple(getattr(self, dimension)) for dimension in DIMENSIONS}

    def estimates(self) -> Iterator[tuple[str, ...]]:
        """Yield the labels of each combination with an estimate of its own: all but covariances."""
        yield from product(*(getattr(self, dimension) for dimension in DIMENSIONS[:-1]))

    def formula(self, dependent: str, interest: str, controls: str) -> str:
        """Write the formula of a combination, by labels."""
        right = " + ".join([self.interest[interest], *self.controls[controls]])
        return f"{self.dependent[dependent]} ~ {right}"


def all_subsets(terms: Sequence[str], *, always: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """List every subset of a list of terms, by label, the smallest first.

    Parameters
    ----------
    terms : sequence of str
    always : sequence of str
        Terms in every subset, not named in the label.

    Returns
    -------
    dict of str to tuple of str

    Examples
    --------
    >>> list(all_subsets(["a", "b"]))
    ['none', 'a', 'b', 'a + b']
    """
    if isinstance(terms, str):
        raise OptionError("terms is a sequence of names, such as ['d_urban', 'd_gdp']")
    if len(terms) > 16:
        raise OptionError(f"the subsets of {len(terms)} terms are too many: at most 16 terms")
    subsets = [chosen for size in range(len(terms) + 1) for chosen in combinations(terms, size)]
    return {" + ".join(chosen) or "none": (*always, *chosen) for chosen in subsets}


def label_frames(data: pd.DataFrame | Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return frames by label; a single frame has none."""
    frames = dict(data) if isinstance(data, Mapping) else {"": data}
    for label, frame in frames.items():
        if not isinstance(frame, pd.DataFrame):
            which = f" {label!r}" if label else ""
            raise SampleError(
                f"the data{which} must be a DataFrame indexed by (entity, period), not "
                f"{type(frame).__name__}"
            )
    return {label: with_text_labels(frame) for label, frame in frames.items()}


def label_terms(terms: str | Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    """Return terms by label; a term without a label is its own."""
    if isinstance(terms, str):
        return {terms: terms}
    return dict(terms) if isinstance(terms, Mapping) else {term: term for term in terms}


def label_controls(
    controls: Mapping[str, Sequence[str]] | Sequence[str] | None,
) -> dict[str, tuple[str, ...]]:
    """Return sets of controls by label; a sequence of terms stands for all its subsets."""
    if controls is None:
        return {"none": ()}
    if not isinstance(controls, Mapping):
        return all_subsets(controls)
    return {
        label: (terms,) if isinstance(terms, str) else tuple(terms)
        for label, terms in controls.items()
    }


def sample_mask(frame: pd.DataFrame, sample: Sample, label: str) -> np.ndarray:
    """Say which rows of a frame are in a sample, shape (n,).

    Parameters
    ----------
    frame : DataFrame
        Indexed by (entity, period).
    sample : None, str, Series of bool, or mapping
        All rows; a column of truth values or ``"not "`` and a column; a mask over the index;
        or values by column (or index level): one value or a list.
    label : str
        Of the sample, for errors.

    Raises
    ------
    OptionError
        If a column is unknown or holds no truth values, or the mask does not cover the rows.
    """
    if sample is None:
        return np.ones(len(frame), dtype=bool)
    if isinstance(sample, Mapping):
        chosen = np.ones(len(frame), dtype=bool)
        for name, wanted in sample.items():
            single = isinstance(wanted, str) or not np.iterable(wanted)
            values = [wanted] if single else list(wanted)
            column = grouping_values(str(name), frame, f"of the sample {label!r}")
            chosen &= column.isin(values).to_numpy()
        return chosen
    if isinstance(sample, str):
        negative = sample.startswith("not ") and sample not in frame.columns
        name = sample.removeprefix("not ") if negative else sample
        mask = grouping_values(name, frame, f"of the sample {label!r}")
    else:
        negative, mask = False, pd.Series(sample).reindex(frame.index)
        if mask.isna().any():
            raise OptionError(f"the sample {label!r} is a mask that misses rows of the data")
    if mask.dtype == bool:
        return mask.to_numpy() != negative
    truths = mask.dropna()
    if not truths.isin([True, False]).all():
        raise OptionError(
            f"the sample {label!r} needs truth values: {mask.name!r} holds {truths.iloc[0]!r}; "
            "use {column: value} to choose rows by value"
        )
    return np.asarray(mask.isin([not negative]).to_numpy(), dtype=bool)
