"""What can go wrong when a panel model is estimated."""

__all__ = [
    "AbsorbedError",
    "CollinearityError",
    "FewClustersWarning",
    "FormulaError",
    "InferenceWarning",
    "OptionError",
    "RegressionError",
    "RegressionWarning",
    "SampleError",
    "SampleWarning",
]


class RegressionError(ValueError):
    """Base of every error raised by :mod:`regressions`."""


class FormulaError(RegressionError):
    """The formula cannot be read, names an unknown column or asks for something not allowed."""


class OptionError(RegressionError):
    """An option has an unknown value, or does not go with another option."""


class SampleError(RegressionError):
    """The data cannot be used: index, missing values, duplicates, too few observations."""


class CollinearityError(RegressionError):
    """Regressors are constant or exact linear combinations of each other."""


class AbsorbedError(CollinearityError):
    """Regressors have no variation left once the effects are removed."""


class RegressionWarning(UserWarning):
    """Base of every warning issued by :mod:`regressions`."""


class FewClustersWarning(RegressionWarning):
    """Cluster-robust inference rests on fewer clusters than its theory asks for."""


class InferenceWarning(RegressionWarning):
    """A standard error does not exist for this sample and covariance, and is left missing."""


class SampleWarning(RegressionWarning):
    """Something about the estimation sample that the reader of a table should know."""
