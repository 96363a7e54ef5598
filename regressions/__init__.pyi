from .bootstrap import WildBootstrap, wild_cluster_bootstrap
from .compare import compare_nested
from .errors import (
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
from .fitting import fit
from .many import (
    ModelCollection,
    fit_many,
    fit_split,
    step_formulas,
    stepwise,
    with_dependents,
)
from .marginal import marginal_effect
from .model import FittedModel
from .specifications import (
    JointTests,
    SpecificationCurve,
    all_subsets,
    specification_curve,
)
from .tables import (
    Label,
    RegressionTable,
    Table,
    TableContentError,
    correlation_table,
    descriptive_table,
    regression_table,
)
from .transforms import asinh, signed_log
from .wald import WaldTest

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
