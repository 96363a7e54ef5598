"""Tables in layouts that people read and fill in, and results in files of any usual format."""

from ioecon.writers.regional import write_regional, write_regional_template
from ioecon.writers.results import write_result

__all__ = ["write_regional", "write_regional_template", "write_result"]
