"""Write panel, codebook, decomposition, specifications and the comparison with the paper."""

from __future__ import annotations

from pathlib import Path

from ioecon.panel import codebook
from ioecon.spreadsheet_text import write_csv
from ioecon.study.dong2022.readings_tables import readings_statements
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
    if results.readings is not None:
        write_csv(results.readings.ranking, folder / "readings.csv", index=False)
    if results.comparison is not None:
        text = results.comparison.to_markdown(study.title, study.labels)
        text += _write_readings(results)
        (folder / "published.md").write_text(text, encoding="utf-8")


def _write_readings(results: Dong2022Results) -> str:
    """Write which readings come closest as the end of the document on the published tables."""
    if results.readings is None:
        return ""
    statements = "\n".join(f"- {text}" for text in readings_statements(results.readings))
    table = results.tables["readings"].to_markdown()
    return f"\n## Which reading comes closest\n\n{statements}\n\n{table}\n"
