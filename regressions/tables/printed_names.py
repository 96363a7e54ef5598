"""Which regressors a regression table prints, and under which names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regressions.names import INTERCEPT
from regressions.regressor_names import find_regressor, printed_pieces, regressor_key
from regressions.tables.cells import Label, latex_of, text_of
from regressions.tables.errors import TableContentError
from regressions.tables.latex import escape_latex
from regressions.tables.words import Language, dimension_name, word

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["PrintedNames", "choose_names"]


@dataclass(frozen=True)
class PrintedNames:
    """The rows of a regression table by name.

    Attributes
    ----------
    regressors : tuple of str
        Regressors to print, in order, spelled as in the first model that has them.
    left_out : tuple of str
        Regressors of the models that are not printed.
    spellings : tuple of mapping
        For each model: its own name of a regressor, by :func:`regressor_key`.
    labels : mapping of str to str or Label
        Printed names.
    dimensions : mapping of str to str
        Names of the index levels, by "entity", "time" and "period".
    language : {"en", "zh"}
    """

    regressors: tuple[str, ...]
    left_out: tuple[str, ...]
    spellings: tuple[Mapping[tuple[str, ...], str], ...]
    labels: Mapping[str, str | Label]
    dimensions: Mapping[str, str]
    language: Language

    def name_of(self, name: str) -> str | Label:
        """Return the printed name of a regressor or dependent variable."""
        if name == INTERCEPT and name not in self.labels:
            return word("constant", self.language)
        pieces = printed_pieces(name, lambda inside: self._find_label(inside) is not None)
        if pieces is None:
            return name
        labels = [
            (self._find_label(piece.text) or piece.text) if piece.labelled else piece.text
            for piece in pieces
        ]
        if len(labels) == 1:
            return labels[0]
        text = "".join(text_of(label) for label in labels)
        if not any(isinstance(label, Label) for label in labels):
            return text
        latex = (latex_of(label) or escape_latex(text_of(label)) for label in labels)
        return Label(text, "".join(latex))

    def _find_label(self, name: str) -> str | Label | None:
        """Return the label of a column, factor or regressor."""
        spelled = name if name in self.labels else find_regressor(name, self.labels)
        return None if spelled is None else self.labels[spelled]

    def spelling_in(self, column: int, name: str) -> str | None:
        """Return how the model of a column spells a regressor; None if it has not got it."""
        return self.spellings[column].get(regressor_key(name))

    def dimension(self, name: str) -> str:
        """Return the printed name of a dimension, absorbed effect or cluster variable."""
        name = self.dimensions.get(name, name)
        return text_of(self.labels.get(name, dimension_name(name, self.language)))


def choose_names(
    models: Sequence[FittedModel],
    labels: Mapping[str, str | Label],
    coef_map: Mapping[str, str | Label] | Sequence[str] | None,
    language: Language,
) -> PrintedNames:
    """Choose the regressors to print and their names.

    Parameters
    ----------
    models : sequence of FittedModel
    labels, coef_map, language
        As in :func:`regressions.regression_table`.

    Returns
    -------
    PrintedNames
        Without `coef_map`, regressors come as they do in the models, the constant last.

    Raises
    ------
    TableContentError
        If `coef_map` names no regressor of the models.
    """
    spellings = tuple(
        {regressor_key(str(name)): str(name) for name in model.params.index} for model in models
    )
    found: dict[str, None] = {}
    first: dict[tuple[str, ...], str] = {}
    for own in spellings:
        for key, name in own.items():
            found[first.setdefault(key, name)] = None
    if coef_map is None:
        regressors = [name for name in found if name != INTERCEPT]
        regressors += [name for name in found if name == INTERCEPT]
    else:
        wanted = dict.fromkeys(first.get(regressor_key(name)) for name in coef_map)
        regressors = [name for name in wanted if name is not None]
    if not regressors:
        raise TableContentError(
            f"coef_map names none of the models' regressors; these are {', '.join(found)}."
        )
    renamed = coef_map if isinstance(coef_map, Mapping) else {}
    levels = models[0].endog.index.names
    entity, period = (
        str(name or word_) for name, word_ in zip(levels, ("entity", "time"), strict=True)
    )
    return PrintedNames(
        regressors=tuple(regressors),
        left_out=tuple(name for name in found if name not in regressors),
        spellings=spellings,
        labels={**labels, **renamed},
        dimensions={"entity": entity, "time": period, "period": period},
        language=language,
    )
