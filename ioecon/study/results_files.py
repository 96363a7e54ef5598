"""Write the results of a study into a folder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from ioecon.panel import codebook
from ioecon.spreadsheet_text import write_csv
from ioecon.study.drawings import drawings_of
from ioecon.study.figures import Picture, write_figure_files
from ioecon.study.manifest import manifest
from ioecon.study.output_tables import write_table_files
from ioecon.study.page import Chapter, Page, write_page_and_manifest
from ioecon.study.quality import identity_residuals
from ioecon.study.results import StudyResults
from ioecon.study.results_folder import MANIFEST
from ioecon.study.settings import WORLD
from ioecon.study.specifications import curve_statements
from regressions import Table

__all__ = ["write_results"]

_QUALITY = ("audit", "identity")
_CURVE = ("specifications", "specifications_joint")
_APPENDIX = ("battery",)


def write_results(results: StudyResults, folder: Path) -> None:
    """Write panel, codebook, decomposition, tables, figures, comparison, page and manifest.

    Parameters
    ----------
    results : StudyResults
    folder : Path
        An empty folder.
    """
    study = results.study
    write_csv(results.panel, folder / "panel.csv")
    _write_codebook(results, folder)
    for accounting, effects in results.effects.items():
        frame = effects.by_country()
        frame.columns = ["_".join(column) for column in frame.columns]
        write_csv(frame, folder / f"decomposition_{accounting}.csv")
    bilateral = results.effects[study.emissions.accounting].bilateral("demand")
    write_csv(bilateral, folder / "bilateral_demand.csv")
    if results.curve is not None:
        specifications = results.curve.to_frame(ordered=True)
        write_csv(specifications, folder / "specifications.csv", index=False)
    write_table_files(results.tables, folder / "tables")
    if results.comparison is not None:
        text = results.comparison.to_markdown(study.title, study.labels)
        (folder / "published.md").write_text(text, encoding="utf-8")
    pictures = write_figure_files(drawings_of(results), folder / "figures")
    content = manifest(study, results.inputs, identity_residuals(results.effects), folder)
    write_page_and_manifest(_page(results, pictures, content), content, folder)


def _write_codebook(results: StudyResults, folder: Path) -> None:
    book = codebook(results.panel)
    write_csv(book, folder / "codebook.csv")
    table = Table.from_frame(book, index=True)
    text = f"# Codebook of panel.csv\n\n{table.to_markdown()}\n"
    (folder / "codebook.md").write_text(text, encoding="utf-8")


def _page(results: StudyResults, pictures: tuple[Picture, ...], content: dict[str, Any]) -> Page:
    study, panel = results.study, results.panel
    comparison = {}
    if results.comparison is not None:
        tables = results.comparison.tables(study.labels)
        comparison = {"published_summary": results.comparison.summary_table(), **tables}
    countries = panel.index.get_level_values("country").nunique()
    years = panel.index.get_level_values("year")
    effects = results.effects[study.emissions.accounting]
    sectors = len(effects.sectors)
    return Page(
        title=study.title,
        lead=(
            f"{countries} countries, {years.nunique()} periods, {effects.periods[0][0]} to "
            f"{effects.periods[-1][1]}; {len(effects.countries)} regions × {sectors} sectors in "
            f"the tables; {study.emissions.accounting} accounting."
        ),
        facts=_facts(results),
        first=_first(results),
        notes=study.notes,
        warnings=results.warnings,
        pictures=pictures,
        chapters=(
            Chapter(
                "tables",
                "Tables",
                _some(results, set(results.tables) - {*_QUALITY, *_CURVE, *_APPENDIX}),
            ),
            Chapter(
                "choices",
                "How much the choices matter",
                _some(results, _CURVE),
                statements=curve_statements(results.curve) if results.curve else (),
            ),
            Chapter(
                "published",
                "Published and computed",
                comparison,
                statements=results.comparison.statements if results.comparison else (),
                folded=tuple(comparison)[1:],
            ),
            Chapter(
                "quality",
                "Tables' audit and identities",
                {key: results.tables[key] for key in _QUALITY},
            ),
            Chapter("appendix", "Appendix: specification tests", _some(results, _APPENDIX)),
        ),
        manifest=content,
        outputs=(*content["outputs"], "index.html", MANIFEST),
    )


def _some(results: StudyResults, keys: Collection[str]) -> dict[str, Table]:
    return {key: table for key, table in results.tables.items() if key in keys}


def _facts(results: StudyResults) -> dict[str, str]:
    effects = results.effects[results.study.emissions.accounting]
    facts = {
        "Rows of the panel": f"{len(results.panel)}",
        "Change in emissions": f"{effects.change().sum() / 1e6:,.2f} Gt".replace("-", "−"),
        "Largest identity miss": f"{max(e.residual for e in results.effects.values()):.0e}",
    }
    titles = {table.key: table.title.partition(".")[0] for table in results.study.regressions}
    for key, models in results.models.items():
        name = models[-1].slopes[0]
        label = results.study.labels.get(name, name)
        value = f"{models[-1].params[name]:.3f}".replace("-", "−")
        facts[f"{label}, {titles[key]}, last column"] = value
        break
    errors = sum(not audit.ok for audit in results.audits.values())
    facts["Tables with errors"] = f"{errors} of {len(results.audits)}"
    return facts


def _first(results: StudyResults) -> tuple[tuple[str, str], ...]:
    items = [
        (
            "Who drove emissions: technology and demand, at home and abroad, by country and "
            "period.",
            "figure-drivers",
        )
    ]
    if results.models:
        key, models = next(iter(results.models.items()))
        name = models[0].slopes[0]
        label = results.study.labels.get(name, name)
        estimates = [model.params[name] for model in models]
        low, high = (f"{value:.3f}".replace("-", "−") for value in (min(estimates), max(estimates)))
        significant = sum(bool(model.pvalues[name] < 0.05) for model in models)
        items.append(
            (
                f"{results.study.regressions[0].title}: the coefficient of {label} runs from "
                f"{low} to {high}; {significant} of {len(models)} columns differ from zero at "
                "5 %.",
                key,
            )
        )
    if results.choice is not None:
        items.append(
            ("Pooled, fixed or random: what each test says, with its null.", "choice_tests")
        )
    if results.curve is not None:
        items.append((curve_statements(results.curve)[0], "figure-specifications"))
    if results.comparison is not None:
        items.append((results.comparison.statements[0], "published"))
    if results.warnings or any(not audit.ok for audit in results.audits.values()):
        items.append(("What the audit found in the tables, and what was carried.", "quality"))
    if results.study.tables.format == WORLD:
        items.append(("This is the embedded, fictional world: nothing here is data.", "settings"))
    return tuple(items)
