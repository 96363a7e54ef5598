"""Figures that every kind draws the same way: to files and for the page, in light and dark.

A figure is painted by a function of a palette that returns a matplotlib figure and touches no
global state; :meth:`Drawing.render` calls it within ``matplotlib.rc_context``, once a palette. What
is dear is the layout, which measures every text: dark paper takes that of light paper.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from ioecon.study.fonts import OWN, fonts_for
from ioecon.study.kept_pictures import KEPT_PICTURES, picture_key
from ioecon.study.palette import DARK, LIGHT, Palette
from ioecon.study.small_png import small_png
from regressions.typography import true_minus

__all__ = ["Drawing", "Picture", "signed_map", "write_figure_files"]

_DPI = 160
# Dates and names of software, left out so that the same results give the same files.
_NO_METADATA = {"CreationDate": None, "Producer": None}


@dataclass(frozen=True)
class Drawing:
    """One figure: name of its files, caption, text for those who cannot see it, how to draw it."""

    key: str
    title: str
    caption: str
    alternative: str
    paint: Callable[[Palette], Figure]

    def render(self, *, cache: bool = False) -> Picture:
        """Draw on light and on dark paper: laid out once, on light paper.

        Light paper is drawn once more where other fonts have signs that the figures' own lacks.

        Parameters
        ----------
        cache : bool
            Whether to take the picture that an earlier run drew of the same, and to keep it.
        """
        key = picture_key(self.paint, LIGHT, DARK, _DPI) if cache else None
        kept = KEPT_PICTURES.find(key) if key else None
        if kept is not None and len(kept) == 3:
            return Picture(self, *kept)
        figure, light = self._draw(LIGHT)
        fonts, missing = fonts_for("".join(text.get_text() for text in figure.findobj(Text)))
        if fonts:
            figure, light = self._draw(LIGHT, fonts)
        pdf = self._draw_pdf(figure, _settings(LIGHT, fonts))
        picture = Picture(self, light, self._draw(DARK, fonts, like=figure)[1], pdf)
        if key and not fonts and not missing:
            KEPT_PICTURES.keep(key, (picture.light, picture.dark, picture.pdf))
        return picture

    def _draw(
        self, palette: Palette, fonts: Sequence[str] = (), *, like: Figure | None = None
    ) -> tuple[Figure, bytes]:
        """Return the figure, laid out, and its PNG; the layout of another is taken over."""
        with _drawing_settings(_settings(palette, fonts)):
            figure = self.paint(palette)
            figure.set_dpi(_DPI)
            canvas = FigureCanvasAgg(figure)
            if like is not None:
                _take_layout(figure, like)
            canvas.draw()  # savefig would draw twice, first for the layout
            figure.set_layout_engine("none")  # laid out by now; what is drawn next keeps it
            return figure, small_png(np.asarray(canvas.buffer_rgba()))

    def _draw_pdf(self, figure: Figure, settings: dict[str, Any]) -> bytes:
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        buffer = io.BytesIO()
        with _drawing_settings(settings):
            FigureCanvasPdf(figure).print_pdf(buffer, metadata=_NO_METADATA)
        return buffer.getvalue()


@dataclass(frozen=True)
class Picture:
    """A figure as PNG on light and on dark paper, and as PDF on light paper."""

    drawing: Drawing
    light: bytes
    dark: bytes
    pdf: bytes


def write_figure_files(pictures: Sequence[Picture], folder: Path) -> None:
    """Write every figure as PNG and PDF, on white."""
    folder.mkdir()
    for picture in pictures:
        (folder / f"{picture.drawing.key}.png").write_bytes(picture.light)
        (folder / f"{picture.drawing.key}.pdf").write_bytes(picture.pdf)


def _settings(palette: Palette, fonts: Sequence[str]) -> dict[str, Any]:
    return palette.settings() | ({"font.family": [OWN, *fonts]} if fonts else {})


@contextmanager
def _drawing_settings(settings: dict[str, Any]) -> Iterator[None]:
    with mpl.rc_context(settings), warnings.catch_warnings():  # type: ignore[arg-type]
        # What no font can show is said by the study: see warn_of_missing_signs.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _take_layout(figure: Figure, like: Figure) -> None:
    """Put axes where those of the same figure in other colours are."""
    figure.set_layout_engine("none")
    for ax, placed in zip(figure.axes, like.axes, strict=True):
        for which in ("original", "active"):
            ax.set_position(placed.get_position(original=which == "original"), which=which)


def signed_map(
    ax: Axes,
    values: NDArray[np.float64],
    norm: Normalize,
    palette: Palette,
    *,
    dash: float,
    numbers: bool = False,
) -> AxesImage:
    """Draw a matrix in diverging colours; NaN is left blank.

    Parameters
    ----------
    ax : Axes
    values : ndarray
    norm : Normalize
        Symmetric around zero.
    palette : Palette
    dash : float
        Cells below minus this carry a dash, so that the sign can be read without colour.
    numbers : bool
        Print every cell's number instead.
    """
    colours = palette.diverging if palette.diverging in mpl.colormaps else "RdBu_r"
    cmap = mpl.colormaps[colours].with_extremes(bad=palette.grid)
    image = ax.imshow(np.ma.masked_invalid(values), norm=norm, cmap=cmap, aspect="equal")
    if numbers:
        digits = int(np.clip(2 - np.floor(np.log10(np.nanmax(np.abs(values)) or 1.0)), 0, 4))
        for row, column in zip(*np.nonzero(np.isfinite(values)), strict=True):
            value = round(float(values[row, column]), digits) + 0.0
            cell = cmap(float(norm(values[row, column])))
            ink = max((palette.ink, palette.paper), key=partial(_contrast_ratio, cell))
            ax.text(
                column, row, true_minus(f"{value:,.{digits}f}"), ha="center", va="center",
                fontsize=6.5, color=ink,
            )  # fmt: skip
        return image
    down, across = np.nonzero(np.nan_to_num(values) < -dash)
    strong = norm(values[down, across]) < 0.25  # the far end of the colours needs the other ink
    inks = np.where(strong, palette.paper, palette.ink)
    ax.scatter(across, down, marker="_", s=9, color=inks.tolist(), linewidths=0.7)
    return image


def _contrast_ratio(first: ColorType, second: ColorType) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it."""
    light = []
    for colour in (first, second):
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05)
    return max(light) / min(light)
