"""Panel models on any DataFrame indexed by (entity, period), and tables for publication."""

from regressions.errors import (
    AbsorbedError,
    CollinearityError,
    FewClustersWarning,
    FormulaError,
    OptionError,
    RegressionError,
    RegressionWarning,
    SampleError,
    SampleWarning,
)
from regressions.fit import fit
from regressions.model import FittedModel
from regressions.transforms import asinh, signed_log
from regressions.wald import WaldTest

__all__ = [
    "AbsorbedError",
    "CollinearityError",
    "FewClustersWarning",
    "FittedModel",
    "FormulaError",
    "OptionError",
    "RegressionError",
    "RegressionWarning",
    "SampleError",
    "SampleWarning",
    "WaldTest",
    "asinh",
    "fit",
    "signed_log",
]
