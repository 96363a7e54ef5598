"""Draw the picture of the README from the embedded world: drivers, and estimates beside the truth.

python docs/make_readme_picture.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

import ioecon
import regressions
from ioecon.datasets import World

PICTURE = Path(__file__).parent / "_static" / "result.png"
INK, MUTED, TRUTH = "#1d2429", "#6b757c", "#c2551a"
# Ordered by lightness, foreign drivers hatched, so that they stay apart in grey.
DRIVERS = {
    "domestic technology": ("#12395b", ""),
    "foreign technology": ("#c2551a", "///"),
    "domestic demand": ("#6aa9d8", ""),
    "foreign demand": ("#f2c14e", "///"),
}
ESTIMATORS: dict[str, dict[str, Any]] = {
    "pooled": {"estimator": "pooled"},
    "random effects": {"estimator": "random"},
    "country effects": {"estimator": "fixed", "effects": "entity"},
    "year effects": {"estimator": "fixed", "effects": "time"},
    "country and year": {"estimator": "fixed", "effects": "twoway"},
}


def drivers(world: World) -> pd.DataFrame:
    """Sum the changes in emissions over all periods by driver; the eight largest, Mt."""
    effects = ioecon.decompose(world.series, world.emissions)
    total = effects.by_country().groupby("country").sum().drop("ROW") / 1000
    demand = total[["level", "mix", "distribution"]].T.groupby("origin").sum().T
    parts = {f"{origin} technology": total["technology", origin] for origin in demand}
    parts |= {f"{origin} demand": demand[origin] for origin in demand}
    frame = pd.DataFrame(parts)[list(DRIVERS)]
    return frame.loc[frame.sum(axis=1).nlargest(8).index[::-1]]


def estimates(world: World) -> pd.DataFrame:
    """Estimate the coefficient of the transfer index with its 95 % interval, clustered."""
    panel = ioecon.build_panel(world.series, world.emissions, world.controls)
    rows = {}
    for name, options in ESTIMATORS.items():
        model = regressions.fit(world.truth.formula, panel, cov="clustered", **options)
        low, high = model.conf_int().loc["ln_iti"]
        rows[name] = {"estimate": model.params["ln_iti"], "low": low, "high": high}
    return pd.DataFrame(rows).T[::-1]


def draw_drivers(axes: Axes, frame: pd.DataFrame, names: pd.Series) -> None:
    """Draw bars to the right for what raised emissions, to the left for what lowered them."""
    for sign in (1, -1):
        left = pd.Series(0.0, index=frame.index)
        for name, (colour, hatch) in DRIVERS.items():
            width = frame[name].where(frame[name] * sign > 0, 0.0)
            label = name if sign > 0 else None
            axes.barh(
                names[frame.index], width, 0.7, left, color=colour, hatch=hatch,
                edgecolor="white", linewidth=0.4, label=label,
            )  # fmt: skip
            left += width
    axes.plot(frame.sum(axis=1), range(len(frame)), "o", color="white", mec=INK, label="change")
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set_title("What drove the change in emissions, 2000–2009")
    axes.set_xlabel("Mt CO₂")
    axes.legend(frameon=False, loc="lower right", fontsize=8)


def draw_estimates(axes: Axes, frame: pd.DataFrame, truth: float) -> None:
    """Draw points and intervals, and the truth as a line through them."""
    places = range(len(frame))
    axes.hlines(places, frame["low"], frame["high"], color=INK, linewidth=1.6)
    axes.plot(frame["estimate"], places, "o", color=INK)
    axes.axvline(truth, color=TRUTH, linestyle="--", linewidth=1.6)
    axes.annotate(
        f"truth {truth:g}".replace("-", "−"), (truth, len(frame) - 0.55), (4, 0),
        textcoords="offset points", color=TRUTH, va="top",
    )  # fmt: skip
    axes.set_yticks(places, frame.index)
    axes.set_ylim(-0.6, len(frame) - 0.4)
    axes.set_title("Effect of ln(ITI) on ln(ΔDfC), 95 % intervals")
    axes.set_xlabel("coefficient")


def main() -> None:
    """Compute, draw and save."""
    world = ioecon.datasets.load_world()
    style: dict[Any, Any] = {
        "font.size": 9, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": MUTED,
        "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
        "axes.spines.right": False, "axes.titlesize": 10, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "hatch.linewidth": 0.6, "hatch.color": "white",
    }  # fmt: skip
    with plt.rc_context(style):
        figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9), layout="constrained")
        draw_drivers(left, drivers(world), world.names)
        draw_estimates(right, estimates(world), world.truth.coefficients["ln_iti"])
        PICTURE.parent.mkdir(exist_ok=True)
        # White paper with a margin: legible on light and on dark pages.
        figure.savefig(PICTURE, dpi=130, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    main()
