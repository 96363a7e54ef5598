"""The figures of a study of transfers. Drawn as those of every study; see ``ioecon.study.drawing``.

Widths and numbers carry what colour carries, so that every figure can be read in grey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ioecon.arrays import Array
from ioecon.study.drawing import signed_map
from ioecon.study.palette import Palette
from ioecon.study.xiao2014.wording import digits_for
from regressions.typography import true_minus

__all__ = ["bars_by_driver", "flow_pictures", "heat_maps", "largest_flows"]

_WIDEST = 0.16  # of an arrow, the circle having radius 1
_GAP = 0.022  # between arrows that meet at a region
_CROWD = 12  # regions; with more, labels turn and cells hold no numbers
_HATCHES = (None, "////", "....", "xxxx", "\\\\\\\\")


def largest_flows(net: pd.DataFrame, count: int) -> list[tuple[str, str, float]]:
    """Net flows between pairs as (from, to, amount), the largest first.

    Parameters
    ----------
    net : DataFrame
        Net transfer into the row region from the column region; antisymmetric.
    count : int

    Examples
    --------
    >>> net = pd.DataFrame([[0, 5], [-5, 0]], index=["A", "B"], columns=["A", "B"])
    >>> largest_flows(net, 3)
    [('B', 'A', 5.0)]
    """
    values = net.to_numpy(dtype=float)
    gains = [
        (str(net.columns[k]), str(net.index[j]), float(values[j, k]))
        for j, k in zip(*np.nonzero(values > 0), strict=True)
    ]
    return sorted(gains, key=lambda flow: -flow[2])[:count]


def flow_pictures(
    nets: Mapping[str, pd.DataFrame], count: int, unit: str, palette: Palette
) -> Figure:
    """Regions on a circle, arrows for the net flows between them, one circle per title.

    Widths are in proportion to the volumes, on one scale for all circles. Regions that gain on
    balance are filled. Labels stand outside the circle, so arrows never cross them.

    Parameters
    ----------
    nets : mapping of str to DataFrame
        Net transfers into the row from the column region, by title.
    count : int
        How many flows each circle draws, the largest.
    unit : str
    palette : Palette
    """
    single = len(nets) == 1
    columns = min(2, len(nets))
    rows = -(-len(nets) // columns)
    size = (7.2, 6.0) if single else (4.6 * columns, 3.9 * rows)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    angles, wide = _lay_out_circle(list(nets.values()), count)
    for ax, (title, net) in zip(axes, nets.items(), strict=False):
        _draw_circle(ax, net, count, angles, wide, palette, small=not single)
        ax.text(0, 1.6, title, ha="center", va="bottom", fontsize=10, weight="bold")
    for ax in axes[len(nets) :]:
        ax.set_visible(False)
    top = max(abs(net.to_numpy()).max() for net in nets.values())
    if top > 0:
        _draw_key(axes[0], _round_down(top), wide, unit, palette)
    return figure


def _draw_circle(
    ax: Axes,
    net: pd.DataFrame,
    count: int,
    angles: Mapping[str, float],
    wide: float,
    palette: Palette,
    *,
    small: bool,
) -> None:
    """One circle; ``wide`` is the width of an arrow per unit of volume."""
    flows = largest_flows(net, count)
    ends = _landing_angles(flows, angles, wide)
    origins = list(dict.fromkeys(start for start, _, _ in flows))
    shades = (palette.drivers["domestic technology"], palette.drivers["domestic demand"])
    for rank, (start, end, amount) in enumerate(flows):
        both_ends = _place_on_circle(ends[start, end]), _place_on_circle(ends[end, start])
        ax.add_patch(
            Polygon(
                _arrow_outline(*both_ends, wide * amount),
                closed=True, facecolor=shades[origins.index(start) % 2], zorder=3 + rank / 1000,
                edgecolor=palette.paper, linewidth=0.5, alpha=0.92,
            )
        )  # fmt: skip
    balance = net.sum(axis=1)
    digits = digits_for(float(balance.abs().max()))
    for region, angle in angles.items():
        gained = balance[region] > 0
        ax.plot(
            *(1.06 * _place_on_circle(angle)), "o", markersize=5.5 if small else 7, zorder=6,
            color=palette.ink, markerfacecolor=palette.ink if gained else palette.paper,
            markeredgewidth=1.3,
        )  # fmt: skip
        text = true_minus(f"{round(balance[region], digits) + 0.0:+,.{digits}f}")
        _draw_label(ax, angle, region, text, size=7.5 if small else 9, radial=len(angles) > _CROWD)
    ax.set_xlim(-1.8, 1.8)
    ax.set_ylim(-1.62, 1.8 if small else 1.55)
    ax.set_aspect("equal")
    ax.axis("off")


def _draw_label(
    ax: Axes, angle: float, region: str, text: str, *, size: float, radial: bool
) -> None:
    """Name and balance outside the circle; along its radius where regions crowd."""
    x, y = 1.15 * _place_on_circle(angle)
    if radial:
        turned = np.degrees(angle) % 360
        left = 90 < turned < 270
        ax.text(
            x, y, f"{region} {text}", fontsize=size - 1.5, rotation_mode="anchor", va="center",
            ha="right" if left else "left", rotation=turned - 180 if left else turned,
        )  # fmt: skip
        return
    across = "center" if abs(x) < 0.2 else ("left" if x > 0 else "right")
    above = "bottom" if y > 1.0 else ("top" if y < -1.0 else "center")
    x += {"left": 0.04, "right": -0.04, "center": 0.0}[across]
    ax.text(x, y, f"{region}\n{text}", ha=across, va=above, fontsize=size, linespacing=1.25)


def _lay_out_circle(nets: Sequence[pd.DataFrame], count: int) -> tuple[dict[str, float], float]:
    """Angle of every region, clockwise from the top, and arrow width per unit of volume.

    A region's arc is as wide as its arrows need in the circle where they need most, and never
    less than half of an equal share, so that labels keep apart.
    """
    regions = [str(region) for region in nets[0].index]
    flows = [largest_flows(net, count) for net in nets]
    least = np.pi / len(regions)
    top = max((amount for each in flows for *_, amount in each), default=1.0)
    wide = _WIDEST / top
    arcs = np.full(len(regions), least)
    while wide > _WIDEST / top / 100:
        needs = [
            [sum(wide * a + _GAP for s, e, a in each if region in (s, e)) for region in regions]
            for each in flows
        ]
        arcs = np.maximum(1.1 * np.max(needs, axis=0), least)
        if arcs.sum() <= 2 * np.pi:
            break
        wide *= 0.97
    arcs += (2 * np.pi - arcs.sum()) / len(regions)
    middles = np.cumsum(arcs) - arcs / 2
    return dict(zip(regions, np.pi / 2 - (middles - middles[0]), strict=True)), wide


def _place_on_circle(angle: float) -> Array:
    return np.array([np.cos(angle), np.sin(angle)])


def _landing_angles(
    flows: Sequence[tuple[str, str, float]], angles: Mapping[str, float], wide: float
) -> dict[tuple[str, str], float]:
    """Angle at which each arrow leaves or reaches a region, by (this region, the other).

    Arrows of a region lie side by side along its arc in the order of their partners around the
    circle, so that none crosses another there.
    """
    partners: dict[str, list[tuple[float, str, float]]] = {region: [] for region in angles}
    for start, end, amount in flows:
        for here, there in ((start, end), (end, start)):
            turn = (angles[here] - angles[there]) % (2 * np.pi)
            partners[here].append((turn, there, amount))
    landings = {}
    for here, found in partners.items():
        found.sort()
        sizes = np.array([wide * amount + _GAP for _, _, amount in found])
        offsets = np.cumsum(sizes) - sizes / 2 - sizes.sum() / 2
        for (_, there, _), offset in zip(found, offsets, strict=True):
            landings[here, there] = angles[here] + offset
    return landings


def _arrow_outline(start: Array, end: Array, width: float) -> Array:
    """Outline of a curved arrow whose shaft is ``width`` wide where its head begins."""
    width = max(width, 0.009)
    between = (start + end) / 2
    middle = (0.35 + 0.5 * between @ between) * between  # bent inwards, neighbours less so
    begin, stop = 0.99 * start, 0.99 * end
    t = np.linspace(0, 1, 60)[:, None]
    curve = (1 - t) ** 2 * begin + 2 * t * (1 - t) * middle + t**2 * stop
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    head = min(0.04 + 0.8 * width, 0.4 * length[-1])
    shaft = curve[length <= length[-1] - head]
    along = np.gradient(curve, axis=0)[: len(shaft)]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    half = np.full((len(shaft), 1), width / 2)
    barb = across[-1] * (width / 2 + 0.012 + 0.12 * width)
    return np.vstack(
        [
            shaft + half * across,
            shaft[-1] + barb,
            stop,
            shaft[-1] - barb,
            (shaft - half * across)[::-1],
        ]
    )


def _draw_key(ax: Axes, volume: float, wide: float, unit: str, palette: Palette) -> None:
    """Width of a round volume, beneath the first circle."""
    begin = np.array([-1.75, -1.52])
    width = wide * volume
    corners = begin + np.array([[0, -0.5], [0, 0.5], [0, 0.5], [0, -0.5]]) * width
    corners[2:, 0] += 0.3
    ax.add_patch(Polygon(corners, closed=True, facecolor=palette.muted, edgecolor="none"))
    text = f"{volume:,g} {unit}; filled: gains on balance"
    ax.text(begin[0] + 0.36, begin[1], text, va="center", fontsize=7.5, color=palette.ink)


def _round_down(value: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that is not above a value."""
    power = 10 ** np.floor(np.log10(value))
    return float(max(step * power for step in (1, 2, 5) if step * power <= value))


