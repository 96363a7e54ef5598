"""Which figures a study has, with captions and descriptions in words."""

from __future__ import annotations

from functools import partial

from ioecon.errors import StudyError
from ioecon.study.dong2022.figures import (
    drivers_over_time,
    heat_map,
    largest_changes,
)
from ioecon.study.dong2022.results import Findings
from ioecon.study.dong2022.wording import WORDS
from ioecon.study.drawing import Drawing
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.models.drawings import model_drawings
from ioecon.study.sections import nearest
from regressions.typography import true_minus

__all__ = ["drawings_of"]

_GAP = (
    "The signed logarithm leaves a gap around zero: the two clouds above and below it are rises "
    "and falls."
)


def drawings_of(findings: Findings) -> tuple[Drawing, ...]:
    """Figures of a study.

    Raises
    ------
    StudyError
        If the study names a country or variable that it does not have.
    """
    study, comparison = findings.study, findings.comparison
    vertical = (study.figures.scatter or ("", ""))[1]
    return (
        _draw_drivers(findings),
        _draw_heat_map(findings),
        *model_drawings(
            study,
            findings.panel,
            findings,
            WORDS,
            published=comparison.coefficients if comparison else None,
            remark=_GAP if vertical.startswith("ln_") else "",
        ),
    )


def _draw_drivers(findings: Findings) -> Drawing:
    study = findings.study
    effects = findings.effects[study.emissions.accounting]
    countries = list(study.figures.countries) or largest_changes(
        effects, leave_out=study.panel.exclude
    )
    for country in countries:
        if country not in effects.countries:
            raise StudyError(
                f"figures.countries names {country!r}, which the tables do not have; "
                f"{nearest(country, effects.countries)}"
            )
    stressor = StressorWords.of(effects)
    factor, unit = stressor.amount()
    short = unit.removesuffix(" CO₂")
    change = factor * effects.change().groupby(level="country").sum()
    words = ", ".join(f"{name} {true_minus(f'{change[name]:+,.0f}')}" for name in countries)
    return Drawing(
        key="drivers",
        title=f"{stressor.totals_head} change by driver",
        caption=(
            f"Change in {stressor.totals_sign} of each period, {short}, by what drove it: "
            "technology (input coefficients) or final demand, of the country itself or of all "
            "others (hatched). The bars add up to the line. Sums over all periods, "
            f"{short}: {words}."
        ),
        alternative=f"Stacked bars by year. Change over all periods in {short}: {words}.",
        paint=partial(drivers_over_time, effects, countries),
    )


def _draw_heat_map(findings: Findings) -> Drawing:
    effects = findings.effects[findings.study.emissions.accounting]
    stressor = StressorWords.of(effects)
    factor, unit = stressor.amount()
    short = unit.removesuffix(" CO₂")
    total = factor * effects.bilateral("demand").groupby(level="country", sort=False).sum()
    pairs = total.stack()
    abroad = pairs[[country != driver for country, driver in pairs.index]]
    top = abroad.abs().nlargest(3).index
    words = ", ".join(
        f"{driver} on {country} {true_minus(f'{abroad[country, driver]:+,.0f}')}"
        for country, driver in top
    )
    return Drawing(
        key="bilateral",
        title=f"Whose demand drove whose {stressor.totals}",
        caption=(
            f"Effect of changes in each country's final demand (columns) on the {stressor.totals} "
            f"of every other (rows), summed over all periods, {short}, symmetric logarithmic "
            f"scale. A dash marks a fall. Own effects are left blank. The largest: {words}."
        ),
        alternative=f"Heat map of countries by driving countries. The largest in {short}: {words}.",
        paint=partial(heat_map, effects, "demand"),
    )
