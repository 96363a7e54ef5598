"""Nonlinear restrictions: a function of the coefficients and its gradient (delta method).

``g(b) = 0`` is tested by ``W = g(b)' (G V G')^-1 g(b)``, G the gradient of g at the estimate, with
the F distribution of the model (Stata's ``testnl``, ``car::deltaMethod``; Greene 2018,
section 5.5). The statistic depends on how the restriction is written: ``x / z = 1`` and ``x = z``
are one hypothesis with two statistics.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from regressions.errors import OptionError
from regressions.names import nearest

_LONGEST = 1000
_FUNCTIONS = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1.0 / x),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
}


@dataclass(frozen=True, eq=False)
class _Dual:
    """A number with its gradient in the coefficients."""

    value: float
    gradient: np.ndarray


def value_and_gradient(text: str, params: pd.Series) -> tuple[float, np.ndarray]:
    """Left side minus right side of a restriction, and its gradient, at given coefficients.

    Parameters
    ----------
    text : str
        ``"x * z = 1"``: numbers, names of coefficients (between backticks unless plain words),
        ``+ - * / ** ^``, brackets, and exp, log, sqrt.
    params : Series, shape (k,)

    Returns
    -------
    float
    ndarray, shape (k,)

    Raises
    ------
    OptionError
        If it cannot be read, names an unknown coefficient, or has no value at the estimate.

    Examples
    --------
    >>> value_and_gradient("x * z = 1", pd.Series({"x": 2.0, "z": 3.0}))
    (5.0, array([3., 2.]))
    """
    names = [str(name) for name in params.index]
    quoted: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        quoted.append(match.group(1))
        return f"_quoted_{len(quoted) - 1}_"

    plain = re.sub(r"`([^`]*)`", placeholder, text).replace("^", "**").replace("==", "=")
    sides = plain.split("=")
    unreadable = OptionError(
        f"the restriction {text!r} cannot be read; write numbers, names (between backticks unless "
        f"plain words), + - * / **, {', '.join(_FUNCTIONS)}, and one '='"
    )
    if len(sides) != 2 or len(text) > _LONGEST:
        raise unreadable
    try:
        tree = ast.parse(f"({sides[0].strip()}) - ({sides[1].strip()})", mode="eval")
        found = _evaluate(tree.body, params, names, quoted)
    except (SyntaxError, RecursionError, MemoryError, KeyError) as error:
        raise unreadable from error
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, OptionError):
            raise
        raise OptionError(
            f"the restriction {text!r} has no value at the estimated coefficients: {error}"
        ) from error
    return found.value, found.gradient


def _evaluate(
    node: ast.expr, params: pd.Series, names: Sequence[str], quoted: Sequence[str]
) -> _Dual:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _Dual(float(number), np.zeros(len(names)))
        case ast.Name(id=name):
            mark = re.fullmatch(r"_quoted_(\d+)_", name)
            name = quoted[int(mark.group(1))] if mark else name
            if name not in names:
                raise OptionError(f"unknown coefficient {name!r}{nearest(name, names)}")
            place = list(names).index(name)
            return _Dual(float(params.iloc[place]), np.eye(len(names))[place])
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            part = _evaluate(inner, params, names, quoted)
            return part if isinstance(sign, ast.UAdd) else _Dual(-part.value, -part.gradient)
        case ast.Call(func=ast.Name(id=function), args=[inner], keywords=[]):
            part = _evaluate(inner, params, names, quoted)
            outer, slope = _FUNCTIONS[function]
            return _Dual(outer(part.value), slope(part.value) * part.gradient)
        case ast.BinOp(left=left, op=operator, right=right):
            return _combine(
                operator,
                _evaluate(left, params, names, quoted),
                _evaluate(right, params, names, quoted),
            )
    raise KeyError(type(node).__name__)


def _combine(operator: ast.operator, a: _Dual, b: _Dual) -> _Dual:
    match operator:
        case ast.Add():
            return _Dual(a.value + b.value, a.gradient + b.gradient)
        case ast.Sub():
            return _Dual(a.value - b.value, a.gradient - b.gradient)
        case ast.Mult():
            return _Dual(a.value * b.value, a.value * b.gradient + b.value * a.gradient)
        case ast.Div():
            ratio = a.value / b.value
            return _Dual(ratio, (a.gradient - ratio * b.gradient) / b.value)
        case ast.Pow():
            power = math.pow(a.value, b.value)
            gradient = b.value * math.pow(a.value, b.value - 1.0) * a.gradient
            if b.gradient.any():
                gradient = gradient + power * math.log(a.value) * b.gradient
            return _Dual(power, gradient)
    raise KeyError(type(operator).__name__)
