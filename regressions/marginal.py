"""Marginal effects in raw units when variables enter through a signed log, asinh or log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from regressions.errors import OptionError, RegressionWarning
from regressions.model import FittedModel
from regressions.names import nearest, suggestion
from regressions.options import by_name
from regressions.sample import check_same_rows
from regressions.user_warnings import warn_user

__all__ = ["POINTS", "TRANSFORMS", "marginal_effect"]


@dataclass(frozen=True)
class _Transform:
    """A transform by its inverse and its slope, both functions of arrays."""

    inverse: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


TRANSFORMS: Mapping[str, _Transform] = {
    "identity": _Transform(lambda t: t, np.ones_like),
    "log": _Transform(np.exp, lambda v: 1.0 / v),
    "signed_log": _Transform(lambda t: np.sign(t) * np.exp(np.abs(t)), lambda v: 1.0 / np.abs(v)),
    "asinh": _Transform(np.sinh, lambda v: 1.0 / np.sqrt(1.0 + v**2)),
}
POINTS = ("average", "mean", "median", "each")
_TRANSFORM_CALL = re.compile(r"(?:np\.)?(signed_log|asinh|arcsinh|log)\((.*)\)")


@by_name()
def marginal_effect(
    model: FittedModel,
    regressor: str,
    *,
    at: str = "average",
    regressor_transform: str | None = None,
    dependent_transform: str | None = None,
    regressor_scale: float = 1.0,
    dependent_scale: float = 1.0,
    regressor_values: pd.Series | None = None,
    dependent_values: pd.Series | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compute the effect of one raw unit of a regressor on the raw dependent variable.

    With ``g(s_y y) = … + b f(s_x x)`` it is ``dy/dx = b s_x f'(s_x x) / (s_y g'(s_y y))``; for
    signed logs ``b |s_y y| s_x / (|s_x x| s_y)``. It differs from row to row. Errors are those of
    b, the points of evaluation taken as given (delta method).

    A signed log has no derivative at zero: rows with x or y at zero have no effect (missing) and
    do not enter the average. It cannot be undone below one, where 0.5 and -2 have the same signed
    log: raw values are taken to be at least one in size unless they are given.

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
    regressor_values, dependent_values : Series, optional
        ``s_x x`` and ``s_y y`` of the model's rows, in place of undoing the transforms; needed for
        signed logs of values below one in size.
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
        If the regressor or a transform is unknown, the regressor takes part in interactions, or
        the effect is undefined at the point (or in every row).
    SampleError
        If the values given do not cover the model's rows.

    Warns
    -----
    RegressionWarning
        When rows at zero are left out of the average.

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
    f = _find_transform(regressor_transform, regressor)
    g = _find_transform(dependent_transform, model.dependent)
    x = _raw_values(model.exog[regressor], f, regressor_values, "the values of the regressor")
    y = _raw_values(model.endog, g, dependent_values, "the values of the dependent variable")
    if at in ("mean", "median"):
        middle = np.mean if at == "mean" else np.median
        x, y = np.array([middle(x)]), np.array([middle(y)])
    with np.errstate(divide="ignore", invalid="ignore"):
        outer, inner = g.slope(y), f.slope(x)
        factor = regressor_scale * inner / (dependent_scale * outer)
    factor = np.where(np.isfinite(outer) & np.isfinite(inner), factor, np.nan)
    if at != "each":
        factor = np.array([_average_defined(factor, at)])
    index = model.exog.index if at == "each" else pd.Index([at], name="at")
    return _effect_frame(model, regressor, factor, level).set_index(index)


def _raw_values(
    column: pd.Series, transform: _Transform, values: pd.Series | None, what: str
) -> np.ndarray:
    """Return scaled raw values of the model's rows: as given, or by undoing the transform."""
    if values is None:
        return transform.inverse(column.to_numpy(dtype=float))
    check_same_rows(values, column.index, what)
    return values.reindex(column.index).to_numpy(dtype=float)


def _average_defined(factor: np.ndarray, at: str) -> float:
    defined = np.isfinite(factor)
    if not defined.any():
        raise OptionError(
            f"the effect at={at!r} is undefined: the transform has no derivative there (a signed "
            "log at zero, a log at zero or below)"
        )
    if not defined.all():
        warn_user(
            f"{int((~defined).sum())} of {len(factor)} rows are at zero, where the transform has "
            "no derivative: they are left out of the average effect",
            RegressionWarning,
        )
    return float(factor[defined].mean())


def _effect_frame(
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
            "p.value": 2.0 * scipy.stats.t.sf(abs(model.tstats[regressor]), df),
            "conf.low": ends[:, 0],
            "conf.high": ends[:, 1],
        }
    )


def _find_transform(name: str | None, expression: str) -> _Transform:
    if name is None:
        call = _TRANSFORM_CALL.fullmatch(expression)
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
        inside = [name for name in known if re.fullmatch(rf"\w+\({re.escape(regressor)}\)", name)]
        hint = suggestion(inside[0]) if inside else nearest(regressor, known)
        raise OptionError(f"unknown coefficient {regressor!r}{hint}")
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
