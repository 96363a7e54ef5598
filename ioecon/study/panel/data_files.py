"""Write the panel as it was estimated on, its codebook, and the specifications."""

from __future__ import annotations

from pathlib import Path

from ioecon.study.models.data_files import write_panel
from ioecon.study.panel.results import PanelResults
from ioecon.study.results_files import write_codebook

__all__ = ["write_data"]


def write_data(results: PanelResults, folder: Path) -> None:
    """Write everything that is neither table nor figure.

    Parameters
    ----------
    results : PanelResults
    folder : Path
        An empty folder.
    """
    write_panel(results.panel, results, folder)
    write_codebook(results.book, folder)
