"""Pictures with a palette: what is flat stays exact, shades come close, and sizes are small."""

import io

import numpy as np
import pytest
from PIL import Image

from ioecon.study.small_png import small_png


def back(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("colours", [1, 2, 255, 256])
def test_up_to_256_colours_are_kept_exactly(colours: int) -> None:
    rng = np.random.default_rng(colours)
    palette = rng.choice(1 << 24, colours, replace=False)
    chosen = palette[np.arange(40 * 50) % colours].reshape(40, 50)
    pixels = np.stack([chosen >> 16, chosen >> 8 & 255, chosen & 255], axis=2).astype(np.uint8)
    assert np.array_equal(back(small_png(pixels)), pixels)


def test_flat_colours_among_many_shades_stay_exact_and_shades_come_close() -> None:
    rng = np.random.default_rng(0)
    ends = np.array([[255, 255, 255], [18, 57, 91], [194, 85, 26]])
    share = rng.random((60, 80, 1))
    shades = ends[0] * share + ends[rng.integers(1, 3, (60, 80))] * (1 - share)  # edges of lines
    pixels = shades.round().astype(np.uint8)
    pixels[:20], pixels[20:30] = ends[0], ends[1]
    found = back(small_png(pixels)).astype(int)
    assert np.array_equal(found[:30], pixels[:30])
    assert np.abs(found - pixels).max() <= 6


def test_the_same_pixels_give_the_same_bytes_without_what_is_transparent() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (30, 30, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    assert small_png(pixels) == small_png(pixels.copy()) == small_png(pixels[..., :3])
