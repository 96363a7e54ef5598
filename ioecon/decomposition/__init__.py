"""Structural decomposition: what drove each country's emissions, or tells two databases apart."""

from ioecon.decomposition.between import decompose_between
from ioecon.decomposition.effects import Effects, decompose

__all__ = ["Effects", "decompose", "decompose_between"]
