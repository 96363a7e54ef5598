"""The figures that a panel from a file has beside those of its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ioecon.study.drawing import signed_map
from ioecon.study.palette import Palette

__all__ = ["correlation_map", "distributions"]


def distributions(
    panel: pd.DataFrame,
    variables: Sequence[str],
    labels: Mapping[str, str],
    period: str,
    palette: Palette,
) -> Figure:
    """Each variable over all rows (left), and its median and quartiles over time (right)."""
    figure = Figure(figsize=(7.2, 2.5 * len(variables)), layout="constrained")
    axes = figure.subplots(len(variables), 2, squeeze=False)
    for (left, right), name in zip(axes, variables, strict=True):
        values = panel[name].astype(float).dropna()
        left.hist(
            values, bins="auto" if values.nunique() > 12 else 12, color=palette.accent,
            edgecolor=palette.paper, linewidth=0.4,
        )  # fmt: skip
        left.set_xlabel(labels.get(name, name))
        left.set_ylabel("rows")
        left.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        _quartiles_over_time(right, values, palette)
        right.set_xlabel(period)
        right.set_ylabel(labels.get(name, name))
    handles, words = axes[0, 1].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside upper right", ncols=2)
    return figure


def _quartiles_over_time(ax: Axes, values: pd.Series, palette: Palette) -> None:
    by_period = values.groupby(level=1)
    low, middle, high = (by_period.quantile(share) for share in (0.25, 0.5, 0.75))
    places = middle.index
    if isinstance(places, pd.PeriodIndex):
        places = places.to_timestamp()
    x = places.to_numpy()
    ax.fill_between(
        x, low.to_numpy(), high.to_numpy(), color=palette.accent, alpha=0.25,
        linewidth=0, label="quartiles",
    )  # fmt: skip
    ax.plot(x, middle.to_numpy(), color=palette.accent, linewidth=1.6, label="median")
    if np.issubdtype(x.dtype, np.integer):
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def correlation_map(
    coefficients: pd.DataFrame, labels: Mapping[str, str], palette: Palette
) -> Figure:
    """Correlations as a heat map, with their numbers; the diagonal is left blank."""
    values = coefficients.to_numpy(dtype=float, copy=True)
    np.fill_diagonal(values, np.nan)
    names = [labels.get(name, name) for name in coefficients.columns]
    size = 2.6 + 0.5 * len(names)
    figure = Figure(figsize=(size + 1.2, size), layout="constrained")
    ax = figure.subplots()
    norm = Normalize(-1, 1)
    image = signed_map(ax, values, norm, palette, dash=2.0, numbers=len(names) <= 16)
    ax.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=ax, shrink=0.7, pad=0.02, ticks=[-1, -0.5, 0, 0.5, 1])
    bar.ax.set_yticklabels(["−1", "−0.5", "0", "0.5", "1"])
    bar.outline.set_visible(False)
    return figure
