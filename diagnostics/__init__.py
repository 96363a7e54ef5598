"""Specification tests for panel regressions, each returning one frozen `TestResult`.

The tests take models fitted by :func:`regressions.fit` and know nothing of input-output tables.
Every test states its null, variant, degrees of freedom, p-value, what it means in a sentence, and
its reference; it refuses, or warns, where it does not apply.
"""

from diagnostics.collinearity import VifResult, condition_number, correlation_matrix, vif
from diagnostics.correlated_effects import hausman, mundlak
from diagnostics.errors import DiagnosticError
from diagnostics.joint_effects import f_effects
from diagnostics.random_effects_lm import lm_effects
from diagnostics.result import TestResult

__all__ = [
    "DiagnosticError",
    "TestResult",
    "VifResult",
    "condition_number",
    "correlation_matrix",
    "f_effects",
    "hausman",
    "lm_effects",
    "mundlak",
    "vif",
]
