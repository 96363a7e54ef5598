"""From a checked formula and a panel to the dependent variable and the regressors."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from formulaic.errors import DataMismatchWarning, FormulaicError
from formulaic.transforms import TRANSFORMS, C
from formulaic.utils.stateful_transforms import stateful_transform

from regressions.calendar import Calendar, PanelCalendar
from regressions.columns import as_numbers, kind_of, labels_of, unusable
from regressions.errors import FormulaError, SampleError
from regressions.formula import ParsedFormula, beginning_of
from regressions.sample import without_unused_categories
from regressions.terms import TermNeeds
from regressions.transforms import asinh, signed_log

_ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "signed_log": signed_log,
    "asinh": asinh,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "log1p": np.log1p,
}
_SCALING: Mapping[str, Callable[..., Any]] = {
    name: TRANSFORMS[name] for name in ("center", "scale", "standardize")
}
_MOST_COLUMNS = 1_000
_MOST_WORK = 1_500_000_000  # rows times columns squared: some ten seconds


@dataclass(frozen=True, eq=False)
class Design:
    """Dependent variable and regressors of a formula.

    Attributes
    ----------
    dependent : str
        Left-hand side as written.
    endog : Series, shape (n,)
        Dependent variable, of the rows that have the lags and leads asked for.
    exog : DataFrame, shape (n, k)
        Regressors; the constant, if any, is the column "Intercept".
    lost : ndarray of bool, shape (m,)
        Which of the m rows to keep need a lag or lead that the panel does not have.
    terms : dict of str to tuple of str
        Columns of `exog` that belong to each term of the right-hand side.
    spec : formulaic.ModelSpec
        How the regressors were made: categories, means and scales of the sample.
    """

    dependent: str
    endog: pd.Series
    exog: pd.DataFrame
    lost: np.ndarray
    terms: dict[str, tuple[str, ...]]
    spec: Any


def formula_columns(
    parsed: ParsedFormula,
    data: pd.DataFrame,
    names: Iterable[str] | None = None,
    categorical: Collection[str] = (),
) -> pd.DataFrame:
    """Columns of the data as the formula computes with them.

    Numbers become float64 (:mod:`regressions.columns`). Categories of a categorical dtype stay,
    and so do the labels of columns that only stand inside ``C()`` or are compared with text.

    Parameters
    ----------
    parsed : ParsedFormula
    data : DataFrame, shape (n, columns)
    names : iterable of str, optional
        By default all columns of the formula.
    categorical : collection of str
        Columns that are categories whatever their dtype, as in the sample of a fitted model.

    Returns
    -------
    DataFrame, shape (n, len(names))

    Raises
    ------
    FormulaError
        If a column holds what the formula cannot compute with.
    """
    needs = parsed.needs
    columns = {}
    for name in parsed.columns if names is None else names:
        column = data[name]
        kind = kind_of(column)
        if name in needs.texts and kind not in ("text", "categories"):
            raise FormulaError(
                f"the column {name!r} is compared with text in the formula {parsed.text!r}, but it "
                f"holds {kind}: compare it with {'a number' if kind == 'numbers' else kind}"
            )
        alone = name in parsed.bare
        if alone and name in categorical:
            columns[name] = labels_of(column).astype("category")
        elif name in needs.numbers or (alone and kind != "categories"):
            try:
                columns[name] = as_numbers(column)
            except SampleError as error:
                raise FormulaError(
                    f"{error}; the formula is {beginning_of(parsed.text)!r}"
                ) from error
        else:
            columns[name] = labels_of(column)
    return pd.DataFrame(columns, index=data.index, copy=False)


def materialise(
    parsed: ParsedFormula,
    columns: pd.DataFrame,
    keep: np.ndarray | None = None,
    calendar: Calendar | None = None,
) -> Design:
    """Evaluate a checked formula on a panel.

    Parameters
    ----------
    parsed : ParsedFormula
        From :func:`parse_formula`.
    columns : DataFrame, shape (n, columns)
        From :func:`formula_columns`, indexed by (entity, period).
    keep : ndarray of bool, shape (n,), optional
        Rows to keep. Lags look at all rows; everything else at the kept ones only.
    calendar : Calendar, optional
        What lags count in; by default that of the rows.

    Returns
    -------
    Design
        Over the kept rows that have their lags and leads.

    Raises
    ------
    FormulaError
        If a term cannot be evaluated, stands for too many columns, or the dependent variable is
        not a single number per row.
    """
    keep = np.ones(len(columns), dtype=bool) if keep is None else keep
    context: dict[str, Any] = dict(_ELEMENTWISE)
    lost = np.zeros(len(columns), dtype=bool)
    if parsed.panel_transforms:
        neighbours = PanelCalendar(columns.index, calendar)
        lost = _without_neighbours(parsed.needs, columns, neighbours)
        context.update(neighbours.transforms())
    available = keep & ~lost
    if parsed.panel_transforms:
        context |= {name: _on_available(f, available) for name, f in _SCALING.items()}
    _require_few_columns(parsed, columns, available)
    if not parsed.panel_transforms and not keep.all():
        columns, available = columns.loc[keep], available[keep]
    context["C"] = _categories(available)
    frame = without_unused_categories(columns, columns.columns, available)
    matrices = _evaluated(parsed, parsed.formula, frame, context)
    left, right = pd.DataFrame(matrices.lhs), pd.DataFrame(matrices.rhs)
    if left.shape[1] != 1:
        raise FormulaError(
            f"the dependent variable {parsed.dependent!r} of {parsed.text!r} must be one number "
            f"per row; it gives {left.shape[1]} columns"
        )
    terms = {
        str(term): tuple(right.columns[i] for i in places)
        for term, places in matrices.rhs.model_spec.term_indices.items()
    }
    endog = left.iloc[:, 0].astype(float).rename(parsed.dependent)
    values = np.empty(right.shape, order="F")  # one block, whose columns are contiguous
    for j in range(right.shape[1]):
        values[:, j] = right.iloc[:, j]
    exog = pd.DataFrame(values, right.index, right.columns, copy=False)
    spec = matrices.rhs.model_spec
    if not available.all():
        endog, exog = endog[available], exog[available]
    return Design(parsed.dependent, endog, exog, lost[keep], terms, spec)


def materialise_regressors(
    spec: Any, parsed: ParsedFormula, data: pd.DataFrame, calendar: Calendar | None = None
) -> pd.DataFrame:
    """Regressors of new rows, made as those of the sample were.

    Parameters
    ----------
    spec : formulaic.ModelSpec
        Of the sample, from :class:`Design`.
    parsed : ParsedFormula
        The formula, checked against the new data.
    data : DataFrame, shape (n, columns)
        From :func:`formula_columns`, indexed by (entity, period).
    calendar : Calendar, optional
        Of the sample, what lags count in; by default that of the rows.

    Returns
    -------
    DataFrame, shape (m, k)
        Without the rows that lack a lag or lead.

    Raises
    ------
    FormulaError
        If a term cannot be evaluated, or the data hold categories that the sample does not have.
    """
    context: dict[str, Any] = dict(_ELEMENTWISE)
    available = np.ones(len(data), dtype=bool)
    if parsed.panel_transforms:
        neighbours = PanelCalendar(data.index, calendar)
        available = ~_without_neighbours(parsed.right, data, neighbours)
        context.update(neighbours.transforms())
        context |= {name: _on_available(f, available) for name, f in _SCALING.items()}
    context["C"] = _categories(available)
    exog = pd.DataFrame(_evaluated(parsed, spec, data, context)).astype(float)
    return exog[available]


def categorical_columns(spec: Any) -> tuple[str, ...]:
    """Terms that were categories in the sample, by formulaic's record of them."""
    return tuple(
        name for name, (kind, _) in spec.encoder_state.items() if kind.value == "categorical"
    )


