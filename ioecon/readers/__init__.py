"""Readers of published input-output databases, one file per database, and ioecon's own store."""

from ioecon.readers.cache import cache_folder, clear_cache
from ioecon.readers.reading import read_series, read_table, years_offered
from ioecon.readers.regional_coefficients import read_coefficients
from ioecon.readers.regional_write import write_regional, write_regional_template
from ioecon.readers.registry import formats
from ioecon.readers.store import write_series, write_table

__all__ = [
    "cache_folder",
    "clear_cache",
    "formats",
    "read_coefficients",
    "read_series",
    "read_table",
    "write_regional",
    "write_regional_template",
    "write_series",
    "write_table",
    "years_offered",
]
