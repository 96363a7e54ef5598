"""Nothing that a figure of transfers says is cut off at its edge."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ioecon.study.palette import LIGHT
from ioecon.study.xiao2014.figures import heat_maps

LONG = "An autonomous region with a very long name"
SIZES = {
    "three": ("North", "West", "South"),
    "eight": tuple(f"Redstone Uplands {k}" for k in range(8)),
    "long": (*(f"Region {k}" for k in range(7)), LONG),
}


@pytest.mark.parametrize("names", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("maps", [1, 2])
def test_heat_maps_show_all_names(names: tuple[str, ...], maps: int) -> None:
    flows = np.random.default_rng(1).normal(size=(len(names), len(names)))
    net = pd.DataFrame(flows - flows.T, index=list(names), columns=list(names))
    with mpl.rc_context(LIGHT.settings()):  # type: ignore[arg-type]
        figure = heat_maps({f"map {k}": net for k in range(maps)}, "× 10,000 t CO₂", LIGHT)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        said = [
            label
            for ax in figure.axes
            for label in (*ax.get_xticklabels(), *ax.get_yticklabels(), ax.yaxis.label)
            if label.get_text() in names or "into the row" in label.get_text()
        ]
        boxes = [label.get_window_extent(canvas.get_renderer()) for label in said]
    assert {label.get_text() for label in said} >= {*names}
    width, height = figure.bbox.size
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
