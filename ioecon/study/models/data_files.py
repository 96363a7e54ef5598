"""Write the panel and the specifications as CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ioecon.spreadsheet_text import write_csv
from ioecon.study.models.estimation import ModelFindings

__all__ = ["write_panel"]


def write_panel(panel: pd.DataFrame, found: ModelFindings, folder: Path) -> None:
    """Write the panel and, where there is one, every specification of the curve."""
    write_csv(panel, folder / "panel.csv")
    if found.curve is not None:
        write_csv(found.curve.to_frame(ordered=True), folder / "specifications.csv", index=False)
