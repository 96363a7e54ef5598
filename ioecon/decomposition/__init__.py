"""Structural decomposition: what drove each country's emissions."""

from ioecon.decomposition.effects import Effects, decompose

__all__ = ["Effects", "decompose"]
