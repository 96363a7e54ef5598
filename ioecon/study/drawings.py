"""Which figures a study has, with captions and descriptions in words."""

from __future__ import annotations

from functools import partial

from ioecon.errors import StudyError
from ioecon.study.figures import (
    Drawing,
    coefficients,
    drivers_over_time,
    heat_map,
    largest_changes,
    scatter,
    specifications,
)
from ioecon.study.results import StudyResults
from ioecon.study.sections import nearest
from ioecon.study.specifications import CHOICE_NAMES, curve_statements
from regressions import SpecificationCurve

__all__ = ["drawings_of"]


def drawings_of(results: StudyResults) -> tuple[Drawing, ...]:
    """Figures of a study.

    Raises
    ------
    StudyError
        If the study names a country or variable that it does not have.
    """
    drawings = [_drivers(results), _heat_map(results)]
    if results.models:
        drawings.append(_coefficients(results))
    if results.curve is not None and not results.curve.estimated.empty:
        drawings.append(_specifications(results.curve))
    return (*drawings, _scatter(results))


def _drivers(results: StudyResults) -> Drawing:
    study = results.study
    effects = results.effects[study.emissions.accounting]
    countries = list(study.figures.countries) or largest_changes(
        effects, leave_out=study.panel.exclude
    )
    for country in countries:
        if country not in effects.countries:
            raise StudyError(
                f"figures.countries names {country!r}, which the tables do not have; "
                f"{nearest(country, effects.countries)}"
            )
    change = effects.change().groupby(level="country").sum() / 1e3
    words = ", ".join(f"{name} {change[name]:+,.0f}".replace("-", "−") for name in countries)
    return Drawing(
        key="drivers",
        title="Emissions change by driver",
        caption=(
            "Change in CO₂ emissions of each period, Mt, by what drove it: technology (input "
            "coefficients) or final demand, of the country itself or of all others (hatched). The "
            f"bars add up to the line. Sums over all periods, Mt: {words}."
        ),
        alternative=f"Stacked bars by year. Change over all periods in Mt: {words}.",
        paint=partial(drivers_over_time, effects, countries),
    )


def _heat_map(results: StudyResults) -> Drawing:
    effects = results.effects[results.study.emissions.accounting]
    total = effects.bilateral("demand").groupby(level="country", sort=False).sum() / 1e3
    pairs = total.stack()
    abroad = pairs[[country != driver for country, driver in pairs.index]]
    top = abroad.abs().nlargest(3).index
    words = ", ".join(
        f"{driver} on {country} {abroad[country, driver]:+,.0f}".replace("-", "−")
        for country, driver in top
    )
    return Drawing(
        key="bilateral",
        title="Whose demand drove whose emissions",
        caption=(
            "Effect of changes in each country's final demand (columns) on the emissions of every "
            "other (rows), summed over all periods, Mt, symmetric logarithmic scale. A dash marks "
            f"a fall. Own effects are left blank. The largest: {words}."
        ),
        alternative=f"Heat map of countries by driving countries. The largest in Mt: {words}.",
        paint=partial(heat_map, effects, "demand"),
    )


def _coefficients(results: StudyResults) -> Drawing:
    published = results.comparison.coefficients if results.comparison else None
    if published is not None and published.empty:
        published = None
    titles = {table.key: table.title for table in results.study.regressions}
    beside = " Hollow diamonds: published, with their intervals." if published is not None else ""
    return Drawing(
        key="coefficients",
        title="The first coefficient across tables",
        caption=(
            "Coefficient of the first regressor in every column of every regression table, with "
            f"its 95 % confidence interval.{beside}"
        ),
        alternative="; ".join(
            f"{key}: " + ", ".join(f"{model.params[model.slopes[0]]:.3f}" for model in models)
            for key, models in results.models.items()
        ),
        paint=partial(coefficients, results.models, titles, published, results.study.labels),
    )


def _specifications(curve: SpecificationCurve) -> Drawing:
    said = " ".join(curve_statements(curve))
    return Drawing(
        key="specifications",
        title="The coefficient of the transfer index under every combination of choices",
        caption=(
            "Each column is one specification: above, its coefficient with the 95 % confidence "
            "interval, filled and dark where it differs from zero at 5 %; beneath, its choices. "
            f"{said}"
        ),
        alternative=said,
        paint=partial(specifications, curve, CHOICE_NAMES),
    )


def _scatter(results: StudyResults) -> Drawing:
    figures, labels = results.study.figures, results.study.labels
    for name in figures.scatter:
        if name not in results.panel.columns:
            raise StudyError(
                f"figures.scatter names {name!r}, which the panel does not have; "
                f"{nearest(name, results.panel.columns)}"
            )
    x, y = figures.scatter
    correlation = results.panel[x].corr(results.panel[y])
    said = f"correlation {correlation:.3f}".replace("-", "−")
    return Drawing(
        key="scatter",
        title=f"{labels.get(y, y)} against {labels.get(x, x)}",
        caption=(
            f"One point per country and period; {said}. The signed logarithm leaves a gap around "
            "zero: the two clouds above and below it are rises and falls."
            if y.startswith("ln_")
            else f"One point per country and period; {said}."
        ),
        alternative=f"Scatter of {len(results.panel)} points; {said}.",
        paint=partial(scatter, results.panel, figures.scatter, figures.mark, labels),
    )
