"""Structural decomposition: what drove each country's emissions, or tells two databases apart."""

from ioecon.decomposition.between import decompose_between
from ioecon.decomposition.effects import Effects
from ioecon.decomposition.models import MODELS, Factor, Model
from ioecon.decomposition.national_series import IndexEffects, index_decomposition
from ioecon.decomposition.over_time import decompose
from ioecon.decomposition.plan import factors_of

__all__ = [
    "MODELS",
    "Effects",
    "Factor",
    "IndexEffects",
    "Model",
    "decompose",
    "decompose_between",
    "factors_of",
    "index_decomposition",
]
