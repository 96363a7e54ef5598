"""The figures of a study. Every function returns a matplotlib figure and touches no global state.

Draw within ``matplotlib.rc_context(palette.settings())``; :func:`draw` does it.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize, SymLogNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from ioecon.decomposition import Effects
from ioecon.study.fonts import OWN, fonts_for
from ioecon.study.palette import DARK, LIGHT, Palette
from regressions import FittedModel, SpecificationCurve

__all__ = [
    "Drawing",
    "Picture",
    "coefficients",
    "driver_groups",
    "drivers_over_time",
    "heat_map",
    "largest_changes",
    "scatter",
    "signed_map",
    "specifications",
    "write_figure_files",
]

_DEMAND = ("level", "mix", "distribution")
_MEGATONNE = 1e3  # kt
_DPI = 160
_UNSAID = {"png": {"Software": None}, "pdf": {"CreationDate": None, "Producer": None}}


@dataclass(frozen=True)
class Drawing:
    """One figure: name of its files, caption, text for those who cannot see it, how to draw it."""

    key: str
    title: str
    caption: str
    alternative: str
    paint: Callable[[Palette], Figure]

    def render(self, palette: Palette, *formats: str) -> list[bytes]:
        """Draw and save as ``"png"`` or ``"pdf"``, without dates or names of software.

        Drawn once, and once more where other fonts have signs that the figures' own lacks.
        """
        files, said = self._drawn(palette, palette.settings(), formats)
        fonts, _ = fonts_for(said)
        if fonts:
            settings = {**palette.settings(), "font.family": [OWN, *fonts]}
            files, _ = self._drawn(palette, settings, formats)
        return files

    def _drawn(
        self, palette: Palette, settings: dict[str, Any], formats: Sequence[str]
    ) -> tuple[list[bytes], str]:
        """Files, and all that the figure says."""
        files = []
        with mpl.rc_context(settings), warnings.catch_warnings():  # type: ignore[arg-type]
            # What no font can show is said by the study: see warn_of_missing_signs.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            figure = self.paint(palette)
            FigureCanvasAgg(figure)
            for form in formats:
                buffer = io.BytesIO()
                figure.savefig(buffer, format=form, dpi=_DPI, metadata=_UNSAID[form])
                figure.set_layout_engine("none")  # laid out by now; the next format keeps it
                files.append(buffer.getvalue())
        return files, "".join(text.get_text() for text in figure.findobj(Text))


@dataclass(frozen=True)
class Picture:
    """A figure as PNG on light and on dark paper, for a page."""

    drawing: Drawing
    light: bytes
    dark: bytes


def write_figure_files(drawings: Sequence[Drawing], folder: Path) -> tuple[Picture, ...]:
    """Write every figure as PNG and PDF, on white, and give them back for the page."""
    folder.mkdir()
    pictures = []
    for drawing in drawings:
        png, pdf = drawing.render(LIGHT, "png", "pdf")
        (folder / f"{drawing.key}.png").write_bytes(png)
        (folder / f"{drawing.key}.pdf").write_bytes(pdf)
        pictures.append(Picture(drawing, light=png, dark=drawing.render(DARK, "png")[0]))
    return tuple(pictures)


def driver_groups(effects: Effects) -> dict[str, pd.Series]:
    """Effects as the reader asks for them: technology and demand, domestic and foreign; kt.

    Returns
    -------
    dict of Series
        Index (country, year); they sum to the change in emissions.
    """
    table = effects.by_country()
    groups = {}
    for name, factors in (("technology", ("technology",)), ("demand", _DEMAND)):
        for origin in ("domestic", "foreign"):
            chosen = [(factor, origin) for factor in factors]
            groups[f"{origin} {name}"] = table[chosen].sum(axis=1)
    if "intensity" in effects.factors:
        groups["intensity"] = table["intensity"].sum(axis=1)
    return groups


def largest_changes(effects: Effects, count: int = 6, leave_out: Sequence[str] = ()) -> list[str]:
    """Countries whose emissions moved most over the periods, by the sum of absolute changes."""
    moved = effects.change().abs().groupby(level="country", sort=False).sum()
    return list(moved.drop(list(leave_out), errors="ignore").nlargest(count).index)


def drivers_over_time(effects: Effects, countries: Sequence[str], palette: Palette) -> Figure:
    """Change in emissions of each period by driver, one panel per country, in Mt."""
    groups = driver_groups(effects)
    change = effects.change() / _MEGATONNE
    columns = min(3, len(countries))
    rows = -(-len(countries) // columns)
    figure = Figure(figsize=(3.2 * columns, 2.35 * rows + 0.6), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, country in zip(axes, countries, strict=False):
        _stack(ax, {name: values[country] / _MEGATONNE for name, values in groups.items()}, palette)
        total = change[country]
        ax.plot(
            total.index, total, color=palette.ink, marker="o", markersize=3.5, linewidth=1.2,
            markerfacecolor=palette.paper, label="all drivers", zorder=4,
        )  # fmt: skip
        ax.set_title(country)
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    for ax in axes[len(countries) :]:
        ax.set_visible(False)
    for row in range(rows):
        axes[row * columns].set_ylabel("Mt CO₂ per period")
    handles, labels = axes[0].get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda place: labels[place] == "all drivers")
    figure.legend(
        [handles[place] for place in order], [labels[place] for place in order],
        loc="outside lower center", ncols=3,
    )  # fmt: skip
    return figure


def _stack(ax: Axes, parts: Mapping[str, pd.Series], palette: Palette) -> None:
    years = next(iter(parts.values())).index
    above, below = np.zeros(len(years)), np.zeros(len(years))
    for name, values in parts.items():
        heights = values.to_numpy()
        start = np.where(heights >= 0, above, below)
        hatch = "////" if name.startswith("foreign") else None
        ax.bar(
            years, heights, bottom=start, width=0.78, color=palette.drivers[name], hatch=hatch,
            edgecolor=palette.paper, linewidth=0.4, label=name, zorder=2,
        )  # fmt: skip
        above += np.maximum(heights, 0)
        below += np.minimum(heights, 0)
    ax.axhline(0, color=palette.muted, linewidth=0.8, zorder=3)
    ax.grid(axis="y", zorder=0)
    ax.set_axisbelow(True)


def heat_map(effects: Effects, factor: str, palette: Palette) -> Figure:
    """Who drove whose emissions, summed over the periods, in Mt; own effects left blank.

    Countries are in the order of what crosses their borders, the largest first. Negative cells
    carry a dash, so that the sign can be read without colour.
    """
    total = effects.bilateral(factor).groupby(level="country", sort=False).sum() / _MEGATONNE
    values = total.loc[list(effects.countries), list(effects.countries)].to_numpy(copy=True)
    np.fill_diagonal(values, 0.0)
    order = np.argsort(-(np.abs(values).sum(axis=0) + np.abs(values).sum(axis=1)), kind="stable")
    values = values[np.ix_(order, order)]
    names = [effects.countries[place] for place in order]
    np.fill_diagonal(values, np.nan)
    limit = float(np.nanmax(np.abs(values))) or 1.0
    threshold = limit / 1000
    size = 2.2 + 0.165 * len(names)
    figure = Figure(figsize=(size + 0.9, size), layout="constrained")
    ax = figure.subplots()
    norm = SymLogNorm(threshold, linscale=0.4, vmin=-limit, vmax=limit, base=10)
    image = signed_map(ax, values, norm, palette, dash=threshold)
    ax.set_xticks(range(len(names)), names, rotation=90, fontsize=6.5)
    ax.set_yticks(range(len(names)), names, fontsize=6.5)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("country whose change drove it")
    ax.set_ylabel("country that emitted")
    tens = [10.0**power for power in range(-6, 7) if limit / 150 <= 10.0**power <= limit]
    marks = [-ten for ten in reversed(tens)] + [0.0, *tens]
    form = FuncFormatter(_megatonnes)
    bar = figure.colorbar(image, ax=ax, ticks=marks, format=form, shrink=0.7, pad=0.02)
    bar.set_label("Mt CO₂ over all periods (a dash: less)")
    bar.outline.set_visible(False)
    return figure


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
            ax.text(
                column, row, f"{value:,.{digits}f}".replace("-", "−"), ha="center", va="center",
                fontsize=6.5, color=max((palette.ink, palette.paper), key=partial(_contrast, cell)),
            )  # fmt: skip
        return image
    down, across = np.nonzero(np.nan_to_num(values) < -dash)
    strong = norm(values[down, across]) < 0.25  # the far end of the colours needs the other ink
    inks = np.where(strong, palette.paper, palette.ink)
    ax.scatter(across, down, marker="_", s=9, color=inks.tolist(), linewidths=0.7)
    return image


def _contrast(first: ColorType, second: ColorType) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it."""
    light = []
    for colour in (first, second):
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05)
    return max(light) / min(light)


