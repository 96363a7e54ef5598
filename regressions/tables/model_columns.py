"""The columns of a regression table: models with their titles, some of them grouped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regressions.tables.cells import Head, HeaderRow, Label, latex_of, text_of
from regressions.tables.errors import TableContentError
from regressions.tables.printed_names import PrintedNames
from regressions.tables.words import word

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["ModelColumns", "arrange_columns"]


@dataclass(frozen=True)
class ModelColumns:
    """Models from left to right.

    Attributes
    ----------
    models : tuple of FittedModel
        At least one.
    titles : tuple of str or Label
        One per model; empty for none.
    groups : tuple of (str, int)
        Title and number of models of each group of columns; empty for none.
    """

    models: tuple[FittedModel, ...]
    titles: tuple[str | Label, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()

    def header(self, names: PrintedNames) -> tuple[HeaderRow, ...]:
        """Return the rows above the columns: groups, numbers, dependent variables, titles."""
        numbers = tuple(Head(f"({j + 1})") for j in range(len(self.models)))
        dependents = [names.name_of(model.dependent) for model in self.models]
        header = [
            HeaderRow(("",), numbers),
            HeaderRow((word("variables", names.language),), _label_heads(dependents)),
        ]
        if self.groups:
            heads = tuple(Head(text, span=span) for text, span in self.groups)
            header.insert(0, HeaderRow(("",), heads, spanner=True))
        if self.titles:
            header.append(HeaderRow(("",), _label_heads(self.titles)))
        return tuple(header)


def _label_heads(labels: Sequence[str | Label]) -> tuple[Head, ...]:
    return tuple(Head(text_of(label), latex=latex_of(label)) for label in labels)


def arrange_columns(
    models: FittedModel | Iterable[FittedModel] | Mapping[str, Any],
    titles: Sequence[str | Label] | None,
) -> ModelColumns:
    """Arrange models in columns.

    Parameters
    ----------
    models : FittedModel, iterable of FittedModel, or mapping
        A mapping is from titles to models, or from titles of groups to iterables of models.
    titles : sequence of str or Label, optional
        One per model, in place of those of the mapping or of the labels of a collection.

    Returns
    -------
    ModelColumns

    Raises
    ------
    TableContentError
        If there is no model, a mapping mixes models and lists, or the titles are too few or many.
    """
    groups: tuple[tuple[str, int], ...] = ()
    if isinstance(models, Mapping):
        if _maps_to_groups(models):
            members = {str(key): list(group) for key, group in models.items()}
            groups = tuple((key, len(group)) for key, group in members.items() if group)
            columns = [model for group in members.values() for model in group]
        else:
            columns = list(models.values())
            titles = [str(key) for key in models] if titles is None else titles
    elif hasattr(models, "params"):
        columns = [models]
    else:
        columns = list(models)
        titles = getattr(models, "labels", None) if titles is None else titles
    if not columns:
        raise TableContentError("There is no model to print.")
    titles = [] if titles is None else list(titles)
    if titles and len(titles) != len(columns):
        raise TableContentError(
            f"There are {len(titles)} titles for {len(columns)} models; give one for each."
        )
    if titles == [f"({j + 1})" for j in range(len(columns))]:
        titles = []  # the numbers of the columns are printed above anyway
    return ModelColumns(tuple(columns), tuple(titles), groups)


def _maps_to_groups(models: Mapping[str, Any]) -> bool:
    """Whether a mapping holds lists of models rather than models."""
    grouped = [not hasattr(member, "params") for member in models.values()]
    if any(grouped) and not all(grouped):
        raise TableContentError(
            "The mapping of models mixes models and lists of models; give each group as a list."
        )
    return any(grouped)
