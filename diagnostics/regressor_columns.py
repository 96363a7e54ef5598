"""Columns of the regressors of a model: raw, or with effects taken out; their correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diagnostics.errors import DiagnosticError
from diagnostics.sample import PanelSample
from diagnostics.transformation import Floats, remove_effects
from regressions.within import absorbed

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["ANY_ESTIMATOR", "columns_within", "correlations", "slope_names"]

ANY_ESTIMATOR = ("pooled", "fixed", "random", "between", "mundlak")


def slope_names(sample: PanelSample) -> list[str]:
    """Names of the regressors, without the constant."""
    return [sample.names[j] for j in sample.slopes]


def columns_within(
    model: FittedModel, sample: PanelSample, effects: str | None, warnings: list[str]
) -> tuple[Floats, list[str], str]:
    """Regressors with effects taken out.

    Parameters
    ----------
    model : regressions.FittedModel
    sample : PanelSample
    effects : {"entity", "time", "twoway"}, optional
        By default those of the model.
    warnings : list of str
        Gets a sentence that names regressors which the effects absorb.

    Returns
    -------
    X : ndarray (n, k)
        Without absorbed regressors.
    names : list of str
        Of the columns.
    variant : str
        What was taken out, in words.

    Raises
    ------
    DiagnosticError
        If the effects are unknown or the model has none.
    """
    by_name = {
        "entity": (sample.entity,),
        "time": (sample.period,),
        "twoway": (sample.entity, sample.period),
    }
    if effects is not None and effects not in by_name:
        raise DiagnosticError(f"effects must be one of {', '.join(by_name)}, not {effects!r}")
    codes = sample.effects if effects is None else by_name[effects]
    if effects is None and not codes and model.effects in by_name:
        codes = by_name[model.effects]
    if not codes:
        raise DiagnosticError(
            f"the {model.estimator} model has no effects to take out; "
            "say which, for example effects='entity'"
        )
    raw = sample.X[:, sample.slopes]
    transformed = remove_effects(raw, codes)
    gone = absorbed(raw, transformed)
    names = slope_names(sample)
    if gone.any():
        left_out = [name for name, g in zip(names, gone, strict=True) if g]
        warnings.append(f"absorbed by the effects and left out: {', '.join(left_out)}")
    kept = [name for name, g in zip(names, gone, strict=True) if not g]
    return transformed[:, ~gone], kept, f"regressors within {effects or model.effects} effects"


def correlations(X: Floats, *, centred: bool) -> Floats:
    """Correlations (k, k) of columns (n, k); cosines where they are not centred."""
    columns = X - X.mean(axis=0) if centred else X
    scaled = columns / np.linalg.norm(columns, axis=0)
    return scaled.T @ scaled
