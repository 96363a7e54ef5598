"""Write panel, codebook, decomposition, specifications and the comparison with the paper."""

from __future__ import annotations

from pathlib import Path

from ioecon.panel import codebook
from ioecon.spreadsheet_text import write_csv
from ioecon.study.dong2022.results import Dong2022Results
from ioecon.study.models.data_files import write_panel
from ioecon.study.results_files import write_codebook

__all__ = ["write_data"]


def write_data(results: Dong2022Results, folder: Path) -> None:
    """Write everything that is neither table nor figure.

    Parameters
    ----------
    results : Dong2022Results
    folder : Path
        An empty folder.
    """
    study = results.study
    write_panel(results.panel, results, folder)
    write_codebook(codebook(results.panel), folder)
    for accounting, effects in results.effects.items():
        frame = effects.by_country()
        frame.columns = ["_".join(column) for column in frame.columns]
        write_csv(frame, folder / f"decomposition_{accounting}.csv")
    bilateral = results.effects[study.emissions.accounting].bilateral("demand")
    write_csv(bilateral, folder / "bilateral_demand.csv")
    if results.comparison is not None:
        text = results.comparison.to_markdown(study.title, study.labels)
        (folder / "published.md").write_text(text, encoding="utf-8")
