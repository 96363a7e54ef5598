"""New columns of a panel from expressions of its others, in the language of formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from ioecon.errors import PanelError
from regressions import RegressionError
from regressions.columns import unusable
from regressions.design import formula_columns, materialise
from regressions.formula import ParsedFormula, parse_formula

__all__ = ["parse_expression", "with_variables"]


def parse_expression(expression: str, columns: Iterable[str]) -> ParsedFormula:
    """Read an expression as the dependent variable of a formula, which may come from anywhere.

    Raises
    ------
    FormulaError
        If it cannot be read, names an unknown column or holds what a formula may not hold.

    Examples
    --------
    >>> parse_expression("log(gdp / population)", ["gdp", "population"]).columns
    ('gdp', 'population')
    """
    return parse_formula(f"I({expression}) ~ 1", list(columns))


def with_variables(
    panel: pd.DataFrame,
    variables: Mapping[str, str],
    missing: str,
    faults: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Add columns in the order in which they are given; each may use those before it.

    Parameters
    ----------
    panel : DataFrame
        Indexed by entity and period, sorted.
    variables : mapping of str to str
        Name to expression.
    missing : {"raise", "drop"}
        Whether a value that is not defined, though all it needs is there, is refused or missing.
    faults : mapping of str to str
        Columns that cannot be computed with, and why.

    Returns
    -------
    DataFrame

    Raises
    ------
    PanelError
        If an expression cannot be computed, or is not defined somewhere (log of zero).

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["a", "b"], [2001, 2002]], names=["firm", "year"])
    >>> panel = pd.DataFrame({"x": [1.0, 2.0, 4.0, 8.0]}, index=rows)
    >>> with_variables(panel, {"growth": "x / lag(x) - 1"}, "raise")["growth"].tolist()
    [nan, 1.0, nan, 1.0]
    """
    for name, expression in variables.items():
        known = [*map(str, panel.columns), *map(str, panel.index.names)]
        try:
            parsed = parse_expression(expression, known)
            if wrong := [column for column in parsed.columns if column in faults]:
                raise PanelError(f"variables.{name}: {faults[wrong[0]]}")
            panel = panel.assign(**{name: _computed(parsed, panel)})
        except RegressionError as error:
            raise PanelError(f"variables.{name}: {error}") from error
        if missing == "raise":
            _require_defined(panel[name], name, expression, panel, parsed.own_columns)
    return panel


def _computed(parsed: ParsedFormula, panel: pd.DataFrame) -> pd.Series:
    """Value in every row that has what the expression needs; missing elsewhere."""
    levels = [name for name in parsed.columns if name in panel.index.names]
    data = panel.assign(**{name: panel.index.get_level_values(name) for name in levels})
    columns = formula_columns(parsed, data)
    own = [name for name in parsed.own_columns if name in columns]
    there = pd.Series(True, index=panel.index)
    for name in own:
        there &= ~unusable(columns[name])
    design = materialise(parsed, columns, keep=there.to_numpy())
    return design.endog.replace([float("inf"), float("-inf")], float("nan")).reindex(panel.index)


def _require_defined(
    column: pd.Series, name: str, expression: str, panel: pd.DataFrame, own: Sequence[str]
) -> None:
    """Refuse a value that is missing although the row itself and no lag is all it needs."""
    if any(word in expression for word in ("lag(", "lead(", "diff(")):
        return
    there = pd.Series(True, index=panel.index)
    for needed in own:
        if needed in panel:
            there &= panel[needed].notna()
    undefined = column.isna() & there
    if undefined.any():
        entity, period = column.index[undefined][0]
        more = int(undefined.sum()) - 1
        also = f" and {more} more" if more else ""
        raise PanelError(
            f"variables.{name} = {expression!r} is not defined for ({entity}, {period}){also}: "
            "use another transform (asinh, log1p), correct the data, or set "
            'data.missing = "drop".'
        )
