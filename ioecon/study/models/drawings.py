"""Which figures a panel has, with captions and descriptions in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from ioecon.errors import StudyError
from ioecon.study.drawing import Drawing
from ioecon.study.models.estimation import ModelFindings, first_regressor
from ioecon.study.models.figures import FirstEstimates, coefficients, scatter, specifications
from ioecon.study.models.settings import ModelSettings
from ioecon.study.models.specifications import curve_statements
from ioecon.study.models.words import PanelWords
from ioecon.study.sections import nearest
from regressions import SpecificationCurve
from regressions.typography import true_minus

__all__ = ["model_drawings"]


def model_drawings(
    settings: ModelSettings,
    panel: pd.DataFrame,
    found: ModelFindings,
    words: PanelWords,
    *,
    published: pd.DataFrame | None = None,
    remark: str = "",
) -> Iterator[Drawing]:
    """Figures of models and panel: coefficients, specification curve, scatter.

    Parameters
    ----------
    settings : ModelSettings
    panel : DataFrame
    found : ModelFindings
    words : PanelWords
    published : DataFrame, optional
        Estimates to set beside the computed ones: table (number), column, regressor, published,
        published_se.
    remark : str
        Sentence for the caption of the scatter.

    Raises
    ------
    StudyError
        If the scatter names a variable that the panel does not have.
    """
    if any(first_regressor(models)[1] for models in found.models.values()):
        yield _draw_coefficients(settings, found, published)
    if found.curve is not None and not found.curve.estimated.empty:
        yield _draw_specifications(found.curve, words)
    if settings.figures.scatter is not None:
        yield _draw_scatter(settings, panel, settings.figures.scatter, words, remark)


def _draw_coefficients(
    settings: ModelSettings, found: ModelFindings, published: pd.DataFrame | None
) -> Drawing:
    if published is not None and published.empty:
        published = None
    titles = {table.key: table.title for table in settings.regressions}
    estimates = {key: FirstEstimates.of(models) for key, models in found.models.items()}
    beside = " Hollow diamonds: published, with their intervals." if published is not None else ""
    return Drawing(
        key="coefficients",
        title="The first coefficient across tables",
        caption=(
            "Coefficient of the first regressor in every column of every regression table, with "
            f"its 95 % confidence interval.{beside}"
        ),
        alternative="; ".join(
            f"{key}: " + ", ".join(f"{model.params[name]:.3f}" for model in columns.values())
            for key, models in found.models.items()
            for name, columns in [first_regressor(models)]
        ),
        paint=partial(coefficients, estimates, titles, published, settings.labels),
    )


def _draw_specifications(curve: SpecificationCurve, words: PanelWords) -> Drawing:
    statements = " ".join(curve_statements(curve))
    return Drawing(
        key="specifications",
        title=f"The coefficient of the {words.interest} under every combination of choices",
        caption=(
            "Each column is one specification: above, its coefficient with the 95 % confidence "
            "interval, filled and dark where it differs from zero at 5 %; beneath, its choices. "
            f"{statements}"
        ),
        alternative=statements,
        paint=partial(specifications, curve, words),
    )


def _draw_scatter(
    settings: ModelSettings,
    panel: pd.DataFrame,
    axes: tuple[str, ...],
    words: PanelWords,
    remark: str,
) -> Drawing:
    labels = settings.labels
    for name in axes:
        if name not in panel.columns:
            raise StudyError(
                f"figures.scatter names {name!r}, which the panel does not have; "
                f"{nearest(name, panel.columns)}"
            )
    panel = panel.dropna(subset=list(axes))
    x, y = axes
    correlation = true_minus(f"correlation {panel[x].corr(panel[y]):.3f}")
    caption = f"One point per {words.entity} and {words.period}; {correlation}."
    return Drawing(
        key="scatter",
        title=f"{labels.get(y, y)} against {labels.get(x, x)}",
        caption=f"{caption} {remark}" if remark else caption,
        alternative=f"Scatter of {len(panel)} points; {correlation}.",
        paint=partial(scatter, panel, axes, settings.figures.mark, labels),
    )
