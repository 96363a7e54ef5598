"""Check a model before its data are there: the formula against column names, and the options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from regressions.errors import OptionError, RegressionError
from regressions.fit_options import read_options
from regressions.fitting import default_options
from regressions.formula import ParsedFormula, parse_formula
from regressions.groupings import grouping_columns
from regressions.names import nearest
from regressions.options import unknown_option

__all__ = ["check_model"]

_OPTIONS = default_options()


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
        read = read_options(chosen)
        index = pd.MultiIndex.from_arrays([[], []], names=list(levels))
        empty = pd.DataFrame(columns=names, index=index)
        grouping_columns(read.covariance.clusters, empty, "cluster variable")
        grouping_columns(read.effects, empty, "effect")
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
