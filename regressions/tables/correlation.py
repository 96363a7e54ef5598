"""Correlation tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy

from regressions.options import by_name
from regressions.tables.cells import Cell, Head, HeaderRow, Label, Row, RowGroup, latex_of, text_of
from regressions.tables.descriptives import select_columns
from regressions.tables.digits import format_fixed, star_legend, stars_of
from regressions.tables.errors import TableContentError
from regressions.tables.table import Table
from regressions.tables.words import Language, checked_language, word

__all__ = ["Correlations", "correlation_table", "correlations"]


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations of columns with their p-values and numbers of observations.

    Attributes
    ----------
    coefficients : DataFrame, shape (k, k)
        Correlations; NaN where a column does not vary.
    pvalues : DataFrame, shape (k, k)
        Two-sided p-values of t(n - 2); NaN on the diagonal and where n < 3.
    nobs : DataFrame of int, shape (k, k)
        Observations of each pair.
    """

    coefficients: pd.DataFrame
    pvalues: pd.DataFrame
    nobs: pd.DataFrame


def correlations(
    data: pd.DataFrame,
    variables: Sequence[str] | None = None,
    *,
    method: Literal["pearson", "spearman"] = "pearson",
    missing: Literal["listwise", "pairwise"] = "listwise",
) -> Correlations:
    """Correlate columns.

    Parameters
    ----------
    data : DataFrame
        The data.
    variables : sequence of str, optional
        Columns in order; by default all numeric ones.
    method : {"pearson", "spearman"}
        Linear correlation, or that of the ranks (ties share their mean rank).
    missing : {"listwise", "pairwise"}
        Rows that are complete in all columns (Stata's ``correlate``), or in each pair
        (``pwcorr``).

    Returns
    -------
    Correlations
        Coefficients, p-values and numbers of observations.

    Raises
    ------
    TableContentError
        If an option or a column is unknown, or there are fewer than two columns.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 4.0]})
    >>> correlations(data).coefficients.loc["x", "y"].round(6)
    np.float64(0.8)
    """
    if method not in ("pearson", "spearman"):
        raise TableContentError(f"method={method!r} is not known; choose 'pearson' or 'spearman'.")
    if missing not in ("listwise", "pairwise"):
        raise TableContentError(
            f"missing={missing!r} is not known; choose 'listwise' or 'pairwise'."
        )
    values = select_columns(data, variables)
    if values.shape[1] < 2:
        raise TableContentError(
            f"Correlations need two columns; {values.columns[0]!r} is the only one."
        )
    if missing == "listwise":
        values = values.dropna()
    k = values.shape[1]
    coefficients, counts = np.full((k, k), np.nan), np.zeros((k, k), dtype=int)
    for i in range(k):
        for j in range(i + 1):
            pair = values.iloc[:, [i, j]].dropna()
            counts[i, j] = counts[j, i] = len(pair)
            ranked = pair.rank() if method == "spearman" else pair
            coefficients[i, j] = coefficients[j, i] = _correlate_pair(ranked.to_numpy())
    names = values.columns
    return Correlations(
        pd.DataFrame(coefficients, names, names),
        pd.DataFrame(_pvalues(coefficients, counts), names, names),
        pd.DataFrame(counts, names, names),
    )


def _correlate_pair(pair: np.ndarray) -> float:
    """Correlate two columns; NaN when one does not vary."""
    if len(pair) < 2 or (np.ptp(pair, axis=0) == 0).any():
        return np.nan
    x, y = (pair - pair.mean(axis=0)).T
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1, 1))


