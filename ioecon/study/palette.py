"""Colours and type of the figures, on light and on dark paper.

Colours follow Okabe and Ito (safe for colour-blind readers) and are ordered by lightness, so that
they stay apart in grey; foreign effects are hatched as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ioecon.study.fonts import OWN

__all__ = ["DARK", "LIGHT", "Palette"]


@dataclass(frozen=True)
class Palette:
    """Paper, ink and the colours of the drivers."""

    paper: str
    ink: str
    muted: str
    grid: str
    accent: str
    second: str
    drivers: Mapping[str, str] = field(default_factory=dict)
    diverging: str = "RdBu_r"

    def settings(self) -> dict[str, Any]:
        """Give the settings of matplotlib under which a figure is drawn and saved."""
        return {
            "font.family": OWN,
            "font.size": 9.0,
            "text.color": self.ink,
            "axes.edgecolor": self.muted,
            "axes.labelcolor": self.ink,
            "axes.titlecolor": self.ink,
            "axes.facecolor": self.paper,
            "axes.titlesize": 10.0,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "grid.color": self.grid,
            "grid.linewidth": 0.6,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "xtick.labelcolor": self.ink,
            "ytick.labelcolor": self.ink,
            "figure.facecolor": self.paper,
            "legend.frameon": False,
            "hatch.linewidth": 0.7,
            "pdf.fonttype": 3,
            "svg.hashsalt": "ioecon",
        }


LIGHT = Palette(
    paper="#ffffff",
    ink="#1d2429",
    muted="#6b757c",
    grid="#e3e6e8",
    accent="#0b4f7d",
    second="#c2551a",
    drivers={
        "domestic technology": "#12395b",
        "foreign technology": "#c2551a",
        "domestic demand": "#6aa9d8",
        "foreign demand": "#f2c14e",
        "intensity": "#8f9aa1",
    },
)
DARK = Palette(
    paper="#1b2126",
    ink="#e6e9eb",
    muted="#9aa5ac",
    grid="#323a40",
    accent="#7fbcec",
    second="#f0975e",
    drivers={
        "domestic technology": "#2f5f8a",
        "foreign technology": "#d9703a",
        "domestic demand": "#6fa8d6",
        "foreign demand": "#d9b04e",
        "intensity": "#79858c",
    },
    diverging="berlin",
)
