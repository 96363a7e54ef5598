"""Figures are laid out once, and look as if each palette and format had been laid out anew."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from ioecon.study.drawing import Drawing
from ioecon.study.palette import DARK, LIGHT, Palette

DATES = {"CreationDate": None, "Producer": None}


def paint(palette: Palette, layout: str = "constrained") -> Figure:
    figure = Figure(figsize=(3, 2.2), layout=layout)
    left, right = figure.subplots(1, 2)
    image = left.imshow([[0.0, 1.0], [2.0, 3.0]], cmap=palette.diverging)
    figure.colorbar(image, ax=left, shrink=0.6).set_label("kt")
    right.plot([1, 2], [3, 40_000], color=palette.accent, label="a line")
    right.set_ylabel("a long label\nof two lines")
    figure.legend(loc="outside lower center")
    return figure


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def saved(palette: Palette, layout: str, form: str) -> bytes:
    buffer = io.BytesIO()
    with mpl.rc_context(palette.settings()):
        figure = paint(palette, layout)
        FigureCanvasAgg(figure)
        if form == "pdf":  # laid out for the screen, as on the page
            figure.savefig(io.BytesIO(), format="png", dpi=160)
            figure.set_layout_engine("none")
        metadata = DATES if form == "pdf" else {}
        figure.savefig(buffer, format=form, dpi=160, metadata=metadata)
    return buffer.getvalue()


@pytest.mark.parametrize("layout", ["constrained", "compressed"])
def test_pictures_are_those_of_a_layout_of_their_own(
    layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [pixels(saved(palette, layout, "png")) for palette in (LIGHT, DARK)]
    pdf = saved(LIGHT, layout, "pdf")
    times = []
    execute = ConstrainedLayoutEngine.execute
    monkeypatch.setattr(
        ConstrainedLayoutEngine, "execute", lambda *given: times.append(1) or execute(*given)
    )
    picture = Drawing("key", "title", "", "", lambda palette: paint(palette, layout)).render()
    assert len(times) == 1
    assert picture.pdf == pdf
    for drawn, png in zip(wanted, (picture.light, picture.dark), strict=True):
        found = pixels(png)
        assert found.shape == drawn.shape
        assert np.abs(found - drawn).max() <= 12  # shades of a palette of 256
