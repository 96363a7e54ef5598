"""Check a model before its data are there: the formula against column names, and the options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import signature
from typing import Any

import pandas as pd

from regressions.covariance import choose_covariance, grouping_columns
from regressions.errors import OptionError, RegressionError
from regressions.fit import _plan as plan_of
from regressions.fit import fit
from regressions.formula import ParsedFormula, parse_formula
from regressions.names import nearest
from regressions.options import unknown_option

__all__ = ["check_model"]

_OPTIONS = {
    name: given.default
    for name, given in signature(fit).parameters.items()
    if given.kind is given.KEYWORD_ONLY
}
_OF_COVARIANCE = tuple(name for name in signature(choose_covariance).parameters if name != "name")
_OF_PLAN = tuple(signature(plan_of).parameters)


def check_model(
    formula: str,
    columns: Iterable[str],
    *,
    levels: Sequence[str] = ("entity", "time"),
    **options: Any,
) -> ParsedFormula:
    """Refuse what :func:`regressions.fit` would refuse whatever the numbers are.

    Parameters
    ----------
    formula : str
    columns : iterable of str
        Names of the columns that the data will have.
    levels : sequence of str
        Names of the two levels of their index.
    **options
        As for :func:`regressions.fit`.

    Returns
    -------
    ParsedFormula

    Raises
    ------
    FormulaError
        If the formula cannot be read, or names an unknown column.
    OptionError
        If an option is unknown, has a value that it does not know, or does not go with another.

    Examples
    --------
    >>> check_model("y ~ x + lag(z)", ["x", "y", "z"], estimator="fixed").columns
    ('y', 'x', 'z')
    >>> check_model("y ~ x", ["x", "y"], estimator="fxed")
    Traceback (most recent call last):
    regressions.errors.OptionError: unknown estimator 'fxed'; did you mean 'fixed'?; ...
    """
    names = list(dict.fromkeys(map(str, columns)))
    parsed = parse_formula(formula, [*names, *levels])
    for name, value in options.items():
        if name not in _OPTIONS:
            raise OptionError(unknown_option("fit", name, _OPTIONS))
        if isinstance(_OPTIONS[name], bool) and not isinstance(value, bool):
            raise OptionError(f"{name} must be True or False, not {value!r}")
    chosen = {**_OPTIONS, **options}
    try:
        covariance = choose_covariance(
            chosen["cov"], **{name: chosen[name] for name in _OF_COVARIANCE}
        )
        plan = plan_of(*(chosen[name] for name in _OF_PLAN))
        index = pd.MultiIndex.from_arrays([[], []], names=list(levels))
        empty = pd.DataFrame(columns=names, index=index)
        grouping_columns(covariance.clusters, empty, "cluster variable")
        grouping_columns(plan.effects, empty, "effect")
    except RegressionError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise OptionError(f"an option has a value of a wrong kind: {error}") from error
    weights = chosen["weights"]
    if weights is not None and weights not in names:
        raise OptionError(f"unknown column of weights {weights!r}{nearest(str(weights), names)}")
    if chosen["missing"] not in ("raise", "drop"):
        raise OptionError(f"missing must be 'raise' or 'drop', not {chosen['missing']!r}")
    return parsed
