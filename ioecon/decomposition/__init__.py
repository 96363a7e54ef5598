"""Structural decomposition: what drove each country's emissions, or tells two databases apart."""

from ioecon.decomposition.between import decompose_between
from ioecon.decomposition.effects import Effects, decompose
from ioecon.decomposition.national_series import IndexEffects, index_decomposition

__all__ = ["Effects", "IndexEffects", "decompose", "decompose_between", "index_decomposition"]
