"""Elementwise transforms that a formula may use, beside formulaic's own.

Those along the panel are in :mod:`regressions.calendar`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["asinh", "signed_log"]


def signed_log(x: Any) -> Any:
    """Signed logarithm ``sign(x) ln|x|``, with zero staying zero.

    It jumps at zero: ``ln|x|`` changes sign at ``|x| = 1``, so 0.5 becomes -0.69 and -0.5 becomes
    +0.69. Where all ``|x| >= 1`` it keeps the order and can be undone.

    Parameters
    ----------
    x : array-like
        Values in any unit; the transform is not invariant to the unit.

    Returns
    -------
    array-like
        Of the same shape as `x`.

    Examples
    --------
    >>> import numpy as np
    >>> signed_log(np.array([-np.e, 0.0, np.e])).round(6).tolist()
    [-1.0, 0.0, 1.0]
    """
    size = np.abs(x)
    return np.sign(x) * np.log(size + (size == 0))


def asinh(x: Any) -> Any:
    """Inverse hyperbolic sine ``ln(x + sqrt(x^2 + 1))``.

    Parameters
    ----------
    x : array-like
        Values in any unit; the transform is not invariant to the unit.

    Returns
    -------
    array-like
        Of the same shape as `x`.

    Examples
    --------
    >>> float(asinh(0.0))
    0.0
    """
    return np.arcsinh(x)
