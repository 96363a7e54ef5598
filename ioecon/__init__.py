"""From multi-region input-output tables to panel regressions in environmental economics."""

from ioecon.audit import Audit, Finding
from ioecon.series import IOSeries
from ioecon.table import IOTable, Source

__version__ = "0.1.0"

__all__ = ["Audit", "Finding", "IOSeries", "IOTable", "Source"]
