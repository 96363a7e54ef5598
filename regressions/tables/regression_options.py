"""How a regression table prints its models: one checked value."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from regressions.tables.errors import TableContentError
from regressions.tables.words import Language, checked_language

__all__ = [
    "DEFAULT_STARS",
    "DEFAULT_STATISTICS",
    "ErrorKind",
    "RegressionTableOptions",
    "Statistics",
]

ErrorKind = Literal["std_errors", "tstats", "pvalues", "conf_int"]
Statistics = Sequence[str] | Mapping[str, str | Callable[[Any], Any]]

DEFAULT_STARS = (0.01, 0.05, 0.1)
DEFAULT_STATISTICS = ("nobs", "rsquared", "n_entities")


@dataclass(frozen=True)
class RegressionTableOptions:
    """Options of :func:`regressions.regression_table` that do not depend on the models.

    Attributes
    ----------
    errors, level, stars, digits, statistics, fixed_effects, estimators, covariances, language
        As in :func:`regressions.regression_table`; the levels of the stars ascend.

    Raises
    ------
    TableContentError
        If an option has an unknown value.

    Examples
    --------
    >>> RegressionTableOptions(stars=(0.1, 0.05)).stars
    (0.05, 0.1)
    """

    errors: ErrorKind | None = "std_errors"
    level: float = 0.95
    stars: Sequence[float] | None = DEFAULT_STARS
    digits: int | None = None
    statistics: Statistics = DEFAULT_STATISTICS
    fixed_effects: bool | None = None
    estimators: bool | None = None
    covariances: bool | None = None
    language: Language = "en"

    def __post_init__(self) -> None:
        kinds = get_args(ErrorKind)
        if self.errors is not None and self.errors not in kinds:
            known = ", ".join(repr(kind) for kind in kinds)
            raise TableContentError(
                f"errors={self.errors!r} is not known; choose one of {known}, or None."
            )
        if not 0 < self.level < 1:
            raise TableContentError(f"level={self.level!r} is not between 0 and 1.")
        for threshold in self.stars or ():
            if not 0 < threshold < 1:
                raise TableContentError(
                    f"The significance level {threshold!r} is not between 0 and 1."
                )
        digits = self.digits
        if digits is not None and (not isinstance(digits, numbers.Integral) or digits < 0):
            raise TableContentError(f"digits={digits!r} is not a whole number from 0 on.")
        object.__setattr__(self, "stars", tuple(sorted(self.stars or ())))
        object.__setattr__(self, "language", checked_language(self.language))

    @property
    def star_levels(self) -> tuple[float, ...]:
        """Significance levels in ascending order; empty without stars."""
        return tuple(self.stars or ())
