"""Write flows, leakage, coefficients and the paper's arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.spreadsheet_text import write_csv
from ioecon.study.xiao2014.results import Xiao2014Results

__all__ = ["write_data"]


def write_data(results: Xiao2014Results, folder: Path) -> None:
    """Write everything that is neither table nor figure.

    Parameters
    ----------
    results : Xiao2014Results
    folder : Path
        An empty folder.
    """
    _write_flows(results, folder)
    if results.arithmetic is not None:
        (folder / "published.md").write_text(results.arithmetic.to_markdown(), encoding="utf-8")


def _write_flows(results: Xiao2014Results, folder: Path) -> None:
    """Everything by driver, region, driving region and sector, as tidy CSV files."""
    frames = {
        "transfers.csv": _stack_drivers(results.transfers),
        f"{results.words.key}_transfers.csv": _stack_drivers(results.carbon),
        "leakage.csv": _stack_drivers(results.leakage),
        "coefficients.csv": results.coefficients.rename("coefficient").reset_index(),
    }
    if results.aggregation is not None:
        frames["aggregation.csv"] = results.aggregation.to_frame()
    for name, frame in frames.items():
        write_csv(frame, folder / name, index=False)


def _stack_drivers(found: Mapping[str, Any]) -> pd.DataFrame:
    parts = {name: each.to_frame() for name, each in found.items()}
    return pd.concat(parts, names=["driven_by"]).reset_index(level=0).reset_index(drop=True)
