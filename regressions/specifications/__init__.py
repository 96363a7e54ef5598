"""Specification curves: one estimate under every combination of defensible choices."""

from regressions.specifications.choices import all_subsets
from regressions.specifications.curve import SpecificationCurve
from regressions.specifications.estimation import specification_curve
from regressions.specifications.joint import JointTests

__all__ = ["JointTests", "SpecificationCurve", "all_subsets", "specification_curve"]
