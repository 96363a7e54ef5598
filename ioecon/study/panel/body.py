"""What the results page says of a study of any panel."""

from __future__ import annotations

from ioecon.study.models.body import (
    appendix_chapter,
    choices_chapter,
    first_slope,
    reading_list,
    tables_chapter,
)
from ioecon.study.page import Body, Chapter
from ioecon.study.panel.drawings import distributed_variables
from ioecon.study.panel.results import PanelResults
from ioecon.study.panel.wording import words_of

__all__ = ["body_of"]


def body_of(results: PanelResults) -> Body:
    """Lead, facts, what to read first, and chapters."""
    study, panel = results.study, results.panel
    words = words_of(study)
    entities, periods = (panel.index.get_level_values(level) for level in (0, 1))
    rows = entities.value_counts()
    balanced = rows.nunique() == 1 and rows.iloc[0] == periods.nunique()
    source = "the embedded example" if study.data.file is None else study.data.file.name
    sample = Chapter("sample", "The panel", {"sample": results.tables["sample"]})
    return Body(
        lead=(
            f"{entities.nunique()} {words.entities}, {periods.min()} to {periods.max()}, from "
            f"{source}; {'balanced' if balanced else 'unbalanced'}."
        ),
        facts={
            "Rows of the panel": f"{len(panel)}",
            words.entities.capitalize(): f"{entities.nunique()}",
            f"Different {words.period}s": f"{periods.nunique()}",
            **first_slope(study, results),
        },
        first=_reading_list(results),
        chapters=(
            tables_chapter(results.tables, elsewhere=("sample",)),
            choices_chapter(results.tables, results),
            sample,
            appendix_chapter(results.tables),
        ),
    )


def _reading_list(results: PanelResults) -> tuple[tuple[str, str], ...]:
    items = []
    if distributed_variables(results):
        items.append(("What is explained: its distribution and its course.", "figure-distribution"))
    items += reading_list(results.study, results)
    if results.warnings:
        items.append(("What was left out or should be known: the warnings of the run.", "first"))
    if results.study.data.file is None:
        items.append(
            (
                "This is the embedded example: its cities do not exist, its numbers are drawn.",
                "sample",
            )
        )
    return tuple(items)