def _pvalues(coefficients: np.ndarray, counts: np.ndarray) -> np.ndarray:
    df = np.where(counts > 2, counts - 2, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        t_values = np.abs(coefficients) * np.sqrt(df / (1 - coefficients**2))
    pvalues = 2 * scipy.stats.t.sf(t_values, df)
    np.fill_diagonal(pvalues, np.nan)
    return pvalues


@by_name()
def correlation_table(
    data: pd.DataFrame,
    variables: Sequence[str] | None = None,
    *,
    method: Literal["pearson", "spearman"] = "pearson",
    missing: Literal["listwise", "pairwise"] = "listwise",
    stars: Sequence[float] | None = None,
    pvalues: bool = False,
    numbered: bool = False,
    labels: Mapping[str, str | Label] | None = None,
    digits: int = 3,
    notes: Sequence[str] = (),
    title: str = "",
    identifier: str = "",
    language: Language = "en",
) -> Table:
    """Make a table of correlations, the lower triangle with its diagonal.

    Parameters
    ----------
    data, variables, method, missing
        As in `correlations`.
    stars : sequence of float, optional
        Significance levels, one star each; none by default.
    pvalues : bool
        Print p-values in parentheses beneath the correlations off the diagonal.
    numbered : bool
        Head the columns (1), (2), … in place of the names, and number the rows.
    labels : mapping of str to str or Label, optional
        Printed names of variables.
    digits : int
        Decimals.
    notes, title, identifier, language
        As in `Table`.

    Returns
    -------
    Table
        The table; its notes name the method, the observations and the stars.

    Raises
    ------
    TableContentError
        As `correlations`.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 4.0]})
    >>> print(correlation_table(data).to_text())
    ----------------------
    Variable    x      y
    ----------------------
    x         1.000
    y         0.800  1.000
    ----------------------
    Pearson correlations
    Observations: 4
    """
    language = checked_language(language)
    found = correlations(data, variables, method=method, missing=missing)
    names = list(found.coefficients.columns)
    row_labels = [(labels or {}).get(str(name), str(name)) for name in names]
    levels = tuple(sorted(stars or ()))
    heads: list[str | Label] = [f"({j + 1})" for j in range(len(names))] if numbered else row_labels
    rows = []
    for i, label in enumerate(row_labels):
        stub = Cell.label(_prefix_number(i, label) if numbered else label)
        rows.append(Row((stub,), tuple(_coefficient_cells(found, i, levels, digits))))
        if pvalues and i:
            below = tuple(_pvalue_cells(found, i, digits))
            rows.append(Row((Cell(kind="label"),), below, continues=True))
    return Table(
        header=(
            HeaderRow(
                (word("variable", language),),
                tuple(Head(text_of(head), latex=latex_of(head)) for head in heads),
            ),
        ),
        groups=(RowGroup(tuple(rows)),),
        notes=(*_automatic_notes(found, method, pvalues, levels, language), *notes),
        title=title,
        identifier=identifier,
        language=language,
    )


def _prefix_number(position: int, label: str | Label) -> str | Label:
    number = f"({position + 1}) "
    if isinstance(label, Label):
        return Label(number + label.text, number + label.latex)
    return number + label


def _coefficient_cells(
    found: Correlations, i: int, levels: Sequence[float], digits: int
) -> Iterator[Cell]:
    for j in range(len(found.coefficients)):
        if j > i:
            yield Cell()
            continue
        value = float(found.coefficients.iloc[i, j])
        stars = stars_of(float(found.pvalues.iloc[i, j]), levels)
        yield Cell(format_fixed(value, digits), "statistic", stars, value)


def _pvalue_cells(found: Correlations, i: int, digits: int) -> Iterator[Cell]:
    for j in range(len(found.coefficients)):
        if j >= i:
            yield Cell()
        else:
            value = float(found.pvalues.iloc[i, j])
            yield Cell(f"({format_fixed(value, digits)})", "error", value=value)


def _automatic_notes(
    found: Correlations, method: str, pvalues: bool, levels: Sequence[float], language: Language
) -> Iterator[str]:
    yield word(method, language)
    counts = found.nobs.to_numpy()[np.tril_indices(len(found.nobs), -1)]
    low, high = int(counts.min()), int(counts.max())
    if low == high:
        yield word("observations_note", language).format(n=f"{low:,}")
    else:
        yield word("pairwise_note", language).format(low=f"{low:,}", high=f"{high:,}")
    if pvalues:
        yield word("in:pvalues", language)
    if levels:
        yield star_legend(levels)
