"""Marginal effects in raw units when variables enter through a signed log, asinh or log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from regressions.errors import OptionError
from regressions.formula import nearest
from regressions.model import FittedModel


@dataclass(frozen=True)
class _Transform:
    """A transform by its inverse and its slope, both functions of arrays."""

    inverse: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


TRANSFORMS: Mapping[str, _Transform] = {
    "identity": _Transform(lambda t: t, np.ones_like),
    "log": _Transform(np.exp, lambda v: 1.0 / v),
    "signed_log": _Transform(
        lambda t: np.sign(t) * np.expm1(np.abs(t)), lambda v: 1.0 / (1.0 + np.abs(v))
    ),
    "asinh": _Transform(np.sinh, lambda v: 1.0 / np.sqrt(1.0 + v**2)),
}
POINTS = ("average", "mean", "median", "each")
_CALL = re.compile(r"(?:np\.)?(signed_log|asinh|arcsinh|log)\((.*)\)")


def marginal_effect(
    model: FittedModel,
    regressor: str,
    *,
    at: str = "average",
    regressor_transform: str | None = None,
    dependent_transform: str | None = None,
    regressor_scale: float = 1.0,
    dependent_scale: float = 1.0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Effect of one raw unit of a regressor on the raw dependent variable.

    With ``g(s_y y) = … + b f(s_x x)`` it is ``dy/dx = b s_x f'(s_x x) / (s_y g'(s_y y))``; for
    signed logs ``b (1 + |y|) / (1 + |x|)``. It differs from row to row. Errors are those of b, the
    points of evaluation taken as given (delta method).

    Parameters
    ----------
    model : FittedModel
    regressor : str
        Coefficient, such as "signed_log(iti)" or the name of a column transformed before.
    at : {"average", "mean", "median", "each"}
        Mean of the effect over the rows, the effect at the mean or the median of raw x and y, or
        of each row. The average follows the rows with large ``|y|``; the median does not.
    regressor_transform, dependent_transform : {"identity", "log", "signed_log", "asinh"}, optional
        By default read from the formula; must be given for columns transformed before.
    regressor_scale, dependent_scale : float
        Factors s_x, s_y applied before the transform (1e4 for indices in ten-thousandths).
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row ("each": one per row of the sample): estimate, std.error, df, p.value, conf.low,
        conf.high.

    Raises
    ------
    OptionError
        If the regressor or a transform is unknown, or the regressor takes part in interactions.

    Examples
    --------
    >>> from regressions import fit
    >>> index = pd.MultiIndex.from_product([range(4), range(2000, 2005)])
    >>> x = np.random.default_rng(1).normal(size=20)
    >>> data = pd.DataFrame({"x": x, "y": 3 * x}, index=index)
    >>> marginal_effect(fit("y ~ x", data), "x")["estimate"].round(6).tolist()
    [3.0]
    """
    _require_plain(model, regressor)
    if at not in POINTS:
        raise OptionError(f"at is one of {', '.join(POINTS)}, not {at!r}")
    f = _transform(regressor_transform, regressor)
    g = _transform(dependent_transform, model.dependent)
    x = f.inverse(model.exog[regressor].to_numpy(dtype=float))
    y = g.inverse(model.endog.to_numpy(dtype=float))
    if at in ("mean", "median"):
        middle = np.mean if at == "mean" else np.median
        x, y = np.array([middle(x)]), np.array([middle(y)])
    factor = regressor_scale * f.slope(x) / (dependent_scale * g.slope(y))
    if at == "average":
        factor = np.array([factor.mean()])
    index = model.exog.index if at == "each" else pd.Index([at], name="at")
    return _inference(model, regressor, factor, level).set_index(index)


def _inference(
    model: FittedModel, regressor: str, factor: np.ndarray, level: float
) -> pd.DataFrame:
    interval = model.conf_int(level).loc[regressor]
    estimate = model.params[regressor] * factor
    ends = np.sort(np.outer(factor, interval.to_numpy()), axis=1)
    df = float(model.df_t[regressor])
    return pd.DataFrame(
        {
            "estimate": estimate,
            "std.error": np.abs(factor) * model.std_errors[regressor],
            "df": df,
            "p.value": 2.0 * stats.t.sf(abs(model.tstats[regressor]), df),
            "conf.low": ends[:, 0],
            "conf.high": ends[:, 1],
        }
    )


def _transform(name: str | None, expression: str) -> _Transform:
    if name is None:
        call = _CALL.fullmatch(expression)
        name = call.group(1).replace("arcsinh", "asinh") if call else "identity"
    if name not in TRANSFORMS:
        raise OptionError(
            f"unknown transform {name!r}{nearest(name, TRANSFORMS)}; choose one of "
            f"{', '.join(TRANSFORMS)}"
        )
    return TRANSFORMS[name]


def _require_plain(model: FittedModel, regressor: str) -> None:
    if regressor not in model.params.index:
        known = [str(name) for name in model.params.index]
        raise OptionError(f"unknown coefficient {regressor!r}{nearest(regressor, known)}")
    shared = [
        str(name)
        for name in model.params.index
        if name != regressor and regressor in str(name).split(":")
    ]
    if shared:
        raise OptionError(
            f"{regressor!r} takes part in interactions ({', '.join(shared)}): its effect is not "
            "one coefficient; use wald_test on the combination you mean"
        )
