"""The country-period panel that regressions run on."""

from ioecon.panel.build import build_panel
from ioecon.panel.description import codebook

__all__ = ["build_panel", "codebook"]
