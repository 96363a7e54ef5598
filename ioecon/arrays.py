"""Arrays inside: their type, and what rounding may leave of an identity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["TOLERANCE", "Array"]

Array = NDArray[np.float64]

TOLERANCE = 1e-10
"""Miss of an identity, relative to its largest term, that rounding in a solve may leave."""
