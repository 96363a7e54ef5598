"""Which figures a study of any panel has, with captions and descriptions in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ioecon.study.drawing import Drawing
from ioecon.study.models.drawings import model_drawings
from ioecon.study.panel.figures import correlation_map, distributions
from ioecon.study.panel.results import Findings
from ioecon.study.panel.settings import CorrelationSettings
from ioecon.study.panel.wording import words_of
from regressions.tables.correlation import correlations
from regressions.typography import true_minus

__all__ = ["distributed_variables", "drawings_of"]


def drawings_of(findings: Findings) -> tuple[Drawing, ...]:
    """Figures of a study."""
    return tuple(_each_drawing(findings))


def distributed_variables(findings: Findings) -> tuple[str, ...]:
    """Variables whose distribution is drawn."""
    study = findings.study
    if study.figures.distribution:
        return study.figures.distribution
    first = [table.dependent for table in study.regressions[:1]]
    return tuple(name for name in first if name in findings.panel)


def _each_drawing(findings: Findings) -> Iterator[Drawing]:
    study = findings.study
    if variables := distributed_variables(findings):
        yield _distribution(findings, variables)
    if study.correlations is not None:
        yield _correlations(findings, study.correlations)
    yield from model_drawings(study, findings.panel, findings, words_of(study))


def _distribution(findings: Findings, variables: tuple[str, ...]) -> Drawing:
    study, words = findings.study, words_of(findings.study)
    moments = "; ".join(
        f"{study.labels.get(name, name)}: mean {true_minus(f'{values.mean():.3g}')}, "
        f"standard deviation {true_minus(f'{values.std():.3g}')}, {values.isna().sum()} missing"
        for name in variables
        for values in [findings.panel[name].astype(float)]
    )
    return Drawing(
        key="distribution",
        title="Distribution, and median over time",
        caption=(
            f"Left: all rows. Right: median and quartiles over the {words.entities} in each "
            f"{words.period}. {moments}."
        ),
        alternative=f"Histogram and median over time. {moments}.",
        paint=partial(distributions, findings.panel, variables, study.labels, words.period),
    )


def _correlations(findings: Findings, settings: CorrelationSettings) -> Drawing:
    found = correlations(findings.panel, list(settings.variables), method=settings.method)
    pairs = found.coefficients.stack()
    pairs = pairs[[first < second for first, second in pairs.index]]
    labels = findings.study.labels
    largest = "; ".join(
        f"{labels.get(a, a)} and {labels.get(b, b)} {true_minus(f'{pairs[a, b]:.2f}')}"
        for a, b in pairs.abs().nlargest(3).index
    )
    kind = {"pearson": "Pearson's", "spearman": "Spearman's rank"}[settings.method]
    return Drawing(
        key="correlations",
        title=settings.title,
        caption=(
            f"{kind} correlations of the {found.nobs.iloc[0, 0]} rows that have all variables. "
            f"The largest: {largest}."
        ),
        alternative=f"Heat map of correlations. The largest: {largest}.",
        paint=partial(correlation_map, found.coefficients, labels),
    )
