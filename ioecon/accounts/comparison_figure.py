"""The figure of two databases: their outputs against each other, and where countries differ most.

matplotlib is imported here only; figures are made without pyplot and without global state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ioecon.stressor import Stressor

if TYPE_CHECKING:
    from ioecon.accounts.comparison import TableComparison

__all__ = ["draw_comparison"]

_INK, _MUTED, _PAPER = "#1a1a1a", "#8a8a8a", "#ffffff"
_COUNTRIES = 15
_HEADINGS = {"cba": "Consumption-based {}", "output": "Output"}


def draw_comparison(compared: TableComparison) -> Figure:
    """Draw output by country and sector in logs, and the countries that differ most.

    The first database is hollow and light, the second filled and dark, so that the figure reads in
    grey.

    Parameters
    ----------
    compared : TableComparison

    Returns
    -------
    matplotlib.figure.Figure
        Not attached to any window.
    """
    figure = Figure(figsize=(8.8, 4.4), layout="constrained", facecolor=_PAPER)
    left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.15])
    _draw_outputs(left, compared)
    _draw_countries(right, compared)
    for ax in (left, right):
        ax.set_facecolor(_PAPER)
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(colors=_MUTED, labelcolor=_INK, labelsize=8)
    return figure


def _draw_outputs(ax: Axes, compared: TableComparison) -> None:
    first, second = compared.first.x, compared.second.x
    shown = (first > 0) & (second > 0)
    ax.scatter(first[shown], second[shown], s=7, facecolors="none", edgecolors=_INK, lw=0.5)
    ax.set_xscale("log")
    ax.set_yscale("log")
    if shown.any():
        ends = [
            min(first[shown].min(), second[shown].min()),
            max(first[shown].max(), second[shown].max()),
        ]
        ax.plot(ends, ends, color=_MUTED, lw=0.8, zorder=0)
    one, other = (_as_plain(f"{name}, {compared.unit}") for name in compared.names)
    ax.set_xlabel(one, color=_INK, fontsize=8)
    ax.set_ylabel(other, color=_INK, fontsize=8)
    left_out = int(((first != 0) | (second != 0)).sum() - shown.sum())
    if left_out:
        note = f"{left_out} with output in only one are not drawn"
        ax.text(0.98, 0.02, note, transform=ax.transAxes, ha="right", color=_INK, fontsize=7)
    _put_title(ax, f"Output by country and sector, {compared.year}")


def _draw_countries(ax: Axes, compared: TableComparison) -> None:
    what = "output" if compared.bilateral is None else "cba"
    frame = compared.by_country()[what]
    order = np.argsort(-frame["difference"].abs().to_numpy(), kind="stable")[:_COUNTRIES][::-1]
    chosen, places = frame.iloc[order], np.arange(len(order))
    one, other = (chosen[name].to_numpy() for name in compared.names)
    ax.hlines(places, one, other, color=_MUTED, lw=1.2, zorder=1)
    labels = [_as_plain(name) for name in compared.names]
    ax.scatter(one, places, s=30, facecolors=_PAPER, edgecolors=_INK, zorder=2, label=labels[0])
    ax.scatter(other, places, s=30, color=_INK, marker="D", zorder=2, label=labels[1])
    ax.set_yticks(places, [_as_plain(name) for name in chosen.index])
    if (np.minimum(one, other) > 0).all():
        ax.set_xscale("log")
    ax.set_xlabel(_as_plain(compared.units[what]), color=_INK, fontsize=8)
    ax.legend(frameon=False, fontsize=8, labelcolor=_INK, loc="lower right")
    heading = _HEADINGS[what].format(Stressor(compared.stressor, compared.emission_unit).symbol)
    _put_title(ax, f"{heading}, largest differences")


def _put_title(ax: Axes, text: str) -> None:
    ax.set_title(_as_plain(text), loc="left", fontsize=8.5, color=_INK, fontweight="bold")


def _as_plain(text: str) -> str:
    """Text as it stands: a dollar sign of a name would begin a formula."""
    return text.replace("$", r"\$")
