"""Panel models on any DataFrame indexed by (entity, period), and tables for publication."""

from regressions.bootstrap import WildBootstrap, wild_cluster_bootstrap
from regressions.compare import compare_nested
from regressions.errors import (
    AbsorbedError,
    CollinearityError,
    FewClustersWarning,
    FormulaError,
    InferenceWarning,
    OptionError,
    RegressionError,
    RegressionWarning,
    SampleError,
    SampleWarning,
)
from regressions.fitting import fit
from regressions.many import (
    ModelCollection,
    fit_many,
    fit_split,
    step_formulas,
    stepwise,
    with_dependents,
)
from regressions.marginal import marginal_effect
from regressions.model import FittedModel
from regressions.specifications import (
    JointTests,
    SpecificationCurve,
    all_subsets,
    specification_curve,
)
from regressions.tables import (
    Label,
    RegressionTable,
    Table,
    TableContentError,
    correlation_table,
    descriptive_table,
    regression_table,
)
from regressions.transforms import asinh, signed_log
from regressions.wald import WaldTest

__all__ = [
    "AbsorbedError",
    "CollinearityError",
    "FewClustersWarning",
    "FittedModel",
    "FormulaError",
    "InferenceWarning",
    "JointTests",
    "Label",
    "ModelCollection",
    "OptionError",
    "RegressionError",
    "RegressionTable",
    "RegressionWarning",
    "SampleError",
    "SampleWarning",
    "SpecificationCurve",
    "Table",
    "TableContentError",
    "WaldTest",
    "WildBootstrap",
    "all_subsets",
    "asinh",
    "compare_nested",
    "correlation_table",
    "descriptive_table",
    "fit",
    "fit_many",
    "fit_split",
    "marginal_effect",
    "regression_table",
    "signed_log",
    "specification_curve",
    "step_formulas",
    "stepwise",
    "wild_cluster_bootstrap",
    "with_dependents",
]
