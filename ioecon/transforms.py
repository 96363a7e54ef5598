"""Logarithm-like transforms of variables that can be negative.

Changes of emissions and transfer indices are positive and negative, so a logarithm of them needs
a rule. Both rules here are odd functions and keep zero at zero; both depend on the unit.

``signed_log`` (the paper's, method section 6)
    sign(v) ln|v|. It is not monotone across zero: ln|v| changes sign at |v| = 1, so 0.5 kt is
    mapped to −0.69 and −0.5 kt to +0.69, and near zero the values run off to ∓∞ on the two sides
    while zero itself stays at zero. Where |v| > 1 for all data (which the unit decides: hence the
    factor 10^4 for indices) the order is kept, but there is a gap around zero whose width is a
    matter of the unit: in tonnes rather than kilotonnes every positive value moves up and every
    negative one down by ln 1000. Coefficients are therefore not free of the unit, as they are
    with a true logarithm.

``asinh``
    ln(v + √(v² + 1)), about v near zero and sign(v) ln(2|v|) far from it: no jump, monotone, but
    the unit decides what counts as near.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["INDEX_SCALE", "asinh", "signed_log"]

INDEX_SCALE = 1e4
"""Factor applied to transfer indices before they are transformed (the paper's ITI·10^4)."""

Values = TypeVar("Values", pd.Series, pd.DataFrame, NDArray[np.float64], float)


def signed_log(values: Values, *, scale: float = 1.0) -> Values:
    """sign(v) ln|v| of v = ``values`` × ``scale``, with zero staying zero.

    Parameters
    ----------
    values : array_like, Series or DataFrame
        Numbers of any sign; missing values stay missing.
    scale : float
        Factor applied first, for example :data:`INDEX_SCALE`.

    Returns
    -------
    ndarray, Series or DataFrame
        Same shape and labels as ``values``.

    Raises
    ------
    ValueError
        If ``scale`` is not a positive number.

    Examples
    --------
    >>> signed_log(np.array([-100.0, 0.0, 100.0])).round(3)
    array([-4.605,  0.   ,  4.605])
    >>> bool(signed_log(np.array([0.5]))[0] < 0)  # the jump: a small positive value is negative
    True
    """
    v = _scale_values(values, scale)
    magnitude = np.abs(v)
    result: Values = np.sign(v) * np.log(magnitude + (magnitude == 0))
    return result


def asinh(values: Values, *, scale: float = 1.0) -> Values:
    """Inverse hyperbolic sine of ``values`` × ``scale``.

    Parameters
    ----------
    values : array_like, Series or DataFrame
        Numbers of any sign; missing values stay missing.
    scale : float
        Factor applied first, for example :data:`INDEX_SCALE`.

    Returns
    -------
    ndarray, Series or DataFrame
        Same shape and labels as ``values``.

    Raises
    ------
    ValueError
        If ``scale`` is not a positive number.

    Examples
    --------
    >>> asinh(np.array([-100.0, 0.0, 100.0])).round(3)
    array([-5.298,  0.   ,  5.298])
    """
    result: Values = np.arcsinh(_scale_values(values, scale))
    return result


def _scale_values(values: Any, scale: float) -> Any:
    if not (np.isfinite(scale) and scale > 0):
        raise ValueError(f"scale must be a positive number, not {scale!r}.")
    if isinstance(values, (pd.Series, pd.DataFrame)):
        return values * scale
    return np.asarray(values, dtype=float) * scale