def _megatonnes(value: float, position: int | None = None) -> str:
    return f"{value:,.3g}".replace("-", "−")


def coefficients(
    models: Mapping[str, Sequence[FittedModel]],
    titles: Mapping[str, str],
    published: pd.DataFrame | None,
    labels: Mapping[str, str],
    palette: Palette,
) -> Figure:
    """First coefficient of every column of every table, with its 95 % interval.

    Published estimates, where given, are hollow diamonds beneath.
    """
    count = sum(len(columns) for columns in models.values()) + 1.4 * len(models)
    figure = Figure(figsize=(7.2, 0.9 + 0.225 * count), layout="constrained")
    ax = figure.subplots()
    ticks: list[float] = []
    names, place = [], 0.0
    for key, columns in models.items():
        place += 0.4 if ticks else 0.0
        first = columns[0].slopes[0]
        said = f" {titles.get(key, key)}: {labels.get(first, first)}"
        across = ax.get_yaxis_transform()
        ax.text(0, place, said, transform=across, va="center", fontsize=8, weight="bold")
        place += 1
        for number, model in enumerate(columns, start=1):
            name = model.slopes[0]
            _interval(ax, model.params[name], model.conf_int().loc[name], place, palette)
            _published_interval(ax, published, key, number, name, place + 0.3, palette)
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


def _interval(ax: Axes, value: float, interval: pd.Series, place: float, palette: Palette) -> None:
    ax.plot([interval["lower"], interval["upper"]], [place, place], color=palette.accent, lw=1.6)
    ax.plot(value, place, "o", color=palette.accent, markersize=5, label="computed", linestyle="")


def _published_interval(
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
    line = f"all rows: slope {slope:.3f}".replace("-", "−")
    ax.plot(ends, constant + slope * ends, color=palette.ink, linewidth=1.3, label=line)
    ax.axhline(0, color=palette.grid, linewidth=0.9, zorder=0)
    ax.axvline(0, color=palette.grid, linewidth=0.9, zorder=0)
    ax.set_xlabel(labels.get(horizontal, horizontal))
    ax.set_ylabel(labels.get(vertical, vertical))
    figure.legend(loc="outside upper left", ncols=3)
    return figure


def specifications(curve: SpecificationCurve, names: Mapping[str, str], palette: Palette) -> Figure:
    """Sorted coefficients of the transfer index, with the choices behind each."""
    return curve.figure(
        labels=names, ylabel="coefficient of the index", ink=palette.ink, muted=palette.muted,
        paper=palette.paper, accent=palette.accent,
    )  # fmt: skip
