"""The figures of a decomposition. Drawn as those of every study; see ``ioecon.study.drawing``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ioecon.decomposition import Effects
from ioecon.decomposition.models import dong2022
from ioecon.study.drawing import signed_map
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.palette import Palette
from regressions.typography import true_minus

__all__ = ["driver_groups", "drivers_over_time", "heat_map", "largest_changes"]


def driver_groups(effects: Effects) -> dict[str, pd.Series]:
    """Effects as the reader asks for them: technology and demand, domestic and foreign.

    Returns
    -------
    dict of Series
        Index (country, year); they sum to the change in emissions.
    """
    table = effects.by_country()
    groups = {}
    for name, place in (("technology", "inputs"), ("demand", "demand")):
        for origin in ("domestic", "foreign"):
            chosen = [(factor, origin) for factor in _factors_at(effects, place)]
            groups[f"{origin} {name}"] = table[chosen].sum(axis=1)
    if own := _factors_at(effects, "intensity"):
        groups["intensity"] = table[own].sum(axis=1)
    return groups


def _factors_at(effects: Effects, place: str) -> list[str]:
    """Factors of intensity, inputs or demand, whatever the model calls them."""
    factors = dong2022.factors if effects.plan is None else effects.plan.model.factors
    return [each.name for each in factors if each.place == place and each.name in effects.factors]


def largest_changes(effects: Effects, count: int = 6, leave_out: Sequence[str] = ()) -> list[str]:
    """Countries whose emissions moved most over the periods, by the sum of absolute changes."""
    moved = effects.change().abs().groupby(level="country", sort=False).sum()
    return list(moved.drop(list(leave_out), errors="ignore").nlargest(count).index)


def drivers_over_time(effects: Effects, countries: Sequence[str], palette: Palette) -> Figure:
    """Change of each period by driver, one panel per country."""
    factor, unit = StressorWords.of(effects).amount()
    groups = driver_groups(effects)
    change = factor * effects.change()
    columns = min(3, len(countries))
    rows = -(-len(countries) // columns)
    figure = Figure(figsize=(3.2 * columns, 2.35 * rows + 0.6), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, country in zip(axes, countries, strict=False):
        _draw_stack(
            ax, {name: factor * values[country] for name, values in groups.items()}, palette
        )
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
        axes[row * columns].set_ylabel(f"{unit} per period")
    handles, labels = axes[0].get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda place: labels[place] == "all drivers")
    figure.legend(
        [handles[place] for place in order], [labels[place] for place in order],
        loc="outside lower center", ncols=3,
    )  # fmt: skip
    return figure


def _draw_stack(ax: Axes, parts: Mapping[str, pd.Series], palette: Palette) -> None:
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
    """Who drove whose emissions, summed over the periods; own effects left blank.

    Countries are in the order of what crosses their borders, the largest first. Negative cells
    carry a dash, so that the sign can be read without colour.
    """
    words = StressorWords.of(effects)
    scale, unit = words.amount()
    total = scale * effects.bilateral(factor).groupby(level="country", sort=False).sum()
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
    ax.set_ylabel(words.country_that)
    tens = [10.0**power for power in range(-12, 16) if limit / 150 <= 10.0**power <= limit]
    marks = [-ten for ten in reversed(tens)] + [0.0, *tens]
    form = FuncFormatter(_format_amount)
    bar = figure.colorbar(image, ax=ax, ticks=marks, format=form, shrink=0.7, pad=0.02)
    bar.set_label(f"{unit} over all periods (a dash: less)")
    bar.outline.set_visible(False)
    return figure


def _format_amount(value: float, position: int | None = None) -> str:
    return true_minus(f"{value:,.3g}")
