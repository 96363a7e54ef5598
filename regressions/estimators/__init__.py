"""The estimators, by name: one value each, looked up once."""

from __future__ import annotations

from collections.abc import Mapping

from regressions.errors import OptionError
from regressions.estimators.between import BETWEEN
from regressions.estimators.estimator import Estimator
from regressions.estimators.first_difference import FIRST_DIFFERENCE
from regressions.estimators.fixed import FIXED
from regressions.estimators.mundlak import MUNDLAK
from regressions.estimators.pooled import POOLED
from regressions.estimators.random import RANDOM
from regressions.names import as_spelled, nearest_term

__all__ = ["ESTIMATORS", "Estimator", "estimator_named"]

ESTIMATORS: Mapping[str, Estimator] = {
    one.name: one for one in (POOLED, FIXED, RANDOM, BETWEEN, FIRST_DIFFERENCE, MUNDLAK)
}


def estimator_named(word: str) -> Estimator:
    """Return the estimator of a name.

    Raises
    ------
    OptionError
        If there is none; the nearest is suggested.

    Examples
    --------
    >>> estimator_named("fixed").title
    'Fixed-effects (within) regression'
    """
    name = as_spelled(word, ESTIMATORS)
    if name not in ESTIMATORS:
        elsewhere = {other: one.name for one in ESTIMATORS.values() for other in one.other_words}
        raise OptionError(
            f"unknown estimator {name!r}{nearest_term(str(name), ESTIMATORS, elsewhere)}; "
            f"choose one of {', '.join(ESTIMATORS)}"
        )
    return ESTIMATORS[name]
