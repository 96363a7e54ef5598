"""What the page says of models: chapters, a fact, and what to read first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ioecon.study.models.estimation import ModelFindings, first_regressor
from ioecon.study.models.settings import ModelSettings
from ioecon.study.models.specifications import curve_statements
from ioecon.study.page import Chapter
from regressions import Table
from regressions.typography import true_minus

__all__ = ["appendix_chapter", "choices_chapter", "first_slope", "reading_list", "tables_chapter"]

_CURVE = ("specifications", "specifications_joint")
_APPENDIX = ("battery",)


def tables_chapter(tables: Mapping[str, Table], elsewhere: Collection[str] = ()) -> Chapter:
    """Show all tables but those of the other chapters on models and those shown elsewhere."""
    others = {*_CURVE, *_APPENDIX, *elsewhere}
    return Chapter("tables", "Tables", {k: t for k, t in tables.items() if k not in others})


def choices_chapter(tables: Mapping[str, Table], found: ModelFindings) -> Chapter:
    """Show the specification curve."""
    return Chapter(
        "choices",
        "How much the choices matter",
        {key: table for key, table in tables.items() if key in _CURVE},
        statements=curve_statements(found.curve) if found.curve else (),
    )


def appendix_chapter(tables: Mapping[str, Table]) -> Chapter:
    """Show the battery of specification tests."""
    shown = {key: table for key, table in tables.items() if key in _APPENDIX}
    return Chapter("appendix", "Appendix: specification tests", shown)


def first_slope(settings: ModelSettings, found: ModelFindings) -> dict[str, str]:
    """First coefficient of the last column of the first regression table, as a fact."""
    if not found.models:
        return {}
    key, models = next(iter(found.models.items()))
    if not models[-1].slopes:
        return {}
    titles = {table.key: table.title.partition(".")[0] for table in settings.regressions}
    name = models[-1].slopes[0]
    label = settings.labels.get(name, name)
    value = true_minus(f"{models[-1].params[name]:.3f}")
    return {f"{label}, {titles[key]}, last column": value}


def reading_list(settings: ModelSettings, found: ModelFindings) -> list[tuple[str, str]]:
    """Say what to read first of tables, choice of estimator and specification curve."""
    items = []
    key, models = next(iter(found.models.items()), ("", ()))
    name, columns = first_regressor(models)
    if columns:
        label = settings.labels.get(name, name)
        estimates = [model.params[name] for model in columns.values()]
        low, high = (true_minus(f"{value:.3f}") for value in (min(estimates), max(estimates)))
        significant = sum(bool(model.pvalues[name] < 0.05) for model in columns.values())
        items.append(
            (
                f"{settings.regressions[0].title}: the coefficient of {label} runs from "
                f"{low} to {high}; {significant} of {len(columns)} columns differ from zero at "
                "5 %.",
                key,
            )
        )
    if found.choosing is not None:
        items.append(
            ("Pooled, fixed or random: what each test says, with its null.", "choice_tests")
        )
    if found.curve is not None:
        items.append((curve_statements(found.curve)[0], "figure-specifications"))
    return items
