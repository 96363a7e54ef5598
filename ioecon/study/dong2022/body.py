"""What the results page says of a study of the first paper's kind."""

from __future__ import annotations

from ioecon.decomposition import Effects
from ioecon.study.dong2022.readings_tables import READINGS_TABLES, readings_statements
from ioecon.study.dong2022.results import Dong2022Results
from ioecon.study.input_output.settings import WORLD
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.models.body import (
    appendix_chapter,
    choices_chapter,
    first_slope,
    reading_list,
    tables_chapter,
)
from ioecon.study.page import Body, Chapter
from regressions.typography import true_minus

__all__ = ["body_of"]

_QUALITY = ("audit", "identity")


def body_of(results: Dong2022Results) -> Body:
    """Lead, facts, what to read first, and chapters."""
    study, panel = results.study, results.panel
    countries = panel.index.get_level_values("country").nunique()
    years = panel.index.get_level_values("year")
    effects = results.effects[study.emissions.accounting]
    return Body(
        lead=(
            f"{countries} countries, {years.nunique()} periods, {effects.periods[0][0]} to "
            f"{effects.periods[-1][1]}; {len(effects.countries)} regions × {len(effects.sectors)} "
            f"sectors in the tables; {study.emissions.accounting} accounting"
            f"{_say_model(effects)}."
        ),
        facts=_list_facts(results),
        first=_reading_list(results),
        chapters=(
            tables_chapter(results.tables, elsewhere=(*_QUALITY, *READINGS_TABLES)),
            choices_chapter(results.tables, results),
            _published_chapter(results),
            *_readings_chapter(results),
            Chapter(
                "quality",
                "Tables' audit and identities",
                {key: results.tables[key] for key in _QUALITY},
            ),
            appendix_chapter(results.tables),
        ),
    )


def _say_model(effects: Effects) -> str:
    """Name model and method where they are not the paper's."""
    if (effects.model, effects.method) == ("dong2022", "two_polar"):
        return ""
    return f", model {effects.model}, method {effects.method}"


def _published_chapter(results: Dong2022Results) -> Chapter:
    key, heading, comparison = "published", "Published and computed", results.comparison
    if comparison is None:
        return Chapter(key, heading, {})
    tables = comparison.tables(results.study.labels)
    shown = {"published_summary": comparison.summary_table(), **tables}
    return Chapter(key, heading, shown, comparison.statements, folded=tuple(shown)[1:])


def _readings_chapter(results: Dong2022Results) -> tuple[Chapter, ...]:
    if results.readings is None:
        return ()
    tables = {key: results.tables[key] for key in READINGS_TABLES}
    statements = readings_statements(results.readings)
    heading = "Which reading comes closest"
    return (Chapter("readings", heading, tables, statements, folded=READINGS_TABLES[1:]),)


def _list_facts(results: Dong2022Results) -> dict[str, str]:
    effects = results.effects[results.study.emissions.accounting]
    words = StressorWords.of(effects)
    errors = sum(not audit.ok for audit in results.audits.values())
    return {
        "Rows of the panel": f"{len(results.panel)}",
        f"Change in {words.totals}": true_minus(_format_change(effects.change().sum(), words)),
        "Largest identity miss": f"{max(e.residual for e in results.effects.values()):.0e}",
        **first_slope(results.study, results),
        "Tables with errors": f"{errors} of {len(results.audits)}",
    }


def _format_change(change: float, words: StressorWords) -> str:
    factor, unit = words.amount()
    if unit.startswith("Mt "):
        return f"{factor * change / 1e3:,.2f} Gt"
    return f"{factor * change:,.4g} {unit}"


def _reading_list(results: Dong2022Results) -> tuple[tuple[str, str], ...]:
    words = StressorWords.of(results.effects[results.study.emissions.accounting])
    items = [
        (
            f"Who drove {words.totals}: technology and demand, at home and abroad, by country and "
            "period.",
            "figure-drivers",
        ),
        *reading_list(results.study, results),
    ]
    if results.comparison is not None:
        items.append((results.comparison.statements[0], "published"))
    if results.readings is not None:
        items.append((readings_statements(results.readings)[0], "readings"))
    if results.warnings or any(not audit.ok for audit in results.audits.values()):
        items.append(("What the audit found in the tables, and what was carried.", "quality"))
    if results.study.tables.format == WORLD:
        items.append(("This is the embedded, fictional world: nothing here is data.", "settings"))
    return tuple(items)
