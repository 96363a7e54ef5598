"""Textbook panels of the fictional world: one outcome for each situation a course meets.

Two regressors x1 and x2, slopes 1.0 and −0.5, a constant 2.0; what differs from column to column
is the country effect, the year effect and the error, so the right estimator is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.datasets.world_draws import bounded_normal, stream

__all__ = ["LESSONS", "Lesson", "teaching_frame"]

_SLOPES = MappingProxyType({"Intercept": 2.0, "x1": 1.0, "x2": -0.5})
_CORRELATION = 0.8  # of the endogenous country effect with x1, per unit of its country part
_PERSISTENCE = 0.6


@dataclass(frozen=True)
class Lesson:
    """What is true of one column of the teaching frame.

    Attributes
    ----------
    column : str
        Outcome.
    situation : str
        How it was made, in words.
    coefficients : mapping of str to float
        True constant and slopes of ``column ~ x1 + x2``.
    sigma_u, sigma_e : float
        Standard deviations of the country effect (the part independent of the regressors) and of
        the error.
    consistent : tuple of str
        Estimators of the slopes that are consistent (``"pooled"``, ``"random"``, ``"fixed"`` by
        country, ``"twoway"``).
    pooled_limit : mapping of str to float
        What pooled least squares converges to; differs from the truth where it is inconsistent.
    """

    column: str
    situation: str
    coefficients: Mapping[str, float]
    sigma_u: float
    sigma_e: float
    consistent: tuple[str, ...]
    pooled_limit: Mapping[str, float]


_ALL = ("pooled", "random", "fixed", "twoway")
# Half of the variance of x1 lies between countries, so x1 picks up half of the correlated effect.
_BIASED = MappingProxyType({**_SLOPES, "x1": _SLOPES["x1"] + 0.5 * _CORRELATION})

LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        lesson.column: lesson
        for lesson in (
            Lesson("y_pooled", "no effects, independent errors", _SLOPES, 0.0, 1.0, _ALL, _SLOPES),
            Lesson(
                "y_re", "country effect independent of x1 and x2", _SLOPES, 1.0, 1.0, _ALL, _SLOPES
            ),
            Lesson(
                "y_fe",
                "country effect contains 0.8 × the country part of x1",
                _SLOPES,
                1.0,
                1.0,
                ("fixed", "twoway"),
                _BIASED,
            ),
            Lesson(
                "y_twoway",
                "as y_fe, and year effects −2 to 2 independent of x1 and x2",
                _SLOPES,
                1.0,
                1.0,
                ("fixed", "twoway"),
                _BIASED,
            ),
            Lesson(
                "y_ar1",
                "as y_re, errors with autocorrelation 0.6 within countries",
                _SLOPES,
                1.0,
                1.0,
                _ALL,
                _SLOPES,
            ),
            Lesson(
                "y_hetero",
                "no effects, error variance exp(country part of x1 − 1/2)",
                _SLOPES,
                0.0,
                1.0,
                _ALL,
                _SLOPES,
            ),
        )
    }
)


def teaching_frame(seed: int, countries: list[str], years: tuple[int, ...]) -> pd.DataFrame:
    """Columns x1, x2 and one outcome for each of :data:`LESSONS`.

    x1 = m_i + w_it with unit variances, x2 = 0.6 x1 + v_it with variance 0.72 of v: the variance
    inflation factor of both regressors is 2 in the population.

    Parameters
    ----------
    seed : int
        Seed of the world.
    countries : list of str
        J countries.
    years : tuple of int
        T years.

    Returns
    -------
    pandas.DataFrame, index (country, year), J·T rows

    Examples
    --------
    >>> frame = teaching_frame(1, ["XAA", "XBB"], (2001, 2002, 2003))
    >>> frame.shape
    (6, 8)
    """
    generator = stream(seed, "teaching")
    J, T = len(countries), len(years)
    level = bounded_normal(generator, (J, 1), 1.0, bound=3.0)
    x1 = level + bounded_normal(generator, (J, T), 1.0, bound=3.0)
    x2 = 0.6 * x1 + bounded_normal(generator, (J, T), np.sqrt(0.72), bound=3.0)
    effect = bounded_normal(generator, (J, 1), 1.0, bound=3.0)
    error = bounded_normal(generator, (J, T), 1.0, bound=3.0)
    persistent = _draw_autoregression(bounded_normal(generator, (J, T), 1.0, bound=3.0))
    year = np.linspace(-2.0, 2.0, T)[generator.permutation(T)]

    mean = _SLOPES["Intercept"] + _SLOPES["x1"] * x1 + _SLOPES["x2"] * x2
    columns = {
        "x1": x1,
        "x2": x2,
        "y_pooled": mean + error,
        "y_re": mean + effect + error,
        "y_fe": mean + effect + _CORRELATION * level + error,
        "y_twoway": mean + effect + _CORRELATION * level + year + error,
        "y_ar1": mean + effect + persistent,
        "y_hetero": mean + error * np.exp(level / 2 - 0.25),
    }
    index = pd.MultiIndex.from_product([countries, years], names=["country", "year"])
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)


def _draw_autoregression(shocks: Array) -> Array:
    """Stationary first-order autoregression along the rows, with unit variance."""
    errors = np.empty_like(shocks)
    errors[:, 0] = shocks[:, 0]
    scale = np.sqrt(1 - _PERSISTENCE**2)
    for t in range(1, shocks.shape[1]):
        errors[:, t] = _PERSISTENCE * errors[:, t - 1] + scale * shocks[:, t]
    return errors