def _without_neighbours(
    needs: TermNeeds, columns: pd.DataFrame, neighbours: PanelCalendar
) -> np.ndarray:
    """Rows that need another row which does not exist, or whose value there is missing."""
    lost = np.zeros(len(columns), dtype=bool)
    for name, path in needs.shifts:
        if name in columns and any(path):
            missing = unusable(columns[name]).astype(float)
            for step in path:
                missing = neighbours.shift(missing, step)
            lost |= ~(missing.to_numpy() == 0.0)
    return lost


def _categories(available: np.ndarray) -> Callable[..., Any]:
    """Give the function ``C`` of a formula, which looks at the rows that are available."""

    def categories(data: Any, contrasts: Any = None, *, levels: Any = None) -> Any:
        values = labels_of(pd.Series(data))
        undefined = values.isna().to_numpy() & available
        if undefined.any():
            entity, period = values.index[undefined][0]
            raise FormulaError(f"a value inside C() is undefined for ({entity}, {period})")
        if pd.api.types.is_bool_dtype(values.dtype):
            values = values.astype(int)
        whole = values.dtype == float and (values[available] == values[available].round()).all()
        if isinstance(values.dtype, pd.CategoricalDtype):
            known = list(values[available].cat.remove_unused_categories().cat.categories)
        else:
            known = _sorted(values[available].unique().tolist())
        _require_few(len(known), int(available.sum()), "C() of a column")
        codes = pd.Categorical(values.where(values.isin(known)), categories=known)
        if whole and known and max(map(abs, known)) < 2**53:
            codes = codes.rename_categories([int(value) for value in known])
        if known:  # rows that are not available must not look like unknown categories
            codes = codes.fillna(codes.categories[0])
        return C(pd.Series(codes, index=values.index), contrasts, levels=levels)

    return categories


