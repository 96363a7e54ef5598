"""Random numbers of the fictional world: named streams that later versions do not shift.

Only the uniform doubles of PCG64 are used, turned into normal ones by the inverse distribution
function: NumPy keeps that stream, but reserves the right to change the one of ``normal()``.
"""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np
import scipy

from ioecon.arrays import Array

__all__ = ["bounded_normal", "stream"]


def stream(seed: int, part: str) -> np.random.Generator:
    """Make a generator for one named part of the world, independent of all the other parts.

    Parameters
    ----------
    seed : int
        Seed of the world, zero or positive.
    part : str
        Name of the part; another name gives an independent stream.

    Examples
    --------
    >>> stream(1, "growth").random(2).tolist() == stream(1, "growth").random(2).tolist()
    True
    """
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, crc32(part.encode())]))
    )


def bounded_normal(
    generator: np.random.Generator,
    shape: int | tuple[int, ...],
    sd: float,
    bound: float = 2.5,
) -> Array:
    """Draws of a normal distribution cut at ± ``bound`` and rescaled, with mean 0 and ``sd``.

    Parameters
    ----------
    generator : numpy.random.Generator
        Source of uniform numbers.
    shape : int or tuple of int
        Shape of the result.
    sd : float
        Standard deviation of the draws, after cutting.
    bound : float
        Where the standard normal distribution is cut.

    Examples
    --------
    >>> draws = bounded_normal(stream(1, "docs"), 10_000, sd=2.0)
    >>> round(float(draws.std()), 1)
    2.0
    """
    inside = 2 * scipy.special.ndtr(bound) - 1
    density = math.exp(-(bound**2) / 2) / math.sqrt(2 * math.pi)
    variance = 1 - 2 * bound * density / inside
    uniform = generator.random(shape)
    draws: Array = scipy.special.ndtri(scipy.special.ndtr(-bound) + inside * uniform) * (
        sd / math.sqrt(variance)
    )
    return draws
