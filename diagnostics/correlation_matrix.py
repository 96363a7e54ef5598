"""Correlations of the regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.registry import specification_test
from diagnostics.regressor_columns import ANY_ESTIMATOR, columns_within, correlations, slope_names
from diagnostics.sample import panel_sample

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["correlation_matrix"]


@specification_test()
def correlation_matrix(model: FittedModel, *, transform: str = "raw") -> pd.DataFrame:
    """Correlations of the regressors of a model, raw or with its effects taken out.

    Parameters
    ----------
    model : regressions.FittedModel
    transform : {"raw", "within"}

    Returns
    -------
    pandas.DataFrame
        Shape (k, k), without the constant.

    Raises
    ------
    DiagnosticError
        As `vif`.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> correlation_matrix(fit("y ~ x + z", data, estimator="pooled")).shape
    (2, 2)
    """
    if transform not in ("raw", "within"):
        raise DiagnosticError(f"transform must be 'raw' or 'within', not {transform!r}")
    sample = panel_sample(
        model, "the correlation matrix", estimators=ANY_ESTIMATOR, weighted=True, exact=True
    )
    if transform == "within":
        X, names, _ = columns_within(model, sample, None, [])
    else:
        X, names = sample.X[:, sample.slopes], slope_names(sample)
    return pd.DataFrame(correlations(X, centred=True), index=names, columns=names)
