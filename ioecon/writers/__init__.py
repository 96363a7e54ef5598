"""Tables written in layouts that people read and fill in."""

from ioecon.writers.regional import write_regional, write_regional_template

__all__ = ["write_regional", "write_regional_template"]