def heat_maps(nets: Mapping[str, pd.DataFrame], unit: str, palette: Palette) -> Figure:
    """Net transfers into the row from the column region, one map per title, on one scale.

    Numbers stand in the cells of up to a dozen regions; a dash marks a loss where they do not fit.
    """
    first = next(iter(nets.values()))
    names = [str(region) for region in first.index]
    columns = min(2, len(nets))
    rows = -(-len(nets) // columns)
    few = len(names) <= _CROWD
    side = max(2.6, 0.47 * len(names)) if few else 2.0 + 0.17 * len(names)
    words = 0.062 * max(map(len, names))  # inches that the longest name takes at the left
    size = (columns * side + 1.5 + words, rows * (side + 0.6 + 0.65 * words))
    figure = Figure(figsize=size, layout="compressed")
    axes = figure.subplots(rows, columns, squeeze=False)
    top = max(float(np.abs(net.to_numpy()).max()) for net in nets.values()) or 1.0
    norm = Normalize(-top, top)
    images = []
    for place, (title, net) in enumerate(nets.items()):
        ax = axes[divmod(place, columns)]
        values = net.to_numpy(dtype=float, copy=True)
        np.fill_diagonal(values, np.nan)
        images.append(signed_map(ax, values, norm, palette, dash=top / 100, numbers=few))
        ax.set_title(title if len(nets) > 1 else "")
        _set_names(ax, names, left=place % columns == 0)
    for ax in axes.ravel()[len(nets) :]:
        ax.set_visible(False)
    bar = figure.colorbar(images[0], ax=axes, shrink=0.6 if len(names) > 4 else 0.9, pad=0.02)
    bar.set_label(f"{unit}, net,\ninto the row from the column")
    bar.ax.yaxis.set_major_formatter(FuncFormatter(_format_plain))
    bar.outline.set_visible(False)
    return figure


def _format_plain(value: float, position: int | None = None) -> str:
    return true_minus(f"{value:,.10g}")


def _set_names(ax: Axes, names: Sequence[str], *, left: bool) -> None:
    ax.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names if left else [""] * len(names))
    ax.tick_params(length=0, labelsize=7.5 if len(names) <= _CROWD else 6.0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def bars_by_driver(
    panels: Mapping[str, pd.DataFrame], units: Mapping[str, str], palette: Palette
) -> Figure:
    """Bars that stack what each driver moved, with a mark at their sum; one panel per title.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Rows are the bars, from top to bottom; columns the drivers.
    units : mapping of str to str
        Unit of each panel.
    palette : Palette
    """
    first = next(iter(panels.values()))
    height = 1.2 + 0.3 * len(first)
    figure = Figure(figsize=(7.6, height), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True).ravel()
    colours = list(palette.drivers.values())
    for ax, (title, frame) in zip(axes, panels.items(), strict=True):
        y = np.arange(len(frame))
        above, below = np.zeros(len(frame)), np.zeros(len(frame))
        for number, name in enumerate(frame.columns):
            values = frame[name].to_numpy(dtype=float)
            start = np.where(values >= 0, above, below)
            ax.barh(
                y, values, left=start, height=0.72, label=str(name), zorder=2,
                color=colours[number % len(colours)], hatch=_HATCHES[number % len(_HATCHES)],
                edgecolor=palette.paper, linewidth=0.4,
            )  # fmt: skip
            above += np.maximum(values, 0)
            below += np.minimum(values, 0)
        if frame.shape[1] > 1:
            ax.plot(
                frame.sum(axis=1), y, "o", color=palette.ink, markerfacecolor=palette.paper,
                markersize=5, label="all drivers", zorder=4, linestyle="",
            )  # fmt: skip
        ax.axvline(0, color=palette.muted, linewidth=0.9, zorder=3)
        ax.set_title(title)
        ax.set_xlabel(units[title])
        ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.xaxis.set_major_formatter(FuncFormatter(_format_plain))
        ax.grid(axis="x", zorder=0)
        ax.set_axisbelow(True)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
    axes[0].set_yticks(np.arange(len(first)), [str(name) for name in first.index])
    axes[0].set_ylim(len(first) - 0.4, -0.6)
    if first.shape[1] > 1:
        handles, words = axes[0].get_legend_handles_labels()
        order = sorted(range(len(words)), key=lambda place: words[place] == "all drivers")
        figure.legend(
            [handles[place] for place in order], [words[place] for place in order],
            loc="outside lower center", ncols=4,
        )  # fmt: skip
    return figure
