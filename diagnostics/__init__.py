"""Specification tests for panel regressions, each returning one frozen `TestResult`.

The tests take models fitted by :func:`regressions.fit` and know nothing of input-output tables.
Every test states its null, variant, degrees of freedom, p-value, what it means in a sentence, and
its reference; it refuses, or warns, where it does not apply.

Choice of model
    `hausman`, `mundlak`, `lm_effects`, `f_effects`, `unobserved_effect`, `poolability`,
    `choose_estimator`
Errors
    `wooldridge_serial`, `wooldridge_within`, `wooldridge_differenced`, `breusch_godfrey`,
    `baltagi_li`, `bera_sosa_escudero_yoon`, `durbin_watson`, `cross_section_dependence`,
    `modified_wald`, `breusch_pagan`, `white`, `jarque_bera`
Regressors and form
    `vif`, `condition_number`, `correlation_matrix`, `reset`, `panel_unit_root`
All at once
    `battery`
"""

from diagnostics.battery import Battery, battery
from diagnostics.breusch_pagan import breusch_pagan
from diagnostics.choose_estimator import EstimatorChoice, choose_estimator
from diagnostics.condition_number import condition_number
from diagnostics.correlation_matrix import correlation_matrix
from diagnostics.cross_section_dependence import cross_section_dependence
from diagnostics.errors import DiagnosticError
from diagnostics.f_effects import f_effects
from diagnostics.hausman import hausman
from diagnostics.jarque_bera import jarque_bera
from diagnostics.lm_effects import lm_effects
from diagnostics.modified_wald import modified_wald
from diagnostics.mundlak import mundlak
from diagnostics.poolability import poolability
from diagnostics.reset import reset
from diagnostics.result import TestResult
from diagnostics.serial.baltagi_li import baltagi_li
from diagnostics.serial.bera_sosa_escudero_yoon import bera_sosa_escudero_yoon
from diagnostics.serial.breusch_godfrey import breusch_godfrey
from diagnostics.serial.durbin_watson import durbin_watson
from diagnostics.serial.wooldridge_differenced import wooldridge_differenced
from diagnostics.serial.wooldridge_serial import wooldridge_serial
from diagnostics.serial.wooldridge_within import wooldridge_within
from diagnostics.unit_roots.panel_unit_root import panel_unit_root
from diagnostics.unobserved_effect import unobserved_effect
from diagnostics.vif import VifResult, vif
from diagnostics.white import white

__all__ = [
    "Battery",
    "DiagnosticError",
    "EstimatorChoice",
    "TestResult",
    "VifResult",
    "baltagi_li",
    "battery",
    "bera_sosa_escudero_yoon",
    "breusch_godfrey",
    "breusch_pagan",
    "choose_estimator",
    "condition_number",
    "correlation_matrix",
    "cross_section_dependence",
    "durbin_watson",
    "f_effects",
    "hausman",
    "jarque_bera",
    "lm_effects",
    "modified_wald",
    "mundlak",
    "panel_unit_root",
    "poolability",
    "reset",
    "unobserved_effect",
    "vif",
    "white",
    "wooldridge_differenced",
    "wooldridge_serial",
    "wooldridge_within",
]
