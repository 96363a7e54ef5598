"""The figure of a specification curve: sorted estimates above, their choices as dots beneath.

matplotlib is imported here only; figures are made without pyplot and without global state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regressions.errors import OptionError
from regressions.specifications.joint import ALPHA
from regressions.typography import true_minus

if TYPE_CHECKING:
    from regressions.specifications.curve import SpecificationCurve

__all__ = ["draw_curve"]

_MOST_THICK_INTERVALS = 400
_ROW = 0.19  # inches


class _Colours(NamedTuple):
    """Colours of text, of what is not significant, of the ground and of what is significant."""

    ink: str
    muted: str
    paper: str
    accent: str


def draw_curve(
    curve: SpecificationCurve,
    *,
    width: float = 7.6,
    labels: Mapping[str, str] | None = None,
    ylabel: str = "estimate",
    ink: str = "#1a1a1a",
    muted: str = "#8a8a8a",
    paper: str = "#ffffff",
    accent: str = "#1a1a1a",
) -> Figure:
    """Draw sorted estimates with their intervals, and the choices behind each.

    Significant estimates (5 %) are filled and dark, others hollow and light, so that the figure
    reads in grey. Specifications that could not be estimated are counted in a note.

    Parameters
    ----------
    curve : SpecificationCurve
    width : float
        Inches; the height follows from the choices.
    labels : mapping of str to str, optional
        Printed names of choices and options.
    ylabel : str
    ink, muted, paper, accent : str
        Colours of text, of what is not significant, of the ground and of what is significant.

    Returns
    -------
    matplotlib.figure.Figure
        Not attached to any window.

    Raises
    ------
    OptionError
        If no specification was estimated.
    """
    table = curve.estimated.sort_values("estimate", kind="stable", ignore_index=True)
    if table.empty:
        raise OptionError("no specification was estimated: there is nothing to draw")
    names = dict(labels or {})
    several = {c: options for c, options in curve.choices.items() if len(options) > 1}
    lines = sum(len(options) + 0.9 for options in several.values())
    height = 2.6 + _ROW * lines + 0.35
    figure = Figure(figsize=(width, height), layout="constrained", facecolor=paper)
    ratios = [2.6, max(_ROW * lines, 0.01)]
    above, beneath = figure.subplots(2, 1, sharex=True, height_ratios=ratios)
    strong = (table["pvalue"] < ALPHA).to_numpy()
    colours = _Colours(ink, muted, paper, accent)
    _draw_estimates(above, table, strong, curve, ylabel, colours)
    _draw_choices(beneath, table, strong, several, names, colours)
    beneath.set_xlim(-0.015 * len(table) - 0.5, 1.015 * len(table) - 0.5)
    beneath.set_xlabel(_axis_caption(curve), color=ink, fontsize=8)
    return figure


def _axis_caption(curve: SpecificationCurve) -> str:
    text = (
        f"{len(curve.estimated):,} specifications, sorted; {100 * curve.share_significant:.3g} % "
        f"significant at 5 %, {100 * curve.share_same_sign:.3g} % of the sign of the median"
    )
    failed = len(curve.failed)
    return f"{text}; {failed} could not be estimated" if failed else text


def _draw_estimates(
    ax: Axes,
    table: pd.DataFrame,
    strong: np.ndarray,
    curve: SpecificationCurve,
    ylabel: str,
    colours: _Colours,
) -> None:
    ink, muted, paper, accent = colours
    places, values = np.arange(len(table)), table["estimate"].to_numpy()
    low, high = table["conf_low"].to_numpy(), table["conf_high"].to_numpy()
    thin = len(table) > _MOST_THICK_INTERVALS
    for chosen, colour in ((~strong, muted), (strong, accent)):
        if thin:
            ax.vlines(
                places[chosen], low[chosen], high[chosen], color=colour, lw=0.5, alpha=0.35,
                zorder=2,
            )  # fmt: skip
        else:
            width = float(np.clip(120.0 / len(table), 0.6, 2.0))
            ax.vlines(places[chosen], low[chosen], high[chosen], color=colour, lw=width, zorder=2)
    size = float(np.clip(900.0 / len(table), 2.0, 22.0))
    for chosen, face, edge, label in (
        (strong, accent, accent, "significant at 5 %"),
        (~strong, paper, muted, "not significant"),
    ):
        if chosen.any():
            ax.scatter(
                places[chosen], values[chosen], s=size, facecolor=face, edgecolor=edge,
                linewidth=0.6, label=label, zorder=3,
            )  # fmt: skip
    ax.axhline(0.0, color=ink, linewidth=0.8, zorder=1)
    ax.axhline(
        curve.median, color=ink, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1,
        label=true_minus(f"median {curve.median:.3g}"),
    )  # fmt: skip
    ax.set_ylabel(f"{ylabel}, {100 * curve.level:g} % interval", color=ink, fontsize=8)
    ax.tick_params(axis="x", length=0, labelbottom=False)
    ax.tick_params(axis="y", colors=ink, labelsize=8)
    ax.legend(loc="upper left", ncols=3, frameon=False, fontsize=7.5, labelcolor=ink)
    top, bottom = max(high.max(), 0.0), min(low.min(), 0.0)
    ax.set_ylim(bottom - 0.04 * (top - bottom), top + 0.16 * (top - bottom))
    _strip_axes(ax, ink, paper)


def _draw_choices(
    ax: Axes,
    table: pd.DataFrame,
    strong: np.ndarray,
    several: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
    colours: _Colours,
) -> None:
    ink, muted, _, accent = colours
    colour = np.where(strong, accent, muted)
    bars = len(table) > 150
    size = float(np.clip(1200.0 / len(table), 10.0 if bars else 1.2, 16.0))
    ticks, texts, line = [], [], 0.0
    for choice, options in several.items():
        ax.text(
            0.004, line, names.get(choice, choice), transform=ax.get_yaxis_transform(), ha="left",
            va="center", fontsize=7.5, weight="bold", color=ink,
        )  # fmt: skip
        line += 0.9
        for option in options:
            places = np.flatnonzero((table[choice] == option).to_numpy())
            ax.scatter(
                places, np.full(len(places), line), s=size, marker="|" if bars else "s",
                c=colour[places].tolist(), linewidth=0.9 if bars else 0.7,
            )  # fmt: skip
            ticks.append(line)
            texts.append(names.get(option, option))
            line += 1.0
    ax.set_yticks(ticks, texts, fontsize=7.5, color=ink)
    ax.set_ylim(max(line, 1.0) - 0.4, -0.7)
    ax.tick_params(axis="both", length=0, labelbottom=False)
    _strip_axes(ax, ink, "none")


def _strip_axes(ax: Axes, ink: str, paper: str) -> None:
    ax.set_facecolor(paper)
    for side, spine in ax.spines.items():
        spine.set_visible(side == "left")
        spine.set_color(ink)
    ax.grid(visible=False)