def _on_available(transform: Callable[..., Any], available: np.ndarray) -> Callable[..., Any]:
    """Centre or scale by the mean and spread of the rows that are available alone."""

    @stateful_transform
    def scaled(data: Any, *given: Any, _state: Any = None, **options: Any) -> Any:
        values = np.full(len(available), np.nan)
        inside = np.asarray(data, dtype=float)[available]
        values[available] = transform(inside, *given, _state=_state, **options)
        return values

    return scaled


def _sorted(values: list[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError as error:
        kinds = sorted({type(value).__name__ for value in values})
        raise FormulaError(
            f"a column inside C() mixes labels of the types {', '.join(kinds)}: make them all text"
        ) from error


def _require_few_columns(
    parsed: ParsedFormula, columns: pd.DataFrame, available: np.ndarray
) -> None:
    """Refuse regressors that would fill the memory, before they are made."""
    widths = {
        name: columns.loc[available, name].nunique()
        for name in parsed.right.labels | parsed.bare
        if not pd.api.types.is_float_dtype(columns[name].dtype) or name in parsed.right.labels
    }
    total = 0
    for term in parsed.formula.rhs:
        total += prod(max(1, _width(factor.expr, parsed, widths) - 1) for factor in term.factors)
    _require_few(total, int(available.sum()), f"the formula {beginning_of(parsed.text)!r}")


def _require_few(columns: int, rows: int, what: str) -> None:
    if columns > _MOST_COLUMNS or rows * columns**2 > _MOST_WORK:
        raise FormulaError(
            f"{what} stands for about {columns:,} columns in {rows:,} rows, which is too many: "
            "give large categories as effects= instead of C()"
        )


def _width(expression: str, parsed: ParsedFormula, widths: Mapping[str, int]) -> int:
    """Columns of one factor, at least."""
    if expression in parsed.bare:
        return widths.get(expression, 1)
    size = parsed.right.widths.get(expression)
    if size == 0:
        inside = re.match(r"C\(\s*`?([^`,()]*)`?", expression)
        return widths.get(inside[1].strip() if inside else "", 1)
    return 1 if size is None else size + 1


def _evaluated(
    parsed: ParsedFormula, spec: Any, frame: pd.DataFrame, context: Mapping[str, Any]
) -> Any:
    """Let formulaic evaluate a checked formula; its errors and mismatches become ours."""
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"), catch_warnings():
            simplefilter("error", DataMismatchWarning)
            return spec.get_model_matrix(frame, context=context, na_action="ignore")
    except FormulaError:
        raise
    except DataMismatchWarning as warning:
        reason = str(warning).split(". They")[0]
        raise FormulaError(
            f"the formula {beginning_of(parsed.text)!r} cannot be evaluated: {reason}"
        ) from warning
    except (FormulaicError, ValueError, TypeError, OverflowError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, FormulaError) else error
        lines = str(cause).strip().splitlines()
        raise FormulaError(
            f"the formula {beginning_of(parsed.text)!r} cannot be evaluated on the data: "
            f"{lines[0] if lines else cause!r}"
        ) from error
