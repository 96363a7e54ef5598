"""Write a results folder: what every kind has, beside the data that the kind writes itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from ioecon.spreadsheet_text import write_csv
from ioecon.study.drawing import write_figure_files
from ioecon.study.drawing_beside import drawing_beside
from ioecon.study.kept_steps import take_step
from ioecon.study.kind import Kind
from ioecon.study.manifest import manifest, sha256_of, to_json
from ioecon.study.page import Page, page_html
from ioecon.study.results import StudyResults
from ioecon.study.results_folder import MANIFEST
from regressions import Table
from regressions.tables import FORMATS, DocumentFormat

__all__ = ["name_sheets", "write_codebook", "write_results", "write_table_files"]

_PAGE = "index.html"


def write_results(
    kind: Kind,
    results: StudyResults,
    folder: Path,
    *,
    cache: bool = False,
    kept: Iterable[str] = (),
) -> None:
    """Write the kind's data, tables, figures, the page, and the manifest that lists them all.

    Parameters
    ----------
    kind : Kind
    results : StudyResults
        Of this kind.
    folder : Path
        An empty folder.
    cache : bool
        Whether to take figures and documents that an earlier run made of the same, and to keep
        new ones.
    kept : iterable of str
        Steps whose results came from the cache, for the manifest.
    """
    with drawing_beside(kind.drawings(results), cache=cache) as draw_all:
        kind.write_data(results, folder)
        write_table_files(results.tables, folder / "tables", cache=cache)
        pictures = draw_all()
    write_figure_files(pictures, folder / "figures")
    content = manifest(
        results.study,
        results.inputs,
        results.residuals,
        folder,
        counted=results.counted,
        kept=kept,
    )
    page = Page(
        title=results.study.title,
        body=kind.body(results),
        notes=results.study.notes,
        warnings=results.warnings,
        pictures=pictures,
        manifest=content,
        outputs=(*content["outputs"], _PAGE, MANIFEST),
    )
    index = folder / _PAGE
    index.write_text(page_html(page), encoding="utf-8")
    outputs = {**content["outputs"], index.name: sha256_of(index)}
    (folder / MANIFEST).write_text(to_json({**content, "outputs": outputs}), encoding="utf-8")


def write_codebook(book: pd.DataFrame, folder: Path) -> None:
    """Write what the columns of the panel are, as CSV and as a table in Markdown."""
    write_csv(book, folder / "codebook.csv")
    table = Table.from_frame(book, index=True)
    text = f"# Codebook of panel.csv\n\n{table.to_markdown()}\n"
    (folder / "codebook.md").write_text(text, encoding="utf-8")


def write_table_files(tables: Mapping[str, Table], folder: Path, *, cache: bool = False) -> None:
    """Write every table in every text format, and all of them in one document of each kind.

    Documents (Word, Excel) are written where the extras that make them are installed; with
    ``cache`` one that an earlier run made of the same tables is taken, and a new one kept.
    """
    folder.mkdir()
    for suffix, form in FORMATS.items():
        if not isinstance(form, DocumentFormat):
            for key, table in tables.items():
                table.to_file(folder / f"{key}{suffix}")
        elif form.installed:
            content, _ = take_step(
                partial(_make_document, suffix, name_sheets(tables)), cache=cache
            )
            (folder / f"tables{suffix}").write_bytes(content)


def _make_document(suffix: str, tables: Mapping[str, Table]) -> bytes:
    form = FORMATS[suffix]
    assert isinstance(form, DocumentFormat)
    return form.content_of(tables)


def name_sheets(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Tables by names that Excel allows for sheets: 31 characters, told apart without case."""
    named: dict[str, Table] = {}
    for number, (key, table) in enumerate(tables.items(), start=1):
        taken = {name.lower() for name in named}
        short = len(key) <= 31 and key.lower() not in taken
        named[key if short else f"{key[:26]} {number}"] = table
    return named
