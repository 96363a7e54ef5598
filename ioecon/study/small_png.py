"""PNG files of figures in 256 colours, about a third of the size of those in all colours.

Figures are a few flat colours and the shades at their edges. Those colours stay exactly what they
are; shades take the nearest colour of the palette, which the eye does not tell apart.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["small_png"]

_COLOURS = 256
_EXACT = 128  # of them the most frequent colours of the picture as they are


def small_png(pixels: NDArray[np.uint8]) -> bytes:
    """Write a picture as PNG with a palette, the same bytes for the same pixels.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3 or 4)
        Red, green, blue; transparency is not kept.

    Returns
    -------
    bytes
        Without loss where there are no more than 256 colours.

    Examples
    --------
    >>> pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    >>> pixels[0, 0] = 255, 0, 10
    >>> back = Image.open(io.BytesIO(small_png(pixels))).convert("RGB")
    >>> back.getpixel((0, 0)), back.getpixel((1, 1))
    ((255, 0, 10), (0, 0, 0))
    """
    shape = pixels.shape[:2]
    wide = pixels[..., :3].astype(np.uint32)
    packed = ((wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]).ravel()
    # Runs of one colour are counted as one: nine in ten pixels are like the one before.
    starts = np.flatnonzero(np.concatenate([[True], packed[1:] != packed[:-1]]))
    lengths = np.diff(starts, append=len(packed))
    there, numbers = np.unique(packed[starts], return_inverse=True)
    colours = np.stack([there >> 16, (there >> 8) & 255, there & 255], axis=1).astype(np.uint8)
    if len(there) > _COLOURS:
        counts = np.bincount(numbers, weights=lengths)
        palette = _choose_palette(colours, counts)
        numbers = _find_nearest(colours, palette)[numbers]
        colours = palette
    numbers = np.repeat(numbers.astype(np.uint8), lengths).reshape(shape)
    image = Image.fromarray(numbers, mode="P")
    image.putpalette(colours.tobytes())
    buffer = io.BytesIO()
    image.save(buffer, format="png")
    return buffer.getvalue()


def _choose_palette(colours: NDArray[np.uint8], counts: NDArray[Any]) -> NDArray[np.uint8]:
    """Take the most frequent colours, and others that lie between the rest."""
    order = np.argsort(-counts, kind="stable")
    often, rest = colours[order[:_EXACT]], colours[order[_EXACT:]]
    image = Image.fromarray(rest[None])
    between = image.quantize(
        _COLOURS - _EXACT, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    ).getpalette()
    return np.vstack([often, np.array(between, dtype=np.uint8).reshape(-1, 3)])[:_COLOURS]


def _find_nearest(colours: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Find the number of the palette's colour that is nearest to each colour."""
    # |c - p|² without |c|², which is the same for every p; float32 holds these numbers exactly.
    points, centres = colours.astype(np.float32), palette.astype(np.float32)
    return np.argmin((centres**2).sum(axis=1) - 2 * points @ centres.T, axis=1)
