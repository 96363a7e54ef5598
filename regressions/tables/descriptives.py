"""Tables of descriptive statistics, overall and between and within entities (Stata's xtsum)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from regressions.columns import as_numbers, kind_of
from regressions.errors import SampleError
from regressions.names import with_text_labels
from regressions.options import by_name
from regressions.tables.cells import Cell, Head, HeaderRow, Label, Row, RowGroup, text_of
from regressions.tables.digits import format_number
from regressions.tables.errors import TableContentError
from regressions.tables.table import Table
from regressions.tables.words import Language, checked_language, dimension_name, word

__all__ = [
    "STATISTICS",
    "describe",
    "descriptive_table",
    "panel_variation",
    "select_columns",
]

STATISTICS = ("count", "mean", "std", "min", "max")
_KNOWN = (*STATISTICS, "median")
_VARIATIONS = ("overall", "between", "within")


def select_columns(data: pd.DataFrame, variables: Sequence[str] | None) -> pd.DataFrame:
    """Return the chosen numeric columns as floats.

    Parameters
    ----------
    data : DataFrame
        The data.
    variables : sequence of str, optional
        Columns in order; by default all numeric ones.

    Returns
    -------
    DataFrame of float
        The columns; missing values stay missing.

    Raises
    ------
    TableContentError
        If a column is unknown, named twice, not numeric or holds an infinite value, or none
        is left.
    """
    try:
        data = with_text_labels(data)
    except SampleError as error:
        raise TableContentError(str(error)) from error
    if variables is None:
        variables = [name for name in data.columns if kind_of(data[name]) == "numbers"]
    variables = [str(name) for name in variables]
    for name in variables:
        if name not in data.columns:
            raise TableContentError(
                f"The data have no column {name!r}; their columns are {[*data.columns]}."
            )
    if len(set(variables)) < len(variables):
        twice = next(name for name in variables if variables.count(name) > 1)
        raise TableContentError(f"The column {twice!r} is named twice.")
    if not variables:
        raise TableContentError("The data have no numeric column to describe.")
    try:
        values = pd.DataFrame({name: as_numbers(data[name]) for name in variables})
    except SampleError as error:
        raise TableContentError(f"A column is not numeric: {error}") from error
    for name in variables:
        if np.isinf(values[name]).any():
            raise TableContentError(
                f"The column {name!r} holds an infinite value; replace or drop it first."
            )
    return values


def describe(
    data: pd.DataFrame,
    variables: Sequence[str] | None = None,
    *,
    statistics: Sequence[str] = STATISTICS,
    quantiles: Sequence[float] = (),
) -> pd.DataFrame:
    """Compute descriptive statistics of columns.

    Parameters
    ----------
    data : DataFrame
        The data; missing values are left out column by column, and `count` says how many
        remain.
    variables : sequence of str, optional
        Columns in order; by default all numeric ones.
    statistics : sequence of str
        Of ``"count"``, ``"mean"``, ``"std"`` (denominator n - 1), ``"min"``, ``"max"``,
        ``"median"``.
    quantiles : sequence of float
        Shares between 0 and 1, linearly interpolated; columns after the statistics.

    Returns
    -------
    DataFrame, shape (variables, statistics + quantiles)
        Indexed by variable.

    Raises
    ------
    TableContentError
        If a column or statistic is unknown, or a quantile is not between 0 and 1.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 4.0, None]})
    >>> describe(data, statistics=["count", "mean"], quantiles=[0.5]).loc["x"].tolist()
    [3.0, 2.3333333333333335, 2.0]
    """
    for name in statistics:
        if name not in _KNOWN:
            raise TableContentError(
                f"The statistic {name!r} is not known; choose among {', '.join(_KNOWN)}."
            )
    for share in quantiles:
        if not 0 <= share <= 1:
            raise TableContentError(f"The quantile {share!r} is not between 0 and 1.")
    values = select_columns(data, variables)
    columns: dict[str | float, pd.Series] = {name: values.agg(name) for name in statistics}
    columns |= {share: values.quantile(share) for share in quantiles}
    return pd.DataFrame(columns, index=values.columns)


def panel_variation(data: pd.DataFrame, variables: Sequence[str] | None = None) -> pd.DataFrame:
    """Split the variation of columns into between and within entities, as Stata's ``xtsum``.

    Between rows describe the entity means; within rows describe the deviations from the
    entity mean plus the overall mean. All standard deviations have the denominator n - 1.

    Parameters
    ----------
    data : DataFrame
        Indexed by (entity, period).
    variables : sequence of str, optional
        Columns in order; by default all numeric ones.

    Returns
    -------
    DataFrame, shape (3 * variables, 5)
        Indexed by (variable, variation) with variation overall, between, within; columns
        count (values, entities, mean number of periods), mean (overall rows only), std,
        min, max.

    Raises
    ------
    TableContentError
        If the index does not have two levels, or a column is unknown.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2005, 2006]])
    >>> data = pd.DataFrame({"x": [1.0, 3.0, 5.0, 7.0]}, index=index)
    >>> panel_variation(data).loc["x", ["count", "min", "max"]].to_numpy().tolist()
    [[4.0, 1.0, 7.0], [2.0, 2.0, 6.0], [2.0, 3.0, 5.0]]
    """
    if data.index.nlevels != 2:
        raise TableContentError(
            "Between and within variation needs data indexed by (entity, period); "
            f"the index has {data.index.nlevels} level."
        )
    values = select_columns(data, variables)
    frames = {name: _split_variation(values[name].dropna()) for name in values.columns}
    return pd.concat(frames, names=["variable", "variation"])


def _split_variation(x: pd.Series) -> pd.DataFrame:
    means = x.groupby(level=0, sort=False).mean()
    deviations = x - x.groupby(level=0, sort=False).transform("mean") + x.mean()
    periods = x.size / means.size if means.size else np.nan
    parts = {
        "count": (x.size, means.size, periods),
        "mean": (x.mean(), np.nan, np.nan),
        "std": (x.std(), means.std(), deviations.std()),
        "min": (x.min(), means.min(), deviations.min()),
        "max": (x.max(), means.max(), deviations.max()),
    }
    return pd.DataFrame(parts, index=list(_VARIATIONS), dtype="float64")


@by_name()
def descriptive_table(
    data: pd.DataFrame,
    variables: Sequence[str] | None = None,
    *,
    statistics: Sequence[str] = STATISTICS,
    quantiles: Sequence[float] = (),
    variation: bool = False,
    labels: Mapping[str, str | Label] | None = None,
    digits: int | None = None,
    notes: Sequence[str] = (),
    title: str = "",
    identifier: str = "",
    language: Language = "en",
) -> Table:
    """Make a table of descriptive statistics.

    Parameters
    ----------
    data : DataFrame
        The data, indexed by (entity, period) if `variation` is asked for.
    variables, statistics, quantiles
        As in `describe`.
    variation : bool
        Print overall, between and within rows (`panel_variation`) in place of `statistics`
        and `quantiles`.
    labels : mapping of str to str or Label, optional
        Printed names of variables and of the entity.
    digits : int, optional
        Decimals; automatic digits by default.
    notes, title, identifier, language
        As in `Table`.

    Returns
    -------
    Table
        One row per variable, or three with `variation`.

    Raises
    ------
    TableContentError
        As `describe` and `panel_variation`.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 4.0], "y": [0.1, 0.2, 0.3]})
    >>> print(descriptive_table(data, labels={"x": "Index"}).to_text())
    ---------------------------------------------
    Variable  Obs   Mean  Std. dev.   Min    Max
    ---------------------------------------------
    Index      3   2.333    1.528    1.000  4.000
    y          3   0.200    0.100    0.100  0.300
    ---------------------------------------------
    """
    language = checked_language(language)
    labels = dict(labels or {})
    if variation:
        frame = panel_variation(data, variables)
        body, heads = _variation_groups(frame, labels, digits, language), [*frame.columns]
        entity = str(data.index.names[0] or "entity")
        name = text_of(labels.get(entity, dimension_name(entity, language)))
        notes = (word("xtsum_note", language).format(entity=name), *notes)
        stub: tuple[str, ...] = (word("variable", language), word("variation", language))
    else:
        frame = describe(data, variables, statistics=statistics, quantiles=quantiles)
        rows = (
            Row(
                (Cell.label(labels.get(str(name), str(name))),),
                tuple(_statistic_cells(values, digits)),
            )
            for name, values in frame.iterrows()
        )
        body, heads = (RowGroup(tuple(rows)),), [*frame.columns]
        stub = (word("variable", language),)
    return Table(
        header=(HeaderRow(stub, tuple(Head(_head_text(head, language)) for head in heads)),),
        groups=tuple(body),
        notes=tuple(notes),
        title=title,
        identifier=identifier,
        language=language,
    )


def _variation_groups(
    frame: pd.DataFrame,
    labels: Mapping[str, str | Label],
    digits: int | None,
    language: Language,
) -> tuple[RowGroup, ...]:
    words = {"between": "between_variation", "within": "within_variation"}
    rows = []
    for (variable, part), values in frame.iterrows():
        name = labels.get(str(variable), str(variable)) if part == "overall" else ""
        kind = Cell(word(words.get(part, part), language), kind="label")
        rows.append(Row((Cell.label(name), kind), tuple(_statistic_cells(values, digits))))
    return (RowGroup(tuple(rows)),)


def _statistic_cells(values: pd.Series, digits: int | None) -> Iterator[Cell]:
    for name, value in values.items():
        if name == "count" and value == int(value):
            yield Cell(f"{int(value):,}", "count", value=value)
        elif name == "mean" and np.isnan(value):
            yield Cell()
        else:
            yield Cell(format_number(value, digits), "statistic", value=value)


def _head_text(name: str | float, language: Language) -> str:
    if isinstance(name, str):
        return word(name, language)
    return word("quantile", language).format(percent=f"{100 * name:g}")
