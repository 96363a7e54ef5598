"""The options of a fit, checked: how a user's words become values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from regressions.covariances import COVARIANCE_OPTIONS, Covariance, choose_covariance
from regressions.errors import OptionError
from regressions.estimators import Estimator, estimator_named
from regressions.estimators.estimator import TWO_WAY
from regressions.names import given_names, require_unambiguous, shadowed_names

__all__ = ["FitOptions", "read_options"]


@dataclass(frozen=True)
class FitOptions:
    """What is estimated, and how: the options of :func:`regressions.fit` as values.

    Attributes
    ----------
    estimator : Estimator
    effects : tuple of str
    covariance : Covariance
    weights : str or None
        Column.
    small_sample, drop_absorbed, drop_singletons : bool
    missing : str
    step : int or None
    label : str
    words : mapping of str
        All options as they were given.
    """

    estimator: Estimator
    effects: tuple[str, ...]
    covariance: Covariance
    weights: str | None
    small_sample: bool
    drop_absorbed: bool
    drop_singletons: bool
    missing: str
    step: int | None
    label: str
    words: Mapping[str, Any]

    def require_unambiguous(self, data: pd.DataFrame) -> None:
        """Refuse names of effects and clusters that mean the index and a column of the data."""
        if not isinstance(data, pd.DataFrame):
            return
        asked = [
            name
            for what in ("effects", "clusters")
            if self.words[what] is not None
            for name in given_names(self.words[what], what)
        ]
        require_unambiguous(asked, shadowed_names(data), data.index)
        twoway = [name for name in asked if name.lower() in TWO_WAY and name in data.columns]
        if twoway:
            raise OptionError(
                f"effects={twoway[0]!r} is ambiguous: it means entity and time effects, but the "
                f"data also have a column {twoway[0]!r}; rename the column"
            )


def read_options(words: Mapping[str, Any]) -> FitOptions:
    """Check the options of a fit.

    Parameters
    ----------
    words : mapping of str
        Every option of :func:`regressions.fit`, as given or by default.

    Returns
    -------
    FitOptions

    Raises
    ------
    OptionError
        If a word is unknown, or options do not go together.
    """
    covariance = choose_covariance(
        words["cov"], **{name: words[name] for name in COVARIANCE_OPTIONS}
    )
    estimator = estimator_named(words["estimator"])
    effects = estimator.check_effects(words["effects"])
    estimator.require_options(
        weights=words["weights"],
        small_sample=words["small_sample"],
        drop_singletons=words["drop_singletons"],
    )
    return FitOptions(
        estimator=estimator,
        effects=effects,
        covariance=covariance,
        weights=None if words["weights"] is None else str(words["weights"]),
        small_sample=words["small_sample"],
        drop_absorbed=words["drop_absorbed"],
        drop_singletons=words["drop_singletons"],
        missing=words["missing"],
        step=words["step"],
        label=str(words["label"] or estimator.name),
        words=words,
    )
