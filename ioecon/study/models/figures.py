"""The figures of a panel. Drawn as those of every study; see :mod:`ioecon.study.drawing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ioecon.study.models.estimation import first_regressor
from ioecon.study.models.words import PanelWords
from ioecon.study.palette import Palette
from regressions import FittedModel, SpecificationCurve
from regressions.typography import true_minus

__all__ = ["FirstEstimates", "coefficients", "scatter", "specifications"]


@dataclass(frozen=True)
class FirstEstimates:
    """What a table has of its first regressor: estimate, lower and upper bound by column."""

    regressor: str
    columns: Mapping[int, tuple[float, float, float]]

    @classmethod
    def of(cls, models: Sequence[FittedModel]) -> FirstEstimates:
        """Take them from the models of a table."""
        name, models_by_column = first_regressor(models)
        columns = {}
        for number, model in models_by_column.items():
            lower, upper = model.conf_int().loc[name, ["lower", "upper"]]
            columns[number] = float(model.params[name]), float(lower), float(upper)
        return cls(name, columns)


def coefficients(
    estimates: Mapping[str, FirstEstimates],
    titles: Mapping[str, str],
    published: pd.DataFrame | None,
    labels: Mapping[str, str],
    palette: Palette,
) -> Figure:
    """Coefficient of each table's first regressor, wherever it is, with its 95 % interval.

    Published estimates, where given, are hollow diamonds beneath.
    """
    count = sum(len(first.columns) for first in estimates.values()) + 1.4 * len(estimates)
    figure = Figure(figsize=(7.2, 0.9 + 0.225 * count), layout="constrained")
    ax = figure.subplots()
    ticks: list[float] = []
    names, place = [], 0.0
    for key, first in estimates.items():
        name, columns = first.regressor, first.columns
        if not columns:
            continue
        place += 0.4 if ticks else 0.0
        heading = f" {titles.get(key, key)}: {labels.get(name, name)}"
        across = ax.get_yaxis_transform()
        ax.text(0, place, heading, transform=across, va="center", fontsize=8, weight="bold")
        place += 1
        for number, estimate in columns.items():
            _draw_interval(ax, *estimate, place, palette)
            _draw_published(ax, published, key, number, name, place + 0.3, palette)
            ticks.append(place)
            names.append(f"({number})")
            place += 1
    ax.axvline(0, color=palette.muted, linewidth=0.9, zorder=1)
    ax.set_yticks(ticks, names)
    ax.set_ylim(place - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.set_xlabel("coefficient and 95 % confidence interval")
    handles, words = ax.get_legend_handles_labels()
    shown = dict(zip(words, handles, strict=True))
    figure.legend(shown.values(), shown.keys(), loc="outside upper right", ncols=2)
    return figure


def _draw_interval(
    ax: Axes, value: float, lower: float, upper: float, place: float, palette: Palette
) -> None:
    ax.plot([lower, upper], [place, place], color=palette.accent, lw=1.6)
    ax.plot(value, place, "o", color=palette.accent, markersize=5, label="computed", linestyle="")


def _draw_published(
    ax: Axes, published: pd.DataFrame | None, key: str, number: int, name: str, place: float,
    palette: Palette,
) -> None:  # fmt: skip
    if published is None:
        return
    rows = published["table"].map("table{}".format).eq(key) & published["column"].eq(number)
    for line in published.loc[rows & published["regressor"].eq(name)].itertuples(index=False):
        half = 1.96 * line.published_se
        ends = [line.published - half, line.published + half]
        ax.plot(ends, [place, place], color=palette.second, lw=0.9, linestyle=(0, (2, 1.5)))
        ax.plot(
            line.published, place, "D", color=palette.second, markerfacecolor=palette.paper,
            markersize=4, label="published", linestyle="",
        )  # fmt: skip


def scatter(
    panel: pd.DataFrame,
    axes: Sequence[str],
    mark: str | None,
    labels: Mapping[str, str],
    palette: Palette,
) -> Figure:
    """One variable of the panel against another, the least-squares line of all rows with it."""
    horizontal, vertical = axes
    x, y = panel[horizontal].astype(float), panel[vertical].astype(float)
    figure = Figure(figsize=(6.2, 4.4), layout="constrained")
    ax = figure.subplots()
    chosen = panel[mark].astype("boolean").fillna(False).astype(bool) if mark else None
    groups: list[tuple[pd.Series, str, str, str | None]] = [
        (pd.Series(True, index=panel.index), "o", palette.accent, None)
    ]
    if chosen is not None:
        groups = [
            (chosen, "o", palette.accent, str(mark)),
            (~chosen, "^", palette.paper, f"not {mark}"),
        ]
    for rows, marker, face, label in groups:
        edge = palette.accent if face != palette.paper else palette.second
        ax.scatter(
            x[rows], y[rows], marker=marker, s=20, facecolor=face, edgecolor=edge, linewidth=0.9,
            alpha=0.85, label=label,
        )  # fmt: skip
    slope, constant = np.polyfit(x, y, 1)
    ends = np.array([x.min(), x.max()])
    line = true_minus(f"all rows: slope {slope:.3f}")
    ax.plot(ends, constant + slope * ends, color=palette.ink, linewidth=1.3, label=line)
    for values, draw_line in ((y, ax.axhline), (x, ax.axvline)):
        if values.min() <= 0 <= values.max():  # elsewhere it would stretch the axis
            draw_line(0, color=palette.grid, linewidth=0.9, zorder=0)
    ax.set_xlabel(labels.get(horizontal, horizontal))
    ax.set_ylabel(labels.get(vertical, vertical))
    figure.legend(loc="outside upper left", ncols=3)
    return figure


def specifications(curve: SpecificationCurve, words: PanelWords, palette: Palette) -> Figure:
    """Sorted coefficients of one variable, with the choices behind each."""
    followed = words.choices["interest"].lower()
    return curve.figure(
        labels=words.choices, ylabel=f"coefficient of the {followed}", ink=palette.ink,
        muted=palette.muted, paper=palette.paper, accent=palette.accent,
    )  # fmt: skip
